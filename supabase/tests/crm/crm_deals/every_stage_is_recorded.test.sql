begin;
select plan(10);

select tests.set_clock('2026-03-01 10:00Z');
insert into crm_contacts (client, email) values ('Acme', 'a@x.example');
insert into crm_deals (client, contact_id, name) select 'Acme', id, 'Robots' from crm_contacts;
select results_eq(
  'select client, from_stage, to_stage, changed_at, changed_by from crm_deal_stage_history',
  $$values ('Acme', null, 'qualification', '2026-03-01 10:00Z'::timestamptz, 'system')$$,
  'its first stage'
);

select tests.set_clock('2026-03-02 10:00Z');
select set_config(
  'request.jwt.claims', '{"sub": "00000000-0000-4000-8000-00000000000a", "email": "kim@acme.example"}', true
);
update crm_deals set stage = 'demo';
update crm_deals set stage = 'demo', amount = 7;
update crm_deals set amount = 8, deleted_at = now();
update crm_deals set stage = 'won', close_reason = 'best price', deleted_at = null;
select set_config('request.jwt.claims', '', true);
update crm_deals set stage = 'demo';
update crm_deals set stage = 'lost', close_reason = null;
select bag_eq(
  'select from_stage, to_stage, changed_by from crm_deal_stage_history',
  $$
    values
      (null, 'qualification', 'system'), ('qualification', 'demo', 'kim@acme.example'),
      ('demo', 'won', 'kim@acme.example'), ('won', 'demo', 'system'), ('demo', 'lost', 'system')
  $$,
  'each change once, and who made it'
);

select bag_eq(
  'select type, text, created_by from crm_notes',
  $$
    values
      ('deal_created', 'Deal created: Robots', 'system'),
      ('deal_won', 'Deal won: Robots (best price)', 'kim@acme.example'),
      ('deal_lost', 'Deal lost: Robots', 'system')
  $$,
  'notes tell of its making and its ends'
);
select is(
  (
    select count(*)
    from crm_notes n
    join crm_deals d on (d.id, d.contact_id, d.client) = (n.deal_id, n.contact_id, n.client)
  ),
  3::bigint, 'on the deal and its contact'
);

insert into crm_deals (client, name, stage) values ('Acme', 'Quick', 'won');
select set_eq(
  $$select type from crm_notes where text like '%Quick'$$, '{deal_created,deal_won}'::text[],
  'a deal that is made won tells both'
);
insert into crm_deals (client, name, stage) select 'Acme', 'Many ' || n, 'lead' from generate_series(1, 10) as n;
update crm_deals set stage = 'proposal' where name like 'Many%';
select is(
  (select count(*) from crm_deal_stage_history where from_stage = 'lead' and to_stage = 'proposal'), 10::bigint,
  'many at once'
);

insert into "Clients" ("Business") values ('Acme');
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select isnt_empty('select 1 from crm_deal_stage_history', 'a member reads the history');
select throws_ok($$delete from crm_deal_stage_history$$, '42501', null, 'and cannot change it');
update crm_deals set stage = 'negotiation' where name = 'Quick';
select is(
  (select count(*) from crm_deal_stage_history where to_stage = 'negotiation'), 1::bigint,
  'but their change is recorded'
);
select tests.clear();

delete from crm_deals where name = 'Robots';
select is(
  (select count(*) from crm_notes where text like '%Robots%' and deal_id is null and contact_id is not null), 3::bigint,
  'a deal removed for good leaves the notes of its contact'
);

select * from finish();
rollback;
