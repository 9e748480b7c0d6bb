-- Companies: one row a domain. A slot is what somebody brought, checked and merged into its company by company.promote_slots.
--
-- Two rows that are the same company (one LinkedIn page, or one name at one place) are merged: the one just
-- touched points to the other, which takes what it lacked. A merge can be undone, and a pair once parted is not put together again.
-- Rules: of each field the newest value that is there wins; a merge overwrites nothing.

create function private.linkedin_key(p_url text)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return substring(
    lower(regexp_replace(p_url, '[?#].*$', '')) from '(?:^|//|\.)linkedin\.com/((?:in|pub|company|school|showcase)/[^/[:space:]]+)'
  );
end;
$$;
comment on function private.linkedin_key(text) is
  'What tells a LinkedIn page from others (in/ann-lee, company/acme); null for anything else.';

create function private.company_name_key(p_name text)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return nullif(btrim(regexp_replace(
    regexp_replace(lower(p_name), '[^[:alnum:]]+', ' ', 'g'),
    '( (inc|incorporated|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|se|sa|sas|sarl|bv|nv|oy|ab|as|plc|srl|spa|pty))+ *$',
    ''
  )), '');
end;
$$;
comment on function private.company_name_key(text) is
  'A company''s name for comparing: lower case, without signs and legal form. `Acme, Inc.` and `ACME` are one.';

create function private.new_values(p_old jsonb, p_new jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(n.key, n.value), '{}')
  from jsonb_each(p_new) as n
  where n.value <> 'null'
    and n.value <> '""'
    and n.value is distinct from p_old -> n.key
$$;
comment on function private.new_values(jsonb, jsonb) is 'Of a row''s values those that are there and change it.';

-- Tables ---------------------------------------------------------------------------------------------------------

create table company.master (
  id uuid primary key default gen_random_uuid(),
  domain text not null,
  name text,
  industry text,
  employee_count integer,
  revenue numeric,
  location text,
  linkedin_url text,
  website text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  enriched_at timestamptz,
  status text not null default 'active',
  merged_into uuid references company.master (id),
  constraint status_is_known check (status in ('active', 'inactive', 'archived')),
  constraint merged_is_archived check (merged_into is null or status = 'archived'),
  constraint company_is_not_merged_into_itself check (merged_into <> id)
);
create unique index idx_company_domain on company.master (domain);
create index idx_company_name on company.master (name);
create index idx_company_industry on company.master (industry);
create index master_merged_into_idx on company.master (merged_into);
create index master_linkedin_key_idx on company.master (private.linkedin_key(linkedin_url)) where merged_into is null;
create index master_name_key_idx on company.master (private.company_name_key(name), lower(location)) where merged_into is null;
create trigger _100_touch_updated_at before update on company.master
for each row execute function extensions.moddatetime(updated_at);
comment on table company.master is 'Golden records of companies, one a domain. Changes through company.promote_slots and merges.';
comment on column company.master.merged_into is 'The company that this one turned out to be; its domain still leads there.';

create table company.slot (
  id uuid primary key default gen_random_uuid(),
  domain text not null,
  raw_data jsonb not null,
  validation_status text not null default 'pending',
  created_at timestamptz not null default clock_timestamp(),
  promoted_at timestamptz,
  source text not null default 'manual',
  rejection text,
  company_id uuid references company.master (id) on delete set null,
  constraint validation_status_is_known check (validation_status in ('pending', 'validated', 'rejected')),
  constraint rejection_matches_status check ((rejection is not null) = (validation_status = 'rejected'))
);
create index slot_pending_idx on company.slot (created_at, id) where validation_status = 'pending';
create index slot_company_id_idx on company.slot (company_id);
comment on table company.slot is 'What was brought of companies: pending, then validated (merged into company_id) or rejected.';

create table company.history (
  history_id bigserial primary key,
  company_id uuid not null references company.master (id) on delete cascade,
  changed_fields jsonb not null,
  old_values jsonb not null,
  new_values jsonb not null,
  changed_by text,
  changed_at timestamptz not null default now()
);
create index history_company_id_changed_at_idx on company.history (company_id, changed_at);
comment on table company.history is 'Each change of a company: which fields, from what to what, by whom.';

create table company.merges (
  merge_id bigint generated always as identity primary key,
  kept_id uuid not null references company.master (id) on delete cascade,
  merged_id uuid not null references company.master (id) on delete cascade,
  reason text not null,
  taken jsonb not null,
  moved uuid[] not null default '{}',
  merged_status text not null,
  merged_by text,
  merged_at timestamptz not null default now(),
  undone_by text,
  undone_at timestamptz
);
create index merges_kept_id_idx on company.merges (kept_id);
create index merges_merged_id_idx on company.merges (merged_id);
comment on table company.merges is
  'Merges, and what it takes to undo them: taken has the fields that the kept company got, moved the people that came over.';

do $$
declare
  v_table regclass;
begin
  foreach v_table in array array['company.master', 'company.slot', 'company.history', 'company.merges']::regclass[] loop
    perform private.apply_agency_policies(v_table, 'none');
  end loop;
end;
$$;

-- Merging --------------------------------------------------------------------------------------------------------

create function private.company_of_domain(p_domain text)
returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    with recursive led (id, merged_into) as (
      select m.id, m.merged_into from company.master m where m.domain = p_domain
      union all
      select m.id, m.merged_into from led join company.master m on m.id = led.merged_into
    )
    select l.id from led l where l.merged_into is null
  );
end;
$$;
comment on function private.company_of_domain(text) is 'The company that a domain leads to, through merges; null for none.';

create function private.change_company(p_id uuid, p_values jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_old jsonb := (select to_jsonb(m) from company.master m where m.id = p_id for update);
begin
  update company.master m
  set (name, industry, employee_count, revenue, location, linkedin_url, website, enriched_at, status, merged_into) = (
    select n.name, n.industry, n.employee_count, n.revenue, n.location, n.linkedin_url, n.website, n.enriched_at, n.status,
      n.merged_into
    from jsonb_populate_record(m, p_values) n
  )
  where m.id = p_id;
  insert into company.history (company_id, changed_fields, old_values, new_values, changed_by, changed_at)
  select p_id, jsonb_agg(v.key order by v.key), jsonb_object_agg(v.key, v_old -> v.key), p_values, private.actor(), private.clock()
  from jsonb_each(p_values) v
  having count(*) > 0;
  return v_old;
end;
$$;
comment on function private.change_company(uuid, jsonb) is 'Sets fields of a company and notes it; answers the row as it was.';

create function private.merge_company(p_kept uuid, p_merged uuid, p_reason text)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_kept jsonb;
  v_merged jsonb;
  v_taken jsonb;
  v_moved uuid[];
  v_merge bigint;
begin
  perform m.id from company.master m where m.id in (p_kept, p_merged) order by m.id for update;
  select to_jsonb(m) into v_kept from company.master m where m.id = p_kept and m.merged_into is null;
  select to_jsonb(m) into v_merged from company.master m where m.id = p_merged and m.merged_into is null;
  if v_kept is null or v_merged is null or p_kept = p_merged then
    perform private.raise_error('MR003', 'Two companies are merged that are both there and not merged yet.');
  end if;
  select coalesce(jsonb_object_agg(v.key, v.value), '{}') into v_taken
  from jsonb_each(v_merged) v
  where v.key in ('name', 'industry', 'employee_count', 'revenue', 'location', 'linkedin_url', 'website', 'enriched_at')
    and v.value <> 'null'
    and v_kept -> v.key = 'null';
  perform private.change_company(p_kept, v_taken);
  perform private.change_company(p_merged, jsonb_build_object('status', 'archived', 'merged_into', p_kept));
  v_moved := private.move_people(p_merged, p_kept, null);
  insert into company.merges (kept_id, merged_id, reason, taken, moved, merged_status, merged_by, merged_at)
  values (p_kept, p_merged, p_reason, v_taken, v_moved, v_merged ->> 'status', private.actor(), private.clock())
  returning merge_id into v_merge;
  return v_merge;
end;
$$;
comment on function private.merge_company(uuid, uuid, text) is 'One company becomes part of another, which takes what it lacked.';

create function company.merge_companies(p_kept uuid, p_merged uuid)
returns bigint
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('companies'));
  return private.merge_company(p_kept, p_merged, 'by hand');
end;
$$;
comment on function company.merge_companies(uuid, uuid) is
  'Makes p_merged a part of p_kept; answers the merge, for company.undo_merge. Staff and services. Definer: nobody writes '
  'companies by hand.';

create function company.undo_merge(p_merge_id bigint)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_merge company.merges;
  v_now jsonb;
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('companies'));
  update company.merges m
  set undone_at = private.clock(), undone_by = private.actor()
  where m.merge_id = p_merge_id
    and m.undone_at is null
  returning m.* into v_merge;
  if not found then
    return case when exists (select from company.merges m where m.merge_id = p_merge_id) then 'already_undone' else 'unknown' end;
  end if;
  select to_jsonb(m) into v_now from company.master m where m.id = v_merge.kept_id;
  -- What was changed since stays.
  perform private.change_company(v_merge.kept_id, coalesce((
    select jsonb_object_agg(t.key, 'null'::jsonb) from jsonb_each(v_merge.taken) t where v_now -> t.key = t.value
  ), '{}'));
  perform private.change_company(
    v_merge.merged_id, jsonb_build_object('status', v_merge.merged_status, 'merged_into', null)
  );
  perform private.move_people(v_merge.kept_id, v_merge.merged_id, v_merge.moved);
  return 'undone';
end;
$$;
comment on function company.undo_merge(bigint) is
  'Parts a merged pair again: undone, already_undone or unknown. What the kept company had taken goes, unless it was changed '
  'since; people that had come over go back. The pair is not matched again. Staff and services. Definer: nobody writes '
  'companies by hand.';

-- Slots ----------------------------------------------------------------------------------------------------------

create function private.company_values(p_row jsonb)
returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_object_agg(
      v.key,
      case when v.key in ('employee_count', 'revenue') then to_jsonb((v.value #>> '{}')::numeric) else to_jsonb(btrim(v.value #>> '{}')) end
    ),
    '{}'
  )
  from jsonb_each(p_row) v
  where v.key in ('name', 'industry', 'employee_count', 'revenue', 'location', 'linkedin_url', 'website', 'enriched_at')
    and btrim(coalesce(v.value #>> '{}', '')) <> ''
$$;
comment on function private.company_values(jsonb) is 'The fields of a company in a slot that was found good.';

create function private.slot_fault(p_row jsonb, p_numbers text[], p_texts text[])
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_name text;
begin
  if jsonb_typeof(p_row) <> 'object' then
    return 'the row is no object';
  end if;
  foreach v_name in array p_texts loop
    if jsonb_typeof(p_row -> v_name) in ('object', 'array', 'boolean') or length(p_row ->> v_name) > 500 then
      return format('%s is no text of at most 500 signs', v_name);
    end if;
  end loop;
  foreach v_name in array p_numbers loop
    if btrim(coalesce(p_row ->> v_name, '')) !~ '^([0-9]{1,15}(\.[0-9]{1,4})?)?$'
      or v_name = 'employee_count' and btrim(coalesce(p_row ->> v_name, '')) !~ '^[0-9]{0,9}$'
    then
      return format('%s is no number', v_name);
    end if;
  end loop;
  return null;
end;
$$;
comment on function private.slot_fault(jsonb, text[], text[]) is 'Why a slot cannot be promoted; null when it can.';

create function company.stage_companies(p_rows jsonb, p_source text)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  perform private.require_staff();
  insert into company.slot (domain, raw_data, source, validation_status, rejection)
  select
    coalesce(d.domain, left(coalesce(r.content ->> 'domain', r.content ->> 'website', ''), 253)), r.content, p_source,
    case when f.fault is null then 'pending' else 'rejected' end, f.fault
  from jsonb_array_elements(p_rows) with ordinality as r (content, n)
  cross join lateral (
    select public.normalize_domain(coalesce(nullif(r.content ->> 'domain', ''), r.content ->> 'website')) as domain
  ) as d
  cross join lateral (
    select case
      when jsonb_typeof(r.content) = 'object' and d.domain is null then 'domain is none'
      else private.slot_fault(
        r.content, '{employee_count,revenue}', '{name,industry,location,linkedin_url,website}'
      )
    end as fault
  ) as f
  order by r.n;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function company.stage_companies(jsonb, text) is
  'Puts rows (domain or website, name, industry, employee_count, revenue, location, linkedin_url) into slots; one that '
  'cannot be a company is rejected with the reason. Staff and services. Definer: nobody writes slots by hand.';

create function private.promote_company(p_slot company.slot)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid := private.company_of_domain(p_slot.domain);
  v_values jsonb := private.company_values(p_slot.raw_data);
  v_twin record;
begin
  if v_id is null then
    insert into company.master (domain, created_at, updated_at)
    values (p_slot.domain, private.clock(), private.clock())
    returning id into v_id;
  end if;
  select private.new_values(to_jsonb(m), v_values) into v_values from company.master m where m.id = v_id;
  if v_values <> '{}' then
    perform private.change_company(v_id, v_values);
  end if;

  select o.id, o.reason into v_twin
  from company.master m
  cross join lateral (
    select o.id, o.created_at, 'LinkedIn page' as reason
    from company.master o
    where private.linkedin_key(o.linkedin_url) = private.linkedin_key(m.linkedin_url)
      and o.merged_into is null
    union all
    select o.id, o.created_at, 'name and location'
    from company.master o
    where private.company_name_key(o.name) = private.company_name_key(m.name)
      and lower(o.location) = lower(m.location)
      and o.merged_into is null
  ) as o
  where m.id = v_id
    and o.id <> m.id
    and not exists (
      select from company.merges g
      where g.undone_at is not null
        and (g.kept_id, g.merged_id) in ((o.id, m.id), (m.id, o.id))
    )
  order by o.created_at, o.id
  limit 1;
  if v_twin.id is not null then
    perform private.merge_company(v_twin.id, v_id, v_twin.reason);
    v_id := v_twin.id;
  end if;
  return v_id;
end;
$$;
comment on function private.promote_company(company.slot) is
  'Merges one slot into its company: by domain, else a new one, which may turn out to be one that is known.';

create function company.promote_slots(p_limit integer default 1000)
returns table (promoted integer, rejected integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_slot company.slot;
  v_error text;
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(private.hub_lock('companies'));
  promoted := 0;
  rejected := 0;
  for v_slot in
    select s.* from company.slot s where s.validation_status = 'pending' order by s.created_at, s.id limit p_limit
  loop
    begin
      v_error := null;
      update company.slot s
      set validation_status = 'validated', promoted_at = private.clock(), company_id = private.promote_company(v_slot)
      where s.id = v_slot.id;
      promoted := promoted + 1;
    exception
      when data_exception or integrity_constraint_violation or program_limit_exceeded then
        v_error := sqlstate || ' ' || sqlerrm;
    end;
    if v_error is not null then
      update company.slot s set validation_status = 'rejected', rejection = v_error where s.id = v_slot.id;
      rejected := rejected + 1;
    end if;
  end loop;
  has_more := promoted + rejected >= p_limit;
  return next;
end;
$$;
comment on function company.promote_slots(integer) is
  'Merges the oldest pending slots into companies, at most p_limit. Staff and services, and a schedule. Definer: nobody '
  'writes companies by hand.';

grant execute on function
  company.stage_companies(jsonb, text), company.promote_slots(integer), company.merge_companies(uuid, uuid),
  company.undo_merge(bigint)
to authenticated;
