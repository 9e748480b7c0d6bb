begin;
select plan(11);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.add(p_url text, p_events text[] default '{*}', p_secret text default null) returns void
language sql as $$
  insert into outbound.webhooks (team_id, url, events, secret) select t.team_id, p_url, p_events, p_secret
  from integrations.tenants t
$$;
select lives_ok($$select pg_temp.add('https://acme.test:8443/x?y=z', '{lead.replied,deal.*}')$$, 'a good one');
select throws_ok($$select pg_temp.add('ftp://acme.test/')$$, '23514', null, 'only http');
select throws_ok($$select pg_temp.add('https://user:pw@acme.test/')$$, '23514', null, 'no credentials in the URL');
select throws_ok($$select pg_temp.add('https:///x')$$, '23514', null, 'a host');
select throws_ok($$select pg_temp.add('https://acme.test/a b')$$, '23514', null, 'no blanks');
select throws_ok($$select pg_temp.add('https://acme.test/', '{lead.repleid}')$$, 'MR002', null, 'events that there are');
select throws_ok($$select pg_temp.add('https://acme.test/', '{led.*}')$$, 'MR002', null, 'and kinds that there are');
select throws_ok($$select pg_temp.add('https://acme.test/', array[null])$$, 'MR002', null, 'and no null');
select throws_ok(
  $$select pg_temp.add('https://acme.test/', '{*}', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')$$, '23514', null,
  'no plain secret'
);
update outbound.webhooks
set active = false, disabled_at = now(), disabled_reason = 'x', failing_since = now(), failure_count = 7;
update outbound.webhooks set active = true;
select is(
  (select row(w.disabled_at, w.disabled_reason, w.failing_since, w.failure_count)::text from outbound.webhooks w),
  row(null, null, null, 0)::text, 'switched on again it starts anew'
);
update outbound.webhooks set failing_since = now(), failure_count = 3;
update outbound.webhooks set events = '{deal.won}';
select is((select w.failure_count from outbound.webhooks w), 3, 'other changes do not');

select * from finish();
rollback;
