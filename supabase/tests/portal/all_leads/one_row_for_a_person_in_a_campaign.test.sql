begin;
select plan(5);

insert into public.all_leads (client, campaign_id, email) values ('Acme', '2', 'Ada@Lead.test');
select throws_ok(
  $$insert into public.all_leads (client, campaign_id, email) values ('Acme', '2', 'ada@lead.TEST')$$,
  '23505', null, 'an address is the same in any case'
);
select lives_ok(
  $$
    insert into public.all_leads (client, campaign_id, email)
    values ('Acme', '3', 'ada@lead.test'), ('Beta', '2', 'ada@lead.test')
  $$,
  'the person may be in other campaigns and of other clients'
);

-- The webhook path counts on heap-only updates: no index may cover what events change.
select is_empty(
  $$
    select i.indexrelid::regclass, a.attname
    from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
    where i.indrelid = 'public.all_leads'::regclass
      and a.attname not in ('id', 'client', 'campaign_id', 'lead_id', 'email', 'created_time')
  $$,
  'no index covers a counter'
);
select is(
  (select reloptions from pg_class where oid = 'public.all_leads'::regclass), array['fillfactor=85'],
  'pages keep room for updates'
);
select results_eq(
  $$
    select emails_sent, replies, unique_replies, opens, unique_opens, bounces
    from public.all_leads where client = 'Beta'
  $$,
  $$values (0, 0, 0, 0, 0, 0)$$,
  'counters start at 0'
);

select * from finish();
rollback;
