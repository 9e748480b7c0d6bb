-- EmailBison's lists: campaigns, inboxes with warm-up and tags, leads' states, replies. What a page says is as of the
-- moment it was asked for: it loses to what an event changed since, and wins over what happened before.
--
-- Events come in by webhook, and by reconciliation (portal_reconciliation); what is here repairs the rest each night.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('sync.history_days', 90, 'days', 10, 730, 'How far back campaign figures and replies are read for a new client.'),
  ('sync.figure_days', 3, 'days', 1, 30, 'Days before today whose campaign figures are read again each night.'),
  ('sync.inbox_checks', 200, 'inboxes', 0, 5000,
    'Inboxes missing in EmailBison''s list that a night asks for one by one.');

-- 48 a second, 2,964 in any minute at most: EmailBison allows 3,000 a minute and token, which is one a client.
insert into outbound.rate_limits (name, amount, per, burst, concurrency) values ('bison', 2880, '1 minute', 60, 24);
insert into outbound.job_limits (job_type, rate_limit, key_field)
values ('sync_page', 'bison', 'client'), ('sync_campaign_day', 'bison', 'client'), ('sync_inbox', 'bison', 'client');

-- Access -----------------------------------------------------------------------------------------------------------

create function integrations.bison_access(p_client text)
returns table (instance_url text, api_key text, asked_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
  select c."App URL- Bison", c."Api Key - Bison", private.clock()
  from public."Clients" c
  where c."Business" = p_client
    and not exists (
      select from integrations.sync_cursors s where s.client = p_client and s.state = 'blocked'
    )
$$;
comment on function integrations.bison_access(text) is
  'Where a client''s EmailBison is, its sealed key, and the time: what it answers now is as of asked_at. No row: a '
  'person must renew the key first. Definer: job_worker may read no table.';

create function integrations.sync_request(p_list uuid, p_run uuid, p_page jsonb)
returns table (
  resource text, scope text, since timestamptz, client text, yesterday date, instance_url text, api_key text,
  workspace_id text, asked_at timestamptz
)
language sql stable security definer
set search_path = ''
as $$
  select
    s.resource, s.scope, s.since, s.client, (private.clock() at time zone private.time_zone_of(s.client))::date - 1,
    c."App URL- Bison", c."Api Key - Bison", c."Client ID - Bison", private.clock()
  from integrations.sync_cursors s
  join public."Clients" c on c."Business" = s.client
  where s.id = p_list
    and s.run = p_run
    and s.page = p_page
    and s.state = 'running'
$$;
comment on function integrations.sync_request(uuid, uuid, jsonb) is
  'What to ask for a page of a run. No row: it is stored already, or the run is over. Definer: job_worker may read no '
  'table.';

-- Common -----------------------------------------------------------------------------------------------------------

create function private.is_read_far_enough(p_rows jsonb, p_until timestamptz)
returns boolean
language sql immutable
set search_path = ''
as $$
  -- Only a list that runs from new to old says with an old row that the rest is old.
  select coalesce(
    min((r.item ->> 'created_at')::timestamptz) < p_until
      and (p_rows #>> '{0,id}')::bigint > (p_rows #>> '{-1,id}')::bigint,
    false
  )
  from jsonb_array_elements(p_rows) as r (item)
$$;
comment on function private.is_read_far_enough(jsonb, timestamptz) is
  'Whether a page of a list, newest first, reaches beyond a moment.';

create function private.bison_tag_names(p_tags jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_agg(t.item -> 'name' order by t.n), '[]')
  from jsonb_array_elements(p_tags) with ordinality as t (item, n)
$$;
comment on function private.bison_tag_names(jsonb) is 'The names of [{id, name, default}].';

create function private.lock_addresses(p_client text, p_emails text[])
returns bigint
language sql
set search_path = ''
as $$
  select count(pg_advisory_xact_lock(k.key))
  from (select distinct private.person_key(p_client, e) as key from unnest(p_emails) as e where e <> '' order by 1) as k
$$;
comment on function private.lock_addresses(text, text[]) is
  'lock_person for many, in the order in which deliveries take these locks. Answers how many.';

-- Campaigns --------------------------------------------------------------------------------------------------------

create function private.store_bison_campaigns(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  insert into public."Campaigns" as c (
    client, campaign_id, campaign_name, status, tags, created_at, last_event_at, synced_at
  )
  select
    p_list.client, r.id::text, coalesce(nullif(btrim(r.name), ''), 'Campaign ' || r.id), r.status,
    private.bison_tag_names(r.tags), coalesce(r.created_at, p_asked_at), p_asked_at, p_asked_at
  from jsonb_to_recordset(p_rows) as r (id bigint, name text, status text, tags jsonb, created_at timestamptz)
  order by r.id::text
  on conflict (client, campaign_id) do update
  set campaign_name = case
        when p_asked_at > coalesce(c.last_event_at, '-infinity') then excluded.campaign_name else c.campaign_name
      end,
      last_event_at = greatest(c.last_event_at, p_asked_at),
      status = coalesce(excluded.status, c.status),
      tags = case when p_asked_at > coalesce(c.tags_changed_at, '-infinity') then excluded.tags else c.tags end,
      created_at = least(c.created_at, excluded.created_at),
      synced_at = p_asked_at
  where p_asked_at >= coalesce(c.synced_at, '-infinity');
  return false;
end;
$$;
comment on function private.store_bison_campaigns(integrations.sync_cursors, jsonb, timestamptz) is
  'A page of GET /campaigns.';

create function private.finish_bison_campaigns(p_list integrations.sync_cursors)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_is_first boolean := false;
  v_campaign record;
begin
  for v_campaign in
    select c.campaign_id
    from public."Campaigns" c
    where c.client = p_list.client
      and lower(c.status) is distinct from 'draft'
      and not exists (
        select
        from integrations.sync_cursors s
        where s.client = p_list.client
          and s.resource = 'campaign_leads'
          and s.scope = c.campaign_id
          and s.done_until is not null
      )
    order by c.campaign_id
  loop
    perform integrations.start_sync(p_list.client, 'campaign_leads', v_campaign.campaign_id);
  end loop;
  perform integrations.start_sync(p_list.client, 'leads');
  perform integrations.start_campaign_figures(p_list.client);
end;
$$;
comment on function private.finish_bison_campaigns(integrations.sync_cursors) is
  'When the campaigns are known: all leads of the new ones, changed leads of the others, and daily figures.';

-- Daily figures ----------------------------------------------------------------------------------------------------

create function integrations.start_campaign_figures(p_client text)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_today date := (private.clock() at time zone private.time_zone_of(p_client))::date;
  v_again date := v_today - private.client_setting(p_client, 'sync.figure_days')::integer;
  v_first date := v_today - private.client_setting(p_client, 'sync.history_days')::integer;
  v_jobs jsonb;
begin
  if exists (
    select
    from outbound.job_queue j
    where j.status = 'waiting'
      and j.limit_key = 'bison:' || p_client
      and j.job_type = 'sync_campaign_day'
  ) then
    return 0;
  end if;
  select
    jsonb_agg(
      jsonb_build_object(
        'queue', 'sync', 'type', 'sync_campaign_day',
        'payload', jsonb_build_object('client', p_client, 'campaign_id', n.id, 'date', d.day::date)
      )
      order by d.day desc, n.id
    )
  into v_jobs
  from public."Campaigns" c
  cross join lateral (select case when c.campaign_id ~ '^\d{1,9}$' then c.campaign_id::integer end as id) as n
  cross join lateral generate_series(
    greatest(v_first, (c.created_at at time zone private.time_zone_of(p_client))::date), v_today - 1, interval '1 day'
  ) as d (day)
  left join public.campaign_reporting r on r.client = p_client and r.campaign_id = n.id and r.date = d.day::date
  where c.client = p_client
    and n.id is not null
    and lower(c.status) is distinct from 'draft'
    and (
      r.figures_at is null
      or (
        d.day >= v_again
        and r.figures_at < private.clock() - interval '12 hours'
        and lower(c.status) not in ('archived', 'completed')
      )
    );
  return outbound.enqueue_jobs(coalesce(v_jobs, '[]'));
end;
$$;
comment on function integrations.start_campaign_figures(text) is
  'Enqueues a job for each campaign and day whose figures EmailBison has not told yet, and for the last days again. '
  'The newest first. Answers how many; none while those of an earlier call wait. Definer: job_worker may write no '
  'table.';

create function private.bison_step_stats(p_known jsonb, p_steps jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'step_order', coalesce(k.item -> 'step_order', to_jsonb(s.n)), 'step_id', s.item -> 'sequence_step_id',
      'variant', k.item -> 'variant', 'body', k.item -> 'body', 'subject', s.item -> 'email_subject',
      'sent_count', s.item -> 'sent', 'open_count', s.item -> 'unique_opens', 'reply_count', s.item -> 'unique_replies',
      'bounce_count', s.item -> 'bounced', 'leads_contacted', s.item -> 'leads_contacted',
      'unsubscribed', s.item -> 'unsubscribed', 'interested', s.item -> 'interested'
    )) order by s.n),
    '[]'
  )
  from jsonb_array_elements(p_steps) with ordinality as s (item, n)
  left join lateral (
    select o.item
    from jsonb_array_elements(p_known) as o (item)
    where o.item -> 'step_id' = s.item -> 'sequence_step_id'
    limit 1
  ) as k on true
$$;
comment on function private.bison_step_stats(jsonb, jsonb) is
  'EmailBison''s figures by step in our form; what only we know of a step (its order, variant, body) is kept.';

create function integrations.store_campaign_figures(
  p_client text, p_campaign_id integer, p_date date, p_figures jsonb, p_asked_at timestamptz
)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_date >= (p_asked_at at time zone private.time_zone_of(p_client))::date then
    return 'not_over';
  end if;
  insert into public.campaign_reporting as r (
    client, campaign_id, date, campaign_name, emails_sent, total_leads_contacted, opened, unique_opens_per_contact,
    unique_replies_per_contact, bounced, unsubscribed, interested, sequence_step_stats, figures_at
  )
  select
    p_client, p_campaign_id, p_date,
    (
      select c.campaign_name
      from public."Campaigns" c
      where c.client = p_client
        and c.campaign_id = p_campaign_id::text
    ),
    f.emails_sent, f.total_leads_contacted, f.opened,
    coalesce(
      f.unique_opens_per_contact,
      (select sum((s.item ->> 'unique_opens')::numeric) from jsonb_array_elements(f.sequence_step_stats) as s (item))
    ),
    f.unique_replies_per_contact, f.bounced, f.unsubscribed, f.interested,
    private.bison_step_stats('[]', f.sequence_step_stats), p_asked_at
  from jsonb_to_record(p_figures) as f (
    emails_sent numeric, total_leads_contacted numeric, opened numeric, unique_opens_per_contact numeric,
    unique_replies_per_contact numeric, bounced numeric, unsubscribed numeric, interested numeric,
    sequence_step_stats jsonb
  )
  on conflict (client, campaign_id, date) do update
  set campaign_name = coalesce(excluded.campaign_name, r.campaign_name),
      emails_sent = excluded.emails_sent,
      total_leads_contacted = excluded.total_leads_contacted,
      opened = excluded.opened,
      unique_opens_per_contact = coalesce(excluded.unique_opens_per_contact, r.unique_opens_per_contact),
      unique_replies_per_contact = excluded.unique_replies_per_contact,
      bounced = excluded.bounced,
      unsubscribed = excluded.unsubscribed,
      interested = excluded.interested,
      sequence_step_stats = private.bison_step_stats(r.sequence_step_stats, p_figures -> 'sequence_step_stats'),
      figures_at = p_asked_at
  where p_asked_at >= coalesce(r.figures_at, '-infinity');
  return case when found then 'stored' else 'stale' end;
end;
$$;
comment on function integrations.store_campaign_figures(text, integer, date, jsonb, timestamptz) is
  'EmailBison''s figures of a campaign on a day that is over take the place of the counted ones. Answers stored, stale '
  '(newer ones are there) or not_over. Definer: job_worker may write no table.';

-- Inboxes ----------------------------------------------------------------------------------------------------------

create function private.inbox_counts_since(p_client text, p_since timestamptz)
returns table (
  inbox_id bigint, emails_sent bigint, leads_contacted bigint, opened bigint, unique_opens bigint, replies bigint,
  unique_replies bigint, bounced bigint, unsubscribed bigint, interested bigint
)
language sql stable
set search_path = ''
as $$
  select
    e.inbox_id, sum(k.emails_sent), sum(e.uniques * k.leads_contacted), sum(k.opened), sum(e.uniques * k.unique_opens),
    sum(k.replies), sum(e.uniques * k.unique_replies), sum(k.bounced), sum(e.uniques * k.unsubscribed),
    sum(e.uniques * k.interested)
  from (
    select
      f.inbox_id, f.kind,
      (f.lead is null or not exists (
        select
        from public.campaign_events o
        where o.lead = f.lead
          and o.kind = f.kind
          and o.client = f.client
          and o.campaign_id = f.campaign_id
          and (o.occurred_at, o.event_id) < (f.occurred_at, f.event_id)
      ))::integer as uniques
    from public.campaign_events f
    where f.occurred_at > p_since
      and f.client = p_client
      and f.inbox_id is not null
  ) as e
  join private.event_kinds k on k.kind = e.kind
  group by e.inbox_id
$$;
comment on function private.inbox_counts_since(text, timestamptz) is
  'What the folded facts since a moment add to each inbox; as private.recounted_events judges them.';

create function private.bison_inbox_status(p_status text)
returns text
language sql immutable
set search_path = ''
as $$
  select case
    when p_status ~* '^connected$' then 'Connected'
    when p_status ~* '(not|dis)[ _-]?connected' then 'Disconnected'
    else initcap(p_status)
  end
$$;
comment on function private.bison_inbox_status(text) is
  'inboxes.status for EmailBison''s word (Connected, Not connected).';

create type private.bison_inbox_row as (
  id integer, name text, email text, email_signature text, imap_server text, imap_port integer, smtp_server text,
  smtp_port integer, daily_limit integer, type text, status text, warmup_enabled boolean, emails_sent_count integer,
  total_replied_count integer, total_opened_count integer, unique_replied_count integer, unique_opened_count integer,
  total_leads_contacted_count integer, interested_leads_count integer, bounced_count integer,
  unsubscribed_count integer, tags jsonb, created_at timestamptz
);
comment on type private.bison_inbox_row is 'A row of GET /sender-emails.';

create function private.store_inbox_tags(p_client text, p_rows jsonb, p_asked_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_inboxes integer[];
begin
  perform private.store_tags(p_client, (
    select jsonb_agg(t.item)
    from jsonb_array_elements(p_rows) as r (item)
    cross join lateral jsonb_array_elements(r.item -> 'tags') as t (item)
  ), p_asked_at);
  -- Who knows better: an event from after the page was asked for, or a person whose change EmailBison is yet to hear
  -- of.
  v_inboxes := array(
    select r.id
    from jsonb_populate_recordset(null::private.bison_inbox_row, p_rows) as r
    left join public.inboxes i on i.client = p_client and i.bison_inbox_id = r.id
    where p_asked_at > coalesce(i.tags_changed_at, '-infinity')
      and not exists (
        select from private.inbox_tag_pushes p where p.client = p_client and p.bison_inbox_id = r.id
      )
  );
  delete from public.inbox_tag_assignments a
  using public.inbox_tags t
  where a.tag_id = t.id
    and a.client = p_client
    and t.client = p_client
    and a.inbox_id = any(v_inboxes)
    and not exists (
      select
      from jsonb_array_elements(p_rows) as r (item)
      cross join lateral jsonb_array_elements(r.item -> 'tags') as g (item)
      where (r.item ->> 'id')::integer = a.inbox_id
        and (g.item ->> 'id')::integer = t.bison_tag_id
    );
  insert into public.inbox_tag_assignments (inbox_id, tag_id)
  select distinct (r.item ->> 'id')::integer, t.id
  from jsonb_array_elements(p_rows) as r (item)
  cross join lateral jsonb_array_elements(r.item -> 'tags') as g (item)
  join public.inbox_tags t on t.client = p_client and t.bison_tag_id = (g.item ->> 'id')::integer
  where (r.item ->> 'id')::integer = any(v_inboxes)
  on conflict (inbox_id, tag_id) do nothing;
end;
$$;
comment on function private.store_inbox_tags(text, jsonb, timestamptz) is
  'The tags of the inboxes of a page: exactly those it shows.';

create function private.store_tags(p_client text, p_tags jsonb, p_asked_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.inbox_tags as t (client, bison_tag_id, name, is_default, synced_at)
  select distinct on (g.id) p_client, g.id, g.name, coalesce(g."default", false), p_asked_at
  from jsonb_to_recordset(coalesce(p_tags, '[]')) as g (id integer, name text, "default" boolean)
  where g.name <> ''
  order by g.id
  on conflict (client, bison_tag_id) do update
  set name = excluded.name, is_default = excluded.is_default, synced_at = excluded.synced_at
  where (t.name, t.is_default) is distinct from (excluded.name, excluded.is_default)
    and p_asked_at >= coalesce(t.synced_at, '-infinity');
end;
$$;
comment on function private.store_tags(text, jsonb, timestamptz) is 'Tags as EmailBison lists them.';

create function private.store_bison_tags(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  perform private.store_tags(p_list.client, p_rows, p_asked_at);
  return false;
end;
$$;
comment on function private.store_bison_tags(integrations.sync_cursors, jsonb, timestamptz) is 'A page of GET /tags.';

create function private.store_bison_inboxes(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  -- Not beside a fold: it reads figures_at before it adds.
  perform pg_advisory_xact_lock_shared(hashtext('private.fold_counters'));
  perform private.store_inbox_tags(p_list.client, p_rows, p_asked_at);
  with row as materialized (
    select distinct on (r.id) r.*, private.bison_inbox_status(r.status) as state
    from jsonb_populate_recordset(null::private.bison_inbox_row, p_rows) as r
    order by r.id
  ),
  since as materialized (
    select s.* from private.inbox_counts_since(p_list.client, p_asked_at) s
  )
  insert into public.inboxes as i (
    client, bison_inbox_id, name, email, domain, email_signature, imap_server, imap_port, smtp_server, smtp_port,
    daily_limit, type, status, warmup_enabled, emails_sent_count, total_replied_count, total_opened_count,
    unique_replied_count, unique_opened_count, total_leads_contacted_count, interested_leads_count, bounced_count,
    unsubscribed_count, figures, figures_at, disconnected_at, tags, created_at, last_event_at, warmup_synced_at,
    synced_at
  )
  select
    p_list.client, r.id, coalesce(nullif(r.name, ''), r.email), r.email, lower(split_part(r.email, '@', 2)),
    r.email_signature, r.imap_server, r.imap_port, r.smtp_server, r.smtp_port, r.daily_limit, coalesce(r.type, 'Inbox'),
    coalesce(r.state, 'Connected'), coalesce(r.warmup_enabled, false),
    r.emails_sent_count + coalesce(s.emails_sent, 0), r.total_replied_count + coalesce(s.replies, 0),
    r.total_opened_count + coalesce(s.opened, 0), r.unique_replied_count + coalesce(s.unique_replies, 0),
    r.unique_opened_count + coalesce(s.unique_opens, 0), r.total_leads_contacted_count + coalesce(s.leads_contacted, 0),
    r.interested_leads_count + coalesce(s.interested, 0), r.bounced_count + coalesce(s.bounced, 0),
    r.unsubscribed_count + coalesce(s.unsubscribed, 0),
    jsonb_build_object(
      'emails_sent_count', r.emails_sent_count, 'total_replied_count', r.total_replied_count,
      'total_opened_count', r.total_opened_count, 'unique_replied_count', r.unique_replied_count,
      'unique_opened_count', r.unique_opened_count, 'total_leads_contacted_count', r.total_leads_contacted_count,
      'interested_leads_count', r.interested_leads_count, 'bounced_count', r.bounced_count,
      'unsubscribed_count', r.unsubscribed_count
    ),
    p_asked_at, case when r.state = 'Disconnected' then p_asked_at end, private.bison_tag_names(r.tags), r.created_at,
    p_asked_at, p_asked_at, p_asked_at
  from row r
  left join public.inboxes k on k.client = p_list.client and k.bison_inbox_id = r.id
  left join since s on s.inbox_id = k.id
  order by r.id
  on conflict (client, bison_inbox_id) do update
  set name = excluded.name,
      email = excluded.email,
      domain = excluded.domain,
      email_signature = excluded.email_signature,
      imap_server = coalesce(excluded.imap_server, i.imap_server),
      imap_port = coalesce(excluded.imap_port, i.imap_port),
      smtp_server = coalesce(excluded.smtp_server, i.smtp_server),
      smtp_port = coalesce(excluded.smtp_port, i.smtp_port),
      daily_limit = coalesce(excluded.daily_limit, i.daily_limit),
      type = excluded.type,
      emails_sent_count = excluded.emails_sent_count,
      total_replied_count = excluded.total_replied_count,
      total_opened_count = excluded.total_opened_count,
      unique_replied_count = excluded.unique_replied_count,
      unique_opened_count = excluded.unique_opened_count,
      total_leads_contacted_count = excluded.total_leads_contacted_count,
      interested_leads_count = excluded.interested_leads_count,
      bounced_count = excluded.bounced_count,
      unsubscribed_count = excluded.unsubscribed_count,
      figures = excluded.figures,
      figures_at = excluded.figures_at,
      status = case when p_asked_at > coalesce(i.last_event_at, '-infinity') then excluded.status else i.status end,
      lifecycle_status = case
        when p_asked_at > coalesce(i.last_event_at, '-infinity') and i.lifecycle_status = 'removed' then 'active'
        else i.lifecycle_status
      end,
      disconnected_at = case
        when p_asked_at <= coalesce(i.last_event_at, '-infinity') then i.disconnected_at
        when excluded.status = 'Disconnected' then coalesce(i.disconnected_at, p_asked_at)
      end,
      removed_at = case when p_asked_at <= coalesce(i.last_event_at, '-infinity') then i.removed_at end,
      last_event_at = greatest(i.last_event_at, p_asked_at),
      warmup_enabled = case
        when p_asked_at > coalesce(i.warmup_disabled_at, '-infinity') then excluded.warmup_enabled else i.warmup_enabled
      end,
      warmup_synced_at = p_asked_at,
      tags = case
        when p_asked_at > coalesce(i.tags_changed_at, '-infinity')
          and not exists (
            select from private.inbox_tag_pushes p where p.client = i.client and p.bison_inbox_id = i.bison_inbox_id
          )
          then excluded.tags
        else i.tags
      end,
      created_at = coalesce(excluded.created_at, i.created_at),
      synced_at = p_asked_at
  where p_asked_at >= coalesce(i.figures_at, '-infinity');
  return false;
end;
$$;
comment on function private.store_bison_inboxes(integrations.sync_cursors, jsonb, timestamptz) is
  'A page of GET /sender-emails. Totals become EmailBison''s own and count on from there; the state of an inbox loses '
  'to an event from after the page was asked for, and wins over older ones that come late.';

create function private.finish_bison_inboxes(p_list integrations.sync_cursors)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform outbound.enqueue_jobs(coalesce((
    select
      jsonb_agg(jsonb_build_object(
        'queue', 'sync', 'type', 'sync_inbox', 'dedupe_key', concat_ws(' ', 'inbox', i.client, i.bison_inbox_id),
        'payload', jsonb_build_object('client', i.client, 'id', i.bison_inbox_id)
      ))
    from (
      select k.client, k.bison_inbox_id
      from public.inboxes k
      where k.client = p_list.client
        and k.removed_at is null
        and not exists (
          select from private.sync_seen s where s.list = p_list.id and s.external_id = k.bison_inbox_id
        )
      order by k.figures_at nulls first, k.bison_inbox_id
      limit private.setting('sync.inbox_checks')::integer
    ) as i
  ), '[]'));
  perform integrations.start_sync(p_list.client, 'warmup');
end;
$$;
comment on function private.finish_bison_inboxes(integrations.sync_cursors) is
  'Inboxes that the list did not show are asked for one by one: they are gone, or the list shifted under the reader.';

create function integrations.store_inbox(p_client text, p_id integer, p_row jsonb, p_asked_at timestamptz)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_list integrations.sync_cursors;
begin
  if p_row is not null then
    v_list.client := p_client;
    perform private.store_bison_inboxes(v_list, jsonb_build_array(p_row), p_asked_at);
    return 'stored';
  end if;
  update public.inboxes i
  set status = 'Removed', lifecycle_status = 'removed', removed_at = p_asked_at, last_event_at = p_asked_at,
      synced_at = p_asked_at
  where i.client = p_client
    and i.bison_inbox_id = p_id
    and i.removed_at is null
    and p_asked_at > coalesce(i.last_event_at, '-infinity');
  return case when found then 'removed' else 'stale' end;
end;
$$;
comment on function integrations.store_inbox(text, integer, jsonb, timestamptz) is
  'One inbox as EmailBison shows it; p_row null: it has none of this id. Answers stored, removed or stale. Definer: '
  'job_worker may write no table.';

-- Warm-up ----------------------------------------------------------------------------------------------------------

create function private.store_bison_warmup(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_day date := (p_asked_at at time zone private.time_zone_of(p_list.client))::date - 1;
begin
  update public.inboxes i
  set warmup_reputation = r.warmup_score,
      warmup_stats = jsonb_strip_nulls(jsonb_build_object(
        'from', v_day, 'to', v_day, 'emails_sent', r.warmup_emails_sent,
        'replies_received', r.warmup_replies_received, 'saved_from_spam', r.warmup_emails_saved_from_spam,
        'bounces_received', r.warmup_bounces_received_count, 'bounces_caused', r.warmup_bounces_caused_count,
        'disabled_for_bouncing', r.warmup_disabled_for_bouncing_count
      ))
  from (
    select distinct on (w.id) w.*
    from jsonb_to_recordset(p_rows) as w (
      id integer, warmup_score numeric, warmup_emails_sent integer, warmup_replies_received integer,
      warmup_emails_saved_from_spam integer, warmup_bounces_received_count integer,
      warmup_bounces_caused_count integer, warmup_disabled_for_bouncing_count integer
    )
    order by w.id
  ) as r
  where i.client = p_list.client
    and i.bison_inbox_id = r.id
    and coalesce((i.warmup_stats ->> 'to')::date, '-infinity') <= v_day;
  perform private.store_warmup_figures(p_list.client, v_day, p_rows);
  return false;
end;
$$;
comment on function private.store_bison_warmup(integrations.sync_cursors, jsonb, timestamptz) is
  'A page of GET /warmup/sender-emails, of yesterday.';

-- Leads ------------------------------------------------------------------------------------------------------------

create function private.store_bison_leads(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  perform private.lock_addresses(
    p_list.client, array(select r.item ->> 'email' from jsonb_array_elements(p_rows) as r (item))
  );
  insert into public.all_leads as l (
    client, campaign_id, campaign_name, email, lead_id, first_name, last_name, full_name, job_title, company, status,
    campaign_status, replied, tags, custom_variables_jsonb, created_time, last_event_at, synced_at
  )
  select distinct on (c.campaign_id, lower(btrim(r.email)))
    p_list.client, c.campaign_id,
    (select k.campaign_name from public."Campaigns" k where k.client = p_list.client and k.campaign_id = c.campaign_id),
    lower(btrim(r.email)), r.id, nullif(btrim(r.first_name), ''), nullif(btrim(r.last_name), ''),
    nullif(btrim(concat_ws(' ', r.first_name, r.last_name)), ''), nullif(btrim(r.title), ''),
    nullif(btrim(r.company), ''), r.status, c.status, case when c.status = 'replied' then true end,
    private.bison_tag_names(r.tags), private.bison_variables(r.custom_variables), coalesce(r.created_at, p_asked_at),
    p_asked_at, p_asked_at
  from jsonb_to_recordset(p_rows) as r (
    id bigint, email text, first_name text, last_name text, title text, company text, status text, tags jsonb,
    custom_variables jsonb, lead_campaign_data jsonb, created_at timestamptz
  )
  cross join lateral (
    select d.item ->> 'campaign_id' as campaign_id, d.item ->> 'status' as status
    from jsonb_array_elements(r.lead_campaign_data) as d (item)
    union all
    select p_list.scope, null where p_list.scope <> ''
  ) as c
  where r.email ~ '@'
    and not private.is_suppressed(r.email)
  order by c.campaign_id, lower(btrim(r.email)), c.status nulls last
  on conflict (client, campaign_id, lower(email)) do update
  set campaign_name = coalesce(excluded.campaign_name, l.campaign_name),
      lead_id = coalesce(l.lead_id, excluded.lead_id),
      first_name = private.pick(p_asked_at > coalesce(l.last_event_at, '-infinity'), excluded.first_name, l.first_name),
      last_name = private.pick(p_asked_at > coalesce(l.last_event_at, '-infinity'), excluded.last_name, l.last_name),
      full_name = private.pick(p_asked_at > coalesce(l.last_event_at, '-infinity'), excluded.full_name, l.full_name),
      job_title = private.pick(p_asked_at > coalesce(l.last_event_at, '-infinity'), excluded.job_title, l.job_title),
      company = private.pick(p_asked_at > coalesce(l.last_event_at, '-infinity'), excluded.company, l.company),
      status = private.pick(p_asked_at > coalesce(l.last_event_at, '-infinity'), excluded.status, l.status),
      custom_variables_jsonb = case
        when p_asked_at > coalesce(l.last_event_at, '-infinity')
          then coalesce(l.custom_variables_jsonb, '{}') || excluded.custom_variables_jsonb
        else excluded.custom_variables_jsonb || coalesce(l.custom_variables_jsonb, '{}')
      end,
      campaign_status = coalesce(excluded.campaign_status, l.campaign_status),
      replied = l.replied or excluded.replied,
      tags = case when p_asked_at > coalesce(l.tags_changed_at, '-infinity') then excluded.tags else l.tags end,
      last_event_at = greatest(l.last_event_at, p_asked_at),
      synced_at = p_asked_at
  where p_asked_at >= coalesce(l.synced_at, '-infinity');
  perform private.derive_engaged(array(
    select row(p_list.client, lower(btrim(r.item ->> 'email')))::private.person
    from jsonb_array_elements(p_rows) as r (item)
  ));
  return false;
end;
$$;
comment on function private.store_bison_leads(integrations.sync_cursors, jsonb, timestamptz) is
  'A page of GET /leads or of a campaign''s leads: who they are and where they stand. What happened to them is counted '
  'from events alone.';

-- Replies ----------------------------------------------------------------------------------------------------------

create type private.bison_reply_row as (
  id bigint, uuid text, type text, folder text, subject text, text_body text, html_body text, interested boolean,
  automated_reply boolean, date_received timestamptz, campaign_id integer, lead_id bigint, sender_email_id integer,
  raw_message_id text, from_name text, from_email_address text, primary_to_email_address text, parent_id bigint,
  created_at timestamptz, updated_at timestamptz
);
comment on type private.bison_reply_row is 'A row of GET /replies.';

create function private.store_bison_replies(p_list integrations.sync_cursors, p_rows jsonb, p_asked_at timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_instance text := private.bison_instance_of(p_list.client);
  v_people text[] := array(
    select lower(btrim(r.item ->> 'from_email_address'))
    from jsonb_array_elements(p_rows) as r (item)
    where r.item ->> 'type' in ('Tracked Reply', 'Untracked Reply')
      and not private.is_bounce(r.item)
      and not private.is_suppressed(r.item ->> 'from_email_address')
  );
  -- Whose replies they are, who may have answered from another address.
  v_leads text[] := array(
    select lower(k.lead_email)
    from public.replies k
    where k.instance_url = v_instance
      and k.reply_id = any(array(select (r.item ->> 'id')::bigint from jsonb_array_elements(p_rows) as r (item)))
      and k.client = p_list.client
    union
    select lower(l.email)
    from public.all_leads l
    where l.client = p_list.client
      and l.lead_id = any(array(select (r.item ->> 'lead_id')::numeric from jsonb_array_elements(p_rows) as r (item)))
  );
begin
  perform private.lock_addresses(p_list.client, v_people || v_leads);
  perform private.update_bison_replies(p_list.client, v_instance, v_people, p_rows);
  insert into public.replies (
    instance_url, reply_id, reply_uuid, client, type, lead_id, lead_email, subject, category, text_body, html_body,
    campaign_id, date_received, received_at, from_email, from_name, primary_to_email, bison_inbox_id, message_id,
    folder, parent_id, automated, interested, interested_at, provider_updated_at, is_history
  )
  select
    v_instance, r.id, r.uuid, p_list.client, r.type, r.lead_id,
    (select min(l.email) from public.all_leads l where l.client = p_list.client and l.lead_id = t.lead_id),
    r.subject, case when r.interested then 'Interested' when r.automated_reply then 'OOO' end, r.text_body, r.html_body,
    r.campaign_id, (t.received_at at time zone private.time_zone_of(p_list.client))::date, t.received_at,
    btrim(r.from_email_address), r.from_name, r.primary_to_email_address, r.sender_email_id, r.raw_message_id, r.folder,
    r.parent_id, coalesce(r.automated_reply, false), coalesce(r.interested, false),
    case when r.interested then r.updated_at end, r.updated_at, true
  from jsonb_populate_recordset(null::private.bison_reply_row, p_rows) as r
  cross join lateral (
    select least(r.date_received, r.created_at) as received_at, r.lead_id::numeric as lead_id offset 0
  ) as t
  where lower(btrim(r.from_email_address)) = any(v_people)
    and r.type in ('Tracked Reply', 'Untracked Reply')
    and not private.is_bounce(to_jsonb(r))
    -- Newer ones come as events.
    and t.received_at < p_asked_at - interval '10 days'
  order by r.id
  on conflict (instance_url, reply_id) do nothing;
  perform private.derive_replies(p_list.client, v_people || v_leads);
  return private.is_read_far_enough(p_rows, coalesce(
    p_list.since, p_asked_at - private.client_setting(p_list.client, 'sync.history_days') * interval '1 day'
  ));
end;
$$;
comment on function private.store_bison_replies(integrations.sync_cursors, jsonb, timestamptz) is
  'A page of GET /replies, newest first: brings known replies up to date, and adds those that are older than '
  'EmailBison''s list of events.';

create function private.bison_instance_of(p_client text)
returns text
language sql stable
set search_path = ''
as $$
  select rtrim(lower(coalesce(
    (
      select e.instance_url
      from integrations.webhook_endpoints e
      where e.client = p_client and e.provider = 'bison' and e.is_active
      order by e.id
      limit 1
    ),
    (select c."App URL- Bison" from public."Clients" c where c."Business" = p_client),
    p_client
  )), '/')
$$;
comment on function private.bison_instance_of(text) is 'As private.bison_instance says it of the client''s events.';

create function private.update_bison_replies(p_client text, p_instance text, p_people text[], p_rows jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.replies k
  set subject = coalesce(r.subject, k.subject),
      text_body = coalesce(r.text_body, k.text_body),
      html_body = coalesce(r.html_body, k.html_body),
      folder = coalesce(r.folder, k.folder),
      campaign_id = coalesce(k.campaign_id, r.campaign_id),
      lead_id = coalesce(k.lead_id, r.lead_id),
      bison_inbox_id = coalesce(k.bison_inbox_id, r.sender_email_id),
      category = case when r.interested and not k.interested then 'Interested' else k.category end,
      interested_at = case when r.interested then least(k.interested_at, r.updated_at) else k.interested_at end,
      interested = k.interested or coalesce(r.interested, false),
      provider_updated_at = r.updated_at
  from jsonb_populate_recordset(null::private.bison_reply_row, p_rows) as r
  where k.instance_url = p_instance
    and k.reply_id = r.id
    and k.client = p_client
    and lower(btrim(r.from_email_address)) = any(p_people)
    and r.updated_at > coalesce(k.provider_updated_at, '-infinity');
end;
$$;
comment on function private.update_bison_replies(text, text, text[], jsonb) is
  'Brings known replies in line with a page that knows something newer of them; interested stays.';

create function private.derive_replies(p_client text, p_people text[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.derive_people(array(
    select row(p_client, lower(coalesce(r.lead_email, r.from_email)))::private.person
    from public.replies r
    where r.client = p_client
      and lower(coalesce(r.lead_email, r.from_email)) = any(p_people)
      and r.interested
      and not r.automated
  ));
end;
$$;
comment on function private.derive_replies(text, text[]) is
  'Interest that a list of replies told makes the engaged lead, as an event would.';

insert into integrations.sync_resources (resource, store, finish, paging, priority, overlap)
values
  ('campaigns', 'private.store_bison_campaigns', 'private.finish_bison_campaigns', 'pages', -5, '0'),
  ('inboxes', 'private.store_bison_inboxes', 'private.finish_bison_inboxes', 'pages', -5, '0'),
  ('warmup', 'private.store_bison_warmup', null, 'pages', -5, '0'),
  ('tags', 'private.store_bison_tags', null, 'pages', -5, '0'),
  ('campaign_leads', 'private.store_bison_leads', null, 'cursor', -3, '0'),
  ('leads', 'private.store_bison_leads', null, 'pages', -4, '2 days'),
  ('replies', 'private.store_bison_replies', null, 'cursor', -4, '3 days');

-- The night --------------------------------------------------------------------------------------------------------

create function integrations.start_bison_sync(p_client text)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_outcome text := integrations.start_sync(p_client, 'campaigns');
begin
  perform integrations.start_sync(p_client, r.resource)
  from unnest(array['inboxes', 'tags', 'replies']) as r (resource);
  return v_outcome;
end;
$$;
comment on function integrations.start_bison_sync(text) is
  'Reads everything of a client''s EmailBison workspace now. Answers what became of the first list: started, running '
  'or off. Definer: callers may not write cursors.';
grant execute on function integrations.start_bison_sync(text) to service_role;

create function integrations.start_nightly_syncs(p_limit integer default 20)
returns table (started integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_client text;
begin
  started := 0;
  for v_client in
    select c."Business"
    from public."Clients" c
    join integrations.tenants t on t.business = c."Business"
    left join integrations.sync_cursors s on s.client = c."Business" and s.resource = 'campaigns' and s.scope = ''
    where c."Api Key - Bison" is not null
      and c."App URL- Bison" is not null
      and private.client_setting(c."Business", 'sync.enabled') = 1
      and extract(hour from private.clock() at time zone t.time_zone)
        >= private.client_setting(c."Business", 'sync.hour')
      and coalesce((s.started_at at time zone t.time_zone)::date, '-infinity')
        < (private.clock() at time zone t.time_zone)::date
    order by c."Business"
    limit p_limit
  loop
    perform integrations.start_bison_sync(v_client);
    started := started + 1;
  end loop;
  has_more := started >= p_limit;
  return next;
end;
$$;
comment on function integrations.start_nightly_syncs(integer) is
  'Starts the night''s reading of every client whose day has reached sync.hour and that was not read today; also one '
  'that was missed. Called by cron. Definer: callers may not write cursors.';

revoke execute on function
  integrations.bison_access(text), integrations.sync_request(uuid, uuid, jsonb),
  integrations.store_campaign_figures(text, integer, date, jsonb, timestamptz),
  integrations.store_inbox(text, integer, jsonb, timestamptz)
from service_role;
grant execute on function
  integrations.bison_access(text), integrations.sync_request(uuid, uuid, jsonb),
  integrations.store_campaign_figures(text, integer, date, jsonb, timestamptz),
  integrations.store_inbox(text, integer, jsonb, timestamptz)
to job_worker;
