begin;
select plan(21);

select tests.set_clock('2026-03-01 12:00Z');
insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key) values ('inboxkit', tests.sealed('key'));
-- One inbox is known to EmailBison before its order, one comes afterwards.
insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 1, 'Ann', 'Ann.Bee@a.test');
create function pg_temp.ordered(p_domains text[]) returns uuid language plpgsql as $$
declare
  v_id uuid := public.draft_mailbox_order('Acme', 'inboxkit', p_domains, '[{"first_name": "Ann", "last_name": "Bee"}]', 2);
begin
  perform public.export_mailbox_order(v_id);
  perform public.submit_mailbox_order(v_id);
  perform integrations.finish_mailbox_submission(id, 'x', '[]') from public.inbox_orders where order_id = v_id;
  return v_id;
end $$;
create function pg_temp.poll(p_domain text, p_one text, p_two text) returns text language sql as $$
  select integrations.record_mailbox_poll(i.id, jsonb_build_array(
    jsonb_build_object('email', 'ann.bee@' || p_domain, 'state', p_one, 'uid', 'mbx_1', 'renewal_date', '2026-04-01'),
    jsonb_build_object('email', 'annbee@' || p_domain, 'state', p_two, 'uid', 'mbx_2', 'renewal_date', '2026-04-03'),
    jsonb_build_object('email', 'strange@' || p_domain, 'state', 'failed', 'uid', 'mbx_3')
  ))
  from public.inbox_orders i where i.domain = p_domain
$$;
create temp table first as select pg_temp.ordered(array['a.test', 'b.test']) as id;
select is(pg_temp.poll('a.test', 'pending', 'active'), 'processing', 'one of two');
select results_eq(
  $$select status, inboxes_created from public.inbox_orders where domain = 'a.test'$$, $$values ('processing', 1)$$, 'counted'
);
select is(pg_temp.poll('a.test', 'active', 'active'), 'processing', 'both: the other domain is not done');
select is(pg_temp.poll('a.test', 'failed', 'failed'), 'completed', 'a late look changes nothing');
select results_eq(
  $$select i.status, i.inboxes_created, i.completed_at, o.status from public.inbox_orders i join public.provider_orders o on o.id = i.order_id
    where i.domain = 'a.test'$$,
  $$values ('completed', 2, timestamptz '2026-03-01 12:00Z', 'processing')$$, 'the part is done'
);
select is(pg_temp.poll('b.test', 'active', 'active'), 'completed', 'the last part ends the order');
select results_eq(
  'select status, completed_at, activated_at, renewal_date from public.provider_orders',
  $$values ('completed', timestamptz '2026-03-01 12:00Z', timestamptz '2026-03-01 12:00Z', date '2026-04-01')$$, 'the order'
);
select is((select count(*) from integrations.notices where kind = 'mailbox_order_completed'), 1::bigint, 'people are told');
insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 2, 'Ann', 'annbee@A.test'), ('Acme', 3, 'X', 'x@a.test');
select results_eq(
  $$select i.bison_inbox_id, s.domain, i.provider_inbox_id, i.ordered_at, i.renewal_date
    from public.inboxes i left join public.inbox_sets s on s.id = i.inbox_set_id order by 1$$,
  $$values (1, 'a.test', 'mbx_1', timestamptz '2026-03-01 12:00Z', date '2026-04-01'),
    (2, 'a.test', 'mbx_2', '2026-03-01 12:00Z', '2026-04-03'), (3, null, null, null, null)$$,
  'its inboxes belong to its set, whichever was first'
);
select is((select connected_count from public.inbox_sets where domain = 'a.test'), 2, 'and are counted there');

create temp table second as select pg_temp.ordered(array['c.test', 'd.test']) as id;
select is(pg_temp.poll('c.test', 'failed', 'active'), 'processing', 'one mailbox failed; the other domain goes on');
select is(pg_temp.poll('d.test', 'active', 'active'), 'failed', 'then the order has failed');
select results_eq(
  'select o.status, o.failed_step, o.failure_reason from public.provider_orders o join second using (id)',
  $$values ('failed', 'process', 'c.test: The provider could not make ann.bee@c.test.')$$, 'at its step, for its reason'
);
select is((select count(*) from integrations.notices where kind = 'mailbox_order_failed'), 1::bigint, 'people are told');
select is(public.retry_mailbox_order(id), 'submitted', 'tried again') from second;
select is(pg_temp.poll('c.test', 'active', 'active'), 'completed', 'the provider mended it');

create temp table third as select pg_temp.ordered(array['e.test']) as id;
select tests.set_clock('2026-03-04 11:59:59Z');
select is(pg_temp.poll('e.test', 'pending', 'active'), 'processing', 'a second before it is given up');
select tests.set_clock('2026-03-04 12:00Z');
select is(pg_temp.poll('e.test', 'pending', 'active'), 'failed', '72 hours are over');
select is(
  (select failure_reason from public.provider_orders o join third using (id)),
  'e.test: 1 of 2 mailboxes exist 3 days after they were ordered.', 'said so'
);
select is(
  (select count(*) from outbound.job_queue where job_type = 'poll_mailbox_order' and status in ('waiting', 'delayed')
    and payload ->> 'inbox_order_id' = (select id::text from public.inbox_orders where domain = 'e.test')),
  1::bigint, 'one look is planned at most'
);
select is(integrations.record_mailbox_poll(gen_random_uuid(), '[]'), 'gone', 'no such part');

select * from finish();
rollback;
