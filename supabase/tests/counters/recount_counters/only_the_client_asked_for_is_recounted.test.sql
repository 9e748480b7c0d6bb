begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Acme');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', p_client => 'Other');
select private.fold_counters();
update public.campaign_reporting set emails_sent = 9;
update public.all_leads set emails_sent = 9;
select is((select count(*) from private.recount_counters('Acme')), 2::bigint, 'two of Acme');
select private.recount_counters('Acme', true);
select is((select emails_sent from public.campaign_reporting where client = 'Acme'), 1::numeric, 'mended');
select is((select emails_sent from public.campaign_reporting where client = 'Other'), 9::numeric, 'the other is left');

select * from finish();
rollback;
