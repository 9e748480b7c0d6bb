-- Mailboxes that were ordered: the inboxes that they become, how they are given up, and what their providers say of them
-- day by day.

insert into outbound.job_limits (job_type, rate_limit, key_field)
values
  ('cancel_mailboxes', 'mailboxes', 'provider'), ('sync_mailboxes', 'mailboxes', 'provider'),
  ('sync_mailbox_health', 'mailboxes', 'provider');

-- From mailbox to inbox ------------------------------------------------------------------------------------------

create function private.inbox_ids(p_client text, p_email text)
returns setof bigint
language plpgsql stable rows 1
set search_path = ''
as $$
begin
  return query
  select i.id
  from (select k.id, k.client from public.inboxes k where lower(k.email) = p_email offset 0) as i
  where i.client = p_client;
end;
$$;
comment on function private.inbox_ids(text, text) is
  'A client''s inboxes of an address, which is in lower case. Looked up by the address: while the table is small, the indexes '
  'of clients look as good.';

create function private.tg_inboxes__link_mailbox()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_mailbox record;
begin
  select p.inbox_set_id, m.provider_uid, m.renewal_date, o.submitted_at
  into v_mailbox
  from (
    select k.*
    from public.ordered_mailboxes k
    where k.email = lower(new.email)
      and k.status not in ('failed', 'canceled')
    offset 0
  ) as m
  join public.inbox_orders p on p.id = m.inbox_order_id
  join public.provider_orders o on o.id = m.order_id
  where m.client = new.client;
  if found then
    new.inbox_set_id := v_mailbox.inbox_set_id;
    new.provider_inbox_id := coalesce(new.provider_inbox_id, v_mailbox.provider_uid);
    new.ordered_at := coalesce(new.ordered_at, v_mailbox.submitted_at);
    new.renewal_date := coalesce(new.renewal_date, v_mailbox.renewal_date);
  end if;
  return new;
end;
$$;
comment on function private.tg_inboxes__link_mailbox() is
  'An inbox that EmailBison comes to know belongs to the set it was ordered with. Definer: orders are not the '
  'writer''s.';
create trigger _500_link_mailbox before insert on public.inboxes
for each row when (new.inbox_set_id is null) execute function private.tg_inboxes__link_mailbox();

create function private.link_ordered_inboxes(p_inbox_order_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  update public.inboxes i
  set inbox_set_id = p.inbox_set_id,
      provider_inbox_id = coalesce(m.provider_uid, i.provider_inbox_id),
      ordered_at = coalesce(i.ordered_at, p.submitted_at),
      renewal_date = m.renewal_date
  from public.ordered_mailboxes m
  join public.inbox_orders p on p.id = m.inbox_order_id
  cross join lateral private.inbox_ids(m.client, m.email) as known (id)
  where m.inbox_order_id = p_inbox_order_id
    and i.id = known.id
    and (i.inbox_set_id, i.provider_inbox_id, i.renewal_date)
      is distinct from (p.inbox_set_id, coalesce(m.provider_uid, i.provider_inbox_id), m.renewal_date);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.link_ordered_inboxes(uuid) is
  'Gives inboxes that were there before their order, or before the provider named them, what the order says.';

-- Cancellation ---------------------------------------------------------------------------------------------------

create function private.cancel_ordered_mailboxes(p_mailbox_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  with canceled as (
    update public.ordered_mailboxes m
    set status = 'canceling'
    where m.id = any(p_mailbox_ids)
      and (
        m.status in ('ordered', 'active')
        -- Somebody tried to order it, and nobody knows what came of it.
        or m.status = 'planned'
        and exists (
          select from public.inbox_orders i where i.id = m.inbox_order_id and i.attempt_ends_at is not null
        )
      )
    returning m.id
  )
  select array_agg(c.id) into v_ids from canceled c;
  perform outbound.enqueue_jobs(coalesce(
    (
      select jsonb_agg(jsonb_build_object(
        'queue', 'mailboxes', 'type', 'cancel_mailboxes',
        'payload', jsonb_build_object('provider', b.provider, 'mailbox_ids', b.ids), 'max_attempts', 12
      ))
      from (
        select n.provider, jsonb_agg(n.id) as ids
        from (
          select m.provider, m.id, row_number() over (partition by m.provider order by m.id) as n
          from public.ordered_mailboxes m
          where m.id = any(v_ids)
        ) as n
        group by n.provider, (n.n - 1) / 20
      ) as b
    ),
    '[]'
  ));
  return coalesce(cardinality(v_ids), 0);
end;
$$;
comment on function private.cancel_ordered_mailboxes(uuid[]) is
  'Has jobs cancel mailboxes at their providers, twenty a request. Answers how many; a repetition cancels nothing.';

create function integrations.cancel_inboxes(p_inbox_ids bigint[])
returns integer
language sql security definer
set search_path = ''
as $$
  select private.cancel_ordered_mailboxes(array(
    select m.id
    from public.inboxes i
    cross join lateral (
      select k.*
      from public.ordered_mailboxes k
      where k.email = lower(i.email)
        and k.status not in ('failed', 'canceled')
      offset 0
    ) as m
    where i.id = any(p_inbox_ids)
      and m.client = i.client
      and m.status in ('ordered', 'active')
  ))
$$;
comment on function integrations.cancel_inboxes(bigint[]) is
  'Cancels inboxes (inboxes.id) at the provider they were ordered from, by jobs. Answers how many; inboxes that were '
  'not ordered here are left out. Definer: job_worker writes no table.';

create function public.cancel_mailbox_order(p_order_id uuid, p_reason text default null)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_order public.provider_orders := private.lock_order(p_order_id);
  v_now timestamptz := private.clock();
begin
  if v_order.cancelled_at is not null then
    return 'canceled';
  elsif v_order.status in ('submitted', 'processing') then
    perform private.raise_error('MR003', 'The order is on its way.', null, 'Cancel it when it is completed or failed.');
  elsif v_order.submitted_at is null then
    update public.provider_orders o
    set status = 'failed', cancelled_at = v_now, failed_at = v_now, failed_step = 'canceled', failure_reason = p_reason
    where o.id = p_order_id;
    update public.ordered_mailboxes m set status = 'canceled' where m.order_id = p_order_id;
    return 'canceled';
  end if;
  update public.provider_orders o
  set cancelled_at = v_now, notes = concat_ws(E'\n', o.notes, p_reason)
  where o.id = p_order_id;
  perform private.cancel_ordered_mailboxes(
    array(select m.id from public.ordered_mailboxes m where m.order_id = p_order_id)
  );
  update public.ordered_mailboxes m set status = 'canceled' where m.order_id = p_order_id and m.status = 'planned';
  update public.inbox_sets s
  set status = 'archived'
  from public.inbox_orders i
  where i.order_id = p_order_id
    and s.id = i.inbox_set_id
    and s.status <> 'archived';
  return 'canceling';
end;
$$;
comment on function public.cancel_mailbox_order(uuid, text) is
  'Before it is submitted: nothing is ordered (canceled). Afterwards: jobs cancel its mailboxes at the provider '
  '(canceling). MR003: it is on its way. Definer: orders change through functions.';

create function integrations.get_mailbox_cancellation(p_mailbox_ids uuid[])
returns table (outcome text, api_key text, workspace_id text, mailboxes jsonb)
language sql stable security definer
set search_path = ''
as $$
  select
    case when min(a.api_key) is null then 'switched_off' else 'cancel' end, min(a.api_key), min(a.workspace_id),
    jsonb_agg(jsonb_build_object('email', m.email, 'domain', m.domain, 'uid', m.provider_uid) order by m.email)
  from public.ordered_mailboxes m
  left join private.mailbox_account(m.provider) a on true
  where m.id = any(p_mailbox_ids)
    and m.status = 'canceling'
  having count(*) > 0
$$;
comment on function integrations.get_mailbox_cancellation(uuid[]) is
  'What to cancel at the provider, [{email, domain, uid}]: of one without uid it is not known whether the provider '
  'has it. No row: nothing any more. Definer: job_worker reads no table.';

create function integrations.finish_mailbox_cancellation(p_mailbox_ids uuid[])
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  with canceled as (
    update public.ordered_mailboxes m
    set status = 'canceled'
    where m.id = any(p_mailbox_ids)
      and m.status = 'canceling'
    returning m.client, m.email
  ),
  marked as (
    update public.inboxes i
    set lifecycle_status = 'cancelled'
    from canceled c
    cross join lateral private.inbox_ids(c.client, c.email) as known (id)
    where i.id = known.id
  )
  select count(*) into v_count from canceled;
  return v_count;
end;
$$;
comment on function integrations.finish_mailbox_cancellation(uuid[]) is
  'The provider canceled them; their inboxes are cancelled. Answers how many. Definer: job_worker writes no table.';

-- What the providers say day by day ------------------------------------------------------------------------------

create function private.enqueue_mailbox_syncs()
returns integer
language sql
set search_path = ''
as $$
  select outbound.enqueue_jobs(coalesce(jsonb_agg(jsonb_build_object(
    'queue', 'mailboxes', 'type', 'sync_mailboxes', 'priority', 10,
    'payload', jsonb_build_object('provider', p.provider_name, 'page', 1), 'dedupe_key', 'sync ' || p.provider_name
  )), '[]'))
  from public.inbox_providers p
  where p.is_active
$$;
comment on function private.enqueue_mailbox_syncs() is 'Has every provider''s list of mailboxes read, a page a job.';

create function integrations.get_mailbox_account(p_provider text)
returns table (api_key text, workspace_id text)
language sql stable security definer
set search_path = ''
as $$ select a.api_key, a.workspace_id from private.mailbox_account(p_provider) a $$;
comment on function integrations.get_mailbox_account(text) is
  'The account of a provider; no row: there is none, or it is switched off. Definer: job_worker reads no table.';

create function integrations.store_mailbox_page(p_provider text, p_page integer, p_pages integer, p_mailboxes jsonb)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  with told as materialized (
    select k.id, n.uid, n.renewal_date
    from jsonb_to_recordset(p_mailboxes) as n (email text, uid text, renewal_date date)
    cross join lateral (
      select o.id
      from public.ordered_mailboxes o
      where o.email = lower(n.email)
        and o.status not in ('failed', 'canceled')
      offset 0
    ) as k
  ),
  changed as (
    update public.ordered_mailboxes m
    set provider_uid = coalesce(n.uid, m.provider_uid),
        renewal_date = coalesce(n.renewal_date, m.renewal_date)
    from told n
    where m.id = any(array(select t.id from told t))
      and m.id = n.id
      and m.provider = p_provider
      and m.status is not distinct from 'active'
      and (m.provider_uid, m.renewal_date)
        is distinct from (coalesce(n.uid, m.provider_uid), coalesce(n.renewal_date, m.renewal_date))
    returning m.id, m.order_id, m.email, m.client, m.provider_uid, m.renewal_date
  ),
  inboxes as (
    update public.inboxes i
    set provider_inbox_id = c.provider_uid, renewal_date = c.renewal_date
    from changed c
    cross join lateral private.inbox_ids(c.client, c.email) as known (id)
    where i.id = known.id
  ),
  orders as (
    update public.provider_orders o
    set renewal_date = c.renewal_date
    from (select order_id, min(renewal_date) as renewal_date from changed group by order_id order by order_id) as c
    where o.id = c.order_id
      and c.renewal_date > coalesce(o.renewal_date, '-infinity')
  )
  select count(*) into v_count from changed;

  if p_page < p_pages then
    perform outbound.enqueue_job(
      'mailboxes', 'sync_mailboxes', jsonb_build_object('provider', p_provider, 'page', p_page + 1),
      p_priority => 10, p_dedupe_key => 'sync ' || p_provider
    );
  else
    update public.inbox_providers p set last_sync_at = private.clock() where p.provider_name = p_provider;
    if p_provider = 'inboxkit' then
      perform private.enqueue_mailbox_health();
    end if;
  end if;
  return v_count;
end;
$$;
comment on function integrations.store_mailbox_page(text, integer, integer, jsonb) is
  'A page of a provider''s mailboxes, [{email, uid, renewal_date}]; has the next one read. Answers how many changed. '
  'Definer: job_worker writes no table.';

create function private.enqueue_mailbox_health()
returns integer
language sql
set search_path = ''
as $$
  select outbound.enqueue_jobs(coalesce(jsonb_agg(jsonb_build_object(
    'queue', 'mailboxes', 'type', 'sync_mailbox_health', 'priority', 20,
    'payload', jsonb_build_object('provider', m.provider, 'mailbox_id', m.id), 'dedupe_key', 'health ' || m.id
  )), '[]'))
  from public.ordered_mailboxes m
  where m.provider = 'inboxkit'
    and m.status = 'active'
    and m.provider_uid is not null
$$;
comment on function private.enqueue_mailbox_health() is 'Has InboxKit''s word on each mailbox read, one a job.';

create function integrations.get_mailbox_health(p_mailbox_id uuid)
returns table (api_key text, workspace_id text, uid text)
language sql stable security definer
set search_path = ''
as $$
  select a.api_key, a.workspace_id, m.provider_uid
  from public.ordered_mailboxes m
  join private.mailbox_account(m.provider) a on true
  where m.id = p_mailbox_id
    and m.status = 'active'
$$;
comment on function integrations.get_mailbox_health(uuid) is
  'Which mailbox to ask about; no row: none any more. Definer: job_worker reads no table.';

create function integrations.store_mailbox_health(p_mailbox_id uuid, p_bounce_rate numeric, p_mails integer)
returns void
language sql security definer
set search_path = ''
as $$
  insert into public.inbox_analytics (client, inbox_id, provider, date, emails_sent, bounce_rate, deliverability_score)
  select
    i.client, i.bison_inbox_id, m.provider, (private.clock() at time zone private.time_zone_of(i.client))::date,
    null, p_bounce_rate, case when p_mails > 0 then greatest(100 - p_bounce_rate, 0) end
  from public.ordered_mailboxes m
  cross join lateral private.inbox_ids(m.client, m.email) as known (id)
  join public.inboxes i on i.id = known.id
  where m.id = p_mailbox_id
  on conflict (client, inbox_id, provider, date) do update
  set bounce_rate = excluded.bounce_rate, deliverability_score = excluded.deliverability_score
$$;
comment on function integrations.store_mailbox_health(uuid, numeric, integer) is
  'What the provider measured over its last 30 days, as the day''s row of inbox_analytics. Definer: job_worker writes '
  'no table.';

grant execute on function public.cancel_mailbox_order(uuid, text) to authenticated, service_role;
grant execute on function
  integrations.cancel_inboxes(bigint[]), integrations.get_mailbox_cancellation(uuid[]),
  integrations.finish_mailbox_cancellation(uuid[]), integrations.get_mailbox_account(text),
  integrations.store_mailbox_page(text, integer, integer, jsonb), integrations.get_mailbox_health(uuid),
  integrations.store_mailbox_health(uuid, numeric, integer)
to job_worker;
