begin;
select plan(1);

select tests.calendly('invitee.created', '2026-03-05 10:00Z', '{"tracking": {"utm_campaign": "401"}}');
select is((select campaign_id from public.meetings_booked), '401', 'utm_campaign, when no campaign knows the address');

select * from finish();
rollback;
