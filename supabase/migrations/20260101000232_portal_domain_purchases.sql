-- Buying domains. A batch is proposed with the prices that the registrar quoted, approved by a person, and bought one
-- domain a job. Money is safe because
--   1. what is sent as the price is the approved one, and the registrar refuses any other;
--   2. `ordering` is committed before the registrar hears of an order, so that whoever finds it there asks first
--      whether the domain is ours, and orders again under the same idempotency key only if it is not;
--   3. no order starts that would bring the batch above its approved total.
-- Lock order: batch, purchase, inventory.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('domain_purchases.highest_price', 20, 'dollars', 1, 500, 'Dearer domains cannot be put into a batch.'),
  ('domain_purchases.most_a_batch', 50, 'domains', 1, 500, 'Most domains of a batch.'),
  ('domain_purchases.most_a_day', 10, 'domains', 1, 1000, 'What the registrar sells to an account within 24 hours.'),
  ('domain_purchases.resume_minutes', 60, 'minutes', 5, 1440,
    'An order without an outcome is taken up again after this.');

insert into integrations.notice_kinds (kind, description, severity)
values
  ('domain_batch_done', 'All domains of a purchase batch are bought or refused.', 'info'),
  ('domain_purchase_stopped', 'The registrar does not sell until a person does something.', 'urgent'),
  ('domain_overcharged', 'The registrar reports a price above the approved one.', 'urgent');
insert into integrations.approval_kinds (kind, handler, description)
values ('domain_batch', 'public.decide_purchase_batch', 'Whether a batch of domains is bought at the quoted prices.');

create table public.purchase_batches (
  id uuid primary key default gen_random_uuid(),
  name text,
  client text not null,
  purchased_at timestamptz default now(),
  domain_count integer default 0,
  total_cost numeric,
  registrar text,
  notes text,
  created_at timestamptz default now(),
  status text not null default 'proposed',
  inbox_provider text not null default 'none',
  quoted_cents integer not null default 0,
  approved_cents integer,
  approval_id uuid,
  decided_by text,
  decided_at timestamptz,
  completed_at timestamptz,
  constraint registrar_is_known check (registrar in ('porkbun', 'namecheap', 'godaddy', 'other')),
  constraint inbox_provider_is_known check (inbox_provider in ('missioninbox', 'inboxkit', 'none')),
  constraint status_is_known check (status in ('proposed', 'approved', 'rejected', 'completed')),
  constraint approved_price_is_the_quoted_one check (approved_cents = quoted_cents),
  constraint decided_batches_say_by_whom check ((status = 'proposed') = (decided_by is null)),
  constraint what_is_bought_was_approved check (status not in ('approved', 'completed') or approved_cents is not null)
);
create index purchase_batches_client_idx on public.purchase_batches (client, created_at);
create index purchase_batches_created_at_idx on public.purchase_batches (created_at);
create index purchase_batches_status_idx on public.purchase_batches (status, created_at);
create unique index purchase_batches_approval_id_key on public.purchase_batches (approval_id);
comment on table public.purchase_batches is
  'Domains that are bought together. proposed: waits for a decision. approved: being bought. completed: each is '
  'bought or '
  'refused; domain_count and total_cost tell what was bought. rejected: none is.';
comment on column public.purchase_batches.purchased_at is 'When the last one was bought.';
comment on column public.purchase_batches.approved_cents is 'The most that may be spent: the sum of the quotes.';
select private.apply_client_policies('public.purchase_batches', 'none');

alter table public.domain_inventory
  add constraint domain_inventory_purchase_batch_id_fkey
  foreign key (purchase_batch_id) references public.purchase_batches (id) on delete set null;

create table public.domain_purchases (
  id uuid primary key default gen_random_uuid(),
  batch_id uuid not null references public.purchase_batches (id) on delete cascade,
  client text not null,
  domain_name text not null,
  status text not null default 'quoted',
  quoted_cents integer not null,
  approved_cents integer,
  paid_cents integer,
  ordering_at timestamptz,
  orders integer not null default 0,
  bought_at timestamptz,
  reason text,
  registrar_order text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint domain_purchases_batch_id_domain_name_key unique (batch_id, domain_name),
  constraint status_is_known check (status in ('quoted', 'approved', 'ordering', 'bought', 'refused', 'rejected')),
  constraint price_is_positive check (quoted_cents > 0),
  constraint approved_price_is_the_quoted_one check (approved_cents = quoted_cents),
  constraint nothing_is_ordered_without_approval check (
    status not in ('approved', 'ordering', 'bought') or approved_cents is not null
  ),
  constraint bought_has_price_and_time check ((status = 'bought') = (bought_at is not null and paid_cents is not null)),
  constraint refused_has_a_reason check (status <> 'refused' or reason is not null)
);
create unique index domain_purchases_domain_name_live_key on public.domain_purchases (domain_name)
where status in ('quoted', 'approved', 'ordering', 'bought');
create index domain_purchases_client_idx on public.domain_purchases (client, created_at);
create index domain_purchases_created_at_idx on public.domain_purchases (created_at);
create index domain_purchases_batch_id_created_at_idx on public.domain_purchases (batch_id, created_at);
create index domain_purchases_bought_at_idx on public.domain_purchases (bought_at) where status = 'bought';
create index domain_purchases_ordering_at_idx on public.domain_purchases (ordering_at) where status = 'ordering';
comment on table public.domain_purchases is
  'One domain of a batch. quoted, then approved or rejected; ordering: the registrar may have heard of it; then '
  'bought or '
  'refused. Its id is the idempotency key of the order. A domain is in one live purchase at most.';
comment on column public.domain_purchases.ordering_at is 'When an order was last about to be sent.';
comment on column public.domain_purchases.orders is 'How often an order was begun: again after nothing was sold.';
comment on column public.domain_purchases.reason is 'Why it was refused, or what keeps it from being bought now.';
comment on column public.domain_purchases.registrar_order is 'The registrar''s number of the order, if it told one.';
select private.apply_client_policies('public.domain_purchases', 'none');
create trigger _100_touch_updated_at before update on public.domain_purchases
for each row execute function extensions.moddatetime(updated_at);

select private.audit('public.purchase_batches');
select private.audit('public.domain_purchases');

create function private.dollars(p_cents bigint)
returns text
language sql immutable
set search_path = ''
as $$
  select '$' || trim(to_char(p_cents / 100.0, 'FM999999990.00'))
$$;

-- Proposing ------------------------------------------------------------------------------------------------------

create function private.reserve_domains(p_batch_id uuid, p_client text, p_inbox_provider text, p_domains text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_taken text;
begin
  with reserved as (
    insert into public.domain_inventory as i (
      domain_name, client, registrar, inbox_provider, status, purchase_batch_id
    )
    select d, p_client, 'porkbun', p_inbox_provider, 'reserved', p_batch_id from unnest(p_domains) as d order by d
    on conflict (domain_name) do update
    set client = excluded.client,
        registrar = 'porkbun',
        inbox_provider = excluded.inbox_provider,
        status = 'reserved',
        purchase_batch_id = excluded.purchase_batch_id
    where i.status = 'available'
    returning i.domain_name
  )
  select min(d) into v_taken from unnest(p_domains) as d where d not in (select r.domain_name from reserved r);
  if v_taken is not null then
    perform private.raise_error('MR003', format('%s is ours already, or in another batch.', v_taken));
  end if;
end;
$$;
comment on function private.reserve_domains(uuid, text, text, text[]) is
  'Gives domains to a batch. MR003 when one is owned or belongs to another batch.';

create function private.quote_domains(p_batch_id uuid, p_client text, p_domains text[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_highest integer := private.setting('domain_purchases.highest_price') * 100;
  v_wrong text;
  v_total integer;
begin
  select format('%s cannot be bought as it is: %s.', w.name, w.why) into v_wrong
  from (
    select n.name, case
      when c.expires_at is null or c.expires_at <= private.clock() then 'not checked within the hour'
      when not c.is_available then 'not available'
      when c.is_premium then 'a premium name'
      when coalesce(c.price, 0) <= 0 then 'has no price'
      when c.price * 100 > v_highest then 'dearer than ' || private.dollars(v_highest)
    end as why
    from unnest(p_domains) as n (name)
    left join public.domain_availability_checks c on c.domain_name = n.name
  ) as w
  where w.why is not null
  order by w.name
  limit 1;
  if v_wrong is not null then
    perform private.raise_error('MR003', v_wrong, null, 'POST /v1/domain-checks asks the registrar anew.');
  end if;
  with quoted as (
    insert into public.domain_purchases (batch_id, client, domain_name, quoted_cents)
    select p_batch_id, p_client, c.domain_name, (c.price * 100)::integer
    from public.domain_availability_checks c
    where c.domain_name = any(p_domains)
    order by c.domain_name
    returning quoted_cents
  )
  select sum(q.quoted_cents) into v_total from quoted q;
  return v_total;
end;
$$;
comment on function private.quote_domains(uuid, text, text[]) is
  'Puts domains into a batch at the prices of their checks and answers the sum in cents. MR003 says which one cannot '
  'be '
  'bought, and why.';

create function public.create_purchase_batch(
  p_client text, p_domains text[], p_inbox_provider text default 'none', p_name text default null
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id uuid := gen_random_uuid();
  v_most integer := private.setting('domain_purchases.most_a_batch');
  v_names text[];
  v_cents integer;
  v_title text;
begin
  perform private.require_client(p_client);
  select array_agg(distinct lower(btrim(d)) order by lower(btrim(d))) into v_names from unnest(p_domains) as d;
  if coalesce(cardinality(v_names), 0) not between 1 and v_most then
    perform private.raise_error('MR002', format('A batch has 1 to %s domains.', v_most));
  elsif p_inbox_provider not in ('missioninbox', 'inboxkit', 'none') then
    perform private.raise_error('MR002', 'Unknown inbox provider.', p_inbox_provider);
  end if;
  perform private.require_domain_names(v_names);
  insert into public.purchase_batches (id, name, client, purchased_at, domain_count, registrar, inbox_provider)
  values (v_id, p_name, p_client, null, cardinality(v_names), 'porkbun', p_inbox_provider);
  perform private.reserve_domains(v_id, p_client, p_inbox_provider, v_names);
  v_cents := private.quote_domains(v_id, p_client, v_names);

  v_title := format('Buy %s domain%s for %s: %s', cardinality(v_names), case when cardinality(v_names) > 1 then 's' end,
    p_client, private.dollars(v_cents));
  update public.purchase_batches b
  set quoted_cents = v_cents,
      approval_id = integrations.request_approval(
        'domain_batch', v_id, p_client, v_title,
        jsonb_build_object('text', (
          select string_agg(p.domain_name || ' ' || private.dollars(p.quoted_cents), chr(10) order by p.domain_name)
          from public.domain_purchases p
          where p.batch_id = v_id
        ))
      )
  where b.id = v_id;
  return v_id;
end;
$$;
comment on function public.create_purchase_batch(text, text[], text, text) is
  'Proposes domains for a client at the registrar''s last quotes, reserves them, and asks for approval in Slack. '
  'MR003: '
  'one is taken, unavailable, too dear, or was not checked within the hour. For the agency''s staff. Definer: users '
  'may '
  'not write batches.';

create function public.propose_domains(p_client text, p_count integer)
returns text[]
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_highest numeric := private.setting('domain_purchases.highest_price');
begin
  perform private.require_client(p_client);
  if p_count < 0 then
    perform private.raise_error('MR002', 'How many domains is a number from 0 on.', p_count::text);
  end if;
  return array(
    select c.domain_name
    from public.domain_availability_checks c
    where c.client = p_client
      and c.is_available
      and not c.is_premium
      and c.expires_at > v_now
      and c.price between 0.01 and v_highest
      and not exists (
        select from public.domain_inventory i where i.domain_name = c.domain_name and i.status <> 'available'
      )
    order by c.price, length(c.domain_name), c.domain_name
    limit p_count
  );
end;
$$;
comment on function public.propose_domains(text, integer) is
  'The cheapest, then shortest names of a client that can be bought now, as create_purchase_batch takes them. Definer: '
  'reads settings.';
grant execute on function public.create_purchase_batch(text, text[], text, text), public.propose_domains(text, integer)
to authenticated, service_role;

-- Deciding -------------------------------------------------------------------------------------------------------

insert into outbound.rate_limits (name, amount, per, burst, concurrency)
values ('porkbun_orders', 1, '10 seconds', 1, 1);
insert into outbound.job_limits (job_type, rate_limit)
values ('buy_domain', 'porkbun_orders');

create function private.enqueue_purchases(p_ids uuid[])
returns integer
language sql
set search_path = ''
as $$
  select outbound.enqueue_jobs(coalesce(
    jsonb_agg(jsonb_build_object(
      'queue', 'domains', 'type', 'buy_domain', 'payload', jsonb_build_object('purchase', id), 'max_attempts', 20,
      'dedupe_key', 'buy ' || id
    ) order by n),
    '[]'
  ))
  from unnest(p_ids) with ordinality as u (id, n)
$$;
comment on function private.enqueue_purchases(uuid[]) is 'One job a domain.';

create function public.decide_purchase_batch(p_approval_id uuid, p_decision text, p_decided_by text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_is_approved boolean := p_decision = 'approved';
  v_batch public.purchase_batches;
  v_ids uuid[];
begin
  update public.purchase_batches b
  set status = case when v_is_approved then 'approved' else 'rejected' end,
      approved_cents = case when v_is_approved then b.quoted_cents end,
      decided_by = p_decided_by,
      decided_at = private.clock()
  where b.approval_id = p_approval_id
    and b.status = 'proposed'
  returning b.* into v_batch;
  if v_batch.id is null then
    return 'It was decided before.';
  end if;
  with decided as (
    update public.domain_purchases p
    set status = v_batch.status, approved_cents = case when v_is_approved then p.quoted_cents end
    where p.batch_id = v_batch.id
      and p.status = 'quoted'
    returning p.id, p.domain_name
  )
  select array_agg(d.id order by d.domain_name) into v_ids from decided d;
  if not v_is_approved then
    perform private.release_domains(v_batch.id);
    return 'Nothing is bought.';
  end if;
  perform private.enqueue_purchases(v_ids);
  return format('Buying them for %s at most.', private.dollars(v_batch.approved_cents));
end;
$$;
comment on function public.decide_purchase_batch(uuid, text, text) is
  'What follows from the decision about a batch: its domains are bought, one job each, or are free again.';

create function private.release_domains(p_batch_id uuid)
returns void
language sql
set search_path = ''
as $$
  update public.domain_inventory i
  set status = 'available', purchase_batch_id = null
  from public.domain_purchases p
  where p.batch_id = p_batch_id
    and p.status in ('refused', 'rejected')
    and i.domain_name = p.domain_name
    and i.purchase_batch_id = p_batch_id
    and i.status = 'reserved'
$$;
comment on function private.release_domains(uuid) is 'Frees the domains of a batch that are not going to be bought.';

-- Buying ---------------------------------------------------------------------------------------------------------

create function private.order_room(p_batch public.purchase_batches, p_cents integer)
returns boolean
language sql stable
set search_path = ''
as $$
  select coalesce(sum(coalesce(p.paid_cents, p.approved_cents)), 0) + p_cents <= p_batch.approved_cents
  from public.domain_purchases p
  where p.batch_id = p_batch.id
    and p.status in ('ordering', 'bought')
$$;
comment on function private.order_room(public.purchase_batches, integer) is
  'Whether another order of this price keeps the batch within its approved total, all open orders counted.';

create function private.order_pause()
returns integer
language sql stable
set search_path = ''
as $$
  select case when count(*) >= private.setting('domain_purchases.most_a_day') then
    greatest(extract(epoch from min(r.bought_at) + interval '24 hours' - private.clock())::integer, 1)
  end
  from (
    select p.bought_at
    from public.domain_purchases p
    where p.status = 'bought'
      and p.bought_at > private.clock() - interval '24 hours'
    order by p.bought_at desc
    limit private.setting('domain_purchases.most_a_day')
  ) as r
$$;
comment on function private.order_pause() is
  'Seconds until the registrar sells again, when the account has had its domains of 24 hours; null: now.';

create function integrations.start_purchase(p_purchase_id uuid)
returns table (
  outcome text, domain_name text, cents integer, idempotency_key uuid, wait_seconds integer, api_key text,
  api_secret text
)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_batch public.purchase_batches;
  v_purchase public.domain_purchases;
begin
  select b.* into v_batch
  from public.purchase_batches b
  where b.id = (select p.batch_id from public.domain_purchases p where p.id = p_purchase_id)
  for update;
  select * into v_purchase from public.domain_purchases p where p.id = p_purchase_id for update;
  domain_name := v_purchase.domain_name;
  cents := v_purchase.approved_cents;
  idempotency_key := v_purchase.id;
  wait_seconds := private.order_pause();
  select a.api_key, a.api_secret into api_key, api_secret from private.porkbun_account() as a;

  outcome := case
    when v_purchase.id is null then 'unknown'
    when v_purchase.status = 'ordering' then 'ask'
    when v_purchase.status <> 'approved' or v_batch.status <> 'approved' then 'over'
    when wait_seconds is not null then 'wait'
    when not private.order_room(v_batch, v_purchase.approved_cents) then 'above_total'
    else 'order'
  end;
  if outcome = 'order' then
    update public.domain_purchases p
    set status = 'ordering', ordering_at = private.clock(), orders = p.orders + 1, reason = null
    where p.id = p_purchase_id;
  elsif outcome = 'above_total' then
    perform private.end_purchase(p_purchase_id, 'refused', null, 'It would exceed the approved total.', null, null);
  end if;
  return next;
end;
$$;
comment on function integrations.start_purchase(uuid) is
  'What to do about a domain of a batch. order: send the order for exactly `cents`, under the key; commit this first. '
  'ask: an order may have been sent, so ask the registrar whether the domain is ours, and order only if not. wait: the '
  'registrar sells again in wait_seconds. over, unknown, above_total: nothing. Definer: job_worker may write no table.';

create function private.own_domain(p_purchase public.domain_purchases, p_expires_on date)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_today date := private.clock()::date;
begin
  insert into public.domains as d (domain_name, provider, client, status, registration_date, expiration_date)
  values (
    p_purchase.domain_name, 'porkbun', p_purchase.client, 'active', v_today,
    coalesce(p_expires_on, (v_today + interval '1 year')::date)
  )
  on conflict (domain_name) do update
  set provider = 'porkbun',
      client = excluded.client,
      status = 'active',
      registration_date = coalesce(d.registration_date, excluded.registration_date),
      expiration_date = coalesce(p_expires_on, d.expiration_date, excluded.expiration_date);
  update public.domain_inventory i
  set purchased_at = p_purchase.bought_at,
      purchase_price = p_purchase.paid_cents / 100.0,
      purchase_batch_id = p_purchase.batch_id,
      registrar = 'porkbun',
      inbox_provider = (select b.inbox_provider from public.purchase_batches b where b.id = p_purchase.batch_id)
  where i.domain_name = p_purchase.domain_name;
  perform private.request_domain_setup(p_purchase.domain_name);
end;
$$;
comment on function private.own_domain(public.domain_purchases, date) is
  'A bought domain enters domains and the inventory, and its DNS is set up.';

create function private.end_batch(p_batch_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_batch public.purchase_batches;
  v_bought integer;
  v_refused integer;
  v_open integer;
  v_paid integer;
  v_text text;
begin
  select
    count(*) filter (where p.status = 'bought'), count(*) filter (where p.status = 'refused'),
    count(*) filter (where p.status in ('approved', 'ordering')), coalesce(sum(p.paid_cents), 0)
  into v_bought, v_refused, v_open, v_paid
  from public.domain_purchases p
  where p.batch_id = p_batch_id;
  v_text := format('%s bought for %s', v_bought, private.dollars(v_paid))
    || case when v_refused > 0 then format(', %s refused', v_refused) else '' end
    || case when v_open > 0 then format(', %s to go', v_open) else '' end || '.';
  update public.purchase_batches b
  set status = case when v_open = 0 then 'completed' else b.status end,
      completed_at = case when v_open = 0 then private.clock() end,
      purchased_at = (select max(p.bought_at) from public.domain_purchases p where p.batch_id = p_batch_id),
      domain_count = case when v_open = 0 then v_bought else b.domain_count end,
      total_cost = v_paid / 100.0
  where b.id = p_batch_id
    and b.status in ('approved', 'completed')
  returning b.* into v_batch;
  if v_batch.id is null then
    return;
  end if;
  perform integrations.report_progress('domain_batch', p_batch_id, v_text);
  if v_open = 0 then
    perform integrations.notify(
      'domain_batch_done', v_batch.client, p_batch_id::text,
      format('Domain batch %s: %s', coalesce(v_batch.name, left(p_batch_id::text, 8)), v_text)
    );
  end if;
end;
$$;
comment on function private.end_batch(uuid) is 'Keeps a batch''s figures, and completes it with its last domain.';

create function private.end_purchase(
  p_purchase_id uuid, p_outcome text, p_paid_cents integer, p_reason text, p_order text, p_expires_on date
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_purchase public.domain_purchases;
begin
  perform from public.purchase_batches b
  where b.id = (select p.batch_id from public.domain_purchases p where p.id = p_purchase_id)
  for update;
  update public.domain_purchases p
  set status = p_outcome,
      paid_cents = case when p_outcome = 'bought' then coalesce(p_paid_cents, p.approved_cents) end,
      bought_at = case when p_outcome = 'bought' then private.clock() end,
      reason = left(p_reason, 500),
      registrar_order = coalesce(p_order, p.registrar_order)
  where p.id = p_purchase_id
    and (
      p.status = 'ordering'
      or (p.status = 'approved' and p_outcome = 'refused')
      -- Two jobs may have ordered under the one key: that it was sold is the truth, whoever heard it last.
      or (p.status = 'refused' and p_outcome = 'bought' and p.orders > 0)
    )
  returning p.* into v_purchase;
  if v_purchase.id is null then
    return false;
  end if;
  if p_outcome = 'bought' then
    perform private.own_domain(v_purchase, p_expires_on);
  elsif p_outcome = 'refused' then
    perform private.release_domains(v_purchase.batch_id);
    update public.domain_availability_checks c
    set expires_at = least(c.expires_at, private.clock())
    where c.domain_name = v_purchase.domain_name;
  end if;
  if v_purchase.paid_cents > v_purchase.approved_cents then
    perform integrations.notify(
      'domain_overcharged', v_purchase.client, p_purchase_id::text,
      format(
        '%s was approved for %s; the registrar reports %s.', v_purchase.domain_name,
        private.dollars(v_purchase.approved_cents), private.dollars(v_purchase.paid_cents)
      )
    );
  end if;
  perform private.end_batch(v_purchase.batch_id);
  return true;
end;
$$;
comment on function private.end_purchase(uuid, text, integer, text, text, date) is
  'Notes the outcome of an order, once: false when it was noted before. bought, refused (a person may propose it '
  'again), '
  'or approved (nothing was sold, it may be ordered again).';

create function integrations.finish_purchase(
  p_purchase_id uuid, p_outcome text, p_paid_cents integer default null, p_reason text default null,
  p_order text default null, p_expires_on date default null
)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_outcome not in ('bought', 'refused', 'not_sold') then
    perform private.raise_error('MR002', 'Unknown outcome of a purchase.', p_outcome);
  elsif not private.end_purchase(
    p_purchase_id, case p_outcome when 'not_sold' then 'approved' else p_outcome end, p_paid_cents, p_reason, p_order,
    p_expires_on
  ) then
    return 'noted_before';
  end if;
  if p_outcome = 'not_sold' and p_reason is not null then
    perform integrations.notify(
      'domain_purchase_stopped', p.client, p.batch_id || ' ' || private.clock()::date,
      format('%s is not bought yet: %s Then: POST /v1/purchase-batches/%s/resume.', p.domain_name, p_reason, p.batch_id)
    )
    from public.domain_purchases p
    where p.id = p_purchase_id;
  end if;
  return 'noted';
end;
$$;
comment on function integrations.finish_purchase(uuid, text, integer, text, text, date) is
  'What the registrar said to an order. bought (p_paid_cents null: the approved price), refused (this order can never '
  'succeed), not_sold (not now; p_reason says what a person must do, and they are told). Answers noted or '
  'noted_before. '
  'Definer: job_worker may write no table.';
grant execute on function
  integrations.start_purchase(uuid),
  integrations.finish_purchase(uuid, text, integer, text, text, date)
to job_worker;

-- Going on -------------------------------------------------------------------------------------------------------

create function public.resume_purchase_batch(p_batch_id uuid)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_batch public.purchase_batches;
begin
  select * into v_batch from public.purchase_batches b where b.id = p_batch_id;
  if v_batch.id is null then
    perform private.raise_error('MR001', 'There is no such thing.');
  end if;
  perform private.require_staff_of(v_batch.client);
  if v_batch.status <> 'approved' then
    perform private.raise_error('MR003', case v_batch.status
      when 'proposed' then 'The batch was not approved yet.'
      else format('Nothing is left to be bought: the batch is %s.', v_batch.status)
    end);
  end if;
  return private.enqueue_purchases(array(
    select p.id from public.domain_purchases p where p.batch_id = p_batch_id and p.status in ('approved', 'ordering')
  ));
end;
$$;
comment on function public.resume_purchase_batch(uuid) is
  'Takes up the domains of an approved batch that are not bought yet, and answers how many. For the agency''s staff. '
  'Definer: users may not enqueue.';
grant execute on function public.resume_purchase_batch(uuid) to authenticated, service_role;

create function private.resume_orders(p_limit integer default 100)
returns table (resumed integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select p.id
    from public.domain_purchases p
    where p.status = 'ordering'
      and p.ordering_at < private.clock()
        - make_interval(mins => private.setting('domain_purchases.resume_minutes')::integer)
    order by p.ordering_at
    limit p_limit
  );
  resumed := private.enqueue_purchases(v_ids);
  has_more := false;
  return next;
end;
$$;
comment on function private.resume_orders(integer) is
  'Has orders without an outcome asked about again: their job may have used up its attempts.';
