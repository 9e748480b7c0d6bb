begin;
select plan(6);

insert into public."Clients" ("Business") select 'Client ' || n from generate_series(1, 5) as n;
insert into public.calendly_integrations (client, access_token, refresh_token, status, disconnected_at, disconnect_reason)
select 'Client ' || n, s.sealed, s.sealed, case when n = 5 then 'disconnected' else 'connected' end,
  case when n = 5 then now() end, case when n = 5 then 'over' end
from generate_series(1, 5) as n, (select 'v1.dev.' || repeat('a', 16) || '.' || repeat('b', 40) as sealed) as s;
select tests.set_clock(now() + interval '1 second');

select results_eq('select * from private.watch_calendly(3)', $$values (3, true)$$, 'a tick is bounded and says so');
select results_eq('select * from private.watch_calendly(3)', $$values (1, false)$$, 'the next takes the rest');
select results_eq('select * from private.watch_calendly(3)', $$values (0, false)$$, 'then nothing is due');
select is(
  (select count(*) from outbound.job_queue where job_type = 'watch_calendly' and payload ->> 'client' <> 'Client 5'),
  4::bigint, 'a job for each that is connected'
);
select tests.set_clock(now() + interval '59 minutes');
select is((select enqueued from private.watch_calendly()), 0, 'not again within the hour');
select tests.set_clock(now() + interval '61 minutes');
select is((select enqueued from private.watch_calendly()), 4, 'and after it');

select * from finish();
rollback;
