-- Drafts of a client's documents, from what was said in recorded calls: asked for by a person, written by a job through
-- the AI port, taken over by a person. Without an AI configured a draft is an extract: sentences copied from the calls
-- and nothing inferred, marked as such (generated_by).
--
-- A draft is stored whole or not at all: its content must have the shapes of the columns it is for.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('drafts.calls_at_most', 5, 'calls', 1, 20, 'The newest calls that a draft is made of, unless calls are named.'),
  ('drafts.letters_of_a_call', 20000, 'letters', 1000, 200000, 'How much of a transcript is shown to the AI.');

create table public.client_drafts (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  kind text not null,
  status text not null default 'waiting',
  call_ids uuid[] not null,
  instructions text,
  title text,
  content jsonb,
  generated_by text,
  ai_model text,
  prompt text,
  problem text,
  document_id uuid,
  requested_by text not null,
  decided_by text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint kind_is_known check (kind in ('opportunity_map', 'knowledge_base', 'copywriting', 'plan_of_action')),
  constraint status_is_known check (status in ('waiting', 'written', 'failed', 'accepted', 'discarded')),
  constraint written_has_content check ((status in ('written', 'accepted')) <= (content is not null)),
  constraint content_has_a_writer check (content is null or generated_by is not null),
  constraint problem_matches_status check ((status = 'failed') = (problem is not null)),
  constraint accepted_has_a_document check ((status = 'accepted') = (document_id is not null)),
  constraint calls_are_named check (cardinality(call_ids) between 1 and 20),
  constraint generated_by_is_known check (generated_by in ('ai', 'extract')),
  constraint model_is_the_ais check ((generated_by = 'ai') = (ai_model is not null))
);
create index client_drafts_client_created_at_idx on public.client_drafts (client, created_at desc, id desc);
create index client_drafts_client_status_idx on public.client_drafts (client, status, created_at desc, id desc);
create index client_drafts_created_at_waiting_idx on public.client_drafts (created_at) where status = 'waiting';
comment on table public.client_drafts is
  'Drafts of documents. waiting for the writer; written; failed with a reason; accepted into document_id, or discarded.';
comment on column public.client_drafts.generated_by is
  'ai; extract: sentences copied from the calls, nothing inferred.';
comment on column public.client_drafts.prompt is 'What the AI was told, but for the transcripts.';
select private.apply_client_policies('public.client_drafts', p_write => 'none');
create trigger _100_touch_updated_at before update on public.client_drafts
for each row execute function extensions.moddatetime(updated_at);

create function private.draft_columns(p_kind text)
returns text[]
language sql immutable
set search_path = ''
as $$
  select case p_kind
    when 'opportunity_map' then array[
      'segments', 'geographies', 'company_size_bands', 'revenue_bands', 'social_proof', 'campaign_architecture',
      'events_conferences', 'next_steps'
    ]
    when 'knowledge_base' then array[
      'company', 'company_people', 'company_offer', 'company_competition', 'prospect_companies', 'prospect_people'
    ]
    when 'copywriting' then array['copy_structures', 'prompt_templates']
    when 'plan_of_action' then array['tables_architecture', 'campaign_plan', 'tasks']
  end
$$;
comment on function private.draft_columns(text) is 'The columns of a document that a draft fills.';

create function private.draft_shape(p_kind text)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'type', 'object', 'required', to_jsonb(private.draft_columns(p_kind)),
    'properties', jsonb_object_agg(c.name, private.shape_of(c.name))
  )
  from unnest(private.draft_columns(p_kind)) as c (name)
$$;
comment on function private.draft_shape(text) is 'What a draft must look like, as JSON Schema.';

create function private.document_table(p_kind text)
returns text
language sql immutable
set search_path = ''
as $$
  select case p_kind
    when 'opportunity_map' then 'client_opportunity_maps'
    when 'plan_of_action' then 'client_plan_of_action'
    else 'client_' || p_kind
  end
$$;
comment on function private.document_table(text) is 'The table of a kind of document.';

-- Asking ---------------------------------------------------------------------------------------------------------

create function private.calls_for_draft(p_client text, p_calls uuid[])
returns uuid[]
language plpgsql stable
set search_path = ''
as $$
declare
  v_most integer := private.setting('drafts.calls_at_most');
begin
  return array(
    select c.id
    from public.client_fathom_calls c
    where c.client = p_client
      and (c.id = any(p_calls) or p_calls is null and c.status is distinct from 'archived')
      and coalesce(nullif(c.transcript, ''), nullif(c.summary, '')) is not null
    order by c.call_date desc nulls last, c.id
    limit case when p_calls is null then v_most else 20 end
  );
end;
$$;
comment on function private.calls_for_draft(text, uuid[]) is
  'Calls of the client with something said in them: these, or the newest.';

create function public.request_draft(
  p_client text, p_kind text, p_calls uuid[] default null, p_title text default null, p_instructions text default null
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_calls uuid[];
  v_id uuid;
begin
  if not private.is_service() and p_client <> all (array(select private.my_clients())) then
    perform private.raise_error('MR001', 'There is no such client.');
  elsif not private.is_service() and p_client <> all (array(select private.my_clients('staff'))) then
    perform private.raise_error('MR004', 'Only the agency''s staff asks for drafts.');
  elsif private.draft_columns(p_kind) is null then
    perform private.raise_error('MR002', 'There are no drafts of this kind.', p_kind);
  end if;
  v_calls := private.calls_for_draft(p_client, p_calls);
  if cardinality(v_calls) < coalesce(cardinality(p_calls), 1) then
    perform private.raise_error(
      'MR002', 'The client has no such calls with a transcript or a summary.', null, 'Sync or assign the calls first.'
    );
  end if;
  insert into public.client_drafts (client, kind, call_ids, title, instructions, requested_by, created_at)
  values (
    p_client, p_kind, v_calls, coalesce(p_title, 'Market of ' || p_client), p_instructions, private.author(),
    private.clock()
  )
  returning id into v_id;
  perform outbound.enqueue_job('drafts', 'write_draft', jsonb_build_object('draft_id', v_id));
  return v_id;
end;
$$;
comment on function public.request_draft(text, text, uuid[], text, text) is
  'Asks for a draft (opportunity_map, knowledge_base, copywriting, plan_of_action) from these calls, or from the newest; '
  'answers its id. MR001: no such client, MR002: no calls or no such kind, MR004: not staff. Definer: drafts are not for '
  'users to write.';

create function private.change_draft(p_id uuid, p_from text[])
returns public.client_drafts
language plpgsql
set search_path = ''
as $$
declare
  v_draft public.client_drafts;
begin
  select * into v_draft from public.client_drafts d where d.id = p_id for update;
  if v_draft.id is null or not private.is_service() and v_draft.client <> all (array(select private.my_clients())) then
    perform private.raise_error('MR001', 'No draft has this id.', p_id::text);
  elsif not private.is_service() and v_draft.client <> all (array(select private.my_clients('staff'))) then
    perform private.raise_error('MR004', 'Only the agency''s staff decides on drafts.');
  elsif v_draft.status <> all (p_from) then
    perform private.raise_error('MR003', format('The draft is %s.', v_draft.status));
  end if;
  return v_draft;
end;
$$;
comment on function private.change_draft(uuid, text[]) is
  'A draft to be decided on, locked. MR001, MR003 (it is in another state) or MR004.';

create function public.retry_draft(p_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.change_draft(p_id, '{failed}');
  update public.client_drafts d set status = 'waiting', problem = null, finished_at = null where d.id = p_id;
  perform outbound.enqueue_job('drafts', 'write_draft', jsonb_build_object('draft_id', p_id));
  return 'waiting';
end;
$$;
comment on function public.retry_draft(uuid) is
  'Has a failed draft written once more. Definer: drafts are not for users to write.';

create function public.discard_draft(p_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_draft public.client_drafts := private.change_draft(p_id, '{waiting,written,failed,discarded}');
begin
  update public.client_drafts d
  set status = 'discarded', problem = null, decided_by = private.author(), finished_at = private.clock()
  where d.id = p_id and v_draft.status <> 'discarded';
  return 'discarded';
end;
$$;
comment on function public.discard_draft(uuid) is 'Nobody wants this draft. Definer: drafts are not for users to write.';

create function public.accept_draft(p_id uuid)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_draft public.client_drafts := private.change_draft(p_id, '{written,accepted}');
  v_columns text[] := private.draft_columns(v_draft.kind);
  v_filled text[];
  v_document uuid;
begin
  if v_draft.status = 'accepted' then
    return v_draft.document_id;
  end if;
  if v_draft.kind = 'opportunity_map' then
    v_document := private.add_map_of_draft(v_draft);
  else
    -- What the draft has nothing to say about stays as it is.
    v_filled := array(
      select c.name from unnest(v_columns) as c (name) where v_draft.content -> c.name not in ('[]', '{}')
    );
    execute format('insert into public.%I (client) values ($1) on conflict do nothing', private.document_table(v_draft.kind))
    using v_draft.client;
    execute format(
      'update public.%I t set %s where t.client = $2 returning t.id', private.document_table(v_draft.kind),
      (
        select string_agg(format('%I = coalesce($1 -> %L, t.%I)', c.name, c.name, c.name), ', ')
        from unnest(case when v_filled = '{}' then v_columns[:1] else v_filled end) as c (name)
      )
    )
    into v_document using v_draft.content, v_draft.client;
    if v_draft.kind = 'copywriting' then
      update public.client_copywriting c set source_call_ids = v_draft.call_ids where c.id = v_document;
    end if;
  end if;
  update public.client_drafts d
  set status = 'accepted', document_id = v_document, decided_by = private.author(), finished_at = private.clock()
  where d.id = p_id;
  return v_document;
end;
$$;
comment on function public.accept_draft(uuid) is
  'Takes a draft over and answers the document''s id: a map becomes a new draft version, the others fill their sections '
  '(what was there is in client_document_versions). Again, it answers the same. Definer: drafts are not for users to '
  'write.';

create function private.add_map_of_draft(p_draft public.client_drafts)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_map public.client_opportunity_maps := jsonb_populate_record(null::public.client_opportunity_maps, p_draft.content);
  v_id uuid;
begin
  insert into public.client_opportunity_maps (
    client, title, segments, geographies, company_size_bands, revenue_bands, social_proof, campaign_architecture,
    events_conferences, next_steps, content_json, source_call_ids, generated_by, ai_model, generation_prompt
  )
  values (
    p_draft.client, p_draft.title, v_map.segments, v_map.geographies, v_map.company_size_bands, v_map.revenue_bands,
    v_map.social_proof, v_map.campaign_architecture, v_map.events_conferences, v_map.next_steps,
    coalesce(p_draft.content -> 'content_json', '{}'), p_draft.call_ids, p_draft.generated_by, p_draft.ai_model,
    p_draft.prompt
  )
  returning id into v_id;
  return v_id;
end;
$$;
comment on function private.add_map_of_draft(public.client_drafts) is 'A map''s next version, with a draft''s content.';
grant execute on function
  public.request_draft(text, text, uuid[], text, text), public.retry_draft(uuid), public.discard_draft(uuid),
  public.accept_draft(uuid)
to authenticated, service_role;

-- Writing --------------------------------------------------------------------------------------------------------

create function integrations.get_draft(p_id uuid)
returns table (kind text, client text, shape jsonb, instructions text, known jsonb, calls jsonb)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
  select d.kind, d.client, private.draft_shape(d.kind), d.instructions,
    (
      select to_jsonb(k) - array['id', 'client', 'created_at', 'updated_at', 'last_updated_by', 'last_updated_section']
      from public.client_knowledge_base k where k.client = d.client
    ),
    (
      select jsonb_agg(jsonb_build_object(
        'title', c.title, 'date', c.call_date, 'summary', c.summary, 'action_items', c.action_items,
        'transcript', left(c.transcript, private.setting('drafts.letters_of_a_call')::integer)
      ) order by c.call_date, c.id)
      from public.client_fathom_calls c
      where c.id = any(d.call_ids)
    )
  from public.client_drafts d
  where d.id = p_id
    and d.status = 'waiting';
end;
$$;
comment on function integrations.get_draft(uuid) is
  'What a writer needs: the shape to fill, the calls, and what is known of the client. No row: it is written, or nobody '
  'wants it. Definer: jobs have no rights on tables.';

create function integrations.store_draft(
  p_id uuid, p_content jsonb, p_generated_by text, p_ai_model text default null, p_prompt text default null
)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_draft public.client_drafts;
  v_problem text;
begin
  select * into v_draft from public.client_drafts d where d.id = p_id for update;
  if v_draft.status is distinct from 'waiting' then
    return 'not_wanted';
  end if;
  v_problem := coalesce(
    private.shape_problem(p_content, private.draft_shape(v_draft.kind), 'draft'),
    case when p_content is null then 'draft is missing' end
  );
  if v_problem is not null then
    update public.client_drafts d
    set status = 'failed', problem = left('The answer has the wrong shape: ' || v_problem || '.', 1000),
      finished_at = private.clock()
    where d.id = p_id;
    return 'wrong_shape';
  end if;
  update public.client_drafts d
  set status = 'written', content = p_content, generated_by = p_generated_by, ai_model = p_ai_model, prompt = p_prompt,
    finished_at = private.clock()
  where d.id = p_id;
  return 'written';
end;
$$;
comment on function integrations.store_draft(uuid, jsonb, text, text, text) is
  'A writer''s draft. written, wrong_shape (it failed, and says where), not_wanted (it is not waiting any more). '
  'Definer: jobs have no rights on tables.';

create function integrations.fail_draft(p_id uuid, p_problem text)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  update public.client_drafts d
  set status = 'failed', problem = left(p_problem, 1000), finished_at = private.clock()
  where d.id = p_id and d.status = 'waiting';
  return case when found then 'failed' else 'not_wanted' end;
end;
$$;
comment on function integrations.fail_draft(uuid, text) is
  'Nobody could write the draft, for this reason. failed or not_wanted. Definer: jobs have no rights on tables.';

-- The extract ----------------------------------------------------------------------------------------------------

create function private.sentences_of(p_calls uuid[], p_words text, p_most integer)
returns table (sentence text, title text)
language sql stable
set search_path = ''
as $$
  select f.sentence, f.title
  from (
    select
      btrim(regexp_replace(s.sentence, '^([^:]{1,60}:\s*)', '')) as sentence, c.title, c.call_date, s.n,
      row_number() over (partition by lower(btrim(s.sentence)) order by c.call_date, s.n) as repeat
    from public.client_fathom_calls c
    cross join lateral regexp_split_to_table(
      coalesce(nullif(c.transcript, ''), c.summary), '(?<=[.!?])\s+|\n+'
    ) with ordinality as s (sentence, n)
    where c.id = any(p_calls)
      and s.sentence ~* ('\m(' || p_words || ')')
  ) as f
  where f.repeat = 1
    and length(f.sentence) between 12 and 600
  order by f.call_date, f.n
  limit p_most
$$;
comment on function private.sentences_of(uuid[], text, integer) is
  'Sentences of calls with one of these words, as they were said, in their order; who spoke is left out.';

create function private.quotes(p_calls uuid[], p_key text, p_words text)
returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    p_key, case when length(q.sentence) > 120 then left(q.sentence, 117) || '...' else q.sentence end,
    'notes', format('Said in "%s": %s', q.title, q.sentence)
  )), '[]')
  from private.sentences_of(p_calls, p_words, 8) as q
$$;
comment on function private.quotes(uuid[], text, text) is 'Sentences of calls as a list of objects, with their source.';

create function private.quoted_texts(p_calls uuid[], p_words text)
returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(format('%s ("%s")', q.sentence, q.title)), '[]')
  from private.sentences_of(p_calls, p_words, 8) as q
$$;
comment on function private.quoted_texts(uuid[], text) is 'Sentences of calls as texts, with their source.';

create function private.action_items_of(p_calls uuid[])
returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(distinct jsonb_build_object('text', a.text)), '[]')
  from public.client_fathom_calls c
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(c.action_items) when 'array' then c.action_items else '[]' end
  ) as i
  cross join lateral (
    select left(btrim(coalesce(i ->> 'description', i ->> 'text', i ->> 'title', i #>> '{}')), 2000) as text
  ) as a
  where c.id = any(p_calls)
    and a.text <> ''
$$;
comment on function private.action_items_of(uuid[]) is 'The action items of calls, as things to do.';

create function private.extract_of(p_kind text, p_calls uuid[])
returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  v_note text := 'An extract: sentences copied from the calls. Nothing was inferred.';
begin
  return case p_kind
    when 'opportunity_map' then jsonb_build_object(
      'segments', private.quotes(p_calls, 'name', 'segment|industr|vertical|niche|market|customers'),
      'geographies', private.quotes(p_calls, 'name', 'countr|region|europe|america|asia|states|territor|local'),
      'company_size_bands', private.quotes(p_calls, 'band', 'employees|headcount|people at|staff of|seats'),
      'revenue_bands', private.quotes(p_calls, 'band', 'revenue|turnover|million|arr|mrr|budget'),
      'social_proof', jsonb_build_object(
        'case_studies', private.quoted_texts(p_calls, 'case stud|client of ours|customer of ours|saved|grew|increased'),
        'notes', v_note
      ),
      'campaign_architecture', jsonb_build_object('summary', '', 'notes', v_note),
      'events_conferences', private.quotes(p_calls, 'name', 'conference|trade show|expo|summit|webinar'),
      'next_steps', private.action_items_of(p_calls)
    )
    when 'knowledge_base' then jsonb_build_object(
      'company', jsonb_build_object('notes', v_note, 'values', private.quoted_texts(p_calls, 'founded|mission|we are a|our company')),
      'company_people', '[]'::jsonb,
      'company_offer', jsonb_build_object(
        'services', private.quoted_texts(p_calls, 'we offer|our product|our service|we help|we provide'),
        'differentiators', private.quoted_texts(p_calls, 'unlike|different|only one|better than|faster'),
        'pricing', coalesce((select string_agg(q.sentence, ' ') from private.sentences_of(p_calls, 'pric|costs|per month|per seat', 3) q), '')
      ),
      'company_competition', private.quotes(p_calls, 'name', 'competitor|compete|alternative|instead of'),
      'prospect_companies', jsonb_build_object('industries', private.quoted_texts(p_calls, 'industr|vertical|sector')),
      'prospect_people', jsonb_build_object(
        'titles', private.quoted_texts(p_calls, 'ceo|cto|cfo|head of|director|manager|vp|founder'),
        'pains', private.quoted_texts(p_calls, 'problem|pain|struggl|difficult|frustrat'),
        'objections', private.quoted_texts(p_calls, 'too expensive|no budget|not now|already have|concern')
      )
    )
    when 'copywriting' then jsonb_build_object(
      'copy_structures', private.quotes(p_calls, 'name', 'subject|email|message|copy|hook|opening'),
      'prompt_templates', '[]'::jsonb
    )
    else jsonb_build_object(
      'tables_architecture', private.quotes(p_calls, 'name', 'table|list|spreadsheet|clay|column'),
      'campaign_plan', jsonb_build_object(
        'goal', coalesce((select q.sentence from private.sentences_of(p_calls, 'goal|target|want to', 1) q), '')
      ),
      'tasks', private.action_items_of(p_calls)
    )
  end;
end;
$$;
comment on function private.extract_of(text, uuid[]) is
  'A draft without an AI: sentences that have the words of a section, copied under it, with their call.';

create function integrations.extract_draft(p_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  return integrations.store_draft(
    p_id, (select private.extract_of(d.kind, d.call_ids) from public.client_drafts d where d.id = p_id), 'extract'
  );
end;
$$;
comment on function integrations.extract_draft(uuid) is
  'Writes a draft without an AI; answers as store_draft. Definer: jobs have no rights on tables.';
grant execute on function
  integrations.get_draft(uuid), integrations.store_draft(uuid, jsonb, text, text, text),
  integrations.fail_draft(uuid, text), integrations.extract_draft(uuid)
to job_worker;

create function private.sweep_drafts(p_limit integer default 500)
returns table (failed integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  update public.client_drafts d
  set status = 'failed', problem = 'Nobody wrote it within a day.', finished_at = private.clock()
  where d.id = any(array(
    select w.id
    from public.client_drafts w
    where w.status = 'waiting' and w.created_at < private.clock() - interval '1 day'
      and w.updated_at < private.clock() - interval '1 day'
    order by w.created_at
    limit p_limit
    for update skip locked
  ));
  get diagnostics failed = row_count;
  has_more := failed = p_limit;
  return next;
end;
$$;
comment on function private.sweep_drafts(integer) is 'Drafts whose writer died are told to have failed.';
