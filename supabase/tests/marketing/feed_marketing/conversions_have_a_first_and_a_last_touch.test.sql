begin;
select plan(9);

select tests.endpoint('bison');
insert into people.master (email, name) values ('casey@fabrikam.test', 'Casey Morgan');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_SENT', '2026-03-05 10:00Z', '{"campaign": {"id": 402, "name": "Summer"}}');
select tests.bison('EMAIL_SENT', '2026-03-20 10:00Z', '{"campaign": {"id": 403, "name": "Autumn"}}');
update public.all_leads set source = 'apollo' where campaign_id = '402';
select private.fold_counters();
insert into public.meetings_booked (client, email, created_time)
values ('Acme', 'Casey@Fabrikam.test', '2026-03-06 10:00Z'), ('Acme', 'nobody@hub.test', '2026-03-06 10:00Z');
insert into public.crm_contacts (client, email) values ('Acme', 'casey@fabrikam.test') on conflict do nothing;
insert into public.crm_deals (client, contact_id, name, stage, amount)
select 'Acme', id, 'Robots', 'proposal', 900 from public.crm_contacts where email = 'casey@fabrikam.test';
select private.feed_marketing();
select results_eq(
  $$
    select a.conversion_type, a.converted_at, a.value, a.source, a.source_touchpoint, f.name, a.final_touchpoint, l.name
    from marketing.attribution a
    left join marketing.campaigns f on f.campaign_id = a.first_campaign_id
    left join marketing.campaigns l on l.campaign_id = a.campaign_id
  $$,
  $$values (
    'meeting', timestamptz '2026-03-06 10:00Z', null::numeric, 'apollo', 'email', 'Spring', 'email', 'Summer'
  )$$,
  'a meeting: touched first by one campaign, last by another, not by the one after it; an open deal is none'
);

update public.crm_deals set stage = 'won';
select private.feed_marketing();
select results_eq(
  $$select conversion_type, value from marketing.attribution where conversion_type = 'sale'$$,
  $$values ('sale', 900::numeric)$$, 'a won deal is a sale of its value'
);
update public.crm_deals set amount = 1200;
select private.feed_marketing();
select is((select value from marketing.attribution where conversion_type = 'sale'), 1200::numeric, 'the value follows the deal');
update public.crm_deals set stage = 'lost';
select private.feed_marketing();
select is((select count(*) from marketing.attribution where conversion_type = 'sale'), 0::bigint, 'a sale that is taken back goes');
update public.meetings_booked set status = 'canceled';
select private.feed_marketing();
select is((select count(*) from marketing.attribution), 0::bigint, 'and a meeting that is canceled');
update public.meetings_booked set status = 'booked';
select private.feed_marketing();
select is((select count(*) from marketing.attribution), 1::bigint, 'one that is booked again comes back');
delete from public.meetings_booked where lower(email) = 'casey@fabrikam.test';
select private.feed_marketing();
select is((select count(*) from marketing.attribution), 0::bigint, 'one that is deleted goes');

-- Who comes to the hub later brings their history.
insert into public.meetings_booked (client, email, created_time) values ('Acme', 'late@hub.test', '2026-01-01 10:00Z');
select private.feed_marketing();
insert into people.master (email) values ('late@hub.test');
select private.feed_marketing();
select results_eq(
  'select source_touchpoint, campaign_id from marketing.attribution', 'values (null::text, null::uuid)',
  'nobody had written before: no touch'
);
delete from people.master;
select is((select count(*) from marketing.attribution) + (select count(*) from marketing.outreach_history), 0::bigint,
  'who is forgotten takes everything along');

select * from finish();
rollback;
