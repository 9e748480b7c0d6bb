-- Golden records of companies.

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
  entry_number bigint not null generated always as identity,
  merged_into uuid references company.master (id) on delete set null,
  constraint domain_is_lower_case check (domain = lower(domain)),
  constraint status_is_known check (status in ('active', 'inactive', 'archived')),
  constraint merged_is_archived check (merged_into is null or status = 'archived'),
  constraint company_is_not_merged_into_itself check (merged_into <> id)
);
create unique index idx_company_domain on company.master (domain);
create index idx_company_name on company.master (name);
create index idx_company_industry on company.master (industry);
create index master_merged_into_idx on company.master (merged_into);
create index master_linkedin_key_idx on company.master (private.linkedin_key(linkedin_url), entry_number)
where merged_into is null;
create index master_name_key_idx
on company.master (private.company_name_key(name), lower(location), entry_number) where merged_into is null;
comment on index company.master_linkedin_key_idx is 'The oldest first, as thousands may have one page.';
create trigger _100_touch_updated_at before update on company.master
for each row execute function extensions.moddatetime(updated_at);
create trigger _500_part after delete on company.master
for each row execute function private.tg_masters__part();
create trigger _500_keep_history after update on company.master
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_masters__keep_history();
comment on table company.master is 'Golden records of companies, one a domain. Changes through company.promote_slots and merges.';
comment on column company.master.entry_number is
  'The order of coming: of two that are the same the first is kept. created_at does not tell: who waited for others began '
  'before them.';
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
  slot_number bigint not null generated always as identity,
  constraint validation_status_is_known check (validation_status in ('pending', 'validated', 'rejected')),
  constraint rejection_matches_status check ((rejection is not null) = (validation_status = 'rejected'))
);
create unique index slot_pending_idx on company.slot (slot_number) where validation_status = 'pending';
comment on table company.slot is
  'What was brought of companies: pending, then validated or rejected. The '
  'domain leads to what became of it.';
comment on column company.slot.slot_number is 'The order of coming.';

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
comment on table company.history is
  'Each change of a company: which fields, from what to what, by whom. What it came with is no change: see its first slot.';

create view company.merges with (security_invoker = true) as
select
  g.merge_id, g.kept_id, g.merged_id, g.reason, g.taken, g.moved, g.merged_status, g.merged_by, g.merged_at, g.undone_by,
  g.undone_at
from private.merges g
where g.kind = 'company';
comment on view company.merges is 'Merges of companies, see private.merges.';
grant select on company.merges to authenticated;

do $$
declare
  v_table regclass;
begin
  foreach v_table in array array['company.master', 'company.slot', 'company.history']::regclass[] loop
    perform private.apply_agency_policies(v_table, 'none');
  end loop;
end;
$$;

create function private.company_twins(p_touched uuid[])
returns table (kept uuid, merged uuid, reason text, kept_number bigint, merged_number bigint)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    select
      case when o.entry_number < m.entry_number then o.id else m.id end,
      case when o.entry_number < m.entry_number then m.id else o.id end, o.reason,
      least(o.entry_number, m.entry_number), greatest(o.entry_number, m.entry_number)
    from (
      select
        c.id, c.entry_number, private.linkedin_key(c.linkedin_url) as page,
        private.company_name_key(c.name) as name, lower(c.location) as location
      from (select t.* from company.master t where t.id = any(p_touched) offset 0) as c
      where c.merged_into is null
      offset 0
    ) as m
    cross join lateral (
      select t.*
      from (
        (select l.id, l.entry_number, 'LinkedIn page' as reason
        from company.master l
        where private.linkedin_key(l.linkedin_url) = m.page
          and l.merged_into is null
          and l.id <> m.id
          -- Not the profile of a person, who may have several companies.
          and m.page not like all('{in/%,pub/%}')
          and not private.were_parted('company', l.id, m.id)
        order by l.entry_number
        limit 1)
        union all
        (select n.id, n.entry_number, 'name and location'
        from company.master n
        where private.company_name_key(n.name) = m.name
          and lower(n.location) = m.location
          and n.merged_into is null
          and n.id <> m.id
          and not private.were_parted('company', n.id, m.id)
        order by n.entry_number
        limit 1)
      ) as t
      order by t.entry_number, t.reason
      limit 1
    ) as o;
end;
$$;
comment on function private.company_twins(uuid[]) is
  'For each of these companies that has one, its oldest twin: of one LinkedIn page, or of one name at one place. The older '
  'of the two is to be kept.';

create function company.merge_companies(p_kept uuid, p_merged uuid)
returns bigint
language plpgsql security definer
set search_path = ''
as $$
begin
  return private.merge_by_hand('company', p_kept, p_merged);
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
begin
  return private.undo_by_hand('company', p_merge_id);
end;
$$;
comment on function company.undo_merge(bigint) is
  'Parts a merged pair again: undone, already_undone or unknown. What the kept company had taken goes, unless it was changed '
  'since; people that had come over, or came since by its domain, go back. The pair is not matched again. Staff and '
  'services. Definer: nobody writes companies by hand.';

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
    select coalesce(
      public.normalize_domain(r.content ->> 'domain'), public.normalize_domain(r.content ->> 'website')
    ) as domain
  ) as d
  cross join lateral (
    select case
      when jsonb_typeof(r.content) = 'object' and d.domain is null then 'domain is none'
      else private.slot_fault('company', r.content)
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

create function private.company_slot_values(p_slots bigint[])
returns table (
  slot_number bigint, domain text, name text, industry text, employee_count integer, revenue numeric, location text,
  linkedin_url text, website text, enriched_at timestamptz
)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    select
      s.slot_number, s.domain, nullif(btrim(v.name), ''), nullif(btrim(v.industry), ''),
      nullif(btrim(v.employee_count), '')::numeric::integer, nullif(btrim(v.revenue), '')::numeric, nullif(btrim(v.location), ''),
      nullif(btrim(v.linkedin_url), ''), nullif(btrim(v.website), ''), nullif(btrim(v.enriched_at), '')::timestamptz
    from company.slot s
    cross join lateral jsonb_to_record(s.raw_data) as v (
      name text, industry text, employee_count text, revenue text, location text, linkedin_url text, website text,
      enriched_at text
    )
    where s.slot_number = any(p_slots)
      and s.validation_status = 'pending';
end;
$$;
comment on function private.company_slot_values(bigint[]) is 'What pending slots tell of their companies; null for nothing.';

create function private.promote_company_slots(p_slots bigint[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set enable_seqscan = off
set jit = off
as $$
declare
  v_first bigint[];
  v_touched uuid[];
begin
  -- A domain that nobody knows: its first slot makes a company, the others come after it.
  with first as materialized (
    select distinct on (v.domain) v.*
    from private.company_slot_values(p_slots) v
    where not exists (select from company.master m where m.domain = v.domain)
    order by v.domain, v.slot_number
  ),
  added as (
    insert into company.master (
      domain, name, industry, employee_count, revenue, location, linkedin_url, website, enriched_at, created_at, updated_at
    )
    select
      f.domain, f.name, f.industry, f.employee_count, f.revenue, f.location, f.linkedin_url, f.website, f.enriched_at,
      private.clock(), private.clock()
    from first f
    order by f.slot_number
    returning id
  )
  select array(select f.slot_number from first f), array(select a.id from added a) into v_first, v_touched;
  perform private.merge_twins('company', v_touched);

  if cardinality(v_first) < cardinality(p_slots) then
    with told as (
      select case when m.merged_into is null then m.id else private.led_to('company', m.id) end as company_id, v.*
      from private.company_slot_values(array(select unnest(p_slots) except select unnest(v_first))) v
      join company.master m on m.domain = v.domain
    ),
    newest as materialized (
      select
        t.company_id,
        (array_agg(t.name order by t.slot_number desc) filter (where t.name is not null))[1] as name,
        (array_agg(t.industry order by t.slot_number desc) filter (where t.industry is not null))[1] as industry,
        (array_agg(t.employee_count order by t.slot_number desc) filter (where t.employee_count is not null))[1] as employee_count,
        (array_agg(t.revenue order by t.slot_number desc) filter (where t.revenue is not null))[1] as revenue,
        (array_agg(t.location order by t.slot_number desc) filter (where t.location is not null))[1] as location,
        (array_agg(t.linkedin_url order by t.slot_number desc) filter (where t.linkedin_url is not null))[1] as linkedin_url,
        (array_agg(t.website order by t.slot_number desc) filter (where t.website is not null))[1] as website,
        (array_agg(t.enriched_at order by t.slot_number desc) filter (where t.enriched_at is not null))[1] as enriched_at
      from told t
      group by t.company_id
    ),
    changed as (
      update company.master m
      set name = coalesce(n.name, m.name), industry = coalesce(n.industry, m.industry),
          employee_count = coalesce(n.employee_count, m.employee_count), revenue = coalesce(n.revenue, m.revenue),
          location = coalesce(n.location, m.location), linkedin_url = coalesce(n.linkedin_url, m.linkedin_url),
          website = coalesce(n.website, m.website), enriched_at = coalesce(n.enriched_at, m.enriched_at)
      from newest n
      where m.id = n.company_id
        and (
          n.name is distinct from m.name and n.name is not null
          or n.industry is distinct from m.industry and n.industry is not null
          or n.employee_count is distinct from m.employee_count and n.employee_count is not null
          or n.revenue is distinct from m.revenue and n.revenue is not null
          or n.location is distinct from m.location and n.location is not null
          or n.linkedin_url is distinct from m.linkedin_url and n.linkedin_url is not null
          or n.website is distinct from m.website and n.website is not null
          or n.enriched_at is distinct from m.enriched_at and n.enriched_at is not null
        )
      returning m.id
    )
    select array(select c.id from changed c) into v_touched;
    perform private.merge_twins('company', v_touched);
  end if;

  update company.slot s
  set validation_status = 'validated', promoted_at = private.clock()
  where s.slot_number = any(p_slots)
    and s.validation_status = 'pending';
end;
$$;
comment on function private.promote_company_slots(bigint[]) is
  'Merges slots into their companies: by domain, else new ones, which may turn out to be some that are known. Slots of one '
  'company together, of each field the newest value. Planned at each call, for as many slots as there are.';

create function company.promote_slots(p_limit integer default 5000)
returns table (promoted integer, rejected integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_slots bigint[];
begin
  perform private.require_staff();
  perform private.lock_masters();
  v_slots := array(
    select s.slot_number from company.slot s where s.validation_status = 'pending' order by s.slot_number limit p_limit
  );
  rejected := private.promote_slots('company', v_slots);
  promoted := cardinality(v_slots) - rejected;
  has_more := exists (
    select from company.slot s where s.validation_status = 'pending' and s.slot_number > v_slots[cardinality(v_slots)]
  );
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
