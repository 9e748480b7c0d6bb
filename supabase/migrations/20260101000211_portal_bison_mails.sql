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
