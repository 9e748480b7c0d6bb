-- Golden records of people: one row an address.

create function private.person_name_key(p_name text)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_name text := lower(p_name);
begin
  if v_name ~ '[[:space:]\u00a0]{2}|[^[:graph:] ]|^ | $' then
    v_name := btrim(regexp_replace(v_name, '[[:space:]\u00a0]+', ' ', 'g'));
  end if;
  return case when v_name like '%_ _%' then v_name end;
end;
$$;
comment on function private.person_name_key(text) is
  'A person''s full name for comparing: lower case, single blanks. Null for a single word.';

create function private.names_agree(p_one text, p_other text)
returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
  return coalesce(
    string_to_array(private.person_name_key(p_one), ' ') && string_to_array(private.person_name_key(p_other), ' '), true
  );
end;
$$;
comment on function private.names_agree(text, text) is
  'Whether two names may be one person''s: full names share a word. What is no full name agrees with all.';

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
  entry_number bigint not null generated always as identity,
  merged_into uuid references people.master (id) on delete set null,
  constraint email_is_lower_case check (email = lower(email)),
  constraint status_is_known check (status in ('active', 'inactive', 'bounced')),
  constraint merged_is_inactive check (merged_into is null or status = 'inactive'),
  constraint person_is_not_merged_into_itself check (merged_into <> id)
);
create unique index idx_people_email on people.master (email);
create index idx_people_company_id on people.master (company_id);
create index idx_people_linkedin_url on people.master (linkedin_url);
create index master_merged_into_idx on people.master (merged_into);
create index master_linkedin_key_idx on people.master (private.linkedin_key(linkedin_url), entry_number)
where merged_into is null;
create index master_company_id_name_key_idx
on people.master (company_id, private.person_name_key(name), entry_number) where merged_into is null;
create trigger _100_touch_updated_at before update on people.master
for each row execute function extensions.moddatetime(updated_at);
create trigger _500_part after delete on people.master
for each row execute function private.tg_masters__part();
create trigger _500_keep_history after update on people.master
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_masters__keep_history();
comment on table people.master is 'Golden records of people, one an address. Changes through people.promote_slots and merges.';
comment on column people.master.entry_number is
  'The order of coming: of two that are the same the first is kept. created_at does not tell: who waited for others began '
  'before them.';
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
  slot_number bigint not null generated always as identity,
  constraint validation_status_is_known check (validation_status in ('pending', 'validated', 'rejected')),
  constraint rejection_matches_status check ((rejection is not null) = (validation_status = 'rejected'))
);
create unique index slot_pending_idx on people.slot (slot_number) where validation_status = 'pending';
create index slot_email_idx on people.slot (email);
comment on table people.slot is
  'What was brought of people: pending, then validated or rejected. The '
  'address leads to what became of it.';
comment on column people.slot.slot_number is 'The order of coming.';

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
comment on table people.history is
  'Each change of a person: which fields, from what to what, by whom; goes with the person. What they came with is no '
  'change: see their first slot.';

create view people.merges with (security_invoker = true) as
select
  g.merge_id, g.kept_id, g.merged_id, g.reason, g.taken, g.moved, g.merged_status, g.merged_by, g.merged_at, g.undone_by,
  g.undone_at
from private.merges g
where g.kind = 'people';
comment on view people.merges is 'Merges of people, see private.merges.';
grant select on people.merges to authenticated;

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
  'LinkedIn data of a person, for 30 days: a job renews it before they are over, else nobody sees it any more, and '
  'people.sweep_intelligence deletes it.';

do $$
declare
  v_table regclass;
begin
  foreach v_table in array array['people.master', 'people.slot', 'people.history']::regclass[] loop
    perform private.apply_agency_policies(v_table, 'none');
  end loop;
end;
$$;
select private.apply_policies(
  'people.intelligence', 'stale_at > (select private.clock()) and ' || private.agency_condition('read'), null
);

create function private.people_twins(p_touched uuid[])
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
        p.id, p.entry_number, p.company_id, private.linkedin_key(p.linkedin_url) as profile,
        private.person_name_key(p.name) as name
      from (select t.* from people.master t where t.id = any(p_touched) offset 0) as p
      where p.merged_into is null
      offset 0
    ) as m
    cross join lateral (
      select t.*
      from (
        (select l.id, l.entry_number, 'LinkedIn profile' as reason
        -- A profile of nobody (in/unknown) may stand with thousands.
        from (
          select k.id, k.entry_number, k.name
          from people.master k
          where private.linkedin_key(k.linkedin_url) = m.profile
            and k.merged_into is null
          order by k.entry_number
          limit 50
        ) as l
        where l.id <> m.id
          -- Not the page of a company, which stands with many of its people.
          and m.profile like any('{in/%,pub/%}')
          and private.names_agree(l.name, m.name)
          and not private.were_parted('people', l.id, m.id)
        order by l.entry_number
        limit 1)
        union all
        (select n.id, n.entry_number, 'name and company'
        from people.master n
        where n.company_id = m.company_id
          and private.person_name_key(n.name) = m.name
          and n.merged_into is null
          and n.id <> m.id
          and not private.were_parted('people', n.id, m.id)
        order by n.entry_number
        limit 1)
      ) as t
      order by t.entry_number, t.reason
      limit 1
    ) as o;
end;
$$;
comment on function private.people_twins(uuid[]) is
  'For each of these people who has one, their oldest twin: of one LinkedIn profile under names that agree (sought among '
  'the fifty who came first), or of one full name in one company. The older of the two is to be kept.';

create function private.person_of_email(p_email text)
returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return private.led_to('people', (select m.id from people.master m where m.email = p_email));
end;
$$;
comment on function private.person_of_email(text) is 'The person that an address leads to, through merges; null for none.';

create function people.merge_people(p_kept uuid, p_merged uuid)
returns bigint
language plpgsql security definer
set search_path = ''
as $$
begin
  return private.merge_by_hand('people', p_kept, p_merged);
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
begin
  return private.undo_by_hand('people', p_merge_id);
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
  perform pg_advisory_xact_lock_shared(private.hub_lock('slots'));
  v_forgets := exists (select from private.suppressed_people);
  insert into people.slot (email, raw_data, source, validation_status, rejection)
  select
    left(coalesce(a.email, ''), 254), r.content, p_source, case when f.fault is null then 'pending' else 'rejected' end, f.fault
  from jsonb_array_elements(p_rows) with ordinality as r (content, n)
  cross join lateral (select lower(btrim(r.content ->> 'email', E' \t\r\n\u00a0\u200b\ufeff')) as email) as a
  cross join lateral (
    select coalesce(
      private.address_fault(r.content, a.email, v_forgets), private.slot_fault('people', r.content)
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

create function private.people_slot_values(p_slots bigint[])
returns table (
  slot_number bigint, email text, name text, first_name text, last_name text, title text, linkedin_url text, phone text,
  location text, seniority text, department text, enriched_at timestamptz, company_name text, given_domain text,
  own_domain text
)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    select
      s.slot_number, s.email,
      coalesce(
        nullif(btrim(v.name), ''),
        case when btrim(v.first_name) <> '' and btrim(v.last_name) <> '' then concat(btrim(v.first_name), ' ', btrim(v.last_name)) end
      ),
      nullif(btrim(v.first_name), ''), nullif(btrim(v.last_name), ''), nullif(btrim(v.title), ''),
      nullif(btrim(v.linkedin_url), ''), nullif(btrim(v.phone), ''), nullif(btrim(v.location), ''),
      nullif(btrim(v.seniority), ''), nullif(btrim(v.department), ''), nullif(btrim(v.enriched_at), '')::timestamptz,
      nullif(btrim(v.company), ''), public.normalize_domain(v.company_domain),
      case when f.domain is null then public.normalize_domain(split_part(s.email, '@', 2)) end
    from people.slot s
    cross join lateral jsonb_to_record(s.raw_data) as v (
      name text, first_name text, last_name text, title text, linkedin_url text, phone text, location text, seniority text,
      department text, enriched_at text, company text, company_domain text
    )
    left join private.free_mail_domains f on f.domain = split_part(s.email, '@', 2)
    where s.slot_number = any(p_slots)
      and s.validation_status = 'pending';
end;
$$;
comment on function private.people_slot_values(bigint[]) is
  'What pending slots tell of their people; null for nothing. given_domain: of the company, as the slot says; own_domain: as '
  'the address says, unless it is at a mailbox provider.';

create function private.domain_of_person(p_person people.master, p_since timestamptz)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return coalesce(
    (
      select d.domain
      from people.slot s
      cross join lateral (select public.normalize_domain(s.raw_data ->> 'company_domain') as domain) as d
      where s.email = p_person.email and s.promoted_at is not null and d.domain is not null
      order by s.slot_number desc
      limit 1
    ),
    case when p_person.created_at >= p_since then public.normalize_domain(split_part(p_person.email, '@', 2)) end
  );
end;
$$;
comment on function private.domain_of_person(people.master, timestamptz) is
  'The domain of a person''s company as slots told it last, else, for who came since p_since, as the address says.';

create function private.add_companies_of_people(p_slots bigint[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set enable_seqscan = off
set jit = off
as $$
begin
  insert into company.master (domain, name, created_at, updated_at)
  select n.domain, n.name, private.clock(), private.clock()
  from (
    select
      w.domain, min(w.slot_number) as slot_number,
      (array_agg(w.company_name order by w.slot_number) filter (where w.company_name is not null))[1] as name
    from (
      select coalesce(v.given_domain, v.own_domain) as domain, v.slot_number, v.company_name
      from private.people_slot_values(p_slots) v
      left join people.master p on p.email = v.email
      where v.given_domain is not null or p.company_id is null
    ) as w
    where not exists (select from company.master m where m.domain = w.domain)
      and w.domain is not null
    group by w.domain
  ) as n
  order by n.slot_number;
end;
$$;
comment on function private.add_companies_of_people(bigint[]) is 'Companies that slots of people name and nobody knew.';

create function private.promote_people_slots(p_slots bigint[])
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
  perform private.add_companies_of_people(p_slots);
  -- An address that nobody knows: its first slot makes a person, the others come after it.
  with first as materialized (
    select distinct on (v.email) v.*
    from private.people_slot_values(p_slots) v
    where not exists (select from people.master m where m.email = v.email)
    order by v.email, v.slot_number
  ),
  added as (
    insert into people.master (
      email, name, first_name, last_name, title, company_id, linkedin_url, phone, location, seniority, department,
      enriched_at, created_at, updated_at
    )
    select
      f.email, coalesce(f.name, f.first_name, f.last_name), f.first_name, f.last_name, f.title,
      case when c.merged_into is null then c.id else private.led_to('company', c.id) end, f.linkedin_url, f.phone,
      f.location, f.seniority, f.department, f.enriched_at,
      private.clock(), private.clock()
    from first f
    left join company.master c on c.domain = coalesce(f.given_domain, f.own_domain)
    order by f.slot_number
    returning id
  )
  select array(select f.slot_number from first f), array(select a.id from added a) into v_first, v_touched;
  perform private.merge_twins('people', v_touched);

  if cardinality(v_first) < cardinality(p_slots) then
    with told as (
      select case when m.merged_into is null then m.id else private.led_to('people', m.id) end as person_id, v.*
      from private.people_slot_values(array(select unnest(p_slots) except select unnest(v_first))) v
      join people.master m on m.email = v.email
    ),
    newest as materialized (
      select
        t.person_id,
        (array_agg(t.name order by t.slot_number desc) filter (where t.name is not null))[1] as name,
        (array_agg(t.first_name order by t.slot_number desc) filter (where t.first_name is not null))[1] as first_name,
        (array_agg(t.last_name order by t.slot_number desc) filter (where t.last_name is not null))[1] as last_name,
        (array_agg(t.title order by t.slot_number desc) filter (where t.title is not null))[1] as title,
        (array_agg(t.linkedin_url order by t.slot_number desc) filter (where t.linkedin_url is not null))[1] as linkedin_url,
        (array_agg(t.phone order by t.slot_number desc) filter (where t.phone is not null))[1] as phone,
        (array_agg(t.location order by t.slot_number desc) filter (where t.location is not null))[1] as location,
        (array_agg(t.seniority order by t.slot_number desc) filter (where t.seniority is not null))[1] as seniority,
        (array_agg(t.department order by t.slot_number desc) filter (where t.department is not null))[1] as department,
        (array_agg(t.enriched_at order by t.slot_number desc) filter (where t.enriched_at is not null))[1] as enriched_at,
        (array_agg(t.given_domain order by t.slot_number desc) filter (where t.given_domain is not null))[1] as given_domain,
        (array_agg(t.own_domain order by t.slot_number desc) filter (where t.own_domain is not null))[1] as own_domain
      from told t
      group by t.person_id
    ),
    wanted as materialized (
      select
        m.id, coalesce(n.title, m.title) as title, coalesce(n.linkedin_url, m.linkedin_url) as linkedin_url,
        coalesce(n.phone, m.phone) as phone, coalesce(n.location, m.location) as location,
        coalesce(n.seniority, m.seniority) as seniority, coalesce(n.department, m.department) as department,
        coalesce(n.enriched_at, m.enriched_at) as enriched_at, p.first_name, p.last_name,
        case
          when n.name is not null then n.name
          -- One half of a name replaces no whole one.
          when coalesce(n.first_name, n.last_name) is not null and p.first_name is not null and p.last_name is not null
            then concat(p.first_name, ' ', p.last_name)
          else coalesce(m.name, p.first_name, p.last_name)
        end as name,
        case when c.merged_into is null then coalesce(c.id, m.company_id) else private.led_to('company', c.id) end as company_id
      from newest n
      join people.master m on m.id = n.person_id
      cross join lateral (
        select coalesce(n.first_name, m.first_name) as first_name, coalesce(n.last_name, m.last_name) as last_name
      ) as p
      -- What the address says of the company counts only while nobody said better.
      left join company.master c
        on c.domain = coalesce(n.given_domain, case when m.company_id is null then n.own_domain end)
    ),
    changed as (
      update people.master m
      set name = w.name, first_name = w.first_name, last_name = w.last_name, title = w.title, company_id = w.company_id,
          linkedin_url = w.linkedin_url, phone = w.phone, location = w.location, seniority = w.seniority,
          department = w.department, enriched_at = w.enriched_at
      from wanted w
      where m.id = w.id
        and (
          m.name is distinct from w.name or m.first_name is distinct from w.first_name
          or m.last_name is distinct from w.last_name or m.title is distinct from w.title
          or m.company_id is distinct from w.company_id or m.linkedin_url is distinct from w.linkedin_url
          or m.phone is distinct from w.phone or m.location is distinct from w.location
          or m.seniority is distinct from w.seniority or m.department is distinct from w.department
          or m.enriched_at is distinct from w.enriched_at
        )
      returning m.id
    )
    select array(select c.id from changed c) into v_touched;
    perform private.merge_twins('people', v_touched);
  end if;

  update people.slot s
  set validation_status = 'validated', promoted_at = private.clock()
  where s.slot_number = any(p_slots)
    and s.validation_status = 'pending';
end;
$$;
comment on function private.promote_people_slots(bigint[]) is
  'Merges slots into their people: by address, else new ones, who may turn out to be some who are known. Slots of one person '
  'together, of each field the newest value. Planned at each call, for as many slots as there are.';

create function people.promote_slots(p_limit integer default 5000)
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
    select s.slot_number from people.slot s where s.validation_status = 'pending' order by s.slot_number limit p_limit
  );
  rejected := private.promote_slots('people', v_slots);
  promoted := cardinality(v_slots) - rejected;
  has_more := exists (
    select from people.slot s where s.validation_status = 'pending' and s.slot_number > v_slots[cardinality(v_slots)]
  );
  return next;
end;
$$;
comment on function people.promote_slots(integer) is
  'Merges the oldest pending slots into people, at most p_limit. Staff and services, and a schedule. Definer: nobody writes '
  'people by hand.';

-- Intelligence ---------------------------------------------------------------------------------------------------
-- Shown for thirty days, renewed by a job before they are over as far as the budget goes, else hidden and swept.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('intelligence.fresh_for', 30, 'days', 1, 365, 'How long LinkedIn data of a person is shown after it was fetched.'),
  ('intelligence.renew_ahead', 3, 'days', 0, 30, 'How long before it is stale LinkedIn data is asked for again.'),
  ('intelligence.daily_people', 5, 'people', 0, 10000,
    'Of how many people LinkedIn data is renewed each night, the soonest stale first; 0: only when somebody asks.'),
  ('intelligence.credits', 6, 'credits', 1, 1000,
    'What CompanyEnrich takes for a person whom it knows, education included. One whom it does not know is free.');
insert into outbound.job_limits (job_type, rate_limit) values ('fetch_intelligence', 'companyenrich');

create function private.keep_intelligence(p_person_id uuid, p_data jsonb, p_fetched_at timestamptz)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into people.intelligence as i (person_id, linkedin_data, skills, experience, education, fetched_at, stale_at)
  values (
    p_person_id, p_data,
    case when jsonb_typeof(p_data -> 'skills') = 'array' then array(select jsonb_array_elements_text(p_data -> 'skills')) end,
    nullif(p_data -> 'experience', 'null'), nullif(p_data -> 'education', 'null'), p_fetched_at,
    p_fetched_at + make_interval(days => private.setting('intelligence.fresh_for')::integer)
  )
  on conflict (person_id) do update
  set linkedin_data = excluded.linkedin_data, skills = excluded.skills, experience = excluded.experience,
      education = excluded.education, fetched_at = excluded.fetched_at, stale_at = excluded.stale_at
  where i.fetched_at <= excluded.fetched_at
  returning i.id into v_id;
  return v_id;
end;
$$;
comment on function private.keep_intelligence(uuid, jsonb, timestamptz) is
  'Stores LinkedIn data of a person; null when newer data is there.';

create function people.store_intelligence(p_email text, p_data jsonb, p_fetched_at timestamptz default null)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_person uuid;
begin
  perform private.require_staff();
  perform private.lock_masters();
  v_person := private.person_of_email(lower(btrim(p_email)));
  if v_person is null then
    perform private.raise_error('MR001', 'Nobody has this address.');
  elsif jsonb_typeof(p_data) is distinct from 'object' then
    perform private.raise_error('MR002', 'The data must be an object.');
  end if;
  -- Nothing was fetched after now: else it would be shown for longer, and keep all that is newer away.
  return private.keep_intelligence(v_person, p_data, least(p_fetched_at, private.clock()));
end;
$$;
comment on function people.store_intelligence(text, jsonb, timestamptz) is
  'Keeps LinkedIn data (skills, experience, education in it are columns) of the person with the address, fetched now at '
  'the latest; null when newer data is there. MR001: nobody has the address. Staff and services. Definer: nobody writes it by hand.';

create function private.people_to_ask_for(p_emails text[], p_limit integer)
returns uuid[]
language plpgsql stable
set search_path = ''
as $$
declare
  v_fresh_for integer := private.setting('intelligence.fresh_for');
  v_ahead integer := private.setting('intelligence.renew_ahead');
  v_soon timestamptz := private.clock() + make_interval(days => v_ahead);
  v_asked_since timestamptz := private.clock() - make_interval(days => greatest(v_fresh_for - v_ahead, 1));
begin
  return array(
    select m.id
    from people.master m
    left join people.intelligence i on i.person_id = m.id
    where m.id = any(
      case
        when p_emails is null then array(select s.person_id from people.intelligence s where s.stale_at <= v_soon)
        else array(select private.person_of_email(lower(btrim(e))) from unnest(p_emails) as e)
      end
    )
      and m.merged_into is null
      and (p_emails is not null or m.status = 'active')
      and (i.id is null or i.stale_at <= v_soon)
      -- Who was not known there is not asked for again before the same time.
      and not exists (
        select
        from (
          select a.created_at, a.status
          from integrations.enrichment_runs a
          where a.kind = 'person' and a.filters ->> 'person_id' = m.id::text
          offset 0
        ) as r
        where r.created_at > v_asked_since
          and r.status <> 'failed'
      )
    order by i.stale_at nulls first, m.id
    limit p_limit
  );
end;
$$;
comment on function private.people_to_ask_for(text[], integer) is
  'Of the people with these addresses, or of those whose LinkedIn data is soon stale, those who are not being asked for.';

create function people.request_intelligence(p_emails text[] default null, p_limit integer default 50)
returns table (outcome text, people integer, run_ids uuid[])
language plpgsql security definer
set search_path = ''
as $$
declare
  v_cost integer := private.setting('intelligence.credits');
  v_people uuid[];
  v_granted integer;
begin
  perform private.require_staff();
  perform pg_advisory_xact_lock(hashtextextended('request enrichment', 0));
  v_people := private.people_to_ask_for(p_emails, least(greatest(p_limit, 1), 10000));
  run_ids := '{}';
  people := 0;
  if cardinality(v_people) > 0 then
    v_granted := private.reserve_credits('companyenrich', cardinality(v_people) * v_cost);
    people := v_granted / v_cost;
    -- No part of a person is asked for.
    update integrations.provider_credits c
    set reserved = c.reserved - v_granted % v_cost
    where c.provider = 'companyenrich' and c.month = date_trunc('month', private.clock() at time zone 'UTC');
    run_ids := array(
      select private.open_run('companyenrich', 'person', v_cost, p_filters => jsonb_build_object('person_id', p.id))
      from unnest(v_people[:people]) as p (id)
    );
  end if;
  outcome := case
    when cardinality(v_people) = 0 then 'nothing_to_do'
    when people = 0 then 'budget_exhausted'
    when people < cardinality(v_people) then 'partly_requested'
    else 'requested'
  end;
  return next;
end;
$$;
comment on function people.request_intelligence(text[], integer) is
  'Asks CompanyEnrich for LinkedIn data of the people with these addresses, or of those whose data is soon stale. requested, '
  'partly_requested or budget_exhausted (the budget covers fewer, or none), nothing_to_do (nobody has such an address, their '
  'data is fresh, or they were asked for). Staff and services. Definer: runs and credits are not for users to write.';

create function private.renew_intelligence()
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_most integer := private.setting('intelligence.daily_people');
begin
  return case
    when not exists (select from integrations.provider_keys k where k.provider = 'companyenrich') then 'no_key'
    when v_most = 0 then 'not_wanted'
    else (select r.outcome from people.request_intelligence(null, v_most) r)
  end;
end;
$$;
comment on function private.renew_intelligence() is
  'Asks for LinkedIn data that is soon stale, once the agency stored a key; called by cron.';

create function integrations.address_of_run(p_run_id uuid)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select m.email
    from integrations.enrichment_runs r
    join people.master m on m.id = private.led_to('people', (r.filters ->> 'person_id')::uuid)
    where r.id = p_run_id and r.kind = 'person'
  );
end;
$$;
comment on function integrations.address_of_run(uuid) is
  'Whom a run asks for; null when the person is gone. Definer: jobs have no rights on tables.';

create function private.person_facts(p_email text, p_answer jsonb)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'email', p_email, 'title', coalesce(p_answer -> 'position', w.content -> 'position'),
    'seniority', coalesce(p_answer -> 'seniority', w.content -> 'seniority'),
    'department', coalesce(p_answer -> 'department', w.content -> 'department'),
    'linkedin_url', p_answer #> '{socials,linkedin_url}',
    'location', coalesce(p_answer #> '{location,address}', p_answer #> '{location,country,name}'),
    'enriched_at', private.clock()
  ))
  from (values (jsonb_path_query_first(p_answer, '$.experiences[*] ? (@.isCurrent == true)'))) as w (content)
$$;
comment on function private.person_facts(text, jsonb) is
  'What CompanyEnrich says of a person (an answer without nulls), as a row for people.stage_people.';

create function integrations.store_person(p_run_id uuid, p_answer jsonb, p_charged integer default null)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_email text := integrations.address_of_run(p_run_id);
  v_run integrations.enrichment_runs;
  v_found integer := 0;
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  if v_run.kind is distinct from 'person' or v_run.status not in ('asked', 'running') then
    return 'already_over';
  end if;
  if p_answer is not null and v_email is not null then
    perform people.stage_people(
      jsonb_build_array(private.person_facts(v_email, jsonb_strip_nulls(p_answer))), v_run.provider
    );
    perform private.lock_masters();
    -- Who was erased meanwhile stays so.
    v_found := count(private.keep_intelligence(
      m.id,
      p_answer || jsonb_strip_nulls(jsonb_build_object(
        'experience', coalesce(nullif(p_answer -> 'experience', 'null'), p_answer -> 'experiences'),
        'education', coalesce(nullif(p_answer -> 'education', 'null'), p_answer -> 'educations')
      )),
      private.clock()
    ))
    from people.master m
    where m.id = private.led_to('people', (v_run.filters ->> 'person_id')::uuid);
  end if;
  perform private.close_run(
    p_run_id, 'completed', coalesce(p_charged, case when p_answer is null then 0 else v_run.reserved_credits end), v_found,
    1 - v_found
  );
  return 'stored';
end;
$$;
comment on function integrations.store_person(uuid, jsonb, integer) is
  'The answer to a run, null for a person who is not known there, with what the provider charged (without: what was reserved '
  'for one who is found). What it says of title, company and place goes the way of every slot. stored, or already_over: '
  'nothing is charged twice. Definer: jobs have no rights on tables.';
grant execute on function integrations.address_of_run(uuid), integrations.store_person(uuid, jsonb, integer) to job_worker;

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
  people.store_intelligence(text, jsonb, timestamptz), people.request_intelligence(text[], integer)
to authenticated;
