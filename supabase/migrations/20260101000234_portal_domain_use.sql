-- What domains are used for: the mailboxes that were ordered on them, and the inboxes that send from them. Both are
-- counted anew for the domains that a statement touched, and domain_inventory.status follows.
--
-- Lock order: what is counted, then the inventory, by name.

create index inboxes_email_domain_idx on public.inboxes (lower(split_part(email, '@', 2)));

create function private.can_send(p_status text, p_removed_at timestamptz, p_lifecycle_status text)
returns boolean
language sql immutable
set search_path = ''
as $$
  select p_status = 'Connected' and p_removed_at is null and coalesce(p_lifecycle_status, '') <> 'cancelled'
$$;
comment on function private.can_send(text, timestamptz, text) is
  'Whether an inbox counts for its domain: connected, not removed in EmailBison, not given up.';

create function private.is_ordered(p_inbox_order_id uuid, p_status text)
returns boolean
language sql immutable
set search_path = ''
as $$
  select p_inbox_order_id is not null and p_status not in ('failed', 'canceled')
$$;
comment on function private.is_ordered(uuid, text) is
  'Whether a mailbox counts for its domain: its order was submitted, and it neither failed nor was canceled.';

create function private.domain_use(p_domains text[])
returns table (id uuid, ordered integer, active integer, status text)
language sql stable
set search_path = ''
as $$
  select
    i.id, o.ordered, a.active,
    case when d.id is null then i.status else private.inventory_status(d, a.active) end
  from public.domain_inventory i
  left join public.domains d on d.domain_name = i.domain_name
  cross join lateral (
    select count(*)::integer as ordered
    from public.ordered_mailboxes m
    where m.domain = i.domain_name
      and m.status not in ('failed', 'canceled')
      and private.is_ordered(m.inbox_order_id, m.status)
  ) as o
  cross join lateral (
    select count(*)::integer as active
    from public.inboxes b
    where lower(split_part(b.email, '@', 2)) = i.domain_name
      and private.can_send(b.status, b.removed_at, b.lifecycle_status)
  ) as a
  where i.domain_name = any(p_domains)
$$;
comment on function private.domain_use(text[]) is 'What domains of the inventory should say of their use.';

create function private.recount_domains(p_domains text[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- In one order, and before anything is counted: who waits here counts what the other has committed.
  perform
  from public.domain_inventory i
  where i.domain_name = any(p_domains)
  order by i.domain_name
  for no key update;

  update public.domain_inventory i
  set inboxes_ordered = u.ordered,
      inboxes_active = u.active,
      status = u.status,
      activated_at = case when u.active > 0 then coalesce(i.activated_at, private.clock()) else i.activated_at end
  from private.domain_use(p_domains) as u
  where i.domain_name = any(p_domains)
    and i.id = u.id
    and (i.inboxes_ordered, i.inboxes_active, i.status) is distinct from (u.ordered, u.active, u.status);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.recount_domains(text[]) is
  'Counts the mailboxes and inboxes of domains anew; what they are used for follows. Answers how many changed.';

create function private.tg_inboxes__recount_domains()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_emails text[];
begin
  case tg_op
    when 'INSERT' then
      v_emails := array(
        select a.email from added a where private.can_send(a.status, a.removed_at, a.lifecycle_status)
      );
    when 'DELETE' then
      v_emails := array(
        select r.email from removed r where private.can_send(r.status, r.removed_at, r.lifecycle_status)
      );
    else
      v_emails := array(
        select e.email
        -- A full join compares no row with every other, as the kept plan of an update of one row would.
        from removed r
        full join added a using (id)
        cross join lateral (values (r.email), (a.email)) as e (email)
        where (r.email, r.status, r.removed_at, r.lifecycle_status)
          is distinct from (a.email, a.status, a.removed_at, a.lifecycle_status)
      );
  end case;
  if v_emails <> '{}' then
    perform private.recount_domains(array(select distinct lower(split_part(e, '@', 2)) from unnest(v_emails) as e));
  end if;
  return null;
end;
$$;
comment on function private.tg_inboxes__recount_domains() is
  'Keeps domain_inventory.inboxes_active, once a statement. Definer: the count follows whoever changed the inbox.';
create trigger _500_recount_domains_on_insert after insert on public.inboxes
referencing new table as added
for each statement execute function private.tg_inboxes__recount_domains();
create trigger _500_recount_domains_on_update after update on public.inboxes
referencing old table as removed new table as added
for each statement execute function private.tg_inboxes__recount_domains();
create trigger _500_recount_domains_on_delete after delete on public.inboxes
referencing old table as removed
for each statement execute function private.tg_inboxes__recount_domains();

create function private.tg_ordered_mailboxes__recount_domains()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_domains text[];
begin
  case tg_op
    when 'INSERT' then
      v_domains := array(select distinct a.domain from added a where private.is_ordered(a.inbox_order_id, a.status));
    when 'DELETE' then
      v_domains := array(select distinct r.domain from removed r where private.is_ordered(r.inbox_order_id, r.status));
    else
      v_domains := array(
        select distinct a.domain
        from removed r
        full join added a using (id)
        where private.is_ordered(r.inbox_order_id, r.status) <> private.is_ordered(a.inbox_order_id, a.status)
      );
  end case;
  if v_domains <> '{}' then
    perform private.recount_domains(v_domains);
  end if;
  return null;
end;
$$;
comment on function private.tg_ordered_mailboxes__recount_domains() is
  'Keeps domain_inventory.inboxes_ordered, once a statement. Definer: nobody writes all of the inventory.';
create trigger _500_recount_domains_on_insert after insert on public.ordered_mailboxes
referencing new table as added
for each statement execute function private.tg_ordered_mailboxes__recount_domains();
create trigger _500_recount_domains_on_update after update on public.ordered_mailboxes
referencing old table as removed new table as added
for each statement execute function private.tg_ordered_mailboxes__recount_domains();
create trigger _500_recount_domains_on_delete after delete on public.ordered_mailboxes
referencing old table as removed
for each statement execute function private.tg_ordered_mailboxes__recount_domains();

create function private.tg_domain_inventory__count_use()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if exists (select from added) then
    perform private.recount_domains(array(select a.domain_name from added a));
  end if;
  return null;
end;
$$;
comment on function private.tg_domain_inventory__count_use() is
  'A domain may have had inboxes before it was known. Definer: as its siblings.';
create trigger _500_count_use after insert on public.domain_inventory
referencing new table as added
for each statement execute function private.tg_domain_inventory__count_use();

create function private.count_domain_inboxes(p_limit integer default 1000)
returns table (changed integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  changed := private.recount_domains(array(
    select i.domain_name
    from public.domain_inventory i
    join private.domain_use(array(select n.domain_name from public.domain_inventory n)) as u on u.id = i.id
    where (i.inboxes_ordered, i.inboxes_active, i.status) is distinct from (u.ordered, u.active, u.status)
    order by i.domain_name
    limit p_limit
  ));
  has_more := changed >= p_limit;
  return next;
end;
$$;
comment on function private.count_domain_inboxes(integer) is
  'Mends what domain_inventory says of the use of domains, should it ever differ from their mailboxes and inboxes.';

-- To which provider a domain belongs ---------------------------------------------------------------------------------

create function private.assign_domains(p_order public.provider_orders)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_domains text[] := array(
    select distinct m.domain from public.ordered_mailboxes m where m.order_id = p_order.id order by 1
  );
  v_moved text[];
  v_left text[];
begin
  if exists (
    select
    from public.ordered_mailboxes m
    where m.domain = any(v_domains)
      and m.status not in ('failed', 'canceled')
      and private.is_ordered(m.inbox_order_id, m.status)
      and m.provider <> p_order.provider
  ) then
    perform private.raise_error(
      'MR003', 'One of these domains has mailboxes at another provider.', null,
      'Mail goes to one of them only: cancel those first.'
    );
  end if;
  perform
  from public.domain_inventory i
  where i.domain_name = any(v_domains)
  order by i.domain_name
  for no key update;
  with assigned as (
    update public.domain_inventory i
    set inbox_provider = p_order.provider, assigned_to_provider_at = private.clock()
    from public.domain_inventory o
    where o.id = i.id
      and i.domain_name = any(v_domains)
      and (i.inbox_provider is distinct from p_order.provider or i.assigned_to_provider_at is null)
    returning i.domain_name, o.inbox_provider as old_provider
  )
  select
    coalesce(array_agg(a.domain_name order by a.domain_name), '{}'),
    array_agg(a.domain_name) filter (where a.old_provider <> 'none')
  into v_moved, v_left
  from assigned a
  where a.old_provider is distinct from p_order.provider;
  -- What another provider said of their records holds no longer.
  perform private.drop_records(d.id, array['spf', 'dkim', 'dmarc', 'mx', 'other'], array['exact'], '[]')
  from public.domains d
  where d.domain_name = any(v_left);
  perform private.request_domain_setup(d) from unnest(v_moved) as d;
  return cardinality(v_moved);
end;
$$;
comment on function private.assign_domains(public.provider_orders) is
  'The domains of an order belong to its provider, and what was another''s gets its records. Answers how many moved. '
  'MR003: one has mailboxes at another provider.';
