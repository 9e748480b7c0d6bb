-- EmailBison: leads, campaigns and inboxes as deliveries describe them, and the facts about a lead in a campaign.
--
-- Deliveries that come together are recorded together: what they say is read once into an array of
-- private.campaign_fact, and each step below is one statement over it, whether they are one or fifty. The inbox has
-- locked their people. Helpers are PL/pgSQL even where SQL would do: a SQL function that is not inlined is planned anew
-- at every call (20 to 100 us here), PL/pgSQL keeps its plans.

-- Reading a delivery ---------------------------------------------------------------------------------------------

create function private.instance_of(p_endpoint_url text, p_payload jsonb, p_client text)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return rtrim(lower(coalesce(p_endpoint_url, p_payload #>> '{event,instance_url}', p_client)), '/');
end;
$$;
comment on function private.instance_of(text, jsonb, text) is
  'The EmailBison instance an event came from: the endpoint''s, else as the body says. When neither tells, ids are '
  'taken to be unique within the client.';

create function private.bison_instance(p_event integrations.webhook_events)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return private.instance_of(
    (select e.instance_url from integrations.webhook_endpoints e where e.id = p_event.endpoint_id),
    p_event.payload, p_event.client
  );
end;
$$;
comment on function private.bison_instance(integrations.webhook_events) is 'private.instance_of a stored event.';

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

-- Facts about leads in campaigns ---------------------------------------------------------------------------------

create type private.campaign_fact as (
  event_id bigint,
  kind text,
  client text,
  campaign_id integer,
  campaign_name text,
  email text,
  lead jsonb,
  lead_hash bigint,
  bison_inbox_id integer,
  step_id integer,
  step_order integer,
  step_variant text,
  occurred_at timestamptz,
  lead_id uuid,
  inbox_id bigint,
  known_first_at timestamptz,
  known_first_inbox bigint,
  has_news boolean,
  is_campaign_known boolean
);
comment on type private.campaign_fact is
  'What one event says of a lead in a campaign, and what we know of these. kind: a campaign_events.kind, or seen (the '
  'lead''s particulars only). email is lower case; lead is the body without its counters. lead_id, inbox_id: all_leads '
  'and inboxes, null when unknown. known_first_*: the lead''s first fact of this kind so far. has_news: it says '
  'something else of a known lead. is_campaign_known: and called as the event says.';

create function private.campaign_facts(
  p_event_ids bigint[], p_kinds text[], p_times timestamptz[], p_with_inbox boolean,
  out facts private.campaign_fact[], out is_inbox_new boolean, out is_campaign_new boolean, out is_lead_new boolean,
  out is_lead_changed boolean, out is_contact_first boolean
)
language plpgsql stable
set search_path = ''
as $$
begin
  select
    array_agg(row(f.*)::private.campaign_fact),
    bool_or(f.bison_inbox_id <> 0 and f.inbox_id is null),
    bool_or(f.campaign_id <> 0 and f.is_campaign_known is not true),
    bool_or(f.lead_id is null),
    bool_or(f.lead_id is not null and f.has_news),
    bool_or(f.kind = 'sent' and coalesce(f.occurred_at < f.known_first_at, true))
  into facts, is_inbox_new, is_campaign_new, is_lead_new, is_lead_changed, is_contact_first
  from (
    select
      t.id, t.kind, e.client, e.campaign_id, e.campaign_name, e.email, e.lead, h.lead_hash,
      e.bison_inbox_id, (e.step ->> 'sequence_step_id')::integer, (e.step ->> 'sequence_step_order')::integer,
      e.step ->> 'sequence_step_variant', coalesce(t.time, e.happened_at) as occurred_at, l.id as lead_id,
      i.id as inbox_id, l.first_at as known_first_at, l.first_inbox,
      l.provider_lead_hash is distinct from h.lead_hash
        or l.campaign_name is distinct from coalesce(e.campaign_name, l.campaign_name) as has_news,
      c.campaign_name = coalesce(e.campaign_name, c.campaign_name) as is_campaign_known
    from unnest(p_event_ids, p_kinds, p_times) as t (id, kind, time)
    cross join lateral (
      select
        w.client, coalesce(w.occurred_at, w.received_at) as happened_at,
        (w.payload #>> '{data,campaign,id}')::integer as campaign_id,
        nullif(btrim(w.payload #>> '{data,campaign,name}'), '') as campaign_name,
        nullif(lower(btrim(w.payload #>> '{data,lead,email}')), '') as email,
        case
          when jsonb_typeof(w.payload #> '{data,lead}') = 'object'
            then (w.payload #> '{data,lead}') - '{emails_sent,opens,unique_opens,replies,unique_replies,bounces}'::text[]
        end as lead,
        case when p_with_inbox then (w.payload #>> '{data,sender_email,id}')::integer end as bison_inbox_id,
        w.payload #> '{data,scheduled_email}' as step
      from integrations.webhook_events w
      where w.id = t.id
      offset 0
    ) as e
    cross join lateral (select jsonb_hash_extended(e.lead, 0) as lead_hash offset 0) as h
    left join lateral (
      select
        k.id, k.campaign_name, k.provider_lead_hash,
        case t.kind
          when 'sent' then k.first_contacted_at
          when 'opened' then k.first_opened_at
          when 'replied' then k.first_reply_date
          when 'interested' then k.engaged_date
          when 'unsubscribed' then k.unsubscribed_at
          else '-infinity'
        end as first_at,
        case t.kind
          when 'sent' then k.first_contacted_inbox
          when 'opened' then k.first_opened_inbox
          when 'replied' then k.first_reply_inbox
          when 'interested' then k.engaged_inbox
          when 'unsubscribed' then k.unsubscribed_inbox
        end as first_inbox
      from public.all_leads k
      where k.client = e.client
        and k.campaign_id = e.campaign_id::text
        and lower(k.email) = e.email
      offset 0
    ) as l on true
    left join lateral (
      select k.id from public.inboxes k where k.client = e.client and k.bison_inbox_id = e.bison_inbox_id offset 0
    ) as i on true
    left join lateral (
      select k.campaign_name
      from public."Campaigns" k
      where k.client = e.client
        and k.campaign_id = e.campaign_id::text
      offset 0
    ) as c on true
  ) as f;
end;
$$;
comment on function private.campaign_facts(bigint[], text[], timestamptz[], boolean) is
  'Reads facts from stored events, one for each id, kind and time; a missing time is the event''s own. is_*: what one of '
  'them tells, so that no step is begun for nothing.';

create function private.register_inboxes(p_facts private.campaign_fact[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_unknown record;
begin
  for v_unknown in
    select distinct on (f.client, f.bison_inbox_id) f.client, f.event_id
    from unnest(p_facts) f
    where f.bison_inbox_id is not null
      and f.inbox_id is null
    order by f.client, f.bison_inbox_id
  loop
    perform private.bison_inbox(v_unknown.client, e.payload #> '{data,sender_email}')
    from integrations.webhook_events e
    where e.id = v_unknown.event_id;
  end loop;
end;
$$;
comment on function private.register_inboxes(private.campaign_fact[]) is 'Adds the inboxes that are not known yet.';

create function private.register_campaigns(p_facts private.campaign_fact[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_news record;
begin
  for v_news in
    select f.client, f.campaign_id, f.campaign_name, f.occurred_at
    from unnest(p_facts) f
    where f.campaign_id is not null
      and f.is_campaign_known is not true
    order by f.client, f.campaign_id, f.occurred_at
  loop
    perform private.bison_campaign(v_news.client, v_news.campaign_id, v_news.campaign_name, v_news.occurred_at);
  end loop;
end;
$$;
comment on function private.register_campaigns(private.campaign_fact[]) is
  'Adds the campaigns that are not known yet, renames those that are called otherwise now.';

create function private.add_campaign_leads(p_facts private.campaign_fact[])
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_is_stale boolean;
begin
  with new as (
    select f.*
    from unnest(p_facts) f
    where f.lead_id is null
      and f.campaign_id is not null
      and f.email is not null
  ),
  added as (
    insert into public.all_leads as l (
      client, campaign_id, campaign_name, email, lead_id, first_name, last_name, full_name, job_title, company, status,
      custom_variables_jsonb, provider_lead_hash, last_event_at
    )
    select distinct on (f.client, f.campaign_id, f.email)
      f.client, f.campaign_id::text, f.campaign_name, f.email, (f.lead ->> 'id')::numeric,
      nullif(btrim(f.lead ->> 'first_name'), ''), nullif(btrim(f.lead ->> 'last_name'), ''),
      nullif(btrim(concat_ws(' ', f.lead ->> 'first_name', f.lead ->> 'last_name')), ''),
      nullif(btrim(f.lead ->> 'title'), ''), nullif(btrim(f.lead ->> 'company'), ''), f.lead ->> 'status',
      private.bison_variables(f.lead -> 'custom_variables'), f.lead_hash, f.occurred_at
    from new f
    order by f.client, f.campaign_id, f.email, f.occurred_at desc, f.event_id desc
    on conflict (client, campaign_id, lower(email)) do update set lead_id = coalesce(l.lead_id, excluded.lead_id)
    returning l.xmax <> 0 as was_there
  )
  select bool_or(a.was_there) or count(*) < (select count(*) from new) into v_is_stale from added a;
  return v_is_stale;
end;
$$;
comment on function private.add_campaign_leads(private.campaign_fact[]) is
  'Adds the leads that are not known yet as their newest fact describes them, nothing counted. True: the facts say more, '
  'as two tell of one lead, or a sync had added it meanwhile.';

create function private.update_campaign_leads(p_facts private.campaign_fact[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_told record;
begin
  -- Of a lead that one fact tells news of, every fact is looked at: the newest wins, and it may be the one without
  -- news.
  for v_told in
    select f.lead_id, f as fact
    from unnest(p_facts) f
    where f.lead_id = any(array(select n.lead_id from unnest(p_facts) n where n.has_news))
    order by f.lead_id, f.occurred_at
  loop
    perform private.update_campaign_lead(v_told.lead_id, v_told.fact);
  end loop;
end;
$$;
comment on function private.update_campaign_leads(private.campaign_fact[]) is
  'Brings the particulars of known leads in line with facts that say something else.';

create function private.update_campaign_lead(p_id uuid, p_fact private.campaign_fact)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_lead jsonb := p_fact.lead;
  v_variables jsonb := private.bison_variables(v_lead -> 'custom_variables');
begin
  update public.all_leads l
  set campaign_name = private.pick(n.wins, p_fact.campaign_name, l.campaign_name),
      first_name = private.pick(n.wins, v_lead ->> 'first_name', l.first_name),
      last_name = private.pick(n.wins, v_lead ->> 'last_name', l.last_name),
      full_name = private.pick(n.wins, concat_ws(' ', v_lead ->> 'first_name', v_lead ->> 'last_name'), l.full_name),
      job_title = private.pick(n.wins, v_lead ->> 'title', l.job_title),
      company = private.pick(n.wins, v_lead ->> 'company', l.company),
      status = private.pick(n.wins, v_lead ->> 'status', l.status),
      lead_id = coalesce(l.lead_id, (v_lead ->> 'id')::numeric),
      custom_variables_jsonb = case
        when n.wins then coalesce(l.custom_variables_jsonb, '{}') || v_variables
        else v_variables || coalesce(l.custom_variables_jsonb, '{}')
      end,
      provider_lead_hash = case when n.wins then p_fact.lead_hash else l.provider_lead_hash end,
      last_event_at = greatest(l.last_event_at, p_fact.occurred_at)
  from (
    select p_fact.occurred_at >= coalesce(k.last_event_at, '-infinity') as wins
    from public.all_leads k
    where k.id = p_id
  ) as n
  where l.id = p_id;
end;
$$;
comment on function private.update_campaign_lead(uuid, private.campaign_fact) is
  'Brings a lead''s particulars in line with a fact: the newer one wins by provider time, nothing known is emptied.';

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

create type private.lead_tally as (
  lead uuid,
  kind text,
  times integer,
  first_at timestamptz,
  first_inbox bigint,
  last_at timestamptz
);
comment on type private.lead_tally is
  'What facts of one kind say of a lead together. first_*: of the lead''s first fact of the kind, if it is among them; '
  'of a bounce, the earliest among them.';

create function private.append_campaign_facts(p_facts private.campaign_fact[])
returns private.lead_tally[]
language plpgsql
set search_path = ''
as $$
declare
  v_tallies private.lead_tally[];
begin
  with fact as (
    select
      f.event_id, f.kind, f.client, f.campaign_id, f.step_id, f.step_order, f.step_variant, f.occurred_at,
      coalesce(f.lead_id, l.id) as lead, f.inbox_id, f.known_first_at, f.known_first_inbox
    from unnest(p_facts) f
    -- Those that were added just now.
    left join lateral (
      select k.id
      from public.all_leads k
      where f.lead_id is null
        and k.client = f.client
        and k.campaign_id = f.campaign_id::text
        and lower(k.email) = f.email
      offset 0
    ) as l on true
  ),
  ranked as materialized (
    select
      f.*,
      coalesce(f.occurred_at < f.known_first_at, true)
        and (f.lead is null or row_number() over (partition by f.lead, f.kind order by f.occurred_at, f.event_id) = 1)
      as is_first
    from fact f
  ),
  appended as (
    insert into private.pending_events (
      event_id, kind, client, campaign_id, lead, inbox_id, occurred_at, step_id, step_order, step_variant, total,
      uniques
    )
    select
      r.event_id, r.kind, r.client, r.campaign_id, r.lead, r.inbox_id, r.occurred_at,
      r.step_id, r.step_order, r.step_variant, 1, r.is_first::integer
    from ranked r
    where r.kind <> 'seen'
    union all
    -- The later event that counted as the first gives its unit back.
    select
      r.event_id, r.kind, r.client, r.campaign_id, r.lead, r.known_first_inbox, r.known_first_at, null, null, null, 0,
      -1
    from ranked r
    where r.is_first
      and r.known_first_at is not null
  )
  select array_agg(row(t.*)::private.lead_tally) into v_tallies
  from (
    select
      r.lead, r.kind, count(*)::integer, min(r.occurred_at) filter (where r.is_first or r.kind = 'bounced'),
      max(r.inbox_id) filter (where r.is_first), max(r.occurred_at)
    from ranked r
    where r.lead is not null
    group by r.lead, r.kind
    order by r.lead
  ) as t;
  return v_tallies;
end;
$$;
comment on function private.append_campaign_facts(private.campaign_fact[]) is
  'Appends facts to private.pending_events. Answers what they say of each lead.';

create function private.count_on_leads(p_tallies private.lead_tally[], p_kinds text[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if 'sent' = any(p_kinds) then
    update public.all_leads l
    set emails_sent = coalesce(l.emails_sent, 0) + t.times,
        first_contacted_at = coalesce(t.first_at, l.first_contacted_at),
        first_contacted_inbox = case when t.first_at is null then l.first_contacted_inbox else t.first_inbox end,
        last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'sent';
  end if;
  if 'opened' = any(p_kinds) then
    update public.all_leads l
    set opens = coalesce(l.opens, 0) + t.times,
        unique_opens = 1,
        first_opened_at = coalesce(t.first_at, l.first_opened_at),
        first_opened_inbox = case when t.first_at is null then l.first_opened_inbox else t.first_inbox end,
        last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'opened';
  end if;
  if 'replied' = any(p_kinds) then
    update public.all_leads l
    set replied = true,
        replies = coalesce(l.replies, 0) + t.times,
        unique_replies = 1,
        first_reply_date = coalesce(t.first_at, l.first_reply_date),
        first_reply_inbox = case when t.first_at is null then l.first_reply_inbox else t.first_inbox end,
        last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'replied';
  end if;
  if 'interested' = any(p_kinds) then
    update public.all_leads l
    set engaged = true,
        engaged_date = coalesce(t.first_at, l.engaged_date),
        engaged_inbox = case when t.first_at is null then l.engaged_inbox else t.first_inbox end,
        last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'interested';
  end if;
  if 'unsubscribed' = any(p_kinds) then
    update public.all_leads l
    set unsubscribed_at = coalesce(t.first_at, l.unsubscribed_at),
        unsubscribed_inbox = case when t.first_at is null then l.unsubscribed_inbox else t.first_inbox end,
        last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'unsubscribed';
  end if;
  if 'bounced' = any(p_kinds) then
    update public.all_leads l
    set bounces = coalesce(l.bounces, 0) + t.times,
        bounced_at = least(l.bounced_at, t.first_at),
        last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'bounced';
  end if;
  if 'seen' = any(p_kinds) then
    update public.all_leads l
    set last_event_at = greatest(l.last_event_at, t.last_at)
    from unnest(p_tallies) t
    where l.id = t.lead
      and t.kind = 'seen';
  end if;
end;
$$;
comment on function private.count_on_leads(private.lead_tally[], text[]) is
  'Counts facts on their leads, a narrow statement for each kind: one for all kinds costs twice what any of them does.';

create function private.record_campaign_facts(
  p_event_ids bigint[], p_kinds text[], p_times timestamptz[] default null, p_with_inbox boolean default true
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_read record := private.campaign_facts(p_event_ids, p_kinds, p_times, p_with_inbox);
  v_facts private.campaign_fact[] := v_read.facts;
  v_is_stale boolean;
begin
  if v_read.is_campaign_new then
    perform private.register_campaigns(v_facts);
  end if;
  if v_read.is_inbox_new then
    perform private.register_inboxes(v_facts);
    v_facts := (private.campaign_facts(p_event_ids, p_kinds, p_times, p_with_inbox)).facts;
  end if;
  if v_read.is_lead_new then
    v_is_stale := private.add_campaign_leads(v_facts);
  end if;
  if v_is_stale then
    v_facts := (private.campaign_facts(p_event_ids, p_kinds, p_times, p_with_inbox)).facts;
  end if;
  if v_read.is_lead_changed or v_is_stale then
    perform private.update_campaign_leads(v_facts);
  end if;
  perform private.count_on_leads(private.append_campaign_facts(v_facts), p_kinds);
  -- What is told of a person after they showed interest belongs to their story.
  if v_read.is_lead_new or v_read.is_lead_changed or v_read.is_contact_first then
    perform private.derive_engaged(array(
      select row(f.client, f.email)::private.person
      from unnest(v_facts) f
      where f.lead_id is null
        or f.has_news
        or v_is_stale
        or f.kind = 'sent' and coalesce(f.occurred_at < f.known_first_at, true)
    ));
  end if;
end;
$$;
comment on function private.record_campaign_facts(bigint[], text[], timestamptz[], boolean) is
  'Facts about leads in campaigns, of stored events whose people are locked: adds or updates the leads, appends the '
  'facts and counts them. One fact for each id and kind (see private.campaign_fact); p_times: when each happened, '
  'where that is not the event''s own time. p_with_inbox false: no inbox counts them.';

create function private.record_campaign_facts(p_event_ids bigint[], p_kind text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.record_campaign_facts(p_event_ids, array_fill(p_kind, array[cardinality(p_event_ids)]));
end;
$$;
comment on function private.record_campaign_facts(bigint[], text) is
  'Facts that are all of one kind and happened at their events'' own time.';
