-- Engaged lead -> CRM contact.
--
-- An engaged lead becomes the contact of its client and address (any case), or adds to the one that is there.
--   insert   one set-wise insert of the contacts that are new; leads whose contact exists are merged into it.
--   update   a row trigger notes which columns changed, a statement trigger merges them set-wise. An update that names
--            no synced column runs neither.
-- Merging: a null never overwrites. News older than the contact's newest lead event fills gaps only; news older than a
-- person's own change of the column does nothing. So of several leads of one contact the newest wins.
-- A deleted lead is not synced; a deleted contact is neither revived nor doubled.
--
-- An address is made into a key before it is looked up (`offset 0`): where the lookup makes it, a plan for a table without
-- statistics takes an index of the client alone, and a first import reads all contacts for each one.
--
-- What travels is listed once, in private.crm_synced_columns; private.build_crm_sync() makes functions and triggers
-- from the list.
--
-- Locks, in this order: companies by domain, client states, new contacts by (address, client), contacts to merge by
-- (address, client). So two opposed batches wait for each other in one direction only.
--
-- Every plan is cached for one row and must hold for 100,000, on tables that may have been empty then. So a table is
-- reached by index only, and from the set of rows at hand: a sub-select or `lateral ... offset 0` leaves no other way.
-- What is switched off counts as dear, and a dear plan would be compiled each time: hence jit = off.

-- What a lead says -----------------------------------------------------------------------------------------------

create function public.map_lead_status_to_contact_status(
  p_replied boolean, p_engaged boolean, p_meeting_booked boolean, p_unsubscribed boolean
)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return case
    when p_unsubscribed then 'inactive'
    when p_engaged or p_meeting_booked then 'hot'
    when p_replied then 'warm'
    else 'cold'
  end;
end;
$$;
comment on function public.map_lead_status_to_contact_status(boolean, boolean, boolean, boolean) is
  'The CRM status of a campaign lead (all_leads) by its flags. A null flag counts as false.';

create function public.map_engaged_lead_to_contact_status(
  p_replied boolean,
  p_engaged boolean,
  p_meeting_booked boolean,
  p_showed_up_to_disco boolean,
  p_qualified boolean,
  p_demo_booked boolean,
  p_showed_up_to_demo boolean,
  p_proposal_sent boolean,
  p_closed boolean,
  p_lost boolean,
  p_unsubscribed boolean
)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return case
    when p_closed then 'customer'
    when p_lost or p_unsubscribed then 'inactive'
    when p_qualified or p_demo_booked or p_showed_up_to_demo or p_proposal_sent then 'in-contract'
    else public.map_lead_status_to_contact_status(
      p_replied, p_engaged, p_meeting_booked or p_showed_up_to_disco, p_unsubscribed
    )
  end;
end;
$$;
comment on function public.map_engaged_lead_to_contact_status(
  boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean
) is
  'The CRM status of an engaged lead by its flags: the furthest it came, unless it is lost or unsubscribed. A null '
  'flag counts as false.';
grant execute on function
  public.map_lead_status_to_contact_status(boolean, boolean, boolean, boolean),
  public.map_engaged_lead_to_contact_status(
    boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean
  )
to authenticated, service_role;

-- What travels ---------------------------------------------------------------------------------------------------

create table private.crm_synced_columns (
  contact_column text primary key,
  position integer not null generated always as identity,
  lead_value text not null,
  watched text,
  default_value jsonb,
  follows_event boolean not null default false,
  merged text
);
alter table private.crm_synced_columns enable row level security;
comment on table private.crm_synced_columns is
  'The columns of crm_contacts that engaged leads fill. After a change run private.build_crm_sync().';
comment on column private.crm_synced_columns.lead_value is
  'SQL over `lead`, a row of engaged_leads; `fact` brings what was looked up.';
comment on column private.crm_synced_columns.watched is
  'SQL over `lead`: the column travels when this changes; default lead_value.';
comment on column private.crm_synced_columns.default_value is
  'Says nothing: a new lead does not overwrite with it, and a person who leaves it has not set it.';
comment on column private.crm_synced_columns.follows_event is
  'A new lead, too, overwrites what a person set before its event. Otherwise only a later change of the lead does.';
comment on column private.crm_synced_columns.merged is
  'SQL for the merged value where the usual rule does not fit; see private.merge_rule.';

insert into private.crm_synced_columns (contact_column, lead_value)
values
  ('first_name', $$coalesce(lead.first_name, case when lead.last_name is null then
    nullif(split_part(btrim(lead.full_name), ' ', 1), '') end)$$),
  ('last_name', $$coalesce(lead.last_name, case when lead.first_name is null then
    substring(btrim(lead.full_name) from '\s+(.+)$') end)$$),
  ('lead_phone', 'lead.lead_phone'),
  ('title', 'lead.job_title'),
  ('job_title', 'lead.job_title'),
  ('seniority_level', 'lead.seniority_level'),
  ('linkedin_url', 'lead.linkedin_url'),
  ('company_name', 'lead.company'),
  ('company_domain', 'lead.company_domain'),
  ('company_linkedin', 'lead.company_linkedin'),
  ('company_phone', 'lead.company_phone'),
  ('company_website', 'lead.company_website'),
  ('company_size', 'lead.company_size'),
  ('company_industry', 'lead.industry'),
  ('annual_revenue', 'lead.annual_revenue'),
  ('company_hq_city', 'lead.company_hq_city'),
  ('company_hq_state', 'lead.company_hq_state'),
  ('company_hq_country', 'lead.company_hq_country'),
  ('year_founded', 'lead.year_founded'),
  ('business_model', 'lead.business_model'),
  ('funding_stage', 'lead.funding_stage'),
  ('tech_stack', 'lead.tech_stack'),
  ('growth_score', 'lead.growth_score::text'),
  ('num_locations', 'lead.num_locations'),
  ('epv', 'lead.epv'),
  ('context', 'lead.context'),
  -- A day becomes its noon in UTC, which is that day in nearly every time zone.
  ('next_touch', $$(lead.next_touchpoint + time '12:00') at time zone 'UTC'$$),
  ('assignee', 'lead.assignee'),
  ('notes', 'lead.notes'),
  ('last_contacted_at', 'lead.last_contact'),
  ('meeting_date', 'lead.meeting_date'),
  ('meeting_link', 'lead.meeting_link'),
  ('rescheduling_link', 'lead.rescheduling_link'),
  ('lead_source', 'lead.lead_source'),
  ('campaign_name', 'lead.campaign_name'),
  ('campaign_id', 'lead.campaign_id');

insert into private.crm_synced_columns (contact_column, lead_value, watched, default_value, follows_event)
values
  ('is_hiring', 'lead.is_hiring', null, 'false', false),
  ('stage', $$coalesce(nullif(lead.stage, 'new'), lead.current_stage, 'new')$$, null, '"new"', true),
  ('company_id', 'fact.company_id', '(lead.company_domain, lead.company_website)', null, false),
  -- The rule of public.map_engaged_lead_to_contact_status, inline: 100,000 calls take 0.24 s, this 0.01 s. A portal
  -- that knows only the documented columns says "lost" by the stage.
  (
    'status',
    $$case
      when lead.closed then 'customer'
      when lead.lost or lead.unsubscribed
        or lower(coalesce(nullif(lead.stage, 'new'), lead.current_stage)) in ('lost', 'closed_lost', 'closed lost')
        then 'inactive'
      when lead.qualified or lead.demo_booked or lead.showed_up_to_demo or lead.proposal_sent then 'in-contract'
      when lead.engaged or lead.meeting_booked or lead.showed_up_to_disco then 'hot'
      when lead.replied then 'warm'
      else 'cold'
    end$$,
    $$(
      lead.closed, lead.lost, lead.unsubscribed, lead.qualified, lead.demo_booked, lead.showed_up_to_demo,
      lead.proposal_sent, lead.engaged, lead.meeting_booked, lead.showed_up_to_disco, lead.replied,
      lower(coalesce(nullif(lead.stage, 'new'), lead.current_stage)) in ('lost', 'closed_lost', 'closed lost')
    )$$,
    '"cold"',
    true
  );

insert into private.crm_synced_columns (contact_column, lead_value, watched, default_value, follows_event, merged)
values
  (
    'custom_variables_jsonb', 'lead.custom_variables_jsonb', null, '{}', false,
    -- Merged by key; what is held keeps its keys and gains the missing ones.
    $$case
      when lead.custom_variables_jsonb is null
        or not (f.everything or 'custom_variables_jsonb' = any (fact.columns)) then c.custom_variables_jsonb
      when jsonb_typeof(lead.custom_variables_jsonb) <> 'object'
        or jsonb_typeof(coalesce(c.custom_variables_jsonb, '{}')) <> 'object'
        then coalesce(c.custom_variables_jsonb, lead.custom_variables_jsonb)
      when f.stale or (c.person_set ->> 'custom_variables_jsonb')::timestamptz >= f.bar
        then jsonb_strip_nulls(lead.custom_variables_jsonb) || coalesce(c.custom_variables_jsonb, '{}')
      else coalesce(c.custom_variables_jsonb, '{}') || jsonb_strip_nulls(lead.custom_variables_jsonb)
    end$$
  ),
  (
    'pipeline_progress',
    'case when :any_flag: then jsonb_strip_nulls(:milestones:) end',
    '(:flags_and_dates:)',
    null,
    true,
    -- Only milestones that changed travel: those of another lead of the same contact stay.
    $$case
      when (f.everything or 'pipeline_progress' = any (fact.columns))
        and coalesce((c.person_set ->> 'pipeline_progress')::timestamptz < f.event_at, true)
      then (
        select nullif(
          case
            when f.stale then jsonb_strip_nulls(changed.milestones) || coalesce(c.pipeline_progress, '{}')
            else jsonb_strip_nulls(coalesce(c.pipeline_progress, '{}') || changed.milestones)
          end,
          '{}'
        )
        from (
          select coalesce(jsonb_object_agg(m.key, m.value), '{}') as milestones
          from jsonb_each(:milestones:) as m (key, value)
          where case when f.everything then m.value <> 'null' else m.key = any (fact.columns) end
        ) as changed
      )
      else c.pipeline_progress
    end$$
  );

create table private.crm_milestones (
  key text primary key,
  flag text not null unique
);
alter table private.crm_milestones enable row level security;
comment on table private.crm_milestones is
  'The keys of crm_contacts.pipeline_progress and the flag of engaged_leads behind each; <flag>_at is its date. The '
  'placeholders of pipeline_progress in private.crm_synced_columns are made of them.';
insert into private.crm_milestones (key, flag)
values
  ('meeting_booked', 'meeting_booked'), ('disco_show', 'showed_up_to_disco'), ('qualified', 'qualified'),
  ('demo_booked', 'demo_booked'), ('demo_show', 'showed_up_to_demo'), ('proposal_sent', 'proposal_sent'),
  ('closed', 'closed');

-- Merging --------------------------------------------------------------------------------------------------------

-- Rows live for one statement: between the row trigger and the statement trigger of an update.
create unlogged table private.engaged_lead_changes (
  xact xid8 not null,
  n bigint not null generated always as identity,
  lead_id uuid not null,
  columns text[],
  old_client text,
  old_email text,
  primary key (xact, n)
);
alter table private.engaged_lead_changes enable row level security;
comment on table private.engaged_lead_changes is
  'What the running transaction''s update changed of each lead, until its statement trigger syncs it.';
comment on column private.engaged_lead_changes.columns is
  'The columns of crm_contacts, and the milestones, that change; null: everything, as of a new lead.';
comment on column private.engaged_lead_changes.old_email is
  'With old_client: the key before, if it changes.';

create type private.lead_change as (lead_id uuid, columns text[], old_client text, old_email text);
create type private.lead_fact as (lead_id uuid, columns text[], company_id uuid, contact_id uuid);
create type private.contact_move as (contact_id uuid, client text, email text);

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
  select array_agg(row(t.lead_id, t.columns, t.old_client, t.old_email)::private.lead_change order by t.n)
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
    perform private.carry_crm_rows(v_from_other_clients);
  end if;
end;
$$;
comment on function private.move_contacts(private.contact_move[]) is
  'Gives contacts their new keys, whatever the order, and lets what belongs to them follow to another client.';

create function private.find_contacts(p_clients text[], p_emails text[])
returns uuid[]
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select (
      select c.id
      from public.crm_contacts c
      where c.client = k.client
        and lower(c.email) = k.key
        and c.deleted_at is null
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
  'The live contact of each client and address, null where there is none.';

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
  order by k.key, k.client
  on conflict (client, lower(email)) where deleted_at is null do nothing;
  return private.find_contacts(p_clients, p_emails);
end;
$$;
comment on function private.find_or_create_contacts(text[], text[]) is
  'As find_contacts, but a key without a contact, even a deleted one, gets an empty one. Everything is merged into a '
  'contact that never met a lead.';

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
  v_contacts uuid[];
  v_facts private.lead_fact[];
begin
  -- Aggregates of one select see their rows in one order, so the arrays fit each other.
  select
    array_agg(row(f.lead_id, f.columns, f.old_client, f.old_email)::private.lead_change) as changes,
    array_agg(l.client) as clients, array_agg(l.email) as emails, array_agg(l.website) as websites,
    array_agg(l.company) as names, array_agg(l.event_at) as event_at, count(f.old_email) as new_keys
  into v_known
  from unnest(p_changes) as f
  cross join lateral (
    select
      e.client, btrim(e.email) as email, e.company, coalesce(e.last_event_at, e.created_at, '-infinity') as event_at,
      case when e.company_domain like '%.%' then e.company_domain else e.company_website end as website
    from public.engaged_leads e
    where e.id = f.lead_id
      and e.client is not null
      and btrim(e.email) <> ''
      and e.deleted_at is null
    offset 0
  ) as l;
  if v_known.changes is null then
    return;
  end if;

  v_companies := private.find_or_create_companies(v_known.clients, v_known.websites, v_known.names, v_known.event_at);
  if v_known.new_keys > 0 then
    perform private.move_contacts(private.list_contact_moves(v_known.changes));
  end if;
  v_contacts := private.find_or_create_contacts(v_known.clients, v_known.emails);

  if cardinality(v_contacts) = 1 then
    perform private.merge_leads(array[
      row((v_known.changes[1]).lead_id, (v_known.changes[1]).columns, v_companies[1], v_contacts[1])::private.lead_fact
    ]);
    return;
  end if;

  -- Several leads of one contact are merged one after the other, a round each: news in its order, then what is older
  -- than the contact's news, which only fills gaps, the newest first.
  for v_facts in
    select array_agg(
      row(r.lead_id, r.columns, r.company_id, r.contact_id)::private.lead_fact order by lower(r.email), r.client
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
            lead_id, columns, old_client, old_email, company_id, contact_id, client, email, event_at, n
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

-- What is made of the list ---------------------------------------------------------------------------------------

create function private.fill_in_milestones(p_sql text)
returns text
language sql stable
set search_path = ''
as $$
  select replace(replace(replace(
    p_sql,
    ':any_flag:', string_agg('lead.' || m.flag, ' or ')),
    ':flags_and_dates:', string_agg(format('lead.%1$s, lead.%1$s_at', m.flag), ', ')),
    ':milestones:', format('jsonb_build_object(%s)', string_agg(
      format(
        $sql$%1$L, case when lead.%2$s then to_char(
          coalesce(lead.%2$s_at, lead.last_event_at, lead.created_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ) end$sql$,
        m.key, m.flag
      ),
      ', '
    )))
  from private.crm_milestones m
$$;
comment on function private.fill_in_milestones(text) is
  'Replaces the placeholders of private.crm_synced_columns by SQL over private.crm_milestones.';

create function private.merge_rule(p_column private.crm_synced_columns)
returns text
language sql immutable
set search_path = ''
as $$
  select coalesce(
    p_column.merged,
    format(
      $sql$case
      when (f.everything or %1$L = any (fact.columns))
        and (c.%1$I is null or not f.stale)
        and coalesce((c.person_set ->> %1$L)::timestamptz < %3$s, true)
      then coalesce(%2$s, c.%1$I)
      else c.%1$I
    end$sql$,
      p_column.contact_column,
      case
        when p_column.default_value is null then p_column.lead_value
        else format(
          'case when f.everything then nullif(%1$s, %2$L) else %1$s end',
          p_column.lead_value, p_column.default_value #>> '{}'
        )
      end,
      case
        when p_column.follows_event then 'f.event_at'
        else format('case when c.%I is null then f.event_at else f.bar end', p_column.contact_column)
      end
    )
  )
$$;
comment on function private.merge_rule(private.crm_synced_columns) is
  'SQL for the merged value of a column. c: the contact. f: everything (not only what changed), event_at, stale (the '
  'contact has met a newer lead), bar (what a person set since then is held).';

create function private.list_lead_columns(p_sql text)
returns text
language sql immutable
set search_path = ''
as $$
  select string_agg(distinct quote_ident(m.name[1]), ', ')
  from regexp_matches(p_sql, '\mlead\.(\w+)', 'g') as m (name)
$$;
comment on function private.list_lead_columns(text) is
  'The columns of engaged_leads that this SQL over `lead` reads.';

create function private.build_merge_leads()
returns void
language plpgsql
set search_path = ''
as $build$
declare
  v_sql record;
begin
  select
    string_agg(quote_ident(s.contact_column), ', ' order by s.position) as columns,
    string_agg(format('m.%I', s.contact_column), ', ' order by s.position) as merged,
    private.fill_in_milestones(string_agg(
      format('%s as %I', private.merge_rule(s), s.contact_column), E',\n    ' order by s.position
    )) as merges,
    string_agg(format('c.%I', s.contact_column), ', ' order by s.position) as present,
    string_agg(format('%1$I = excluded.%1$I', s.contact_column), ', ' order by s.position) as assignments
  into v_sql
  from private.crm_synced_columns s;

  -- The lock is taken in the order of the facts, and with it the newest version is read. What is locked exists, so the
  -- insert only updates; an update with a join could start at the wrong end.
  execute format(
    $sql$
create or replace function private.merge_leads(p_facts private.lead_fact[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  insert into public.crm_contacts as c (id, client, last_event_at, synced_revision, %1$s)
  select m.id, m.client, m.last_event_at, 1, %2$s
  from unnest(p_facts) as fact
  cross join lateral (
    select e.client, e.email, %6$s from public.engaged_leads e where e.id = fact.lead_id offset 0
  ) as lead
  cross join lateral (
    select e.id, e.client, e.person_set, e.last_event_at, %1$s
    from public.crm_contacts e
    where e.id = fact.contact_id
      and e.client = lead.client
      and lower(e.email) = lower(btrim(lead.email))
      and e.deleted_at is null
    for no key update
  ) as c
  cross join lateral (
    select
      t.event_at, t.everything, coalesce(t.event_at < c.last_event_at, false) as stale,
      case when t.everything then '-infinity' else t.event_at end as bar
    from (
      select
        coalesce(lead.last_event_at, lead.created_at, '-infinity') as event_at,
        fact.columns is null or c.last_event_at is null as everything
    ) as t
    offset 0
  ) as f
  cross join lateral (
    select c.id, c.client, greatest(c.last_event_at, f.event_at) as last_event_at,
    %3$s
    offset 0
  ) as m
  where (%4$s, c.last_event_at) is distinct from (%2$s, m.last_event_at)
  on conflict (id) do update
  set last_event_at = excluded.last_event_at, synced_revision = c.synced_revision + 1,
    %5$s;
end;
$$
    $sql$,
    v_sql.columns, v_sql.merged, v_sql.merges, v_sql.present, v_sql.assignments,
    private.list_lead_columns(v_sql.merges || ' lead.last_event_at lead.created_at')
  );
  comment on function private.merge_leads(private.lead_fact[]) is
    'Merges one lead into each of these contacts. Made by private.build_crm_sync().';
end;
$build$;

create function private.new_contacts_sql(p_is_live text, p_website text)
returns text
language sql stable
set search_path = ''
as $$
  select format(
    $sql$insert into public.crm_contacts (
        id, client, email, last_event_at, synced_revision, %s
      )
      select distinct on (k.key, lead.client)
        lead.id, lead.client, btrim(lead.email), coalesce(lead.last_event_at, lead.created_at, '-infinity'), 1,
        %s
      from new_leads lead
      cross join lateral (select lower(btrim(lead.email)) as key offset 0) as k
      left join unnest(v_clients, v_websites, v_companies) as fact (client, website, company_id)
        on fact.client = lead.client and fact.website = %s
      where %s
        and (not v_some_are_deleted or (
          select true
          from public.crm_contacts c
          where c.client = lead.client and lower(c.email) = k.key and c.deleted_at is not null
          limit 1
        ) is null)
        and (v_all_are_new or (
          select true
          from public.crm_contacts c
          where c.client = lead.client and lower(c.email) = k.key and c.deleted_at is null
        ) is null)
      order by k.key, lead.client, lead.last_event_at desc nulls last$sql$,
    string_agg(quote_ident(s.contact_column), ', ' order by s.position),
    private.fill_in_milestones(string_agg(s.lead_value, E',\n        ' order by s.position)),
    p_website,
    p_is_live
  )
  from private.crm_synced_columns s
$$;
comment on function private.new_contacts_sql(text, text) is
  'The statement that makes the contacts of new leads, for public.sync_engaged_lead_to_crm().';

-- Here leads at hand meet companies at hand: a hash join suits one and 100,000, and so does a hash aggregate.
create function private.build_sync_engaged_lead_to_crm()
returns void
language plpgsql
set search_path = ''
as $build$
declare
  v_is_live constant text := $$lead.deleted_at is null and lead.client is not null and btrim(lead.email) <> ''$$;
  v_website constant text :=
    $$case when lead.company_domain like '%.%' then lead.company_domain else lead.company_website end$$;
begin
  execute format(
    $sql$
create or replace function public.sync_engaged_lead_to_crm()
returns trigger
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set enable_nestloop = off
set enable_hashjoin = on
set enable_mergejoin = off
set enable_sort = off
set work_mem = '128MB'
as $$
declare
  v_clients text[];
  v_websites text[];
  v_names text[];
  v_seen_at timestamptz[];
  v_leads bigint;
  v_companies uuid[];
  v_some_are_deleted boolean;
  v_all_are_new boolean;
  v_created uuid[];
begin
  if tg_op = 'UPDATE' then
    perform private.sync_leads(private.take_lead_changes());
    return null;
  end if;

  select
    array_agg(g.client), array_agg(g.website), array_agg(g.company), array_agg(g.last_event_at), sum(g.leads)
  into v_clients, v_websites, v_names, v_seen_at, v_leads
  from (
    select
      lead.client, %2$s as website, max(lead.company) as company, max(lead.last_event_at) as last_event_at,
      count(*) as leads
    from new_leads lead
    where %3$s
    group by 1, 2
  ) as g;
  if v_leads is null then
    return null;
  end if;
  v_companies := private.find_or_create_companies(v_clients, v_websites, v_names, v_seen_at);
  v_some_are_deleted := exists (
    select from public.crm_contacts c where c.client = any(v_clients) and c.deleted_at is not null
  );

  -- A big batch is first taken to be of new people: "on conflict" makes the insert dearer by a third even then.
  v_all_are_new := v_leads >= 1000;
  if v_all_are_new then
    begin
      with created as (
      %1$s
      returning id)
      select coalesce(array_agg(id), '{}') into v_created from created;
    exception when unique_violation then
      v_all_are_new := false;
    end;
  end if;
  -- Here a contact is looked for first: one that is being deleted would be waited for and then made anew.
  if not v_all_are_new then
    with created as (
      %1$s
      on conflict do nothing
      returning id)
    select coalesce(array_agg(id), '{}') into v_created from created;
  end if;

  if cardinality(v_created) < v_leads then
    perform private.sync_leads(array(
      select row(lead.id, null, null, null)::private.lead_change
      from (select lead.id from new_leads lead where %3$s except select unnest(v_created)) as lead
    ));
  end if;
  return null;
end;
$$
    $sql$,
    private.new_contacts_sql(v_is_live, v_website), v_website, v_is_live
  );
  comment on function public.sync_engaged_lead_to_crm() is
    'Trigger function of engaged_leads: keeps crm_contacts, companies and their client states in step with the leads. '
    'Definer: who may write a lead need not be allowed to write companies. Made by private.build_crm_sync().';
end;
$build$;

create function private.build_lead_triggers()
returns void
language plpgsql
set search_path = ''
as $build$
declare
  v_changes text;
  v_columns text;
begin
  select string_agg(
    format(
      'case when (%s) is distinct from (%s) then %L end',
      replace(w.watched, 'lead.', 'old.'), replace(w.watched, 'lead.', 'new.'), w.name
    ),
    E',\n      '
  )
  into v_changes
  from (
    select s.contact_column as name, private.fill_in_milestones(coalesce(s.watched, s.lead_value)) as watched
    from private.crm_synced_columns s
    union all
    select m.key, format('(lead.%1$s, lead.%1$s_at)', m.flag)
    from private.crm_milestones m
  ) as w;

  v_columns := private.list_lead_columns(
    'lead.client lead.email lead.deleted_at ' || replace(v_changes, 'new.', 'lead.')
  );

  execute format(
    $sql$
create or replace function private.tg_engaged_leads__note_changes()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_has_new_key boolean := (old.client, old.email) is distinct from (new.client, new.email);
  v_columns text[];
begin
  if new.deleted_at is not null then
    return null;
  end if;
  if old.deleted_at is null then
    v_columns := array_remove(array[
      %s
    ], null);
    if v_columns = '{}' and not v_has_new_key then
      return null;
    end if;
  end if;
  insert into private.engaged_lead_changes (xact, lead_id, columns, old_client, old_email)
  values (
    pg_current_xact_id(), new.id, v_columns,
    case when v_has_new_key then old.client end, case when v_has_new_key then old.email end
  );
  return null;
end;
$$
    $sql$, v_changes
  );
  comment on function private.tg_engaged_leads__note_changes() is
    'Definer: nobody else writes the notes. Made by private.build_crm_sync().';

  execute format(
    $sql$
      create or replace trigger _500_note_changes after update of %1$s on public.engaged_leads
      for each row execute function private.tg_engaged_leads__note_changes();
      create or replace trigger sync_engaged_lead_to_crm_on_update after update of %1$s on public.engaged_leads
      for each statement execute function public.sync_engaged_lead_to_crm();
      create or replace trigger sync_engaged_lead_to_crm_on_insert after insert on public.engaged_leads
      referencing new table as new_leads
      for each statement execute function public.sync_engaged_lead_to_crm()
    $sql$, v_columns
  );
end;
$build$;

create function private.tg_crm_contacts__note_person()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_new jsonb := to_jsonb(new);
  v_old jsonb := to_jsonb(old);
begin
  new.person_set := coalesce(old.person_set, '{}') || coalesce(
    (
      select jsonb_object_agg(s.contact_column, private.clock())
      from private.crm_synced_columns s
      where case tg_op
        when 'UPDATE' then v_new -> s.contact_column <> v_old -> s.contact_column
        else v_new -> s.contact_column not in ('null', coalesce(s.default_value, 'null'))
      end
    ),
    '{}'
  );
  return new;
end;
$$;
comment on function private.tg_crm_contacts__note_person() is
  'Definer: it reads the private list of synced columns.';

create function private.build_crm_sync()
returns void
language plpgsql
set search_path = ''
as $build$
begin
  perform private.build_merge_leads();
  perform private.build_sync_engaged_lead_to_crm();
  perform private.build_lead_triggers();
  execute (
    select format(
      $sql$
        create or replace trigger _100_note_person_on_insert before insert on public.crm_contacts
        for each row when (new.synced_revision = 0) execute function private.tg_crm_contacts__note_person();
        create or replace trigger _100_note_person_on_update before update of %s on public.crm_contacts
        for each row when (new.synced_revision = old.synced_revision)
        execute function private.tg_crm_contacts__note_person()
      $sql$,
      string_agg(quote_ident(s.contact_column), ', ')
    )
    from private.crm_synced_columns s
  );
end;
$build$;
comment on function private.build_crm_sync() is
  'Makes the functions and triggers of the sync from private.crm_synced_columns and private.crm_milestones. Run it '
  'after every change of them.';

select private.build_crm_sync();
