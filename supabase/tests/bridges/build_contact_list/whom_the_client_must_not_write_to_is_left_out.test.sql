begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public."Campaigns" (client, campaign_id, campaign_name)
values ('Acme', '401', 'Spring'), ('Acme', '402', 'Summer'), ('Birch', '401', 'Spring');
insert into public.master_companies_db (company_domain)
values ('customer.test'), ('competitor.test'), ('blocked.test'), ('unblocked.test');
insert into public.client_company_state (client_id, company_id, status, qualification_status, blocked_until)
select
  private.client_id_of('Acme'), c.id, case c.company_domain when 'customer.test' then 'Customer' else 'new' end,
  case c.company_domain when 'competitor.test' then 'competitor' end,
  case c.company_domain when 'blocked.test' then timestamptz '2026-03-02' when 'unblocked.test' then '2026-02-28' end
from public.master_companies_db c;
select tests.set_clock('2026-03-01 12:00Z');
insert into public.master_contacts_db (email, company_domain, source, contact_status)
values
  ('ok@good.test', 'good.test', 'apollo', 'unassigned'), ('Free@unblocked.test', null, 'apollo', null),
  ('one@customer.test', null, 'apollo', null), ('two@gmail.com', 'www.competitor.test', 'apollo', null),
  ('three@blocked.test', null, 'apollo', null), ('four@good.test', null, 'apollo', null), ('five@good.test', null, 'apollo', null),
  ('six@good.test', null, 'apollo', null), ('seven@good.test', null, 'apollo', 'bounced'), ('no address', null, 'apollo', null),
  (null, null, 'apollo', null), ('nine@good.test', null, 'apollo', null), ('other@good.test', null, 'apify', null);
insert into private.suppressed_people (address_hash) values (private.suppression_hash('nine@good.test'));
insert into public.all_leads (client, campaign_id, email, unsubscribed_at, bounced_at)
values
  ('Acme', '402', 'Four@good.test', null, null), ('Acme', '402', 'five@good.test', '2026-01-01', null),
  ('Acme', '402', 'six@good.test', null, '2026-01-01');

create temp table built as
select public.build_contact_list('Acme', '401', 'Spring list', '{"sources": ["apollo"]}') as id;
select results_eq(
  $$
    select m.email collate "C", k.status, k.reason
    from "Master".campaign_contact_db k join public.master_contacts_db m on m.id = k.contact_id
    where m.email is not null order by 1
  $$,
  $$values
    ('Free@unblocked.test' collate "C", 'chosen', null), ('five@good.test', 'excluded', 'unsubscribed'),
    ('four@good.test', 'excluded', 'already_contacted'), ('nine@good.test', 'excluded', 'suppressed'),
    ('no address', 'excluded', 'no_address'), ('ok@good.test', 'chosen', null), ('one@customer.test', 'excluded', 'customer'),
    ('seven@good.test', 'excluded', 'bounced'), ('six@good.test', 'excluded', 'bounced'),
    ('three@blocked.test', 'excluded', 'blocked'), ('two@gmail.com', 'excluded', 'competitor')$$,
  'each with the reason'
);
select results_eq(
  'select chosen, excluded from "Master".contact_lists',
  $$values (2, '{"bounced": 2, "blocked": 1, "customer": 1, "competitor": 1, "no_address": 2, "suppressed": 1,
    "unsubscribed": 1, "already_contacted": 1}'::jsonb)$$,
  'and the list counts them'
);

select tests.set_clock('2026-03-02 00:00:01Z');
select public.build_contact_list('Acme', '401', 'Once more', '{"sources": ["apollo"]}');
select results_eq(
  $$select name, chosen from "Master".contact_lists where name = 'Once more'$$, $$values ('Once more', 1)$$,
  'a day later the block is over; who was chosen is not chosen twice'
);
select public.build_contact_list('Birch', '401', 'Another client', '{"emails": ["One@customer.test", "four@good.test"]}');
select is((select chosen from "Master".contact_lists where client = 'Birch'), 2, 'another client has customers of its own');
select throws_ok(
  $$select public.build_contact_list('Acme', '999', 'x')$$, 'MR001', null, 'a campaign that the client does not have'
);
select throws_ok(
  $$select public.build_contact_list('Acme', '401', 'x', '{"sources": "apollo"}')$$, 'MR002', null, 'a filter of another form'
);
select throws_ok(
  $$select public.build_contact_list('Acme', '401', 'x', '{}', '{"Company": "company_enrich"}')$$, 'MR002', null,
  'a variable from no column'
);
select throws_ok($$select public.build_contact_list('Acme', '401', 'x', '{}', '{}', 10001)$$, 'MR002', null, 'too many at once');
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok($$select public.build_contact_list('Acme', '401', 'x')$$, 'MR004', null, 'staff only');

select * from finish();
rollback;
