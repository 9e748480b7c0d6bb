begin;
select plan(6);

select tests.set_clock(now());
insert into integrations.provider_credits (provider, month, reserved)
values ('companyenrich', date_trunc('month', now() at time zone 'UTC'), 2);
insert into integrations.enrichment_runs (
  provider, kind, status, domains, credit_month, reserved_credits, requested_by, finished_at, updated_at
)
select 'companyenrich', 'company', s.status, array[s.domain], date_trunc('month', now() at time zone 'UTC'), s.reserved,
  'me', s.finished_at, s.updated_at
from (
  values ('running', 'stuck.test', 1, null::timestamptz, now() - interval '3 days'),
    ('running', 'busy.test', 1, null, now()), ('completed', 'old.test', 0, now() - interval '200 days', now()),
    ('completed', 'new.test', 0, now(), now())
) as s (status, domain, reserved, finished_at, updated_at);

select results_eq('select * from private.sweep_enrichment_runs()', 'values (1, 1, false)', 'one of each');
select is(
  (select problem from integrations.enrichment_runs where domains = '{stuck.test}'),
  'Nobody finished it within two days.', 'what is stuck failed'
);
select is((select reserved from integrations.provider_credits), 1, 'its credits are free');
select is((select kind from integrations.notices), 'enrichment_failed', 'people are told');
select is_empty($$select from integrations.enrichment_runs where domains = '{old.test}'$$, 'what is old is gone');
select results_eq('select * from private.sweep_enrichment_runs()', 'values (0, 0, false)', 'then nothing');

select * from finish();
rollback;
