-- Recorded calls from Fathom: whose call it is, what was said, what is to be done.
--
-- A recording comes by webhook and by the sync, once or often, and is one row by its recording_id. It becomes a client's
-- call when the evidence is clear; else it is held in integrations.unmatched_calls, where no client sees it, until a
-- person says whose it is. Lock order: the question about it, the recording, then rows.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('calls.address_confidence', 97, 'percent', 0, 100, 'An invitee''s address is known as somebody of the client.'),
  ('calls.domain_confidence', 90, 'percent', 0, 100, 'An invitee''s domain is the client''s website.'),
  ('calls.contact_confidence', 60, 'percent', 0, 100, 'An invitee is a contact in the client''s CRM.'),
  ('calls.title_confidence', 55, 'percent', 0, 100, 'The title has the client''s name.'),
  ('calls.title_word_confidence', 45, 'percent', 0, 100, 'The title has the first word of the client''s name.'),
  ('calls.title_word_letters', 5, 'letters', 1, 50, 'The first word of a name counts when it has so many letters.'),
  ('calls.match_threshold', 80, 'percent', 1, 100, 'From this confidence on a call is a client''s without asking.'),
  ('calls.match_margin', 20, 'percent', 0, 100, 'So far the best client must be ahead of the second.'),
  ('calls.most_choices', 12, 'choices', 2, 20, 'Clients that a question about a call offers at most.'),
  ('calls.task_due_days', 3, 'days', 0, 90, 'An action item is due so long after its call.');

insert into integrations.notice_kinds (kind, description, severity)
values ('call_failed', 'A call from Fathom could not be stored.', 'warning');

-- Calls ----------------------------------------------------------------------------------------------------------

create table public.client_fathom_calls (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  fathom_call_id text,
  title text not null,
  call_date timestamptz,
  duration_seconds integer,
  transcript text,
  summary text,
  participants jsonb default '[]',
  action_items jsonb default '[]',
  call_type text,
  status text default 'pending',
  metadata jsonb default '{}',
  fathom_recording_url text,
  fathom_raw_data jsonb default '{}',
  auto_matched boolean default false,
  match_confidence double precision default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  match_reason text,
  matched_by text,
  account_id uuid references integrations.fathom_accounts (id) on delete set null,
  source_at timestamptz,
  constraint client_fathom_calls_fathom_call_id_key unique (fathom_call_id),
  constraint call_type_is_known check (
    call_type in ('tam_map', 'opportunity_review', 'messaging_review', 'general', 'other')
  ),
  constraint status_is_known check (status in ('pending', 'processed', 'archived')),
  constraint confidence_is_a_share check (match_confidence between 0 and 1)
);
create index client_fathom_calls_client_call_date_idx on public.client_fathom_calls (client, call_date, id);
create index client_fathom_calls_client_status_call_date_idx
on public.client_fathom_calls (client, status, call_date, id);
create index client_fathom_calls_client_call_type_call_date_idx
on public.client_fathom_calls (client, call_type, call_date, id);
create index client_fathom_calls_account_id_idx on public.client_fathom_calls (account_id);
comment on table public.client_fathom_calls is
  'Recorded calls with a client, one row a Fathom recording. pending: transcript or summary are not there yet.';
comment on column public.client_fathom_calls.fathom_call_id is 'Fathom''s recording_id.';
comment on column public.client_fathom_calls.transcript is 'One line an utterance: [00:05:32] Jane Doe: ...';
comment on column public.client_fathom_calls.call_type is 'Guessed once by integrations.call_type_rules; people change it.';
comment on column public.client_fathom_calls.match_confidence is 'From 0 to 1; 1 when a person said so.';
comment on column public.client_fathom_calls.match_reason is 'Why it is this client''s. Names no person.';
comment on column public.client_fathom_calls.matched_by is 'Who said so (slack:<id>, user:<id>, key:<id>); null: the rules.';
comment on column public.client_fathom_calls.source_at is
  'When what is here was told; what was told earlier fills gaps alone.';
select private.apply_client_policies('public.client_fathom_calls', p_write => 'staff');
revoke insert, update, delete on public.client_fathom_calls from authenticated;
grant update (title, call_type, metadata) on public.client_fathom_calls to authenticated;
create trigger _100_touch_updated_at before update on public.client_fathom_calls
for each row execute function extensions.moddatetime(updated_at);

create table integrations.unmatched_calls (
  id uuid primary key default gen_random_uuid(),
  recording_id text not null unique,
  title text not null,
  call_date timestamptz,
  meeting jsonb not null,
  candidates jsonb not null default '[]',
  status text not null default 'waiting',
  reason text not null,
  account_id uuid references integrations.fathom_accounts (id) on delete set null,
  source_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint status_is_known check (status in ('waiting', 'dismissed')),
  constraint candidates_are_a_list check (jsonb_typeof(candidates) = 'array')
);
create index unmatched_calls_status_created_at_idx on integrations.unmatched_calls (status, created_at, id);
create index unmatched_calls_created_at_idx on integrations.unmatched_calls (created_at, id);
create index unmatched_calls_account_id_idx on integrations.unmatched_calls (account_id);
comment on table integrations.unmatched_calls is
  'Calls that are no client''s yet: waiting for a person, or dismissed as no client''s call. Placing one moves it to '
  'client_fathom_calls. The agency alone sees them.';
comment on column integrations.unmatched_calls.meeting is 'Fathom''s meeting, as it was told last.';
comment on column integrations.unmatched_calls.candidates is '[{client, confidence, reason}], the best first.';
select private.apply_agency_policies('integrations.unmatched_calls', 'none');
create trigger _100_touch_updated_at before update on integrations.unmatched_calls
for each row execute function extensions.moddatetime(updated_at);

create table integrations.call_tasks (
  call_id uuid not null references public.client_fathom_calls (id) on delete cascade,
  item_key text not null,
  task_id uuid references public.crm_tasks (id) on delete set null,
  primary key (call_id, item_key)
);
create index call_tasks_task_id_idx on integrations.call_tasks (task_id);
comment on table integrations.call_tasks is
  'Which action item became which task; null: somebody deleted it, and it stays so.';
comment on column integrations.call_tasks.item_key is
  'The item''s moment in the recording and its place among those of that moment: its words may be edited.';
select private.apply_policies(
  'integrations.call_tasks', 'exists (select from public.client_fathom_calls c where c.id = call_id)', null
);

create table integrations.call_type_rules (
  id bigint generated always as identity primary key,
  position integer not null unique,
  call_type text not null,
  looks_at text not null default 'title',
  pattern text not null,
  constraint call_type_is_known check (
    call_type in ('tam_map', 'opportunity_review', 'messaging_review', 'general', 'other')
  ),
  constraint looks_at_is_known check (looks_at in ('title', 'summary'))
);
comment on table integrations.call_type_rules is
  'What kind of call it is: the first rule, by position, whose pattern (a regular expression, case does not matter) is '
  'found. Without one: general with people from outside, other without.';
select private.apply_agency_policies('integrations.call_type_rules', 'staff');
grant usage on sequence integrations.call_type_rules_id_seq to authenticated;

create function private.tg_call_type_rules__check_pattern()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform '' ~* new.pattern;
  return new;
exception
  when invalid_regular_expression then
    perform private.raise_error('MR002', 'The pattern is no regular expression.', new.pattern);
end;
$$;
create trigger _100_check_pattern before insert or update of pattern on integrations.call_type_rules
for each row execute function private.tg_call_type_rules__check_pattern();

insert into integrations.call_type_rules (position, call_type, looks_at, pattern)
values
  (10, 'tam_map', 'title', '\y(tam|total addressable|market map(ping)?|icp)\y'),
  (20, 'opportunity_review', 'title', '\y(opportunit(y|ies)|pipeline|deal) review\y|\yopportunity map\y'),
  (30, 'messaging_review', 'title', '\y(messaging|copy|copywriting|sequence|script|email) review\y|\ymessaging\y'),
  (40, 'general', 'title', '\y(weekly|bi-?weekly|monthly|check-?in|sync|kick-?off|onboarding|catch-?up)\y'),
  (50, 'tam_map', 'summary', '\y(total addressable market|tam map)\y'),
  (60, 'opportunity_review', 'summary', '\yopportunity (map|review)\y'),
  (70, 'messaging_review', 'summary', '\y(messaging|copy) review\y');

create function private.guess_call_type(p_title text, p_summary text, p_has_guests boolean)
returns text
language sql stable
set search_path = ''
as $$
  select coalesce(
    (
      select r.call_type
      from integrations.call_type_rules r
      where case r.looks_at when 'title' then p_title else p_summary end ~* r.pattern
      order by r.position
      limit 1
    ),
    case when p_has_guests then 'general' else 'other' end
  )
$$;
comment on function private.guess_call_type(text, text, boolean) is 'The kind of a call by integrations.call_type_rules.';

-- Reading a meeting ----------------------------------------------------------------------------------------------

create type private.call_facts as (
  recording_id text, title text, call_date timestamptz, duration_seconds integer, transcript text, summary text,
  participants jsonb, action_items jsonb, url text, has_guests boolean
);

create function private.list_of(p_value jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select case when jsonb_typeof(p_value) = 'array' then p_value else '[]' end
$$;
comment on function private.list_of(jsonb) is 'The list; an empty one for what is none.';

create function private.read_transcript(p_transcript jsonb)
returns text
language sql immutable
set search_path = ''
as $$
  select string_agg(
    format(
      '[%s] %s: %s', coalesce(u.said ->> 'timestamp', '?'), coalesce(u.said #>> '{speaker,display_name}', 'Somebody'),
      u.said ->> 'text'
    ),
    E'\n' order by u.n
  )
  from jsonb_array_elements(private.list_of(p_transcript)) with ordinality as u (said, n)
$$;
comment on function private.read_transcript(jsonb) is 'A transcript as text; null when there is none.';

create function private.read_participants(p_meeting jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_strip_nulls(jsonb_build_object(
        'name', i.person ->> 'name',
        'email', nullif(lower(btrim(i.person ->> 'email')), ''),
        'domain', nullif(lower(coalesce(i.person ->> 'email_domain', split_part(i.person ->> 'email', '@', 2))), ''),
        'is_external', coalesce(i.person -> 'is_external' = 'true', false),
        'speaker', i.person ->> 'matched_speaker_display_name'
      ))
      order by i.n
    ),
    '[]'
  )
  from jsonb_array_elements(private.list_of(p_meeting -> 'calendar_invitees')) with ordinality as i (person, n)
$$;

create function private.read_call(p_meeting jsonb)
returns private.call_facts
language plpgsql stable
set search_path = ''
as $$
declare
  v_start timestamptz := (p_meeting ->> 'recording_start_time')::timestamptz;
  v_facts private.call_facts;
begin
  v_facts.recording_id := nullif(p_meeting ->> 'recording_id', '');
  v_facts.title := left(coalesce(
    nullif(btrim(p_meeting ->> 'title'), ''), nullif(btrim(p_meeting ->> 'meeting_title'), ''), 'Untitled call'
  ), 500);
  v_facts.call_date := coalesce(
    v_start, (p_meeting ->> 'scheduled_start_time')::timestamptz, (p_meeting ->> 'created_at')::timestamptz
  );
  v_facts.duration_seconds := greatest(
    extract(epoch from (p_meeting ->> 'recording_end_time')::timestamptz - v_start)::integer, 0
  );
  v_facts.transcript := private.read_transcript(p_meeting -> 'transcript');
  v_facts.summary := nullif(p_meeting #>> '{default_summary,markdown_formatted}', '');
  v_facts.participants := private.read_participants(p_meeting);
  v_facts.action_items := case when jsonb_typeof(p_meeting -> 'action_items') = 'array' then p_meeting -> 'action_items' end;
  v_facts.url := coalesce(p_meeting ->> 'share_url', p_meeting ->> 'url');
  v_facts.has_guests := exists (
    select from jsonb_array_elements(v_facts.participants) as p (person) where p.person -> 'is_external' = 'true'
  );
  return v_facts;
end;
$$;
comment on function private.read_call(jsonb) is 'What we keep of Fathom''s meeting, in one place.';

-- Whose call it is -----------------------------------------------------------------------------------------------

create function private.percent(p_setting text)
returns double precision
language sql stable
set search_path = ''
as $$
  select private.setting(p_setting)::double precision / 100
$$;

create function private.guests_of(p_participants jsonb)
returns table (email text, domain text)
language sql stable
set search_path = ''
as $$
  select distinct
    p.person ->> 'email',
    case
      when not exists (select from private.free_mail_domains f where f.domain = p.person ->> 'domain')
        then public.normalize_domain(p.person ->> 'domain')
    end
  from jsonb_array_elements(p_participants) as p (person)
  where p.person -> 'is_external' = 'true'
$$;
comment on function private.guests_of(jsonb) is
  'Addresses of people from outside; a domain only when it says something about a company.';

create function private.has_words(p_text text, p_words text)
returns boolean
language sql stable
set search_path = ''
as $$
  select p_text ~* (
    '(?<![[:alnum:]])' || regexp_replace(p_words, '([^[:alnum:]])', '\\\1', 'g') || '(?![[:alnum:]])'
  )
$$;
comment on function private.has_words(text, text) is 'Whether a text has the words as they are, not as part of others.';

create function private.title_confidence(p_title text, p_client text)
returns double precision
language sql stable
set search_path = ''
as $$
  select case
    when private.has_words(p_title, p_client) then private.percent('calls.title_confidence')
    when length(w.word) >= private.setting('calls.title_word_letters')
      and private.has_words(p_title, w.word)
      -- A word that begins several names tells none of them.
      and not exists (
        select
        from integrations.tenants t
        where t.business <> p_client
          and lower(split_part(t.business, ' ', 1)) = lower(w.word)
      )
      then private.percent('calls.title_word_confidence')
  end
  from (select split_part(p_client, ' ', 1) as word) as w
$$;
comment on function private.title_confidence(text, text) is 'How surely a title is about a client; null: not at all.';

create function private.contacts_of_address(p_client text, p_email text)
returns table (id uuid, created_at timestamptz)
language plpgsql stable rows 1
set search_path = ''
as $$
begin
  return query
  select k.id, k.created_at
  from public.crm_contacts k
  where k.client = p_client
    -- A range, in the order that the index of addresses alone has: without statistics any index of clients looks as good.
    and lower(k.email) between p_email and p_email
    and k.deleted_at is null
  order by lower(k.email);
end;
$$;
comment on function private.contacts_of_address(text, text) is 'The contact of a client with an address in lower case.';

create function private.call_evidence(p_participants jsonb, p_title text)
returns table (client text, confidence double precision, reason text)
language sql stable
set search_path = ''
as $$
  with guest as materialized (
    select g.* from private.guests_of(p_participants) g
  )
  select c."Business", private.percent('calls.domain_confidence'), format('an invitee''s domain is %s, its website', d.domain)
  from public."Clients" c
  cross join lateral (select public.normalize_domain(c."Website") as domain) as d
  where exists (
    select
    from guest g
    where g.domain = d.domain or right(g.domain, length(d.domain) + 1) = '.' || d.domain
  )
  union all
  select t.business, private.percent('calls.address_confidence'), 'an invitee is known as one of its people'
  from integrations.tenants t
  where exists (
    select
    from guest g
    join auth.users u on lower(u.email) = g.email
    join integrations.memberships m on m.user_id = u.id
    where m.client = t.business
  )
  or exists (
    select
    from guest g
    join public.calendly_integrations i on lower(i.calendly_user_email) = g.email
    where i.client = t.business
  )
  union all
  select t.business, private.percent('calls.contact_confidence'), 'an invitee is a contact in its CRM'
  from integrations.tenants t
  where exists (
    select
    from guest g
    cross join lateral private.contacts_of_address(t.business, g.email)
  )
  union all
  select c."Business", t.confidence, 'the title names it'
  from public."Clients" c
  cross join lateral (select private.title_confidence(p_title, c."Business") as confidence offset 0) as t
  where t.confidence is not null
$$;
comment on function private.call_evidence(jsonb, text) is
  'Everything that speaks for a client, each with how surely. Reasons name no person.';

create function private.call_candidates(p_participants jsonb, p_title text)
returns table (client text, confidence double precision, reason text)
language sql stable
set search_path = ''
as $$
  -- Independent pieces of evidence: it is not the client's only if all of them mislead.
  select
    e.client,
    round((1 - case when bool_or(e.confidence >= 1) then 0 else exp(sum(ln(1 - e.confidence))) end)::numeric, 4)::float8,
    upper(left(string_agg(e.reason, '; ' order by e.confidence desc), 1))
      || substr(string_agg(e.reason, '; ' order by e.confidence desc), 2) || '.'
  from (
    select v.client, least(v.confidence, 1) as confidence, v.reason
    from private.call_evidence(p_participants, p_title) v
    where v.confidence > 0
  ) as e
  group by e.client
  order by 2 desc, 1
$$;
comment on function private.call_candidates(jsonb, text) is 'The clients whose call it may be, the likeliest first.';

-- Action items ---------------------------------------------------------------------------------------------------

create function private.action_items_of(p_items jsonb)
returns table (item_key text, description text, is_done boolean, assignee text, assignee_email text)
language sql stable
set search_path = ''
as $$
  select
    coalesce(
      i.moment || '#' || row_number() over (partition by i.moment order by i.n),
      encode(sha256(convert_to(lower(i.description), 'UTF8')), 'hex')
    ),
    i.description, coalesce(i.item -> 'completed' = 'true', false),
    coalesce(nullif(i.item #>> '{assignee,name}', ''), i.item #>> '{assignee,email}'),
    lower(i.item #>> '{assignee,email}')
  from (
    select a.item, a.n, nullif(a.item ->> 'recording_timestamp', '') as moment, btrim(a.item ->> 'description') as description
    from jsonb_array_elements(private.list_of(p_items)) with ordinality as a (item, n)
  ) as i
  where i.description <> ''
$$;
comment on function private.action_items_of(jsonb) is 'Action items with the key by which each is known again.';

create function private.contact_of_call(p_call public.client_fathom_calls, p_email text)
returns uuid
language sql stable
set search_path = ''
as $$
  select k.id
  from (
    select p_email as email, 0 as place
    union all
    select g.email, 1 from private.guests_of(p_call.participants) g
  ) as a
  cross join lateral private.contacts_of_address(p_call.client, a.email) as k
  order by a.place, k.created_at
  limit 1
$$;
comment on function private.contact_of_call(public.client_fathom_calls, text) is
  'Whom a task is about: the assignee if they are a contact, else a guest of the call who is.';

create function private.make_call_tasks(p_call public.client_fathom_calls)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer := 0;
  v_item record;
  v_task uuid;
begin
  if p_call.status = 'archived' then
    return 0;
  end if;
  for v_item in
    select i.*
    from private.action_items_of(p_call.action_items) i
    where not i.is_done
      and not exists (
        select from integrations.call_tasks t where t.call_id = p_call.id and t.item_key = i.item_key
      )
  loop
    insert into public.crm_tasks (client, contact_id, type, text, due_date, assigned_to, created_by)
    values (
      p_call.client, private.contact_of_call(p_call, v_item.assignee_email), 'follow_up', left(v_item.description, 2000),
      coalesce(p_call.call_date, private.clock()) + private.setting('calls.task_due_days') * interval '1 day',
      v_item.assignee, 'fathom'
    )
    returning id into v_task;
    insert into integrations.call_tasks (call_id, item_key, task_id) values (p_call.id, v_item.item_key, v_task);
    v_count := v_count + 1;
  end loop;
  update public.crm_tasks k
  set done = true
  from integrations.call_tasks t
  join private.action_items_of(p_call.action_items) i on i.item_key = t.item_key and i.is_done
  where t.call_id = p_call.id
    and k.id = t.task_id
    and not k.done;
  return v_count;
end;
$$;
comment on function private.make_call_tasks(public.client_fathom_calls) is
  'An open action item becomes a task once, also when the task is deleted later; one that is done in Fathom is done '
  'here. The caller holds the recording''s lock. Answers how many were made.';

-- Storing --------------------------------------------------------------------------------------------------------

create function private.prefer(p_new_wins boolean, p_new anyelement, p_old anyelement)
returns anyelement
language sql immutable
set search_path = ''
as $$
  select case when p_new_wins then coalesce(p_new, p_old) else coalesce(p_old, p_new) end
$$;
comment on function private.prefer(boolean, anyelement, anyelement) is 'The newer value; a gap is filled by the other.';

create function private.lock_recording(p_recording_id text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Whoever clicks holds the question, and then wants the recording.
  perform
  from integrations.approvals a
  where a.subject_id = (select u.id from integrations.unmatched_calls u where u.recording_id = p_recording_id)
    and a.kind = 'call_client'
    and a.status = 'open'
  for update of a;
  perform pg_advisory_xact_lock(hashtextextended('fathom recording ' || p_recording_id, 0));
end;
$$;
comment on function private.lock_recording(text) is
  'Serialises everything about one recording until the transaction ends. Taken before any row but the question about it.';

create function private.update_call(p_facts private.call_facts, p_meeting jsonb, p_source_at timestamptz)
returns public.client_fathom_calls
language sql
set search_path = ''
as $$
  update public.client_fathom_calls c
  set title = private.prefer(n.wins, p_facts.title, c.title),
      call_date = private.prefer(n.wins, p_facts.call_date, c.call_date),
      duration_seconds = private.prefer(n.wins, p_facts.duration_seconds, c.duration_seconds),
      transcript = private.prefer(n.wins, p_facts.transcript, c.transcript),
      summary = private.prefer(n.wins, p_facts.summary, c.summary),
      participants = private.prefer(n.wins, nullif(p_facts.participants, '[]'), nullif(c.participants, '[]')),
      action_items = private.prefer(n.wins, p_facts.action_items, nullif(c.action_items, '[]')),
      fathom_recording_url = private.prefer(n.wins, p_facts.url, c.fathom_recording_url),
      fathom_raw_data = case
        when n.wins then coalesce(c.fathom_raw_data, '{}') || jsonb_strip_nulls(p_meeting)
        else jsonb_strip_nulls(p_meeting) || coalesce(c.fathom_raw_data, '{}')
      end,
      status = case
        when c.status = 'pending' and coalesce(c.transcript, p_facts.transcript) is not null
          and coalesce(c.summary, p_facts.summary) is not null then 'processed'
        else c.status
      end,
      source_at = greatest(c.source_at, p_source_at)
  from (
    select p_source_at >= coalesce(o.source_at, '-infinity') as wins
    from public.client_fathom_calls o
    where o.fathom_call_id = p_facts.recording_id
  ) as n
  where c.fathom_call_id = p_facts.recording_id
  returning c.*
$$;
comment on function private.update_call(private.call_facts, jsonb, timestamptz) is
  'Takes over what is new about a call that is a client''s already; null when it is none''s.';

create function private.insert_call(
  p_id uuid, p_meeting jsonb, p_source_at timestamptz, p_account uuid, p_client text, p_confidence double precision, p_reason text,
  p_matched_by text
)
returns public.client_fathom_calls
language plpgsql
set search_path = ''
as $$
declare
  v_facts private.call_facts := private.read_call(p_meeting);
  v_call public.client_fathom_calls;
begin
  insert into public.client_fathom_calls (
    id, client, fathom_call_id, title, call_date, duration_seconds, transcript, summary, participants, action_items,
    call_type, status, fathom_recording_url, fathom_raw_data, auto_matched, match_confidence, match_reason, matched_by,
    account_id, source_at
  )
  values (
    coalesce(p_id, gen_random_uuid()), p_client, v_facts.recording_id, v_facts.title, v_facts.call_date, v_facts.duration_seconds, v_facts.transcript,
    v_facts.summary, v_facts.participants, coalesce(v_facts.action_items, '[]'),
    private.guess_call_type(v_facts.title, v_facts.summary, v_facts.has_guests),
    case when v_facts.transcript is not null and v_facts.summary is not null then 'processed' else 'pending' end,
    v_facts.url, jsonb_strip_nulls(p_meeting), p_matched_by is null, p_confidence, p_reason, p_matched_by,
    p_account, p_source_at
  )
  returning * into v_call;
  perform private.make_call_tasks(v_call);
  return v_call;
end;
$$;
comment on function private.insert_call(uuid, jsonb, timestamptz, uuid, text, double precision, text, text) is
  'Makes a meeting a client''s call, with its tasks; one that was held keeps its id. p_matched_by null: the rules say so.';

create function private.ask_about_call(p_call integrations.unmatched_calls)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_most integer := private.setting('calls.most_choices');
  v_choices jsonb;
begin
  select jsonb_agg(jsonb_build_object('value', o.client, 'label', o.label) order by o.place, o.client)
  into v_choices
  from (
    select k.client, k.label, k.place
    from (
      select
        c.item ->> 'client' as client, c.n as place,
        format('%s (%s %%)', c.item ->> 'client', round(100 * (c.item ->> 'confidence')::numeric)) as label
      from jsonb_array_elements(p_call.candidates) with ordinality as c (item, n)
      union all
      select b."Business", 1000, b."Business"
      from public."Clients" b
      where not p_call.candidates @> jsonb_build_array(jsonb_build_object('client', b."Business"))
    ) as k
    order by k.place, k.client
    limit v_most
  ) as o;
  return integrations.request_approval(
    'call_client', p_call.id, null, format('Whose call is "%s"?', p_call.title),
    jsonb_build_object(
      'text', p_call.reason,
      'fields', jsonb_build_array(
        jsonb_build_object('label', 'When', 'value', to_char(p_call.call_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
        jsonb_build_object('label', 'Invited from', 'value', (
          select string_agg(distinct p.person ->> 'domain', ', ')
          from jsonb_array_elements(private.read_participants(p_call.meeting)) as p (person)
        ))
      ),
      'choices', coalesce(v_choices, '[]') || '[{"value": "(none)", "label": "No client''s"}]'
    )
  );
end;
$$;
comment on function private.ask_about_call(integrations.unmatched_calls) is
  'Asks people whose call it is: the candidates, then other clients by name, and nobody.';

create function private.hold_call(
  p_facts private.call_facts, p_meeting jsonb, p_source_at timestamptz, p_account uuid, p_candidates jsonb,
  p_reason text, p_status text
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_call integrations.unmatched_calls;
begin
  insert into integrations.unmatched_calls as u (
    recording_id, title, call_date, meeting, candidates, status, reason, account_id, source_at
  )
  values (
    p_facts.recording_id, p_facts.title, p_facts.call_date, jsonb_strip_nulls(p_meeting), p_candidates, p_status,
    p_reason, p_account, p_source_at
  )
  on conflict (recording_id) do update
  -- What a person dismissed stays so.
  set meeting = case
        when excluded.source_at >= u.source_at then u.meeting || excluded.meeting else excluded.meeting || u.meeting
      end,
      title = case when excluded.source_at >= u.source_at then excluded.title else u.title end,
      candidates = excluded.candidates,
      reason = case u.status when 'waiting' then excluded.reason else u.reason end,
      account_id = coalesce(excluded.account_id, u.account_id),
      source_at = greatest(excluded.source_at, u.source_at)
  returning * into v_call;
  if v_call.status = 'waiting' then
    perform private.ask_about_call(v_call);
    return 'held';
  end if;
  return 'dismissed';
end;
$$;
comment on function private.hold_call(private.call_facts, jsonb, timestamptz, uuid, jsonb, text, text) is
  'Keeps a call that is no client''s, and asks a person when it waits for one.';

create function private.place_call(
  p_facts private.call_facts, p_meeting jsonb, p_source_at timestamptz, p_account uuid
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_candidates jsonb;
  v_best double precision;
  v_second double precision;
  v_held integrations.unmatched_calls;
begin
  select
    coalesce(jsonb_agg(jsonb_build_object('client', c.client, 'confidence', c.confidence, 'reason', c.reason)), '[]')
  into v_candidates
  from (select * from private.call_candidates(p_facts.participants, p_facts.title) limit 5) as c;
  v_best := coalesce((v_candidates #>> '{0,confidence}')::double precision, 0);
  v_second := coalesce((v_candidates #>> '{1,confidence}')::double precision, 0);

  select * into v_held from integrations.unmatched_calls u where u.recording_id = p_facts.recording_id;
  if v_held.status is distinct from 'dismissed'
    and v_best >= private.percent('calls.match_threshold')
    and round((v_best - v_second)::numeric, 4) >= private.setting('calls.match_margin') / 100
  then
    delete from integrations.unmatched_calls u where u.id = v_held.id;
    perform integrations.withdraw_approval('call_client', v_held.id, 'It became clear by itself.')
    where v_held.id is not null;
    perform private.insert_call(
      v_held.id, coalesce(v_held.meeting, '{}') || jsonb_strip_nulls(p_meeting), p_source_at, coalesce(p_account, v_held.account_id),
      v_candidates #>> '{0,client}', v_best, v_candidates #>> '{0,reason}', null
    );
    return 'matched';
  end if;
  return private.hold_call(
    p_facts, p_meeting, p_source_at, p_account, v_candidates,
    case
      when not p_facts.has_guests and v_best = 0 then 'Nobody from outside was invited, and the title names no client.'
      when v_best = 0 then 'Nothing speaks for any client.'
      when v_best < private.percent('calls.match_threshold') then
        format('Not sure enough: %s %s', v_candidates #>> '{0,client}', v_candidates #>> '{0,reason}')
      else format('%s and %s are too close.', v_candidates #>> '{0,client}', v_candidates #>> '{1,client}')
    end,
    case when not p_facts.has_guests and v_best = 0 then 'dismissed' else 'waiting' end
  );
end;
$$;
comment on function private.place_call(private.call_facts, jsonb, timestamptz, uuid) is
  'Decides whose a new call is: matched (the evidence reaches calls.match_threshold and is calls.match_margin ahead), '
  'held (a person is asked) or dismissed (internal, and no client is named).';

create function private.store_call(p_meeting jsonb, p_source_at timestamptz, p_account uuid)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_facts private.call_facts := private.read_call(p_meeting);
  v_call public.client_fathom_calls;
  v_outcome text := 'updated';
  v_is_new boolean;
begin
  if v_facts.recording_id is null then
    perform private.raise_error('MR005', 'The meeting has no recording_id.');
  end if;
  perform private.lock_recording(v_facts.recording_id);
  if exists (
    select
    from jsonb_array_elements(v_facts.participants) as p (person)
    where private.is_suppressed(p.person ->> 'email')
  ) then
    return 'suppressed';
  end if;
  v_is_new := not exists (select from integrations.unmatched_calls u where u.recording_id = v_facts.recording_id);
  v_call := private.update_call(v_facts, p_meeting, p_source_at);
  if v_call.id is not null then
    perform private.make_call_tasks(v_call);
  else
    v_outcome := private.place_call(v_facts, p_meeting, p_source_at, p_account);
  end if;
  -- At first sight only: what is not ready yet, a later list brings.
  if v_is_new and v_outcome in ('matched', 'held') and p_account is not null
    and (v_facts.transcript is null or v_facts.summary is null)
  then
    perform outbound.enqueue_job(
      'fathom', 'fetch_fathom_call',
      jsonb_build_object('account', p_account, 'recording_id', v_facts.recording_id),
      p_dedupe_key => 'fetch ' || v_facts.recording_id
    );
  end if;
  return v_outcome;
end;
$$;
comment on function private.store_call(jsonb, timestamptz, uuid) is
  'Stores a meeting as Fathom tells it: updated, matched, held, dismissed, or suppressed (somebody in it was erased: '
  'nothing is kept). What is missing of transcript and summary is fetched by a job.';

-- Webhook --------------------------------------------------------------------------------------------------------

create function public.handle_fathom_meeting(p_event integrations.webhook_events)
returns text
language plpgsql
set search_path = ''
as $$
begin
  perform private.store_call(
    p_event.payload, p_event.received_at,
    (select a.id from integrations.fathom_accounts a where a.endpoint_id = p_event.endpoint_id limit 1)
  );
  return 'processed';
end;
$$;
comment on function public.handle_fathom_meeting(integrations.webhook_events) is
  'New meeting content ready: stores the call, matches its client, makes its tasks.';
insert into integrations.webhook_handlers (provider, event_type, handler)
values ('fathom', 'new_meeting_content_ready', 'public.handle_fathom_meeting');

-- Decisions ------------------------------------------------------------------------------------------------------

create function private.settle_call(p_id uuid, p_client text, p_by text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_held integrations.unmatched_calls;
begin
  select * into v_held from integrations.unmatched_calls u where u.id = p_id;
  if v_held.id is not null then
    perform private.lock_recording(v_held.recording_id);
    select * into v_held from integrations.unmatched_calls u where u.id = p_id for update;
  end if;
  if v_held.id is null then
    perform private.raise_error('MR003', 'This call is placed already.');
  elsif p_client is null then
    update integrations.unmatched_calls u
    set status = 'dismissed', reason = 'A person said that it is no client''s.'
    where u.id = p_id;
    return 'It is no client''s call.';
  elsif not exists (select from public."Clients" c where c."Business" = p_client) then
    perform private.raise_error('MR002', 'There is no such client.', p_client);
  end if;
  delete from integrations.unmatched_calls u where u.id = p_id;
  perform private.insert_call(
    p_id, v_held.meeting, v_held.source_at, v_held.account_id, p_client, 1, 'A person said so.', p_by
  );
  return format('It is a call with %s.', p_client);
end;
$$;
comment on function private.settle_call(uuid, text, text) is
  'A person''s word on a call that waits or was dismissed: its client, or null for none. MR003: it is placed already.';

create function private.decide_call(p_approval_id uuid, p_decision text, p_decided_by text)
returns text
language sql
set search_path = ''
as $$
  select private.settle_call(a.subject_id, nullif(p_decision, '(none)'), p_decided_by)
  from integrations.approvals a
  where a.id = p_approval_id
$$;
comment on function private.decide_call(uuid, text, text) is 'The handler of approvals of the kind call_client.';
insert into integrations.approval_kinds (kind, handler, description)
values ('call_client', 'private.decide_call', 'Whose call a recording is, when the evidence does not say.');

create function integrations.place_unmatched_call(p_id uuid, p_client text)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_said text;
begin
  if not private.is_service() and not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only the agency''s staff may do this.');
  elsif exists (select from public.client_fathom_calls c where c.id = p_id and c.client = p_client) then
    return 'placed';
  elsif not exists (select from integrations.unmatched_calls u where u.id = p_id) then
    perform private.raise_error('MR001', 'There is no such call, or it is placed already.');
  end if;
  v_said := private.settle_call(p_id, p_client, private.actor());
  perform integrations.withdraw_approval('call_client', p_id, v_said || ' Decided elsewhere.');
  return case when p_client is null then 'dismissed' else 'placed' end;
end;
$$;
comment on function integrations.place_unmatched_call(uuid, text) is
  'Says whose call it is (placed), or that it is no client''s (null: dismissed); the question in Slack ends. Agency staff '
  'and services. MR001: none of that id. Definer: nobody else writes calls.';

create function integrations.assign_call(p_id uuid, p_client text)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_call public.client_fathom_calls;
begin
  select * into v_call
  from public.client_fathom_calls c
  where c.id = p_id
    and (private.is_service() or c.client = any(array(select private.my_clients('staff'))));
  if v_call.id is null then
    perform private.raise_error('MR001', 'There is no such call.');
  elsif not exists (select from public."Clients" c where c."Business" = p_client)
    or not (private.is_service() or p_client = any(array(select private.my_clients('staff'))))
  then
    perform private.raise_error('MR002', 'There is no such client.', p_client);
  elsif v_call.client = p_client then
    return 'kept';
  end if;
  perform private.lock_recording(v_call.fathom_call_id);
  update public.client_fathom_calls c
  set client = p_client, auto_matched = false, match_confidence = 1, match_reason = 'A person said so.',
      matched_by = private.actor()
  where c.id = p_id
  returning * into v_call;
  update public.crm_tasks k
  set client = p_client, contact_id = null, deal_id = null
  from integrations.call_tasks t
  where t.call_id = p_id
    and k.id = t.task_id
    and k.client <> p_client;
  return 'assigned';
end;
$$;
comment on function integrations.assign_call(uuid, text) is
  'Gives a call, with its tasks, to another client: assigned, or kept when it was theirs. Agency staff of both, and '
  'services. Definer: nobody else writes calls.';

create function integrations.archive_call(p_id uuid, p_archived boolean default true)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  update public.client_fathom_calls c
  set status = case
    when p_archived then 'archived'
    when c.transcript is not null and c.summary is not null then 'processed'
    else 'pending'
  end
  where c.id = p_id
    and (private.is_service() or c.client = any(array(select private.my_clients('staff'))));
  if not found then
    perform private.raise_error('MR001', 'There is no such call.');
  end if;
  return case when p_archived then 'archived' else 'restored' end;
end;
$$;
comment on function integrations.archive_call(uuid, boolean) is
  'Puts a call away, or takes it back. New action items of an archived one become no tasks. Agency staff and services. '
  'Definer: nobody else writes calls.';

grant execute on function
  integrations.place_unmatched_call(uuid, text),
  integrations.assign_call(uuid, text),
  integrations.archive_call(uuid, boolean)
to authenticated;
