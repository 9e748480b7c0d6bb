-- Engaged lead -> CRM contact: what a lead says of its contact, and how that is merged into it. The next two files find the
-- contact and say when.
--
-- A null never overwrites, nor does a blank; only a meeting that is canceled takes its date and links along. News older than
-- the contact's newest lead event fills gaps only; news older than a person's own change of the column does nothing. So of
-- several leads of one contact the newest wins.
--
-- A new column goes into the view, private.synced_columns(), both statements that write contacts, the note of changes
-- and the column lists of the triggers. The tests name what was forgotten.
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
  coalesce(nullif(btrim(lead.first_name), ''), case when coalesce(btrim(lead.last_name), '') = '' then
    nullif(split_part(btrim(lead.full_name), ' ', 1), '') end) as first_name,
  coalesce(nullif(btrim(lead.last_name), ''), case when coalesce(btrim(lead.first_name), '') = '' then
    substring(btrim(lead.full_name) from '\s+(.+)$') end) as last_name,
  nullif(btrim(lead.lead_phone), '') as lead_phone,
  nullif(btrim(lead.job_title), '') as title,
  nullif(btrim(lead.job_title), '') as job_title,
  nullif(btrim(lead.seniority_level), '') as seniority_level,
  nullif(btrim(lead.linkedin_url), '') as linkedin_url,
  nullif(btrim(lead.company), '') as company_name,
  nullif(btrim(lead.company_domain), '') as company_domain,
  nullif(btrim(lead.company_linkedin), '') as company_linkedin,
  nullif(btrim(lead.company_phone), '') as company_phone,
  nullif(btrim(lead.company_website), '') as company_website,
  nullif(btrim(lead.company_size), '') as company_size,
  nullif(btrim(lead.industry), '') as company_industry,
  nullif(btrim(lead.annual_revenue), '') as annual_revenue,
  nullif(btrim(lead.company_hq_city), '') as company_hq_city,
  nullif(btrim(lead.company_hq_state), '') as company_hq_state,
  nullif(btrim(lead.company_hq_country), '') as company_hq_country,
  lead.year_founded,
  nullif(btrim(lead.business_model), '') as business_model,
  nullif(btrim(lead.funding_stage), '') as funding_stage,
  lead.tech_stack,
  lead.is_hiring,
  lead.growth_score::text as growth_score,
  lead.num_locations,
  lead.epv,
  nullif(btrim(lead.context), '') as context,
  -- A day becomes its noon in UTC, which is that day in nearly every time zone.
  (lead.next_touchpoint + time '12:00') at time zone 'UTC' as next_touch,
  nullif(btrim(lead.assignee), '') as assignee,
  nullif(btrim(lead.notes), '') as notes,
  lead.last_contact as last_contacted_at,
  lead.meeting_date,
  nullif(btrim(lead.meeting_link), '') as meeting_link,
  nullif(btrim(lead.rescheduling_link), '') as rescheduling_link,
  nullif(btrim(lead.lead_source), '') as lead_source,
  nullif(btrim(lead.campaign_name), '') as campaign_name,
  nullif(btrim(lead.campaign_id), '') as campaign_id,
  coalesce(nullif(nullif(btrim(lead.stage), ''), 'new'), nullif(btrim(lead.current_stage), ''), 'new') as stage,
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
  p_changed text[], p_is_new_lead boolean, p_event_at timestamptz, p_status_at timestamptz, p_is_stale boolean,
  p_person_set jsonb, p_held jsonb
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
        coalesce(p_held -> c.name, 'null') = 'null' as is_gap, (p_person_set ->> c.name)::timestamptz as set_at,
        case when c.name in ('status', 'stage') then least(p_status_at, p_event_at) else p_event_at end as said_at
    ) as h
    where case
      when h.is_gap then coalesce(h.set_at < h.said_at, true)
      when p_is_stale then false
      when p_is_new_lead and c.name not in ('status', 'stage') then h.set_at is null
      else coalesce(h.set_at < h.said_at, true)
    end
  );
end;
$$;
comment on function private.columns_to_take(text[], boolean, timestamptz, timestamptz, boolean, jsonb, jsonb) is
  'The rule of the merge: of the columns that changed those that the contact takes over. Stale (older than the '
  'contact''s newest lead event): only what fills a gap. Set by a person: only what is news since then, and of a lead '
  'that is new only status and stage, as the rest says what was known all along. p_status_at: as of when status and '
  'stage are, if that is not p_event_at. p_held: the contact.';

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
  status_at timestamptz,
  primary key (xact, n)
);
alter table private.engaged_lead_changes enable row level security;
comment on table private.engaged_lead_changes is
  'What the running transaction''s update changed of each lead, until its statement trigger syncs it.';
comment on column private.engaged_lead_changes.columns is
  'The columns of crm_contacts, and the milestones, that change; null: everything, as of a new lead.';
comment on column private.engaged_lead_changes.old_email is
  'With old_client: the key before, if it changes.';
comment on column private.engaged_lead_changes.status_at is
  'When what changed the status happened, if that may be long before the lead''s newest event; -infinity: nothing new.';

create type private.lead_change as (
  lead_id uuid, columns text[], old_client text, old_email text, status_at timestamptz
);
create type private.lead_fact as (
  lead_id uuid, columns text[], status_at timestamptz, company_id uuid, contact_id uuid
);
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
        t.changed, t.everything, lead.event_at, fact.status_at, t.stale, c.person_set,
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
      case
        when 'meeting_date' = any (f.taken) and (
          lead.meeting_date is not null or 'meeting_booked' = any (f.changed) and not c.person_set ? 'meeting_date'
        ) then lead.meeting_date
        else c.meeting_date
      end,
      case
        when 'meeting_link' = any (f.taken) and (
          lead.meeting_link is not null or 'meeting_booked' = any (f.changed) and not c.person_set ? 'meeting_link'
        ) then lead.meeting_link
        else c.meeting_link
      end,
      case
        when 'rescheduling_link' = any (f.taken) and (
          lead.rescheduling_link is not null or 'meeting_booked' = any (f.changed) and not c.person_set ? 'rescheduling_link'
        ) then lead.rescheduling_link
        else c.rescheduling_link
      end,
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
