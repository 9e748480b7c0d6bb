begin;
select plan(7);

create temp view rule as
select '{"minimum_sample": 100, "minimum_expected": 5, "confidence": 95}'::jsonb as rule;
create function pg_temp.verdict(p_outcomes bigint, p_leads bigint, p_comparisons bigint default 1)
returns text language sql as $$ select private.step_verdict(rule, p_outcomes, p_leads, 30, 1000, p_comparisons) from rule $$;

select is(pg_temp.verdict(50, 1000), 'higher', 'z of 2.28 is surely higher');
select is(pg_temp.verdict(50, 1000, 3), 'no_difference', 'but not as the best of three');
select is(pg_temp.verdict(14, 1000), 'lower', 'and the other way round');
select is(pg_temp.verdict(31, 1000), 'no_difference', 'one more is chance');
select is(pg_temp.verdict(50, 99), 'too_few', 'a hundred leads at least');
select is(pg_temp.verdict(4, 100), 'too_few', 'of which five would answer if there were no difference');
select is(private.step_verdict(rule, 0, 1000, 0, 1000, 1), 'too_few', 'no answers, no verdict') from rule;

select * from finish();
rollback;
