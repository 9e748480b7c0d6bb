-- Orders of mailboxes at MissionInbox and InboxKit: draft, exported (CSV), submitted, processing, completed, or failed.
--
-- An order has one part for each domain (inbox_orders), and a part its mailboxes. Each part is submitted and polled by
-- jobs of its own. Neither provider knows idempotency keys, so an attempt is noted before it is made: whoever comes
-- after an attempt without a known end asks the provider first and orders only what is missing.
--
-- Lock order: the order, its part, its mailboxes.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('mailbox_orders.most_mailboxes', 300, 'mailboxes', 1, 5000, 'No order may have more.'),
  ('mailbox_orders.poll_seconds', 60, 'seconds', 1, 86400, 'How long after a look at an order the next one follows.'),
  ('mailbox_orders.give_up_hours', 72, 'hours', 1, 720, 'A part that is not done so long after its submission failed.'),
  ('mailbox_orders.renewal_notice_days', 7, 'days', 0, 60, 'People are told so long before mailboxes are renewed.');

insert into integrations.notice_kinds (kind, description, severity)
values
  ('mailbox_order_completed', 'All mailboxes of an order exist.', 'info'),
  ('mailbox_order_failed', 'An order of mailboxes failed, and at which step.', 'urgent'),
  ('mailbox_order_milestone', 'Mailboxes are 30, 60 or 90 days old.', 'info'),
  ('mailbox_order_renewal', 'Mailboxes are renewed, and paid for, soon.', 'warning');

insert into outbound.job_limits (job_type, rate_limit, key_field)
values
  ('submit_mailbox_order', 'mailboxes', 'provider'), ('poll_mailbox_order', 'mailboxes', 'provider');

-- Tables ---------------------------------------------------------------------------------------------------------

create sequence private.mailbox_order_numbers;

create table public.provider_orders (
  id uuid primary key default gen_random_uuid(),
  order_ref text,
  provider text not null,
  order_type text not null,
  client text not null,
  quantity integer not null,
  domains jsonb default '[]',
  mailbox_config jsonb default '{}',
  csv_data text,
  status text default 'draft',
  exported_at timestamptz,
  submitted_at timestamptz,
  completed_at timestamptz,
  activated_at timestamptz,
  cancelled_at timestamptz,
  renewal_date date,
  milestone_30d_notified boolean default false,
  milestone_60d_notified boolean default false,
  milestone_90d_notified boolean default false,
  renewal_notified boolean default false,
  notes text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  failed_at timestamptz,
  failed_step text,
  failure_reason text,
  constraint provider_orders_order_ref_key unique (order_ref),
  constraint provider_is_known check (provider in ('missioninbox', 'inboxkit')),
  constraint order_type_is_known check (order_type in ('domains', 'mailboxes', 'both')),
  constraint status_is_known check (
    status in ('draft', 'exported', 'submitted', 'processing', 'completed', 'failed')
  ),
  constraint quantity_is_positive check (quantity > 0),
  constraint failure_names_its_step check ((status = 'failed') = (failed_step is not null)),
  constraint failed_step_is_known check (failed_step in ('submit', 'process', 'canceled'))
);
create index provider_orders_client_created_at_idx on public.provider_orders (client, created_at);
create index provider_orders_client_status_created_at_idx on public.provider_orders (client, status, created_at);
create index provider_orders_activated_at_idx on public.provider_orders (activated_at) where activated_at is not null;
comment on table public.provider_orders is
  'What was ordered at a provider of mailboxes, and how far it is.';
comment on column public.provider_orders.mailbox_config is
  'What the mailboxes were made of: platform, per_domain, names.';
comment on column public.provider_orders.csv_data is 'The order as a file for people, since it was exported.';
comment on column public.provider_orders.activated_at is 'When all mailboxes existed; milestones count from that day.';
comment on column public.provider_orders.cancelled_at is
  'Canceled before it was submitted (then it is failed at canceled), or all its mailboxes were given up later.';
comment on column public.provider_orders.renewal_notified is 'Of this renewal_date: a later date sets it back.';
select private.apply_client_policies('public.provider_orders', p_write => 'staff');
revoke insert, update, delete on public.provider_orders from authenticated;
grant update (notes, renewal_date) on public.provider_orders to authenticated;

create table public.inbox_orders (
  id uuid primary key default gen_random_uuid(),
  order_number text not null,
  provider text not null,
  client text,
  quantity integer not null,
  domain text,
  status text not null default 'pending',
  provider_order_id text,
  total_cost numeric,
  inboxes_created integer default 0,
  order_data jsonb default '{}',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  completed_at timestamptz,
  order_id uuid references public.provider_orders (id) on delete cascade,
  inbox_set_id uuid references public.inbox_sets (id) on delete set null,
  attempt_ends_at timestamptz,
  submitted_at timestamptz,
  next_look_at timestamptz,
  failed_step text,
  failure_reason text,
  constraint inbox_orders_order_number_key unique (order_number),
  constraint provider_is_known check (provider in ('missioninbox', 'inboxkit')),
  constraint status_is_known check (status in ('pending', 'processing', 'completed', 'failed')),
  constraint quantity_is_positive check (quantity > 0),
  constraint failed_step_is_known check (failed_step in ('submit', 'process'))
);
create index inbox_orders_order_id_idx on public.inbox_orders (order_id);
create index inbox_orders_inbox_set_id_idx on public.inbox_orders (inbox_set_id);
create index inbox_orders_client_order_id_idx on public.inbox_orders (client, order_id);
create index inbox_orders_client_created_at_idx on public.inbox_orders (client, created_at);
create index inbox_orders_next_look_at_idx on public.inbox_orders (next_look_at)
where status in ('pending', 'processing');
comment on table public.inbox_orders is
  'The part of an order that is about one domain: one request to the provider, and one inbox set.';
comment on column public.inbox_orders.provider_order_id is
  'What the provider calls it: MissionInbox a task, InboxKit nothing (then the first mailbox).';
comment on column public.inbox_orders.attempt_ends_at is
  'An attempt to submit it was begun, and is over by then. Whether the provider got it is not known.';
select private.apply_client_policies('public.inbox_orders', p_write => 'none');

create table public.ordered_mailboxes (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  order_id uuid not null references public.provider_orders (id) on delete cascade,
  inbox_order_id uuid references public.inbox_orders (id) on delete set null,
  provider text not null,
  domain text not null,
  email text not null,
  username text not null,
  first_name text not null,
  last_name text not null,
  platform text not null,
  status text not null default 'planned',
  provider_uid text,
  renewal_date date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint email_is_lower_case check (email = lower(email)),
  constraint platform_is_known check (platform in ('google', 'microsoft', 'smtp')),
  constraint status_is_known check (
    status in ('planned', 'ordered', 'active', 'failed', 'canceling', 'canceled')
  )
);
-- Two orders cannot buy one mailbox.
create unique index ordered_mailboxes_email_key on public.ordered_mailboxes (email)
where status not in ('failed', 'canceled');
create index ordered_mailboxes_order_id_idx on public.ordered_mailboxes (order_id);
create index ordered_mailboxes_inbox_order_id_idx on public.ordered_mailboxes (inbox_order_id);
create index ordered_mailboxes_client_order_id_created_at_idx
on public.ordered_mailboxes (client, order_id, created_at);
create index ordered_mailboxes_client_created_at_idx on public.ordered_mailboxes (client, created_at);
create index ordered_mailboxes_domain_idx on public.ordered_mailboxes (domain)
where status not in ('failed', 'canceled');
create index ordered_mailboxes_provider_id_idx on public.ordered_mailboxes (provider, id) where status = 'active';
comment on table public.ordered_mailboxes is
  'The mailboxes of an order. Once EmailBison knows one, it is an inbox of the same address.';
select private.apply_client_policies('public.ordered_mailboxes', p_write => 'none');

-- Who spent the money.
select private.audit('public.provider_orders', '{csv_data}');
create trigger _100_touch_updated_at before update on public.provider_orders
for each row execute function extensions.moddatetime(updated_at);
create trigger _100_touch_updated_at before update on public.inbox_orders
for each row execute function extensions.moddatetime(updated_at);
create trigger _100_touch_updated_at before update on public.ordered_mailboxes
for each row execute function extensions.moddatetime(updated_at);

create function private.tg_provider_orders__expect_renewal()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.renewal_notified := false;
  return new;
end;
$$;
create trigger _100_expect_renewal before update of renewal_date on public.provider_orders
for each row when (new.renewal_date > old.renewal_date or old.renewal_date is null)
execute function private.tg_provider_orders__expect_renewal();

-- Drafting -------------------------------------------------------------------------------------------------------

create function private.mailbox_username(p_first text, p_last text, p_variant integer)
returns text
language sql immutable
set search_path = ''
as $$
  -- Letters and dots alone: InboxKit takes nothing else.
  select case p_variant
    when 0 then n.first || '.' || n.last
    when 1 then n.first || n.last
    when 2 then left(n.first, 1) || '.' || n.last
    when 3 then n.first || '.' || left(n.last, 1)
  end
  from (
    select
      regexp_replace(lower(normalize(p_first, nfkd)), '[^a-z]', '', 'g') as first,
      regexp_replace(lower(normalize(p_last, nfkd)), '[^a-z]', '', 'g') as last
  ) as n
  where n.first <> ''
    and n.last <> ''
$$;
comment on function private.mailbox_username(text, text, integer) is
  'The part before the @: zoe.mueller, zoemueller, z.mueller, zoe.m. Null when a name has no letter left.';

create function public.draft_mailbox_order(
  p_client text, p_provider text, p_domains text[], p_names jsonb, p_per_domain integer default 3,
  p_platform text default null, p_notes text default null
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_domains text[] := array(
    select d.name
    from (
      select lower(btrim(u.n)) as name, min(u.i) as i from unnest(p_domains) with ordinality as u (n, i) group by 1
    ) as d
    order by d.i
  );
  v_names integer := case jsonb_typeof(p_names) when 'array' then jsonb_array_length(p_names) else 0 end;
  v_quantity integer := p_per_domain * cardinality(v_domains);
  v_platform text := coalesce(p_platform, case p_provider when 'inboxkit' then 'google' else 'smtp' end);
  v_most integer := private.client_setting(p_client, 'mailbox_orders.most_mailboxes');
  v_taken text;
  v_order public.provider_orders;
begin
  perform private.require_client(p_client);
  if (p_provider, v_platform) not in (
    ('inboxkit', 'google'), ('inboxkit', 'microsoft'), ('missioninbox', 'smtp')
  ) then
    perform private.raise_error(
      'MR002', 'InboxKit makes google and microsoft mailboxes, MissionInbox smtp ones.', p_provider
    );
  elsif coalesce(v_quantity, 0) not between 1 and v_most then
    perform private.raise_error(
      'MR002', format('An order has 1 to %s mailboxes, this one %s.', v_most, coalesce(v_quantity, 0))
    );
  end if;
  perform private.require_domain_names(v_domains);
  select i.domain_name into v_taken
  from public.domain_inventory i
  where i.domain_name = any(v_domains)
    and i.client <> p_client
  order by 1
  limit 1;
  if found then
    perform private.raise_error('MR003', format('%s is another client''s.', v_taken));
  elsif v_names = 0 or p_per_domain > 4 * v_names then
    perform private.raise_error('MR002', 'Give more names: one makes four mailboxes of a domain at most.');
  end if;

  insert into public.provider_orders (
    order_ref, provider, order_type, client, quantity, domains, mailbox_config, notes, created_at
  )
  values (
    'MO-' || to_char(nextval('private.mailbox_order_numbers'), 'FM000000'), p_provider, 'mailboxes', p_client,
    v_quantity, to_jsonb(v_domains),
    jsonb_build_object('platform', v_platform, 'per_domain', p_per_domain, 'names', p_names), p_notes, private.clock()
  )
  returning * into v_order;

  insert into public.ordered_mailboxes (
    client, order_id, provider, domain, email, username, first_name, last_name, platform, created_at
  )
  select
    p_client, v_order.id, p_provider, d.name, u.username || '@' || d.name, u.username, btrim(n.first_name),
    btrim(n.last_name), v_platform, private.clock()
  from unnest(v_domains) as d (name)
  cross join generate_series(0, p_per_domain - 1) as m (i)
  cross join lateral (
    select p_names -> (m.i % v_names) ->> 'first_name', p_names -> (m.i % v_names) ->> 'last_name'
  ) as n (first_name, last_name)
  cross join lateral (select private.mailbox_username(n.first_name, n.last_name, m.i / v_names)) as u (username);
  return v_order.id;
exception
  when unique_violation then
    perform private.raise_error('MR003', 'One of these mailboxes is ordered already, or two have one address.');
  when not_null_violation then
    perform private.raise_error('MR002', 'Each name needs a first and a last name with letters in them.');
end;
$$;
comment on function public.draft_mailbox_order(text, text, text[], jsonb, integer, text, text) is
  'Plans mailboxes: p_per_domain on each domain, of the names [{first_name, last_name}] in turn. Answers the order, a '
  'draft. MR002: an argument is wrong, MR003: a mailbox is in another order. Definer: orders change through functions.';

-- Export ---------------------------------------------------------------------------------------------------------

create function private.csv_field(p_text text)
returns text
language sql immutable
set search_path = ''
as $$
  -- A spreadsheet takes what begins like a formula for one; the apostrophe makes it text.
  select '"' || replace(
    case
      when p_text ~ '^[[:space:]]*[=+@|%-]' or p_text ~ '^[\t\r\n]' then '''' || p_text
      else coalesce(p_text, '')
    end,
    '"', '""'
  ) || '"'
$$;
comment on function private.csv_field(text) is 'A text as a field of a CSV file, never a formula.';

create function private.mailbox_order_csv(p_order_id uuid)
returns text
language sql stable
set search_path = ''
as $$
  select '"domain","email","username","first_name","last_name","platform"' || E'\r\n' || coalesce(string_agg(
    concat_ws(
      ',', private.csv_field(m.domain), private.csv_field(m.email), private.csv_field(m.username),
      private.csv_field(m.first_name), private.csv_field(m.last_name), private.csv_field(m.platform)
    ) || E'\r\n',
    '' order by m.domain, m.email
  ), '')
  from public.ordered_mailboxes m
  where m.order_id = p_order_id
$$;
comment on function private.mailbox_order_csv(uuid) is 'The mailboxes of an order as RFC 4180 has it.';

create function private.lock_order(p_order_id uuid)
returns public.provider_orders
language plpgsql
set search_path = ''
as $$
declare
  v_order public.provider_orders;
begin
  select o.* into v_order from public.provider_orders o where o.id = p_order_id for update;
  if not found
    or not (private.is_service() or v_order.client = any(array(select private.my_clients('read'))))
  then
    perform private.raise_error('MR001', 'There is no such order.', p_order_id::text);
  end if;
  perform private.require_staff(v_order.client);
  return v_order;
end;
$$;
comment on function private.lock_order(uuid) is
  'The order, locked, for somebody who may change it. MR001: unknown or not the caller''s, MR004: not staff.';

create function public.export_mailbox_order(p_order_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_order public.provider_orders := private.lock_order(p_order_id);
begin
  if v_order.status not in ('draft', 'exported') or v_order.order_type <> 'mailboxes' then
    perform private.raise_error('MR003', format('The order is %s.', v_order.status), null, 'Only a draft is exported.');
  end if;
  update public.provider_orders o
  set status = 'exported', exported_at = private.clock(), csv_data = private.mailbox_order_csv(p_order_id)
  where o.id = p_order_id;
  return 'exported';
end;
$$;
comment on function public.export_mailbox_order(uuid) is
  'Writes csv_data, for a person to look at before money is spent. MR003: it was submitted before. Definer: orders '
  'change through functions.';

-- Submission -----------------------------------------------------------------------------------------------------

create function private.enqueue_mailbox_step(p_part public.inbox_orders, p_run_at timestamptz default null)
returns void
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'mailboxes', case p_part.status when 'pending' then 'submit_mailbox_order' else 'poll_mailbox_order' end,
    jsonb_build_object('inbox_order_id', p_part.id, 'provider', p_part.provider), p_run_at,
    p_max_attempts => 12, p_dedupe_key => 'order ' || p_part.id
  )
$$;
comment on function private.enqueue_mailbox_step(public.inbox_orders, timestamptz) is
  'The job that takes a part of an order one step further.';

create function public.submit_mailbox_order(p_order_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_order public.provider_orders := private.lock_order(p_order_id);
  v_now timestamptz := private.clock();
  v_domain record;
  v_set uuid;
  v_part public.inbox_orders;
  v_parts jsonb := '{}';
begin
  if v_order.status in ('submitted', 'processing', 'completed') then
    return v_order.status;
  elsif v_order.status <> 'exported' then
    perform private.raise_error(
      'MR003', format('The order is %s.', v_order.status), null, 'Export it and look at the file first.'
    );
  elsif not exists (
    select from public.inbox_providers p where p.provider_name = v_order.provider and p.is_active
  ) then
    perform private.raise_error(
      'MR003', format('There is no active account at %s.', v_order.provider), null, 'POST /v1/inbox-providers adds one.'
    );
  end if;
  update public.provider_orders o set status = 'submitted', submitted_at = v_now where o.id = p_order_id;
  perform private.assign_domains(v_order);

  for v_domain in
    select
      m.domain, count(*)::integer as quantity, min(m.platform) as platform, row_number() over (order by m.domain) as n
    from public.ordered_mailboxes m
    where m.order_id = p_order_id
    group by m.domain
    order by m.domain
  loop
    insert into public.inbox_sets (name, client, provider, domain, quantity, ordered_at)
    values (
      format('%s %s', v_domain.domain, v_order.order_ref), v_order.client, v_domain.platform, v_domain.domain,
      v_domain.quantity, v_now
    )
    returning id into v_set;
    insert into public.inbox_orders (
      order_number, provider, client, quantity, domain, order_id, inbox_set_id, next_look_at, created_at
    )
    values (
      format('%s-%s', v_order.order_ref, v_domain.n), v_order.provider, v_order.client, v_domain.quantity,
      v_domain.domain, p_order_id, v_set, v_now, v_now
    )
    returning * into v_part;
    v_parts := v_parts || jsonb_build_object(v_part.domain, v_part.id);
    perform private.enqueue_mailbox_step(v_part);
  end loop;
  update public.ordered_mailboxes m
  set inbox_order_id = (v_parts ->> m.domain)::uuid
  where m.order_id = p_order_id;
  return 'submitted';
end;
$$;
comment on function public.submit_mailbox_order(uuid) is
  'Orders what was exported: a part and an inbox set for each domain, and a job for each part. Answers the status; a '
  'repetition orders nothing. MR003: not exported, no active account, or a domain has mailboxes at another provider. '
  'Definer: orders change through functions.';

create function private.mailbox_account(p_provider text)
returns table (api_key text, workspace_id text)
language sql stable
set search_path = ''
as $$
  select p.api_key, p.workspace_id from public.inbox_providers p where p.provider_name = p_provider and p.is_active
$$;
comment on function private.mailbox_account(text) is 'No row: there is none, or it is switched off.';

create function private.lock_part(p_inbox_order_id uuid)
returns public.inbox_orders
language plpgsql
set search_path = ''
as $$
declare
  v_part public.inbox_orders;
begin
  perform
  from public.provider_orders o
  where o.id = (select i.order_id from public.inbox_orders i where i.id = p_inbox_order_id)
  for update;
  select i.* into v_part from public.inbox_orders i where i.id = p_inbox_order_id for update;
  return v_part;
end;
$$;
comment on function private.lock_part(uuid) is 'A part of an order, locked after the order.';

create function integrations.start_mailbox_submission(p_inbox_order_id uuid, p_takes interval default '2 minutes')
returns table (
  outcome text, retry_in integer, api_key text, workspace_id text, domain text, look_first boolean, mailboxes jsonb
)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_part public.inbox_orders := private.lock_part(p_inbox_order_id);
begin
  select a.api_key, a.workspace_id into api_key, workspace_id from private.mailbox_account(v_part.provider) a;
  domain := v_part.domain;
  look_first := v_part.attempt_ends_at is not null;
  outcome := case
    when v_part.id is null then 'gone'
    when v_part.status <> 'pending' then 'done'
    when api_key is null then 'switched_off'
    when v_part.attempt_ends_at > v_now then 'busy'
    else 'submit'
  end;
  retry_in := greatest(ceil(extract(epoch from v_part.attempt_ends_at - v_now)), 1)::integer;
  if outcome = 'submit' then
    update public.inbox_orders i
    set attempt_ends_at = v_now + p_takes, next_look_at = v_now + p_takes
    where i.id = p_inbox_order_id;
    mailboxes := (
      select jsonb_agg(
        jsonb_build_object(
          'email', m.email, 'username', m.username, 'first_name', m.first_name, 'last_name', m.last_name,
          'platform', m.platform
        )
        order by m.email
      )
      from public.ordered_mailboxes m
      where m.inbox_order_id = p_inbox_order_id
        and m.status = 'planned'
    );
  end if;
  return next;
end;
$$;
comment on function integrations.start_mailbox_submission(uuid, interval) is
  'Notes an attempt to order a part, which ends within p_takes, and answers what to order. outcome: submit; done (was '
  'ordered); busy (another attempt may still run: come back in retry_in); switched_off; gone. look_first: an attempt '
  'was made before, so ask the provider and order only what is missing. Definer: job_worker reads no table.';

create function integrations.finish_mailbox_submission(
  p_inbox_order_id uuid, p_provider_order_id text, p_mailboxes jsonb
)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_part public.inbox_orders := private.lock_part(p_inbox_order_id);
begin
  if v_part.status is distinct from 'pending' then
    return coalesce(v_part.status, 'gone');
  end if;
  update public.inbox_orders i
  set status = 'processing',
      submitted_at = v_now,
      attempt_ends_at = null,
      provider_order_id = p_provider_order_id,
      next_look_at = v_now + make_interval(secs => private.setting('mailbox_orders.poll_seconds')::double precision)
  where i.id = p_inbox_order_id
  returning * into v_part;
  update public.ordered_mailboxes m
  set status = 'ordered', provider_uid = coalesce(r.uid, m.provider_uid), renewal_date = r.renewal_date
  from (
    select o.id, n.uid, n.renewal_date
    from public.ordered_mailboxes o
    left join jsonb_to_recordset(p_mailboxes) as n (email text, uid text, renewal_date date) on lower(n.email) = o.email
    where o.inbox_order_id = p_inbox_order_id
      and o.status = 'planned'
  ) as r
  where m.id = r.id;
  update public.provider_orders o set status = 'processing' where o.id = v_part.order_id and o.status = 'submitted';
  perform private.enqueue_mailbox_step(v_part, v_part.next_look_at);
  perform private.expect_records(v_part.domain, v_part.provider);
  return 'processing';
end;
$$;
comment on function integrations.finish_mailbox_submission(uuid, text, jsonb) is
  'The provider took the order of a part: [{email, uid, renewal_date}] as far as it says. Answers the part''s status; '
  'a late repetition changes nothing. Definer: job_worker writes no table.';

-- Progress -------------------------------------------------------------------------------------------------------

create function integrations.get_mailbox_poll(p_inbox_order_id uuid)
returns table (
  outcome text, api_key text, workspace_id text, domain text, provider_order_id text, emails jsonb
)
language sql stable security definer
set search_path = ''
as $$
  select
    case when i.status <> 'processing' then 'done' when a.api_key is null then 'switched_off' else 'poll' end,
    a.api_key, a.workspace_id, i.domain, i.provider_order_id,
    (
      select jsonb_agg(m.email order by m.email)
      from public.ordered_mailboxes m
      where m.inbox_order_id = i.id and m.status = 'ordered'
    )
  from public.inbox_orders i
  left join private.mailbox_account(i.provider) a on true
  where i.id = p_inbox_order_id
$$;
comment on function integrations.get_mailbox_poll(uuid) is
  'What to ask the provider about a part. outcome: poll, done (nothing to ask), switched_off; no row: it is gone. '
  'Definer: job_worker reads no table.';

create function private.settle_provider_order(p_order_id uuid)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_order public.provider_orders;
  v_failed public.inbox_orders;
begin
  if exists (
    select from public.inbox_orders i where i.order_id = p_order_id and i.status in ('pending', 'processing')
  ) then
    return 'processing';
  end if;
  select i.* into v_failed
  from public.inbox_orders i
  where i.order_id = p_order_id
    and i.status = 'failed'
  order by i.order_number
  limit 1;
  update public.provider_orders o
  set status = case when v_failed.id is null then 'completed' else 'failed' end,
      completed_at = case when v_failed.id is null then v_now end,
      activated_at = case when v_failed.id is null then v_now end,
      renewal_date = coalesce(
        (
          select min(m.renewal_date) filter (where m.status = 'active')
          from public.ordered_mailboxes m
          where m.order_id = p_order_id
        ),
        o.renewal_date
      ),
      failed_at = case when v_failed.id is not null then v_now end,
      failed_step = v_failed.failed_step,
      failure_reason = v_failed.domain || ': ' || v_failed.failure_reason
  where o.id = p_order_id
    and o.status in ('submitted', 'processing')
  returning * into v_order;
  if v_order.status = 'completed' then
    perform integrations.notify(
      'mailbox_order_completed', v_order.client, v_order.id::text,
      format('Order %s: all %s mailboxes exist.', v_order.order_ref, v_order.quantity),
      jsonb_build_object('order_id', v_order.id)
    );
  elsif v_order.status = 'failed' then
    perform integrations.notify(
      'mailbox_order_failed', v_order.client, format('%s %s', v_order.id, v_now),
      format(
        'Order %s at %s failed at the step "%s". %s', v_order.order_ref, v_order.provider, v_order.failed_step,
        v_order.failure_reason
      ),
      jsonb_build_object('order_id', v_order.id, 'step', v_order.failed_step)
    );
  end if;
  return v_order.status;
end;
$$;
comment on function private.settle_provider_order(uuid) is
  'Ends an order whose parts have all ended: completed, or failed at the step of the first part that failed. The '
  'caller holds the order''s lock.';

create function private.fail_part(p_part public.inbox_orders, p_step text, p_reason text)
returns text
language plpgsql
set search_path = ''
as $$
begin
  update public.inbox_orders i
  set status = 'failed', failed_step = p_step, failure_reason = left(p_reason, 1000)
  where i.id = p_part.id
    and i.status in ('pending', 'processing');
  if not found then
    return p_part.status;
  end if;
  return private.settle_provider_order(p_part.order_id);
end;
$$;

create function integrations.fail_mailbox_order(p_inbox_order_id uuid, p_step text, p_reason text)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  return private.fail_part(private.lock_part(p_inbox_order_id), p_step, p_reason);
end;
$$;
comment on function integrations.fail_mailbox_order(uuid, text, text) is
  'A part came to nothing at a step (submit, process), for a reason that people read. Answers what became of the '
  'order. Definer: job_worker writes no table.';

create function integrations.record_mailbox_poll(p_inbox_order_id uuid, p_mailboxes jsonb)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_part public.inbox_orders := private.lock_part(p_inbox_order_id);
  v_failed text;
begin
  if v_part.status is distinct from 'processing' then
    return coalesce(v_part.status, 'gone');
  end if;
  update public.ordered_mailboxes m
  set status = case when n.state in ('active', 'failed') then n.state else m.status end,
      provider_uid = coalesce(n.uid, m.provider_uid),
      renewal_date = coalesce(n.renewal_date, m.renewal_date)
  from jsonb_to_recordset(p_mailboxes) as n (email text, state text, uid text, renewal_date date)
  where m.inbox_order_id = p_inbox_order_id
    and m.email = lower(n.email)
    and m.status in ('ordered', 'active');

  select string_agg(m.email, ', ' order by m.email) into v_failed
  from public.ordered_mailboxes m
  where m.inbox_order_id = p_inbox_order_id
    and m.status = 'failed';
  update public.inbox_orders i
  set inboxes_created = (
        select count(*) filter (where m.status = 'active')
        from public.ordered_mailboxes m
        where m.inbox_order_id = i.id
      ),
      next_look_at = v_now + make_interval(secs => private.setting('mailbox_orders.poll_seconds')::double precision)
  where i.id = p_inbox_order_id
  returning * into v_part;
  perform private.link_ordered_inboxes(p_inbox_order_id);

  if v_failed is not null then
    return private.fail_part(v_part, 'process', 'The provider could not make ' || v_failed || '.');
  elsif v_part.inboxes_created >= v_part.quantity then
    update public.inbox_orders i set status = 'completed', completed_at = v_now where i.id = p_inbox_order_id;
    return private.settle_provider_order(v_part.order_id);
  elsif v_part.submitted_at
    <= v_now - make_interval(hours => private.setting('mailbox_orders.give_up_hours')::integer)
  then
    return private.fail_part(
      v_part, 'process',
      format('%s of %s mailboxes exist %s after they were ordered.', v_part.inboxes_created, v_part.quantity,
        v_now - v_part.submitted_at)
    );
  end if;
  perform private.enqueue_mailbox_step(v_part, v_part.next_look_at);
  return 'processing';
end;
$$;
comment on function integrations.record_mailbox_poll(uuid, jsonb) is
  'What the provider says of a part''s mailboxes: [{email, state (active, failed or another word: not yet), uid, '
  'renewal_date}]. All active: the part is completed; one failed, or none ready for mailbox_orders.give_up_hours: '
  'failed; else a job looks again. Answers what became of the order. Definer: job_worker writes no table.';

create function public.retry_mailbox_order(p_order_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_order public.provider_orders := private.lock_order(p_order_id);
  v_now timestamptz := private.clock();
  v_part public.inbox_orders;
begin
  if v_order.status <> 'failed' or v_order.cancelled_at is not null then
    perform private.raise_error('MR003', 'Only an order that failed is tried again.', v_order.status);
  end if;
  update public.provider_orders o
  set status = 'submitted', failed_at = null, failed_step = null, failure_reason = null
  where o.id = p_order_id;
  update public.ordered_mailboxes m set status = 'ordered' where m.order_id = p_order_id and m.status = 'failed';
  for v_part in
    update public.inbox_orders i
    set status = case when i.submitted_at is null then 'pending' else 'processing' end,
        submitted_at = case when i.submitted_at is not null then v_now end,
        failed_step = null,
        failure_reason = null,
        next_look_at = v_now
    where i.order_id = p_order_id
      and i.status = 'failed'
    returning i.*
  loop
    perform private.enqueue_mailbox_step(v_part);
  end loop;
  return 'submitted';
end;
$$;
comment on function public.retry_mailbox_order(uuid) is
  'Takes up an order that failed, once the cause is mended: parts that were never ordered are ordered, the others '
  'asked after. Definer: orders change through functions.';

create function private.tend_mailbox_orders(p_limit integer default 200)
returns table (resumed integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_part public.inbox_orders;
begin
  resumed := 0;
  for v_part in
    update public.inbox_orders i
    set next_look_at = v_now
    where i.id = any(array(
      select o.id
      from public.inbox_orders o
      where o.status in ('pending', 'processing')
        and o.next_look_at < v_now - interval '15 minutes'
      order by o.next_look_at
      limit p_limit
      for update skip locked
    ))
    returning i.*
  loop
    perform private.enqueue_mailbox_step(v_part);
    resumed := resumed + 1;
  end loop;
  has_more := resumed >= p_limit;
  return next;
end;
$$;
comment on function private.tend_mailbox_orders(integer) is
  'Parts whose job was lost (dead with its worker, deleted by a person) get it again.';

-- Milestones -----------------------------------------------------------------------------------------------------

create function private.tell_order_milestones(p_limit integer default 500)
returns table (told integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_due record;
  v_days integer;
  v_orders integer := 0;
begin
  told := 0;
  for v_due in
    with due as (
      select
        o.id, d.today - (o.activated_at at time zone d.time_zone)::date as days,
        array_remove(array[
          case when not coalesce(o.milestone_30d_notified, false) then 30 end,
          case when not coalesce(o.milestone_60d_notified, false) then 60 end,
          case when not coalesce(o.milestone_90d_notified, false) then 90 end
        ], null) as open_days,
        not coalesce(o.renewal_notified, false)
          and o.renewal_date - d.today
            <= private.client_setting(o.client, 'mailbox_orders.renewal_notice_days')
          as renews
      from public.provider_orders o
      cross join lateral (select private.time_zone_of(o.client) as time_zone) as z
      cross join lateral (select z.time_zone, (v_now at time zone z.time_zone)::date as today) as d
      where o.activated_at is not null
        and o.cancelled_at is null
        and (
          (not coalesce(o.milestone_90d_notified, false) and o.activated_at < v_now - interval '28 days')
          or (not coalesce(o.renewal_notified, false) and o.renewal_date is not null)
        )
      for update of o skip locked
    ),
    told as (
      select d.*, array(select m from unnest(d.open_days) as m where m <= d.days order by m) as reached
      from due d
      where d.renews or exists (select from unnest(d.open_days) as m where m <= d.days)
      order by d.id
      limit p_limit
    )
    update public.provider_orders o
    set milestone_30d_notified = coalesce(o.milestone_30d_notified, false) or 30 = any(t.reached),
        milestone_60d_notified = coalesce(o.milestone_60d_notified, false) or 60 = any(t.reached),
        milestone_90d_notified = coalesce(o.milestone_90d_notified, false) or 90 = any(t.reached),
        renewal_notified = coalesce(o.renewal_notified, false) or coalesce(t.renews, false)
    from told t
    where o.id = t.id
    returning o.id, o.client, o.order_ref, o.provider, o.quantity, o.renewal_date, t.reached, t.renews
  loop
    v_orders := v_orders + 1;
    foreach v_days in array v_due.reached loop
      perform integrations.notify(
        'mailbox_order_milestone', v_due.client, format('%s %s', v_due.id, v_days),
        format('The %s mailboxes of order %s are %s days old.', v_due.quantity, v_due.order_ref, v_days),
        jsonb_build_object('order_id', v_due.id, 'days', v_days)
      );
      told := told + 1;
    end loop;
    if v_due.renews then
      perform integrations.notify(
        'mailbox_order_renewal', v_due.client, format('%s %s', v_due.id, v_due.renewal_date),
        format(
          'The %s mailboxes of order %s at %s are renewed on %s.', v_due.quantity, v_due.order_ref, v_due.provider,
          v_due.renewal_date
        ),
        jsonb_build_object('order_id', v_due.id, 'renewal_date', v_due.renewal_date)
      );
      told := told + 1;
    end if;
  end loop;
  has_more := v_orders >= p_limit;
  return next;
end;
$$;
comment on function private.tell_order_milestones(integer) is
  'Tells once each that the mailboxes of an order are 30, 60, 90 days old, and that they are renewed soon: the mark '
  'and the notice in one transaction. Days are the client''s. Safe to run twice at once.';

grant execute on function
  public.draft_mailbox_order(text, text, text[], jsonb, integer, text, text), public.export_mailbox_order(uuid),
  public.submit_mailbox_order(uuid), public.retry_mailbox_order(uuid)
to authenticated, service_role;
grant execute on function
  integrations.start_mailbox_submission(uuid, interval), integrations.finish_mailbox_submission(uuid, text, jsonb),
  integrations.get_mailbox_poll(uuid), integrations.record_mailbox_poll(uuid, jsonb),
  integrations.fail_mailbox_order(uuid, text, text)
to job_worker;
