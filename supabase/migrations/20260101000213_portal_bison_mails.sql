-- EmailBison: mails that came back. A bounce is counted as such, an automated reply is only stored, a person's reply
-- marks the lead replied once, an interested one makes the engaged lead.

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
comment on function private.is_bounce(jsonb) is
  'Whether a received mail is a delivery report, by its type, folder or sender.';

create function private.record_bounce(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := p_event.payload -> 'data';
  v_campaign_id integer := (v_data #>> '{campaign,id}')::integer;
  v_instance text := private.bison_instance(p_event);
  v_reply_id bigint := (v_data #>> '{reply,id}')::bigint;
  v_known public.bounces;
  v_is_counted boolean := false;
begin
  if v_reply_id is not null then
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
      -- By its inbox, when the campaign was not known.
      v_is_counted := true;
    end if;
    perform private.store_bounce(p_event, v_instance);
  end if;
  perform private.record_campaign_facts(array[p_event.id], '{bounced}', p_with_inbox => not v_is_counted);
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

create function private.mail_time(p_reply jsonb, p_else timestamptz)
returns timestamptz
language plpgsql stable
set search_path = ''
as $$
begin
  return coalesce(least((p_reply ->> 'date_received')::timestamptz, (p_reply ->> 'created_at')::timestamptz), p_else);
end;
$$;
comment on function private.mail_time(jsonb, timestamptz) is
  'When a mail came: its own date is as right as its sender''s clock, but never later than when EmailBison had it.';

create type private.mail_fact as (
  event_id bigint,
  client text,
  email text,
  instance_url text,
  reply_id bigint,
  received_at timestamptz,
  interested_at timestamptz,
  tracked boolean,
  automated boolean,
  bounced boolean
);
comment on type private.mail_fact is
  'What one event says of a mail that came back; email is its sender''s, lower case. tracked: it answers a campaign '
  'mail. interested_at: null for one that nobody marked interested.';

create function private.mail_facts(p_event_ids bigint[], p_interested boolean)
returns private.mail_fact[]
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select
      array_agg(
        row(
          e.id, e.client,
          lower(btrim(coalesce(e.payload #>> '{data,lead,email}', e.payload #>> '{data,reply,from_email_address}'))),
          private.instance_of(p.instance_url, e.payload, e.client), (e.payload #>> '{data,reply,id}')::bigint,
          t.received_at,
          case
            when p_interested or (e.payload #>> '{data,reply,interested}')::boolean
              then coalesce(e.occurred_at, t.received_at)
          end,
          coalesce(
            e.payload #>> '{data,reply,type}' = 'Tracked Reply', e.payload #>> '{data,campaign,id}' is not null
          ),
          coalesce((e.payload #>> '{data,reply,automated_reply}')::boolean, false),
          private.is_bounce(e.payload #> '{data,reply}')
        )::private.mail_fact
      )
    from integrations.webhook_events e
    left join lateral (
      select k.instance_url from integrations.webhook_endpoints k where k.id = e.endpoint_id offset 0
    ) as p on true
    cross join lateral (
      select private.mail_time(e.payload #> '{data,reply}', coalesce(e.occurred_at, e.received_at)) as received_at
      offset 0
    ) as t
    where e.id = any(p_event_ids)
  );
end;
$$;
comment on function private.mail_facts(bigint[], boolean) is
  'Reads what stored events say of mails that came back. p_interested: the events themselves mark them so.';

create function private.store_replies(p_mails private.mail_fact[])
returns bigint[]
language plpgsql
set search_path = ''
as $$
declare
  v_tracked bigint[];
  v_new bigint[];
  v_mail private.mail_fact;
begin
  with mail as materialized (
    select distinct on (m.instance_url, m.reply_id) m.*, coalesce(t.time_zone, 'UTC') as time_zone
    from unnest(p_mails) m
    left join lateral (
      select k.time_zone from integrations.tenants k where k.business = m.client offset 0
    ) as t on true
    order by m.instance_url, m.reply_id, m.event_id
  ),
  added as (
    insert into public.replies as r (
      instance_url, reply_id, reply_uuid, client, type, lead_id, lead_email, subject, category, text_body, html_body,
      campaign_id, date_received, received_at, from_email, from_name, primary_to_email, bison_inbox_id, message_id,
      folder, parent_id, automated, interested, interested_at, provider_updated_at, sequence_step_order,
      sequence_step_id, sequence_step_variant
    )
    select
      m.instance_url, m.reply_id, b.reply ->> 'uuid', m.client,
      case when m.tracked then 'Tracked Reply' else 'Untracked Reply' end, (b.data #>> '{lead,id}')::bigint,
      btrim(b.data #>> '{lead,email}'), coalesce(b.reply ->> 'email_subject', b.reply ->> 'subject'),
      case when m.interested_at is not null then 'Interested' when m.automated then 'OOO' end,
      b.reply ->> 'text_body', b.reply ->> 'html_body', (b.data #>> '{campaign,id}')::integer,
      (m.received_at at time zone m.time_zone)::date, m.received_at, btrim(b.reply ->> 'from_email_address'),
      coalesce(
        b.reply ->> 'from_name',
        nullif(concat_ws(' ', b.data #>> '{lead,first_name}', b.data #>> '{lead,last_name}'), '')
      ),
      b.reply ->> 'primary_to_email_address', (b.data #>> '{sender_email,id}')::integer, b.reply ->> 'raw_message_id',
      b.reply ->> 'folder', (b.reply ->> 'parent_id')::bigint, m.automated, m.interested_at is not null,
      m.interested_at, coalesce((b.reply ->> 'updated_at')::timestamptz, m.received_at),
      (b.data #>> '{scheduled_email,sequence_step_order}')::integer,
      (b.data #>> '{scheduled_email,sequence_step_id}')::integer, b.data #>> '{scheduled_email,sequence_step_variant}'
    from mail m
    cross join lateral (
      select w.payload -> 'data' as data, w.payload #> '{data,reply}' as reply
      from integrations.webhook_events w
      where w.id = m.event_id
      offset 0
    ) as b
    on conflict (instance_url, reply_id) do nothing
    returning r.instance_url, r.reply_id
  )
  select
    coalesce(array_agg(m.event_id) filter (where m.tracked), '{}'), coalesce(array_agg(m.event_id), '{}')
  into v_tracked, v_new
  from mail m
  join added a on a.instance_url = m.instance_url and a.reply_id = m.reply_id;

  if cardinality(v_new) = cardinality(p_mails) then
    return v_tracked;
  end if;
  for v_mail in
    select m.* from unnest(p_mails) m where m.event_id <> all(v_new) order by m.event_id
  loop
    if private.merge_reply(v_mail) then
      v_tracked := v_tracked || v_mail.event_id;
    end if;
  end loop;
  return v_tracked;
end;
$$;
comment on function private.store_replies(private.mail_fact[]) is
  'Keeps replies by instance and reply id. Answers the events that are the first to say that their reply answers a '
  'campaign mail.';

create function private.lock_reply(p_mail private.mail_fact)
returns public.replies
language plpgsql
set search_path = ''
as $$
declare
  -- An event that names no lead may know the sender only.
  v_person text := (
    select lower(coalesce(r.lead_email, r.from_email))
    from public.replies r
    where r.instance_url = p_mail.instance_url
      and r.reply_id = p_mail.reply_id
  );
  v_known public.replies;
begin
  if v_person <> p_mail.email then
    perform private.lock_person(p_mail.client, v_person);
  end if;
  select r.* into v_known
  from public.replies r
  where r.instance_url = p_mail.instance_url
    and r.reply_id = p_mail.reply_id
  for update;
  if v_known.client is distinct from p_mail.client then
    perform private.raise_error(
      'MR005', 'Another client has this reply.', p_mail.reply_id::text, 'Two endpoints name the same EmailBison instance.'
    );
  end if;
  return v_known;
end;
$$;
comment on function private.lock_reply(private.mail_fact) is
  'Locks whose the stored reply of a mail is, then the reply itself. MR005: another client''s.';

create function private.merge_reply(p_mail private.mail_fact)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_data jsonb := (select e.payload -> 'data' from integrations.webhook_events e where e.id = p_mail.event_id);
  v_reply jsonb := v_data -> 'reply';
  v_updated_at timestamptz := coalesce((v_reply ->> 'updated_at')::timestamptz, p_mail.received_at);
  v_known public.replies := private.lock_reply(p_mail);
  v_is_newer boolean := v_updated_at >= coalesce(v_known.provider_updated_at, '-infinity');
  v_is_human_now boolean := v_known.automated and not p_mail.automated;
begin
  update public.replies r
  set subject = coalesce(
        case when v_is_newer then coalesce(v_reply ->> 'email_subject', v_reply ->> 'subject') end, r.subject
      ),
      text_body = coalesce(case when v_is_newer then v_reply ->> 'text_body' end, r.text_body),
      html_body = coalesce(case when v_is_newer then v_reply ->> 'html_body' end, r.html_body),
      folder = coalesce(case when v_is_newer then v_reply ->> 'folder' end, r.folder),
      -- A tracked event knows more than an untracked one of the same mail.
      type = case when p_mail.tracked then 'Tracked Reply' else r.type end,
      lead_id = coalesce((v_data #>> '{lead,id}')::bigint, r.lead_id),
      lead_email = coalesce(btrim(v_data #>> '{lead,email}'), r.lead_email),
      campaign_id = coalesce((v_data #>> '{campaign,id}')::integer, r.campaign_id),
      bison_inbox_id = coalesce(r.bison_inbox_id, (v_data #>> '{sender_email,id}')::integer),
      sequence_step_order = coalesce(
        r.sequence_step_order, (v_data #>> '{scheduled_email,sequence_step_order}')::integer
      ),
      sequence_step_id = coalesce(r.sequence_step_id, (v_data #>> '{scheduled_email,sequence_step_id}')::integer),
      sequence_step_variant = coalesce(r.sequence_step_variant, v_data #>> '{scheduled_email,sequence_step_variant}'),
      interested = r.interested or p_mail.interested_at is not null,
      interested_at = least(r.interested_at, p_mail.interested_at),
      category = case
        when p_mail.interested_at is not null and not r.interested then 'Interested'
        when not v_is_human_now or r.category <> 'OOO' then r.category
      end,
      automated = r.automated and p_mail.automated,
      provider_updated_at = greatest(r.provider_updated_at, v_updated_at),
      is_history = r.is_history and not p_mail.tracked
  where r.instance_url = v_known.instance_url
    and r.reply_id = v_known.reply_id;
  if lower(coalesce(v_known.lead_email, v_known.from_email)) <> p_mail.email
    or v_known.automated <> p_mail.automated
  then
    perform private.derive_reply(p_mail);
  end if;
  return p_mail.tracked and (v_known.is_history or v_is_human_now or v_known.type is distinct from 'Tracked Reply');
end;
$$;
comment on function private.merge_reply(private.mail_fact) is
  'Another event of a reply we have: the newer body wins by provider time, nothing known is emptied, interested stays; '
  'once one says that a person wrote it, it is no automated reply any more. True: the first one that says it answers a '
  'campaign mail, or that a person does.';

create function private.derive_reply(p_mail private.mail_fact)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.derive_person(r.client, coalesce(r.lead_email, r.from_email))
  from public.replies r
  where r.instance_url = p_mail.instance_url
    and r.reply_id = p_mail.reply_id
    and r.interested
    and not r.automated;
end;
$$;
comment on function private.derive_reply(private.mail_fact) is
  'Makes the engaged lead of whose reply it is, where the event itself would not: it knows another person, or took the '
  'reply for automated.';

create function private.record_replies(p_event_ids bigint[], p_interested boolean)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_mails private.mail_fact[] := private.mail_facts(p_event_ids, p_interested);
  v_is record;
begin
  select bool_or(m.bounced) as bounced, bool_or(not m.bounced and m.reply_id is null) as nameless into v_is
  from unnest(v_mails) m;
  if v_is.nameless then
    perform private.raise_error('MR005', 'The event has no reply.id.');
  elsif v_is.bounced then
    perform private.record_bounce(e)
    from integrations.webhook_events e
    where e.id in (select m.event_id from unnest(v_mails) m where m.bounced);
    v_mails := array(select m from unnest(v_mails) m where not m.bounced);
  end if;

  perform private.record_mails(v_mails, private.store_replies(v_mails));
  return 'processed';
end;
$$;
comment on function private.record_replies(bigint[], boolean) is
  'Mails that came back: a bounce is counted as such, an automated reply is only stored, a person''s reply marks the '
  'lead replied once, an interested one makes the engaged lead.';

create function private.record_mails(p_mails private.mail_fact[], p_tracked bigint[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_ids bigint[];
  v_kinds text[];
  v_times timestamptz[];
begin
  select array_agg(m.event_id), array_agg(k.kind), array_agg(k.time) into v_ids, v_kinds, v_times
  from unnest(p_mails) m
  cross join lateral (
    values
      (case when m.automated then 'seen' when m.event_id = any(p_tracked) then 'replied' end, m.received_at),
      -- Interest is shown when somebody marks it, not when the mail came.
      (case when m.interested_at is not null and not m.automated then 'interested' end, null)
  ) as k (kind, time)
  where k.kind <> '';
  if v_ids <> '{}' then
    perform private.record_campaign_facts(v_ids, v_kinds, v_times);
  end if;
  perform private.derive_people(
    array(
      select row(m.client, m.email)::private.person
      from unnest(p_mails) m
      where m.interested_at is not null
        and not m.automated
    )
    || private.engaged_people(array(
      select row(m.client, m.email)::private.person
      from unnest(p_mails) m
      where m.interested_at is null
        and not m.automated
    ))
  );
end;
$$;
comment on function private.record_mails(private.mail_fact[], bigint[]) is
  'Records what stored replies say of leads and people. p_tracked: the events that count as a reply.';
