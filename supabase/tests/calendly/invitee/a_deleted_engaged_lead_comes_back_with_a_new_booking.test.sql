begin;
select plan(2);

select tests.calendly('invitee.created', '2026-03-05 10:00Z');
update public.engaged_leads set deleted_at = '2026-03-06 10:00Z';
select tests.calendly('invitee.canceled', '2026-03-07 10:00Z', '{"created_at": "2026-03-05T10:00Z"}');
select is((select count(*) from public.engaged_leads), 1::bigint, 'not with a cancellation');
select tests.calendly('invitee.created', '2026-03-08 10:00Z', '{"uri": "invitee/2"}');
select is((select count(*) from public.engaged_leads where deleted_at is null), 1::bigint, 'with another booking');

select * from finish();
rollback;
