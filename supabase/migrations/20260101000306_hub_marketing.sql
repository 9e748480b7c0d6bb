-- Marketing: what became of the hub's people in campaigns. Nothing here is written by hand: triggers note which campaign,
-- lead, meeting or deal changed, and a tick makes the rows of those people anew from the portal's facts.
--
-- Made anew from all facts, so the order in which they come does not matter and a second tick changes nothing. One tick at
-- a time; a change that is noted while it runs waits for the next one.

create schema marketing;
comment on schema marketing is 'Data hub: campaigns, who was written to, what came of it and from which source.';
grant usage on schema marketing to authenticated, service_role, job_worker, api_gateway;
alter default privileges in schema marketing grant select on tables to service_role;
alter default privileges in schema marketing grant execute on functions to service_role;

-- Where a person came from, on the way through the portal.
alter table public.master_contacts_db add column source text;
alter table public.all_leads add column source text;
alter table "Master".campaign_leads_db add column source text;
comment on column public.master_contacts_db.source is
  'Who brought the person to the hub first (apollo, apify, ...); null: not from the hub.';
comment on column public.all_leads.source is
  'Source of the contact that was pushed into the campaign; null: the lead was made in EmailBison.';
comment on column "Master".campaign_leads_db.source is 'Source of the contact when it was pushed.';

-- Tables ---------------------------------------------------------------------------------------------------------

create table marketing.campaigns (
  campaign_id uuid primary key default gen_random_uuid(),
  name text not null,
  type text not null default 'cold_outreach',
  status text not null default 'draft',
  target_count integer,
  sent_count integer not null default 0,
  response_count integer not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  client text not null,
  bison_campaign_id text,
  portal_campaign_id uuid not null references public."Campaigns" (uuid) on delete cascade,
  constraint campaigns_portal_campaign_id_key unique (portal_campaign_id),
  constraint type_is_known check (type in ('cold_outreach', 'nurture', 'follow_up')),
  constraint status_is_known check (status in ('draft', 'active', 'paused', 'completed'))
);
create index campaigns_client_created_at_idx on marketing.campaigns (client, created_at, campaign_id);
create index campaigns_client_status_created_at_idx on marketing.campaigns (client, status, created_at, campaign_id);
create index campaigns_client_bison_campaign_id_idx on marketing.campaigns (client, bison_campaign_id);
comment on table marketing.campaigns is 'The portal''s campaigns in the hub''s words, with what they sent and what came back.';
comment on column marketing.campaigns.type is 'By the name: nurture, or follow_up when it says so; else cold_outreach.';
comment on column marketing.campaigns.target_count is 'Leads that are in the campaign.';
comment on column marketing.campaigns.response_count is 'Leads that answered, each once.';
select private.apply_client_policies('marketing.campaigns', 'none');

create table marketing.outreach_history (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references people.master (id) on delete cascade,
  campaign_id uuid references marketing.campaigns (campaign_id) on delete set null,
  channel text not null default 'email',
  message_type text not null,
  sent_at timestamptz not null,
  opened_at timestamptz,
  replied_at timestamptz,
  status text not null default 'sent',
  client text not null,
  event_id bigint not null,
  constraint outreach_history_event_id_message_type_key unique (event_id, message_type),
  constraint channel_is_known check (channel in ('email', 'linkedin', 'phone')),
  constraint message_type_is_known check (message_type in ('initial', 'follow_up', 'reply')),
  constraint status_is_known check (status in ('sent', 'opened', 'replied', 'bounced')),
  constraint replied_has_a_time check (status <> 'replied' or replied_at is not null)
);
create index outreach_history_person_id_sent_at_idx on marketing.outreach_history (person_id, sent_at);
create index outreach_history_campaign_id_idx on marketing.outreach_history (campaign_id);
create index outreach_history_client_sent_at_idx on marketing.outreach_history (client, sent_at, id);
comment on table marketing.outreach_history is
  'Each campaign mail to a person of the hub, and (reply) each answer. What was sent before the person was known is here too.';
comment on column marketing.outreach_history.event_id is 'campaign_events.event_id it was made of.';
select private.apply_client_policies('marketing.outreach_history', 'none');

create table marketing.attribution (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references people.master (id) on delete cascade,
  campaign_id uuid references marketing.campaigns (campaign_id) on delete set null,
  conversion_type text not null,
  converted_at timestamptz not null,
  value numeric,
  source_touchpoint text,
  final_touchpoint text,
  client text not null,
  source text,
  first_campaign_id uuid references marketing.campaigns (campaign_id) on delete set null,
  subject_id uuid not null,
  constraint attribution_conversion_type_subject_id_key unique (conversion_type, subject_id),
  constraint conversion_type_is_known check (conversion_type in ('meeting', 'demo', 'signup', 'sale'))
);
create index attribution_person_id_idx on marketing.attribution (person_id);
create index attribution_campaign_id_idx on marketing.attribution (campaign_id);
create index attribution_first_campaign_id_idx on marketing.attribution (first_campaign_id);
create index attribution_subject_id_idx on marketing.attribution (subject_id);
create index attribution_client_converted_at_idx on marketing.attribution (client, converted_at, id);
comment on table marketing.attribution is
  'What people of the hub were won for: meetings, demos, sales (nothing tells of a signup yet), with the first and the last '
  'touch before it.';
comment on column marketing.attribution.campaign_id is 'Campaign of the last touch before the conversion.';
comment on column marketing.attribution.first_campaign_id is 'Campaign of the first touch.';
comment on column marketing.attribution.source is
  'Who brought the person: that of the lead that was written to, else of the contact.';
comment on column marketing.attribution.subject_id is 'meetings_booked, engaged_leads or crm_deals, by conversion_type.';
comment on column marketing.attribution.value is 'What the deal is worth; null for a meeting and a demo.';
select private.apply_client_policies('marketing.attribution', 'none');

create table marketing.feedback_reports (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid not null references marketing.campaigns (campaign_id) on delete cascade,
  report_date date not null,
  metrics jsonb not null default '{}',
  insights text,
  created_at timestamptz not null default now(),
  client text not null,
  checked_at timestamptz not null default now(),
  constraint feedback_reports_campaign_id_report_date_key unique (campaign_id, report_date)
);
create index feedback_reports_client_report_date_idx on marketing.feedback_reports (client, report_date, id);
comment on table marketing.feedback_reports is 'A campaign''s week: figures, and what stands out in them.';
comment on column marketing.feedback_reports.report_date is 'The Sunday that ends the week, in the client''s time zone.';
comment on column marketing.feedback_reports.insights is 'Sentences picked by rules from the figures; nothing is made up.';
select private.apply_client_policies('marketing.feedback_reports', 'none');

-- What changed ---------------------------------------------------------------------------------------------------

create table private.hub_changes (
  change_id bigint generated always as identity primary key,
  kind text not null,
  subject_id uuid not null,
  constraint kind_is_known check (kind in ('campaign', 'lead', 'meeting', 'demo', 'deal', 'person', 'company', 'contact'))
);
create index hub_changes_kind_change_id_idx on private.hub_changes (kind, change_id);
comment on table private.hub_changes is
  'What the ticks of the hub have yet to look at: appended to by triggers, emptied by private.feed_marketing and, person, '
  'company and contact, by private.bridge_people. Ids only.';
alter table private.hub_changes enable row level security;

create function private.tg_campaign_events__note_leads()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Without people in the hub nobody is looked for; who comes later brings their own history.
  if exists (select from people.master) then
    insert into private.hub_changes (kind, subject_id)
    select distinct 'lead', a.lead from added a where a.lead is not null;
  end if;
  return null;
end;
$$;
comment on function private.tg_campaign_events__note_leads() is 'Definer: whoever folds may not write the list of changes.';
create trigger _900_note_leads after insert on public.campaign_events
referencing new table as added for each statement execute function private.tg_campaign_events__note_leads();

create function private.tg_all_leads__forget_outreach()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  with forgotten as (
    delete from marketing.outreach_history h
    using gone g
    cross join lateral (select e.event_id from public.campaign_events e where e.lead = g.id offset 0) as e
    where h.event_id = e.event_id
    returning h.person_id
  )
  insert into private.hub_changes (kind, subject_id)
  select distinct 'person', f.person_id from forgotten f;
  return null;
end;
$$;
comment on function private.tg_all_leads__forget_outreach() is
  'What was sent to an address goes with its lead, also where the person goes on under another one. Definer: nobody writes '
  'marketing by hand.';
create trigger _900_forget_outreach after delete on public.all_leads
referencing old table as gone for each statement execute function private.tg_all_leads__forget_outreach();

create function private.tg_campaign_reporting__note_campaigns()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.hub_changes (kind, subject_id)
  select 'campaign', c.uuid
  from (select distinct n.client, n.campaign_id::text as campaign_id from changed n) as r
  cross join lateral (
    select k.uuid from public."Campaigns" k where k.client = r.client and k.campaign_id = r.campaign_id offset 0
  ) as c;
  return null;
end;
$$;
comment on function private.tg_campaign_reporting__note_campaigns() is
  'Definer: whoever counts may not write the list of changes.';
create trigger _900_note_campaigns_on_insert after insert on public.campaign_reporting
referencing new table as changed for each statement execute function private.tg_campaign_reporting__note_campaigns();
create trigger _900_note_campaigns_on_update after update on public.campaign_reporting
referencing new table as changed for each statement execute function private.tg_campaign_reporting__note_campaigns();

create function private.tg_hub__note_change()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_row jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
begin
  insert into private.hub_changes (kind, subject_id) values (tg_argv[0], (v_row ->> tg_argv[1])::uuid);
  return null;
end;
$$;
comment on function private.tg_hub__note_change() is
  'Notes a row under the kind and the key column given. Definer: users may not write the list of changes.';
create trigger _900_note_change after insert or update of client, campaign_id, campaign_name, status on public."Campaigns"
for each row execute function private.tg_hub__note_change('campaign', 'uuid');
create trigger _900_note_change after insert or update or delete on public.meetings_booked
for each row execute function private.tg_hub__note_change('meeting', 'id');
create trigger _900_note_change after insert or update or delete on public.crm_deals
for each row execute function private.tg_hub__note_change('deal', 'id');
create trigger _900_note_change after update of email, demo_booked, demo_booked_at, deleted_at on public.engaged_leads
for each row when (new.demo_booked or old.demo_booked) execute function private.tg_hub__note_change('demo', 'id');
create trigger _900_note_change_on_insert after insert on public.engaged_leads
for each row when (new.demo_booked) execute function private.tg_hub__note_change('demo', 'id');
create trigger _900_note_change_on_delete after delete on public.engaged_leads
for each row when (old.demo_booked) execute function private.tg_hub__note_change('demo', 'id');

create function private.tg_crm_contacts__note_deals()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.hub_changes (kind, subject_id) select 'deal', d.id from public.crm_deals d where d.contact_id = new.id;
  return null;
end;
$$;
comment on function private.tg_crm_contacts__note_deals() is
  'A contact''s addresses tell whose its deals are. Definer: users may not write the list of changes.';
create trigger _900_note_deals after update of email, additional_emails on public.crm_contacts
for each row when ((old.email, old.additional_emails) is distinct from (new.email, new.additional_emails))
execute function private.tg_crm_contacts__note_deals();

create function private.tg_masters__note_changes()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.hub_changes (kind, subject_id)
  select k.kind, r.id from changed r cross join unnest(tg_argv) as k (kind);
  return null;
end;
$$;
comment on function private.tg_masters__note_changes() is
  'Notes companies or people under the kinds given. Definer: users may not write the list of changes.';
create trigger _900_note_changes_on_insert after insert on people.master
referencing new table as changed for each statement execute function private.tg_masters__note_changes('person', 'contact');
create trigger _900_note_changes_on_update after update on people.master
referencing new table as changed for each statement execute function private.tg_masters__note_changes('person', 'contact');
create trigger _900_note_changes_on_insert after insert on company.master
referencing new table as changed for each statement execute function private.tg_masters__note_changes('company');
create trigger _900_note_changes_on_update after update on company.master
referencing new table as changed for each statement execute function private.tg_masters__note_changes('company');

create function private.take_changes(p_kinds text[], p_limit integer)
returns table (kind text, subject_id uuid)
language sql
set search_path = ''
as $$
  with taken as (
    delete from private.hub_changes c
    where c.change_id = any(array(
      -- Each kind by itself: in the order of all, what waits of other kinds would be read at every tick.
      select o.change_id
      from unnest(p_kinds) as k (kind)
      cross join lateral (
        select n.change_id
        from private.hub_changes n
        where n.kind = k.kind
        order by n.change_id
        limit p_limit
        for update skip locked
      ) as o
      order by o.change_id
      limit p_limit
    ))
    returning c.kind, c.subject_id
  )
  select distinct t.kind, t.subject_id from taken t
$$;
comment on function private.take_changes(text[], integer) is
  'Takes the oldest changes of some kinds off the list, at most p_limit; they come back if the caller rolls back.';

-- Campaigns ------------------------------------------------------------------------------------------------------

create function private.marketing_status(p_status text)
returns text
language sql immutable
set search_path = ''
as $$
  select case
    when s.word in ('draft', '') then 'draft'
    when s.word in ('paused', 'stopped', 'failed') then 'paused'
    when s.word in ('completed', 'archived', 'finished') then 'completed'
    else 'active'
  end
  from (select lower(btrim(coalesce(p_status, 'active'))) as word) as s
$$;
comment on function private.marketing_status(text) is 'EmailBison''s word for a campaign''s state in the hub''s four.';

create function private.feed_campaigns(p_campaigns uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  insert into marketing.campaigns as m (
    portal_campaign_id, client, bison_campaign_id, name, type, status, target_count, sent_count, response_count,
    created_at, started_at, ended_at
  )
  select
    c.uuid, c.client, c.campaign_id, c.campaign_name,
    case
      when c.campaign_name ~* '\mnurtur' then 'nurture'
      when c.campaign_name ~* '\mfollow[ -]?ups?\M' then 'follow_up'
      else 'cold_outreach'
    end,
    s.status,
    (select count(*) from public.all_leads l where l.client = c.client and l.campaign_id = c.campaign_id),
    coalesce(f.sent, 0), coalesce(f.responses, 0), c.created_at,
    f.first_day::timestamp at time zone private.time_zone_of(c.client),
    case s.status when 'completed' then private.clock() end
  from public."Campaigns" c
  cross join lateral (select private.marketing_status(c.status) as status) as s
  left join lateral (
    select
      sum(r.emails_sent)::integer as sent, sum(r.unique_replies_per_contact)::integer as responses,
      min(r.date) filter (where r.emails_sent > 0) as first_day
    from public.campaign_reporting r
    where r.client = c.client
      and r.campaign_id = case when c.campaign_id ~ '^\d{1,9}$' then c.campaign_id::integer end
  ) as f on true
  where c.uuid = any(p_campaigns)
    and c.client is not null
  order by c.uuid
  on conflict (portal_campaign_id) do update
  set client = excluded.client, bison_campaign_id = excluded.bison_campaign_id, name = excluded.name,
      type = excluded.type, status = excluded.status, target_count = excluded.target_count,
      sent_count = excluded.sent_count, response_count = excluded.response_count, started_at = excluded.started_at,
      ended_at = case when excluded.ended_at is not null then coalesce(m.ended_at, excluded.ended_at) end
  where (
    m.client, m.bison_campaign_id, m.name, m.type, m.status, m.target_count, m.sent_count, m.response_count, m.started_at
  ) is distinct from (
    excluded.client, excluded.bison_campaign_id, excluded.name, excluded.type, excluded.status, excluded.target_count,
    excluded.sent_count, excluded.response_count, excluded.started_at
  );
  get diagnostics v_count = row_count;
  if v_count > 0 then
    -- Mails may have been told of before their campaign was.
    insert into private.hub_changes (kind, subject_id)
    select distinct 'person', h.person_id
    from (select o.person_id, o.event_id from marketing.outreach_history o where o.campaign_id is null offset 0) as h
    cross join lateral (select e.lead from public.campaign_events e where e.event_id = h.event_id offset 0) as e
    cross join lateral (select l.client, l.campaign_id from public.all_leads l where l.id = e.lead offset 0) as l
    join marketing.campaigns c on c.client = l.client and c.bison_campaign_id = l.campaign_id;
  end if;
  return v_count;
end;
$$;
comment on function private.feed_campaigns(uuid[]) is
  'Brings campaigns in line with the portal''s ("Campaigns".uuid), and notes the people whose mails now have one. Answers how '
  'many changed.';

-- People ---------------------------------------------------------------------------------------------------------

create function private.source_of(p_email text)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return coalesce(
    (select c.source from intake.contacts c where c.email = p_email),
    (
      select s.source
      from (select o.* from people.slot o where o.email = p_email offset 0) as s
      where s.validation_status = 'validated'
      order by s.slot_number
      limit 1
    )
  );
end;
$$;
comment on function private.source_of(text) is
  'Who brought an address to the hub first: as a contact, else in a slot of its own.';

create function private.addresses_of_people(p_people uuid[])
returns table (person_id uuid, email text, source text)
language sql stable
set search_path = ''
as $$
  with recursive up (id, merged_into) as (
    select m.id, m.merged_into from people.master m where m.id = any(p_people)
    union
    select m.id, m.merged_into
    from up
    cross join lateral (select p.id, p.merged_into from people.master p where p.id = up.merged_into offset 0) as m
  ),
  down (root, id) as (
    select u.id, u.id from up u where u.merged_into is null
    union
    select d.root, m.id
    from down d
    cross join lateral (select p.id from people.master p where p.merged_into = d.id offset 0) as m
  )
  select d.root, m.email, private.source_of(m.email)
  from down d
  cross join lateral (select p.email from people.master p where p.id = d.id offset 0) as m
$$;
comment on function private.addresses_of_people(uuid[]) is
  'Every address that leads to the same people as these, through merges, and who brought it first.';

create function private.people_of_changes(p_kinds text[], p_subjects uuid[])
returns uuid[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    select c.subject_id from unnest(p_kinds, p_subjects) as c (kind, subject_id) where c.kind = 'person'
    union
    select m.id
    from unnest(p_kinds, p_subjects) as c (kind, subject_id)
    cross join lateral (
      select lower(l.email) as email from public.all_leads l where c.kind = 'lead' and l.id = c.subject_id
      union all
      select lower(b.email) from public.meetings_booked b where c.kind = 'meeting' and b.id = c.subject_id
      union all
      select lower(e.email) from public.engaged_leads e where c.kind = 'demo' and e.id = c.subject_id
      union all
      select unnest(k.additional_emails || lower(k.email))
      from public.crm_deals d
      join public.crm_contacts k on k.id = d.contact_id
      where c.kind = 'deal' and d.id = c.subject_id
    ) as a
    join people.master m on m.email = a.email
    union
    -- What is gone is still known by its conversion.
    select t.person_id
    from unnest(p_kinds, p_subjects) as c (kind, subject_id)
    join marketing.attribution t on t.subject_id = c.subject_id
    where c.kind in ('meeting', 'demo', 'deal')
  );
end;
$$;
comment on function private.people_of_changes(text[], uuid[]) is 'Whom changes concern, as far as the hub knows them.';

create function private.feed_outreach(p_people uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  with lead as materialized (
    select a.person_id, l.id, l.client, l.campaign_id
    from private.addresses_of_people(p_people) a
    cross join integrations.tenants t
    cross join lateral (
      select k.id, k.client, k.campaign_id from public.all_leads k where k.client = t.business and lower(k.email) = a.email
      offset 0
    ) as l
  ),
  fact as materialized (
    select
      l.person_id, l.id as lead, l.client, l.campaign_id, e.event_id, e.kind, e.occurred_at, e.step_order,
      row_number() over own as n, lead(e.occurred_at) over own as next_at
    from lead l
    cross join lateral (select k.* from public.campaign_events k where k.lead = l.id offset 0) as e
    where e.kind in ('sent', 'opened', 'replied', 'bounced')
    window own as (partition by l.id, e.kind order by e.occurred_at, e.event_id)
  ),
  message as (
    select
      s.person_id, s.client, s.campaign_id, case s.n when 1 then 'initial' else 'follow_up' end as message_type, s.event_id,
      s.occurred_at as sent_at, o.opened_at, o.replied_at,
      case
        when o.replied_at is not null then 'replied'
        when o.bounced_at is not null then 'bounced'
        when o.opened_at is not null then 'opened'
        else 'sent'
      end as status
    from fact s
    cross join lateral (
      select
        min(f.occurred_at) filter (where f.kind = 'opened') as opened_at,
        min(f.occurred_at) filter (where f.kind = 'replied') as replied_at,
        min(f.occurred_at) filter (where f.kind = 'bounced') as bounced_at
      from fact f
      where f.lead = s.lead
        and case
          -- Of the same step, or in the time until the next mail.
          when f.step_order is not null and s.step_order is not null then f.step_order = s.step_order
          else f.occurred_at >= s.occurred_at and f.occurred_at < coalesce(s.next_at, 'infinity')
        end
    ) as o
    where s.kind = 'sent'
    union all
    select
      r.person_id, r.client, r.campaign_id, 'reply', r.event_id, r.occurred_at, null, r.occurred_at, 'replied'
    from fact r
    where r.kind = 'replied'
  ),
  -- The first mail may turn out to be the second when an earlier one comes late.
  renamed as (
    delete from marketing.outreach_history h
    using message m
    where h.event_id = m.event_id
      and m.message_type <> 'reply'
      and h.message_type not in ('reply', m.message_type)
  )
  insert into marketing.outreach_history as h (
    person_id, campaign_id, client, message_type, event_id, sent_at, opened_at, replied_at, status
  )
  select
    m.person_id,
    (
      select c.campaign_id
      from marketing.campaigns c
      where c.client = m.client
        and c.bison_campaign_id = m.campaign_id
    ),
    m.client, m.message_type, m.event_id, m.sent_at, m.opened_at, m.replied_at, m.status
  from message m
  order by m.event_id, m.message_type
  on conflict (event_id, message_type) do update
  set person_id = excluded.person_id, campaign_id = excluded.campaign_id, sent_at = excluded.sent_at,
      opened_at = excluded.opened_at, replied_at = excluded.replied_at, status = excluded.status
  where (h.person_id, h.campaign_id, h.sent_at, h.opened_at, h.replied_at, h.status) is distinct from (
    excluded.person_id, excluded.campaign_id, excluded.sent_at, excluded.opened_at, excluded.replied_at, excluded.status
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.feed_outreach(uuid[]) is
  'Makes the outreach of people anew from the facts about their leads. Answers how many rows are new or changed.';

create function private.known_address(p_contact public.crm_contacts)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select a.email
    from unnest(lower(p_contact.email) || p_contact.additional_emails) with ordinality as a (email, n)
    where exists (select from people.master m where m.email = a.email)
    order by a.n
    limit 1
  );
end;
$$;
comment on function private.known_address(public.crm_contacts) is
  'The address by which the hub knows a contact: its own, else one that it had.';

create function private.conversions_of(p_people uuid[])
returns table (
  person_id uuid, client text, conversion_type text, subject_id uuid, converted_at timestamptz, value numeric, source text
)
language sql stable
set search_path = ''
as $$
  with address as materialized (
    select a.person_id, a.email, a.source from private.addresses_of_people(p_people) a
  ),
  contact as materialized (
    -- Each half has its index.
    select k.id, lower(k.email) as email
    from public.crm_contacts k
    where k.client = any(array(select t.business from integrations.tenants t))
      and lower(k.email) = any(array(select a.email from address a))
      and k.deleted_at is null
    union all
    select k.id, lower(k.email)
    from public.crm_contacts k
    where k.client = any(array(select t.business from integrations.tenants t))
      and lower(k.email) = any(array(select a.email from address a))
      and k.deleted_at is not null
    union all
    select k.id, h.email
    from public.crm_contacts k
    cross join lateral (select private.known_address(k) as email) as h
    where k.additional_emails && array(select a.email from address a)
      and k.client = any(array(select t.business from integrations.tenants t))
      and h.email is distinct from lower(k.email)
  ),
  conversion as (
    select
      b.client, 'meeting' as type, b.id, coalesce(b.created_time, b.updated_at) as at, null::numeric as value,
      lower(b.email) as email
    from public.meetings_booked b
    where b.client = any(array(select t.business from integrations.tenants t))
      and lower(b.email) = any(array(select a.email from address a))
      and b.status <> 'canceled'
    union all
    select e.client, 'demo', e.id, e.demo_booked_at, null, lower(e.email)
    from public.engaged_leads e
    where e.client = any(array(select t.business from integrations.tenants t))
      and lower(e.email) = any(array(select a.email from address a))
      and e.demo_booked
      and e.demo_booked_at is not null
      and e.deleted_at is null
    union all
    select
      d.client, 'sale', d.id,
      coalesce(
        (
          select max(h.changed_at) from public.crm_deal_stage_history h where h.deal_id = d.id and h.to_stage = 'won'
        ),
        d.updated_at
      ),
      d.amount, k.email
    from contact k
    cross join lateral (select o.* from public.crm_deals o where o.contact_id = k.id offset 0) as d
    where d.stage = 'won'
      and d.deleted_at is null
  )
  select j.person_id, j.client, j.type, j.id, j.at, j.value, j.source
  from (
    -- A full join is always hashed or merged, however few the planner takes them for.
    select a.person_id, a.source, c.* from address a full join conversion c on c.email = a.email offset 0
  ) as j
  where j.client is not null
$$;
comment on function private.conversions_of(uuid[]) is
  'Meetings that were not canceled, demos and won deals of people, by any of their addresses; a deal also by an address that '
  'its contact had before.';

create function private.feed_attribution(p_people uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  with conversion as materialized (
    select distinct on (c.conversion_type, c.subject_id) c.*
    from private.conversions_of(p_people) c
    order by c.conversion_type, c.subject_id, c.source
  ),
  gone as (
    delete from marketing.attribution a
    where a.person_id in (
      select p.person_id from private.addresses_of_people(p_people) p union all select unnest(p_people)
    )
      and not exists (
        select from conversion c where c.conversion_type = a.conversion_type and c.subject_id = a.subject_id
      )
  )
  insert into marketing.attribution as a (
    person_id, client, conversion_type, subject_id, converted_at, value, source, source_touchpoint, first_campaign_id,
    final_touchpoint, campaign_id
  )
  select
    c.person_id, c.client, c.conversion_type, c.subject_id, c.converted_at, c.value, coalesce(l.source, c.source),
    f.channel, f.campaign_id, l.channel, l.campaign_id
  from conversion c
  left join lateral (
    select h.channel, h.campaign_id
    from (select o.* from marketing.outreach_history o where o.person_id = c.person_id offset 0) as h
    where h.client = c.client
      and h.message_type <> 'reply'
      and h.sent_at <= c.converted_at
    order by h.sent_at, h.event_id
    limit 1
  ) as f on true
  left join lateral (
    select
      h.channel, h.campaign_id,
      (
        select k.source
        from public.campaign_events e
        join public.all_leads k on k.id = e.lead
        where e.event_id = h.event_id
          and e.kind = 'sent'
      ) as source
    from (select o.* from marketing.outreach_history o where o.person_id = c.person_id offset 0) as h
    where h.client = c.client
      and h.message_type <> 'reply'
      and h.sent_at <= c.converted_at
    order by h.sent_at desc, h.event_id desc
    limit 1
  ) as l on true
  order by c.conversion_type, c.subject_id
  on conflict (conversion_type, subject_id) do update
  set person_id = excluded.person_id, converted_at = excluded.converted_at, value = excluded.value,
      source = excluded.source, source_touchpoint = excluded.source_touchpoint,
      first_campaign_id = excluded.first_campaign_id, final_touchpoint = excluded.final_touchpoint,
      campaign_id = excluded.campaign_id
  where (
    a.person_id, a.converted_at, a.value, a.source, a.source_touchpoint, a.first_campaign_id, a.final_touchpoint, a.campaign_id
  ) is distinct from (
    excluded.person_id, excluded.converted_at, excluded.value, excluded.source, excluded.source_touchpoint,
    excluded.first_campaign_id, excluded.final_touchpoint, excluded.campaign_id
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.feed_attribution(uuid[]) is
  'Makes the conversions of people anew, each with its first and last touch. Answers how many are new or changed.';

create function private.feed_marketing(p_limit integer default 1000)
returns table (campaigns integer, people integer, outreach integer, conversions integer, has_more boolean)
language plpgsql
set search_path = ''
set jit = off
as $$
declare
  v_kinds text[];
  v_subjects uuid[];
  v_people uuid[];
begin
  campaigns := 0;
  people := 0;
  outreach := 0;
  conversions := 0;
  has_more := false;
  if pg_try_advisory_xact_lock(private.hub_lock('marketing')) then
    select coalesce(array_agg(c.subject_id), '{}') into v_subjects from private.take_changes('{campaign}', p_limit) c;
    campaigns := private.feed_campaigns(v_subjects);
    select coalesce(array_agg(c.kind), '{}'), coalesce(array_agg(c.subject_id), '{}') into v_kinds, v_subjects
    from private.take_changes('{lead,meeting,demo,deal,person}', p_limit) c;
    v_people := private.people_of_changes(v_kinds, v_subjects);
    people := cardinality(v_people);
    outreach := private.feed_outreach(v_people);
    conversions := private.feed_attribution(v_people);
    has_more := exists (
      select
      from private.hub_changes c
      where c.kind in ('campaign', 'lead', 'meeting', 'demo', 'deal', 'person')
    );
  end if;
  return next;
end;
$$;
comment on function private.feed_marketing(integer) is
  'Takes at most p_limit changed campaigns and p_limit other changes, and makes the rows of whom they concern anew. Answers '
  'what changed; nothing while another one runs.';

create function integrations.refresh_marketing()
returns table (campaigns integer, people integer, outreach integer, conversions integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_staff();
  return query select f.* from private.feed_marketing() f;
end;
$$;
comment on function integrations.refresh_marketing() is
  'private.feed_marketing, now and not with the schedule. Staff and services. Definer: nobody writes marketing by hand.';
grant execute on function integrations.refresh_marketing() to authenticated;

-- Weekly reports -------------------------------------------------------------------------------------------------

create function private.campaign_week(p_campaign marketing.campaigns, p_sunday date)
returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  v_from timestamptz := (p_sunday - 6)::timestamp at time zone private.time_zone_of(p_campaign.client);
  v_until timestamptz := (p_sunday + 1)::timestamp at time zone private.time_zone_of(p_campaign.client);
begin
  return (
    select jsonb_build_object(
      'from', p_sunday - 6, 'to', p_sunday, 'sent', f.sent, 'contacted', f.contacted, 'opened', f.opened,
      'replied', f.replied, 'interested', f.interested, 'bounced', f.bounced, 'unsubscribed', f.unsubscribed,
      'reply_rate', private.percentage_of(f.replied, f.contacted), 'bounce_rate', private.percentage_of(f.bounced, f.sent),
      'replies_by_source', (
        select coalesce(jsonb_object_agg(s.source, s.replies), '{}')
        from (
          select l.source, count(*) as replies
          from public.all_leads l
          where l.client = p_campaign.client
            and l.campaign_id = p_campaign.bison_campaign_id
            and l.first_reply_date >= v_from
            and l.first_reply_date < v_until
            and l.source is not null
          group by l.source
        ) as s
      ),
      'conversions', (
        select coalesce(jsonb_object_agg(s.conversion_type, s.amount), '{}')
        from (
          select a.conversion_type, count(*) as amount
          from marketing.attribution a
          where a.campaign_id = p_campaign.campaign_id
            and a.converted_at >= v_from
            and a.converted_at < v_until
          group by a.conversion_type
        ) as s
      ),
      'value', (
        select coalesce(sum(a.value), 0)
        from marketing.attribution a
        where a.campaign_id = p_campaign.campaign_id
          and a.converted_at >= v_from
          and a.converted_at < v_until
      )
    )
    from (
      select
        coalesce(sum(r.emails_sent), 0) as sent, coalesce(sum(r.total_leads_contacted), 0) as contacted,
        coalesce(sum(r.opened), 0) as opened, coalesce(sum(r.unique_replies_per_contact), 0) as replied,
        coalesce(sum(r.interested), 0) as interested, coalesce(sum(r.bounced), 0) as bounced,
        coalesce(sum(r.unsubscribed), 0) as unsubscribed
      from public.campaign_reporting r
      where r.client = p_campaign.client
        and r.campaign_id = case
          when p_campaign.bison_campaign_id ~ '^\d{1,9}$' then p_campaign.bison_campaign_id::integer
        end
        and r.date between p_sunday - 6 and p_sunday
    ) as f
  );
end;
$$;
comment on function private.campaign_week(marketing.campaigns, date) is
  'A campaign''s figures of the week that ends with a Sunday.';

create function private.week_insights(p_week jsonb, p_before jsonb)
returns text
language sql immutable
set search_path = ''
as $$
  select concat_ws(
    ' ',
    case
      when w.contacted > 0
        then format('%s of %s people who were written to answered (%s %%).', w.replied, w.contacted, w.reply_rate)
      else format('%s people answered; nobody new was written to.', w.replied)
    end,
    case
      when w.contacted > 0 and (p_before ->> 'contacted')::numeric > 0 and w.reply_rate <> (p_before ->> 'reply_rate')::numeric
        then format(
          'That is %s points %s than the week before.', abs(w.reply_rate - (p_before ->> 'reply_rate')::numeric),
          case when w.reply_rate > (p_before ->> 'reply_rate')::numeric then 'more' else 'less' end
        )
    end,
    case when w.interested > 0 then format('%s showed interest.', w.interested) end,
    (
      select format('Most answers came from %s (%s).', s.key, s.value)
      from jsonb_each_text(p_week -> 'replies_by_source') as s
      order by s.value::integer desc, s.key
      limit 1
    ),
    case when w.bounce_rate >= 3 then format('%s %% of the mails bounced: look at the list.', w.bounce_rate) end,
    case when w.value > 0 then format('Deals of %s were won.', trim_scale(w.value)) end
  )
  from jsonb_to_record(p_week) as w (
    replied numeric, contacted numeric, reply_rate numeric, interested numeric, bounce_rate numeric, value numeric
  )
$$;
comment on function private.week_insights(jsonb, jsonb) is
  'What stands out in a week''s figures beside those of the week before.';

create function private.make_feedback_reports(p_limit integer default 200)
returns table (made integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
begin
  with due as materialized (
    select c as campaign, w.sunday
    from marketing.campaigns c
    cross join lateral (
      select date_trunc('week', v_now at time zone private.time_zone_of(c.client))::date - 1 - 7 * n as sunday
      from generate_series(0, 1) as n
    ) as w
    where not exists (
      select
      from marketing.feedback_reports r
      where r.campaign_id = c.campaign_id
        and r.report_date = w.sunday
        and r.checked_at > v_now - interval '20 hours'
    )
      and exists (
        select
        from public.campaign_reporting d
        where d.client = c.client
          and d.campaign_id = case when c.bison_campaign_id ~ '^\d{1,9}$' then c.bison_campaign_id::integer end
          and d.date between w.sunday - 6 and w.sunday
      )
    order by w.sunday, c.campaign_id
    limit p_limit
  )
  insert into marketing.feedback_reports as r (campaign_id, client, report_date, metrics, insights, created_at, checked_at)
  select
    (d.campaign).campaign_id, (d.campaign).client, d.sunday, m.week, private.week_insights(m.week, m.before), v_now, v_now
  from due d
  cross join lateral (
    select private.campaign_week(d.campaign, d.sunday) as week, private.campaign_week(d.campaign, d.sunday - 7) as before
  ) as m
  on conflict (campaign_id, report_date) do update
  set metrics = excluded.metrics, insights = excluded.insights, checked_at = excluded.checked_at;
  get diagnostics made = row_count;
  has_more := made >= p_limit;
  return next;
end;
$$;
comment on function private.make_feedback_reports(integer) is
  'Reports of the last two weeks that are over, of campaigns that did something then: made, and made anew once a day as late '
  'events and figures come. At most p_limit.';

-- Common query ---------------------------------------------------------------------------------------------------

create view marketing.campaign_performance with (security_invoker = true) as
select
  c.name, c.sent_count, c.response_count, round(100.0 * c.response_count / nullif(c.sent_count, 0), 2) as response_rate
from marketing.campaigns c
where c.status = 'active'
order by response_rate desc;
comment on view marketing.campaign_performance is 'Active campaigns by the share of their mails that was answered.';
grant select on marketing.campaign_performance to authenticated;
