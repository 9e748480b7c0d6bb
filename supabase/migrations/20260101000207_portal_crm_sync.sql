-- Engaged lead -> CRM contact.
--
-- An engaged lead becomes the contact of its client and address (any case), or adds to the one that is there.
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
-- A null never overwrites. News older than the contact's newest lead event fills gaps only; news older than a person's
-- own change of the column does nothing. So of several leads of one contact the newest wins. A deleted lead is not
-- synced; a deleted contact is neither revived nor doubled. An address that a person corrected still leads to its contact.
--
-- A new column goes into the view, private.synced_columns(), both statements that write contacts, the note of changes
-- and the column lists of the triggers. The tests name what was forgotten.
--
-- Locks, in this order: companies by domain, client states by (company, client), new contacts by (address, client),
-- contacts to merge by (address, client). So two opposed batches wait for each other in one direction only.
--
-- Every plan is cached for one row and must hold for 100,000, on tables that may have been empty then. So a table is
-- reached by index only, and from the set of rows at hand: a sub-select or `lateral ... offset 0` leaves no other way.
-- An address is made into a key before it is looked up, or a plan without statistics would take an index of the client
-- alone. What is switched off counts as dear, and a dear plan would be compiled each time: hence jit = off.

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

create function private.iso_time(p_at timestamptz)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
end;
$$;

create view private.leads_as_contacts
with (security_invoker = true) as
select
  lead.id as lead_id, lead.client, btrim(lead.email) as email, lead.last_event_at,
  coalesce(lead.last_event_at, lead.created_at, '-infinity') as event_at,
  case when lead.company_domain like '%.%' then lead.company_domain else lead.company_website end as website,
  coalesce(lead.first_name, case when lead.last_name is null then
    nullif(split_part(btrim(lead.full_name), ' ', 1), '') end) as first_name,
  coalesce(lead.last_name, case when lead.first_name is null then
    substring(btrim(lead.full_name) from '\s+(.+)$') end) as last_name,
  lead.lead_phone,
  lead.job_title as title,
  lead.job_title,
  lead.seniority_level,
  lead.linkedin_url,
  lead.company as company_name,
  lead.company_domain,
  lead.company_linkedin,
  lead.company_phone,
  lead.company_website,
  lead.company_size,
  lead.industry as company_industry,
  lead.annual_revenue,
  lead.company_hq_city,
  lead.company_hq_state,
  lead.company_hq_country,
  lead.year_founded,
  lead.business_model,
  lead.funding_stage,
  lead.tech_stack,
  lead.is_hiring,
  lead.growth_score::text as growth_score,
  lead.num_locations,
  lead.epv,
  lead.context,
  -- A day becomes its noon in UTC, which is that day in nearly every time zone.
  (lead.next_touchpoint + time '12:00') at time zone 'UTC' as next_touch,
  lead.assignee,
  lead.notes,
  lead.last_contact as last_contacted_at,
  lead.meeting_date,
  lead.meeting_link,
  lead.rescheduling_link,
  lead.lead_source,
  lead.campaign_name,
  lead.campaign_id,
  coalesce(nullif(lead.stage, 'new'), lead.current_stage, 'new') as stage,
  -- The rule of public.map_engaged_lead_to_contact_status, inline: 100,000 calls take 0.24 s, this 0.01 s. A portal
  -- that knows only the documented columns says "lost" by the stage.
  case
    when lead.closed then 'customer'
    when lead.lost or lead.unsubscribed
      or lower(coalesce(nullif(lead.stage, 'new'), lead.current_stage)) in ('lost', 'closed_lost', 'closed lost')
      then 'inactive'
    when lead.qualified or lead.demo_booked or lead.showed_up_to_demo or lead.proposal_sent then 'in-contract'
    when lead.engaged or lead.meeting_booked or lead.showed_up_to_disco then 'hot'
    when lead.replied then 'warm'
    else 'cold'
  end as status,
  lead.custom_variables_jsonb,
  case
    when lead.meeting_booked or lead.showed_up_to_disco or lead.qualified or lead.demo_booked
      or lead.showed_up_to_demo or lead.proposal_sent or lead.closed
      then nullif(jsonb_strip_nulls(jsonb_build_object(
        'meeting_booked', case when lead.meeting_booked then
          private.iso_time(coalesce(lead.meeting_booked_at, lead.last_event_at, lead.created_at)) end,
        'disco_show', case when lead.showed_up_to_disco then
          private.iso_time(coalesce(lead.showed_up_to_disco_at, lead.last_event_at, lead.created_at)) end,
        'qualified', case when lead.qualified then
          private.iso_time(coalesce(lead.qualified_at, lead.last_event_at, lead.created_at)) end,
        'demo_booked', case when lead.demo_booked then
          private.iso_time(coalesce(lead.demo_booked_at, lead.last_event_at, lead.created_at)) end,
        'demo_show', case when lead.showed_up_to_demo then
          private.iso_time(coalesce(lead.showed_up_to_demo_at, lead.last_event_at, lead.created_at)) end,
        'proposal_sent', case when lead.proposal_sent then
          private.iso_time(coalesce(lead.proposal_sent_at, lead.last_event_at, lead.created_at)) end,
        'closed', case when lead.closed then
          private.iso_time(coalesce(lead.closed_at, lead.last_event_at, lead.created_at)) end
      )), '{}')
  end as pipeline_progress
from public.engaged_leads lead
where lead.deleted_at is null
  and lead.client is not null
  and btrim(lead.email) <> '';
comment on view private.leads_as_contacts is
  'What each engaged lead says of its contact: its key, the time of its news, the website of its company and, under '
  'the names of crm_contacts, what it says. company_id is looked up.';

create function private.synced_columns()
returns text[]
language plpgsql immutable
set search_path = ''
as $$
begin
  return array[
    'first_name', 'last_name', 'lead_phone', 'title', 'job_title', 'seniority_level', 'linkedin_url', 'company_name',
    'company_domain', 'company_linkedin', 'company_phone', 'company_website', 'company_size', 'company_industry',
    'annual_revenue', 'company_hq_city', 'company_hq_state', 'company_hq_country', 'year_founded', 'business_model',
    'funding_stage', 'tech_stack', 'is_hiring', 'growth_score', 'num_locations', 'epv', 'context', 'next_touch',
    'assignee', 'notes', 'last_contacted_at', 'meeting_date', 'meeting_link', 'rescheduling_link', 'lead_source',
    'campaign_name', 'campaign_id', 'company_id', 'stage', 'status', 'custom_variables_jsonb', 'pipeline_progress'
  ];
end;
$$;
comment on function private.synced_columns() is
  'The columns of crm_contacts that leads fill.';

-- Merging --------------------------------------------------------------------------------------------------------

create function private.columns_to_take(
  p_changed text[], p_is_new_lead boolean, p_event_at timestamptz, p_is_stale boolean, p_person_set jsonb, p_held jsonb
)
returns text[]
language plpgsql stable
set search_path = ''
as $$
begin
  if not p_is_stale and p_person_set = '{}' then
    return p_changed;
  end if;
  return array(
    select c.name
    from unnest(p_changed) as c (name)
    cross join lateral (
      select
        coalesce(p_held -> c.name, 'null') = 'null' as is_gap, (p_person_set ->> c.name)::timestamptz as set_at
    ) as h
    where case
      when h.is_gap then coalesce(h.set_at < p_event_at, true)
      when p_is_stale then false
      when p_is_new_lead and c.name not in ('status', 'stage') then h.set_at is null
      else coalesce(h.set_at < p_event_at, true)
    end
  );
end;
$$;
comment on function private.columns_to_take(text[], boolean, timestamptz, boolean, jsonb, jsonb) is
  'The rule of the merge: of the columns that changed those that the contact takes over. Stale (older than the '
  'contact''s newest lead event): only what fills a gap. Set by a person: only what is news since then, and of a lead '
  'that is new only status and stage, as the rest says what was known all along. p_held: the contact.';

create function private.merge_variables(p_held jsonb, p_said jsonb, p_overwrites boolean)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
begin
  if p_said is null then
    return p_held;
  elsif jsonb_typeof(p_said) <> 'object' or jsonb_typeof(coalesce(p_held, '{}')) <> 'object' then
    return coalesce(p_held, p_said);
  elsif p_overwrites then
    return coalesce(p_held, '{}') || jsonb_strip_nulls(p_said);
  end if;
  return jsonb_strip_nulls(p_said) || coalesce(p_held, '{}');
end;
$$;
comment on function private.merge_variables(jsonb, jsonb, boolean) is
  'custom_variables_jsonb, merged by key. What may not be overwritten still gains the keys that it lacks.';

create function private.merge_milestones(p_held jsonb, p_said jsonb, p_changed text[], p_is_stale boolean)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
declare
  v_held jsonb := coalesce(p_held, '{}');
  v_said jsonb := coalesce(p_said, '{}');
begin
  if p_changed is not null then
    v_said := coalesce(
      (select jsonb_object_agg(m.key, m.value) from jsonb_each(v_said) as m where m.key = any (p_changed)), '{}'
    );
  end if;
  return nullif(
    case
      when p_is_stale then v_said || v_held
      else jsonb_strip_nulls((v_held - coalesce(p_changed, '{}')) || v_said)
    end,
    '{}'
  );
end;
$$;
comment on function private.merge_milestones(jsonb, jsonb, text[], boolean) is
  'pipeline_progress, merged by milestone. Only those that changed travel (null: all of a new lead), so that those of '
  'another lead of the same contact stay; one that was taken back goes.';

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

-- The lock is taken in the order of the facts, and with it the newest version is read. What is locked exists, so the
-- insert only updates; an update with a join could start at the wrong end.
create function private.merge_leads(p_facts private.lead_fact[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  insert into public.crm_contacts as c (
    id, client, synced_revision, last_event_at,
    first_name, last_name, lead_phone, title, job_title, seniority_level, linkedin_url, company_name, company_domain,
    company_linkedin, company_phone, company_website, company_size, company_industry, annual_revenue, company_hq_city,
    company_hq_state, company_hq_country, year_founded, business_model, funding_stage, tech_stack, is_hiring,
    growth_score, num_locations, epv, context, next_touch, assignee, notes, last_contacted_at, meeting_date,
    meeting_link, rescheduling_link, lead_source, campaign_name, campaign_id, company_id, stage, status,
    custom_variables_jsonb, pipeline_progress
  )
  select c.id, c.client, 1, merged.*
  from unnest(p_facts) as fact
  cross join lateral (
    select l.* from private.leads_as_contacts l where l.lead_id = fact.lead_id offset 0
  ) as lead
  cross join lateral (
    select e.*
    from (select k.* from public.crm_contacts k where k.id = fact.contact_id offset 0 for no key update) as e
    where e.client = lead.client
      and (lower(e.email) = lower(lead.email) or lower(lead.email) = any(e.additional_emails))
      and e.deleted_at is null
    offset 0
  ) as c
  cross join lateral (
    select
      t.everything, t.stale, t.changed,
      private.columns_to_take(
        t.changed, t.everything, lead.event_at, t.stale, c.person_set,
        case when t.stale or c.person_set <> '{}' then to_jsonb(c) end
      ) as taken
    from (
      select
        n.everything, coalesce(lead.event_at < c.last_event_at, false) as stale,
        case when n.everything then private.synced_columns() else fact.columns end as changed
      from (select fact.columns is null or c.last_event_at is null as everything) as n
      offset 0
    ) as t
    offset 0
  ) as f
  cross join lateral (
    select
      c.last_event_at,
      c.first_name, c.last_name, c.lead_phone, c.title, c.job_title, c.seniority_level, c.linkedin_url,
      c.company_name, c.company_domain, c.company_linkedin, c.company_phone, c.company_website, c.company_size,
      c.company_industry, c.annual_revenue, c.company_hq_city, c.company_hq_state, c.company_hq_country,
      c.year_founded, c.business_model, c.funding_stage, c.tech_stack, c.is_hiring, c.growth_score, c.num_locations,
      c.epv, c.context, c.next_touch, c.assignee, c.notes, c.last_contacted_at, c.meeting_date, c.meeting_link,
      c.rescheduling_link, c.lead_source, c.campaign_name, c.campaign_id, c.company_id, c.stage, c.status,
      c.custom_variables_jsonb, c.pipeline_progress
    offset 0
  ) as held
  cross join lateral (
    select
      greatest(c.last_event_at, lead.event_at),
      coalesce(case when 'first_name' = any (f.taken) then lead.first_name end, c.first_name),
      coalesce(case when 'last_name' = any (f.taken) then lead.last_name end, c.last_name),
      coalesce(case when 'lead_phone' = any (f.taken) then lead.lead_phone end, c.lead_phone),
      coalesce(case when 'title' = any (f.taken) then lead.title end, c.title),
      coalesce(case when 'job_title' = any (f.taken) then lead.job_title end, c.job_title),
      coalesce(case when 'seniority_level' = any (f.taken) then lead.seniority_level end, c.seniority_level),
      coalesce(case when 'linkedin_url' = any (f.taken) then lead.linkedin_url end, c.linkedin_url),
      coalesce(case when 'company_name' = any (f.taken) then lead.company_name end, c.company_name),
      coalesce(case when 'company_domain' = any (f.taken) then lead.company_domain end, c.company_domain),
      coalesce(case when 'company_linkedin' = any (f.taken) then lead.company_linkedin end, c.company_linkedin),
      coalesce(case when 'company_phone' = any (f.taken) then lead.company_phone end, c.company_phone),
      coalesce(case when 'company_website' = any (f.taken) then lead.company_website end, c.company_website),
      coalesce(case when 'company_size' = any (f.taken) then lead.company_size end, c.company_size),
      coalesce(case when 'company_industry' = any (f.taken) then lead.company_industry end, c.company_industry),
      coalesce(case when 'annual_revenue' = any (f.taken) then lead.annual_revenue end, c.annual_revenue),
      coalesce(case when 'company_hq_city' = any (f.taken) then lead.company_hq_city end, c.company_hq_city),
      coalesce(case when 'company_hq_state' = any (f.taken) then lead.company_hq_state end, c.company_hq_state),
      coalesce(case when 'company_hq_country' = any (f.taken) then lead.company_hq_country end, c.company_hq_country),
      coalesce(case when 'year_founded' = any (f.taken) then lead.year_founded end, c.year_founded),
      coalesce(case when 'business_model' = any (f.taken) then lead.business_model end, c.business_model),
      coalesce(case when 'funding_stage' = any (f.taken) then lead.funding_stage end, c.funding_stage),
      coalesce(case when 'tech_stack' = any (f.taken) then lead.tech_stack end, c.tech_stack),
      coalesce(
        case when 'is_hiring' = any (f.taken) then nullif(lead.is_hiring, case when f.everything then false end) end,
        c.is_hiring
      ),
      coalesce(case when 'growth_score' = any (f.taken) then lead.growth_score end, c.growth_score),
      coalesce(case when 'num_locations' = any (f.taken) then lead.num_locations end, c.num_locations),
      coalesce(case when 'epv' = any (f.taken) then lead.epv end, c.epv),
      coalesce(case when 'context' = any (f.taken) then lead.context end, c.context),
      coalesce(case when 'next_touch' = any (f.taken) then lead.next_touch end, c.next_touch),
      coalesce(case when 'assignee' = any (f.taken) then lead.assignee end, c.assignee),
      coalesce(case when 'notes' = any (f.taken) then lead.notes end, c.notes),
      coalesce(case when 'last_contacted_at' = any (f.taken) then lead.last_contacted_at end, c.last_contacted_at),
      coalesce(case when 'meeting_date' = any (f.taken) then lead.meeting_date end, c.meeting_date),
      coalesce(case when 'meeting_link' = any (f.taken) then lead.meeting_link end, c.meeting_link),
      coalesce(case when 'rescheduling_link' = any (f.taken) then lead.rescheduling_link end, c.rescheduling_link),
      coalesce(case when 'lead_source' = any (f.taken) then lead.lead_source end, c.lead_source),
      coalesce(case when 'campaign_name' = any (f.taken) then lead.campaign_name end, c.campaign_name),
      coalesce(case when 'campaign_id' = any (f.taken) then lead.campaign_id end, c.campaign_id),
      coalesce(case when 'company_id' = any (f.taken) then fact.company_id end, c.company_id),
      coalesce(
        case when 'stage' = any (f.taken) then nullif(lead.stage, case when f.everything then 'new' end) end, c.stage
      ),
      coalesce(
        case when 'status' = any (f.taken) then nullif(lead.status, case when f.everything then 'cold' end) end,
        c.status
      ),
      case
        when 'custom_variables_jsonb' = any (f.changed) then private.merge_variables(
          c.custom_variables_jsonb, lead.custom_variables_jsonb, 'custom_variables_jsonb' = any (f.taken)
        )
        else c.custom_variables_jsonb
      end,
      case
        when 'pipeline_progress' = any (f.changed)
          and coalesce((c.person_set ->> 'pipeline_progress')::timestamptz < lead.event_at, true)
          then private.merge_milestones(
            c.pipeline_progress, lead.pipeline_progress, case when not f.everything then fact.columns end, f.stale
          )
        else c.pipeline_progress
      end
    offset 0
  ) as merged
  where merged is distinct from held
  on conflict (id) do update
  set synced_revision = c.synced_revision + 1,
    (
      last_event_at,
      first_name, last_name, lead_phone, title, job_title, seniority_level, linkedin_url, company_name,
      company_domain, company_linkedin, company_phone, company_website, company_size, company_industry,
      annual_revenue, company_hq_city, company_hq_state, company_hq_country, year_founded, business_model,
      funding_stage, tech_stack, is_hiring, growth_score, num_locations, epv, context, next_touch, assignee, notes,
      last_contacted_at, meeting_date, meeting_link, rescheduling_link, lead_source, campaign_name, campaign_id,
      company_id, stage, status, custom_variables_jsonb, pipeline_progress
    ) = (
      excluded.last_event_at,
      excluded.first_name, excluded.last_name, excluded.lead_phone, excluded.title, excluded.job_title,
      excluded.seniority_level, excluded.linkedin_url, excluded.company_name, excluded.company_domain,
      excluded.company_linkedin, excluded.company_phone, excluded.company_website, excluded.company_size,
      excluded.company_industry, excluded.annual_revenue, excluded.company_hq_city, excluded.company_hq_state,
      excluded.company_hq_country, excluded.year_founded, excluded.business_model, excluded.funding_stage,
      excluded.tech_stack, excluded.is_hiring, excluded.growth_score, excluded.num_locations, excluded.epv,
      excluded.context, excluded.next_touch, excluded.assignee, excluded.notes, excluded.last_contacted_at,
      excluded.meeting_date, excluded.meeting_link, excluded.rescheduling_link, excluded.lead_source,
      excluded.campaign_name, excluded.campaign_id, excluded.company_id, excluded.stage, excluded.status,
      excluded.custom_variables_jsonb, excluded.pipeline_progress
    );
end;
$$;
comment on function private.merge_leads(private.lead_fact[]) is
  'Merges one lead into each of these contacts. A value says nothing as the default of a new lead; what a contact '
  'would not change by is not written.';

-- The way of a lead into the CRM ----------------------------------------------------------------------------------

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

create function private.tell_all_to_other_contacts(
  p_changes private.lead_change[], p_contacts uuid[], p_moves private.contact_move[]
)
returns private.lead_change[]
language plpgsql
set search_path = ''
as $$
begin
  return array(
    select row(
      f.lead_id,
      case
        when f.old_email is null or f.contact_id in (select m.contact_id from unnest(p_moves) as m) then f.columns
      end,
      f.old_client, f.old_email
    )::private.lead_change
    from unnest(p_changes, p_contacts) with ordinality as f (lead_id, columns, old_client, old_email, contact_id, n)
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
    array_agg(row(f.lead_id, f.columns, f.old_client, f.old_email)::private.lead_change) as changes,
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
  end if;
  v_contacts := private.find_or_create_contacts(v_known.clients, v_known.emails);
  if v_known.new_keys > 0 then
    v_known.changes := private.tell_all_to_other_contacts(v_known.changes, v_contacts, v_moves);
  end if;

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

-- Triggers -------------------------------------------------------------------------------------------------------

-- A view cannot be asked about a transition table. So where this says :leads:, the text of private.leads_as_contacts is
-- put in, with new_leads in the place of the table. v_insert is put in twice. The rest is as it reads.
--
-- Here leads at hand meet companies at hand: a hash join suits one and 100,000, and so does a hash aggregate.
create function private.build_sync_engaged_lead_to_crm()
returns void
language plpgsql
set search_path = ''
as $build$
declare
  v_leads constant text := format('(%s) as lead', replace(
    rtrim(pg_catalog.pg_get_viewdef('private.leads_as_contacts'::regclass), ';'), 'public.engaged_leads', 'new_leads'
  ));
  v_insert constant text := $sql$
    insert into public.crm_contacts (
      id, client, email, last_event_at, synced_revision, company_id,
      first_name, last_name, lead_phone, title, job_title, seniority_level, linkedin_url, company_name,
      company_domain, company_linkedin, company_phone, company_website, company_size, company_industry,
      annual_revenue, company_hq_city, company_hq_state, company_hq_country, year_founded, business_model,
      funding_stage, tech_stack, is_hiring, growth_score, num_locations, epv, context, next_touch, assignee, notes,
      last_contacted_at, meeting_date, meeting_link, rescheduling_link, lead_source, campaign_name, campaign_id,
      stage, status, custom_variables_jsonb, pipeline_progress
    )
    select
      :id:, n.client, n.email, n.event_at, 1, n.company_id,
      n.first_name, n.last_name, n.lead_phone, n.title, n.job_title, n.seniority_level, n.linkedin_url,
      n.company_name, n.company_domain, n.company_linkedin, n.company_phone, n.company_website, n.company_size,
      n.company_industry, n.annual_revenue, n.company_hq_city, n.company_hq_state, n.company_hq_country,
      n.year_founded, n.business_model, n.funding_stage, n.tech_stack, n.is_hiring, n.growth_score, n.num_locations,
      n.epv, n.context, n.next_touch, n.assignee, n.notes, n.last_contacted_at, n.meeting_date, n.meeting_link,
      n.rescheduling_link, n.lead_source, n.campaign_name, n.campaign_id, n.stage, n.status, n.custom_variables_jsonb,
      n.pipeline_progress
    from (
      select distinct on (k.key, lead.client) lead.*, fact.company_id
      from :leads:
      cross join lateral (select lower(lead.email) as key offset 0) as k
      left join unnest(v_clients, v_websites, v_companies) as fact (client, website, company_id)
        on fact.client = lead.client and fact.website = lead.website
      where (not v_some_are_deleted or (
          select true
          from public.crm_contacts c
          where c.client = lead.client and lower(c.email) = k.key and c.deleted_at is not null
          limit 1
        ) is null)
        and (
          not (select private.some_have_additional_emails())
          or private.contact_of_additional_email(lead.client, k.key) is null
        )
        and (v_all_are_new or (
          select true
          from public.crm_contacts c
          where c.client = lead.client and lower(c.email) = k.key and c.deleted_at is null
        ) is null)
      order by k.key, lead.client, lead.last_event_at desc nulls last
    ) as n$sql$;
  -- The lead's, with the time in front: ids that rise fill each index from one side. A seventh of the whole time.
  v_rising_id constant text := $sql$encode(overlay(uuid_send(n.lead_id) placing
        substring(int8send((date_part('epoch', clock_timestamp()) * 1000)::bigint) from 3) from 1), 'hex')::uuid$sql$;
begin
  execute replace(replace(replace(
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
  v_created bigint;
  v_created_by uuid[];
begin
  if tg_op = 'UPDATE' then
    perform private.sync_leads(private.take_lead_changes());
    return null;
  end if;

  select
    array_agg(g.client), array_agg(g.website), array_agg(g.company_name), array_agg(g.last_event_at), sum(g.leads)
  into v_clients, v_websites, v_names, v_seen_at, v_leads
  from (
    select
      lead.client, lead.website, max(lead.company_name) as company_name, max(lead.last_event_at) as last_event_at,
      count(*) as leads
    from :leads:
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
      :insert_all:;
      get diagnostics v_created = row_count;
    exception when unique_violation then
      v_all_are_new := false;
    end;
  end if;
  -- Here a contact is looked for first: one that is being deleted would be waited for and then made anew. The id says
  -- which lead made the contact.
  if not v_all_are_new then
    with created as (:insert_some:
      on conflict do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}'), count(*) into v_created_by, v_created from created;
  end if;

  -- The others are merged. Those of one address all are, as of equal times the last one written wins.
  if v_created < v_leads then
    perform private.sync_leads(array(
      select row(l.lead_id, null, null, null)::private.lead_change
      from (
        select o.lead_id, o.client, o.email, o.n, count(*) over (partition by o.client, lower(o.email)) as namesakes
        from (
          select lead.lead_id, lead.client, lead.email, row_number() over () as n
          from :leads:
        ) as o
      ) as l
      where l.namesakes > 1
        or (not v_all_are_new and l.lead_id not in (select unnest(v_created_by)))
        or (
          (select private.some_have_additional_emails())
          and private.contact_of_additional_email(l.client, l.email) is not null
        )
      order by l.n
    ));
  end if;
  return null;
end;
$$
    $sql$,
    ':insert_all:', replace(v_insert, ':id:', v_rising_id)),
    ':insert_some:', replace(v_insert, ':id:', 'n.lead_id')),
    ':leads:', v_leads
  );
end;
$build$;

select private.build_sync_engaged_lead_to_crm();
comment on function private.build_sync_engaged_lead_to_crm() is
  'Makes public.sync_engaged_lead_to_crm(). Run it after a change of private.leads_as_contacts.';
comment on function public.sync_engaged_lead_to_crm() is
  'Trigger function of engaged_leads: keeps crm_contacts, companies and their client states in step with the leads. '
  'Definer: who may write a lead need not be allowed to write companies. Made by '
  'private.build_sync_engaged_lead_to_crm().';

create function private.tg_engaged_leads__note_changes()
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
      case
        when coalesce(old.first_name, case when old.last_name is null then split_part(btrim(old.full_name), ' ', 1) end)
          is distinct from
          coalesce(new.first_name, case when new.last_name is null then split_part(btrim(new.full_name), ' ', 1) end)
          then 'first_name'
      end,
      case
        when coalesce(old.last_name, case when old.first_name is null then
            substring(btrim(old.full_name) from '\s+(.+)$') end)
          is distinct from
          coalesce(new.last_name, case when new.first_name is null then
            substring(btrim(new.full_name) from '\s+(.+)$') end)
          then 'last_name'
      end,
      case when new.lead_phone is distinct from old.lead_phone then 'lead_phone' end,
      case when new.job_title is distinct from old.job_title then 'title' end,
      case when new.job_title is distinct from old.job_title then 'job_title' end,
      case when new.seniority_level is distinct from old.seniority_level then 'seniority_level' end,
      case when new.linkedin_url is distinct from old.linkedin_url then 'linkedin_url' end,
      case when new.company is distinct from old.company then 'company_name' end,
      case when new.company_domain is distinct from old.company_domain then 'company_domain' end,
      case when new.company_linkedin is distinct from old.company_linkedin then 'company_linkedin' end,
      case when new.company_phone is distinct from old.company_phone then 'company_phone' end,
      case when new.company_website is distinct from old.company_website then 'company_website' end,
      case when new.company_size is distinct from old.company_size then 'company_size' end,
      case when new.industry is distinct from old.industry then 'company_industry' end,
      case when new.annual_revenue is distinct from old.annual_revenue then 'annual_revenue' end,
      case when new.company_hq_city is distinct from old.company_hq_city then 'company_hq_city' end,
      case when new.company_hq_state is distinct from old.company_hq_state then 'company_hq_state' end,
      case when new.company_hq_country is distinct from old.company_hq_country then 'company_hq_country' end,
      case when new.year_founded is distinct from old.year_founded then 'year_founded' end,
      case when new.business_model is distinct from old.business_model then 'business_model' end,
      case when new.funding_stage is distinct from old.funding_stage then 'funding_stage' end,
      case when new.tech_stack is distinct from old.tech_stack then 'tech_stack' end,
      case when new.is_hiring is distinct from old.is_hiring then 'is_hiring' end,
      case when new.growth_score is distinct from old.growth_score then 'growth_score' end,
      case when new.num_locations is distinct from old.num_locations then 'num_locations' end,
      case when new.epv is distinct from old.epv then 'epv' end,
      case when new.context is distinct from old.context then 'context' end,
      case when new.next_touchpoint is distinct from old.next_touchpoint then 'next_touch' end,
      case when new.assignee is distinct from old.assignee then 'assignee' end,
      case when new.notes is distinct from old.notes then 'notes' end,
      case when new.last_contact is distinct from old.last_contact then 'last_contacted_at' end,
      case when new.meeting_date is distinct from old.meeting_date then 'meeting_date' end,
      case when new.meeting_link is distinct from old.meeting_link then 'meeting_link' end,
      case when new.rescheduling_link is distinct from old.rescheduling_link then 'rescheduling_link' end,
      case when new.lead_source is distinct from old.lead_source then 'lead_source' end,
      case when new.campaign_name is distinct from old.campaign_name then 'campaign_name' end,
      case when new.campaign_id is distinct from old.campaign_id then 'campaign_id' end,
      case
        when new.custom_variables_jsonb is distinct from old.custom_variables_jsonb
          then 'custom_variables_jsonb'
      end,
      case
        when (old.company_domain, old.company_website) is distinct from (new.company_domain, new.company_website)
          then 'company_id'
      end,
      case
        when coalesce(nullif(old.stage, 'new'), old.current_stage, 'new')
          is distinct from coalesce(nullif(new.stage, 'new'), new.current_stage, 'new')
          then 'stage'
      end,
      case
        when (
          old.closed, old.lost, old.unsubscribed, old.qualified, old.demo_booked, old.showed_up_to_demo,
          old.proposal_sent, old.engaged, old.meeting_booked, old.showed_up_to_disco, old.replied,
          lower(coalesce(nullif(old.stage, 'new'), old.current_stage)) in ('lost', 'closed_lost', 'closed lost')
        ) is distinct from (
          new.closed, new.lost, new.unsubscribed, new.qualified, new.demo_booked, new.showed_up_to_demo,
          new.proposal_sent, new.engaged, new.meeting_booked, new.showed_up_to_disco, new.replied,
          lower(coalesce(nullif(new.stage, 'new'), new.current_stage)) in ('lost', 'closed_lost', 'closed lost')
        )
          then 'status'
      end,
      case
        when (
          old.meeting_booked, old.meeting_booked_at, old.showed_up_to_disco, old.showed_up_to_disco_at,
          old.qualified, old.qualified_at, old.demo_booked, old.demo_booked_at, old.showed_up_to_demo,
          old.showed_up_to_demo_at, old.proposal_sent, old.proposal_sent_at, old.closed, old.closed_at
        ) is distinct from (
          new.meeting_booked, new.meeting_booked_at, new.showed_up_to_disco, new.showed_up_to_disco_at,
          new.qualified, new.qualified_at, new.demo_booked, new.demo_booked_at, new.showed_up_to_demo,
          new.showed_up_to_demo_at, new.proposal_sent, new.proposal_sent_at, new.closed, new.closed_at
        )
          then 'pipeline_progress'
      end,
      case
        when (old.meeting_booked, old.meeting_booked_at)
          is distinct from (new.meeting_booked, new.meeting_booked_at)
          then 'meeting_booked'
      end,
      case
        when (old.showed_up_to_disco, old.showed_up_to_disco_at)
          is distinct from (new.showed_up_to_disco, new.showed_up_to_disco_at)
          then 'disco_show'
      end,
      case
        when (old.qualified, old.qualified_at)
          is distinct from (new.qualified, new.qualified_at)
          then 'qualified'
      end,
      case
        when (old.demo_booked, old.demo_booked_at)
          is distinct from (new.demo_booked, new.demo_booked_at)
          then 'demo_booked'
      end,
      case
        when (old.showed_up_to_demo, old.showed_up_to_demo_at)
          is distinct from (new.showed_up_to_demo, new.showed_up_to_demo_at)
          then 'demo_show'
      end,
      case
        when (old.proposal_sent, old.proposal_sent_at)
          is distinct from (new.proposal_sent, new.proposal_sent_at)
          then 'proposal_sent'
      end,
      case when (old.closed, old.closed_at) is distinct from (new.closed, new.closed_at) then 'closed' end
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
$$;
comment on function private.tg_engaged_leads__note_changes() is
  'Names the columns of the contact, and the milestones, that a change of the lead touches. Definer: nobody else '
  'writes the notes.';

-- Both list the columns that private.leads_as_contacts reads, but for the times that every event changes.
create trigger _500_note_changes after update of
  client, email, deleted_at, first_name, last_name, full_name, lead_phone, job_title, seniority_level, linkedin_url,
  company, company_domain, company_linkedin, company_phone, company_website, company_size, industry, annual_revenue,
  company_hq_city, company_hq_state, company_hq_country, year_founded, business_model, funding_stage, tech_stack,
  is_hiring, growth_score, num_locations, epv, context, next_touchpoint, assignee, notes, last_contact, meeting_date,
  meeting_link, rescheduling_link, lead_source, campaign_name, campaign_id, custom_variables_jsonb, stage,
  current_stage, engaged, replied, lost, unsubscribed, meeting_booked, meeting_booked_at, showed_up_to_disco,
  showed_up_to_disco_at, qualified, qualified_at, demo_booked, demo_booked_at, showed_up_to_demo,
  showed_up_to_demo_at, proposal_sent, proposal_sent_at, closed, closed_at
on public.engaged_leads
for each row execute function private.tg_engaged_leads__note_changes();
create trigger sync_engaged_lead_to_crm_on_update after update of
  client, email, deleted_at, first_name, last_name, full_name, lead_phone, job_title, seniority_level, linkedin_url,
  company, company_domain, company_linkedin, company_phone, company_website, company_size, industry, annual_revenue,
  company_hq_city, company_hq_state, company_hq_country, year_founded, business_model, funding_stage, tech_stack,
  is_hiring, growth_score, num_locations, epv, context, next_touchpoint, assignee, notes, last_contact, meeting_date,
  meeting_link, rescheduling_link, lead_source, campaign_name, campaign_id, custom_variables_jsonb, stage,
  current_stage, engaged, replied, lost, unsubscribed, meeting_booked, meeting_booked_at, showed_up_to_disco,
  showed_up_to_disco_at, qualified, qualified_at, demo_booked, demo_booked_at, showed_up_to_demo,
  showed_up_to_demo_at, proposal_sent, proposal_sent_at, closed, closed_at
on public.engaged_leads
for each statement execute function public.sync_engaged_lead_to_crm();
create trigger sync_engaged_lead_to_crm_on_insert after insert on public.engaged_leads
referencing new table as new_leads
for each statement execute function public.sync_engaged_lead_to_crm();

-- What a person sets ---------------------------------------------------------------------------------------------

create function private.tg_crm_contacts__note_person()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  -- Who leaves these has set nothing.
  v_defaults constant jsonb := '{"is_hiring": false, "stage": "new", "status": "cold", "custom_variables_jsonb": {}}';
  v_new jsonb := to_jsonb(new);
  v_old jsonb := to_jsonb(old);
begin
  new.person_set := coalesce(old.person_set, '{}') || coalesce(
    (
      select jsonb_object_agg(s.name, private.clock())
      from unnest(private.synced_columns()) as s (name)
      where case tg_op
        when 'UPDATE' then v_new -> s.name <> v_old -> s.name
        else v_new -> s.name not in ('null', coalesce(v_defaults -> s.name, 'null'))
      end
    ),
    '{}'
  );
  return new;
end;
$$;
comment on function private.tg_crm_contacts__note_person() is
  'Keeps in person_set when a person set a synced column. Definer: it asks what only the sync may call.';
create trigger _100_note_person_on_insert before insert on public.crm_contacts
for each row when (new.synced_revision = 0) execute function private.tg_crm_contacts__note_person();
create trigger _100_note_person_on_update before update of
  first_name, last_name, lead_phone, title, job_title, seniority_level, linkedin_url, company_name, company_domain,
  company_linkedin, company_phone, company_website, company_size, company_industry, annual_revenue, company_hq_city,
  company_hq_state, company_hq_country, year_founded, business_model, funding_stage, tech_stack, is_hiring,
  growth_score, num_locations, epv, context, next_touch, assignee, notes, last_contacted_at, meeting_date,
  meeting_link, rescheduling_link, lead_source, campaign_name, campaign_id, company_id, stage, status,
  custom_variables_jsonb, pipeline_progress
on public.crm_contacts
for each row when (new.synced_revision = old.synced_revision)
execute function private.tg_crm_contacts__note_person();

create function private.tg_crm_contacts__catch_up()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.sync_leads(array(
    select row(l.id, null, null, null)::private.lead_change
    from public.engaged_leads l
    where l.client = new.client
      and lower(l.email) = any(new.additional_emails || lower(new.email))
  ));
  return null;
end;
$$;
comment on function private.tg_crm_contacts__catch_up() is
  'Brings a contact that is restored what its leads said meanwhile. Definer: the sync is nobody else''s to call.';
create trigger _500_catch_up after update of deleted_at on public.crm_contacts
for each row when (old.deleted_at is not null and new.deleted_at is null)
execute function private.tg_crm_contacts__catch_up();
