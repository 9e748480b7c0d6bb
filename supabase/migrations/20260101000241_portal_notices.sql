-- What the agency is told of by itself: interested replies, bookings, disconnected inboxes, jobs and webhooks that died;
-- and what /millrace answers. docs/slack.md lists all kinds.
--
-- Nothing here is done where webhooks are stored: people are told when the relay publishes the domain event, or by a
-- schedule that looks at what died.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('notices.oldest_days', 3, 'days', 1, 60, 'What happened longer ago is no news, as when a history is read in.'),
  ('notices.repeat_hours', 24, 'hours', 1, 720, 'Of one inbox, another disconnect within so many hours is not told again.');

insert into integrations.notice_kinds (kind, description, severity, enabled)
values
  ('interested_reply', 'A lead shows interest. One notice a reply.', 'info', true),
  ('meeting_booked', 'A meeting was booked.', 'info', true),
  ('meeting_canceled', 'A meeting was canceled for good.', 'warning', true),
  ('inboxes_disconnected', 'Inboxes lost their connection to EmailBison.', 'urgent', true),
  ('dead_jobs', 'Jobs failed for good, told once an hour for each type.', 'urgent', true),
  ('dead_slack_jobs', 'Jobs of Slack itself failed for good: kept and shown by the API, as posting is what fails.', 'urgent',
    false),
  ('dead_webhooks', 'Deliveries that wait for a person, once for each type and hour of arrival.', 'urgent', true);

-- Domain events --------------------------------------------------------------------------------------------------

create function private.person_line(p_name text, p_email text, p_more text default null)
returns text
language sql immutable
set search_path = ''
as $$
  select format('*%s*%s', coalesce(nullif(btrim(p_name), ''), p_email), coalesce(' (' || nullif(p_more, '') || ')', ''))
$$;

create function private.notify_interest(p_client text, p_type text, p_data jsonb)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_reply public.replies;
begin
  if p_type = 'lead.replied' then
    select r.* into v_reply
    from public.replies r
    where r.instance_url = p_data ->> 'instance_url' and r.reply_id = (p_data ->> 'reply_id')::bigint;
  else
    -- The mail that showed the interest; without one it was noted by hand or by another event.
    select r.* into v_reply
    from public.replies r
    where r.client = p_client
      and lower(coalesce(r.lead_email, r.from_email)) = lower(p_data ->> 'email')
      and r.interested
    order by r.received_at desc nulls last
    limit 1;
  end if;
  return integrations.notify(
    'interested_reply', p_client,
    coalesce(format('reply %s %s', v_reply.instance_url, v_reply.reply_id), 'lead ' || (p_data ->> 'engaged_lead_id')),
    concat_ws(
      chr(10),
      private.person_line(
        coalesce(p_data ->> 'name', concat_ws(' ', p_data ->> 'first_name', p_data ->> 'last_name')), p_data ->> 'email',
        concat_ws(', ', nullif(p_data ->> 'job_title', ''), nullif(p_data ->> 'company', ''))
      ) || ' is interested.',
      left(regexp_replace(btrim(v_reply.text_body), '\s+', ' ', 'g'), 300)
    ),
    jsonb_build_object('email', p_data ->> 'email', 'reply_id', v_reply.reply_id, 'campaign_id', p_data -> 'campaign_id')
  );
end;
$$;
comment on function private.notify_interest(text, text, jsonb) is
  'One notice a reply: lead.replied (interested) and lead.interested of one mail have one key.';

create function private.notify_meeting(p_client text, p_type text, p_data jsonb, p_event_id uuid)
returns uuid
language sql
set search_path = ''
as $$
  select integrations.notify(
    case p_type when 'meeting.booked' then 'meeting_booked' else 'meeting_canceled' end, p_client, p_event_id::text,
    format(
      '%s %s %s, %s.%s', private.person_line(p_data ->> 'name', p_data ->> 'email'),
      case p_type when 'meeting.booked' then 'booked' else 'canceled' end,
      coalesce(p_data ->> 'meeting_name', 'a meeting'),
      coalesce(
        to_char(
          (p_data ->> 'starts_at')::timestamptz at time zone private.time_zone_of(p_client), 'FMDD Mon YYYY HH24:MI'
        ) || ' (' || private.time_zone_of(p_client) || ')',
        'time unknown'
      ),
      coalesce(' ' || (p_data ->> 'cancel_reason'), '')
    ),
    jsonb_build_object('email', p_data ->> 'email', 'starts_at', p_data -> 'starts_at')
  )
$$;

create function private.notify_disconnected(p_event_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_group record;
begin
  for v_group in
    select
      e.client, count(*) as n, min(e.event_id::text) as key, jsonb_agg(e.email) as emails,
      string_agg(e.email, ', ' order by e.email) filter (where e.place <= 5) as first_emails
    from (
      select
        t.business as client, o.event_id, o.event_data ->> 'email' as email,
        row_number() over (partition by t.business order by o.event_data ->> 'email') as place
      from shared.outbox_events o
      join integrations.tenants t on o.tenant_id in (t.tenant_id, t.business)
      where o.event_id = any(p_event_ids)
        and o.event_type = 'inbox.disconnected'
        and not exists (
          select
          from integrations.notices n
          where n.client = t.business
            and n.kind = 'inboxes_disconnected'
            and n.created_at > private.clock() - private.setting('notices.repeat_hours') * interval '1 hour'
            and n.details -> 'inboxes' @> jsonb_build_array(o.event_data ->> 'email')
        )
    ) as e
    group by e.client
  loop
    perform integrations.notify(
      'inboxes_disconnected', v_group.client, v_group.key,
      format(
        '%s: %s lost the connection to EmailBison. Connect again there.',
        v_group.first_emails || case when v_group.n > 5 then format(' and %s more', v_group.n - 5) else '' end,
        case v_group.n when 1 then 'this inbox' else v_group.n || ' inboxes' end
      ),
      jsonb_build_object('inboxes', v_group.emails)
    );
  end loop;
end;
$$;
comment on function private.notify_disconnected(uuid[]) is
  'One notice a client for all that lost their connection together; an inbox told of lately is left out.';

create function private.tell_events(p_event_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  -- Most events are none of these: they pay for this look alone.
  v_news uuid[] := array(
    select e.event_id
    from shared.outbox_events e
    where e.event_id = any(p_event_ids)
      and (
        e.event_type in ('meeting.booked', 'meeting.canceled', 'inbox.disconnected')
        or (e.event_type = 'lead.replied' and (e.event_data ->> 'interested')::boolean)
        or (e.event_type = 'lead.interested' and not (e.event_data ->> 'meeting_booked')::boolean)
      )
    order by e.position
  );
  v_event record;
begin
  if v_news = '{}' then
    return v_news;
  end if;
  for v_event in
    select e.event_id, e.event_type, e.event_data, t.business as client
    from shared.outbox_events e
    join integrations.tenants t on e.tenant_id in (t.tenant_id, t.business)
    where e.event_id = any(v_news)
      and e.event_type <> 'inbox.disconnected'
      and e.occurred_at >= private.clock() - private.setting('notices.oldest_days') * interval '1 day'
    order by e.position
  loop
    -- A notice that cannot be written must not keep the event from the agency's customers.
    begin
      if v_event.event_type like 'meeting.%' then
        perform private.notify_meeting(v_event.client, v_event.event_type, v_event.event_data, v_event.event_id);
      else
        perform private.notify_interest(v_event.client, v_event.event_type, v_event.event_data);
      end if;
    exception when others then
      raise warning 'No notice of event %: %', v_event.event_id, sqlerrm;
    end;
  end loop;
  begin
    perform private.notify_disconnected(v_news);
  exception when others then
    raise warning 'No notice of disconnected inboxes: %', sqlerrm;
  end;
  return v_news;
end;
$$;
comment on function private.tell_events(uuid[]) is
  'The consumer `notices`: tells people of the events that they want to know. A meeting tells of its lead''s interest.';
insert into integrations.event_consumers (name, handler) values ('notices', 'private.tell_events');

-- What died ------------------------------------------------------------------------------------------------------

create function private.tell_dead(p_limit integer default 50)
returns table (told integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_dead record;
begin
  told := 0;
  for v_dead in
    select
      d.kind, d.client, d.key, d.text, d.details
    from (
      select
        case when j.queue_name = 'slack' then 'dead_slack_jobs' else 'dead_jobs' end as kind, null::text as client,
        format('%s %s', j.job_type, date_trunc('hour', j.started_at at time zone 'UTC')) as key,
        format(
          '%s of type `%s` failed for good. The last one: %s', case count(*) when 1 then 'A job' else count(*) || ' jobs' end,
          j.job_type, coalesce((array_agg(j.last_error order by j.started_at desc))[1], 'no reason given')
        ) as text,
        jsonb_build_object('job_type', j.job_type, 'jobs', count(*), 'job_id', (array_agg(j.id order by j.id))[1])
          as details
      from outbound.job_queue j
      where j.status = 'failed'
        and j.scheduled_at > v_now - interval '7 days'
        and j.started_at > v_now - interval '2 hours'
      group by j.queue_name = 'slack', j.job_type, date_trunc('hour', j.started_at at time zone 'UTC')
      union all
      select
        'dead_webhooks', e.client,
        concat_ws(' ', e.client, e.provider, e.event_type, date_trunc('hour', e.received_at at time zone 'UTC')),
        format(
          '%s of %s (`%s`) cannot be handled. The last one, %s: %s. `/millrace replay %s` once it is mended.',
          case count(*) when 1 then 'A delivery' else count(*) || ' deliveries' end, e.provider, e.event_type, max(e.id),
          coalesce((array_agg(e.last_error order by e.id desc))[1], 'no reason given'), max(e.id)
        ),
        jsonb_build_object(
          'provider', e.provider, 'event_type', e.event_type, 'deliveries', count(*), 'event_id', max(e.id)
        )
      from integrations.webhook_events e
      where e.status = 'dead'
        and e.received_at > v_now - interval '3 days'
      group by e.client, e.provider, e.event_type, date_trunc('hour', e.received_at at time zone 'UTC')
    ) as d
    where not exists (select from integrations.notices n where n.kind = d.kind and n.dedupe_key = d.key)
    order by d.key
    limit p_limit
  loop
    told := told
      + (integrations.notify(v_dead.kind, v_dead.client, v_dead.key, v_dead.text, v_dead.details) is not null)::integer;
  end loop;
  has_more := told >= p_limit;
  return next;
end;
$$;
comment on function private.tell_dead(integer) is
  'Tells of jobs and webhooks that wait for a person, at most p_limit groups. A look at the few dead ones, as a trigger '
  'would cost every job and delivery.';

-- /millrace ------------------------------------------------------------------------------------------------------

insert into integrations.slack_commands (name, usage, handler, for_deciders)
values
  ('status', 'status', 'private.slack_status', false),
  ('client', 'client <name>', 'private.slack_client', false),
  ('replay', 'replay <event id>', 'private.slack_replay', true);

create function private.slack_status(p_argument text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_jobs record;
  v_webhooks record;
  v_late text;
begin
  select
    count(*) filter (where j.status = 'waiting') as waiting, count(*) filter (where j.status = 'active') as active,
    count(*) filter (where j.status = 'delayed') as delayed, count(*) filter (where j.status = 'failed') as dead
  into v_jobs
  from outbound.job_queue j
  where j.status <> 'completed';
  select
    count(*) filter (where e.status = 'failed') as failed, count(*) filter (where e.status = 'dead') as dead
  into v_webhooks
  from integrations.webhook_events e
  where e.status in ('failed', 'dead');
  select string_agg(h.job, ', ' order by h.job) into v_late
  from integrations.schedule_health h
  where h.late > interval '10 minutes';
  return concat_ws(
    chr(10),
    format(
      '*Jobs*: %s waiting, %s running, %s delayed, %s dead', v_jobs.waiting, v_jobs.active, v_jobs.delayed, v_jobs.dead
    ),
    format('*Webhooks*: %s to be tried again, %s dead', v_webhooks.failed, v_webhooks.dead),
    '*Schedules*: ' || coalesce('late are ' || v_late, 'all on time'),
    format(
      '*Decisions*: %s open', (select count(*) from integrations.approvals a where a.status = 'open')
    )
  );
end;
$$;
comment on function private.slack_status(text) is 'Answer to /millrace status.';

create function private.slack_client(p_argument text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_client text;
  v_found integer;
  v_week record;
  v_inboxes record;
begin
  if btrim(p_argument) = '' then
    return 'Name the client, or how its name begins: `/millrace client North`.';
  end if;
  select t.business into v_client
  from integrations.tenants t
  where lower(t.business) = lower(btrim(p_argument))
    and not t.is_agency;
  if v_client is null then
    select count(*), min(t.business) into v_found, v_client
    from integrations.tenants t
    where starts_with(lower(t.business), lower(btrim(p_argument)))
      and not t.is_agency;
    if v_found <> 1 then
      return case
        when v_found = 0 then 'There is no client of this name.'
        else 'Several clients begin like that. Write more of the name.'
      end;
    end if;
  end if;
  select
    coalesce(sum(r.emails_sent), 0) as sent, coalesce(sum(r.unique_replies_per_contact), 0) as replies,
    coalesce(sum(r.interested), 0) as interested
  into v_week
  from public.campaign_reporting_current r
  where r.client = v_client
    and r.date > (private.clock() at time zone private.time_zone_of(v_client))::date - 7;
  select
    count(*) filter (where lower(i.status) = 'connected') as connected, count(*) as total,
    coalesce(sum(i.daily_limit) filter (where lower(i.status) = 'connected'), 0) as capacity
  into v_inboxes
  from public.inboxes i
  where i.client = v_client
    and i.removed_at is null;
  return concat_ws(
    chr(10),
    format('*%s*, the last seven days', private.slack_escape(v_client)),
    format('%s mails, %s replies, %s interested', v_week.sent, v_week.replies, v_week.interested),
    format(
      '%s meetings booked',
      (
        select count(*)
        from public.meetings_booked m
        where m.client = v_client and m.created_time > private.clock() - interval '7 days'
      )
    ),
    format('%s of %s inboxes connected, %s mails a day', v_inboxes.connected, v_inboxes.total, v_inboxes.capacity),
    (
      select 'To decide: ' || string_agg(private.slack_escape(a.title), '; ' order by a.created_at)
      from integrations.approvals a
      where a.client = v_client and a.status = 'open'
    )
  );
end;
$$;
comment on function private.slack_client(text) is 'Answer to /millrace client <the beginning of a name>.';

create function private.slack_replay(p_argument text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  if btrim(p_argument, ' #') !~ '^[0-9]{1,18}$' then
    return 'Name the event by its number: `/millrace replay 4711`.';
  end if;
  v_id := btrim(p_argument, ' #')::bigint;
  return format('Event %s: %s.', v_id, integrations.replay_webhook(v_id));
end;
$$;
comment on function private.slack_replay(text) is 'Answer to /millrace replay <event id>.';

-- Deciding without Slack -------------------------------------------------------------------------------------------

create function integrations.decide(p_approval_id uuid, p_decision text, p_reason text default null)
returns table (outcome text, decided_by text, message text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_approval integrations.approvals;
begin
  select a.* into v_approval from integrations.approvals a where a.id = p_approval_id;
  if v_approval.id is null then
    perform private.raise_error('MR001', 'There is no such approval.', p_approval_id::text);
  end if;
  perform private.require_staff_of(v_approval.client);
  return query select * from integrations.decide_approval(p_approval_id, p_decision, private.actor(), p_reason);
end;
$$;
comment on function integrations.decide(uuid, text, text) is
  'integrations.decide_approval for people: the agency''s staff. MR001: no such approval, MR004: not staff, MR002: not one '
  'of the choices, MR003: the kind''s rules refuse. Definer: users may not write approvals.';
grant execute on function integrations.decide(uuid, text, text) to authenticated;
