begin;
select plan(2);

select tests.bison('EMAIL_BOUNCED', '2026-03-02 10:00Z', '{"reply": null}');
select is((select count(*) from public.bounces), 0::bigint, 'no mail is known');
select results_eq('select bounces from public.all_leads', 'values (1)', 'the lead''s address bounced');

select * from finish();
rollback;
