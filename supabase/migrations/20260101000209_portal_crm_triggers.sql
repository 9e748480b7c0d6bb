-- Engaged lead -> CRM contact: when it runs, and what a person's own change of a contact does to it.

-- Leads ----------------------------------------------------------------------------------------------------------

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
  v_first_seen_at timestamptz[];
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
    array_agg(g.client), array_agg(g.website), array_agg(g.company_name), array_agg(g.last_event_at),
    array_agg(g.first_event_at), sum(g.leads)
  into v_clients, v_websites, v_names, v_seen_at, v_first_seen_at, v_leads
  from (
    select
      lead.client, lead.website, max(lead.company_name) as company_name, max(lead.last_event_at) as last_event_at,
      min(lead.last_event_at) as first_event_at, count(*) as leads
    from :leads:
    group by 1, 2
  ) as g;
  if v_leads is null then
    return null;
  end if;
  v_companies := private.find_or_create_companies(v_clients, v_websites, v_names, v_seen_at);
  if v_first_seen_at <> v_seen_at then
    perform private.mark_companies_seen(v_clients, v_companies, v_first_seen_at);
  end if;
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
      select row(l.lead_id, null, null, null, null)::private.lead_change
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

create function private.status_time(p_old public.engaged_leads, p_new public.engaged_leads)
returns timestamptz
language plpgsql immutable
set search_path = ''
as $$
begin
  if (
    p_old.stage, p_old.current_stage, p_old.closed, p_old.lost, p_old.qualified, p_old.demo_booked,
    p_old.showed_up_to_demo, p_old.proposal_sent, p_old.meeting_booked, p_old.showed_up_to_disco
  ) is distinct from (
    p_new.stage, p_new.current_stage, p_new.closed, p_new.lost, p_new.qualified, p_new.demo_booked,
    p_new.showed_up_to_demo, p_new.proposal_sent, p_new.meeting_booked, p_new.showed_up_to_disco
  ) or (p_old.unsubscribed and not p_new.unsubscribed)
  then
    return null;
  end if;
  return greatest(
    case when p_new.engaged then p_new.engaged_at end,
    case when p_new.replied then coalesce(p_new.replied_at, p_new.last_event_at) end,
    case when p_new.unsubscribed then coalesce(p_new.unsubscribed_at, p_new.last_event_at) end,
    case when p_new.meeting_booked then coalesce(p_new.meeting_booked_at, p_new.last_event_at) end,
    case when p_new.showed_up_to_disco then coalesce(p_new.showed_up_to_disco_at, p_new.last_event_at) end,
    case when p_new.qualified then coalesce(p_new.qualified_at, p_new.last_event_at) end,
    case when p_new.demo_booked then coalesce(p_new.demo_booked_at, p_new.last_event_at) end,
    case when p_new.showed_up_to_demo then coalesce(p_new.showed_up_to_demo_at, p_new.last_event_at) end,
    case when p_new.proposal_sent then coalesce(p_new.proposal_sent_at, p_new.last_event_at) end,
    case when p_new.closed then coalesce(p_new.closed_at, p_new.last_event_at) end,
    case when p_new.lost then coalesce(p_new.lost_at, p_new.last_event_at) end
  );
end;
$$;
comment on function private.status_time(public.engaged_leads, public.engaged_leads) is
  'A reply, an interest or an unsubscribe may arrive after newer events that say nothing of the status: the time of the '
  'newest flag, where nothing else changes the status. Null: the lead''s newest event.';

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
        when coalesce(nullif(btrim(old.first_name), ''), case when coalesce(btrim(old.last_name), '') = '' then
            split_part(btrim(old.full_name), ' ', 1) end)
          is distinct from
          coalesce(nullif(btrim(new.first_name), ''), case when coalesce(btrim(new.last_name), '') = '' then
            split_part(btrim(new.full_name), ' ', 1) end)
          then 'first_name'
      end,
      case
        when coalesce(nullif(btrim(old.last_name), ''), case when coalesce(btrim(old.first_name), '') = '' then
            substring(btrim(old.full_name) from '\s+(.+)$') end)
          is distinct from
          coalesce(nullif(btrim(new.last_name), ''), case when coalesce(btrim(new.first_name), '') = '' then
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
  insert into private.engaged_lead_changes (xact, lead_id, columns, old_client, old_email, status_at)
  values (
    pg_current_xact_id(), new.id, v_columns,
    case when v_has_new_key then old.client end, case when v_has_new_key then old.email end,
    case
      when old.deleted_at is not null then '-infinity'
      when 'status' = any(v_columns) then private.status_time(old, new)
    end
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
    select row(l.id, null, null, null, '-infinity')::private.lead_change
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
