-- Contacts: one row an address, made of the loads that named it.
--
-- Of each field the newest load that has it wins (load ids are in the order of coming, see intake), whichever is promoted
-- first. No two promotions that run at once have an address in common: they take one range each, of 30 days, in which no
-- address is pending twice; whoever takes more runs alone. So a contact is read, merged and written without locking it.
--
-- The table is written here as intake.contacts; where the role that migrates may create in the schema `vault`, it lives
-- there in the end, see the last part of this file.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('lead_score.name', 10, 'points', 0, 100, 'Score of a contact whose name is known.'),
  ('lead_score.phone', 15, 'points', 0, 100, 'Score of a contact whose phone is known.'),
  ('lead_score.company', 15, 'points', 0, 100, 'Score of a contact whose company is known.'),
  ('lead_score.title', 15, 'points', 0, 100, 'Score of a contact whose job title is known.'),
  ('lead_score.decides', 25, 'points', 0, 100, 'Score of a contact whose title decides: chief, owner, founder, head, director, VP.'),
  ('lead_score.business_address', 20, 'points', 0, 100, 'Score of an address that is not at a mailbox provider.');

create table intake.contacts (
  contact_id bigserial primary key,
  email text not null,
  name text,
  phone text,
  company text,
  title text,
  source text not null,
  tags jsonb not null default '[]',
  custom_fields jsonb not null default '{}',
  load_id bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_activity_at timestamptz,
  score numeric(5, 2) not null default 0,
  status text not null default 'active',
  field_sources jsonb not null default '{}',
  constraint score_is_from_0_to_100 check (score between 0 and 100),
  constraint status_is_known check (status in ('active', 'inactive', 'bounced', 'unsubscribed'))
);
create unique index idx_contacts_email on intake.contacts (email);
create index idx_contacts_source on intake.contacts using brin (source text_bloom_ops (n_distinct_per_range = 16))
with (pages_per_range = 64);
create index idx_contacts_created_at on intake.contacts (created_at desc);
create index idx_contacts_score on intake.contacts (score desc);
create index idx_contacts_status on intake.contacts (status) where status <> 'active';
create index idx_contacts_company on intake.contacts (company);
create trigger _100_touch_updated_at before update on intake.contacts
for each row execute function extensions.moddatetime(updated_at);
comment on index intake.idx_contacts_source is 'BRIN: loads of a source lie together.';
comment on index intake.idx_contacts_status is 'Of the few that are not active.';
comment on table intake.contacts is
  'People that loads named, one row an address (lower case). Changes through vault.f_promote_contacts.';
comment on column intake.contacts.source is 'Who named the person first; field_sources says who named what since.';
comment on column intake.contacts.load_id is
  'The first load. Not a foreign key: to check a million of them takes longer than all else, and no load goes by itself.';
comment on column intake.contacts.field_sources is
  'Of each field that is not of the first load: {"phone": {"source": "apify", "load_id": 7}}.';
comment on column intake.contacts.score is
  'From 0 to 100: the sum of the lead_score.* settings that hold, 100 at most.';
select private.apply_agency_policies('intake.contacts', 'none');

-- Merging --------------------------------------------------------------------------------------------------------

create function private.join_tags(p_one jsonb, p_other jsonb)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
begin
  return (
    select jsonb_agg(t.tag order by t.n)
    from (
      select e.tag, min(e.n) as n
      from jsonb_array_elements(p_one || p_other) with ordinality as e (tag, n)
      group by e.tag
    ) as t
  );
end;
$$;
comment on function private.join_tags(jsonb, jsonb) is 'Two lists as one, each tag once, in their order.';

create function private.later_fields(p_email text, p_load_id bigint)
returns text[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    select distinct case when k.name in ('first_name', 'last_name') then 'name' else k.name end
    from (
      select r.load_id, r.status, r.raw_data from intake.raw_loads r where r.raw_data ->> 'email' = p_email offset 0
    ) as r
    cross join lateral jsonb_object_keys(r.raw_data) as k (name)
    where r.load_id > p_load_id
      and r.status = 'promoted'
      and btrim(coalesce(r.raw_data ->> k.name, '')) <> ''
  );
end;
$$;
comment on function private.later_fields(text, bigint) is
  'The fields that later loads of an address gave, which were promoted before.';

create function private.told_fields(p_custom_fields jsonb)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_object_agg(f.key, f.value), '{}')
    from jsonb_each(jsonb_strip_nulls(p_custom_fields)) as f
    where btrim(f.value #>> '{}') <> ''
  );
end;
$$;
comment on function private.told_fields(jsonb) is 'Custom fields that say something: neither null nor blank.';

create function private.merge_late(
  p_email text, p_load_id bigint, p_old text[], p_new text[], p_old_tags jsonb, p_tags jsonb, p_old_custom_fields jsonb,
  p_custom_fields jsonb
)
returns table (merged text[], tags jsonb, custom_fields jsonb, fields text[])
language plpgsql stable rows 1
set search_path = ''
as $$
declare
  v_names text[] := '{name,phone,company,title}';
  v_later text[] := private.later_fields(p_email, p_load_id);
begin
  fields := '{}';
  merged := p_old;
  for v_n in 1..4 loop
    if p_new[v_n] is not null and p_new[v_n] is distinct from p_old[v_n]
      and (p_old[v_n] is null or v_names[v_n] <> all(v_later))
    then
      merged[v_n] := p_new[v_n];
      fields := fields || v_names[v_n];
    end if;
  end loop;
  tags := p_old_tags;
  if not p_old_tags @> p_tags then
    tags := private.join_tags(p_old_tags, p_tags);
    fields := fields || 'tags'::text;
  end if;
  custom_fields := p_old_custom_fields || (private.told_fields(p_custom_fields) - v_later);
  if custom_fields <> p_old_custom_fields then
    fields := fields || 'custom_fields'::text;
  end if;
  return next;
end;
$$;
comment on function private.merge_late(text, bigint, text[], text[], jsonb, jsonb, jsonb, jsonb) is
  'A contact with a load that is older than what was promoted before: of each field (name, phone, company, title) the '
  'newest that has it, tags of both. fields: what changed.';

create function private.tag_list(p_tags jsonb)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
begin
  return case jsonb_typeof(p_tags) when 'array' then p_tags when 'string' then jsonb_build_array(p_tags) else '[]' end;
end;
$$;
comment on function private.tag_list(jsonb) is 'The tags of a load as a list.';

create function private.score_expression()
returns text
language sql stable
set search_path = ''
as $$
  select format(
    $sql$
      least(100, case when k.name is null then 0 else %s end + case when k.phone is null then 0 else %s end
      + case when k.company is null then 0 else %s end + case when k.title is null then 0 else %s end
      + case when k.title in (select d.title from deciding d) then %s else 0 end
      + case when split_part(k.email, '@', 2) = any($6) then 0 else %s end)
    $sql$,
    private.setting('lead_score.name'), private.setting('lead_score.phone'), private.setting('lead_score.company'),
    private.setting('lead_score.title'), private.setting('lead_score.decides'),
    private.setting('lead_score.business_address')
  )
$$;
comment on function private.score_expression() is
  'The written rule of the lead score as SQL about a row k; deciding has the titles that decide, $6 the domains of mailbox '
  'providers. Weights are settings.';

create function private.load_fault(p_row jsonb)
returns text[]
language plpgsql stable
set search_path = ''
as $$
declare
  v_field text;
  v_type text;
begin
  foreach v_field in array array['name', 'first_name', 'last_name', 'phone', 'company', 'title'] loop
    v_type := jsonb_typeof(p_row -> v_field);
    if v_type in ('object', 'array', 'boolean') then
      return array[v_field, format('is %s, not a text', case v_type when 'boolean' then 'a boolean' else 'an ' || v_type end)];
    elsif length(p_row ->> v_field) > 500 then
      return array[v_field, 'is longer than 500 signs'];
    end if;
  end loop;
  v_type := jsonb_typeof(p_row -> 'tags');
  if v_type not in ('array', 'string', 'null') then
    return array['tags', format('is %s, not a list', case v_type when 'object' then 'an object' else 'a ' || v_type end)];
  elsif pg_column_size(p_row) > 1048576 then
    return array['row', 'is larger than 1 MiB'];
  elsif private.is_suppressed(p_row ->> 'email') then
    return array['email', 'this person asked to be forgotten'];
  end if;
  return null;
end;
$$;
comment on function private.load_fault(jsonb) is 'Field and reason why a load cannot become a contact; null when it can.';

create function private.promote_rows(p_claim text, p_first bigint, p_last bigint, p_load_ids bigint[])
returns table (claimed bigint, promoted bigint, updated bigint, unchanged bigint, refused bigint[])
language plpgsql
set search_path = ''
set work_mem = '32MB'
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
set jit = off
as $$
begin
  return query execute format(
    $sql$
      with claimed as (
        update intake.raw_loads r
        set status = 'promoted', promoted_at = $1
        where %s
        returning r.load_id, r.source, r.raw_data
      ),
      known as materialized (
        select
          c.load_id, c.source, v.email, v.phone, v.company, v.title, v.name,
          case when jsonb_typeof(v.tags) = 'array' then v.tags else private.tag_list(v.tags) end as tags,
          c.raw_data - '{email,name,first_name,last_name,phone,company,title,tags}'::text[] as custom_fields
        from claimed c
        cross join lateral (
          select
            c.raw_data ->> 'email' as email, nullif(btrim(c.raw_data ->> 'phone'), '') as phone,
            nullif(btrim(c.raw_data ->> 'company'), '') as company, nullif(btrim(c.raw_data ->> 'title'), '') as title,
            coalesce(
              nullif(btrim(c.raw_data ->> 'name'), ''),
              nullif(btrim(concat(c.raw_data ->> 'first_name', ' ', c.raw_data ->> 'last_name')), '')
            ) as name,
            c.raw_data -> 'tags' as tags
          offset 0
        ) as v
        cross join lateral (select concat(v.name, v.phone, v.company, v.title) as given offset 0) as g
        where case
          -- Whether it must be looked at closely: some field may be long, a list, an object or a boolean.
          when octet_length(g.given) > 500 or pg_column_size(c.raw_data) > 1048576
            or g.given like any(array['%%{%%', '%%[%%', '%%true%%', '%%false%%'])
            or jsonb_typeof(v.tags) not in ('array', 'null') or $5
            then private.load_fault(c.raw_data) is null
          else true
        end
      ),
      old as materialized (
        select o.* from intake.contacts o where o.email = any(array(select k.email from known k))
      ),
      -- Each title is looked at once.
      deciding as materialized (
        select t.title
        from (select k.title from known k union select o.title from old o offset 0) as t
        where lower(t.title) ~ '\m(chief|c[a-z]o|owner|founder|president|partner|head|director|vp)\M'
      ),
      added as (
        insert into intake.contacts (
          email, name, phone, company, title, source, tags, custom_fields, load_id, created_at, updated_at, score
        )
        select
          k.email, k.name, k.phone, k.company, k.title, k.source, k.tags, k.custom_fields, k.load_id, $1, $1, %s
        from known k
        where (k.email in (select o.email from old o)) is not true
        returning contact_id, load_id
      ),
      -- Who tells something new; most of a repeated list does not.
      met as materialized (
        select
          o.contact_id, k.load_id, k.source, k.email, k.name, k.phone, k.company, k.title, k.tags, k.custom_fields,
          o.name as old_name, o.phone as old_phone, o.company as old_company, o.title as old_title, o.tags as old_tags,
          o.custom_fields as old_custom_fields,
          exists (
            select
            from (
              select r.load_id, r.status from intake.raw_loads r where r.raw_data ->> 'email' = k.email offset 0
            ) as l
            where l.load_id > k.load_id
              and l.status = 'promoted'
          ) as is_late
        from known k
        join old o on o.email = k.email
        where k.name <> o.name or k.phone <> o.phone or k.company <> o.company or k.title <> o.title
          or o.name is null and k.name is not null or o.phone is null and k.phone is not null
          or o.company is null and k.company is not null or o.title is null and k.title is not null
          or not o.tags @> k.tags or not o.custom_fields @> k.custom_fields
      ),
      compared as materialized (
        select
          m.contact_id, m.load_id, m.source, m.email, coalesce(m.name, m.old_name) as name,
          coalesce(m.phone, m.old_phone) as phone, coalesce(m.company, m.old_company) as company,
          coalesce(m.title, m.old_title) as title,
          case when m.old_tags @> m.tags then m.old_tags else private.join_tags(m.old_tags, m.tags) end as tags,
          m.old_custom_fields || n.told as custom_fields,
          array_remove(array[
            case when m.name <> m.old_name or m.old_name is null and m.name is not null then 'name' end,
            case when m.phone <> m.old_phone or m.old_phone is null and m.phone is not null then 'phone' end,
            case when m.company <> m.old_company or m.old_company is null and m.company is not null then 'company' end,
            case when m.title <> m.old_title or m.old_title is null and m.title is not null then 'title' end,
            case when not m.old_tags @> m.tags then 'tags' end,
            case when not m.old_custom_fields @> n.told then 'custom_fields' end
          ], null) as fields
        from met m
        cross join lateral (
          select case when m.old_custom_fields @> m.custom_fields then '{}' else private.told_fields(m.custom_fields) end as told
          offset 0
        ) as n
        where not m.is_late
        union all
        select
          m.contact_id, m.load_id, m.source, m.email, n.merged[1], n.merged[2], n.merged[3], n.merged[4], n.tags,
          n.custom_fields, n.fields
        from met m
        cross join lateral private.merge_late(
          m.email, m.load_id, array[m.old_name, m.old_phone, m.old_company, m.old_title],
          array[m.name, m.phone, m.company, m.title], m.old_tags, m.tags, m.old_custom_fields, m.custom_fields
        ) as n
        where m.is_late
      ),
      changed as (
        update intake.contacts c
        set name = k.name, phone = k.phone, company = k.company, title = k.title, tags = k.tags,
            custom_fields = k.custom_fields, score = %s,
            field_sources = c.field_sources || (
              select jsonb_object_agg(f.name, jsonb_build_object('source', k.source, 'load_id', k.load_id))
              from unnest(k.fields) as f (name)
            )
        from compared k
        where c.contact_id = k.contact_id
          and c.contact_id = any(array(select o.contact_id from compared o))
          and k.fields <> '{}'
        returning c.contact_id, k.load_id, k.fields
      ),
      logged as (
        insert into intake.audit_log (action, load_id, contact_id, details, "timestamp")
        select
          'contact_promoted', min(a.load_id), min(a.contact_id),
          jsonb_build_object('contacts', count(*), 'last_load_id', max(a.load_id), 'last_contact_id', max(a.contact_id)), $1
        from added a
        having count(*) > 0
        union all
        select 'contact_updated', c.load_id, c.contact_id, jsonb_build_object('fields', to_jsonb(c.fields)), $1 from changed c
      )
      select
        n.claimed, n.added, n.changed, n.known - n.added - n.changed,
        case when n.claimed > n.known then array(
          select c.load_id from claimed c where c.load_id not in (select k.load_id from known k)
        ) end
      from (
        select
          (select count(*) from claimed) as claimed, (select count(*) from known) as known,
          (select count(*) from added) as added, (select count(*) from changed) as changed
      ) as n
    $sql$,
    p_claim, private.score_expression(), private.score_expression()
  )
  using
    private.clock(), p_first, p_last, p_load_ids, exists (select from private.suppressed_people),
    array(select f.domain from private.free_mail_domains f);
end;
$$;
comment on function private.promote_rows(text, bigint, bigint, bigint[]) is
  'Makes contacts of the loads r for which p_claim holds ($2 to $3 a range, $4 ids), no two of one address. Answers what '
  'became of them; those refused are still to be failed. Planned anew at each call, for as many rows as there are.';

-- Promoting ------------------------------------------------------------------------------------------------------

create function private.wake_duplicates(p_failed bigint[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  with woken as materialized (
    select distinct on (f.email) f.email, d.load_id
    from (select r.raw_data ->> 'email' as email from intake.raw_loads r where r.load_id = any(p_failed)) as f
    join intake.raw_loads d on d.raw_data ->> 'email' = f.email and d.status = 'duplicate'
    join intake.raw_loads o on o.load_id = (d.metadata ->> 'duplicate_of')::bigint and o.status = 'failed'
    where not exists (
      select from intake.raw_loads p where p.raw_data ->> 'email' = f.email and p.status = 'pending'
    )
    order by f.email, d.load_id
  ),
  pending as (
    update intake.raw_loads r
    set status = 'pending', metadata = r.metadata - 'duplicate_of'
    from woken w
    where r.load_id = w.load_id
    returning r.load_id, r.created_at
  ),
  others as (
    update intake.raw_loads r
    set metadata = r.metadata || jsonb_build_object('duplicate_of', w.load_id)
    from woken w
    where r.raw_data ->> 'email' = w.email
      and r.status = 'duplicate'
      and r.load_id > w.load_id
      and (r.metadata ->> 'duplicate_of')::bigint = any(p_failed)
  )
  insert into intake.pending_ranges (first_load_id, last_load_id, created_at)
  select min(p.load_id), max(p.load_id), p.created_at from pending p group by p.created_at;
end;
$$;
comment on function private.wake_duplicates(bigint[]) is
  'Of each address whose load failed, its first duplicate is pending instead, and the next ones are duplicates of that: a row '
  'that cannot be a contact costs nobody who came again with a better one.';

create function private.promote_claimed(p_first bigint, p_last bigint, p_load_ids bigint[])
returns table (promoted bigint, updated bigint, unchanged bigint, failed bigint)
language plpgsql
set search_path = ''
as $$
declare
  v_done record;
  v_claim text := case
    -- A range is of one call: its addresses differ.
    when p_load_ids is null then $sql$r.load_id between $2 and $3 and r.status = 'pending'$sql$
    else $sql$
      r.status = 'pending'
      and r.load_id = any(array(
        select min(o.load_id)
        from intake.raw_loads o
        where o.load_id = any($4)
          and o.status = 'pending'
        group by o.raw_data ->> 'email'
      ))
    $sql$
  end;
begin
  promoted := 0;
  updated := 0;
  unchanged := 0;
  failed := 0;
  loop
    select * into v_done from private.promote_rows(v_claim, p_first, p_last, p_load_ids);
    promoted := promoted + v_done.promoted;
    updated := updated + v_done.updated;
    unchanged := unchanged + v_done.unchanged;
    if v_done.refused is not null then
      failed := failed + cardinality(v_done.refused);
      update intake.raw_loads r
      set status = 'failed', promoted_at = null,
          metadata = r.metadata || jsonb_build_object('field', f.fault[1], 'error', f.fault[2])
      from (
        select o.load_id, private.load_fault(o.raw_data) as fault
        from intake.raw_loads o
        where o.load_id = any(v_done.refused)
      ) as f
      where r.load_id = f.load_id;
      perform private.wake_duplicates(v_done.refused);
    end if;
    exit when p_load_ids is null or v_done.claimed = 0;
  end loop;
  return next;
end;
$$;
comment on function private.promote_claimed(bigint, bigint, bigint[]) is
  'Promotes the pending loads of a range, or of ids: the first load of each address, then the second, and so on.';

create function private.promote_carefully(p_load_ids bigint[], p_patience integer)
returns table (promoted bigint, updated bigint, unchanged bigint, failed bigint)
language plpgsql
set search_path = ''
as $$
declare
  v_middle integer := cardinality(p_load_ids) / 2;
  v_error text;
  v_one record;
  v_other record;
begin
  begin
    return query select p.* from private.promote_claimed(null, null, p_load_ids) p;
    return;
  exception
    when query_canceled or lock_not_available or deadlock_detected or serialization_failure then
      raise;
    when others then
      v_error := sqlstate || ' ' || sqlerrm;
      if p_patience <= 0 then
        raise;
      elsif v_middle = 0 then
        update intake.raw_loads r
        set status = 'failed', metadata = r.metadata || jsonb_build_object('field', 'row', 'error', v_error)
        where r.load_id = p_load_ids[1]
          and r.status = 'pending';
        perform private.wake_duplicates(p_load_ids);
        return query select 0::bigint, 0::bigint, 0::bigint, 1::bigint;
        return;
      end if;
  end;
  select * into v_one from private.promote_carefully(p_load_ids[:v_middle], p_patience);
  select * into v_other from private.promote_carefully(p_load_ids[v_middle + 1:], p_patience - v_one.failed::integer);
  return query
    select
      v_one.promoted + v_other.promoted, v_one.updated + v_other.updated, v_one.unchanged + v_other.unchanged,
      v_one.failed + v_other.failed;
end;
$$;
comment on function private.promote_carefully(bigint[], integer) is
  'As promote_claimed, by halves until what cannot be promoted is alone, and failed with its error. After p_patience such '
  'loads the error is raised: then it is not the loads that are wrong.';

create function private.promote_pending(p_ranges integer, p_load_ids bigint[] default null)
returns table (promoted bigint, updated bigint, unchanged bigint, failed bigint, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_range intake.pending_ranges;
  v_done record;
  v_ranges integer := 0;
begin
  promoted := 0;
  updated := 0;
  unchanged := 0;
  failed := 0;
  has_more := false;
  if p_ranges = 1 and p_load_ids is null then
    perform pg_advisory_xact_lock_shared(private.hub_lock('promote'));
  else
    perform pg_advisory_xact_lock(private.hub_lock('promote'));
  end if;
  loop
    if p_load_ids is null then
      exit when v_ranges >= p_ranges;
      delete from intake.pending_ranges r
      where r.range_id = (
        select o.range_id
        from intake.pending_ranges o
        where o.created_at < (select min(e.created_at) from intake.pending_ranges e) + interval '30 days'
        order by o.range_id
        limit 1
        for update skip locked
      )
      returning r.* into v_range;
      exit when not found;
      v_ranges := v_ranges + 1;
    end if;
    begin
      select * into v_done from private.promote_claimed(v_range.first_load_id, v_range.last_load_id, p_load_ids);
    exception
      when query_canceled or lock_not_available or deadlock_detected or serialization_failure then
        raise;
      when others then
        select * into v_done
        from private.promote_carefully(coalesce(p_load_ids, array(
          select r.load_id
          from intake.raw_loads r
          where r.load_id between v_range.first_load_id and v_range.last_load_id
            and r.status = 'pending'
        )), 100);
    end;
    promoted := promoted + v_done.promoted;
    updated := updated + v_done.updated;
    unchanged := unchanged + v_done.unchanged;
    failed := failed + v_done.failed;
    exit when p_load_ids is not null;
  end loop;
  has_more := p_load_ids is null and exists (select from intake.pending_ranges);
  insert into intake.audit_log (action, details, "timestamp")
  select
    'batch_processed',
    jsonb_build_object('promoted', promoted, 'updated', updated, 'unchanged', unchanged, 'failed', failed),
    private.clock()
  where promoted + updated + unchanged + failed > 0;
  return next;
end;
$$;
comment on function private.promote_pending(integer, bigint[]) is
  'Promotes the loads of the oldest p_ranges calls that are pending, or those of p_load_ids that are. A range is tried as a '
  'whole, and with care when something in it raises an error that nobody foresaw. Transactions of one range each may run at '
  'once (has_more: something is left, though perhaps in other hands), all others alone.';

create function private.promoted_so_far(out last_contact_id bigint, out last_log_id bigint)
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(private.hub_lock('promote'));
  last_contact_id := (select max(c.contact_id) from intake.contacts c);
  last_log_id := (select max(a.log_id) from intake.audit_log a);
  -- A block that is rolled back gives its lock back: promotions need not wait for the end of the transaction.
  raise exception 'known';
exception
  when raise_exception then
    null;
end;
$$;
comment on function private.promoted_so_far() is
  'Up to where contacts, and their updates in intake.audit_log, are all committed, for who reads them by number: promotions '
  'that run at once commit in any order. Waits for those that run.';

create function intake.f_promote_contacts(p_load_ids bigint[] default null)
returns table (promoted_count integer, updated_count integer, failed_count integer, message text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_done record;
begin
  perform private.require_staff();
  select * into v_done from private.promote_pending(2147483647, p_load_ids);
  promoted_count := v_done.promoted;
  updated_count := v_done.updated + v_done.unchanged;
  failed_count := v_done.failed;
  message := format(
    '%s promoted, %s updated (%s of them unchanged), %s failed', v_done.promoted, updated_count, v_done.unchanged,
    v_done.failed
  );
  return next;
end;
$$;
comment on function intake.f_promote_contacts(bigint[]) is
  'Makes contacts of pending loads: those of p_load_ids, or all. promoted_count new contacts, updated_count loads of '
  'contacts that were there (message says how many told nothing new), failed_count loads that cannot be contacts, with the '
  'reason in their metadata. Staff and services. Definer: nobody writes contacts by hand.';
grant execute on function intake.f_promote_contacts(bigint[]) to authenticated;

-- Common queries -------------------------------------------------------------------------------------------------

create view intake.pending_contacts with (security_invoker = true) as
select r.load_id, r.batch_id, r.raw_data ->> 'email' as email, r.created_at
from intake.raw_loads r
where r.status = 'pending'
order by r.load_id desc
limit 100;
comment on view intake.pending_contacts is 'The newest hundred loads that wait for their promotion.';

create view intake.recent_promotions with (security_invoker = true) as
select c.contact_id, c.email, c.name, c.created_at
from intake.contacts c
where c.created_at > now() - interval '1 day'
order by c.created_at desc;
comment on view intake.recent_promotions is 'Contacts of the last day.';

create view intake.high_value_leads with (security_invoker = true) as
select c.email, c.name, c.company, c.score, c.status
from intake.contacts c
where c.score >= 80
  and c.status = 'active'
order by c.score desc
limit 50;
comment on view intake.high_value_leads is 'The fifty active contacts of the highest score, from 80 on.';
grant select on intake.pending_contacts, intake.recent_promotions, intake.high_value_leads to authenticated;

-- Where it lives -------------------------------------------------------------------------------------------------
-- On Supabase the schema `vault` belongs to its extension's owner, and the role that migrates may use it but create
-- nothing in it. There the table and the function stay in `intake`. Everywhere else they move to their documented place,
-- and intake.contacts is a view of the table, by which all of our own code goes.

do $$
begin
  if not has_schema_privilege('vault', 'create') then
    return;
  end if;
  alter table intake.contacts set schema vault;
  create view intake.contacts with (security_invoker = true) as select * from vault.contacts;
  comment on view intake.contacts is 'vault.contacts, for code that must also run where nothing can be created in vault.';
  grant select on intake.contacts to authenticated, service_role;
  alter function intake.f_promote_contacts(bigint[]) set schema vault;
  create function intake.f_promote_contacts(p_load_ids bigint[] default null)
  returns table (promoted_count integer, updated_count integer, failed_count integer, message text)
  language sql
  set search_path = ''
  as 'select p.* from vault.f_promote_contacts(p_load_ids) p';
  comment on function intake.f_promote_contacts(bigint[]) is 'vault.f_promote_contacts, under the name that it has everywhere.';
  grant execute on function intake.f_promote_contacts(bigint[]) to authenticated, service_role;
  -- Names only: what the extension keeps there is granted to no user. Its functions must not be open to everybody.
  if not exists (
    select
    from pg_catalog.pg_proc f
    where f.pronamespace = 'vault'::regnamespace
      and has_function_privilege('public', f.oid, 'execute')
  ) then
    grant usage on schema vault to authenticated;
  end if;
end;
$$;
