-- What Calendly's webhooks do to the tables. Every booking is one row of calendly_invitees (203), filled by whichever
-- event comes first; the meeting of a person is derived from the set of their bookings, so that cancel before create,
-- or the new booking of a reschedule before the cancel of the old one, ends in the same state.

create table public.calendly_routing_submissions (
  client text not null,
  submission_uri text not null,
  routing_form_uri text,
  result_type text,
  result_value text,
  submitter_uri text,
  questions_and_answers jsonb not null default '[]',
  tracking jsonb not null default '{}',
  submitted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (client, submission_uri)
);
comment on table public.calendly_routing_submissions is
  'Answers given on a Calendly routing form. submitter_uri is null when nothing was booked.';
select private.apply_client_policies('public.calendly_routing_submissions', 'none');

create table public.calendly_event_types (
  client text not null,
  event_type_uri text not null,
  name text,
  is_active boolean not null default true,
  deleted_at timestamptz,
  details jsonb not null default '{}',
  provider_updated_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (client, event_type_uri)
);
comment on table public.calendly_event_types is
  'Kinds of meetings a client offers in Calendly, with Calendly''s own body in details; an older event changes '
  'nothing.';
select private.apply_client_policies('public.calendly_event_types', 'none');

create index calendly_invitees_client_old_invitee_uri_idx
on public.calendly_invitees (client, old_invitee_uri) where old_invitee_uri is not null;

create function private.is_wanted_event_type(p_endpoint_id bigint, p_event_type_uri text)
returns boolean
language sql stable
set search_path = ''
as $$
  select coalesce(
    (
      select jsonb_typeof(e.settings -> 'event_types') is distinct from 'array'
        or jsonb_array_length(e.settings -> 'event_types') = 0
        or e.settings -> 'event_types' ? p_event_type_uri
      from integrations.webhook_endpoints e
      where e.id = p_endpoint_id
    ),
    true
  )
$$;
comment on function private.is_wanted_event_type(bigint, text) is
  'A subscription of organization scope brings every colleague''s event types; the endpoint''s settings say which '
  'count.';

-- The meeting of a person ----------------------------------------------------------------------------------------

create function private.booking_chain(p_client text, p_invitee_uri text)
returns table (first_booked_at timestamptz, reschedule_count integer)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
  with recursive chain as (
    select i.old_invitee_uri, i.booked_at, 0 as depth
    from public.calendly_invitees i
    where i.client = p_client
      and i.invitee_uri = p_invitee_uri
    union all
    select i.old_invitee_uri, i.booked_at, c.depth + 1
    from chain c
    cross join lateral (
      select k.* from public.calendly_invitees k where k.client = p_client and k.invitee_uri = c.old_invitee_uri offset 0
    ) as i
    where c.depth < 100
  )
  select min(c.booked_at), max(c.depth + (c.old_invitee_uri is not null)::integer) from chain c;
end;
$$;
comment on function private.booking_chain(text, text) is
  'When a booking was first made, through its reschedules, and how often it was moved.';

create function private.derive_meeting(p_client text, p_email text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_email text := lower(p_email);
  v_booking public.calendly_invitees;
  v_lead public.all_leads;
  v_status text;
  v_chain record;
begin
  select i.* into v_booking
  from public.calendly_invitees i
  where i.client = p_client
    and lower(i.email) = v_email
  order by i.canceled_at is null desc, i.booked_at desc nulls last, i.invitee_uri desc
  limit 1;
  if not found then
    return;
  end if;
  v_status := case
    when v_booking.canceled_at is null and v_booking.no_show then 'no_show'
    when v_booking.canceled_at is null then 'booked'
    -- Moved, and the new booking is still on its way.
    when v_booking.rescheduled and not exists (
      select
      from public.calendly_invitees n
      where n.client = p_client
        and n.invitee_uri = v_booking.new_invitee_uri
    ) then 'booked'
    else 'canceled'
  end;
  select * into v_chain from private.booking_chain(p_client, v_booking.invitee_uri);
  select l.* into v_lead
  from public.all_leads l
  where l.client = p_client
    and lower(l.email) = v_email
  order by l.first_contacted_at desc nulls last, l.campaign_id
  limit 1;

  insert into public.meetings_booked as m (
    client, email, first_name, last_name, full_name, title, company, company_domain, profile_url, campaign_id,
    campaign_name, bison_lead_id, custom_variables_jsonb, created_time, invitee_uri, event_uri, event_type_uri,
    meeting_name, meeting_date, meeting_end, meeting_link, rescheduling_link, cancel_link, status, canceled_at,
    cancel_reason, reschedule_count
  )
  values (
    p_client, v_booking.email, coalesce(v_booking.first_name, v_lead.first_name, private.first_name(v_booking.name)),
    coalesce(v_booking.last_name, v_lead.last_name, private.last_name(v_booking.name)),
    coalesce(v_booking.name, v_lead.full_name), v_lead.job_title,
    coalesce(v_lead.company, private.answer_to(v_booking.questions_and_answers, 'company')),
    coalesce(
      v_lead.company_domain,
      private.company_domain_of(v_booking.email, coalesce(v_lead.custom_variables_jsonb, '{}'))
    ),
    v_lead.profile_url, coalesce(v_lead.campaign_id, v_booking.tracking ->> 'utm_campaign'), v_lead.campaign_name,
    v_lead.lead_id::bigint, coalesce(v_lead.custom_variables_jsonb, '{}'), v_chain.first_booked_at,
    v_booking.invitee_uri, v_booking.event_uri, v_booking.event_type_uri, v_booking.event_name, v_booking.start_time,
    v_booking.end_time, v_booking.join_url, v_booking.reschedule_url, v_booking.cancel_url, v_status,
    case v_status when 'canceled' then v_booking.canceled_at end,
    case v_status when 'canceled' then v_booking.cancel_reason end, v_chain.reschedule_count
  )
  on conflict (client, lower(email)) do update
  set first_name = coalesce(excluded.first_name, m.first_name),
      last_name = coalesce(excluded.last_name, m.last_name),
      full_name = coalesce(excluded.full_name, m.full_name),
      title = coalesce(excluded.title, m.title),
      company = coalesce(excluded.company, m.company),
      company_domain = coalesce(excluded.company_domain, m.company_domain),
      profile_url = coalesce(excluded.profile_url, m.profile_url),
      campaign_id = coalesce(excluded.campaign_id, m.campaign_id),
      campaign_name = coalesce(excluded.campaign_name, m.campaign_name),
      bison_lead_id = coalesce(excluded.bison_lead_id, m.bison_lead_id),
      custom_variables_jsonb = m.custom_variables_jsonb || excluded.custom_variables_jsonb,
      created_time = excluded.created_time,
      invitee_uri = excluded.invitee_uri,
      event_uri = excluded.event_uri,
      event_type_uri = excluded.event_type_uri,
      meeting_name = excluded.meeting_name,
      meeting_date = excluded.meeting_date,
      meeting_end = excluded.meeting_end,
      meeting_link = coalesce(excluded.meeting_link, m.meeting_link),
      rescheduling_link = excluded.rescheduling_link,
      cancel_link = excluded.cancel_link,
      status = excluded.status,
      canceled_at = excluded.canceled_at,
      cancel_reason = excluded.cancel_reason,
      reschedule_count = excluded.reschedule_count;
end;
$$;
comment on function private.derive_meeting(text, text) is
  'meetings_booked of a person from all their bookings, if there are any: the newest that stands, else the newest '
  'canceled one. The caller holds lock_person.';

create function private.answer_to(p_answers jsonb, p_word text)
returns text
language sql immutable
set search_path = ''
as $$
  select nullif(btrim(a.item ->> 'answer'), '')
  from jsonb_array_elements(case jsonb_typeof(p_answers) when 'array' then p_answers else '[]' end) a (item)
  where strpos(lower(a.item ->> 'question'), p_word) > 0
  order by (a.item ->> 'position')::numeric nulls last
  limit 1
$$;
comment on function private.answer_to(jsonb, text) is 'The first answer to a booking question that contains the word.';

-- Handlers -------------------------------------------------------------------------------------------------------

create function public.handle_calendly_invitee(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_body jsonb := p_event.payload -> 'payload';
  v_meeting jsonb := v_body -> 'scheduled_event';
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
  v_email text := nullif(lower(btrim(v_body ->> 'email')), '');
  v_is_no_show_event boolean := p_event.event_type like 'invitee_no_show.%';
begin
  if not private.is_wanted_event_type(p_event.endpoint_id, v_meeting ->> 'event_type') then
    return 'ignored';
  elsif v_email is null or v_body ->> 'uri' is null then
    perform private.raise_error('MR005', 'The event has no payload.email or no payload.uri.');
  end if;
  -- A reschedule ties two addresses together, so the bookings of a client wait for each other: they are few.
  perform private.lock_person(p_event.client, 'bookings');
  perform private.lock_person(p_event.client, v_email);

  insert into public.calendly_invitees as i (
    client, invitee_uri, email, name, first_name, last_name, event_uri, event_type_uri, event_name, start_time, end_time,
    join_url, cancel_url, reschedule_url, time_zone, booked_at, canceled_at, canceler_type, cancel_reason, rescheduled,
    old_invitee_uri, new_invitee_uri, no_show, no_show_changed_at, tracking, questions_and_answers
  )
  values (
    p_event.client, v_body ->> 'uri', v_email, nullif(btrim(v_body ->> 'name'), ''), v_body ->> 'first_name',
    v_body ->> 'last_name', coalesce(v_meeting ->> 'uri', v_body ->> 'event'), v_meeting ->> 'event_type',
    v_meeting ->> 'name', (v_meeting ->> 'start_time')::timestamptz, (v_meeting ->> 'end_time')::timestamptz,
    v_meeting #>> '{location,join_url}', v_body ->> 'cancel_url', v_body ->> 'reschedule_url', v_body ->> 'timezone',
    coalesce((v_body ->> 'created_at')::timestamptz, v_at),
    case when v_body ->> 'status' = 'canceled' or p_event.event_type = 'invitee.canceled' then
      coalesce((v_body #>> '{cancellation,created_at}')::timestamptz, v_at)
    end,
    v_body #>> '{cancellation,canceler_type}', v_body #>> '{cancellation,reason}',
    coalesce((v_body ->> 'rescheduled')::boolean, false), v_body ->> 'old_invitee', v_body ->> 'new_invitee',
    p_event.event_type = 'invitee_no_show.created', case when v_is_no_show_event then v_at end,
    coalesce(nullif(v_body -> 'tracking', 'null'), '{}'),
    coalesce(nullif(v_body -> 'questions_and_answers', 'null'), '[]')
  )
  on conflict (client, invitee_uri) do update
  -- An invitee never comes back from canceled, nor does it lose its links: what is known stays.
  set canceled_at = coalesce(i.canceled_at, excluded.canceled_at),
      canceler_type = coalesce(i.canceler_type, excluded.canceler_type),
      cancel_reason = coalesce(i.cancel_reason, excluded.cancel_reason),
      rescheduled = i.rescheduled or excluded.rescheduled,
      old_invitee_uri = coalesce(i.old_invitee_uri, excluded.old_invitee_uri),
      new_invitee_uri = coalesce(i.new_invitee_uri, excluded.new_invitee_uri),
      join_url = coalesce(i.join_url, excluded.join_url),
      booked_at = least(i.booked_at, excluded.booked_at),
      no_show = case
        when v_is_no_show_event and v_at >= coalesce(i.no_show_changed_at, '-infinity') then excluded.no_show
        else i.no_show
      end,
      no_show_changed_at = greatest(i.no_show_changed_at, excluded.no_show_changed_at);

  perform private.derive_person(p_event.client, v_email);
  perform private.derive_linked_people(p_event.client, v_body ->> 'uri', v_email);
  return 'processed';
end;
$$;
comment on function public.handle_calendly_invitee(integrations.webhook_events) is
  'invitee.created, invitee.canceled, invitee_no_show.created and .deleted: stores the booking and derives the '
  'meeting, the engaged lead and the CRM contact from it.';

create function private.derive_linked_people(p_client text, p_invitee_uri text, p_email text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_email text;
begin
  for v_email in
    with recursive later as (
      select i.invitee_uri, i.email, i.old_invitee_uri
      from public.calendly_invitees i
      where i.client = p_client
        and i.invitee_uri = p_invitee_uri
      union
      select i.invitee_uri, i.email, i.old_invitee_uri
      from later l
      cross join lateral (
        select k.*
        from public.calendly_invitees k
        where k.client = p_client
          and k.old_invitee_uri = l.invitee_uri
        offset 0
      ) as i
    )
    select lower(l.email) from later l
    union
    select lower(i.email)
    from later l
    cross join lateral (
      select k.email
      from public.calendly_invitees k
      where k.client = p_client
        and k.invitee_uri = l.old_invitee_uri
      offset 0
    ) as i
    order by 1
  loop
    if v_email <> p_email then
      perform private.lock_person(p_client, v_email);
      perform private.derive_person(p_client, v_email);
    end if;
  end loop;
end;
$$;
comment on function private.derive_linked_people(text, text, text) is
  'A reschedule under another address leaves the old address without its meeting, and the new one with its history: '
  'derives whoever a booking was moved from or to, p_email excepted.';

create function public.handle_calendly_routing_form(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_body jsonb := p_event.payload -> 'payload';
begin
  if v_body ->> 'uri' is null then
    perform private.raise_error('MR005', 'The event has no payload.uri.');
  elsif v_body #>> '{result,type}' = 'event_type'
    and not private.is_wanted_event_type(p_event.endpoint_id, v_body #>> '{result,value}')
  then
    return 'ignored';
  end if;
  insert into public.calendly_routing_submissions (
    client, submission_uri, routing_form_uri, result_type, result_value, submitter_uri, questions_and_answers, tracking,
    submitted_at
  )
  values (
    p_event.client, v_body ->> 'uri', v_body ->> 'routing_form', v_body #>> '{result,type}', v_body #>> '{result,value}',
    v_body ->> 'submitter', coalesce(nullif(v_body -> 'questions_and_answers', 'null'), '[]'),
    coalesce(nullif(v_body -> 'tracking', 'null'), '{}'),
    coalesce((v_body ->> 'created_at')::timestamptz, p_event.occurred_at, p_event.received_at)
  )
  on conflict (client, submission_uri) do nothing;
  return 'processed';
end;
$$;
comment on function public.handle_calendly_routing_form(integrations.webhook_events) is
  'routing_form_submission.created: keeps the answers.';

create function public.handle_calendly_event_type(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_body jsonb := p_event.payload -> 'payload';
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
begin
  if v_body ->> 'uri' is null then
    perform private.raise_error('MR005', 'The event has no payload.uri.');
  end if;
  insert into public.calendly_event_types as t (
    client, event_type_uri, name, is_active, deleted_at, details, provider_updated_at
  )
  values (
    p_event.client, v_body ->> 'uri', v_body ->> 'name', coalesce((v_body ->> 'active')::boolean, true),
    case when p_event.event_type = 'event_type.deleted' then v_at end, v_body, v_at
  )
  on conflict (client, event_type_uri) do update
  set name = coalesce(excluded.name, t.name), is_active = excluded.is_active, deleted_at = excluded.deleted_at,
      details = excluded.details, provider_updated_at = excluded.provider_updated_at
  where excluded.provider_updated_at >= t.provider_updated_at;
  return 'processed';
end;
$$;
comment on function public.handle_calendly_event_type(integrations.webhook_events) is
  'event_type.created, .updated, .deleted: keeps the list of meeting kinds.';

insert into integrations.webhook_handlers (provider, event_type, handler)
values
  ('calendly', 'invitee.created', 'public.handle_calendly_invitee'),
  ('calendly', 'invitee.canceled', 'public.handle_calendly_invitee'),
  ('calendly', 'invitee_no_show.created', 'public.handle_calendly_invitee'),
  ('calendly', 'invitee_no_show.deleted', 'public.handle_calendly_invitee'),
  ('calendly', 'routing_form_submission.created', 'public.handle_calendly_routing_form'),
  ('calendly', 'event_type.created', 'public.handle_calendly_event_type'),
  ('calendly', 'event_type.updated', 'public.handle_calendly_event_type'),
  ('calendly', 'event_type.deleted', 'public.handle_calendly_event_type');
