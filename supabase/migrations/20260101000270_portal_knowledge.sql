-- What the agency wrote down about each client: iteration logs, knowledge base, copywriting, opportunity maps, plan of
-- action. Their jsonb columns have shapes, every version is kept, and drafts come from recorded calls.
--
-- A draft is asked for, written by a job (functions/jobs, write_draft) and taken over by a person; it changes no document
-- by itself. Lock order: the draft, then the document.

-- Shapes ---------------------------------------------------------------------------------------------------------

create function private.member_shape(p_word text)
returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case
    when p_word like '%[{}]!' or p_word like '%[{}]'
      then '{"type": "array", "maxItems": 500, "items": {"type": "object"}}'
    when p_word like '%[]' then
      '{"type": "array", "maxItems": 500, "items": {"type": "string", "maxLength": 20000}}'
    when p_word like '%#' then '{"type": "number"}'
    when p_word like '%?' then '{"type": "boolean"}'
    when p_word like '%!' then '{"type": "string", "minLength": 1, "maxLength": 20000}'
    else '{"type": "string", "maxLength": 20000}'
  end::jsonb;
end;
$$;
comment on function private.member_shape(text) is
  'Shape of one member: `name!` a text that must be there, `name` a text, `name#` a number, `name?` true or false, '
  '`name[]` texts, `name[{}]` objects.';

create function private.object_shape(p_words text)
returns jsonb
language sql immutable parallel safe
set search_path = ''
as $$
  select jsonb_build_object(
    'type', 'object',
    'required', coalesce(jsonb_agg(m.name) filter (where m.word like '%!'), '[]'),
    'properties', coalesce(jsonb_object_agg(m.name, private.member_shape(m.word)), '{}')
  )
  from (
    select w.word, regexp_replace(w.word, '[^a-z_].*$', '') as name
    from regexp_split_to_table(p_words, ' ') as w (word)
  ) as m
$$;
comment on function private.object_shape(text) is
  'JSON Schema of an object with these members (private.member_shape). Others may be there as well.';

create function private.list_shape(p_words text)
returns jsonb
language sql immutable parallel safe
set search_path = ''
as $$
  select jsonb_build_object('type', 'array', 'maxItems', 500, 'items', private.object_shape(p_words))
$$;
comment on function private.list_shape(text) is 'JSON Schema of a list of such objects (private.object_shape).';

create function private.shape_of(p_name text)
returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case p_name
    when 'mentioned_users' then private.list_shape('slack_id! display_name!')
    when 'company' then
      private.object_shape('name website industry description mission size founded location values[] notes')
    when 'company_people' then private.list_shape('name! role email linkedin notes')
    when 'company_offer' then
      private.object_shape('summary products[] services[] pricing guarantees[] differentiators[] case_studies[] notes')
    when 'company_competition' then private.list_shape('name! website strengths[] weaknesses[] notes')
    when 'prospect_companies' then
      private.object_shape('industries[] sizes[] locations[] technologies[] signals[] exclusions[] notes')
    when 'prospect_people' then
      private.object_shape('titles[] seniorities[] departments[] pains[] goals[] objections[] notes')
    when 'copy_structures' then private.list_shape('name! subject body steps[{}] notes')
    when 'copy_variables' then
      '{"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}}'
    when 'data_quality_assurance' then private.object_shape('rules[] checks[] notes')
    when 'sending_technicalities' then
      private.object_shape('daily_limit# inboxes# domains[] warmup_days# schedule time_zone notes')
    when 'prompt_templates' then private.list_shape('name! prompt! variables[] notes')
    when 'segments' then private.list_shape('name! description companies# share# notes')
    when 'geographies' then private.list_shape('name! companies# share# notes')
    when 'company_size_bands' then private.list_shape('band! companies# share# notes')
    when 'revenue_bands' then private.list_shape('band! companies# share# notes')
    when 'social_proof' then private.object_shape('case_studies[] testimonials[] logos[] metrics[] notes')
    when 'campaign_architecture' then private.object_shape('summary campaigns[{}] sequences[{}] notes')
    when 'events_conferences' then private.list_shape('name! date location notes')
    when 'next_steps' then private.list_shape('text! owner due_date done?')
    when 'list_building_clay' then private.object_shape('tables[{}] sources[] steps[] notes')
    when 'tables_architecture' then private.list_shape('name! purpose columns[] notes')
    when 'prompt_injections' then private.list_shape('name! prompt! used_in notes')
    when 'expected_quality_outputs' then private.list_shape('name! example criteria')
    when 'connections' then private.list_shape('source! target! via notes')
    when 'campaign_plan' then private.object_shape('goal audience campaigns[{}] start_date notes')
    when 'tasks' then private.list_shape('text! owner due_date done?')
    when 'analysis_surface' then private.list_shape('name! question metric notes')
    when 'analysis_effects' then private.list_shape('name! effect metric notes')
    else '{"type": "object"}'
  end;
end;
$$;
comment on function private.shape_of(text) is
  'The shape of a document column as JSON Schema: what its CHECK asks, and what the AI is asked for. Any other column '
  'holds an object of any kind.';

create function private.shape_problem(p_value jsonb, p_shape jsonb, p_path text)
returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  v_type text := jsonb_typeof(p_value);
  v_missing text;
  v_part record;
  v_problem text;
begin
  if p_shape ? 'type' and not p_shape -> 'type' ? v_type then
    return format('%s is %s, not %s', p_path, v_type, replace(translate(p_shape ->> 'type', '[]"', ''), ', ', ' or '));
  elsif length(p_value #>> '{}') > (p_shape -> 'maxLength')::integer then
    return format('%s is longer than %s', p_path, p_shape ->> 'maxLength');
  elsif v_type = 'string' and length(btrim(p_value #>> '{}')) < (p_shape -> 'minLength')::integer then
    return format('%s is empty', p_path);
  elsif v_type = 'array' and jsonb_array_length(p_value) > (p_shape -> 'maxItems')::integer then
    return format('%s has more than %s items', p_path, p_shape ->> 'maxItems');
  end if;
  if v_type = 'array' then
    for v_part in
      select i.value, i.n - 1 as n
      from jsonb_array_elements(p_value) with ordinality as i (value, n)
      where p_shape ? 'items'
    loop
      v_problem := private.shape_problem(v_part.value, p_shape -> 'items', format('%s[%s]', p_path, v_part.n));
      exit when v_problem is not null;
    end loop;
  elsif v_type = 'object' then
    select r.name into v_missing
    from jsonb_array_elements_text(p_shape -> 'required') as r (name)
    where coalesce(jsonb_typeof(p_value -> r.name), 'null') = 'null'
    limit 1;
    if v_missing is not null then
      return format('%s.%s is missing', p_path, v_missing);
    end if;
    for v_part in
      select m.key, m.value, coalesce(p_shape -> 'properties' -> m.key, p_shape -> 'additionalProperties') as shape
      from jsonb_each(p_value) as m
    loop
      -- A member that need not be there may be null.
      v_problem := case
        when jsonb_typeof(v_part.shape) = 'object' and jsonb_typeof(v_part.value) <> 'null'
          then private.shape_problem(v_part.value, v_part.shape, format('%s.%s', p_path, v_part.key))
      end;
      exit when v_problem is not null;
    end loop;
  end if;
  return v_problem;
end;
$$;
comment on function private.shape_problem(jsonb, jsonb, text) is
  'Where and how a value differs from a shape; null when it fits. Knows type, required, properties, '
  'additionalProperties, items and the three limits of JSON Schema.';

create function private.has_shape(p_column text, p_value jsonb)
returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  v_problem text := private.shape_problem(p_value, private.shape_of(p_column), p_column);
begin
  if v_problem is not null then
    perform private.raise_error('MR002', v_problem || '.', null, 'See docs/knowledge.md for the shapes.');
  end if;
  return true;
end;
$$;
comment on function private.has_shape(text, jsonb) is
  'For CHECKs: true, or MR002 that says where the value differs, which a bare violation would not.';
grant execute on function
  private.member_shape(text), private.object_shape(text), private.list_shape(text), private.shape_of(text),
  private.shape_problem(jsonb, jsonb, text), private.has_shape(text, jsonb)
to authenticated, service_role;

create function private.check_shapes(p_table regclass)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_column name;
begin
  for v_column in
    select a.attname
    from pg_catalog.pg_attribute a
    where a.attrelid = p_table and a.atttypid = 'jsonb'::regtype and a.attnum > 0 and not a.attisdropped
    order by a.attnum
  loop
    execute format(
      'alter table %s add constraint %I check (private.has_shape(%L, %I))',
      p_table, v_column || '_has_its_shape', v_column, v_column
    );
  end loop;
end;
$$;
comment on function private.check_shapes(regclass) is 'Gives every jsonb column of a table the CHECK of its shape.';

create function private.author()
returns text
language sql stable
set search_path = ''
as $$ select coalesce(nullif(auth.jwt() ->> 'email', ''), private.actor()) $$;
comment on function private.author() is 'Who writes, as people know them: the address of who is signed in, else the actor.';

-- Versions -------------------------------------------------------------------------------------------------------

create table public.client_document_versions (
  id bigint generated always as identity primary key,
  client text not null,
  document text not null,
  document_id text not null,
  version integer not null,
  action text not null,
  changed text[] not null default '{}',
  content jsonb not null,
  author text not null,
  created_at timestamptz not null default now(),
  constraint client_document_versions_document_document_id_version_key unique (document, document_id, version),
  constraint action_is_known check (action in ('created', 'changed', 'deleted', 'restored'))
);
create index client_document_versions_client_id_idx on public.client_document_versions (client, id);
create index client_document_versions_client_document_id_idx
on public.client_document_versions (client, document_id, id);
comment on table public.client_document_versions is
  'Every version of the documents about a client, newest two hundred of each: who changed which columns, and the whole '
  'document as it was then.';
comment on column public.client_document_versions.document is 'The table, such as client_knowledge_base.';
comment on column public.client_document_versions.content is 'The document after the change; of a deleted one, the last.';
select private.apply_client_policies('public.client_document_versions', p_write => 'none');

create function private.tg_any__keep_version()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_row jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  v_old jsonb := case tg_op when 'UPDATE' then to_jsonb(old) else '{}' end;
  v_changed text[];
  v_version integer;
begin
  select coalesce(array_agg(c.key order by c.key), '{}') into v_changed
  from jsonb_each(v_row) as c
  where c.value is distinct from v_old -> c.key
    and c.key not in ('client', 'updated_at', 'last_updated_by', 'last_updated_section');
  if tg_op = 'UPDATE' and v_changed = '{}' then
    return null;
  end if;
  -- Two writers of one document wait for each other at its row.
  select coalesce(max(v.version), 0) + 1 into v_version
  from public.client_document_versions v
  where v.document = tg_table_name and v.document_id = v_row ->> 'id';
  insert into public.client_document_versions (
    client, document, document_id, version, action, changed, content, author, created_at
  )
  values (
    v_row ->> 'client', tg_table_name, v_row ->> 'id', v_version,
    case
      when tg_op = 'INSERT' then 'created'
      when tg_op = 'DELETE' then 'deleted'
      when current_setting('millrace.restoring', true) = 'on' then 'restored'
      else 'changed'
    end,
    case tg_op when 'UPDATE' then v_changed else '{}' end, v_row, private.author(), private.clock()
  );
  delete from public.client_document_versions v
  where v.document = tg_table_name and v.document_id = v_row ->> 'id' and v.version <= v_version - 200;
  return null;
end;
$$;
comment on function private.tg_any__keep_version() is
  'Definer: nobody else writes versions. A rename of the client is no change of its documents.';

create function private.keep_versions(p_table regclass)
returns void
language plpgsql
set search_path = ''
as $$
begin
  execute format(
    'create trigger _900_keep_version after insert or update or delete on %s for each row '
    'execute function private.tg_any__keep_version()',
    p_table
  );
end;
$$;
comment on function private.keep_versions(regclass) is
  'Has every version of a table''s rows kept. The table names its client and has an id.';

create function public.restore_document_version(p_version_id bigint)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_version public.client_document_versions;
  v_columns text;
  v_done bigint;
begin
  select * into v_version from public.client_document_versions v where v.id = p_version_id;
  if v_version.id is null then
    perform private.raise_error('MR001', 'No version has this id.', p_version_id::text);
  end if;
  select string_agg(quote_ident(a.attname), ', ') into v_columns
  from pg_catalog.pg_attribute a
  where a.attrelid = format('public.%I', v_version.document)::regclass
    and a.attnum > 0
    and not a.attisdropped
    and v_version.content ? a.attname
    and a.attname not in ('id', 'client', 'version', 'status', 'confirmed_at', 'confirmed_by', 'created_at', 'updated_at');
  perform set_config('millrace.restoring', 'on', true);
  execute format(
    'update public.%1$I t set (%2$s) = (select %2$s from jsonb_populate_record(null::public.%1$I, $1)) '
    'where t.id::text = $2',
    v_version.document, v_columns
  )
  using v_version.content, v_version.document_id;
  get diagnostics v_done = row_count;
  perform set_config('millrace.restoring', '', true);
  if v_done = 0 then
    perform private.raise_error('MR003', 'The document is not there any more, or not yours to change.');
  end if;
  return 'restored';
end;
$$;
comment on function public.restore_document_version(bigint) is
  'Gives a document its content of an earlier version, as the caller may write it. MR001: unknown version, MR003: the '
  'document is gone, may not be changed, or is confirmed.';
grant execute on function public.restore_document_version(bigint) to authenticated, service_role;

-- Iteration logs -------------------------------------------------------------------------------------------------

create table public.client_iteration_logs (
  id bigserial primary key,
  client text not null,
  action_type text not null,
  description text not null,
  created_by text not null,
  campaign_name text,
  mentioned_users jsonb default '[]',
  created_at timestamptz default now(),
  constraint action_type_is_not_blank check (btrim(action_type) <> ''),
  constraint description_is_not_blank check (btrim(description) <> '')
);
create index client_iteration_logs_client_created_at_idx
on public.client_iteration_logs (client, created_at desc, id desc);
create index client_iteration_logs_client_action_type_idx
on public.client_iteration_logs (client, action_type, created_at desc, id desc);
comment on table public.client_iteration_logs is
  'What was tried for a client, and by whom: new copy, another list, a paused campaign.';
select private.check_shapes('public.client_iteration_logs');
select private.apply_client_policies('public.client_iteration_logs');
grant usage on sequence public.client_iteration_logs_id_seq to authenticated;

-- Knowledge base -------------------------------------------------------------------------------------------------

create table public.client_knowledge_base (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  company jsonb default '{}',
  company_people jsonb default '[]',
  company_offer jsonb default '{}',
  company_competition jsonb default '[]',
  prospect_companies jsonb default '{}',
  prospect_people jsonb default '{}',
  copy_structures jsonb default '[]',
  copy_variables jsonb default '{}',
  copy_variable_unique_data jsonb default '{}',
  data_quality_assurance jsonb default '{}',
  sending_technicalities jsonb default '{}',
  last_updated_by text,
  last_updated_section text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint client_knowledge_base_client_key unique (client)
);
comment on table public.client_knowledge_base is
  'What one must know to write for a client: company, offer, prospects, how to send. One row a client.';
comment on column public.client_knowledge_base.last_updated_section is 'The columns that the last change was about.';
select private.check_shapes('public.client_knowledge_base');
select private.apply_client_policies('public.client_knowledge_base');

create function private.tg_client_knowledge_base__note_section()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_changed text;
begin
  select string_agg(c.key, ', ' order by c.key) into v_changed
  from jsonb_each(to_jsonb(new)) as c
  where c.value is distinct from to_jsonb(old) -> c.key
    and c.key not in ('id', 'client', 'created_at', 'updated_at', 'last_updated_by', 'last_updated_section');
  if v_changed is not null and new.last_updated_section is not distinct from old.last_updated_section then
    new.last_updated_section := v_changed;
  end if;
  if v_changed is not null and new.last_updated_by is not distinct from old.last_updated_by then
    new.last_updated_by := private.author();
  end if;
  return new;
end;
$$;
grant execute on function private.author(), private.actor() to authenticated, service_role;
create trigger _500_note_section before update on public.client_knowledge_base
for each row execute function private.tg_client_knowledge_base__note_section();
create trigger _100_touch_updated_at before update on public.client_knowledge_base
for each row execute function extensions.moddatetime(updated_at);
select private.keep_versions('public.client_knowledge_base');

-- Copywriting ----------------------------------------------------------------------------------------------------

create table public.client_copywriting (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  copy_structures jsonb default '[]',
  clay_prompts jsonb default '{}',
  prompt_templates jsonb default '[]',
  source_call_ids uuid[] default '{}',
  generated_from_kb boolean default false,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint client_copywriting_client_key unique (client)
);
comment on table public.client_copywriting is
  'A client''s mails and the prompts that fill them. One row a client.';
comment on column public.client_copywriting.source_call_ids is 'Recorded calls it was drawn from: client_fathom_calls.id.';
select private.check_shapes('public.client_copywriting');
select private.apply_client_policies('public.client_copywriting');
create trigger _100_touch_updated_at before update on public.client_copywriting
for each row execute function extensions.moddatetime(updated_at);
select private.keep_versions('public.client_copywriting');

-- Plan of action -------------------------------------------------------------------------------------------------

create table public.client_plan_of_action (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  list_building_clay jsonb default '{}',
  tables_architecture jsonb default '[]',
  prompt_injections jsonb default '[]',
  expected_quality_outputs jsonb default '[]',
  table_structure jsonb default '{}',
  connections jsonb default '[]',
  implementation_notes text,
  campaign_plan jsonb default '{}',
  tasks jsonb default '[]',
  analysis_surface jsonb default '[]',
  analysis_effects jsonb default '[]',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint client_plan_of_action_client_key unique (client)
);
comment on table public.client_plan_of_action is
  'How a client''s campaigns are built, from list to analysis. One row a client.';
select private.check_shapes('public.client_plan_of_action');
select private.apply_client_policies('public.client_plan_of_action');
create trigger _100_touch_updated_at before update on public.client_plan_of_action
for each row execute function extensions.moddatetime(updated_at);
select private.keep_versions('public.client_plan_of_action');

-- Opportunity maps -----------------------------------------------------------------------------------------------

create table public.client_opportunity_maps (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  title text not null,
  version integer default 1,
  status text default 'draft',
  segments jsonb default '[]',
  geographies jsonb default '[]',
  company_size_bands jsonb default '[]',
  revenue_bands jsonb default '[]',
  social_proof jsonb default '{}',
  campaign_architecture jsonb default '{}',
  events_conferences jsonb default '[]',
  next_steps jsonb default '[]',
  content_json jsonb default '{}',
  pdf_url text,
  source_call_ids uuid[] default '{}',
  generated_by text,
  ai_model text,
  generation_prompt text,
  confirmed_at timestamptz,
  confirmed_by text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint client_opportunity_maps_client_title_version_key unique (client, title, version),
  constraint title_is_not_blank check (btrim(title) <> ''),
  constraint status_is_known check (status in ('draft', 'confirmed', 'archived')),
  constraint confirmed_has_a_time check (status <> 'confirmed' or confirmed_at is not null),
  constraint draft_has_no_time check (status <> 'draft' or confirmed_at is null),
  constraint pdf_url_is_https check (pdf_url ~ '^https://')
);
create unique index client_opportunity_maps_client_title_confirmed_key
on public.client_opportunity_maps (client, title) where status = 'confirmed';
create index client_opportunity_maps_client_created_at_idx
on public.client_opportunity_maps (client, created_at desc, id desc);
create index client_opportunity_maps_client_status_idx
on public.client_opportunity_maps (client, status, created_at desc, id desc);
comment on table public.client_opportunity_maps is
  'A client''s market in versions. A draft is changed until it is confirmed; confirming archives the version before it. '
  'At most one version of a title is confirmed, and only drafts change.';
comment on column public.client_opportunity_maps.version is 'Counted within client and title, by a trigger.';
comment on column public.client_opportunity_maps.generated_by is
  'ai, extract (sentences copied from calls, nothing inferred), or the person who wrote it.';
select private.check_shapes('public.client_opportunity_maps');
select private.apply_client_policies('public.client_opportunity_maps');

create function private.tg_client_opportunity_maps__number()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('opportunity map ' || new.client || chr(31) || new.title, 0));
  new.version := 1 + coalesce(
    (select max(m.version) from public.client_opportunity_maps m where m.client = new.client and m.title = new.title),
    0
  );
  new.status := 'draft';
  new.confirmed_at := null;
  new.confirmed_by := null;
  return new;
end;
$$;
comment on function private.tg_client_opportunity_maps__number() is
  'A map starts as a draft, as the next version of its title. Definer: also of versions that the writer may not see.';
create trigger _100_number before insert on public.client_opportunity_maps
for each row execute function private.tg_client_opportunity_maps__number();

create function private.tg_client_opportunity_maps__guard()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_fixed text[] := '{client,status,confirmed_at,confirmed_by,updated_at,pdf_url}';
begin
  if old.status <> 'draft' and to_jsonb(new) - v_fixed <> to_jsonb(old) - v_fixed then
    perform private.raise_error(
      'MR003', format('A map that is %s does not change.', old.status), null, 'Make a new version of it.'
    );
  elsif new.status <> old.status and (old.status, new.status) not in (
    ('draft', 'confirmed'), ('draft', 'archived'), ('confirmed', 'archived')
  ) then
    perform private.raise_error('MR003', format('A map does not go from %s to %s.', old.status, new.status));
  elsif old.status = 'draft' and new.status = 'confirmed' then
    update public.client_opportunity_maps m
    set status = 'archived'
    where m.client = new.client and m.title = new.title and m.status = 'confirmed';
    new.confirmed_at := private.clock();
    new.confirmed_by := private.author();
  else
    new.confirmed_at := old.confirmed_at;
    new.confirmed_by := old.confirmed_by;
  end if;
  if (new.version, new.title) is distinct from (old.version, old.title) then
    perform private.raise_error('MR003', 'Title and version of a map stay.', null, 'Make a new map.');
  end if;
  return new;
end;
$$;
create trigger _100_guard before update on public.client_opportunity_maps
for each row execute function private.tg_client_opportunity_maps__guard();
create trigger _100_touch_updated_at before update on public.client_opportunity_maps
for each row execute function extensions.moddatetime(updated_at);
select private.keep_versions('public.client_opportunity_maps');

create function private.move_map(p_id uuid, p_status text, p_from text[])
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_status text;
begin
  -- One lock order for all moves of a title: before any of its rows.
  perform pg_advisory_xact_lock(hashtextextended('opportunity map ' || m.client || chr(31) || m.title, 0))
  from public.client_opportunity_maps m
  where m.id = p_id;
  if not found then
    perform private.raise_error('MR001', 'No map has this id.', p_id::text);
  end if;
  update public.client_opportunity_maps m set status = p_status where m.id = p_id and m.status = any(p_from);
  if not found then
    select m.status into v_status from public.client_opportunity_maps m where m.id = p_id;
    if v_status = any(p_from) then
      perform private.raise_error('MR004', 'Only the agency''s staff decides on maps.');
    elsif v_status <> p_status then
      perform private.raise_error('MR003', format('The map is %s.', v_status), null, 'Make a new version of it.');
    end if;
  end if;
  return p_status;
end;
$$;
comment on function private.move_map(uuid, text, text[]) is
  'Moves a map, as the caller may write it; a map that is there already stays. MR001, MR003, MR004.';
grant execute on function private.move_map(uuid, text, text[]) to authenticated, service_role;

create function public.confirm_opportunity_map(p_id uuid)
returns text
language sql
set search_path = ''
as $$ select private.move_map(p_id, 'confirmed', '{draft}') $$;
comment on function public.confirm_opportunity_map(uuid) is
  'Confirms a draft and archives the confirmed version before it. Answers confirmed, also the second time.';

create function public.archive_opportunity_map(p_id uuid)
returns text
language sql
set search_path = ''
as $$ select private.move_map(p_id, 'archived', '{draft,confirmed}') $$;
comment on function public.archive_opportunity_map(uuid) is
  'Archives a draft or a confirmed map. Answers archived, also the second time.';

create function public.revise_opportunity_map(p_id uuid)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.client_opportunity_maps (
    client, title, segments, geographies, company_size_bands, revenue_bands, social_proof, campaign_architecture,
    events_conferences, next_steps, content_json, source_call_ids, generated_by, ai_model, generation_prompt
  )
  select
    m.client, m.title, m.segments, m.geographies, m.company_size_bands, m.revenue_bands, m.social_proof,
    m.campaign_architecture, m.events_conferences, m.next_steps, m.content_json, m.source_call_ids, m.generated_by,
    m.ai_model, m.generation_prompt
  from public.client_opportunity_maps m
  where m.id = p_id
  returning id into v_id;
  if v_id is null then
    perform private.raise_error('MR001', 'No map has this id.', p_id::text);
  end if;
  return v_id;
end;
$$;
comment on function public.revise_opportunity_map(uuid) is
  'The next version of a map, a draft with the same content; answers its id. MR001: no such map.';
grant execute on function
  public.confirm_opportunity_map(uuid), public.archive_opportunity_map(uuid), public.revise_opportunity_map(uuid)
to authenticated, service_role;
