begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z') from generate_series(1, 5);
select is(private.fold_counters(2), 2, 'two');
select is((select emails_sent from public.campaign_reporting), 2::numeric, 'counted');
select is((select count(*) from private.pending_events), 3::bigint, 'three wait');
select is(private.fold_all_counters(), 3, 'the tick takes them all');

select * from finish();
rollback;
