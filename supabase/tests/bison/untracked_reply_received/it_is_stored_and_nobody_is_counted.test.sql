begin;
select plan(4);

select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02 10:00Z');
select results_eq(
  'select type, campaign_id, from_email, bison_inbox_id from public.replies',
  $$values ('Untracked Reply', null::integer, 'casey@fabrikam.test', 66)$$, 'the mail'
);
select is((select count(*) from private.pending_events), 0::bigint, 'no figure');
select is((select count(*) from public.all_leads), 0::bigint, 'no lead');
select is((select count(*) from public.engaged_leads), 0::bigint, 'nobody engaged');

select * from finish();
rollback;
