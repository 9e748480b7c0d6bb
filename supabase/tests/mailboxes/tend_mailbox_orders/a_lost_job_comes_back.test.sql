begin;
select plan(5);

select tests.set_clock('2026-03-01 12:00Z');
insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key) values ('inboxkit', tests.sealed('key'));
create temp table ordered as select public.draft_mailbox_order(
  'Acme', 'inboxkit', array['a.test'], '[{"first_name": "Ann", "last_name": "Bee"}]', 2
) as id;
select public.export_mailbox_order(id), public.submit_mailbox_order(id) from ordered;
delete from outbound.job_queue;
select tests.set_clock('2026-03-01 12:15Z');
select is((select resumed from private.tend_mailbox_orders()), 0, 'a quarter of an hour may pass');
select tests.set_clock('2026-03-01 12:15:01Z');
select is((select resumed from private.tend_mailbox_orders()), 1, 'no more');
select is((select resumed from private.tend_mailbox_orders()), 0, 'once');
select is((select job_type::text from outbound.job_queue), 'submit_mailbox_order', 'its job');
update public.inbox_orders set status = 'failed', failed_step = 'submit', next_look_at = '2026-01-01';
select is((select resumed from private.tend_mailbox_orders()), 0, 'what ended is left alone');

select * from finish();
rollback;
