begin;
select plan(3);

create temp view meetings as
select amount from public.report_funnel('Acme', '2026-03-02', '2026-03-02') where step = 'meetings_booked';
select tests.calendly('invitee.created', '2026-03-02 11:00Z');
select results_eq('select * from meetings', $$values (1::numeric)$$, 'on the day on which it was booked');
select tests.calendly('invitee.canceled', '2026-03-05 11:00Z', '{"created_at": "2026-03-02T11:00:00Z"}');
select results_eq('select * from meetings', $$values (0::numeric)$$, 'until it is canceled');
select tests.calendly('invitee.created', '2026-03-02 12:00Z', '{"uri": "invitee/2"}');
select results_eq('select * from meetings', $$values (1::numeric)$$, 'or booked anew');

select * from finish();
rollback;
