-- People: one row an address, merged as companies are (see there): one LinkedIn profile, or one name in one company.

create table people.master (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  name text,
  first_name text,
  last_name text,
  title text,
  company_id uuid references company.master (id) on delete set null,
  linkedin_url text,
  phone text,
  location text,
  seniority text,
  department text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  enriched_at timestamptz,
  status text not null default 'active',
  merged_into uuid references people.master (id) on delete set null,
  constraint status_is_known check (status in ('active', 'inactive', 'bounced')),
  constraint merged_is_inactive check (merged_into is null or status = 'inactive'),
  constraint person_is_not_merged_into_itself check (merged_into <> id)
);
create unique index idx_people_email on people.master (email);
create index idx_people_company_id on people.master (company_id);
create index idx_people_linkedin_url on people.master (linkedin_url);
create index master_merged_into_idx on people.master (merged_into);
create index master_linkedin_key_idx on people.master (private.linkedin_key(linkedin_url)) where merged_into is null;
create index master_company_id_name_idx on people.master (company_id, lower(name)) where merged_into is null;
create trigger _100_touch_updated_at before update on people.master
for each row execute function extensions.moddatetime(updated_at);
comment on table people.master is 'Golden records of people, one an address. Changes through people.promote_slots and merges.';
comment on column people.master.merged_into is 'The person that this one turned out to be; the address still leads there.';

create table people.slot (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  raw_data jsonb not null,
  validation_status text not null default 'pending',
  created_at timestamptz not null default clock_timestamp(),
  promoted_at timestamptz,
  source text not null default 'manual',
  rejection text,
  person_id uuid references people.master (id) on delete set null,
  constraint validation_status_is_known check (validation_status in ('pending', 'validated', 'rejected')),
  constraint rejection_matches_status check ((rejection is not null) = (validation_status = 'rejected'))
);
create index slot_pending_idx on people.slot (created_at, id) where validation_status = 'pending';
create index slot_email_idx on people.slot (email);
create index slot_person_id_idx on people.slot (person_id);
comment on table people.slot is 'What was brought of people: pending, then validated (merged into person_id) or rejected.';

create table people.history (
  history_id bigserial primary key,
  person_id uuid not null references people.master (id) on delete cascade,
  changed_fields jsonb not null,
  old_values jsonb not null,
  new_values jsonb not null,
  changed_by text,
  changed_at timestamptz not null default now()
);
create index history_person_id_changed_at_idx on people.history (person_id, changed_at);
comment on table people.history is 'Each change of a person: which fields, from what to what, by whom. Goes with the person.';

create table people.merges (
  merge_id bigint generated always as identity primary key,
  kept_id uuid not null references people.master (id) on delete cascade,
  merged_id uuid not null references people.master (id) on delete cascade,
  reason text not null,
  taken jsonb not null,
  merged_status text not null,
  merged_by text,
  merged_at timestamptz not null default now(),
  undone_by text,
  undone_at timestamptz
);
create index merges_kept_id_idx on people.merges (kept_id);
create index merges_merged_id_idx on people.merges (merged_id);
comment on table people.merges is 'Merges, and what it takes to undo them: taken has the fields that the kept person got.';

create table people.intelligence (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references people.master (id) on delete cascade,
  linkedin_data jsonb not null,
  skills text[],
  experience jsonb,
  education jsonb,
  fetched_at timestamptz not null default now(),
  stale_at timestamptz not null default now() + interval '30 days',
  constraint person_id_key unique (person_id),
  constraint stale_after_fetched check (stale_at > fetched_at)
);
create index intelligence_stale_at_idx on people.intelligence (stale_at);
comment on table people.intelligence is
  'LinkedIn data of a person, for 30 days: then nobody sees it, and people.sweep_intelligence deletes it.';

do $$
declare
  v_table regclass;
begin
  foreach v_table in array array['people.master', 'people.slot', 'people.history', 'people.merges']::regclass[] loop
    perform private.apply_agency_policies(v_table, 'none');
  end loop;
end;
$$;
select private.apply_policies(
  'people.intelligence', 'stale_at > (select private.clock()) and ' || private.agency_condition('read'), null
);

create function private.move_people(p_from uuid, p_to uuid, p_people uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_moved uuid[];
begin
  with moved as (
    update people.master p
    set company_id = p_to
    where p.company_id = p_from
      and (p_people is null or p.id = any(p_people))
    returning p.id
  ),
  noted as (
    insert into people.history (person_id, changed_fields, old_values, new_values, changed_by, changed_at)
    select
      m.id, '["company_id"]', jsonb_build_object('company_id', p_from), jsonb_build_object('company_id', p_to),
      private.actor(), private.clock()
    from moved m
  )
  select coalesce(array_agg(m.id), '{}') into v_moved from moved m;
  return v_moved;
end;
$$;
comment on function private.move_people(uuid, uuid, uuid[]) is
  'Moves people, all unless p_people names them, from a company to another; answers whom.';

-- Merging --------------------------------------------------------------------------------------------------------

create function private.person_of_email(p_email text)
returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    with recursive led (id, merged_into) as (
      select m.id, m.merged_into from people.master m where m.email = p_email
      union all
      select m.id, m.merged_into from led join people.master m on m.id = led.merged_into
    )
    select l.id from led l where l.merged_into is null
  );
end;
$$;
comment on function private.person_of_email(text) is 'The person that an address leads to, through merges; null for none.';

create function private.change_person(p_id uuid, p_values jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_old jsonb := (select to_jsonb(m) from people.master m where m.id = p_id for update);
begin
  update people.master m
  set (
    name, first_name, last_name, title, company_id, linkedin_url, phone, location, seniority, department, enriched_at,
    status, merged_into
  ) = (
    select
      n.name, n.first_name, n.last_name, n.title, n.company_id, n.linkedin_url, n.phone, n.location, n.seniority,
      n.department, n.enriched_at, n.status, n.merged_into
    from jsonb_populate_record(m, p_values) n
  )
  where m.id = p_id;
  insert into people.history (person_id, changed_fields, old_values, new_values, changed_by, changed_at)
  select p_id, jsonb_agg(v.key order by v.key), jsonb_object_agg(v.key, v_old -> v.key), p_values, private.actor(), private.clock()
  from jsonb_each(p_values) v
  having count(*) > 0;
end;
$$;
comment on function private.change_person(uuid, jsonb) is 'Sets fields of a person and notes it.';

create function private.merge_person(p_kept uuid, p_merged uuid, p_reason text)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_kept jsonb;
  v_merged jsonb;
  v_taken jsonb;
  v_merge bigint;
begin
  perform m.id from people.master m where m.id in (p_kept, p_merged) order by m.id for update;
  select to_jsonb(m) into v_kept from people.master m where m.id = p_kept and m.merged_into is null;
  select to_jsonb(m) into v_merged from people.master m where m.id = p_merged and m.merged_into is null;
  if v_kept is null or v_merged is null or p_kept = p_merged then
    perform private.raise_error('MR003', 'Two people are merged that are both there and not merged yet.');
  end if;
  select coalesce(jsonb_object_agg(v.key, v.value), '{}') into v_taken
  from jsonb_each(v_merged) v
  where v.key <> all('{id,email,created_at,updated_at,status,merged_into}')
    and v.value <> 'null'
    and v_kept -> v.key = 'null';
  perform private.change_person(p_kept, v_taken);
  perform private.change_person(p_merged, jsonb_build_object('status', 'inactive', 'merged_into', p_kept));
  insert into people.merges (kept_id, merged_id, reason, taken, merged_status, merged_by, merged_at)
  values (p_kept, p_merged, p_reason, v_taken, v_merged ->> 'status', private.actor(), private.clock())
  returning merge_id into v_merge;
  return v_merge;
end;
$$;
comment on function private.merge_person(uuid, uuid, text) is 'One person becomes part of another, who takes what was lacking.';

create function people.merge_people(p_kept uuid, p_merged uuid)
returns bigint
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('people'));
  return private.merge_person(p_kept, p_merged, 'by hand');
end;
$$;
comment on function people.merge_people(uuid, uuid) is
  'Makes p_merged a part of p_kept; answers the merge, for people.undo_merge. Staff and services. Definer: nobody writes '
  'people by hand.';

create function people.undo_merge(p_merge_id bigint)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_merge people.merges;
  v_now jsonb;
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('people'));
  update people.merges m
  set undone_at = private.clock(), undone_by = private.actor()
  where m.merge_id = p_merge_id
    and m.undone_at is null
  returning m.* into v_merge;
  if not found then
    return case when exists (select from people.merges m where m.merge_id = p_merge_id) then 'already_undone' else 'unknown' end;
  end if;
  select to_jsonb(m) into v_now from people.master m where m.id = v_merge.kept_id;
  perform private.change_person(v_merge.kept_id, coalesce((
    select jsonb_object_agg(t.key, 'null'::jsonb) from jsonb_each(v_merge.taken) t where v_now -> t.key = t.value
  ), '{}'));
  perform private.change_person(
    v_merge.merged_id, jsonb_build_object('status', v_merge.merged_status, 'merged_into', null)
  );
  return 'undone';
end;
$$;
comment on function people.undo_merge(bigint) is
  'Parts a merged pair again: undone, already_undone or unknown. What the kept person had taken goes, unless it was changed '
  'since. The pair is not matched again. Staff and services. Definer: nobody writes people by hand.';

-- Slots ----------------------------------------------------------------------------------------------------------

create function people.stage_people(p_rows jsonb, p_source text)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_forgets boolean;
  v_count integer;
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('people'));
  v_forgets := exists (select from private.suppressed_people);
  insert into people.slot (email, raw_data, source, validation_status, rejection)
  select
    left(coalesce(a.email, ''), 254), r.content, p_source, case when f.fault is null then 'pending' else 'rejected' end, f.fault
  from jsonb_array_elements(p_rows) with ordinality as r (content, n)
  cross join lateral (select lower(btrim(r.content ->> 'email', E' \t\r\n\u00a0\u200b\ufeff')) as email) as a
  cross join lateral (
    select coalesce(
      private.address_fault(r.content, a.email, v_forgets),
      private.slot_fault(
        r.content, '{}',
        '{name,first_name,last_name,title,linkedin_url,phone,location,seniority,department,company,company_domain}'
      )
    ) as fault
  ) as f
  -- Nothing is kept of who asked to be forgotten.
  where f.fault is distinct from 'this person asked to be forgotten'
  order by r.n;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function people.stage_people(jsonb, text) is
  'Puts rows (email, name or first_name and last_name, title, company, company_domain, linkedin_url, phone, location, '
  'seniority, department) into slots; one that cannot be a person is rejected with the reason. Staff and services. Definer: '
  'nobody writes slots by hand.';

create function private.person_values(p_email text, p_row jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_values jsonb := coalesce((
    select jsonb_object_agg(v.key, btrim(v.value #>> '{}'))
    from jsonb_each(p_row) v
    where v.key in (
      'name', 'first_name', 'last_name', 'title', 'linkedin_url', 'phone', 'location', 'seniority', 'department', 'enriched_at'
    )
      and btrim(coalesce(v.value #>> '{}', '')) <> ''
  ), '{}');
  v_domain text := private.company_domain_of(p_email, jsonb_build_object('domain', p_row ->> 'company_domain'));
begin
  if not v_values ? 'name' and v_values ?| '{first_name,last_name}' then
    v_values := v_values || jsonb_build_object(
      'name', btrim(concat(v_values ->> 'first_name', ' ', v_values ->> 'last_name'))
    );
  end if;
  if v_domain is null then
    return v_values;
  end if;
  return v_values || jsonb_build_object('company_id', coalesce(
    private.company_of_domain(v_domain),
    private.promote_company(jsonb_populate_record(null::company.slot, jsonb_build_object(
      'domain', v_domain, 'raw_data', jsonb_strip_nulls(jsonb_build_object('name', p_row -> 'company'))
    )))
  ));
end;
$$;
comment on function private.person_values(text, jsonb) is
  'The fields of a person in a slot that was found good, with the company, which is made when nobody knew it.';

create function private.promote_person(p_slot people.slot)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid := private.person_of_email(p_slot.email);
  v_values jsonb := private.person_values(p_slot.email, p_slot.raw_data);
  v_twin record;
begin
  if v_id is null then
    insert into people.master (email, created_at, updated_at)
    values (p_slot.email, private.clock(), private.clock())
    returning id into v_id;
  end if;
  select private.new_values(to_jsonb(m), v_values) into v_values from people.master m where m.id = v_id;
  if v_values <> '{}' then
    perform private.change_person(v_id, v_values);
  end if;

  select o.id, o.reason into v_twin
  from people.master m
  cross join lateral (
    select o.id, o.created_at, 'LinkedIn profile' as reason
    from people.master o
    where private.linkedin_key(o.linkedin_url) = private.linkedin_key(m.linkedin_url)
      and o.merged_into is null
    union all
    select o.id, o.created_at, 'name and company'
    from people.master o
    where o.company_id = m.company_id
      and lower(o.name) = lower(m.name)
      and m.name ~ '[^ ] +[^ ]'
      and o.merged_into is null
  ) as o
  where m.id = v_id
    and o.id <> m.id
    and not exists (
      select from people.merges g
      where g.undone_at is not null
        and (g.kept_id, g.merged_id) in ((o.id, m.id), (m.id, o.id))
    )
  order by o.created_at, o.id
  limit 1;
  if v_twin.id is not null then
    perform private.merge_person(v_twin.id, v_id, v_twin.reason);
    v_id := v_twin.id;
  end if;
  return v_id;
end;
$$;
comment on function private.promote_person(people.slot) is
  'Merges one slot into its person: by address, else a new one, who may turn out to be one that is known.';

create function people.promote_slots(p_limit integer default 1000)
returns table (promoted integer, rejected integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_slot people.slot;
  v_error text;
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('companies')), pg_advisory_xact_lock(private.hub_lock('people'));
  promoted := 0;
  rejected := 0;
  for v_slot in
    select s.* from people.slot s where s.validation_status = 'pending' order by s.created_at, s.id limit p_limit
  loop
    begin
      v_error := null;
      update people.slot s
      set validation_status = 'validated', promoted_at = private.clock(), person_id = private.promote_person(v_slot)
      where s.id = v_slot.id;
      promoted := promoted + 1;
    exception
      when data_exception or integrity_constraint_violation or program_limit_exceeded then
        v_error := sqlstate || ' ' || sqlerrm;
    end;
    if v_error is not null then
      update people.slot s set validation_status = 'rejected', rejection = v_error where s.id = v_slot.id;
      rejected := rejected + 1;
    end if;
  end loop;
  has_more := promoted + rejected >= p_limit;
  return next;
end;
$$;
comment on function people.promote_slots(integer) is
  'Merges the oldest pending slots into people, at most p_limit. Staff and services, and a schedule. Definer: nobody writes '
  'people by hand.';

-- Intelligence ---------------------------------------------------------------------------------------------------

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values ('intelligence.fresh_for', 30, 'days', 1, 365, 'How long LinkedIn data of a person is shown after it was fetched.');

create function people.store_intelligence(p_email text, p_data jsonb, p_fetched_at timestamptz default null)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_person uuid := private.person_of_email(lower(btrim(p_email)));
  v_fetched timestamptz := coalesce(p_fetched_at, private.clock());
  v_id uuid;
begin
  perform private.require_staff();
  if v_person is null then
    perform private.raise_error('MR001', 'Nobody has this address.');
  elsif jsonb_typeof(p_data) is distinct from 'object' then
    perform private.raise_error('MR002', 'The data must be an object.');
  end if;
  insert into people.intelligence as i (person_id, linkedin_data, skills, experience, education, fetched_at, stale_at)
  values (
    v_person, p_data,
    case when jsonb_typeof(p_data -> 'skills') = 'array' then array(select jsonb_array_elements_text(p_data -> 'skills')) end,
    p_data -> 'experience', p_data -> 'education', v_fetched,
    v_fetched + make_interval(days => private.setting('intelligence.fresh_for')::integer)
  )
  on conflict (person_id) do update
  set linkedin_data = excluded.linkedin_data, skills = excluded.skills, experience = excluded.experience,
      education = excluded.education, fetched_at = excluded.fetched_at, stale_at = excluded.stale_at
  where i.fetched_at <= excluded.fetched_at
  returning i.id into v_id;
  return v_id;
end;
$$;
comment on function people.store_intelligence(text, jsonb, timestamptz) is
  'Keeps LinkedIn data (skills, experience, education in it are columns) of the person with the address; null when newer '
  'data is there. MR001: nobody has the address. Staff and services. Definer: nobody writes it by hand.';

create function people.sweep_intelligence(p_limit integer default 1000)
returns table (deleted integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from people.intelligence i
  where i.id = any(array(
    select o.id from people.intelligence o where o.stale_at <= private.clock() order by o.stale_at limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := deleted >= p_limit;
  return next;
end;
$$;
comment on function people.sweep_intelligence(integer) is
  'Deletes stale LinkedIn data, at most p_limit; called by cron. Definer: nobody else may delete any.';

grant execute on function
  people.stage_people(jsonb, text), people.promote_slots(integer), people.merge_people(uuid, uuid), people.undo_merge(bigint),
  people.store_intelligence(text, jsonb, timestamptz)
to authenticated;
