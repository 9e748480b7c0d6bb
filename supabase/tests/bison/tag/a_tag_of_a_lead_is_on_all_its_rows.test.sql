begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z');
select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z', '{"campaign": {"id": 402}}');
select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z', p_client => 'Other');
select tests.bison('TAG_ATTACHED', null, '{"taggable_type": "Lead", "taggable_id": "5001", "tag_name": "VIP"}');
select tests.bison('TAG_ATTACHED', null, '{"taggable_type": "Lead", "taggable_id": 5001, "tag_name": "Later"}');
select results_eq(
  'select client, campaign_id, tags from public.all_leads order by 1, 2',
  $$values ('Acme', '401', '["VIP", "Later"]'::jsonb), ('Acme', '402', '["VIP", "Later"]'), ('Other', '401', '[]')$$,
  'in each campaign of the client'
);
select tests.bison('TAG_ATTACHED', null, '{"taggable_type": "Lead", "taggable_id": 5001, "tag_name": "VIP"}');
select is(
  (select tags from public.all_leads where campaign_id = '402'), '["Later", "VIP"]', 'attached twice it is there once'
);
select tests.bison('TAG_REMOVED', null, '{"taggable_type": "Lead", "taggable_id": 5001, "tag_name": "Later"}');
select is((select tags from public.all_leads where campaign_id = '402'), '["VIP"]', 'removed');
select is(
  tests.bison('TAG_REMOVED', null, '{"taggable_type": "Lead", "taggable_id": 1}'), 'processed',
  'an unknown lead is no fault'
);

select * from finish();
rollback;
