begin;
select plan(15);

insert into public."Clients" ("Business") values ('Acme');
insert into shared.webhook_subscriptions (id, tenant_id, name, url, events)
select 'e0000000-0000-4000-8000-000000000001', t.tenant_id, 'x', 'https://sub.test/', '{*}' from integrations.tenants t;
create temp table event as select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{}') as id;
select shared.relay_outbox();
select tests.set_clock('2026-03-02T12:00:00Z');

create function pg_temp.answer(p_attempt integer, p_status integer, p_retry_after integer default null, p_most integer default 10)
returns text language sql as $$
  select concat_ws(' ', r.outcome, r.retry_in)
  from outbound.record_delivery(
    'e0000000-0000-4000-8000-000000000001', (select id from event), p_attempt, p_most, p_status, 'body', 12,
    case when p_status between 200 and 299 then null else 'It answered.' end, p_retry_after
  ) as r
$$;
create function pg_temp.endpoint(out s shared.webhook_subscriptions) language sql as $$
  select s from shared.webhook_subscriptions s
$$;

select is(pg_temp.answer(1, 204), 'delivered', '2xx is delivered');
select is(
  (select row((s).success_count, (s).failure_count, (s).last_success_at, (s).failing_since)::text from pg_temp.endpoint() s),
  row(1, 0, '2026-03-02T12:00:00Z'::timestamptz, null)::text, 'and counted'
);
select is(pg_temp.answer(1, 500), 'retry 5', 'a server error is tried again');
select is(pg_temp.answer(2, 404), 'retry 300', 'so is a client error: it may be mended');
select is(pg_temp.answer(3, 301), 'retry 1800', 'so is a redirect');
select is(pg_temp.answer(4, null), 'retry 7200', 'so is silence');
select is(
  (select row((s).success_count, (s).failure_count, (s).last_failure_at, (s).failing_since, (s).version)::text from pg_temp.endpoint() s),
  row(1, 4, '2026-03-02T12:00:00Z'::timestamptz, '2026-03-02T12:00:00Z'::timestamptz, 1)::text,
  'all are counted, and nobody''s version is raised'
);
select is(pg_temp.answer(1, 429, 60), 'retry 60', 'Retry-After is waited for');
select is(pg_temp.answer(3, 429, 60), 'retry 1800', 'but does not shorten the schedule');
select is(pg_temp.answer(1, 429, 999999), 'retry 86400', 'nor make it longer than a day');
select is(pg_temp.answer(4, 500, null, 4), 'exhausted', 'the last attempt is the last');
select is(pg_temp.answer(12, 500, null, 20), 'retry 300', 'attempts that were given back take no step of the schedule');
select tests.set_clock('2026-03-07T12:00:00Z');
select is(pg_temp.answer(2, 500), 'disabled', 'five days of failure are enough');
select is(
  (select row((s).active, (s).disabled_at, (s).disabled_reason)::text from pg_temp.endpoint() s),
  row(false, '2026-03-07T12:00:00Z'::timestamptz, 'Every attempt failed for five days.')::text, 'it is switched off'
);
select is(
  (
    select array[e.event_data ->> 'endpoint_id', e.event_data ->> 'kind', e.event_data ->> 'reason']
    from shared.outbox_events e
    where e.event_type = 'webhook.disabled'
  ),
  array['e0000000-0000-4000-8000-000000000001', 'subscription', 'Every attempt failed for five days.'],
  'and its owner is told'
);

select * from finish();
rollback;
