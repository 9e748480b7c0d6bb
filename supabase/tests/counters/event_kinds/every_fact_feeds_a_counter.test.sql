begin;
select plan(2);

select results_eq(
  'select kind collate "C" from private.event_kinds order by 1',
  $$values ('bounced' collate "C"), ('interested'), ('opened'), ('replied'), ('sent'), ('unsubscribed')$$,
  'the kinds of campaign_events'
);
select is_empty(
  $$select kind from private.event_kinds
    where emails_sent + leads_contacted + opened + unique_opens + replies + unique_replies + bounced + unsubscribed
      + interested = 0$$,
  'none is for nothing'
);

select * from finish();
rollback;
