-- EmailBison: leads, campaigns and inboxes as deliveries describe them, and the facts about a lead in a campaign.
--
-- On the path of every webhook, helpers are PL/pgSQL even where SQL would do: a SQL function that cannot be inlined is
-- planned anew at every call (20 to 100 us here), PL/pgSQL keeps its plans. They answer something, so that callers
-- assign the answer: an assignment is evaluated in place, `perform` runs a query of its own.

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
  'The EmailBison instance an event came from: the endpoint''s, else as the body says. When neither tells, ids are '
  'taken '
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
      p_client, p_campaign_id::text, coalesce(v_name, 'Campaign ' || p_campaign_id),
      case when v_name <> '' then p_at end
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
  'Brings a lead''s particulars in line with a delivery: the newer one wins by provider time, nothing known is '
  'emptied.';

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
    update public.all_leads l
    set last_event_at = p_at
    where l.id = p_lead.id
      and p_at > coalesce(l.last_event_at, '-infinity');
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
