-- Clients' Calendly connections: who may start one, the tokens, and the webhook subscription that is watched.
--
-- Calendly accepts a refresh token once, and the answer to it holds the only next one. So a refresh is claimed (a lease,
-- no transaction is open meanwhile), and what came of it is stored under the version of the tokens that it was made
-- from: of two jobs one refreshes, and a late answer never replaces newer tokens.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('calendly.link_hours', 72, 'hours', 1, 720, 'A link to connect Calendly works for so long.'),
  ('calendly.consent_minutes', 15, 'minutes', 1, 60, 'Who was sent to Calendly must come back within this.'),
  ('calendly.refresh_ahead', 5, 'minutes', 1, 60, 'Tokens are refreshed so long before they expire.'),
  ('calendly.refresh_lease', 120, 'seconds', 60, 900, 'A refresh without a result for so long was cut off.'),
  ('calendly.watch_minutes', 60, 'minutes', 5, 1440, 'The webhook subscription is looked at this often.'),
  ('calendly.watch_failing_minutes', 10, 'minutes', 1, 1440, 'The same, while Calendly cannot deliver.'),
  ('calendly.reconcile_back_days', 7, 'days', 0, 90, 'Bookings are fetched from so long before the outage on.');

insert into integrations.notice_kinds (kind, description, severity)
values
  ('calendly_connected', 'A client''s Calendly was connected.', 'info'),
  ('calendly_disconnected', 'Calendly no longer lets us in for a client: somebody must connect it anew.', 'urgent'),
  ('calendly_webhook_failing', 'Calendly cannot deliver a client''s bookings to us.', 'warning'),
  ('calendly_webhook_renewed', 'A webhook subscription was gone or switched off, and is made anew.', 'warning'),
  ('calendly_reconciled', 'Bookings that were missed were fetched.', 'info');

insert into outbound.rate_limits (name, amount, per, burst) values ('calendly', 20, '1 minute', 5);
insert into outbound.job_limits (job_type, rate_limit, key_field) values ('reconcile_calendly', 'calendly', 'client');

alter table public.calendly_integrations
add column organization_uri text,
add column status text not null default 'connected',
add column disconnected_at timestamptz,
add column disconnect_reason text,
add column token_version integer not null default 1,
add column refresh_started_at timestamptz,
add column refresh_cut_off_at timestamptz,
add column endpoint_id bigint references integrations.webhook_endpoints (id) on delete set null,
add column webhook_token text,
add column webhook_retry_started_at timestamptz,
add column webhook_checked_at timestamptz,
add column watch_at timestamptz not null default now(),
add column complete_until timestamptz not null default now(),
add constraint status_is_known check (status in ('connected', 'disconnected')),
add constraint disconnected_says_when_and_why check (
  (status = 'disconnected') = (disconnected_at is not null and disconnect_reason is not null)
);
select private.keep_sealed('public.calendly_integrations', 'webhook_token');
create index calendly_integrations_endpoint_id_idx on public.calendly_integrations (endpoint_id);
create index calendly_integrations_watch_at_idx on public.calendly_integrations (watch_at) where status = 'connected';
comment on column public.calendly_integrations.token_version is
  'Raised with each new pair of tokens. A refresh is stored only over the version that it was made from.';
comment on column public.calendly_integrations.refresh_started_at is
  'Somebody refreshes the tokens since then; after calendly.refresh_lease they are gone.';
comment on column public.calendly_integrations.refresh_cut_off_at is
  'A refresh ended without an answer that was stored: perhaps the refresh token was used up.';
comment on column public.calendly_integrations.webhook_token is
  'Sealed path token of endpoint_id: the URL must be known to make the subscription anew.';
comment on column public.calendly_integrations.webhook_retry_started_at is
  'Calendly repeats deliveries since then; after a day it switches the subscription off for good.';
comment on column public.calendly_integrations.complete_until is
  'All bookings up to then are known to be here: from here on they are fetched after an outage.';
comment on column public.calendly_integrations.watch_at is 'When the subscription is looked at next.';
grant select (
  organization_uri, status, disconnected_at, disconnect_reason, endpoint_id, webhook_retry_started_at,
  webhook_checked_at, complete_until
) on public.calendly_integrations to authenticated;
create index calendly_integrations_client_connected_at_idx on public.calendly_integrations (client, connected_at);

drop trigger _900_audit on public.calendly_integrations;
select private.audit(
  'public.calendly_integrations', '{}',
  '{token_expires_at,token_version,refresh_started_at,webhook_checked_at,watch_at,complete_until}'
);

-- Connecting -----------------------------------------------------------------------------------------------------

create table integrations.calendly_links (
  id uuid primary key default gen_random_uuid(),
  client text not null references integrations.tenants (business) on update cascade on delete cascade,
  token_hash bytea not null unique,
  state_hash bytea unique,
  state_expires_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint hashes_are_sha256 check (octet_length(token_hash) = 32 and octet_length(state_hash) = 32)
);
create index calendly_links_client_idx on integrations.calendly_links (client);
create index calendly_links_expires_at_idx on integrations.calendly_links (expires_at);
comment on table integrations.calendly_links is
  'Links by which one Calendly account is connected to a client. Opening one sends the browser to Calendly under a new '
  'state; only a connection uses it up, as programs open links as well.';
comment on column integrations.calendly_links.state_hash is
  'SHA-256 of what Calendly brings back and the browser holds as a cookie; taken with its first use.';
select private.apply_client_policies('integrations.calendly_links', 'none');
revoke select on integrations.calendly_links from authenticated;
grant select (id, client, created_by, created_at, expires_at, used_at) on integrations.calendly_links to authenticated;
select private.audit('integrations.calendly_links', '{token_hash,state_hash}', '{state_hash,state_expires_at}');

create function integrations.create_calendly_link(p_client text, p_token_hash bytea)
returns timestamptz
language plpgsql security definer
set search_path = ''
as $$
declare
  v_expires_at timestamptz :=
    private.clock() + private.client_setting(p_client, 'calendly.link_hours') * interval '1 hour';
begin
  if not private.is_service() and not p_client = any(array(select private.my_clients('staff'))) then
    perform private.raise_error('MR001', 'There is no such client.', p_client);
  end if;
  insert into integrations.calendly_links (client, token_hash, created_by, created_at, expires_at)
  values (
    p_client, p_token_hash, coalesce(auth.jwt() ->> 'email', private.actor()), private.clock(), v_expires_at
  );
  return v_expires_at;
exception
  when foreign_key_violation then
    perform private.raise_error('MR001', 'There is no such client.', p_client);
end;
$$;
comment on function integrations.create_calendly_link(text, bytea) is
  'Makes a link (p_token_hash: SHA-256 of its token) by which the client''s Calendly is connected once; answers until '
  'when it works. Agency staff and services; MR001: no client of the caller. Definer: users may not write the table.';

create function integrations.start_calendly_connection(p_token_hash bytea, p_state_hash bytea)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_link integrations.calendly_links;
begin
  update integrations.calendly_links l
  set state_hash = p_state_hash,
      state_expires_at = private.clock() + private.setting('calendly.consent_minutes') * interval '1 minute'
  where l.token_hash = p_token_hash
    and l.used_at is null
    and l.expires_at > private.clock();
  if found then
    return 'started';
  end if;
  select * into v_link from integrations.calendly_links l where l.token_hash = p_token_hash;
  return case when v_link.id is null then 'unknown' when v_link.used_at is not null then 'used' else 'expired' end;
end;
$$;
comment on function integrations.start_calendly_connection(bytea, bytea) is
  'Notes the state under which a browser is sent to Calendly: started, unknown, used or expired. Definer: api_gateway '
  'may read no table.';

create function integrations.claim_calendly_connection(p_state_hash bytea)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_link uuid;
begin
  update integrations.calendly_links l
  set state_hash = null, state_expires_at = null
  where l.state_hash = p_state_hash
    and l.state_expires_at > private.clock()
    and l.used_at is null
  returning l.id into v_link;
  return v_link;
end;
$$;
comment on function integrations.claim_calendly_connection(bytea) is
  'Takes a state that Calendly brought back, once; null when it is unknown, used or too old. Definer: as '
  'integrations.start_calendly_connection.';

create function integrations.store_calendly_connection(
  p_link uuid, p_access_token text, p_refresh_token text, p_expires_at timestamptz, p_user_uri text, p_user_email text,
  p_organization_uri text
)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_link integrations.calendly_links;
  v_version integer;
begin
  update integrations.calendly_links l
  set used_at = private.clock()
  where l.id = p_link
    and l.used_at is null
  returning l.* into v_link;
  if not found then
    return 'used';
  end if;
  insert into public.calendly_integrations as c (
    client, access_token, refresh_token, token_expires_at, calendly_user_uri, calendly_user_email, organization_uri,
    connected_by, connected_at, watch_at, complete_until
  )
  values (
    v_link.client, p_access_token, p_refresh_token, p_expires_at, p_user_uri, p_user_email, p_organization_uri,
    v_link.created_by, private.clock(), private.clock(), private.clock()
  )
  on conflict (client) do update
  set access_token = excluded.access_token,
      refresh_token = excluded.refresh_token,
      token_expires_at = excluded.token_expires_at,
      token_version = c.token_version + 1,
      calendly_user_uri = excluded.calendly_user_uri,
      calendly_user_email = excluded.calendly_user_email,
      organization_uri = excluded.organization_uri,
      -- Another organization's subscription is not ours to look after.
      webhook_subscription_uri = case
        when c.organization_uri is not distinct from excluded.organization_uri then c.webhook_subscription_uri
      end,
      webhook_checked_at = case
        when c.organization_uri is not distinct from excluded.organization_uri then c.webhook_checked_at
      end,
      connected_by = excluded.connected_by,
      connected_at = excluded.connected_at,
      watch_at = excluded.watch_at,
      status = 'connected',
      disconnected_at = null,
      disconnect_reason = null,
      refresh_started_at = null,
      refresh_cut_off_at = null
  returning c.token_version into v_version;
  perform integrations.notify(
    'calendly_connected', v_link.client, v_link.id::text, format('Calendly of %s is connected.', v_link.client)
  );
  perform private.enqueue_calendly_watch(v_link.client);
  return 'connected';
end;
$$;
comment on function integrations.store_calendly_connection(uuid, text, text, timestamptz, text, text, text) is
  'Stores a new connection (tokens sealed) and uses up its link: connected, or used when somebody was faster. The '
  'subscription is made by a job. Definer: as integrations.start_calendly_connection.';

grant execute on function integrations.create_calendly_link(text, bytea) to authenticated;
revoke execute on function
  integrations.start_calendly_connection(bytea, bytea),
  integrations.claim_calendly_connection(bytea),
  integrations.store_calendly_connection(uuid, text, text, timestamptz, text, text, text)
from service_role;
grant execute on function
  integrations.start_calendly_connection(bytea, bytea),
  integrations.claim_calendly_connection(bytea),
  integrations.store_calendly_connection(uuid, text, text, timestamptz, text, text, text)
to api_gateway;

-- Tokens ---------------------------------------------------------------------------------------------------------

create function integrations.get_calendly_access(p_client text)
returns table (
  outcome text, token_version integer, access_token text, refresh_token text, organization_uri text,
  webhook_subscription_uri text
)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_found public.calendly_integrations;
begin
  select * into v_found from public.calendly_integrations c where c.client = p_client for update;
  token_version := v_found.token_version;
  organization_uri := v_found.organization_uri;
  webhook_subscription_uri := v_found.webhook_subscription_uri;
  if v_found.id is null or v_found.status <> 'connected' then
    outcome := 'disconnected';
  elsif v_found.token_expires_at > v_now + private.setting('calendly.refresh_ahead') * interval '1 minute' then
    outcome := 'ready';
    access_token := v_found.access_token;
  elsif v_found.refresh_started_at > v_now - private.setting('calendly.refresh_lease') * interval '1 second' then
    outcome := 'wait';
  else
    outcome := 'refresh';
    refresh_token := v_found.refresh_token;
    update public.calendly_integrations c
    set refresh_started_at = v_now, refresh_cut_off_at = coalesce(c.refresh_cut_off_at, v_found.refresh_started_at)
    where c.id = v_found.id;
  end if;
  return next;
end;
$$;
comment on function integrations.get_calendly_access(text) is
  'How to speak for a client: ready (access_token), refresh (it is now the caller''s alone to use the refresh_token), '
  'wait (somebody else does), disconnected. Definer: job_worker may read no table.';

create function integrations.store_calendly_tokens(
  p_client text, p_version integer, p_access_token text, p_refresh_token text, p_expires_at timestamptz
)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  update public.calendly_integrations c
  set access_token = p_access_token, refresh_token = p_refresh_token, token_expires_at = p_expires_at,
      token_version = c.token_version + 1, refresh_started_at = null, refresh_cut_off_at = null,
      -- Whoever took the lease over was refused, as this refresh had used the token up.
      status = 'connected', disconnected_at = null, disconnect_reason = null
  where c.client = p_client
    and c.token_version = p_version;
  return case when found then 'stored' else 'stale' end;
end;
$$;
comment on function integrations.store_calendly_tokens(text, integer, text, text, timestamptz) is
  'Stores the answer to a refresh of p_version: stored, or stale when there are newer tokens. Definer: as '
  'integrations.get_calendly_access.';

create function integrations.fail_calendly_refresh(p_client text, p_version integer, p_outcome text, p_reason text)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_failed public.calendly_integrations;
  v_reason text;
begin
  update public.calendly_integrations c
  set refresh_started_at = null,
      refresh_cut_off_at = case when p_outcome = 'unknown' then private.clock() else c.refresh_cut_off_at end
  where c.client = p_client
    and c.token_version = p_version
    and c.status = 'connected'
  returning c.* into v_failed;
  if v_failed.id is null or p_outcome <> 'refused' then
    return;
  end if;
  v_reason := case
    when v_failed.refresh_cut_off_at is null then format('Calendly refused to renew the access (%s).', p_reason)
    else format(
      'A renewal of the access was cut off on %s before its answer was stored; Calendly accepts each token once (%s).',
      to_char(v_failed.refresh_cut_off_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), p_reason
    )
  end;
  update public.calendly_integrations c
  set status = 'disconnected', disconnected_at = private.clock(), disconnect_reason = v_reason
  where c.id = v_failed.id;
  perform integrations.notify(
    'calendly_disconnected', p_client, format('%s %s', v_failed.id, p_version),
    format('Calendly of %s is disconnected: %s Make a new link and have it opened by somebody of the client.', p_client,
      v_reason),
    jsonb_build_object('client', p_client)
  );
end;
$$;
comment on function integrations.fail_calendly_refresh(text, integer, text, text) is
  'A refresh of p_version failed. refused: the connection is over, and people are told; unknown: perhaps the token was '
  'used up, the next attempt will tell; later: it was not used. Definer: as integrations.get_calendly_access.';

create function integrations.expire_calendly_access(p_client text, p_version integer)
returns void
language sql security definer
set search_path = ''
as $$
  update public.calendly_integrations c
  set token_expires_at = private.clock()
  where c.client = p_client
    and c.token_version = p_version
$$;
comment on function integrations.expire_calendly_access(text, integer) is
  'Calendly refused the access token before its time: the next who needs one refreshes. Definer: as '
  'integrations.get_calendly_access.';

-- The subscription -----------------------------------------------------------------------------------------------

create function private.enqueue_calendly_watch(p_client text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform outbound.enqueue_job(
    'calendly', 'watch_calendly', jsonb_build_object('client', p_client), p_dedupe_key => 'watch ' || p_client
  );
end;
$$;
comment on function private.enqueue_calendly_watch(text) is
  'Has a client''s subscription looked at, and made if there is none.';

create function private.watch_calendly(p_limit integer default 200)
returns table (enqueued integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_client text;
begin
  enqueued := 0;
  for v_client in
    update public.calendly_integrations c
    set watch_at = private.clock() + private.setting('calendly.watch_minutes') * interval '1 minute'
    where c.id = any(array(
      select due.id
      from public.calendly_integrations due
      where due.status = 'connected'
        and due.watch_at <= private.clock()
      order by due.watch_at
      limit p_limit
      for update skip locked
    ))
    returning c.client
  loop
    perform private.enqueue_calendly_watch(v_client);
    enqueued := enqueued + 1;
  end loop;
  has_more := enqueued >= p_limit;
  return next;
end;
$$;
comment on function private.watch_calendly(integer) is
  'Has the subscriptions looked at that are due, at most p_limit.';

create function integrations.prepare_calendly_webhook(
  p_client text, p_token_hash bytea, p_token text, p_signing_secret text, p_is_app_secret boolean
)
returns table (webhook_token text, signing_secret text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_found public.calendly_integrations;
begin
  select * into v_found from public.calendly_integrations c where c.client = p_client for update;
  if v_found.id is null then
    perform private.raise_error('MR001', 'The client has no Calendly connection.', p_client);
  end if;
  select v_found.webhook_token, e.signing_secret into webhook_token, signing_secret
  from integrations.webhook_endpoints e
  where e.id = v_found.endpoint_id
    and e.is_active
    and v_found.webhook_token is not null;
  if found then
    if p_is_app_secret then
      update integrations.webhook_endpoints e set signing_secret = p_signing_secret where e.id = v_found.endpoint_id;
      signing_secret := p_signing_secret;
    end if;
    return next;
    return;
  end if;
  insert into integrations.webhook_endpoints as e (
    provider, client, token_hash, require_signature, signing_secret, settings
  )
  select 'calendly', p_client, p_token_hash, true, p_signing_secret, coalesce(
    (
      -- One that was made by hand says which event types count.
      select known.settings
      from integrations.webhook_endpoints known
      where known.provider = 'calendly'
        and known.client = p_client
        and known.is_active
      order by known.id
      limit 1
    ),
    '{}'
  )
  returning e.id into v_found.endpoint_id;
  update public.calendly_integrations c
  set endpoint_id = v_found.endpoint_id, webhook_token = p_token
  where c.id = v_found.id;
  webhook_token := p_token;
  signing_secret := p_signing_secret;
  return next;
end;
$$;
comment on function integrations.prepare_calendly_webhook(text, bytea, text, text, boolean) is
  'The URL token and signing secret (sealed) that the client''s subscription is to have: those that are there, else the '
  'given ones. p_is_app_secret: Calendly signs with the app''s own key, so that is the endpoint''s from now on. Definer: '
  'as integrations.get_calendly_access.';

create function private.note_calendly_complete(p_client text, p_until timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.calendly_integrations c
  set complete_until = p_until
  where c.client = p_client
    and c.complete_until < p_until
$$;
comment on function private.note_calendly_complete(text, timestamptz) is
  'All bookings of a client up to then are here.';

create function private.enqueue_calendly_page(
  p_client text, p_since timestamptz, p_started_at timestamptz, p_page_token text, p_ingested integer
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform outbound.enqueue_job(
    'calendly', 'reconcile_calendly',
    jsonb_build_object(
      'client', p_client, 'since', p_since, 'started_at', p_started_at, 'page_token', p_page_token,
      'ingested', p_ingested
    ),
    p_dedupe_key => format('reconcile %s %s', p_client, coalesce(p_page_token, 'first')), p_max_attempts => 10
  );
end;
$$;
comment on function private.enqueue_calendly_page(text, timestamptz, timestamptz, text, integer) is
  'Has one page of a client''s scheduled events fetched.';

create function integrations.record_calendly_webhook(
  p_client text, p_uri text, p_retry_started_at timestamptz, p_is_new boolean
)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_was public.calendly_integrations;
begin
  select * into v_was from public.calendly_integrations c where c.client = p_client for update;
  update public.calendly_integrations c
  set webhook_subscription_uri = p_uri,
      webhook_retry_started_at = p_retry_started_at,
      webhook_checked_at = v_now,
      watch_at = v_now + interval '1 minute' * case
        when p_retry_started_at is null then private.setting('calendly.watch_minutes')
        else private.setting('calendly.watch_failing_minutes')
      end
  where c.id = v_was.id;
  if p_is_new and v_was.webhook_checked_at is not null then
    perform integrations.notify(
      'calendly_webhook_renewed', p_client, p_uri,
      format(
        'Calendly''s webhooks of %s were gone or switched off. They are on again; what was booked since %s is fetched.',
        p_client, to_char(v_was.complete_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
      )
    );
    perform private.enqueue_calendly_page(
      p_client, v_was.complete_until - private.setting('calendly.reconcile_back_days') * interval '1 day', v_now, null, 0
    );
  elsif p_retry_started_at is not null then
    perform integrations.notify(
      'calendly_webhook_failing', p_client, format('%s %s', p_uri, p_retry_started_at),
      format(
        'Calendly cannot deliver the bookings of %s to us since %s. It gives up after a day: look at the function '
        'calendly-webhook.', p_client, to_char(p_retry_started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
      )
    );
  else
    -- A delivery is repeated for minutes before Calendly says so.
    perform private.note_calendly_complete(p_client, v_now - interval '1 hour');
  end if;
end;
$$;
comment on function integrations.record_calendly_webhook(text, text, timestamptz, boolean) is
  'What a look at the subscription has shown. One that had to be made anew is told to people, and what was missed is '
  'fetched. Definer: as integrations.get_calendly_access.';

create function integrations.store_calendly_page(
  p_client text, p_events jsonb, p_since timestamptz, p_started_at timestamptz, p_next_page_token text,
  p_ingested integer
)
returns table (ingested integer, known integer, failed integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_total integer;
begin
  select r.ingested, r.known, r.failed into ingested, known, failed
  from public.calendly_integrations c
  cross join lateral integrations.reconcile_webhooks(c.endpoint_id, p_events) as r
  where c.client = p_client;
  v_total := p_ingested + coalesce(ingested, 0);
  if p_next_page_token is not null then
    perform private.enqueue_calendly_page(p_client, p_since, p_started_at, p_next_page_token, v_total);
  else
    perform private.note_calendly_complete(p_client, p_started_at);
    if v_total > 0 then
      perform integrations.notify(
        'calendly_reconciled', p_client, format('%s %s', p_client, p_started_at),
        format('%s of %s that Calendly had not delivered %s fetched.',
          case when v_total = 1 then 'An event' else format('%s events', v_total) end, p_client,
          case when v_total = 1 then 'was' else 'were' end)
      );
    end if;
  end if;
  return next;
end;
$$;
comment on function integrations.store_calendly_page(text, jsonb, timestamptz, timestamptz, text, integer) is
  'Handles what is missing of one page of bookings, as integrations.reconcile_webhooks does, and asks for the next '
  'page. Definer: as integrations.get_calendly_access.';

create function integrations.check_calendly(p_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_found public.calendly_integrations;
begin
  select * into v_found
  from public.calendly_integrations c
  where c.id = p_id
    and (private.is_service() or c.client = any(array(select private.my_clients('staff'))));
  if v_found.id is null then
    perform private.raise_error('MR001', 'There is no such connection.');
  elsif v_found.status <> 'connected' then
    perform private.raise_error('MR003', 'Calendly is disconnected.', v_found.disconnect_reason, 'Make a new link.');
  end if;
  perform private.enqueue_calendly_watch(v_found.client);
  return 'enqueued';
end;
$$;
comment on function integrations.check_calendly(uuid) is
  'Has a client''s subscription looked at now. Agency staff and services. Definer: users may not enqueue jobs.';

create function private.sweep_calendly_links(p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  delete from integrations.calendly_links l
  where l.id = any(array(
    select old.id
    from integrations.calendly_links old
    where old.expires_at < private.clock() - interval '90 days'
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function private.sweep_calendly_links(integer) is 'Deletes links that expired three months ago.';

grant execute on function integrations.check_calendly(uuid) to authenticated;
grant execute on function
  integrations.get_calendly_access(text),
  integrations.store_calendly_tokens(text, integer, text, text, timestamptz),
  integrations.fail_calendly_refresh(text, integer, text, text),
  integrations.expire_calendly_access(text, integer),
  integrations.prepare_calendly_webhook(text, bytea, text, text, boolean),
  integrations.record_calendly_webhook(text, text, timestamptz, boolean),
  integrations.store_calendly_page(text, jsonb, timestamptz, timestamptz, text, integer)
to job_worker;
