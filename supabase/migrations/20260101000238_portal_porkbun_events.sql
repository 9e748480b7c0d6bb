-- What Porkbun tells by webhook: a domain is ours until then, or somebody changed its DNS.

create function private.porkbun_date(p_text text)
returns date
language sql immutable
set search_path = ''
as $$
  -- Which zone its times are in is not told: the day is what counts.
  select case when p_text ~ '^\d{4}-\d\d-\d\d' then left(p_text, 10)::date end
$$;
comment on function private.porkbun_date(text) is 'The day of Porkbun''s `YYYY-MM-DD hh:mm:ss`.';

create function public.handle_porkbun_domain(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_name text := lower(btrim(p_event.payload #>> '{data,domain}'));
  v_expires_on date := private.porkbun_date(p_event.payload #>> '{data,expireDate}');
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  v_id uuid;
begin
  if v_name is null or v_name !~ '^[a-z0-9-]+([.][a-z0-9-]+)+$' then
    perform private.raise_error('MR005', 'The event names no domain.');
  end if;
  perform private.end_purchase(p.id, 'bought', null, null, null, v_expires_on)
  from public.domain_purchases p
  where p.domain_name = v_name
    and p.status = 'ordering'
    and p_event.event_type = 'domain.registered';

  insert into public.domains as d (domain_name, provider, status, registration_date, expiration_date, last_event_at)
  values (
    v_name, 'porkbun', 'active', case when p_event.event_type = 'domain.registered' then v_at::date end, v_expires_on,
    v_at
  )
  on conflict (domain_name) do update
  set provider = 'porkbun',
      status = case when coalesce(v_expires_on, d.expiration_date) < v_at::date then 'expired' else 'active' end,
      expiration_date = coalesce(v_expires_on, d.expiration_date),
      missed_syncs = 0,
      last_event_at = v_at
  where d.last_event_at is null or d.last_event_at <= v_at
  returning d.id into v_id;
  if v_id is null then
    return 'ignored';
  end if;
  if p_event.event_type = 'domain.transfer.completed' then
    -- Into our account or out of it: the listing says.
    perform private.request_domain_sync();
  end if;
  perform private.tell_expiries(array[v_id]);
  perform private.rate_domains(array[v_id]);
  return 'processed';
end;
$$;
comment on function public.handle_porkbun_domain(integrations.webhook_events) is
  'domain.registered, .renewed, .transfer.completed and .expiring: the domain is in our account and expires then. A '
  'registration also ends the purchase that waited for it. An event older than the newest applied one is ignored.';

create function public.handle_porkbun_dns(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_name text := lower(btrim(p_event.payload #>> '{data,domain}'));
begin
  if not exists (
    select from public.domains d where d.domain_name = v_name and d.setup_started_at is not null
  ) then
    return 'ignored';
  end if;
  perform private.enqueue_dns_look(
    v_name, make_interval(secs => private.setting('dns.first_look_seconds')::integer)
  );
  return 'processed';
end;
$$;
comment on function public.handle_porkbun_dns(integrations.webhook_events) is
  'dns.record.*: somebody changed a record, so resolvers are asked whether all is still as wanted. Which record, the '
  'event '
  'does not say reliably. A domain that we did not set up is ignored.';

create function public.handle_porkbun_test(p_event integrations.webhook_events)
returns text
language sql
set search_path = ''
as $$
  select 'processed'
$$;
comment on function public.handle_porkbun_test(integrations.webhook_events) is 'webhook.test: it arrived, that is all.';

insert into integrations.webhook_handlers (provider, event_type, handler)
values
  ('porkbun', 'domain.registered', 'public.handle_porkbun_domain'),
  ('porkbun', 'domain.renewed', 'public.handle_porkbun_domain'),
  ('porkbun', 'domain.transfer.completed', 'public.handle_porkbun_domain'),
  ('porkbun', 'domain.expiring', 'public.handle_porkbun_domain'),
  ('porkbun', 'dns.record.created', 'public.handle_porkbun_dns'),
  ('porkbun', 'dns.record.updated', 'public.handle_porkbun_dns'),
  ('porkbun', 'dns.record.deleted', 'public.handle_porkbun_dns'),
  ('porkbun', 'webhook.test', 'public.handle_porkbun_test');
