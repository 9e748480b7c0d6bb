-- The story of a person: what their campaign rows, replies and meeting say together, and the engaged lead derived from
-- it. Handlers store facts and derive, so that the order in which events arrive does not matter. People of one batch
-- are derived together: told_leads reads their facts, merged_leads what becomes of the leads that are there.

create table private.free_mail_domains (domain text primary key);
comment on table private.free_mail_domains is
  'Domains of mailbox providers: an address there says nothing about its company.';
alter table private.free_mail_domains enable row level security;
insert into private.free_mail_domains (domain)
select unnest(array[
  'aol.com', 'comcast.net', 'fastmail.com', 'free.fr', 'gmail.com', 'gmx.de', 'gmx.net', 'googlemail.com', 'hey.com',
  'hotmail.co.uk', 'hotmail.com', 'icloud.com', 'live.com', 'mac.com', 'mail.com', 'mail.ru', 'me.com', 'msn.com',
  'orange.fr', 'outlook.com', 'proton.me', 'protonmail.com', 'qq.com', 't-online.de', 'web.de', 'yahoo.co.uk',
  'yahoo.com', 'yandex.ru', 'ymail.com', 'zoho.com'
]);

create function private.company_domain_of(p_email text, p_variables jsonb)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_host text := lower(split_part(p_email, '@', 2));
  v_is_free boolean := exists (select from private.free_mail_domains f where f.domain = v_host);
begin
  return coalesce(
    (
      select min(d.domain)
      from jsonb_each_text(p_variables) v
      cross join lateral (select public.normalize_domain(v.value) as domain) as d
      where lower(v.key) in ('company domain', 'company_domain', 'company website', 'company_website', 'domain', 'website')
        and (not v_is_free or d.domain <> v_host)
    ),
    case when not v_is_free then public.normalize_domain(v_host) end
  );
end;
$$;
comment on function private.company_domain_of(text, jsonb) is
  'The company''s domain from a lead''s custom variables, else from its address; never the mailbox provider of that.';

create function private.first_name(p_name text)
returns text
language sql immutable
set search_path = ''
as $$ select nullif(split_part(btrim(p_name), ' ', 1), '') $$;
comment on function private.first_name(text) is 'What stands before the first space of a full name.';

create function private.last_name(p_name text)
returns text
language sql immutable
set search_path = ''
as $$ select nullif(btrim(substr(btrim(p_name), strpos(btrim(p_name) || ' ', ' ') + 1)), '') $$;
comment on function private.last_name(text) is
  'What stands after the first space of a full name; null when nothing does.';

create table private.person_marks (
  client text not null,
  email text not null,
  unsubscribed_at timestamptz,
  written_to_at timestamptz,
  primary key (client, email)
);
comment on table private.person_marks is
  'The newest unsubscribe of a person and the newest mail that someone wrote them by hand. Both concern the person, '
  'not one campaign, and may arrive before or without any campaign. email is lower case.';
alter table private.person_marks enable row level security;

create function private.mark_person(
  p_client text, p_email text, p_unsubscribed_at timestamptz default null, p_written_to_at timestamptz default null
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into private.person_marks as m (client, email, unsubscribed_at, written_to_at)
  select p_client, lower(p_email), p_unsubscribed_at, p_written_to_at
  where p_email <> ''
  on conflict (client, email) do update
  set unsubscribed_at = greatest(m.unsubscribed_at, excluded.unsubscribed_at),
      written_to_at = greatest(m.written_to_at, excluded.written_to_at);
end;
$$;
comment on function private.mark_person(text, text, timestamptz, timestamptz) is
  'Remembers an unsubscribe or a mail written by hand; an older one changes nothing.';

create type private.person as (client text, email text);
comment on type private.person is 'An address of a client, lower case.';

create function private.last_interest_of(p_client text, p_email text)
returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
  v_email text := lower(p_email);
begin
  return greatest(
    (select max(l.engaged_date) from public.all_leads l where l.client = p_client and lower(l.email) = v_email),
    (
      select max(r.interested_at)
      from public.replies r
      where r.client = p_client
        and lower(coalesce(r.lead_email, r.from_email)) = v_email
        and not r.automated
    ),
    (select m.created_time from public.meetings_booked m where m.client = p_client and lower(m.email) = v_email)
  );
end;
$$;
comment on function private.last_interest_of(text, text) is
  'When a person last showed interest: by mail or by a booking.';

-- Deriving -------------------------------------------------------------------------------------------------------

create type private.told_lead as (
  id uuid,
  client text,
  email text,
  first_name text,
  last_name text,
  full_name text,
  job_title text,
  company text,
  company_domain text,
  linkedin_url text,
  lead_phone text,
  campaign_id text,
  campaign_name text,
  custom_variables_jsonb jsonb,
  bison_lead_id bigint,
  lead_source text,
  engaged boolean,
  engaged_at timestamptz,
  replied boolean,
  replied_at timestamptz,
  unsubscribed boolean,
  unsubscribed_at timestamptz,
  meeting_booked boolean,
  meeting_booked_at timestamptz,
  meeting_date timestamptz,
  meeting_link text,
  rescheduling_link text,
  last_event_at timestamptz,
  last_contact timestamptz,
  date_created date,
  provider_facts jsonb
);
comment on type private.told_lead is
  'The columns of engaged_leads that are derived. id: the row that is there; null when there is none.';

create function private.told_leads(
  p_people private.person[], out known private.told_lead[], out missing private.told_lead[]
)
language plpgsql stable
set search_path = ''
as $$
begin
  select
    array_agg(row(t.*)::private.told_lead) filter (where t.id is not null),
    array_agg(row(t.*)::private.told_lead) filter (where t.id is null)
  into known, missing
  from (
    select distinct p.client, p.email from unnest(p_people) p
  ) as p
  left join lateral (
    select l.*, min(l.engaged_date) over () as first_engaged_at, max(l.engaged_date) over () as last_engaged_at
    from public.all_leads l
    where l.client = p.client
      and lower(l.email) = p.email
    order by l.first_contacted_at desc nulls last, l.campaign_id
    limit 1
  ) as lead on true
  cross join lateral (
    select
      min(r.received_at) as first_at, max(r.received_at) as last_at, min(r.interested_at) as first_interested_at,
      max(r.interested_at) as last_interested_at, max(r.from_name) as name,
      lower(max(coalesce(r.lead_email, r.from_email))) as email
    from public.replies r
    where r.client = p.client
      and lower(coalesce(r.lead_email, r.from_email)) = p.email
      and not r.automated
  ) as reply
  left join lateral (
    select m.* from public.meetings_booked m where m.client = p.client and lower(m.email) = p.email offset 0
  ) as meeting on true
  left join lateral (
    select m.* from private.person_marks m where m.client = p.client and m.email = p.email offset 0
  ) as mark on true
  cross join lateral (
    select
      min(i.booked_at) as first_booked_at,
      max(greatest(i.booked_at, i.canceled_at, i.no_show_changed_at)) as last_changed_at
    from public.calendly_invitees i
    where i.client = p.client
      and lower(i.email) = p.email
  ) as booking
  left join lateral (
    select k.time_zone from integrations.tenants k where k.business = p.client offset 0
  ) as tenant on true
  cross join lateral (
    select
      (array_agg(e.id order by e.last_event_at desc nulls last, e.id) filter (where e.deleted_at is null))[1] as id,
      max(e.deleted_at) as deleted_at
    from public.engaged_leads e
    where e.client = p.client
      and lower(e.email) = p.email
  ) as held
  cross join lateral (
    select
      coalesce(lead.email, meeting.email, reply.email) as email,
      coalesce(lead.custom_variables_jsonb, '{}') as variables,
      -- Not every interested reply belongs to a campaign.
      least(lead.first_engaged_at, reply.first_interested_at) as engaged_at,
      greatest(lead.last_engaged_at, reply.last_interested_at, meeting.created_time) as interest_at
  ) as f
  cross join lateral (
    select
      coalesce(lead.company_domain, private.company_domain_of(f.email, f.variables)) as company_domain,
      (array_agg(btrim(v.value) order by array_position('{linkedin,linkedin url,linkedin_url}', lower(v.key)))
        filter (where lower(v.key) in ('linkedin', 'linkedin url', 'linkedin_url') and btrim(v.value) <> ''))[1]
      as linkedin_url,
      (array_agg(btrim(v.value) order by array_position('{phone number,phone,phone_number,mobile}', lower(v.key)))
        filter (where lower(v.key) in ('phone number', 'phone', 'phone_number', 'mobile') and btrim(v.value) <> ''))[1]
      as phone
    from jsonb_each_text(f.variables) v
  ) as said
  cross join lateral (
    select
      greatest(
        f.interest_at, reply.last_at, mark.unsubscribed_at, mark.written_to_at, booking.last_changed_at
      ) as contact_at,
      coalesce(lead.first_name, meeting.first_name, private.first_name(reply.name)) as first_name,
      coalesce(lead.last_name, meeting.last_name, private.last_name(reply.name)) as last_name,
      coalesce(lead.full_name, meeting.full_name, reply.name) as full_name,
      coalesce(lead.job_title, meeting.title) as job_title,
      coalesce(lead.company, meeting.company) as company,
      said.company_domain,
      coalesce(lead.profile_url, said.linkedin_url) as linkedin_url,
      said.phone as lead_phone
  ) as d
  cross join lateral (
    select
      held.id, p.client, f.email, d.first_name, d.last_name, d.full_name, d.job_title, d.company, d.company_domain,
      d.linkedin_url, d.lead_phone, lead.campaign_id, lead.campaign_name, f.variables, lead.lead_id::bigint,
      case when lead.id is null and reply.email is null then 'calendly' else 'email' end, true, f.engaged_at,
      reply.first_at is not null, reply.first_at,
      -- Interest or a booking after the unsubscribe is a person who is back.
      coalesce(mark.unsubscribed_at >= f.interest_at, false), mark.unsubscribed_at,
      coalesce(meeting.status <> 'canceled', false), meeting.created_time, meeting.meeting_date, meeting.meeting_link,
      meeting.rescheduling_link, d.contact_at, d.contact_at,
      (
        least(f.engaged_at, meeting.created_time, booking.first_booked_at)
          at time zone coalesce(tenant.time_zone, 'UTC')
      )::date,
      jsonb_strip_nulls(jsonb_build_object(
        'first_name', d.first_name, 'last_name', d.last_name, 'full_name', d.full_name, 'job_title', d.job_title,
        'company', d.company, 'company_domain', d.company_domain, 'linkedin_url', d.linkedin_url,
        'lead_phone', d.lead_phone,
        'meeting_booked', case meeting.status
          when 'canceled' then to_jsonb(false)
          else to_jsonb(coalesce(meeting.invitee_uri, meeting.id::text))
        end
      ))
  ) as t
  where f.interest_at is not null
    -- A person deleted it: only interest shown since brings it back.
    and (held.id is not null or coalesce(held.deleted_at < f.interest_at, true));
end;
$$;
comment on function private.told_leads(private.person[]) is
  'What the campaign rows, the replies, the marks and the meeting of people say of their engaged leads, of which known '
  'are there and missing are not. Without interest there is none. Only stored facts count, not their order of arrival.';

create function private.merged_leads(p_told private.told_lead[])
returns private.told_lead[]
language plpgsql
set search_path = ''
as $$
begin
  return (
    select array_agg(row(m.*)::private.told_lead)
    from (select u.* from unnest(p_told) u order by u.id) as t
    cross join lateral (
      select k.* from public.engaged_leads k where k.id = t.id for no key update
    ) as e
    cross join lateral (
      select
        t.meeting_booked or t.meeting_booked_at is null as stands,
        t.meeting_booked_at is null
          or coalesce(e.provider_facts -> 'meeting_booked' = t.provider_facts -> 'meeting_booked', false) as is_known
    ) as meeting
    -- What differs from what the provider told before was set by a person and stays.
    cross join lateral (
      select
        e.id, e.client, e.email,
        coalesce(nullif(e.first_name, e.provider_facts ->> 'first_name'), t.first_name, e.first_name),
        coalesce(nullif(e.last_name, e.provider_facts ->> 'last_name'), t.last_name, e.last_name),
        coalesce(nullif(e.full_name, e.provider_facts ->> 'full_name'), t.full_name, e.full_name),
        coalesce(nullif(e.job_title, e.provider_facts ->> 'job_title'), t.job_title, e.job_title),
        coalesce(nullif(e.company, e.provider_facts ->> 'company'), t.company, e.company),
        coalesce(nullif(e.company_domain, e.provider_facts ->> 'company_domain'), t.company_domain, e.company_domain),
        coalesce(nullif(e.linkedin_url, e.provider_facts ->> 'linkedin_url'), t.linkedin_url, e.linkedin_url),
        coalesce(nullif(e.lead_phone, e.provider_facts ->> 'lead_phone'), t.lead_phone, e.lead_phone),
        coalesce(t.campaign_id, e.campaign_id), coalesce(t.campaign_name, e.campaign_name),
        e.custom_variables_jsonb || t.custom_variables_jsonb, coalesce(t.bison_lead_id, e.bison_lead_id),
        case when t.lead_source = 'email' then 'email' else coalesce(e.lead_source, 'calendly') end,
        -- What a person decided stays until the provider tells something new.
        e.engaged or coalesce(e.engaged_at <> t.engaged_at, t.engaged_at is not null),
        coalesce(t.engaged_at, e.engaged_at), e.replied or t.replied, coalesce(t.replied_at, e.replied_at),
        case
          when t.unsubscribed_at is null then e.unsubscribed
          when t.unsubscribed and e.unsubscribed_at = t.unsubscribed_at then e.unsubscribed
          else t.unsubscribed
        end,
        coalesce(t.unsubscribed_at, e.unsubscribed_at),
        case when meeting.is_known then e.meeting_booked else t.meeting_booked end,
        case
          when meeting.is_known and e.meeting_booked <> t.meeting_booked then e.meeting_booked_at
          else coalesce(t.meeting_booked_at, e.meeting_booked_at)
        end,
        -- A meeting that is canceled takes its date and links along; what a person wrote there since then stays.
        case
          when meeting.stands then coalesce(t.meeting_date, e.meeting_date) when meeting.is_known then e.meeting_date
        end,
        case
          when meeting.stands then coalesce(t.meeting_link, e.meeting_link) when meeting.is_known then e.meeting_link
        end,
        case
          when meeting.stands then coalesce(t.rescheduling_link, e.rescheduling_link)
          when meeting.is_known then e.rescheduling_link
        end,
        greatest(e.last_event_at, t.last_event_at), greatest(e.last_contact, t.last_contact),
        least(e.date_created, t.date_created), e.provider_facts || t.provider_facts
      offset 0
    ) as m
    where m is distinct from row(
      e.id, e.client, e.email, e.first_name, e.last_name, e.full_name, e.job_title, e.company, e.company_domain,
      e.linkedin_url, e.lead_phone, e.campaign_id, e.campaign_name, e.custom_variables_jsonb, e.bison_lead_id,
      e.lead_source, e.engaged, e.engaged_at, e.replied, e.replied_at, e.unsubscribed, e.unsubscribed_at,
      e.meeting_booked, e.meeting_booked_at, e.meeting_date, e.meeting_link, e.rescheduling_link, e.last_event_at,
      e.last_contact, e.date_created, e.provider_facts
    )
  );
end;
$$;
comment on function private.merged_leads(private.told_lead[]) is
  'Engaged leads as they become when they are told this, of those that change. They are locked. Flags that only people '
  'set (qualified, demo, proposal, closed, lost) are left alone.';

create function private.derive_people(p_people private.person[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_told record;
  v_changed private.told_lead[];
begin
  if p_people = '{}' then
    return;
  end if;
  perform private.derive_meetings(p_people);
  v_told := private.told_leads(p_people);

  if v_told.known is not null then
    v_changed := private.merged_leads(v_told.known);
  end if;
  if v_changed is not null then
    update public.engaged_leads e
    set (
        first_name, last_name, full_name, job_title, company, company_domain, linkedin_url, lead_phone, campaign_id,
        campaign_name, custom_variables_jsonb, bison_lead_id, lead_source, engaged, engaged_at, replied, replied_at,
        unsubscribed, unsubscribed_at, meeting_booked, meeting_booked_at, meeting_date, meeting_link,
        rescheduling_link, last_event_at, last_contact, date_created, provider_facts
      ) = (
        t.first_name, t.last_name, t.full_name, t.job_title, t.company, t.company_domain, t.linkedin_url,
        t.lead_phone, t.campaign_id, t.campaign_name, t.custom_variables_jsonb, t.bison_lead_id, t.lead_source,
        t.engaged, t.engaged_at, t.replied, t.replied_at, t.unsubscribed, t.unsubscribed_at, t.meeting_booked,
        t.meeting_booked_at, t.meeting_date, t.meeting_link, t.rescheduling_link, t.last_event_at, t.last_contact,
        t.date_created, t.provider_facts
      )
    from unnest(v_changed) t
    where e.id = t.id
      and e.id = any(array(select c.id from unnest(v_changed) c));
  end if;

  if v_told.missing is not null then
    insert into public.engaged_leads (
      client, email, first_name, last_name, full_name, job_title, company, company_domain, linkedin_url, lead_phone,
      campaign_id, campaign_name, custom_variables_jsonb, bison_lead_id, lead_source, engaged, engaged_at, replied,
      replied_at, unsubscribed, unsubscribed_at, meeting_booked, meeting_booked_at, meeting_date, meeting_link,
      rescheduling_link, last_event_at, last_contact, date_created, provider_facts
    )
    select
      t.client, t.email, t.first_name, t.last_name, t.full_name, t.job_title, t.company, t.company_domain,
      t.linkedin_url, t.lead_phone, t.campaign_id, t.campaign_name, t.custom_variables_jsonb, t.bison_lead_id,
      t.lead_source, t.engaged, t.engaged_at, t.replied, t.replied_at, t.unsubscribed, t.unsubscribed_at,
      t.meeting_booked, t.meeting_booked_at, m.meeting_date, m.meeting_link, m.rescheduling_link, t.last_event_at,
      t.last_contact, t.date_created, t.provider_facts
    from unnest(v_told.missing) t
    left join lateral (
      select t.meeting_date, t.meeting_link, t.rescheduling_link where t.meeting_booked or t.meeting_booked_at is null
    ) as m on true
    order by t.client, t.email;
  end if;
end;
$$;
comment on function private.derive_people(private.person[]) is
  'Makes the meetings of people of their bookings, and their engaged leads of that and of their campaign rows and '
  'replies, each step one statement over all of them. The CRM sync follows by trigger. The caller holds their '
  'lock_person.';

create function private.derive_meetings(p_people private.person[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_is record;
  v_person record;
begin
  select bool_or(s.booked) as booked, bool_or(s.met) as met into v_is
  from (
    select
      exists (
        select from public.calendly_invitees i where i.client = p.client and lower(i.email) = p.email offset 0
      ) as booked,
      exists (
        select from public.meetings_booked m where m.client = p.client and lower(m.email) = p.email offset 0
      ) as met
    from unnest(p_people) p
  ) as s;
  if v_is.booked then
    for v_person in select distinct p.client, p.email from unnest(p_people) p order by 1, 2 loop
      perform private.derive_meeting(v_person.client, v_person.email);
    end loop;
  end if;
  if v_is.booked or v_is.met then
    for v_person in
      select p.client, p.email, m.status <> 'canceled' as is_booked, m.created_time
      from unnest(p_people) p
      cross join lateral (
        select k.* from public.meetings_booked k where k.client = p.client and lower(k.email) = p.email offset 0
      ) as m
      order by 1, 2
    loop
      update public.all_leads l
      set meeting_booked = v_person.is_booked, booked_date = v_person.created_time
      where l.client = v_person.client
        and lower(l.email) = v_person.email
        and (l.meeting_booked, l.booked_date) is distinct from (v_person.is_booked, v_person.created_time);
    end loop;
  end if;
end;
$$;
comment on function private.derive_meetings(private.person[]) is
  'private.derive_meeting of people, and what their campaign rows say of it.';

create function private.engaged_people(p_people private.person[])
returns private.person[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    select p
    from unnest(p_people) p
    where exists (select from public.engaged_leads e where e.client = p.client and lower(e.email) = p.email offset 0)
      or exists (select from public.meetings_booked m where m.client = p.client and lower(m.email) = p.email offset 0)
  );
end;
$$;
comment on function private.engaged_people(private.person[]) is
  'Those of people who have an engaged lead or a meeting.';

create function private.derive_engaged(p_people private.person[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.derive_people(private.engaged_people(p_people));
end;
$$;
comment on function private.derive_engaged(private.person[]) is
  'private.derive_people of those who have an engaged lead or a meeting.';

create function private.derive_person(p_client text, p_email text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.derive_people(array[row(p_client, lower(p_email))::private.person]);
end;
$$;
comment on function private.derive_person(text, text) is
  'private.derive_people of one.';
