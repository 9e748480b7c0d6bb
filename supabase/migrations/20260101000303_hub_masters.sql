-- Golden records: what those of companies and of people (the next two files) have in common.
--
-- A slot is what somebody brought, checked when it came and merged into its company or person by promote_slots, thousands
-- in a few statements. Rows that are the same (see the twins of each) are merged: the younger one points to the older, which
-- takes what it lacked. A merge can be undone, and a pair once parted is not put together again.
-- Rules: of each field the newest value that is there wins; a merge overwrites nothing.
--
-- A kind is named by its schema, `company` or `people`. Locks: private.lock_masters() before any row, as a company's merge
-- moves people and a person's slot makes companies; so one at a time changes golden records.

create function private.linkedin_key(p_url text)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  -- No regular expression: two indexes ask for each row that is written.
  v_url text := split_part(split_part(lower(p_url), '?', 1), '#', 1);
  v_at integer := strpos(v_url, 'linkedin.com/');
  v_kind text := split_part(substr(v_url, v_at + 13), '/', 1);
  v_name text := split_part(translate(split_part(substr(v_url, v_at + 13), '/', 2), E'\t\r\n', '   '), ' ', 1);
begin
  return case
    when v_at > 0 and (v_at = 1 or substr(v_url, 1, v_at - 1) like any('{%.,%//}'))
      and v_kind in ('in', 'pub', 'company', 'school', 'showcase') and v_name <> ''
      then v_kind || '/' || v_name
  end;
end;
$$;
comment on function private.linkedin_key(text) is
  'What tells a LinkedIn page from others (in/ann-lee, company/acme); null for anything else.';

create function private.company_name_key(p_name text)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_words text[] := string_to_array(btrim(
    case
      when lower(p_name) ~ '^[a-z0-9 ]*$' and p_name not like '%  %' then lower(p_name)
      else regexp_replace(lower(p_name), '[^[:alnum:]]+', ' ', 'g')
    end
  ), ' ');
  v_last integer := cardinality(v_words);
begin
  while v_last > 1 and v_words[v_last] = any(
    '{inc,incorporated,llc,ltd,limited,corp,corporation,co,company,gmbh,ag,kg,se,sa,sas,sarl,bv,nv,oy,ab,as,plc,srl,spa,pty}'
  ) loop
    v_last := v_last - 1;
  end loop;
  return nullif(array_to_string(v_words[:v_last], ' '), '');
end;
$$;
comment on function private.company_name_key(text) is
  'A company''s name for comparing: lower case, without signs and legal form. `Acme, Inc.` and `ACME` are one.';

create function private.lock_masters()
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(private.hub_lock('companies'));
  perform pg_advisory_xact_lock(private.hub_lock('people'));
end;
$$;
comment on function private.lock_masters() is 'Whoever changes golden records holds this, to the end of the transaction.';

-- Rows of either kind --------------------------------------------------------------------------------------------

create function private.masters(p_kind text, p_ids uuid[])
returns table (id uuid, content jsonb)
language plpgsql stable
set search_path = ''
as $$
begin
  if p_kind = 'company' then
    return query select m.id, to_jsonb(m) from company.master m where m.id = any(p_ids);
  else
    return query select m.id, to_jsonb(m) from people.master m where m.id = any(p_ids);
  end if;
end;
$$;
comment on function private.masters(text, uuid[]) is 'Companies or people as JSON.';

create function private.change_masters(p_kind text, p_ids uuid[], p_values jsonb[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_kind = 'company' then
    update company.master m
    set (name, industry, employee_count, revenue, location, linkedin_url, website, enriched_at, status, merged_into) = (
      select n.name, n.industry, n.employee_count, n.revenue, n.location, n.linkedin_url, n.website, n.enriched_at, n.status,
        n.merged_into
      from jsonb_populate_record(m, c.content) n
    )
    from unnest(p_ids, p_values) as c (id, content)
    where m.id = c.id;
  else
    update people.master m
    set (
      name, first_name, last_name, title, company_id, linkedin_url, phone, location, seniority, department, enriched_at,
      status, merged_into
    ) = (
      select
        n.name, n.first_name, n.last_name, n.title, n.company_id, n.linkedin_url, n.phone, n.location, n.seniority,
        n.department, n.enriched_at, n.status, n.merged_into
      from jsonb_populate_record(m, c.content) n
    )
    from unnest(p_ids, p_values) as c (id, content)
    where m.id = c.id;
  end if;
end;
$$;
comment on function private.change_masters(text, uuid[], jsonb[]) is
  'Sets fields of companies or people, each its own. Also with none: what follows changes is told all the same.';

create function private.led_to(p_kind text, p_id uuid)
returns uuid
language plpgsql stable
set search_path = ''
as $$
declare
  v_id uuid := p_id;
  v_next uuid := p_id;
begin
  while v_next is not null loop
    v_id := v_next;
    if p_kind = 'company' then
      v_next := (select m.merged_into from company.master m where m.id = v_id);
    else
      v_next := (select m.merged_into from people.master m where m.id = v_id);
    end if;
  end loop;
  return v_id;
end;
$$;
comment on function private.led_to(text, uuid) is 'The company or person that a merged one turned out to be; itself when it is not merged.';

-- History --------------------------------------------------------------------------------------------------------

create function private.changed_fields(p_old jsonb, p_new jsonb)
returns table (fields jsonb, old_values jsonb, new_values jsonb)
language plpgsql immutable
set search_path = ''
as $$
begin
  return query
    select jsonb_agg(n.key order by n.key), jsonb_object_agg(n.key, p_old -> n.key), jsonb_object_agg(n.key, n.value)
    from jsonb_each(p_new) as n
    where n.value <> p_old -> n.key
      and n.key <> 'updated_at'
    having count(*) > 0;
end;
$$;
comment on function private.changed_fields(jsonb, jsonb) is 'What an update changed, in words of history; no row for nothing.';

create function private.tg_masters__keep_history()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- A full join is always hashed or merged. An inner one would go on to compare every row with every other where the first
  -- change of the session was of one row: a plan keeps that number.
  if tg_table_schema = 'company' then
    insert into company.history (company_id, changed_fields, old_values, new_values, changed_by, changed_at)
    select n.id, c.fields, c.old_values, c.new_values, private.actor(), private.clock()
    from new_rows n
    full join old_rows o on o.id = n.id
    cross join lateral private.changed_fields(to_jsonb(o), to_jsonb(n)) c;
  else
    insert into people.history (person_id, changed_fields, old_values, new_values, changed_by, changed_at)
    select n.id, c.fields, c.old_values, c.new_values, private.actor(), private.clock()
    from new_rows n
    full join old_rows o on o.id = n.id
    cross join lateral private.changed_fields(to_jsonb(o), to_jsonb(n)) c;
  end if;
  return null;
end;
$$;
comment on function private.tg_masters__keep_history() is 'Writes the history of companies and people, whoever changes them.';

-- Merging --------------------------------------------------------------------------------------------------------

create table private.merges (
  merge_id bigint generated always as identity primary key,
  kind text not null,
  kept_id uuid not null,
  merged_id uuid not null,
  reason text not null,
  taken jsonb not null,
  moved uuid[] not null default '{}',
  merged_status text not null,
  merged_by text,
  merged_at timestamptz not null,
  undone_by text,
  undone_at timestamptz,
  constraint kind_is_known check (kind in ('company', 'people'))
);
create index merges_kept_id_idx on private.merges (kept_id);
create index merges_merged_id_idx on private.merges (merged_id);
create index merges_undone_idx on private.merges (kind) where undone_at is not null;
comment on table private.merges is
  'Merges, and what it takes to undo them; read as company.merges and people.merges. No foreign keys: the deletion of a '
  'company or person undoes its merges first.';
comment on column private.merges.taken is 'The fields that the kept one got, with their values.';
comment on column private.merges.moved is 'What came over: people of a company, LinkedIn data of a person.';
select private.apply_agency_policies('private.merges', 'none');

create function private.were_parted(p_kind text, p_one uuid, p_other uuid)
returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return exists (select from private.merges g where g.kind = p_kind and g.undone_at is not null) and exists (
    with recursive part (side, id) as (
      select s.side, s.id from (values (1, p_one), (2, p_other)) as s (side, id)
      union
      select p.side, g.merged_id from part p join private.merges g on g.kept_id = p.id and g.undone_at is null
    )
    select
    from part p
    join private.merges g on g.undone_at is not null and g.kept_id = p.id
    join part o on o.id = g.merged_id and o.side <> p.side
  );
end;
$$;
comment on function private.were_parted(text, uuid, uuid) is
  'Whether two, or any that were merged into one and into the other, are a pair that was parted: it must not meet again.';

create function private.move_along(p_kind text, p_merges bigint[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_kind = 'company' then
    with moved as (
      update people.master p
      set company_id = g.kept_id
      from private.merges g
      where g.kind = p_kind and g.merge_id = any(p_merges) and p.company_id = g.merged_id
      returning p.id, g.merge_id
    )
    update private.merges g
    set moved = m.ids
    from (select o.merge_id, array_agg(o.id order by o.id) as ids from moved o group by o.merge_id) as m
    where g.kind = p_kind and g.merge_id = m.merge_id;
  else
    -- One at most has a place: the newest.
    with moved as (
      update people.intelligence i
      set person_id = c.kept_id
      from (
        select distinct on (g.kept_id) g.kept_id, g.merge_id, o.id
        from private.merges g
        join people.master m on m.id = g.kept_id
        join people.intelligence o on o.person_id = g.merged_id
        where g.kind = p_kind and g.merge_id = any(p_merges)
          and not exists (select from people.intelligence k where k.person_id = g.kept_id)
        order by g.kept_id, o.fetched_at desc, o.id
      ) as c
      where i.id = c.id
      returning i.id, c.merge_id
    )
    update private.merges g set moved = g.moved || m.id from moved m where g.kind = p_kind and g.merge_id = m.merge_id;
  end if;
end;
$$;
comment on function private.move_along(text, bigint[]) is 'Brings what hangs on the merged ones over to the kept ones.';

create function private.move_back(p_merge private.merges, p_from uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_back uuid[];
  v_id uuid;
begin
  if p_merge.kind = 'company' then
    with back as (
      update people.master p
      set company_id = p_merge.merged_id
      where p.company_id = any(p_from)
        and (
          p.id = any(p_merge.moved)
          or private.led_to('company', (
            select c.id from company.master c where c.domain = private.domain_of_person(p, p_merge.merged_at)
          )) = p_merge.merged_id
        )
      returning p.id
    )
    select array_agg(b.id) into v_back from back b;
  else
    with back as (
      update people.intelligence i
      set person_id = p_merge.merged_id
      where i.id = any(p_merge.moved) and i.person_id = any(p_from) and i.fetched_at <= p_merge.merged_at
        and exists (select from people.master m where m.id = p_merge.merged_id)
        and not exists (select from people.intelligence k where k.person_id = p_merge.merged_id)
      returning i.id
    )
    select array_agg(b.id) into v_back from back b;
  end if;
  -- The merges by which it had gone on do not bring it to theirs.
  update private.merges g
  set moved = array(select m.id from unnest(g.moved) as m (id) where m.id <> all(v_back))
  where g.kind = p_merge.kind and g.merged_id = any(p_from) and g.undone_at is null
    and g.moved && v_back;
  if p_merge.kind = 'people' then
    -- What others that are still merged have takes its place.
    foreach v_id in array p_from loop
      perform private.move_along('people', array(
        select g.merge_id from private.merges g where g.kind = 'people' and g.kept_id = v_id and g.undone_at is null
      ));
    end loop;
  end if;
end;
$$;
comment on function private.move_back(private.merges, uuid[]) is
  'Takes what had come over, and was not changed since, back from the kept one, and those it became part of; also people who '
  'came since, because the merged company''s domain led to the kept one.';

create function private.part_namesakes(p_merge private.merges, p_from uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.undo_merge('people', g.merge_id)
  from people.master p
  join private.merges g on p.id in (g.kept_id, g.merged_id)
  join people.master o on o.id in (g.kept_id, g.merged_id) and o.company_id = p_from
  where p.company_id = p_merge.merged_id
    and g.kind = 'people' and g.undone_at is null and g.reason = 'name and company' and g.merged_at >= p_merge.merged_at;
end;
$$;
comment on function private.part_namesakes(private.merges, uuid) is
  'Parts people of one name who only were in one company because of the merge, which is undone.';

create function private.merge_masters(p_kind text, p_kept uuid[], p_merged uuid[], p_reasons text[])
returns bigint[]
language plpgsql
set search_path = ''
as $$
declare
  v_merges bigint[];
begin
  with pairs as materialized (
    select p.n, p.kept, p.merged, k.content as kept_row, m.content as merged_row
    from unnest(p_kept, p_merged) with ordinality as p (kept, merged, n)
    join private.masters(p_kind, p_kept) k on k.id = p.kept
    join private.masters(p_kind, p_merged) m on m.id = p.merged
  ),
  -- Of several that have what is lacking, the first gives it.
  taken as (
    select distinct on (p.kept, v.key) p.n, v.key, v.value
    from pairs p
    cross join lateral jsonb_each(p.merged_row) v
    where v.key <> all('{id,domain,email,created_at,updated_at,status,entry_number,merged_into}')
      and v.value <> 'null'
      and p.kept_row -> v.key = 'null'
    order by p.kept, v.key, p.n
  ),
  noted as (
    insert into private.merges (kind, kept_id, merged_id, reason, taken, merged_status, merged_by, merged_at)
    select
      p_kind, p.kept, p.merged, p_reasons[p.n], coalesce(t.taken, '{}'), p.merged_row ->> 'status', private.actor(),
      private.clock()
    from pairs p
    left join (select o.n, jsonb_object_agg(o.key, o.value) as taken from taken o group by o.n) as t on t.n = p.n
    order by p.n
    returning merge_id
  )
  select array_agg(o.merge_id order by o.merge_id) into v_merges from noted o;
  perform private.change_masters(p_kind, array_agg(c.id), array_agg(c.content))
  from (
    select g.kept_id as id, jsonb_object_agg(t.key, t.value) as content
    from private.merges g
    cross join lateral jsonb_each(g.taken) t
    where g.kind = p_kind and g.merge_id = any(v_merges)
    group by g.kept_id
    union all
    select
      g.merged_id,
      jsonb_build_object('status', case p_kind when 'company' then 'archived' else 'inactive' end, 'merged_into', g.kept_id)
    from private.merges g
    where g.kind = p_kind and g.merge_id = any(v_merges)
  ) as c;
  perform private.move_along(p_kind, v_merges);
  if p_kind = 'company' then
    -- They may have namesakes there.
    perform private.merge_twins('people', array(
      select unnest(g.moved) from private.merges g where g.kind = p_kind and g.merge_id = any(v_merges)
    ));
  end if;
  return v_merges;
end;
$$;
comment on function private.merge_masters(text, uuid[], uuid[], text[]) is
  'Makes each of p_merged a part of its p_kept, which takes what it lacks. Nobody may be both, and all must be unmerged. '
  'People of companies that are one now are matched anew.';

create function private.merge_by_hand(p_kind text, p_kept uuid, p_merged uuid)
returns bigint
language plpgsql
set search_path = ''
as $$
begin
  perform private.require_staff();
  perform private.lock_masters();
  if p_kept = p_merged or 2 <> (
    select count(*) from private.masters(p_kind, array[p_kept, p_merged]) m where m.content -> 'merged_into' = 'null'
  ) then
    perform private.raise_error('MR003', 'Two are merged that are both there and not merged yet.');
  end if;
  return (private.merge_masters(p_kind, array[p_kept], array[p_merged], '{by hand}'))[1];
end;
$$;
comment on function private.merge_by_hand(text, uuid, uuid) is 'One merge that staff or a service asks for; answers its id.';

create function private.merge_twins(p_kind text, p_touched uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_touched uuid[] := p_touched;
  -- Whose twin may be merged itself, and that twin.
  v_waiting uuid[] := '{}';
  v_for uuid[] := '{}';
  v_found record;
begin
  while cardinality(v_touched) > 0 loop
    with twins as materialized (
      select distinct on (t.merged) t.*
      from (
        select c.* from private.company_twins(v_touched) c where p_kind = 'company'
        union all
        select c.* from private.people_twins(v_touched) c where p_kind = 'people'
      ) as t
      order by t.merged, t.kept_number, t.reason
    ),
    parted as materialized (
      select private.led_to(p_kind, g.kept_id) as one, private.led_to(p_kind, g.merged_id) as other
      from private.merges g
      where g.kind = p_kind and g.undone_at is not null
    ),
    told_apart as materialized (
      select
        t.*, o.merged is not null or t.kept = any(v_waiting) as must_wait,
        exists (
          select
          from parted p
          join twins e on e.merged in (p.one, p.other) and e.kept = t.kept and e.merged_number < t.merged_number
          where t.merged in (p.one, p.other)
        ) as must_part
      from twins t
      left join twins o on o.merged = t.kept
    )
    select
      array_agg(t.kept order by t.merged_number) filter (where not t.must_wait and not t.must_part) as kept,
      array_agg(t.merged order by t.merged_number) filter (where not t.must_wait and not t.must_part) as merged,
      array_agg(t.reason order by t.merged_number) filter (where not t.must_wait and not t.must_part) as reasons,
      array_agg(t.merged) filter (where not t.must_wait and t.must_part) as parted,
      v_waiting || coalesce(array_agg(t.merged order by t.merged) filter (where t.must_wait), '{}') as waiting,
      v_for || coalesce(array_agg(t.kept order by t.merged) filter (where t.must_wait), '{}') as waiting_for
    into v_found
    from told_apart t;
    if v_found.kept is not null then
      perform private.merge_masters(p_kind, v_found.kept, v_found.merged, v_found.reasons);
    end if;
    -- Who took something may have another twin, and so may those whose twin is settled now, or took one they were parted from.
    with waiting as (
      select w.id, w.kept, w.kept <> all(v_found.waiting) as is_ready from unnest(v_found.waiting, v_found.waiting_for) as w (id, kept)
    )
    select
      array(
        select unnest(v_found.kept || v_found.parted) union select w.id from waiting w where w.is_ready
      ),
      array(select w.id from waiting w where not w.is_ready order by w.id),
      array(select w.kept from waiting w where not w.is_ready order by w.id)
    into v_touched, v_waiting, v_for;
  end loop;
end;
$$;
comment on function private.merge_twins(text, uuid[]) is
  'Merges those of p_touched, and what they match, that are the same: each into its oldest twin, in rounds.';

create function private.give_back(p_kind text, p_id uuid, p_taken jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_values jsonb;
begin
  with lost as (
    select t.key
    from private.masters(p_kind, array[p_id]) m
    cross join lateral jsonb_each(p_taken) t
    where m.content -> t.key = t.value
  ),
  found as (
    select distinct on (l.key) l.key, g.merge_id, o.content -> l.key as value
    from lost l
    cross join private.merges g
    cross join lateral private.masters(p_kind, array[g.merged_id]) o
    where g.kind = p_kind and g.kept_id = p_id and g.undone_at is null
      and o.content -> l.key <> 'null'
    order by l.key, g.merge_id
  ),
  noted as (
    update private.merges g
    set taken = g.taken || f.taken
    from (select o.merge_id, jsonb_object_agg(o.key, o.value) as taken from found o group by o.merge_id) as f
    where g.kind = p_kind and g.merge_id = f.merge_id
  )
  select jsonb_object_agg(l.key, coalesce(f.value, 'null')) into v_values
  from lost l
  left join found f on f.key = l.key;
  perform private.change_masters(p_kind, array[p_id], array[coalesce(v_values, '{}')]);
end;
$$;
comment on function private.give_back(text, uuid, jsonb) is
  'What one had taken goes, unless it was changed since; what others that are merged into it still have takes its place.';

create function private.undo_merge(p_kind text, p_merge_id bigint)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_merge private.merges;
  v_further private.merges;
  v_at uuid;
  v_path uuid[] := '{}';
  v_taken jsonb;
begin
  update private.merges g
  set undone_at = private.clock(), undone_by = private.actor()
  where g.kind = p_kind and g.merge_id = p_merge_id and g.undone_at is null
  returning g.* into v_merge;
  if not found then
    return case
      when exists (select from private.merges g where g.kind = p_kind and g.merge_id = p_merge_id) then 'already_undone'
      else 'unknown'
    end;
  end if;
  v_at := v_merge.kept_id;
  v_taken := v_merge.taken;
  loop
    perform private.give_back(p_kind, v_at, v_taken);
    v_path := v_path || v_at;
    -- The kept one may have become part of another since, and passed on what it had taken.
    select g.* into v_further from private.merges g where g.kind = p_kind and g.merged_id = v_at and g.undone_at is null;
    exit when not found;
    v_taken := coalesce(
      (select jsonb_object_agg(t.key, t.value) from jsonb_each(v_taken) t where v_further.taken -> t.key = t.value), '{}'
    );
    update private.merges g
    set taken = g.taken - array(select jsonb_object_keys(v_taken))
    where g.kind = p_kind and g.merge_id = v_further.merge_id;
    v_at := v_further.kept_id;
  end loop;
  perform private.change_masters(
    p_kind, array[v_merge.merged_id], array[jsonb_build_object('status', v_merge.merged_status, 'merged_into', null)]
  );
  perform private.move_back(v_merge, v_path);
  if p_kind = 'company' then
    perform private.part_namesakes(v_merge, v_at);
  end if;
  if v_at <> v_merge.kept_id then
    insert into private.merges (
      kind, kept_id, merged_id, reason, taken, merged_status, merged_by, merged_at, undone_by, undone_at
    )
    values (
      p_kind, v_at, v_merge.merged_id, v_merge.reason, '{}', v_merge.merged_status, v_merge.merged_by, v_merge.merged_at,
      private.actor(), private.clock()
    );
  end if;
  return 'undone';
end;
$$;
comment on function private.undo_merge(text, bigint) is
  'Parts a merged pair again: undone, already_undone or unknown. Has the kept one become part of another since, then the '
  'pair is parted from that one too.';

create function private.undo_by_hand(p_kind text, p_merge_id bigint)
returns text
language plpgsql
set search_path = ''
as $$
begin
  perform private.require_staff();
  perform private.lock_masters();
  return private.undo_merge(p_kind, p_merge_id);
end;
$$;
comment on function private.undo_by_hand(text, bigint) is 'An undoing that staff or a service asks for.';

create function private.tg_masters__part()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_merge private.merges;
begin
  for v_merge in
    select g.*
    from private.merges g
    where g.kind = tg_table_schema and old.id in (g.kept_id, g.merged_id)
    order by g.kept_id = old.id desc, g.merge_id
  loop
    perform private.undo_merge(v_merge.kind, v_merge.merge_id);
    if v_merge.kind = 'people' and v_merge.merged_id = old.id then
      perform private.forget_taken(v_merge);
    end if;
  end loop;
  delete from private.merges g where g.kind = tg_table_schema and old.id in (g.kept_id, g.merged_id);
  return null;
end;
$$;
comment on function private.tg_masters__part() is
  'Undoes the merges of a company or person that is gone: others get their own back, and nothing of it stays with them.';

create function private.forget_taken(p_merge private.merges)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_people uuid[];
begin
  with recursive up (id, merged_into) as (
    select m.id, m.merged_into from people.master m where m.id = p_merge.kept_id
    union all
    select m.id, m.merged_into from up join people.master m on m.id = up.merged_into
  )
  select array_agg(u.id) into v_people from up u;
  delete from people.intelligence i
  where i.id = any(p_merge.moved) and i.person_id = any(v_people) and i.fetched_at <= p_merge.merged_at;
  update people.history h
  set old_values = private.without_values(h.old_values, p_merge.taken),
      new_values = private.without_values(h.new_values, p_merge.taken)
  where h.person_id = any(v_people)
    and p_merge.taken <> '{}';
end;
$$;
comment on function private.forget_taken(private.merges) is
  'Takes what came from a person who is gone out of LinkedIn data and histories of those whom they had been merged into.';

create function private.without_values(p_row jsonb, p_values jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(r.key, case when p_values -> r.key = r.value then 'null' else r.value end), '{}')
  from jsonb_each(p_row) r
$$;
comment on function private.without_values(jsonb, jsonb) is 'A row in which what equals a value of the other is null.';

-- Slots ----------------------------------------------------------------------------------------------------------

create function private.is_time(p_text text)
returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return isfinite(p_text::timestamptz);
exception
  when data_exception then
    return false;
end;
$$;
comment on function private.is_time(text) is 'Whether a text is a point of time.';

create function private.slot_fault(p_kind text, p_row jsonb)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_texts text[] := case p_kind
    when 'company' then '{name,industry,location,linkedin_url,website}'
    else '{name,first_name,last_name,title,linkedin_url,phone,location,seniority,department,company,company_domain}'
  end;
  v_name text;
begin
  if jsonb_typeof(p_row) <> 'object' then
    return 'the row is no object';
  end if;
  foreach v_name in array v_texts loop
    if jsonb_typeof(p_row -> v_name) in ('object', 'array', 'boolean') or length(p_row ->> v_name) > 500 then
      return format('%s is no text of at most 500 signs', v_name);
    end if;
  end loop;
  foreach v_name in array case p_kind when 'company' then '{employee_count,revenue}'::text[] else '{}' end loop
    if btrim(coalesce(p_row ->> v_name, '')) !~ '^([0-9]{1,15}(\.[0-9]{1,4})?)?$'
      or v_name = 'employee_count' and btrim(coalesce(p_row ->> v_name, '')) !~ '^([0-9]{1,9}(\.0+)?)?$'
    then
      return format('%s is no number', v_name);
    end if;
  end loop;
  if btrim(p_row ->> 'enriched_at') <> '' and not private.is_time(p_row ->> 'enriched_at') then
    return 'enriched_at is no time';
  end if;
  return null;
end;
$$;
comment on function private.slot_fault(text, jsonb) is 'Why a slot cannot be promoted; null when it can.';

create function private.reject_faulty(p_kind text, p_slots bigint[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  if p_kind = 'company' then
    update company.slot s
    set validation_status = 'rejected', rejection = private.slot_fault(p_kind, s.raw_data)
    where s.slot_number = any(p_slots) and s.validation_status = 'pending'
      and private.slot_fault(p_kind, s.raw_data) is not null;
  else
    update people.slot s
    set validation_status = 'rejected', rejection = private.slot_fault(p_kind, s.raw_data)
    where s.slot_number = any(p_slots) and s.validation_status = 'pending'
      and private.slot_fault(p_kind, s.raw_data) is not null;
  end if;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.reject_faulty(text, bigint[]) is
  'Rejects pending slots that slipped in without being checked; answers how many.';

create function private.promote_slots(p_kind text, p_slots bigint[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_middle integer := cardinality(p_slots) / 2;
  v_rejected integer;
  v_error text;
begin
  if cardinality(p_slots) = 0 then
    return 0;
  end if;
  begin
    if p_kind = 'company' then
      perform private.promote_company_slots(p_slots);
    else
      perform private.promote_people_slots(p_slots);
    end if;
    return 0;
  exception
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
      v_error := sqlstate || ' ' || sqlerrm;
  end;
  v_rejected := private.reject_faulty(p_kind, p_slots);
  if v_rejected > 0 then
    return v_rejected + private.promote_slots(p_kind, p_slots);
  elsif v_middle > 0 then
    return private.promote_slots(p_kind, p_slots[:v_middle]) + private.promote_slots(p_kind, p_slots[v_middle + 1:]);
  elsif p_kind = 'company' then
    update company.slot s set validation_status = 'rejected', rejection = v_error where s.slot_number = p_slots[1];
  else
    update people.slot s set validation_status = 'rejected', rejection = v_error where s.slot_number = p_slots[1];
  end if;
  return 1;
end;
$$;
comment on function private.promote_slots(text, bigint[]) is
  'Promotes those of the slots that are pending, all at once. When that fails they are checked again, and what no check '
  'foresees is searched for by halves, until the bad ones are alone and rejected with their error. Answers how many were.';
