-- Helpers of the pgTAP files, loaded once into the database they share. Each file is one transaction, so everything
-- here works with settings that end with it.

create schema tests;
comment on schema tests is 'Test helpers. Never part of a migration.';

create function tests.create_user(p_role text, p_client text default null)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid := gen_random_uuid();
begin
  insert into auth.users (id, aud, role, email, created_at, updated_at)
  values (v_id, 'authenticated', 'authenticated', v_id || '@example.test', now(), now());
  insert into integrations.memberships (user_id, client, role)
  values (v_id, p_client, p_role);
  return v_id;
end
$$;
comment on function tests.create_user(text, text) is
  'A new user with a membership: p_role as in integrations.memberships, p_client null for agency staff.';

create function tests.authenticate_as(p_user uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('role', 'none', true);
  perform set_config(
    'request.jwt.claims',
    json_build_object('sub', p_user, 'role', 'authenticated', 'aud', 'authenticated')::text,
    true
  );
  perform set_config('role', 'authenticated', true);
end
$$;
comment on function tests.authenticate_as(uuid) is
  'From here on statements run as this signed-in user.';

create function tests.as_role(p_role text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('role', 'none', true);
  perform set_config('request.jwt.claims', json_build_object('role', p_role)::text, true);
  perform set_config('role', p_role, true);
end
$$;
comment on function tests.as_role(text) is
  'From here on statements run as this role (anon, service_role, webhook_receiver, ...), signed in as nobody.';

create function tests.clear()
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('role', 'none', true);
  perform set_config('request.jwt.claims', '', true);
end
$$;
comment on function tests.clear() is
  'Back to the role that runs the migrations.';

create function tests.set_clock(p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  execute format(
    'create or replace function private.clock() returns timestamptz language sql stable '
    'set search_path = '''' as %L',
    format('select timestamptz %L', p_at)
  );
end
$$;
comment on function tests.set_clock(timestamptz) is
  'The clock of every schedule, window, lease and expiry rule stands still at this time until the rollback.';

create function tests.sealed(p_name text)
returns text
language sql immutable
set search_path = ''
as $$ select 'v1.test.' || repeat('A', 16) || '.' || rpad(p_name, 22, '0') $$;
comment on function tests.sealed(text) is
  'A text of the form of a sealed secret, always the same for a name. It opens with no key.';

-- Webhooks: `tests.bison` and `tests.calendly` deliver one event to a client's endpoint as the functions would.

create function tests.endpoint(p_provider text, p_client text default 'Acme')
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into public."Clients" ("Business") values (p_client) on conflict do nothing;
  select e.id into v_id
  from integrations.webhook_endpoints e
  where e.provider = p_provider
    and e.client = p_client;
  if v_id is null then
    insert into integrations.webhook_endpoints (provider, client, token_hash, instance_url, workspace_id)
    values (
      p_provider, p_client, sha256(convert_to(p_provider || p_client, 'UTF8')),
      case p_provider when 'bison' then 'https://' || replace(lower(p_client), ' ', '-') || '.bison.test' end,
      case p_provider when 'bison' then '11' end
    )
    returning id into v_id;
  end if;
  return v_id;
end
$$;
comment on function tests.endpoint(text, text) is
  'A client''s endpoint of a provider, made with the client when missing. Its token is provider and client in one word.';

create function tests.deliver(
  p_endpoint bigint, p_type text, p_at timestamptz, p_body jsonb, p_key text default null
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_answer record;
begin
  select * into v_answer
  from integrations.receive_webhook(p_endpoint, coalesce(p_key, gen_random_uuid()::text), p_type, p_body::text, p_at);
  if v_answer.outcome in ('failed', 'dead') then
    raise exception '% failed: %', p_type, (
      select e.last_sqlstate || ' ' || e.last_error from integrations.webhook_events e where e.id = v_answer.event_id
    );
  end if;
  return v_answer.outcome;
end
$$;
comment on function tests.deliver(bigint, text, timestamptz, jsonb, text) is
  'Hands one body in; answers the outcome, and raises the handler''s error where there is one. Without a key: a new event.';

create function tests.changed(p_body jsonb, p_changes jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select p_body || coalesce(
    jsonb_object_agg(
      c.key,
      case
        when jsonb_typeof(c.value) = 'object' and jsonb_typeof(p_body -> c.key) = 'object'
          then (p_body -> c.key) || c.value
        else c.value
      end
    ),
    '{}'
  )
  from jsonb_each(p_changes) c
$$;
comment on function tests.changed(jsonb, jsonb) is 'The body with members replaced, those of its parts one by one.';

create function tests.bison(
  p_type text, p_at timestamptz, p_changes jsonb default '{}', p_client text default 'Acme', p_key text default null
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := jsonb_build_object(
    'campaign', jsonb_build_object('id', 401, 'name', 'Spring'),
    'lead', jsonb_build_object(
      'id', 5001, 'email', 'casey@fabrikam.test', 'first_name', 'Casey', 'last_name', 'Morgan', 'title', 'Head of Operations',
      'company', 'Fabrikam', 'status', 'verified', 'custom_variables', jsonb_build_array(), 'emails_sent', 1
    ),
    'sender_email', jsonb_build_object('id', 66, 'name', 'Robin', 'email', 'robin@acme-mail.test', 'status', 'connected'),
    'scheduled_email', jsonb_build_object(
      'id', 9001, 'sequence_step_id', 812, 'sequence_step_order', 1, 'sequence_step_variant', 1
    )
  );
begin
  if p_type ~ 'REPL|INTERESTED|BOUNCED|MANUAL' then
    v_data := v_data || jsonb_build_object('reply', jsonb_build_object(
      'id', 3001, 'email_subject', 'Re: Spring', 'text_body', 'Tell me more.', 'interested', p_type = 'LEAD_INTERESTED',
      'automated_reply', p_type = 'EMAIL_BOUNCED', 'date_received', p_at, 'created_at', p_at, 'updated_at', p_at,
      'type', case
        when p_type = 'EMAIL_BOUNCED' then 'Bounced'
        when p_type = 'MANUAL_EMAIL_SENT' then 'Outgoing Email'
        when p_type ~ '^UNTRACKED' then 'Untracked Reply'
        else 'Tracked Reply'
      end,
      'from_name', 'Casey Morgan',
      'from_email_address', case when p_type = 'EMAIL_BOUNCED' then 'mailer-daemon@mx.test' else 'casey@fabrikam.test' end,
      'primary_to_email_address', 'robin@acme-mail.test', 'folder', 'Inbox'
    ));
  end if;
  if p_type ~ '^UNTRACKED' then
    v_data := v_data - '{campaign,lead,scheduled_email}'::text[];
  elsif p_type ~ '^(EMAIL_ACCOUNT|WARMUP)' then
    v_data := v_data - '{campaign,lead,scheduled_email}'::text[];
  elsif p_type ~ '^TAG' then
    v_data := jsonb_build_object('tag_id', 31, 'tag_name', 'Warm', 'taggable_id', 401, 'taggable_type', 'Campaign');
  end if;
  return tests.deliver(
    tests.endpoint('bison', p_client), p_type, p_at,
    jsonb_build_object('event', jsonb_build_object('type', p_type), 'data', tests.changed(v_data, p_changes)), p_key
  );
end
$$;
comment on function tests.bison(text, timestamptz, jsonb, text, text) is
  'Delivers one EmailBison event about Casey Morgan in campaign 401, sent from inbox 66; p_changes replaces parts of data.';

create function tests.calendly(
  p_type text, p_at timestamptz, p_changes jsonb default '{}', p_client text default 'Acme', p_key text default null
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_payload jsonb := jsonb_build_object(
    'uri', 'invitee/1', 'email', 'casey@fabrikam.test', 'name', 'Casey Morgan', 'created_at', p_at, 'status', 'active',
    'rescheduled', false, 'old_invitee', null, 'new_invitee', null, 'no_show', null,
    'cancel_url', 'https://calendly.test/cancel/1', 'reschedule_url', 'https://calendly.test/move/1',
    'timezone', 'Europe/Berlin', 'tracking', jsonb_build_object('utm_campaign', null),
    'questions_and_answers', jsonb_build_array(),
    'scheduled_event', jsonb_build_object(
      'uri', 'event/1', 'event_type', 'type/intro', 'name', 'Introduction', 'start_time', '2026-03-20T15:00:00Z',
      'end_time', '2026-03-20T15:30:00Z', 'location', jsonb_build_object('join_url', 'https://meet.test/1')
    )
  );
begin
  if p_type = 'invitee.canceled' then
    v_payload := v_payload || jsonb_build_object(
      'status', 'canceled',
      'cancellation', jsonb_build_object('canceler_type', 'invitee', 'reason', 'Travelling', 'created_at', p_at)
    );
  elsif p_type !~ '^invitee' then
    v_payload := jsonb_build_object('uri', 'thing/1', 'name', 'Introduction');
  end if;
  return tests.deliver(
    tests.endpoint('calendly', p_client), p_type, p_at,
    jsonb_build_object('event', p_type, 'created_at', p_at, 'payload', tests.changed(v_payload, p_changes)), p_key
  );
end
$$;
comment on function tests.calendly(text, timestamptz, jsonb, text, text) is
  'Delivers one Calendly event about Casey Morgan''s booking invitee/1; p_changes replaces parts of payload.';

create function tests.places_of(p_text text, p_but text default '')
returns setof text
language plpgsql
set search_path = ''
as $$
declare
  v_table record;
  v_count bigint;
begin
  for v_table in
    select c.oid::regclass as name
    from pg_catalog.pg_class c
    where c.relkind = 'r'
      and c.relpersistence <> 't'
      and c.relnamespace::regnamespace::text <> all('{pg_catalog,information_schema,tests,supabase_migrations}')
      and has_table_privilege(c.oid, 'select')
    order by c.oid::regclass::text
  loop
    execute format(
      'select count(*) from %s as t where strpos(replace(lower(t::text), $2, ''''), $1) > 0', v_table.name
    )
    into v_count using lower(p_text), lower(p_but);
    if v_count > 0 then
      return next v_table.name::text;
    end if;
  end loop;
end
$$;
comment on function tests.places_of(text, text) is
  'The tables of the whole database that have a text anywhere, in any case; not as part of p_but.';

do $$
declare
  v_role text;
begin
  for v_role in
    select rolname
    from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'webhook_receiver', 'job_worker', 'api_gateway')
  loop
    execute format('grant usage on schema tests to %I', v_role);
    execute format('grant execute on all functions in schema tests to %I', v_role);
  end loop;
end
$$;

create function tests.connect_slack()
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into integrations.slack_workspaces (workspace_id, app_id, name, bot_token, signing_secret, is_active)
  values ('T1', 'A1', 'Agency', tests.sealed('bot'), tests.sealed('signing'), true);
  insert into integrations.slack_channels (channel) values ('C1');
  insert into integrations.slack_users (slack_id, name, may_decide)
  values ('U1', 'Ada', true), ('U2', 'Grace', true), ('U3', 'Guest', false);
  insert into public."Clients" ("Business") values ('Acme');
end
$$;
comment on function tests.connect_slack() is
  'Workspace T1 with channel C1, where U1 and U2 may decide and U3 may ask, and the client Acme.';

create function tests.create_fleet()
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public."Clients" ("Business") values ('Acme');
  insert into public.inbox_sets (id, name, client, quantity, status)
  values
    ('aaaaaaaa-0000-4000-8000-000000000001', 'Ready', 'Acme', 3, 'ready'),
    ('aaaaaaaa-0000-4000-8000-000000000002', 'Warming', 'Acme', 3, 'warming'),
    ('aaaaaaaa-0000-4000-8000-000000000003', 'Paused', 'Acme', 3, 'paused');
  insert into public.inboxes (bison_inbox_id, client, name, email, domain, daily_limit, status, lifecycle_status, inbox_set_id)
  select
    d.n * 10 + i, 'Acme', 'Ada', format('ada%s@%s', i, d.domain), d.domain, d.daily_limit, 'Connected', d.lifecycle,
    ('aaaaaaaa-0000-4000-8000-00000000000' || d.set)::uuid
  from (
    values
      (1, 'one.example', 30, 'active', null), (2, 'two.example', 30, 'active', null), (3, 'three.example', 30, 'active', null),
      (4, 'four.example', 30, 'active', null), (5, 'ready.example', 0, 'active', '1'), (6, 'spare.example', 0, 'insurance', null),
      (7, 'warm.example', 0, 'active', '2'), (8, 'paused.example', 0, 'active', '3')
  ) as d (n, domain, daily_limit, lifecycle, set), generate_series(1, 3) as i;
  insert into public.inbox_health_checks (
    client, inbox_id, inbox_email, domain, sent_count, reply_count, health_score, recommendation, checked_at, checked_on
  )
  select
    i.client, i.bison_inbox_id::text, i.email, i.domain, 100, case i.domain when 'three.example' then 0 else 3 end,
    case i.domain when 'two.example' then 40 when 'spare.example' then 99 else 95 end,
    case i.domain when 'two.example' then 'rotate' else 'keep' end, private.clock() - interval '1 day',
    private.clock()::date - 1
  from public.inboxes i
  where i.domain <> 'warm.example';
end
$$;
comment on function tests.create_fleet() is
  'The client Acme with eight domains of three inboxes: four that send, two in reserve, one warming, one paused; and '
  'yesterday''s health checks.';
