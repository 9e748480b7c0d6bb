begin;
select plan(4);

select tests.set_clock('2026-03-03 12:00Z');
insert into private.api_idempotency (caller, key, request_hash, created_at)
select 'user:a', n::text, '\x00', timestamptz '2026-03-03 12:00Z' - n * interval '10 hours'
from generate_series(1, 5) as n;
insert into private.api_buckets (caller, tokens, allowed, refilled_at)
values ('gone', 1, true, '2026-03-02 11:00Z'), ('here', 1, true, '2026-03-03 11:00Z');

select results_eq(
  'select * from private.sweep_api_requests(2)', 'values (2, true)',
  'a call deletes so many, and says that more is left'
);
select results_eq('select * from private.sweep_api_requests(2)', 'values (1, false)', 'the next one ends it');
select set_eq('select key from private.api_idempotency', array['1', '2'], 'what is younger stays');
select set_eq('select caller from private.api_buckets', array['here'], 'buckets of callers who are gone go as well');

select * from finish();
rollback;
