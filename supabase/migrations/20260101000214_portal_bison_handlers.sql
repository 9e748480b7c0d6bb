-- EmailBison: one handler a type, registered at the end. docs/events.md tells what each does. The inbox has locked the
-- event's person (private.person_key) before a handler runs; a handler that finds another one takes that lock itself.

create function public.handle_bison_email_sent(p_event_ids bigint[])
returns text
language plpgsql
set search_path = ''
as $$
begin
  perform private.record_campaign_facts(p_event_ids, 'sent');
  return 'processed';
end;
$$;
comment on function public.handle_bison_email_sent(bigint[]) is
  'EMAIL_SENT: a campaign mail went out.';

create function public.handle_bison_lead_first_contacted(p_event_ids bigint[])
returns text
language plpgsql
set search_path = ''
as $$
begin
  perform private.record_campaign_facts(p_event_ids, 'seen');
  return 'processed';
end;
$$;
comment on function public.handle_bison_lead_first_contacted(bigint[]) is
  'LEAD_FIRST_CONTACTED: registers the lead. EMAIL_SENT of the same mail counts it.';

create function public.handle_bison_email_opened(p_event_ids bigint[])
returns text
language plpgsql
set search_path = ''
as $$
begin
  perform private.record_campaign_facts(p_event_ids, 'opened');
  return 'processed';
end;
$$;
comment on function public.handle_bison_email_opened(bigint[]) is
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
  perform private.record_campaign_facts(array[p_event.id], 'unsubscribed');
  perform private.mark_person(p_event.client, v_email, p_unsubscribed_at => v_at);
  perform private.derive_engaged(array[row(p_event.client, v_email)::private.person]);
  return 'processed';
end;
$$;
comment on function public.handle_bison_lead_unsubscribed(integrations.webhook_events) is
  'LEAD_UNSUBSCRIBED: the lead wants no more mail; its contact becomes inactive.';

create function public.handle_bison_lead_replied(p_event_ids bigint[])
returns text
language plpgsql
set search_path = ''
as $$
begin
  return private.record_replies(p_event_ids, false);
end;
$$;
comment on function public.handle_bison_lead_replied(bigint[]) is
  'LEAD_REPLIED: a lead answered a campaign mail.';

create function public.handle_bison_lead_interested(p_event_ids bigint[])
returns text
language plpgsql
set search_path = ''
as $$
begin
  return private.record_replies(p_event_ids, true);
end;
$$;
comment on function public.handle_bison_lead_interested(bigint[]) is
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
  perform private.store_replies(private.mail_facts(array[p_event.id], false));
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
  v_at timestamptz := private.mail_time(v_data -> 'reply', coalesce(p_event.occurred_at, p_event.received_at));
  v_email text := lower(btrim(coalesce(v_data #>> '{lead,email}', v_data #>> '{reply,primary_to_email_address}')));
begin
  perform private.lock_person(p_event.client, v_email);
  perform private.record_campaign_facts(array[p_event.id], '{seen}', array[v_at]);
  perform private.mark_person(p_event.client, v_email, p_written_to_at => v_at);
  update public.engaged_leads e
  set last_contact = v_at, last_event_at = greatest(e.last_event_at, v_at)
  from (
    select k.id, k.deleted_at from public.engaged_leads k where k.client = p_event.client and lower(k.email) = v_email
    offset 0
  ) as k
  where e.id = k.id
    and k.deleted_at is null
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
    and v_at >= coalesce(greatest(i.warmup_disabled_at, i.warmup_synced_at), '-infinity');
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
  v_at timestamptz := coalesce(p_event.occurred_at, p_event.received_at);
begin
  -- A webhook's tag event has no time and the last to arrive wins, also over one that is tried again. One that came late
  -- from EmailBison's list has a time, of whole seconds; the list is read from new to old, so of equal ones the first to
  -- be taken in is the newer.
  if exists (
    select
    from integrations.webhook_events e
    where (p_event.occurred_at is not null or p_event.attempts > 1)
      and e.received_at >= v_at
      and coalesce(e.occurred_at, e.received_at) >= v_at
      and e.client = p_event.client
      and e.provider = p_event.provider
      and e.event_type in ('TAG_ATTACHED', 'TAG_REMOVED')
      and e.payload #> '{data,tag_id}' = v_data -> 'tag_id'
      and e.payload #> '{data,taggable_id}' = v_data -> 'taggable_id'
      and e.payload #> '{data,taggable_type}' = v_data -> 'taggable_type'
      and case when p_event.occurred_at is null then e.id > p_event.id and e.status = 'processed' else e.id <> p_event.id end
  ) then
    return 'ignored';
  end if;
  -- Only "Campaign" and "Lead" have been seen as taggable_type; an inbox's word is matched loosely.
  if v_data ->> 'taggable_type' ~* 'lead|contact' then
    update public.all_leads l
    set tags = (l.tags - v_name) || case when v_attach then to_jsonb(array[v_name]) else '[]' end,
        tags_changed_at = private.clock()
    where l.client = p_event.client
      and l.lead_id = v_target;
  elsif v_data ->> 'taggable_type' ~* 'campaign' then
    update public."Campaigns" c
    set tags = (c.tags - v_name) || case when v_attach then to_jsonb(array[v_name]) else '[]' end,
        tags_changed_at = private.clock()
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
  set tags = (coalesce(i.tags, '[]') - p_name) || case when p_attach then to_jsonb(array[p_name]) else '[]' end,
      tags_changed_at = private.clock()
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
