-- The story of a person: what their campaign rows, replies and meeting say together, and the engaged lead derived from
-- it. Handlers store facts and derive, so that the order in which events arrive does not matter.

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
  v_domain text := (
    select min(public.normalize_domain(v.value))
    from jsonb_each_text(p_variables) v
    where lower(v.key) in ('company domain', 'company_domain', 'company website', 'company_website', 'domain', 'website')
  );
begin
  if v_domain is null and not exists (select from private.free_mail_domains f where f.domain = v_host) then
    v_domain := public.normalize_domain(v_host);
  end if;
  return v_domain;
end;
$$;
comment on function private.company_domain_of(text, jsonb) is
  'The company''s domain from a lead''s custom variables, else from its address unless that is a mailbox provider.';

create function private.variable(p_variables jsonb, variadic p_names text[])
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select nullif(btrim(v.value), '')
    from jsonb_each_text(p_variables) v
    where lower(v.key) = any(p_names)
      and btrim(v.value) <> ''
    order by array_position(p_names, lower(v.key))
    limit 1
  );
end;
$$;
comment on function private.variable(jsonb, text[]) is
  'The first custom variable that is there and not blank, by any of its usual names (lower case).';

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

create function private.person_facts(
  p_client text, p_email text,
  out first_interest_at timestamptz, out engaged_at timestamptz, out replied_at timestamptz,
  out interest_at timestamptz, out unsubscribed_at timestamptz, out contact_at timestamptz
)
language plpgsql stable
set search_path = ''
as $$
begin
  select min(l.engaged_date), max(l.engaged_date) into engaged_at, interest_at
  from public.all_leads l
  where l.client = p_client
    and lower(l.email) = lower(p_email);
  -- Not every interested reply belongs to a campaign.
  select
    min(r.received_at), least(engaged_at, min(r.interested_at)), greatest(interest_at, max(r.interested_at)),
    max(r.received_at)
  into replied_at, engaged_at, interest_at, contact_at
  from public.replies r
  where r.client = p_client
    and lower(coalesce(r.lead_email, r.from_email)) = lower(p_email)
    and not r.automated;
  select least(engaged_at, max(m.created_time)), greatest(interest_at, max(m.created_time))
  into first_interest_at, interest_at
  from public.meetings_booked m
  where m.client = p_client
    and lower(m.email) = lower(p_email);
  select max(m.unsubscribed_at), greatest(contact_at, interest_at, max(m.unsubscribed_at), max(m.written_to_at))
  into unsubscribed_at, contact_at
  from private.person_marks m
  where m.client = p_client
    and m.email = lower(p_email);
  select
    least(first_interest_at, min(i.booked_at)),
    greatest(contact_at, max(greatest(i.booked_at, i.canceled_at, i.no_show_changed_at)))
  into first_interest_at, contact_at
  from public.calendly_invitees i
  where i.client = p_client
    and lower(i.email) = lower(p_email);
end;
$$;
comment on function private.person_facts(text, text) is
  'When a person first showed interest (a booking counts), did so by mail, first replied, last showed interest, last '
  'unsubscribed, and when there was the last contact. All from stored facts: their order of arrival does not matter.';

create function private.derived_engaged_lead(p_client text, p_email text)
returns public.engaged_leads
language plpgsql stable
set search_path = ''
as $$
declare
  v_facts record := private.person_facts(p_client, p_email);
  v_reply record;
  v_lead public.all_leads;
  v_meeting public.meetings_booked;
  v_row public.engaged_leads;
begin
  if v_facts.interest_at is null then
    return null;
  end if;
  select max(r.from_name) as name, lower(max(coalesce(r.lead_email, r.from_email))) as email into v_reply
  from public.replies r
  where r.client = p_client
    and lower(coalesce(r.lead_email, r.from_email)) = lower(p_email)
    and not r.automated;
  select m.* into v_meeting
  from public.meetings_booked m
  where m.client = p_client
    and lower(m.email) = lower(p_email);
  select l.* into v_lead
  from public.all_leads l
  where l.client = p_client
    and lower(l.email) = lower(p_email)
  order by l.first_contacted_at desc nulls last, l.campaign_id
  limit 1;

  v_row.client := p_client;
  v_row.email := coalesce(v_lead.email, v_meeting.email, v_reply.email);
  v_row.first_name := coalesce(v_lead.first_name, v_meeting.first_name, private.first_name(v_reply.name));
  v_row.last_name := coalesce(v_lead.last_name, v_meeting.last_name, private.last_name(v_reply.name));
  v_row.full_name := coalesce(v_lead.full_name, v_meeting.full_name, v_reply.name);
  v_row.job_title := coalesce(v_lead.job_title, v_meeting.title);
  v_row.company := coalesce(v_lead.company, v_meeting.company);
  v_row.custom_variables_jsonb := coalesce(v_lead.custom_variables_jsonb, '{}');
  v_row.company_domain := coalesce(
    v_lead.company_domain, private.company_domain_of(v_row.email, v_row.custom_variables_jsonb)
  );
  v_row.linkedin_url := coalesce(
    v_lead.profile_url, private.variable(v_row.custom_variables_jsonb, 'linkedin', 'linkedin url', 'linkedin_url')
  );
  v_row.lead_phone := private.variable(v_row.custom_variables_jsonb, 'phone number', 'phone', 'phone_number', 'mobile');
  v_row.campaign_id := v_lead.campaign_id;
  v_row.campaign_name := v_lead.campaign_name;
  v_row.bison_lead_id := v_lead.lead_id::bigint;
  v_row.lead_source := case when v_lead.id is null and v_reply.email is null then 'calendly' else 'email' end;
  v_row.engaged_at := v_facts.engaged_at;
  v_row.replied_at := v_facts.replied_at;
  v_row.replied := v_facts.replied_at is not null;
  v_row.unsubscribed_at := v_facts.unsubscribed_at;
  -- Interest or a booking after the unsubscribe is a person who is back.
  v_row.unsubscribed := coalesce(v_facts.unsubscribed_at >= v_facts.interest_at, false);
  v_row.meeting_booked := coalesce(v_meeting.status <> 'canceled', false);
  v_row.meeting_booked_at := v_meeting.created_time;
  v_row.meeting_date := v_meeting.meeting_date;
  v_row.meeting_link := v_meeting.meeting_link;
  v_row.rescheduling_link := v_meeting.rescheduling_link;
  v_row.last_event_at := v_facts.contact_at;
  v_row.last_contact := v_facts.contact_at;
  v_row.date_created := (v_facts.first_interest_at at time zone private.time_zone_of(p_client))::date;
  return v_row;
end;
$$;
comment on function private.derived_engaged_lead(text, text) is
  'What the campaign rows, the replies and the meeting of a person say together; null when none shows interest.';

create function private.follow(p_known text, p_told text, p_new text)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return case when p_known is null or p_known = p_told then coalesce(p_new, p_known) else p_known end;
end;
$$;
comment on function private.follow(text, text, text) is
  'What becomes of a column that holds what the provider told before (or nothing): the new value; else what a person '
  'set.';

create function private.derive_engaged_lead(p_client text, p_email text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_row public.engaged_leads := private.derived_engaged_lead(p_client, p_email);
  v_id uuid;
begin
  if v_row.client is null then
    return;
  end if;
  v_row.provider_facts := jsonb_strip_nulls(jsonb_build_object(
    'first_name', v_row.first_name, 'last_name', v_row.last_name, 'full_name', v_row.full_name,
    'job_title', v_row.job_title, 'company', v_row.company, 'company_domain', v_row.company_domain,
    'linkedin_url', v_row.linkedin_url, 'lead_phone', v_row.lead_phone
  ));
  select e.id into v_id
  from public.engaged_leads e
  where e.client = p_client
    and lower(e.email) = lower(p_email)
    and e.deleted_at is null
  order by e.last_event_at desc nulls last, e.id
  limit 1;

  if v_id is not null then
    update public.engaged_leads e
    set first_name = private.follow(e.first_name, e.provider_facts ->> 'first_name', v_row.first_name),
        last_name = private.follow(e.last_name, e.provider_facts ->> 'last_name', v_row.last_name),
        full_name = private.follow(e.full_name, e.provider_facts ->> 'full_name', v_row.full_name),
        job_title = private.follow(e.job_title, e.provider_facts ->> 'job_title', v_row.job_title),
        company = private.follow(e.company, e.provider_facts ->> 'company', v_row.company),
        company_domain = private.follow(e.company_domain, e.provider_facts ->> 'company_domain', v_row.company_domain),
        linkedin_url = private.follow(e.linkedin_url, e.provider_facts ->> 'linkedin_url', v_row.linkedin_url),
        lead_phone = private.follow(e.lead_phone, e.provider_facts ->> 'lead_phone', v_row.lead_phone),
        campaign_id = coalesce(v_row.campaign_id, e.campaign_id),
        campaign_name = coalesce(v_row.campaign_name, e.campaign_name),
        custom_variables_jsonb = e.custom_variables_jsonb || v_row.custom_variables_jsonb,
        bison_lead_id = coalesce(v_row.bison_lead_id, e.bison_lead_id),
        lead_source = case when v_row.lead_source = 'email' then 'email' else coalesce(e.lead_source, 'calendly') end,
        -- What a person decided stays until the provider tells something new.
        engaged = e.engaged or coalesce(e.engaged_at <> v_row.engaged_at, v_row.engaged_at is not null),
        engaged_at = coalesce(v_row.engaged_at, e.engaged_at),
        replied = e.replied or v_row.replied,
        replied_at = coalesce(v_row.replied_at, e.replied_at),
        unsubscribed = case
          when v_row.unsubscribed_at is null then e.unsubscribed
          when v_row.unsubscribed and e.unsubscribed_at = v_row.unsubscribed_at then e.unsubscribed
          else v_row.unsubscribed
        end,
        unsubscribed_at = coalesce(v_row.unsubscribed_at, e.unsubscribed_at),
        meeting_booked = case when v_row.meeting_booked_at is null then e.meeting_booked else v_row.meeting_booked end,
        meeting_booked_at = coalesce(v_row.meeting_booked_at, e.meeting_booked_at),
        meeting_date = coalesce(v_row.meeting_date, e.meeting_date),
        meeting_link = coalesce(v_row.meeting_link, e.meeting_link),
        rescheduling_link = coalesce(v_row.rescheduling_link, e.rescheduling_link),
        last_event_at = greatest(e.last_event_at, v_row.last_event_at),
        last_contact = greatest(e.last_contact, v_row.last_contact),
        date_created = least(e.date_created, v_row.date_created),
        provider_facts = e.provider_facts || v_row.provider_facts
    where e.id = v_id;
  elsif not exists (
    -- A person deleted it: only interest shown since brings it back.
    select
    from public.engaged_leads e
    where e.client = p_client
      and lower(e.email) = lower(p_email)
      and e.deleted_at >= (select f.interest_at from private.person_facts(p_client, p_email) f)
  ) then
    insert into public.engaged_leads (
      client, email, first_name, last_name, full_name, job_title, company, company_domain, linkedin_url, lead_phone,
      campaign_id, campaign_name, custom_variables_jsonb, bison_lead_id, lead_source, engaged, engaged_at, replied,
      replied_at, unsubscribed, unsubscribed_at, meeting_booked, meeting_booked_at, meeting_date, meeting_link,
      rescheduling_link, last_event_at, last_contact, date_created, provider_facts
    )
    values (
      p_client, v_row.email, v_row.first_name, v_row.last_name, v_row.full_name, v_row.job_title, v_row.company,
      v_row.company_domain, v_row.linkedin_url, v_row.lead_phone, v_row.campaign_id, v_row.campaign_name,
      v_row.custom_variables_jsonb, v_row.bison_lead_id, v_row.lead_source, true, v_row.engaged_at, v_row.replied,
      v_row.replied_at, v_row.unsubscribed, v_row.unsubscribed_at, v_row.meeting_booked, v_row.meeting_booked_at,
      v_row.meeting_date, v_row.meeting_link, v_row.rescheduling_link, v_row.last_event_at, v_row.last_contact,
      v_row.date_created, v_row.provider_facts
    );
  end if;
end;
$$;
comment on function private.derive_engaged_lead(text, text) is
  'Brings the engaged lead of a person in line with the stored facts; makes it when they show interest. Flags that '
  'only people set (qualified, demo, proposal, closed, lost) are left alone. The CRM sync follows by trigger.';

create type private.person as (client text, email text);
comment on type private.person is 'An address of a client, lower case.';

create function private.derive_engaged(p_people private.person[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_person record;
begin
  for v_person in
    select distinct p.client, p.email
    from unnest(p_people) p
    where exists (select from public.engaged_leads e where e.client = p.client and lower(e.email) = p.email offset 0)
      or exists (select from public.meetings_booked m where m.client = p.client and lower(m.email) = p.email offset 0)
    order by 1, 2
  loop
    perform private.derive_person(v_person.client, v_person.email);
  end loop;
end;
$$;
comment on function private.derive_engaged(private.person[]) is
  'private.derive_person of those who have an engaged lead or a meeting.';

create function private.derive_person(p_client text, p_email text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.derive_meeting(p_client, p_email);
  update public.all_leads l
  set meeting_booked = m.status <> 'canceled', booked_date = m.created_time
  from public.meetings_booked m
  where m.client = p_client
    and lower(m.email) = lower(p_email)
    and l.client = p_client
    and lower(l.email) = lower(p_email)
    and (l.meeting_booked, l.booked_date) is distinct from (m.status <> 'canceled', m.created_time);
  perform private.derive_engaged_lead(p_client, p_email);
end;
$$;
comment on function private.derive_person(text, text) is
  'Makes a person''s meeting of their bookings, and the engaged lead of that and of their campaign rows and replies. '
  'The caller holds lock_person.';
