begin;
select plan(4);

select tests.bison('LEAD_INTERESTED', '2026-03-02 09:00Z');
select tests.bison('MANUAL_EMAIL_SENT', '2026-03-04 09:00Z', '{"reply": {"id": 3100}}');
select is((select last_contact from public.engaged_leads), '2026-03-04 09:00Z', 'someone wrote');
select tests.bison('MANUAL_EMAIL_SENT', '2026-03-03 09:00Z', '{"reply": {"id": 3101}}');
select is((select last_contact from public.engaged_leads), '2026-03-04 09:00Z', 'an older one moves nothing');
select is((select count(*) from public.replies where reply_id > 3001), 0::bigint, 'our own mail is no reply');
select results_eq('select emails_sent, replies from public.all_leads', 'values (0, 1)', 'no campaign figure counts it');

select * from finish();
rollback;
