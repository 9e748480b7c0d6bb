-- Engaged lead -> CRM contact: how a lead finds its contact. It becomes the contact of its client and address (any case), or
-- adds to the one that is there.
--
--   private.leads_as_contacts   what each lead says of its contact: the mapping, column by column
--   insert                      sync_engaged_lead_to_crm() makes the contacts that are missing with one statement and
--                               merges the leads whose contact was there
--   update                      tg_engaged_leads__note_changes() notes for each row which columns changed;
--                               sync_engaged_lead_to_crm() then merges all of them at once. An update that names no
--                               synced column runs neither
--   a contact that is restored  tg_crm_contacts__catch_up() merges its leads
--   private.sync_leads()        companies, contacts that move to another key, contacts that are missing, then
--   private.merge_leads()       the merge itself, after the rule of private.columns_to_take()
--
-- A deleted lead is not synced; a deleted contact is neither revived nor doubled. An address that a person corrected still
-- leads to its contact.
--
-- Locks, in this order: companies by domain, client states by (company, client), new contacts by (address, client),
-- contacts to merge by (address, client). So two opposed batches wait for each other in one direction only.

create function private.take_lead_changes()
returns private.lead_change[]
language plpgsql
set search_path = ''
as $$
declare
  v_changes private.lead_change[];
begin
  with taken as (
    delete from private.engaged_lead_changes c
    where c.xact = pg_current_xact_id_if_assigned()
    returning c.*
  )
  select array_agg(row(t.lead_id, t.columns, t.old_client, t.old_email, t.status_at)::private.lead_change order by t.n)
  into v_changes
  from taken t;
  return v_changes;
end;
$$;
comment on function private.take_lead_changes() is
  'The changes noted by this transaction and not yet synced, each handed out once.';

create function private.list_contact_moves(p_changes private.lead_change[])
returns private.contact_move[]
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_moves private.contact_move[];
  v_possible private.contact_move[];
begin
  -- One contact for a new key and one new key for a contact, by the newest lead. A deleted contact moves as well, or
  -- the next event would make it anew; but of two under one key the live one is meant.
  select array_agg(row(m.contact_id, m.client, m.email)::private.contact_move)
  into v_possible
  from (
    select distinct on (k.contact_id) k.*
    from (
      select distinct on (c.client, lower(c.email)) c.*
      from (
        select
          l.client, btrim(l.email) as email, l.last_event_at,
          coalesce(
            (
              select c.id
              from public.crm_contacts c
              where c.client = f.old_client
                and lower(c.email) = k.old_key
                and c.deleted_at is null
            ),
            (
              select c.id
              from public.crm_contacts c
              where c.client = f.old_client
                and lower(c.email) = k.old_key
                and c.deleted_at is not null
              order by c.deleted_at desc
              limit 1
            )
          ) as contact_id
        from unnest(p_changes) as f
        cross join lateral (select lower(btrim(f.old_email)) as old_key offset 0) as k
        cross join lateral (
          select e.client, e.email, e.last_event_at from public.engaged_leads e where e.id = f.lead_id offset 0
        ) as l
        where f.old_email is not null
      ) as c
      where c.contact_id is not null
      order by c.client, lower(c.email), c.last_event_at desc nulls last, c.contact_id
    ) as k
    order by k.contact_id, k.last_event_at desc nulls last
  ) as m;

  -- A key is not taken from a contact that stays: the lead then adds to that one, and its old contact stays as it is.
  -- One that stays may in turn be in the way of the next.
  loop
    v_moves := v_possible;
    select array_agg(row(m.contact_id, m.client, m.email)::private.contact_move)
    into v_possible
    from (
      select m.*, (
        select c.id
        from public.crm_contacts c
        where c.client = m.client
          and lower(c.email) = k.key
          and c.deleted_at is null
      ) as holder
      from unnest(v_moves) as m
      cross join lateral (select lower(m.email) as key offset 0) as k
      offset 0
    ) as m
    where m.holder is null
      or m.holder in (select u.contact_id from unnest(v_moves) as u);
    exit when cardinality(v_possible) is not distinct from cardinality(v_moves);
  end loop;
  return v_moves;
end;
$$;
comment on function private.list_contact_moves(private.lead_change[]) is
  'Leads got another address or client: which contact takes which new key.';

create function private.move_contacts(p_moves private.contact_move[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_contacts uuid[] := array(select m.contact_id from unnest(p_moves) as m);
  v_from_other_clients uuid[];
begin
  perform
  from public.crm_contacts c
  where c.id = any(v_contacts)
  order by lower(c.email), c.client
  for no key update;

  v_from_other_clients := array(
    select m.contact_id
    from unnest(p_moves) as m
    where m.client <> (select c.client from public.crm_contacts c where c.id = m.contact_id)
  );
  -- Two contacts may swap their keys: all let go of theirs first.
  if cardinality(p_moves) > 1 then
    update public.crm_contacts c
    set email = null, synced_revision = c.synced_revision + 1
    where c.id = any(v_contacts);
  end if;
  -- They exist and are locked, so this only updates; an update with a join could start at the wrong end.
  insert into public.crm_contacts as c (id, client, email, synced_revision)
  select m.contact_id, m.client, m.email, 1
  from unnest(p_moves) as m
  on conflict (id) do update
  set client = excluded.client, email = excluded.email, synced_revision = c.synced_revision + 1;

  if v_from_other_clients <> '{}' then
    perform private.carry_crm_rows(v_from_other_clients, '{}');
  end if;
end;
$$;
comment on function private.move_contacts(private.contact_move[]) is
  'Gives contacts their new keys, whatever the order, and lets what belongs to them follow to another client.';

create function private.some_have_additional_emails()
returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return exists (select from public.crm_contacts c where c.additional_emails is not null);
end;
$$;
comment on function private.some_have_additional_emails() is
  'Whether private.contact_of_additional_email is worth asking: once a statement instead of once a lead.';

create function private.contact_of_additional_email(p_client text, p_email text)
returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select c.id
    from public.crm_contacts c
    where c.additional_emails @> array[lower(p_email)]
      and c.client = p_client
    order by c.deleted_at is not null, c.created_at, c.id
    limit 1
  );
end;
$$;
comment on function private.contact_of_additional_email(text, text) is
  'The contact that has the address beside its own, a live one first; null where there is none.';

create function private.find_contacts(p_clients text[], p_emails text[])
returns uuid[]
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  -- In the order of the addresses, which only their index has: that of the status is smaller and looks cheaper.
  return array(
    select coalesce(
      (
        select c.id
        from public.crm_contacts c
        where c.client = k.client
          and lower(c.email) between k.key and k.key
          and c.deleted_at is null
        order by lower(c.email)
        limit 1
      ),
      case when (select private.some_have_additional_emails()) then (
        select c.id
        from public.crm_contacts c
        where c.id = private.contact_of_additional_email(k.client, k.key)
          and c.deleted_at is null
      ) end
    )
    from (
      select o.client, lower(o.email) as key, o.n
      from unnest(p_clients, p_emails) with ordinality as o (client, email, n)
      offset 0
    ) as k
    order by k.n
  );
end;
$$;
comment on function private.find_contacts(text[], text[]) is
  'The live contact of each client and address, by its own or an additional one; null where there is none.';

create function private.find_or_create_contacts(p_clients text[], p_emails text[])
returns uuid[]
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_contacts uuid[] := private.find_contacts(p_clients, p_emails);
begin
  if array_position(v_contacts, null) is null then
    return v_contacts;
  end if;
  insert into public.crm_contacts (client, email, synced_revision)
  select distinct on (k.key, k.client) k.client, k.email, 1
  from (
    select o.client, o.email, lower(o.email) as key, o.contact_id
    from unnest(p_clients, p_emails, v_contacts) as o (client, email, contact_id)
    offset 0
  ) as k
  where k.contact_id is null
    and (
      select true
      from public.crm_contacts c
      where c.client = k.client
        and lower(c.email) = k.key
        and c.deleted_at is not null
      limit 1
    ) is null
    and (
      not (select private.some_have_additional_emails())
      or private.contact_of_additional_email(k.client, k.key) is null
    )
  order by k.key, k.client
  on conflict (client, lower(email)) where deleted_at is null do nothing;
  return private.find_contacts(p_clients, p_emails);
end;
$$;
comment on function private.find_or_create_contacts(text[], text[]) is
  'As find_contacts, but a key without a contact, even a deleted one, gets an empty one. Everything is merged into a '
  'contact that never met a lead.';

create function private.keep_lead_addresses(p_changes private.lead_change[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  insert into public.crm_contacts as c (id, client, additional_emails, synced_revision)
  select m.contact_id, m.client, m.emails, 1
  from (
    select n.contact_id, n.client, array_agg(n.key) as emails
    from (
      select
        private.contact_of_additional_email(f.old_client, k.old_key) as contact_id, l.client, l.key, k.old_key
      from unnest(p_changes) as f
      cross join lateral (select lower(btrim(f.old_email)) as old_key offset 0) as k
      cross join lateral (
        select e.client, lower(btrim(e.email)) as key from public.engaged_leads e where e.id = f.lead_id offset 0
      ) as l
      where f.old_client = l.client
        and (private.find_contacts(array[l.client], array[l.key]))[1] is null
    ) as n
    where n.contact_id is not null
    group by n.contact_id, n.client
    order by min(n.old_key), n.client
  ) as m
  on conflict (id) do update
  set synced_revision = c.synced_revision + 1,
      additional_emails = array(
        select distinct e.email from unnest(c.additional_emails || excluded.additional_emails) as e (email) order by 1
      );
end;
$$;
comment on function private.keep_lead_addresses(private.lead_change[]) is
  'A lead wrote from an address that its contact has beside its own, and now has one that nobody has: the contact gets '
  'that as well.';

create function private.tell_all_to_other_contacts(
  p_changes private.lead_change[], p_contacts uuid[], p_moves private.contact_move[]
)
returns private.lead_change[]
language plpgsql
set search_path = ''
as $$
declare
  v_old_contacts uuid[];
begin
  select private.find_contacts(
    array_agg(f.old_client order by f.n), array_agg(coalesce(btrim(f.old_email), '') order by f.n)
  )
  into v_old_contacts
  from unnest(p_changes) with ordinality as f (lead_id, columns, old_client, old_email, status_at, n);
  return array(
    select row(
      f.lead_id,
      case
        when f.old_email is null or f.contact_id = f.old_contact_id
          or f.contact_id in (select m.contact_id from unnest(p_moves) as m)
          then f.columns
      end,
      f.old_client, f.old_email, f.status_at
    )::private.lead_change
    from unnest(p_changes, p_contacts, v_old_contacts)
      with ordinality as f (lead_id, columns, old_client, old_email, status_at, contact_id, old_contact_id, n)
    order by f.n
  );
end;
$$;
comment on function private.tell_all_to_other_contacts(private.lead_change[], uuid[], private.contact_move[]) is
  'A lead whose new key leads to another contact than it had says everything there, as a new lead does.';

create function private.sync_leads(p_changes private.lead_change[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_known record;
  v_companies uuid[];
  v_moves private.contact_move[];
  v_contacts uuid[];
  v_facts private.lead_fact[];
begin
  -- Aggregates of one select see their rows in one order, so the arrays fit each other.
  select
    array_agg(row(f.lead_id, f.columns, f.old_client, f.old_email, f.status_at)::private.lead_change) as changes,
    array_agg(l.client) as clients, array_agg(l.email) as emails, array_agg(l.website) as websites,
    array_agg(l.company_name) as names, array_agg(l.event_at) as event_at, count(f.old_email) as new_keys
  into v_known
  from unnest(p_changes) as f
  cross join lateral (
    select e.client, e.email, e.company_name, e.event_at, e.website
    from private.leads_as_contacts e
    where e.lead_id = f.lead_id
    offset 0
  ) as l;
  if v_known.changes is null then
    return;
  end if;

  v_companies := private.find_or_create_companies(v_known.clients, v_known.websites, v_known.names, v_known.event_at);
  if v_known.new_keys > 0 then
    v_moves := private.list_contact_moves(v_known.changes);
    perform private.move_contacts(v_moves);
    if private.some_have_additional_emails() then
      perform private.keep_lead_addresses(v_known.changes);
    end if;
  end if;
  v_contacts := private.find_or_create_contacts(v_known.clients, v_known.emails);
  if v_known.new_keys > 0 then
    v_known.changes := private.tell_all_to_other_contacts(v_known.changes, v_contacts, v_moves);
  end if;

  if cardinality(v_contacts) = 1 then
    perform private.merge_leads(array[
      row(
        (v_known.changes[1]).lead_id, (v_known.changes[1]).columns, (v_known.changes[1]).status_at, v_companies[1],
        v_contacts[1]
      )::private.lead_fact
    ]);
    return;
  end if;

  -- Several leads of one contact are merged one after the other, a round each: news in its order, then what is older
  -- than the contact's news, which only fills gaps, the newest first.
  for v_facts in
    select array_agg(
      row(r.lead_id, r.columns, r.status_at, r.company_id, r.contact_id)::private.lead_fact order by lower(r.email), r.client
    )
    from (
      select p.*, row_number() over (
        partition by p.contact_id
        order by p.is_stale, case when not p.is_stale then p.event_at end, p.event_at desc, p.n
      ) as round
      from (
        select
          f.*,
          case when count(*) over (partition by f.contact_id) > 1 then coalesce(
            f.event_at < (select c.last_event_at from public.crm_contacts c where c.id = f.contact_id), false
          ) end as is_stale
        from unnest(v_known.changes, v_companies, v_contacts, v_known.clients, v_known.emails, v_known.event_at)
          with ordinality as f (
            lead_id, columns, old_client, old_email, status_at, company_id, contact_id, client, email, event_at, n
          )
        where f.contact_id is not null
      ) as p
    ) as r
    group by r.round
    order by r.round
  loop
    perform private.merge_leads(v_facts);
  end loop;
end;
$$;
comment on function private.sync_leads(private.lead_change[]) is
  'Merges leads into the contacts of their keys, which are moved or created first. What is deleted is left alone.';

