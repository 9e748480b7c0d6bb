begin;
select plan(13);

select tests.set_clock('2026-03-01 12:00Z');
insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key, workspace_id) values ('inboxkit', tests.sealed('key'), 'ws');
create temp table ordered as select public.draft_mailbox_order(
  'Acme', 'inboxkit', array['a.test'], '[{"first_name": "Ann", "last_name": "Bee"}]', 2
) as id;
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from ordered;
delete from outbound.job_queue;
create temp table part as select id from public.inbox_orders;
create function pg_temp.start() returns text language sql as $$
  select concat_ws(' ', s.outcome, s.retry_in, s.look_first, jsonb_array_length(s.mailboxes))
  from part, integrations.start_mailbox_submission(part.id) s
$$;
select is(pg_temp.start(), 'submit 1 f 2', 'the first attempt orders');
select is(pg_temp.start(), 'busy 120 t', 'another must wait until it is over');
select tests.set_clock('2026-03-01 12:01:59.5Z');
select is(pg_temp.start(), 'busy 1 t', 'to the end');
select tests.set_clock('2026-03-01 12:02Z');
select is(pg_temp.start(), 'submit 1 t 2', 'then it looks first');
update public.inbox_providers set is_active = false;
select tests.set_clock('2026-03-01 12:04Z');
select is(pg_temp.start(), 'switched_off 1 t', 'a switched off account orders nothing');
update public.inbox_providers set is_active = true;

select is(
  integrations.finish_mailbox_submission(id, 'mbx_1', '[{"email": "Ann.Bee@a.test", "uid": "mbx_1", "renewal_date": "2026-04-01"}]'),
  'processing', 'ordered'
)
from part;
select is(pg_temp.start(), 'done 1 f', 'there is nothing to order any more');
select is(integrations.finish_mailbox_submission(id, 'other', '[]'), 'processing', 'a late attempt') from part;
select results_eq(
  'select status, provider_order_id, next_look_at from public.inbox_orders',
  $$values ('processing', 'mbx_1', timestamptz '2026-03-01 12:05Z')$$, 'changes nothing'
);
select results_eq(
  'select email, status, provider_uid, renewal_date from public.ordered_mailboxes order by email',
  $$values ('ann.bee@a.test', 'ordered', 'mbx_1', date '2026-04-01'), ('annbee@a.test', 'ordered', null, null)$$, 'its mailboxes'
);
select is((select status from public.provider_orders), 'processing', 'the order');
select results_eq(
  $$select job_type::text, status::text, scheduled_at from outbound.job_queue where job_type = 'poll_mailbox_order'$$,
  $$values ('poll_mailbox_order', 'delayed', timestamptz '2026-03-01 12:05Z')$$, 'a look follows'
);
select is((select outcome from integrations.start_mailbox_submission(gen_random_uuid())), 'gone', 'no such part');

select * from finish();
rollback;
