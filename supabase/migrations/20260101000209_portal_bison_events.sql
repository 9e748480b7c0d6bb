-- What EmailBison's webhooks do to the tables: one handler a type, registered at the end. docs/events.md is the table.
--
-- Every handler that concerns a person takes private.lock_person first, so two events of one person never interleave.
-- States are derived from stored facts (private.derive_person), never from the order in which events arrive.

-- Persons --------------------------------------------------------------------------------------------------------

-- On the path of every webhook, helpers are PL/pgSQL even where SQL would do: a SQL function that cannot be inlined is
-- planned anew at every call (20 to 100 us here), PL/pgSQL keeps its plans. They answer something, so that callers assign
-- the answer: an assignment is evaluated in place, `perform` runs a query of its own (7 us).

create table private.free_mail_domains (domain text primary key);
comment on table private.free_mail_domains is 'Domains of mailbox providers: an address there says nothing about its company.';
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
language sql stable
set search_path = ''
as $$
  select coalesce(
    (
      select public.normalize_domain(v.value)
      from jsonb_each_text(p_variables) v
      where lower(v.key) in ('company domain', 'company_domain', 'company website', 'company_website', 'domain', 'website')
        and public.normalize_domain(v.value) is not null
      order by lower(v.key)
      limit 1
    ),
    (
      select public.normalize_domain(split_part(p_email, '@', 2))
      where not exists (
        select from private.free_mail_domains f where f.domain = lower(split_part(p_email, '@', 2))
      )
    )
  )
$$;
comment on function private.company_domain_of(text, jsonb) is
  'The company''s domain from a lead''s custom variables, else from its address unless that is a mailbox provider.';

create function private.variable(p_variables jsonb, variadic p_names text[])
returns text
language sql stable
set search_path = ''
as $$
  select nullif(btrim(v.value), '')
  from jsonb_each_text(p_variables) v
  where lower(v.key) = any(p_names)
    and btrim(v.value) <> ''
  order by array_position(p_names, lower(v.key))
  limit 1
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
comment on function private.last_name(text) is 'What stands after the first space of a full name; null when nothing does.';

create table private.person_marks (
  client text not null,
  email text not null,
  unsubscribed_at timestamptz,
  written_to_at timestamptz,
  primary key (client, email)
);
comment on table private.person_marks is
  'The newest unsubscribe of a person and the newest mail that someone wrote them by hand. Both concern the person, not '
  'one campaign, and may arrive before or without any campaign. email is lower case.';
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
  p_client text, p_email text, out first_interest_at timestamptz, out engaged_at timestamptz, out replied_at timestamptz,
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

alter table public.engaged_leads add column provider_facts jsonb not null default '{}';
comment on column public.engaged_leads.provider_facts is
  'What the providers last said of the columns that people change, too. A column that differs was set by a person.';

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
  'What becomes of a column that holds what the provider told before (or nothing): the new value; else what a person set.';

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
  'Brings the engaged lead of a person in line with the stored facts; makes it when they show interest. Flags that only '
  'people set (qualified, demo, proposal, closed, lost) are left alone. The CRM sync follows by trigger.';

-- Reading a delivery ---------------------------------------------------------------------------------------------

create function private.bison_instance(p_event integrations.webhook_events)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return rtrim(lower(coalesce(
    (select e.instance_url from integrations.webhook_endpoints e where e.id = p_event.endpoint_id),
    p_event.payload #>> '{event,instance_url}',
    p_event.client
  )), '/');
end;
$$;
comment on function private.bison_instance(integrations.webhook_events) is
  'The EmailBison instance an event came from: the endpoint''s, else as the body says. When neither tells, ids are taken '
  'to be unique within the client.';

create function private.bison_variables(p_variables jsonb)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
declare
  v_result jsonb := '{}';
  v_item jsonb;
begin
  if jsonb_typeof(p_variables) = 'object' then
    return p_variables;
  elsif jsonb_typeof(p_variables) = 'array' then
    for i in 0..jsonb_array_length(p_variables) - 1 loop
      v_item := p_variables -> i;
      if v_item ->> 'name' is not null then
        v_result := v_result || jsonb_build_object(v_item ->> 'name', v_item -> 'value');
      end if;
    end loop;
  end if;
  return v_result;
end;
$$;
comment on function private.bison_variables(jsonb) is
  'Custom variables as one object; EmailBison sends [{name, value}], some senders an object.';

create function private.bison_campaign(p_client text, p_campaign_id integer, p_name text, p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_name text := nullif(btrim(p_name), '');
  v_known record;
begin
  if p_campaign_id is null then
    return;
  end if;
  select c.campaign_name, c.last_event_at into v_known
  from public."Campaigns" c
  where c.client = p_client
    and c.campaign_id = p_campaign_id::text;
  if not found then
    insert into public."Campaigns" (client, campaign_id, campaign_name, last_event_at)
    values (
      p_client, p_campaign_id::text, coalesce(v_name, 'Campaign ' || p_campaign_id), case when v_name <> '' then p_at end
    )
    on conflict (client, campaign_id) do nothing;
  elsif v_known.campaign_name <> v_name and p_at > coalesce(v_known.last_event_at, '-infinity') then
    update public."Campaigns" c
    set campaign_name = v_name, last_event_at = p_at
    where c.client = p_client
      and c.campaign_id = p_campaign_id::text;
  end if;
end;
$$;
comment on function private.bison_campaign(text, integer, text, timestamptz) is
  'Registers an unknown campaign, renames a known one when the event is newer and names it.';

create function private.bison_inbox(p_client text, p_sender jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_bison_id integer := (p_sender ->> 'id')::integer;
  v_email text := p_sender ->> 'email';
  v_id bigint;
begin
  select i.id into v_id
  from public.inboxes i
  where i.client = p_client
    and i.bison_inbox_id = v_bison_id;
  if v_id is null and v_bison_id is not null and v_email is not null then
    insert into public.inboxes as i (
      client, bison_inbox_id, name, email, domain, type, status, daily_limit, created_at, tags
    )
    values (
      p_client, v_bison_id, coalesce(nullif(p_sender ->> 'name', ''), v_email), v_email,
      nullif(lower(split_part(v_email, '@', 2)), ''), coalesce(p_sender ->> 'type', 'Inbox'),
      coalesce(initcap(p_sender ->> 'status'), 'Connected'), coalesce((p_sender ->> 'daily_limit')::integer, 0),
      private.clock(),
      -- Tags may have come before.
      (
        select coalesce(jsonb_agg(t.name order by a.assigned_at, t.name), '[]')
        from public.inbox_tag_assignments a
        join public.inbox_tags t on t.id = a.tag_id
        where t.client = p_client
          and a.inbox_id = v_bison_id
      )
    )
    on conflict (client, bison_inbox_id) do update set email = i.email
    returning i.id into v_id;
  end if;
  return v_id;
end;
$$;
comment on function private.bison_inbox(text, jsonb) is
  'inboxes.id of a delivery''s sender; registers an unknown one. Null: none named.';

-- One fact about a lead in a campaign ----------------------------------------------------------------------------

create function private.add_lead(
  p_client text, p_campaign_id integer, p_campaign_name text, p_body jsonb, p_at timestamptz
)
returns public.all_leads
language plpgsql
set search_path = ''
as $$
declare
  v_lead public.all_leads;
begin
  insert into public.all_leads (
    client, campaign_id, campaign_name, email, lead_id, first_name, last_name, full_name, job_title, company, status,
    custom_variables_jsonb, provider_lead, last_event_at
  )
  values (
    p_client, p_campaign_id::text, p_campaign_name, lower(btrim(p_body ->> 'email')), (p_body ->> 'id')::numeric,
    nullif(btrim(p_body ->> 'first_name'), ''), nullif(btrim(p_body ->> 'last_name'), ''),
    nullif(btrim(concat_ws(' ', p_body ->> 'first_name', p_body ->> 'last_name')), ''),
    nullif(btrim(p_body ->> 'title'), ''), nullif(btrim(p_body ->> 'company'), ''), p_body ->> 'status',
    private.bison_variables(p_body -> 'custom_variables'), p_body, p_at
  )
  -- A sync may have added it meanwhile.
  on conflict (client, campaign_id, lower(email)) do update set lead_id = coalesce(all_leads.lead_id, excluded.lead_id)
  returning * into v_lead;
  return v_lead;
end;
$$;
comment on function private.add_lead(text, integer, text, jsonb, timestamptz) is
  'Adds a person to a campaign as a delivery describes them, nothing counted yet.';

create function private.merge_lead(p_lead public.all_leads, p_campaign_name text, p_body jsonb, p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_is_newer boolean := p_at >= coalesce(p_lead.last_event_at, '-infinity');
  v_variables jsonb := private.bison_variables(p_body -> 'custom_variables');
  v_known jsonb := coalesce(p_lead.custom_variables_jsonb, '{}');
begin
  update public.all_leads l
  set campaign_name = private.pick(v_is_newer, p_campaign_name, l.campaign_name),
      first_name = private.pick(v_is_newer, p_body ->> 'first_name', l.first_name),
      last_name = private.pick(v_is_newer, p_body ->> 'last_name', l.last_name),
      full_name = private.pick(
        v_is_newer, concat_ws(' ', p_body ->> 'first_name', p_body ->> 'last_name'), l.full_name
      ),
      job_title = private.pick(v_is_newer, p_body ->> 'title', l.job_title),
      company = private.pick(v_is_newer, p_body ->> 'company', l.company),
      status = private.pick(v_is_newer, p_body ->> 'status', l.status),
      lead_id = coalesce(l.lead_id, (p_body ->> 'id')::numeric),
      custom_variables_jsonb = case when v_is_newer then v_known || v_variables else v_variables || v_known end,
      provider_lead = case when v_is_newer then p_body else l.provider_lead end
  where l.id = p_lead.id;
end;
$$;
comment on function private.merge_lead(public.all_leads, text, jsonb, timestamptz) is
  'Brings a lead''s particulars in line with a delivery: the newer one wins by provider time, nothing known is emptied.';

create function private.pick(p_new_wins boolean, p_new text, p_known text)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_new text := nullif(btrim(p_new), '');
begin
  return case when p_new_wins then coalesce(v_new, p_known) else coalesce(p_known, v_new) end;
end;
$$;
comment on function private.pick(boolean, text, text) is 'Of two texts the one that wins, unless it is blank.';

create function private.record_lead_event(p_event integrations.webhook_events, p_kind text, p_at timestamptz)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_campaign_id integer := (v_data #>> '{campaign,id}')::integer;
  v_campaign_name text := v_data #>> '{campaign,name}';
  v_inbox_id bigint;
  v_email text := lower(btrim(v_data #>> '{lead,email}'));
  v_body jsonb;
  v_lead public.all_leads;
  v_tells_more boolean := false;
  v_was_first boolean;
  v_lock bigint;
begin
  if v_campaign_id is null or coalesce(v_email, '') = '' then
    v_inbox_id := private.bison_inbox(p_event.client, v_data -> 'sender_email');
    perform private.bison_campaign(p_event.client, v_campaign_id, v_campaign_name, p_at);
    v_was_first := private.append_event(p_event, p_kind, p_at, v_campaign_id, v_inbox_id, v_lead);
    return null;
  end if;

  v_lock := private.lock_person(p_event.client, v_email);
  v_inbox_id := private.bison_inbox(p_event.client, v_data -> 'sender_email');
  select l.* into v_lead
  from public.all_leads l
  where l.client = p_event.client
    and l.campaign_id = v_campaign_id::text
    and lower(l.email) = v_email;
  v_body := (v_data -> 'lead') - '{emails_sent,opens,unique_opens,replies,unique_replies,bounces}'::text[];
  if v_lead.id is null then
    perform private.bison_campaign(p_event.client, v_campaign_id, v_campaign_name, p_at);
    v_lead := private.add_lead(p_event.client, v_campaign_id, v_campaign_name, v_body, p_at);
    v_tells_more := true;
  elsif v_lead.provider_lead is distinct from v_body or v_lead.campaign_name is distinct from v_campaign_name then
    perform private.bison_campaign(p_event.client, v_campaign_id, v_campaign_name, p_at);
    perform private.merge_lead(v_lead, v_campaign_name, v_body, p_at);
    v_tells_more := true;
  end if;

  v_was_first := private.append_event(p_event, p_kind, p_at, v_campaign_id, v_inbox_id, v_lead);
  -- What is told of a person after they showed interest belongs to their story.
  if (v_tells_more or (p_kind = 'sent' and v_was_first)) and private.is_engaged_person(p_event.client, v_email) then
    perform private.derive_person(p_event.client, v_email);
  end if;
  return v_lead.id;
end;
$$;
comment on function private.record_lead_event(integrations.webhook_events, text, timestamptz) is
  'One fact about a lead in a campaign: adds or updates the lead, appends the fact and what it counts. p_kind: a '
  'campaign_events.kind, or seen (the lead''s particulars only). p_at: provider time. Answers all_leads.id, if any.';

create function private.append_event(
  p_event integrations.webhook_events, p_kind text, p_at timestamptz, p_campaign_id integer, p_inbox_id bigint,
  p_lead public.all_leads
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_step jsonb := p_event.payload #> '{data,scheduled_email}';
  v_first_at timestamptz;
  v_first_inbox bigint;
  v_unique smallint := 0;
  v_counted boolean;
begin
  if p_kind = 'seen' then
    update public.all_leads l set last_event_at = p_at where l.id = p_lead.id and p_at > coalesce(l.last_event_at, '-infinity');
    return false;
  end if;
  case p_kind
    when 'sent' then
      v_first_at := p_lead.first_contacted_at;
      v_first_inbox := p_lead.first_contacted_inbox;
    when 'opened' then
      v_first_at := p_lead.first_opened_at;
      v_first_inbox := p_lead.first_opened_inbox;
    when 'replied' then
      v_first_at := p_lead.first_reply_date;
      v_first_inbox := p_lead.first_reply_inbox;
    when 'interested' then
      v_first_at := p_lead.engaged_date;
      v_first_inbox := p_lead.engaged_inbox;
    when 'unsubscribed' then
      v_first_at := p_lead.unsubscribed_at;
      v_first_inbox := p_lead.unsubscribed_inbox;
    else
      v_first_at := '-infinity';
  end case;
  if v_first_at is null or p_at < v_first_at then
    v_unique := 1;
  end if;

  insert into private.pending_events (
    event_id, kind, client, campaign_id, lead, inbox_id, occurred_at, step_id, step_order, step_variant, total, uniques
  )
  values (
    p_event.id, p_kind, p_event.client, p_campaign_id, p_lead.id, p_inbox_id, p_at,
    (v_step ->> 'sequence_step_id')::integer, (v_step ->> 'sequence_step_order')::integer,
    v_step ->> 'sequence_step_variant', 1, v_unique
  );
  if v_unique = 1 and v_first_at is not null then
    -- The later event that counted as the first gives its unit back.
    insert into private.pending_events (
      event_id, kind, client, campaign_id, lead, inbox_id, occurred_at, total, uniques
    )
    values (p_event.id, p_kind, p_event.client, p_campaign_id, p_lead.id, v_first_inbox, v_first_at, 0, -1);
  end if;
  if p_lead.id is not null then
    v_counted := private.count_on_lead(p_lead.id, p_kind, p_at, p_inbox_id, v_unique = 1);
  end if;
  return v_unique = 1;
end;
$$;
comment on function
  private.append_event(integrations.webhook_events, text, timestamptz, integer, bigint, public.all_leads)
is
  'Appends a fact to private.pending_events and counts it on its lead. p_lead is the lead as it was before. Answers '
  'whether it is the lead''s first of its kind.';

create function private.count_on_lead(p_id uuid, p_kind text, p_at timestamptz, p_inbox_id bigint, p_is_first boolean)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  case p_kind
    when 'sent' then
      update public.all_leads l
      set emails_sent = coalesce(l.emails_sent, 0) + 1,
          first_contacted_at = case when p_is_first then p_at else l.first_contacted_at end,
          first_contacted_inbox = case when p_is_first then p_inbox_id else l.first_contacted_inbox end,
          last_event_at = greatest(l.last_event_at, p_at)
      where l.id = p_id;
    when 'opened' then
      update public.all_leads l
      set opens = coalesce(l.opens, 0) + 1,
          unique_opens = 1,
          first_opened_at = case when p_is_first then p_at else l.first_opened_at end,
          first_opened_inbox = case when p_is_first then p_inbox_id else l.first_opened_inbox end,
          last_event_at = greatest(l.last_event_at, p_at)
      where l.id = p_id;
    when 'replied' then
      update public.all_leads l
      set replied = true,
          replies = coalesce(l.replies, 0) + 1,
          unique_replies = 1,
          first_reply_date = case when p_is_first then p_at else l.first_reply_date end,
          first_reply_inbox = case when p_is_first then p_inbox_id else l.first_reply_inbox end,
          last_event_at = greatest(l.last_event_at, p_at)
      where l.id = p_id;
    when 'interested' then
      update public.all_leads l
      set engaged = true,
          engaged_date = case when p_is_first then p_at else l.engaged_date end,
          engaged_inbox = case when p_is_first then p_inbox_id else l.engaged_inbox end,
          last_event_at = greatest(l.last_event_at, p_at)
      where l.id = p_id;
    when 'unsubscribed' then
      update public.all_leads l
      set unsubscribed_at = case when p_is_first then p_at else l.unsubscribed_at end,
          unsubscribed_inbox = case when p_is_first then p_inbox_id else l.unsubscribed_inbox end,
          last_event_at = greatest(l.last_event_at, p_at)
      where l.id = p_id;
    when 'bounced' then
      update public.all_leads l
      set bounces = coalesce(l.bounces, 0) + 1,
          bounced_at = least(l.bounced_at, p_at),
          last_event_at = greatest(l.last_event_at, p_at)
      where l.id = p_id;
  end case;
  return found;
end;
$$;
comment on function private.count_on_lead(uuid, text, timestamptz, bigint, boolean) is
  'Raises a lead''s own counter of a kind and keeps the time and inbox of its first. False: no such lead.';

create function private.is_engaged_person(p_client text, p_email text)
returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return exists (select from public.engaged_leads e where e.client = p_client and lower(e.email) = lower(p_email))
    or exists (select from public.meetings_booked m where m.client = p_client and lower(m.email) = lower(p_email));
end;
$$;
comment on function private.is_engaged_person(text, text) is 'Whether an address of a client has an engaged lead or a meeting.';

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
  'Makes a person''s meeting of their bookings, and the engaged lead of that and of their campaign rows and replies. The '
  'caller holds lock_person.';

-- Mails received -------------------------------------------------------------------------------------------------

create table public.bounces (
  instance_url text not null default '',
  reply_id bigint not null,
  client text not null,
  campaign_id integer,
  lead_email text,
  bison_inbox_id integer,
  bounced_at timestamptz not null,
  subject text,
  text_body text,
  created_at timestamptz not null default now(),
  primary key (instance_url, reply_id)
);
create index bounces_client_bounced_at_idx on public.bounces (client, bounced_at);
comment on table public.bounces is
  'Delivery reports, one row each. They come as EMAIL_BOUNCED, as replies of type Bounced and as untracked replies, '
  'often as two of these; a bounce is no reply.';
comment on column public.bounces.campaign_id is 'Null until an event names the campaign; then its counters count it too.';
select private.apply_client_policies('public.bounces', 'none');

create function private.is_bounce(p_reply jsonb)
returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
  return coalesce(
    p_reply ->> 'type' = 'Bounced'
      or p_reply ->> 'folder' = 'Bounced'
      or p_reply ->> 'from_email_address' ~* '^(mailer-daemon|postmaster)@',
    false
  );
end;
$$;
comment on function private.is_bounce(jsonb) is 'Whether a received mail is a delivery report, by its type, folder or sender.';

create function private.record_bounce(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  v_campaign_id integer := (v_data #>> '{campaign,id}')::integer;
  v_instance text := private.bison_instance(p_event);
  v_reply_id bigint := (v_data #>> '{reply,id}')::bigint;
  v_known public.bounces;
begin
  if v_reply_id is not null then
    perform private.lock_person(p_event.client, private.person_of(p_event.payload));
    perform private.lock_person(p_event.client, 'bounce ' || v_instance || ' ' || v_reply_id);
    select b.* into v_known
    from public.bounces b
    where b.instance_url = v_instance
      and b.reply_id = v_reply_id;
    if v_known.client <> p_event.client then
      perform private.raise_error(
        'MR005', 'Another client has this bounce.', v_reply_id::text, 'Two endpoints name the same EmailBison instance.'
      );
    elsif v_known.client is not null and (v_known.campaign_id is not null or v_campaign_id is null) then
      return 'processed';
    elsif v_known.client is not null then
      -- Its inbox has counted it already, when the campaign was not known.
      p_event.payload := p_event.payload #- '{data,sender_email}';
    end if;
    perform private.store_bounce(p_event, v_instance);
  end if;
  perform private.record_lead_event(p_event, 'bounced', v_at);
  return 'processed';
end;
$$;
comment on function private.record_bounce(integrations.webhook_events) is
  'Stores a delivery report once and counts it once for its inbox and once for its campaign, whatever type it came as.';

create function private.store_bounce(p_event integrations.webhook_events, p_instance text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_reply jsonb := v_data -> 'reply';
begin
  insert into public.bounces as b (
    instance_url, reply_id, client, campaign_id, lead_email, bison_inbox_id, bounced_at, subject, text_body
  )
  values (
    p_instance, (v_reply ->> 'id')::bigint, p_event.client, (v_data #>> '{campaign,id}')::integer,
    lower(btrim(v_data #>> '{lead,email}')), (v_data #>> '{sender_email,id}')::integer,
    -- The mail's own time: every event that brings it tells the same.
    coalesce(
      least((v_reply ->> 'date_received')::timestamptz, (v_reply ->> 'created_at')::timestamptz),
      p_event.occurred_at, p_event.received_at
    ),
    coalesce(v_reply ->> 'email_subject', v_reply ->> 'subject'), v_reply ->> 'text_body'
  )
  on conflict (instance_url, reply_id) do update
  set campaign_id = excluded.campaign_id, lead_email = coalesce(excluded.lead_email, b.lead_email);
end;
$$;
comment on function private.store_bounce(integrations.webhook_events, text) is
  'Keeps a delivery report, or adds the campaign and lead that a later event names.';

create function private.store_reply(p_event integrations.webhook_events, p_interested boolean)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_reply jsonb := v_data -> 'reply';
  v_at timestamptz := coalesce(
    least((v_reply ->> 'date_received')::timestamptz, (v_reply ->> 'created_at')::timestamptz),
    p_event.occurred_at, p_event.received_at
  );
  v_type text := case
    when coalesce(v_reply ->> 'type' = 'Tracked Reply', v_data #>> '{campaign,id}' is not null) then 'Tracked Reply'
    else 'Untracked Reply'
  end;
  v_automated boolean := coalesce((v_reply ->> 'automated_reply')::boolean, false);
begin
  insert into public.replies (
    instance_url, reply_id, reply_uuid, client, type, lead_id, lead_email, subject, category, text_body, html_body,
    campaign_id, date_received, received_at, from_email, from_name, primary_to_email, bison_inbox_id, message_id, folder,
    parent_id, automated, interested, interested_at, provider_updated_at, sequence_step_order, sequence_step_id,
    sequence_step_variant
  )
  values (
    private.bison_instance(p_event), (v_reply ->> 'id')::bigint, v_reply ->> 'uuid', p_event.client, v_type,
    (v_data #>> '{lead,id}')::bigint, btrim(v_data #>> '{lead,email}'),
    coalesce(v_reply ->> 'email_subject', v_reply ->> 'subject'),
    case when p_interested then 'Interested' when v_automated then 'OOO' end,
    v_reply ->> 'text_body', v_reply ->> 'html_body', (v_data #>> '{campaign,id}')::integer,
    (v_at at time zone private.time_zone_of(p_event.client))::date, v_at,
    btrim(v_reply ->> 'from_email_address'),
    coalesce(
      v_reply ->> 'from_name', nullif(concat_ws(' ', v_data #>> '{lead,first_name}', v_data #>> '{lead,last_name}'), '')
    ),
    v_reply ->> 'primary_to_email_address',
    (v_data #>> '{sender_email,id}')::integer, v_reply ->> 'raw_message_id', v_reply ->> 'folder',
    (v_reply ->> 'parent_id')::bigint, v_automated, p_interested,
    case when p_interested then coalesce(p_event.occurred_at, v_at) end,
    coalesce((v_reply ->> 'updated_at')::timestamptz, v_at),
    (v_data #>> '{scheduled_email,sequence_step_order}')::integer,
    (v_data #>> '{scheduled_email,sequence_step_id}')::integer,
    v_data #>> '{scheduled_email,sequence_step_variant}'
  )
  on conflict (instance_url, reply_id) do nothing;
  if found then
    return v_type = 'Tracked Reply';
  end if;
  return private.merge_reply(p_event, p_interested, v_type);
end;
$$;
comment on function private.store_reply(integrations.webhook_events, boolean) is
  'Keeps the reply of an event by instance and reply id. True: this is the first event that says it answers a campaign '
  'mail.';

create function private.merge_reply(p_event integrations.webhook_events, p_interested boolean, p_type text)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_reply jsonb := v_data -> 'reply';
  v_at timestamptz := coalesce(
    least((v_reply ->> 'date_received')::timestamptz, (v_reply ->> 'created_at')::timestamptz),
    p_event.occurred_at, p_event.received_at
  );
  v_updated_at timestamptz := coalesce((v_reply ->> 'updated_at')::timestamptz, v_at);
  v_known public.replies;
  v_is_newer boolean;
begin
  select r.* into v_known
  from public.replies r
  where r.instance_url = private.bison_instance(p_event)
    and r.reply_id = (v_reply ->> 'id')::bigint
  for update;
  if v_known.client is distinct from p_event.client then
    perform private.raise_error(
      'MR005', 'Another client has this reply.', v_reply ->> 'id', 'Two endpoints name the same EmailBison instance.'
    );
  end if;
  v_is_newer := v_updated_at >= coalesce(v_known.provider_updated_at, '-infinity');

  update public.replies r
  set subject = coalesce(
        case when v_is_newer then coalesce(v_reply ->> 'email_subject', v_reply ->> 'subject') end, r.subject
      ),
      text_body = coalesce(case when v_is_newer then v_reply ->> 'text_body' end, r.text_body),
      html_body = coalesce(case when v_is_newer then v_reply ->> 'html_body' end, r.html_body),
      folder = coalesce(case when v_is_newer then v_reply ->> 'folder' end, r.folder),
      -- A tracked event knows more than an untracked one of the same mail.
      type = case when p_type = 'Tracked Reply' then p_type else r.type end,
      lead_id = coalesce((v_data #>> '{lead,id}')::bigint, r.lead_id),
      lead_email = coalesce(btrim(v_data #>> '{lead,email}'), r.lead_email),
      campaign_id = coalesce((v_data #>> '{campaign,id}')::integer, r.campaign_id),
      bison_inbox_id = coalesce(r.bison_inbox_id, (v_data #>> '{sender_email,id}')::integer),
      sequence_step_order = coalesce(
        r.sequence_step_order, (v_data #>> '{scheduled_email,sequence_step_order}')::integer
      ),
      sequence_step_id = coalesce(r.sequence_step_id, (v_data #>> '{scheduled_email,sequence_step_id}')::integer),
      sequence_step_variant = coalesce(r.sequence_step_variant, v_data #>> '{scheduled_email,sequence_step_variant}'),
      interested = r.interested or p_interested,
      interested_at = least(r.interested_at, case when p_interested then coalesce(p_event.occurred_at, v_at) end),
      category = case when p_interested and not r.interested then 'Interested' else r.category end,
      provider_updated_at = greatest(r.provider_updated_at, v_updated_at)
  where r.instance_url = v_known.instance_url
    and r.reply_id = v_known.reply_id;
  return p_type = 'Tracked Reply' and v_known.type is distinct from p_type;
end;
$$;
comment on function private.merge_reply(integrations.webhook_events, boolean, text) is
  'Another event of a reply we have: the newer body wins by provider time, nothing known is emptied, interested stays.';

create function private.record_reply(p_event integrations.webhook_events, p_interested boolean)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_reply jsonb := v_data -> 'reply';
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  -- The mail's own date is as right as its sender's clock, but never later than when EmailBison had it.
  v_received_at timestamptz := coalesce(
    least((v_reply ->> 'date_received')::timestamptz, (v_reply ->> 'created_at')::timestamptz), v_at
  );
  v_email text := lower(btrim(coalesce(v_data #>> '{lead,email}', v_reply ->> 'from_email_address')));
  v_interested boolean := p_interested or coalesce((v_reply ->> 'interested')::boolean, false);
  v_is_counted boolean;
  v_lock bigint;
  v_lead uuid;
begin
  if private.is_bounce(v_reply) then
    return private.record_bounce(p_event);
  elsif v_reply ->> 'id' is null then
    perform private.raise_error('MR005', 'The event has no reply.id.');
  end if;

  v_lock := private.lock_person(p_event.client, v_email);
  v_is_counted := not private.store_reply(p_event, v_interested);
  if coalesce((v_reply ->> 'automated_reply')::boolean, false) then
    v_lead := private.record_lead_event(p_event, 'seen', v_received_at);
    return 'processed';
  end if;
  if not v_is_counted then
    v_lead := private.record_lead_event(p_event, 'replied', v_received_at);
  end if;
  if v_interested then
    v_lead := private.record_lead_event(p_event, 'interested', v_at);
  end if;
  if private.is_engaged_person(p_event.client, v_email) or v_interested then
    perform private.derive_person(p_event.client, v_email);
  end if;
  return 'processed';
end;
$$;
comment on function private.record_reply(integrations.webhook_events, boolean) is
  'A mail that came back: a bounce is counted as such, an automated reply is only stored, a person''s reply marks the '
  'lead replied once, an interested one makes the engaged lead.';

-- Handlers -------------------------------------------------------------------------------------------------------

create function public.handle_bison_email_sent(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_lead uuid := private.record_lead_event(p_event, 'sent', coalesce(p_event.occurred_at, p_event.received_at));
begin
  return 'processed';
end;
$$;
comment on function public.handle_bison_email_sent(integrations.webhook_events) is
  'EMAIL_SENT: a campaign mail went out.';

create function public.handle_bison_lead_first_contacted(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
begin
  perform private.record_lead_event(p_event, 'seen', coalesce(p_event.occurred_at, p_event.received_at));
  return 'processed';
end;
$$;
comment on function public.handle_bison_lead_first_contacted(integrations.webhook_events) is
  'LEAD_FIRST_CONTACTED: registers the lead. EMAIL_SENT of the same mail counts it.';

create function public.handle_bison_email_opened(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_lead uuid := private.record_lead_event(p_event, 'opened', coalesce(p_event.occurred_at, p_event.received_at));
begin
  return 'processed';
end;
$$;
comment on function public.handle_bison_email_opened(integrations.webhook_events) is
  'EMAIL_OPENED: every open counts, the lead''s first one as unique.';

create function public.handle_bison_email_bounced(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
begin
  return private.record_bounce(p_event);
end;
$$;
comment on function public.handle_bison_email_bounced(integrations.webhook_events) is
  'EMAIL_BOUNCED: a bounce, no reply.';

create function public.handle_bison_lead_unsubscribed(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  v_email text := lower(btrim(p_event.payload #>> '{data,lead,email}'));
begin
  perform private.lock_person(p_event.client, v_email);
  perform private.record_lead_event(p_event, 'unsubscribed', v_at);
  perform private.mark_person(p_event.client, v_email, p_unsubscribed_at => v_at);
  if private.is_engaged_person(p_event.client, v_email) then
    perform private.derive_person(p_event.client, v_email);
  end if;
  return 'processed';
end;
$$;
comment on function public.handle_bison_lead_unsubscribed(integrations.webhook_events) is
  'LEAD_UNSUBSCRIBED: the lead wants no more mail; its contact becomes inactive.';

create function public.handle_bison_lead_replied(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
begin
  return private.record_reply(p_event, false);
end;
$$;
comment on function public.handle_bison_lead_replied(integrations.webhook_events) is
  'LEAD_REPLIED: a lead answered a campaign mail.';

create function public.handle_bison_lead_interested(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
begin
  return private.record_reply(p_event, true);
end;
$$;
comment on function public.handle_bison_lead_interested(integrations.webhook_events) is
  'LEAD_INTERESTED: a reply was marked interested. The same reply.id comes in LEAD_REPLIED.';

create function public.handle_bison_untracked_reply(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_reply jsonb := p_event.payload #> '{data,reply}';
  v_email text;
begin
  if private.is_bounce(v_reply) then
    return private.record_bounce(p_event);
  elsif v_reply ->> 'id' is null then
    perform private.raise_error('MR005', 'The event has no reply.id.');
  end if;
  v_email := btrim(v_reply ->> 'from_email_address');
  perform private.lock_person(p_event.client, v_email);
  perform private.bison_inbox(p_event.client, p_event.payload #> '{data,sender_email}');
  perform private.store_reply(p_event, coalesce((v_reply ->> 'interested')::boolean, false));
  perform private.derive_person(p_event.client, v_email);
  return 'processed';
end;
$$;
comment on function public.handle_bison_untracked_reply(integrations.webhook_events) is
  'UNTRACKED_REPLY_RECEIVED: a mail that answers no campaign mail. Stored; a delivery report counts as a bounce.';

create function public.handle_bison_manual_email_sent(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_at timestamptz := coalesce(
    least((v_data #>> '{reply,date_received}')::timestamptz, (v_data #>> '{reply,created_at}')::timestamptz),
    p_event.occurred_at, p_event.received_at
  );
  v_email text := lower(btrim(coalesce(v_data #>> '{lead,email}', v_data #>> '{reply,primary_to_email_address}')));
begin
  perform private.lock_person(p_event.client, v_email);
  perform private.record_lead_event(p_event, 'seen', v_at);
  perform private.mark_person(p_event.client, v_email, p_written_to_at => v_at);
  update public.engaged_leads e
  set last_contact = v_at, last_event_at = greatest(e.last_event_at, v_at)
  where e.client = p_event.client
    and lower(e.email) = v_email
    and e.deleted_at is null
    and v_at > coalesce(e.last_contact, '-infinity');
  return 'processed';
end;
$$;
comment on function public.handle_bison_manual_email_sent(integrations.webhook_events) is
  'MANUAL_EMAIL_SENT: someone wrote by hand. Moves the last contact; no campaign figure counts it.';

create function public.handle_bison_email_account(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_sender jsonb := p_event.payload #> '{data,sender_email}';
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  v_id bigint := private.bison_inbox(p_event.client, v_sender);
begin
  if v_id is null then
    perform private.raise_error('MR005', 'The event names no inbox (sender_email.id and email).');
  end if;
  update public.inboxes i
  set name = coalesce(nullif(v_sender ->> 'name', ''), i.name),
      email = coalesce(v_sender ->> 'email', i.email),
      type = coalesce(v_sender ->> 'type', i.type),
      daily_limit = coalesce((v_sender ->> 'daily_limit')::integer, i.daily_limit),
      status = case p_event.event_type
        when 'EMAIL_ACCOUNT_DISCONNECTED' then 'Disconnected'
        when 'EMAIL_ACCOUNT_REMOVED' then 'Removed'
        else 'Connected'
      end,
      lifecycle_status = case
        when p_event.event_type = 'EMAIL_ACCOUNT_REMOVED' then 'removed'
        when i.lifecycle_status = 'removed' then 'active'
        else i.lifecycle_status
      end,
      disconnected_at = case when p_event.event_type = 'EMAIL_ACCOUNT_DISCONNECTED' then v_at end,
      removed_at = case when p_event.event_type = 'EMAIL_ACCOUNT_REMOVED' then v_at end,
      last_event_at = v_at,
      synced_at = private.clock()
  where i.id = v_id
    and v_at >= coalesce(i.last_event_at, '-infinity');
  return 'processed';
end;
$$;
comment on function public.handle_bison_email_account(integrations.webhook_events) is
  'EMAIL_ACCOUNT_ADDED, _REMOVED, _DISCONNECTED, _RECONNECTED: the state of an inbox; an older event changes nothing.';

create function public.handle_bison_warmup_disabled(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  v_id bigint := private.bison_inbox(p_event.client, p_event.payload #> '{data,sender_email}');
begin
  if v_id is null then
    perform private.raise_error('MR005', 'The event names no inbox (sender_email.id and email).');
  end if;
  update public.inboxes i
  set warmup_enabled = false,
      warmup_disabled_at = v_at,
      warmup_disabled_reason = case p_event.event_type
        when 'WARMUP_DISABLED_CAUSING_BOUNCES' then 'causing bounces'
        else 'receiving bounces'
      end
  where i.id = v_id
    and v_at >= coalesce(i.warmup_disabled_at, '-infinity');
  return 'processed';
end;
$$;
comment on function public.handle_bison_warmup_disabled(integrations.webhook_events) is
  'WARMUP_DISABLED_CAUSING_BOUNCES and _RECEIVING_BOUNCES: EmailBison stopped an inbox''s warm-up, and why.';

create function public.handle_bison_tag(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_attach boolean := p_event.event_type = 'TAG_ATTACHED';
  v_name text := v_data ->> 'tag_name';
  v_target numeric := (v_data ->> 'taggable_id')::numeric;
begin
  -- Only "Campaign" and "Lead" have been seen as taggable_type; an inbox's word is matched loosely.
  if v_data ->> 'taggable_type' ~* 'lead|contact' then
    update public.all_leads l
    set tags = (l.tags - v_name) || case when v_attach then to_jsonb(array[v_name]) else '[]' end
    where l.client = p_event.client
      and l.lead_id = v_target;
  elsif v_data ->> 'taggable_type' ~* 'campaign' then
    update public."Campaigns" c
    set tags = (c.tags - v_name) || case when v_attach then to_jsonb(array[v_name]) else '[]' end
    where c.client = p_event.client
      and c.campaign_id = v_target::text;
  elsif v_data ->> 'taggable_type' ~* 'sender|inbox|account' then
    perform private.tag_inbox(p_event.client, (v_data ->> 'tag_id')::integer, v_name, v_target::integer, v_attach);
  else
    return 'ignored';
  end if;
  return 'processed';
end;
$$;
comment on function public.handle_bison_tag(integrations.webhook_events) is
  'TAG_ATTACHED, TAG_REMOVED on a lead, a campaign or an inbox; other things are ignored.';

create function private.tag_inbox(
  p_client text, p_bison_tag_id integer, p_name text, p_bison_inbox_id integer, p_attach boolean
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_tag_id uuid;
begin
  insert into public.inbox_tags as t (client, bison_tag_id, name, synced_at)
  values (p_client, p_bison_tag_id, p_name, private.clock())
  on conflict (client, bison_tag_id) do update set name = excluded.name, synced_at = excluded.synced_at
  returning t.id into v_tag_id;
  if p_attach then
    insert into public.inbox_tag_assignments (inbox_id, tag_id)
    values (p_bison_inbox_id, v_tag_id)
    on conflict (inbox_id, tag_id) do nothing;
  else
    delete from public.inbox_tag_assignments a
    where a.inbox_id = p_bison_inbox_id
      and a.tag_id = v_tag_id;
  end if;
  update public.inboxes i
  set tags = (coalesce(i.tags, '[]') - p_name) || case when p_attach then to_jsonb(array[p_name]) else '[]' end
  where i.client = p_client
    and i.bison_inbox_id = p_bison_inbox_id;
end;
$$;
comment on function private.tag_inbox(text, integer, text, integer, boolean) is
  'Attaches a tag to an inbox or takes it off: the tag''s row, the assignment and inboxes.tags.';

insert into integrations.webhook_handlers (provider, event_type, handler)
values
  ('bison', 'EMAIL_SENT', 'public.handle_bison_email_sent'),
  ('bison', 'LEAD_FIRST_CONTACTED', 'public.handle_bison_lead_first_contacted'),
  ('bison', 'EMAIL_OPENED', 'public.handle_bison_email_opened'),
  ('bison', 'EMAIL_BOUNCED', 'public.handle_bison_email_bounced'),
  ('bison', 'LEAD_REPLIED', 'public.handle_bison_lead_replied'),
  ('bison', 'LEAD_INTERESTED', 'public.handle_bison_lead_interested'),
  ('bison', 'LEAD_UNSUBSCRIBED', 'public.handle_bison_lead_unsubscribed'),
  ('bison', 'UNTRACKED_REPLY_RECEIVED', 'public.handle_bison_untracked_reply'),
  ('bison', 'MANUAL_EMAIL_SENT', 'public.handle_bison_manual_email_sent'),
  ('bison', 'EMAIL_ACCOUNT_ADDED', 'public.handle_bison_email_account'),
  ('bison', 'EMAIL_ACCOUNT_REMOVED', 'public.handle_bison_email_account'),
  ('bison', 'EMAIL_ACCOUNT_DISCONNECTED', 'public.handle_bison_email_account'),
  ('bison', 'EMAIL_ACCOUNT_RECONNECTED', 'public.handle_bison_email_account'),
  ('bison', 'WARMUP_DISABLED_CAUSING_BOUNCES', 'public.handle_bison_warmup_disabled'),
  ('bison', 'WARMUP_DISABLED_RECEIVING_BOUNCES', 'public.handle_bison_warmup_disabled'),
  ('bison', 'TAG_ATTACHED', 'public.handle_bison_tag'),
  ('bison', 'TAG_REMOVED', 'public.handle_bison_tag');
