begin;
select plan(17);

insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key) values ('inboxkit', tests.sealed('key'));
create function pg_temp.draft(p_domain text) returns uuid language sql as $$
  select public.draft_mailbox_order('Acme', 'inboxkit', array[p_domain], '[{"first_name": "Ann", "last_name": "Bee"}]', 2)
$$;
create temp table one as select pg_temp.draft('a.test') as id;
select is(public.cancel_mailbox_order(id, 'Too dear'), 'canceled', 'a draft') from one;
select is(public.cancel_mailbox_order(id), 'canceled', 'again') from one;
select results_eq(
  'select status, failed_step, failure_reason from public.provider_orders', $$values ('failed', 'canceled', 'Too dear')$$, 'its end'
);
select throws_ok('select public.retry_mailbox_order(id) from one', 'MR003', null, 'for good');
select lives_ok($$select pg_temp.draft('a.test')$$, 'its addresses are free again');

create temp table two as select pg_temp.draft('b.test') as id;
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from two;
select throws_ok('select public.cancel_mailbox_order(id) from two', 'MR003', null, 'not on its way');
select integrations.finish_mailbox_submission(i.id, 'x', '[]') from public.inbox_orders i join two on two.id = i.order_id;
select integrations.record_mailbox_poll(
  i.id, '[{"email": "ann.bee@b.test", "state": "active", "uid": "u1"}, {"email": "annbee@b.test", "state": "active", "uid": "u2"}]'
) from public.inbox_orders i join two on two.id = i.order_id;
insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 1, 'Ann', 'ann.bee@b.test');
select is(public.cancel_mailbox_order(id), 'canceling', 'once it is completed') from two;
select results_eq(
  $$select q.limit_key, c.outcome, jsonb_path_query_array(c.mailboxes, '$[*].uid') from outbound.job_queue q,
    integrations.get_mailbox_cancellation(array(select jsonb_array_elements_text(q.payload -> 'mailbox_ids')::uuid)) c
    where q.job_type = 'cancel_mailboxes'$$,
  $$values ('mailboxes:inboxkit', 'cancel', '["u1", "u2"]'::jsonb)$$, 'a job cancels its mailboxes'
);
select is(
  integrations.finish_mailbox_cancellation(array(select id from public.ordered_mailboxes where domain = 'b.test')), 2, 'done'
);
select is((select lifecycle_status from public.inboxes), 'cancelled', 'the inbox is over');
select is_empty(
  $$select * from integrations.get_mailbox_cancellation(array(select id from public.ordered_mailboxes))$$, 'nothing is left to cancel'
);
select is(integrations.cancel_inboxes(array(select id from public.inboxes)), 0, 'nor by the inbox');
select is(public.cancel_mailbox_order(id), 'canceled', 'a repetition') from two;

select is((select status from public.inbox_sets where domain = 'b.test'), 'archived', 'its set is put away');

create temp table three as select pg_temp.draft('c.test') as id;
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from three;
select outcome from public.inbox_orders i join three on three.id = i.order_id, integrations.start_mailbox_submission(i.id);
select integrations.fail_mailbox_order(i.id, 'submit', 'Nobody knows.') from public.inbox_orders i join three on three.id = i.order_id;
select is(public.cancel_mailbox_order(id), 'canceling', 'an attempt of which nobody knows what came') from three;
select is(
  (select count(*) from public.ordered_mailboxes where domain = 'c.test' and status = 'canceling' and provider_uid is null), 2::bigint,
  'is looked after by the job'
);
select is(
  (select count(*) from integrations.audit_log where table_name like '%provider_orders' and new ->> 'csv_data' not in ('[secret]')), 0::bigint,
  'who did what is noted, without the file'
);

select * from finish();
rollback;
