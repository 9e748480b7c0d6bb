begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key) values ('inboxkit', tests.sealed('key'));
create temp table ordered as select public.draft_mailbox_order(
  'Acme', 'inboxkit', array['a.test'], '[{"first_name": "Ann", "last_name": "Bee"}]', 1
) as id;
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from ordered;
select integrations.finish_mailbox_submission(id, 'x', '[]') from public.inbox_orders;
select integrations.record_mailbox_poll(id, '[{"email": "ann.bee@a.test", "state": "active", "uid": "u1", "renewal_date": "2026-04-01"}]')
from public.inbox_orders;
insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 1, 'Ann', 'ann.bee@a.test');
update public.provider_orders set renewal_notified = true;
delete from outbound.job_queue;

select is(private.enqueue_mailbox_syncs(), 1, 'each account is read');
select is(
  integrations.store_mailbox_page('inboxkit', 1, 2, '[{"email": "Ann.Bee@a.test", "uid": "u1", "renewal_date": "2026-05-01"}, {"email": "strange@x.test"}]'),
  1, 'one mailbox changed'
);
select results_eq(
  'select o.renewal_date, o.renewal_notified, i.renewal_date from public.provider_orders o, public.inboxes i',
  $$values (date '2026-05-01', false, date '2026-05-01')$$, 'a renewal moves on, and will be told'
);
select is((select last_sync_at from public.inbox_providers), null, 'there is another page');
select is((select (payload ->> 'page')::integer from outbound.job_queue where job_type = 'sync_mailboxes'), 2, 'which is read next');
select is(integrations.store_mailbox_page('inboxkit', 2, 2, '[]'), 0, 'the last page');
select isnt((select last_sync_at from public.inbox_providers), null, 'is noted');
select integrations.store_mailbox_health((select (payload ->> 'mailbox_id')::uuid from outbound.job_queue where job_type = 'sync_mailbox_health'), 1.8, 160);
select results_eq(
  'select inbox_id, provider, bounce_rate, deliverability_score from public.inbox_analytics',
  $$values (1, 'inboxkit', 1.8, 98.2)$$, 'and each mailbox is asked after'
);

select * from finish();
rollback;
