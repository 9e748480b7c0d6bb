begin;
select plan(3);

create function pg_temp.play(p_type text, p_lead integer, p_variant integer, p_at timestamptz) returns text
language sql as $$
  select tests.bison(p_type, p_at, jsonb_build_object(
    'lead', jsonb_build_object('id', p_lead, 'email', 'lead' || p_lead || '@fabrikam.test'),
    'reply', jsonb_build_object('id', extract(epoch from p_at)::integer),
    'scheduled_email', jsonb_build_object('sequence_step_variant', p_variant)
  ))
$$;
select pg_temp.play('EMAIL_SENT', n, 1 + n % 2, timestamptz '2026-03-02 10:00Z' + n * interval '1 second')
from generate_series(1, 6) as n;
select pg_temp.play('EMAIL_SENT', 1, 2, '2026-03-03 10:00Z');
select private.fold_counters();
select pg_temp.play('LEAD_REPLIED', 1, 2, '2026-03-04 10:00Z');
select pg_temp.play('LEAD_REPLIED', 1, 2, '2026-03-04 11:00Z');
select pg_temp.play('LEAD_REPLIED', 9, 2, '2026-03-04 12:00Z');

select results_eq(
  $$select variant, is_control, leads, outcomes, rate, verdict from public.report_step_comparison('Acme', 401)$$,
  $$values ('1', true, 3::bigint, 0::bigint, 0.00, 'control'), ('2', false, 3, 1, 33.33, 'too_few')$$,
  'a lead that got a step twice, or answered twice, is one; one that it was not sent to is none'
);
select results_eq(
  $$select variant, leads, outcomes from public.report_step_comparison('Acme', 401, 'replied', '2026-03-03', '2026-03-03')$$,
  $$values ('2', 1::bigint, 1::bigint)$$, 'of a range: those it was sent to in it, whatever they did since'
);
select throws_ok($$select public.report_step_comparison('Acme', 401, 'liked')$$, 'MR002', null, 'no other outcome');

select * from finish();
rollback;
