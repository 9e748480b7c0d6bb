begin;
select plan(4);

select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z');
select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 10:00Z');
select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z');
select results_eq(
  'select type, campaign_id, lead_id, sequence_step_id from public.replies',
  $$values ('Tracked Reply', 401, 5001::bigint, 812)$$,
  'one mail, of a campaign after all'
);
select results_eq('select replied, replies from public.all_leads', 'values (true, 1)', 'the lead replied');
select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z');
select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 10:00Z');
select results_eq('select replied, replies from public.all_leads', 'values (true, 1)', 'once');
select is((select type from public.replies), 'Tracked Reply', 'and it stays so');

select * from finish();
rollback;
