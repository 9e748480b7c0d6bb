begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.add(p_changes jsonb default '{}') returns void language sql as $$
  insert into shared.webhook_subscriptions (tenant_id, name, url, events, headers, retry_count, timeout_seconds)
  select t.tenant_id, 'x', 'https://acme.test/', '{*}', p_changes -> 'headers',
    coalesce((p_changes ->> 'retry_count')::bigint, 3), coalesce((p_changes ->> 'timeout_seconds')::bigint, 30)
  from integrations.tenants t
$$;
select lives_ok($$select pg_temp.add('{"headers": {"Authorization": "v1.a.iiiiiiiiiiiiiiii.hhhhhhhhhhhhhhhhhhhhhh"}}')$$, 'a good one');
select throws_ok($$select pg_temp.add('{"headers": {"Authorization": "Bearer x"}}')$$, '23514', null, 'sealed headers');
select throws_ok($$select pg_temp.add('{"retry_count": 10}')$$, '23514', null, 'ten attempts at most');
select throws_ok($$select pg_temp.add('{"timeout_seconds": 0}')$$, '23514', null, 'some time');
update shared.webhook_subscriptions set last_triggered_at = now(), success_count = 5;
select is((select s.version from shared.webhook_subscriptions s), 1, 'counting does not raise the version');
update shared.webhook_subscriptions set name = 'y';
select is((select s.version from shared.webhook_subscriptions s), 2, 'a change does');

select * from finish();
rollback;
