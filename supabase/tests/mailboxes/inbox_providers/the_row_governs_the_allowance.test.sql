begin;
select plan(6);

insert into public.inbox_providers (provider_name, api_key, rate_limit_per_minute)
values ('inboxkit', tests.sealed('key'), 30), ('missioninbox', tests.sealed('key'), null);
select results_eq(
  $$select name, amount, per, burst from outbound.rate_limits where name like 'mailboxes:%' order by 1$$,
  $$values ('mailboxes:inboxkit', 30, interval '1 minute', 1), ('mailboxes:missioninbox', 60, '1 minute', 1)$$, 'made with it'
);
update public.inbox_providers set rate_limit_per_minute = 5 where provider_name = 'inboxkit';
select is((select amount from outbound.rate_limits where name = 'mailboxes:inboxkit'), 5, 'and changed with it');
select throws_ok($$update public.inbox_providers set rate_limit_per_minute = 0$$, '23514', null, 'none at all is no rate');
select throws_ok($$update public.inbox_providers set api_key = 'plain'$$, '23514', null, 'keys are sealed');
select outbound.enqueue_job('mailboxes', 'sync_mailboxes', '{"provider": "inboxkit", "page": 1}');
select is((select limit_key from outbound.job_queue where job_type = 'sync_mailboxes'), 'mailboxes:inboxkit', 'jobs need it');
select tests.authenticate_as(tests.create_user('admin'));
select throws_ok('select api_key from public.inbox_providers', '42501', null, 'and nobody reads them');

select * from finish();
rollback;
