begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1');
select is(
  tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{"lead": {"first_name": "Jo"}}', p_key => 'key 1'), 'duplicate',
  'it is a duplicate'
);
select is(
  (select conflicting_payload #>> '{data,lead,first_name}' from integrations.webhook_events), 'Jo', 'its body is kept'
);
select is((select first_name from public.all_leads), 'Casey', 'and changes nothing');

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_key => 'key 1');
select is(
  (select conflicting_payload #>> '{data,lead,first_name}' from integrations.webhook_events), 'Jo',
  'a later equal body does not hide the conflict'
);

select * from finish();
rollback;
