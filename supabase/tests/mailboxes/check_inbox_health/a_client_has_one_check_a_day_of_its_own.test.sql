begin;
select plan(9);

insert into public."Clients" ("Business") values ('London'), ('Auckland');
update integrations.tenants set time_zone = case business when 'London' then 'Europe/London' else 'Pacific/Auckland' end;
insert into public.inboxes (client, bison_inbox_id, name, email)
select c, 1, 'Robin', 'robin@' || lower(c) || '.test' from unnest(array['London', 'Auckland']) as c;

select tests.set_clock('2026-03-02 02:59Z');
select is((select checked from private.check_inbox_health()), 1, 'in London it is not three yet');
select results_eq(
  $$select client, checked_on, health_score, recommendation from public.inbox_health_checks$$,
  $$values ('Auckland', date '2026-03-02', 100, 'keep')$$, 'in Auckland it is 15:59'
);
select tests.set_clock('2026-03-02 03:00Z');
select is((select checked from private.check_inbox_health()), 1, 'exactly at three');
select is((select checked from private.check_inbox_health()), 0, 'once a day');
select tests.set_clock('2026-03-02 14:00Z');
select is((select checked from private.check_inbox_health()), 1, 'in Auckland it is three of the next day');
select results_eq(
  $$select client, checked_on from public.inbox_health_checks order by 1, 2$$,
  $$values ('Auckland', date '2026-03-02'), ('Auckland', '2026-03-03'), ('London', '2026-03-02')$$, 'each its own days'
);
select results_eq(
  $$select inbox_email, inbox_id, domain from public.inbox_health_checks where client = 'London'$$,
  $$values ('robin@london.test', '1', 'london.test')$$, 'a domain that is not known is that of the address'
);
select results_eq(
  $$select last_health_check, health_score, recommendation, deliverability_score from public.inboxes where client = 'London'$$,
  $$values (timestamptz '2026-03-02 03:00Z', 100, 'keep', null::numeric)$$, 'the inbox has the newest'
);
-- The clocks go forward on 29 March: that night has no hour from one to two.
select tests.set_clock('2026-03-29 02:00Z');
select is((select count(*) from private.check_inbox_health() c where c.checked = 2), 1::bigint, 'three by summer time');

select * from finish();
rollback;
