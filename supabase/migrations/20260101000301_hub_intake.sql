-- Where rows about people come in: each is stored once as it came, or refused with the reason.
--
-- Everything that ingests goes through private.ingest_rows, one call at a time (it takes a lock until its commit): only
-- so can a row be held against what others have brought in the last 30 days, and only so does a higher load_id mean that
-- it came later. Loads change through functions alone, whoever asks.

create schema intake;
comment on schema intake is 'Data hub: rows as they came from scrapers, lists and scripts, and what became of each.';
create schema company;
comment on schema company is 'Data hub: companies, one row a domain, with what was merged and changed.';
create schema people;
comment on schema people is 'Data hub: people, one row an address, with what was merged and changed.';

grant usage on schema intake, company, people to authenticated, service_role, job_worker, api_gateway;
alter default privileges in schema intake, company, people grant select on tables to service_role;
alter default privileges in schema intake, company, people grant execute on functions to service_role;

create function private.require_staff()
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if not private.is_service() and not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only admins and managers of the agency may do this.');
  end if;
end;
$$;
comment on function private.require_staff() is
  'Lets services and the agency''s admins and managers pass; MR004 for everybody else.';

-- Loads ----------------------------------------------------------------------------------------------------------

create table intake.raw_loads (
  load_id bigserial primary key,
  batch_id text not null,
  source text not null,
  raw_data jsonb not null,
  status text not null default 'pending',
  created_at timestamptz not null default now(),
  promoted_at timestamptz,
  metadata jsonb not null default '{}',
  constraint status_is_known check (status in ('pending', 'promoted', 'failed', 'duplicate')),
  constraint promoted_at_matches_status check ((promoted_at is not null) = (status = 'promoted'))
)
-- Room for the one change of status that a load sees, on its own page and without a word to any index.
with (fillfactor = 48, autovacuum_vacuum_insert_scale_factor = 0.5);
create index idx_raw_loads_batch_id on intake.raw_loads using brin (batch_id) with (pages_per_range = 16);
create index idx_raw_loads_source on intake.raw_loads using brin (source text_bloom_ops (n_distinct_per_range = 16))
with (pages_per_range = 64);
create index idx_raw_loads_status on intake.raw_loads using brin (status text_bloom_ops (n_distinct_per_range = 16))
with (pages_per_range = 64)
where status in ('failed', 'duplicate');
create index idx_raw_loads_created_at on intake.raw_loads using brin (created_at) with (pages_per_range = 64);
create index idx_raw_loads_raw_data_email on intake.raw_loads ((raw_data ->> 'email'));
comment on table intake.raw_loads is
  'One row for each row that somebody brought: pending, then promoted or failed; duplicate when its address came before, '
  'in the last 30 days, and pending after all should that one fail. Changes through intake.f_ingest_json and '
  'vault.f_promote_contacts.';
comment on column intake.raw_loads.raw_data is
  'As it came. Only `email` is written as we compare it; metadata.email has it as it was, if that differs.';
comment on column intake.raw_loads.metadata is
  'What is known of the load itself: file, line, email as it was, duplicate_of (load_id); of a failed one error and field.';
comment on index intake.idx_raw_loads_batch_id is
  'BRIN, as a batch lies together. Vacuum summarizes it, here and below: to ask for that at each range costs more than the index.';
comment on index intake.idx_raw_loads_source is 'BRIN: a batch has one source.';
comment on index intake.idx_raw_loads_status is
  'BRIN, so that a promotion is a heap-only update from Postgres 16 on: a b-tree here would have it write all six indexes. '
  'Of the few that are neither pending (see intake.pending_ranges) nor promoted.';
comment on index intake.idx_raw_loads_created_at is 'BRIN: loads lie in the order of their coming. The newest are the highest load_id.';

create table intake.pending_ranges (
  range_id bigint generated always as identity primary key,
  first_load_id bigint not null,
  last_load_id bigint not null,
  created_at timestamptz not null,
  constraint range_is_not_empty check (last_load_id >= first_load_id)
);
comment on table intake.pending_ranges is
  'Where pending loads are: a row for each call that ingested some, and for duplicates whose load failed. A promotion takes '
  'ranges, not rows, and never looks for the few pending ones among millions. Ranges of 30 days have no address in common.';

create table intake.audit_log (
  log_id bigserial primary key,
  action text not null,
  load_id bigint,
  contact_id bigint,
  details jsonb not null default '{}',
  "timestamp" timestamptz not null default now(),
  constraint action_is_not_blank check (action <> '')
);
create index audit_log_load_id_contact_id_idx on intake.audit_log using brin (load_id, contact_id);
comment on table intake.audit_log is
  'What happened to which load and contact: contact_ingested and contact_promoted (an entry for all of one call: load_id to '
  'details.last_load_id, contact_id to details.last_contact_id), contact_updated with the fields, contact_deleted, '
  'batch_processed. No addresses.';

do $$
declare
  v_table regclass;
begin
  foreach v_table in array array['intake.raw_loads', 'intake.pending_ranges', 'intake.audit_log']::regclass[] loop
    perform private.apply_agency_policies(v_table, 'none');
  end loop;
end;
$$;

-- Ingesting ------------------------------------------------------------------------------------------------------

create function private.hub_lock(p_act text)
returns bigint
language sql immutable
set search_path = ''
as $$ select hashtextextended('data hub: ' || p_act, 0) $$;
comment on function private.hub_lock(text) is
  'The advisory lock of an act that is done by one transaction at a time: marketing, ingest, promote, slots (shared by who '
  'brings some), companies, people. Taken in this order.';

create function private.address_fault(p_row jsonb, p_email text, p_forgets boolean)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(p_row) is distinct from 'object' then 'the row is no object'
    when coalesce(jsonb_typeof(p_row -> 'email'), 'null') = 'null' or p_email = '' then 'there is no address'
    when jsonb_typeof(p_row -> 'email') <> 'string' then 'the address is no text'
    when length(p_email) > 254 then 'the address is longer than 254 signs'
    when p_email !~ '^[^[:space:][:cntrl:]@"(),:;<>\\[\]]{1,64}@[^@]+$' or p_email ~ '^\.|\.\.|\.@'
      or public.normalize_domain(split_part(p_email, '@', 2)) is null then 'this is no e-mail address'
    when p_forgets and private.is_suppressed(p_email) then 'this person asked to be forgotten'
  end;
end;
$$;
comment on function private.address_fault(jsonb, text, boolean) is
  'Why a row cannot be stored under its address (p_email: trimmed, lower case); null when it can.';

create function private.plain_address(p_given text)
returns text
language sql immutable
set search_path = ''
as $function$
  select format(
    $sql$
      octet_length(%1$s) <= 64 and %1$s not like '%%@www.%%'
      and %1$s ~ '^[a-z0-9]+([._-][a-z0-9]+)*@[a-z0-9]+([.-][a-z0-9]+)*\.[a-z][a-z]+$'
    $sql$,
    p_given
  )
$function$;
comment on function private.plain_address(text) is
  'SQL of whether an address (an expression) is sound and as we compare it. Nearly every one is: a fifth of the time of all '
  'that follows.';

create function private.checked_rows(p_rows text)
returns text
language sql immutable
set search_path = ''
as $function$
  select format(
    $sql$(
      select
        i.n, i.content, i.given, e.email,
        case
          when i.is_plain then case when $6 and private.is_suppressed(e.email) then 'this person asked to be forgotten' end
          else private.address_fault(i.content, e.email, $6)
        end as fault
      from %s as i (content, n, given, is_plain)
      cross join lateral (
        select
          case when i.is_plain then i.given else lower(btrim(i.given, E' \t\r\n\u00a0\u200b\ufeff')) end as email
      ) as e
    )$sql$,
    p_rows
  )
$function$;
comment on function private.checked_rows(text) is
  'SQL of rows with their address, as it was given and as we compare it, and the fault of it. For private.ingest_rows.';

create function private.ingest_rows(
  p_rows text, p_json jsonb, p_count integer, p_source text, p_batch_id text, p_metadata jsonb, p_is_batch boolean,
  p_answer text
)
returns setof record
language plpgsql
set search_path = ''
set work_mem = '32MB'
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
set enable_sort = off
set jit = off
as $$
declare
  v_now timestamptz := private.clock();
  v_forgets boolean;
  v_before bigint;
begin
  if btrim(coalesce(p_source, '')) = '' or btrim(coalesce(p_batch_id, '')) = '' then
    perform private.raise_error('MR002', 'Source and batch must be named.');
  end if;
  perform pg_advisory_xact_lock(private.hub_lock('ingest'));
  v_forgets := exists (select from private.suppressed_people);
  v_before := nextval('intake.raw_loads_load_id_seq') - 1;
  perform setval('intake.raw_loads_load_id_seq', v_before + greatest(p_count, 1));
  return query execute format(
    $sql$
      with checked as materialized (
        select c.n, c.content, c.given, c.email, c.fault, c.fault is null as is_sound from %s as c
      ),
      repeated as materialized (
        select
          a.email, min(a.load_id) as first_load_id,
          count(*) filter (where a.load_id > $5) - (min(a.load_id) > $5)::integer as duplicates
        from (
          select c.email, $5 + c.n as load_id from checked c where c.is_sound
          union all
          select r.email, r.load_id
          from (
            -- By the address and nothing else: an index of times or states would find half of the table.
            select r.load_id, r.created_at, r.status, r.raw_data ->> 'email' as email
            from intake.raw_loads r
            where r.raw_data ->> 'email' = any(array(select c.email from checked c where c.is_sound))
            offset 0
          ) as r
          where r.created_at > $1 - interval '30 days'
            and r.status in ('pending', 'promoted')
        ) as a
        group by a.email
        having count(*) > 1
      ),
      stored as (
        insert into intake.raw_loads (load_id, batch_id, source, raw_data, status, created_at, metadata)
        select
          $5 + c.n, $2, $3,
          case when c.email = c.given then c.content else c.content || jsonb_build_object('email', c.email) end,
          case when k.load_id is null then 'pending' else 'duplicate' end,
          $1,
          case
            when c.email = c.given and k.load_id is null then $4
            else $4 || jsonb_strip_nulls(jsonb_build_object(
              'email', nullif(c.given, c.email), 'duplicate_of', k.load_id
            ))
          end
        from checked c
        left join repeated r on r.email = c.email
        cross join lateral (select nullif(r.first_load_id, $5 + c.n) as load_id) as k
        where c.is_sound
        returning load_id, status
      ),
      counted as (
        select s.rows - d.duplicates as inserted, d.duplicates, $9 - s.rows as rejected, s.first, s.last
        from (
          select count(*) as rows, $5 + min(c.n) as first, $5 + max(c.n) as last from checked c where c.is_sound
        ) as s
        cross join (select coalesce(sum(r.duplicates), 0)::bigint as duplicates from repeated r) as d
      ),
      ranged as (
        insert into intake.pending_ranges (first_load_id, last_load_id, created_at)
        select c.first, c.last, $1 from counted c where c.inserted > 0
      ),
      logged as (
        insert into intake.audit_log (action, load_id, details, "timestamp")
        select
          a.action, case a.action when 'contact_ingested' then c.first end,
          jsonb_strip_nulls(jsonb_build_object(
            'batch_id', $2, 'source', $3, 'inserted', c.inserted, 'duplicates', c.duplicates, 'rejected', c.rejected,
            'last_load_id', case a.action when 'contact_ingested' then c.last end
          )),
          $1
        from counted c
        cross join (values ('contact_ingested'), ('batch_processed')) as a (action)
        where case a.action when 'contact_ingested' then c.first is not null else $8 end
      )
      %s
    $sql$,
    private.checked_rows(p_rows), p_answer
  )
  using v_now, p_batch_id, p_source, p_metadata, v_before, v_forgets, p_json, p_is_batch, p_count;
end;
$$;
comment on function private.ingest_rows(text, jsonb, integer, text, text, jsonb, boolean, text) is
  'Stores rows. p_rows is an expression that gives (content jsonb, n bigint from 1 to p_count, given: its address, is_plain: '
  'see private.plain_address) and may use $7, which is p_json; p_answer the query of what to answer: of checked (n, is_sound, fault), stored (load_id, $5 more than n; status) and '
  'counted (inserted, duplicates, rejected). p_is_batch: they are a whole batch. Planned anew at each call, for as many rows '
  'as there are.';

create function intake.f_ingest_json(p_rows jsonb, p_source text, p_batch_id text)
returns table (load_id bigint, status text, message text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_count integer := case when jsonb_typeof(p_rows) = 'array' then jsonb_array_length(p_rows) end;
begin
  perform private.require_staff();
  if v_count is null then
    perform private.raise_error('MR002', 'The rows must be an array.');
  elsif v_count > 10000 then
    perform private.raise_error(
      'MR002', 'At most 10,000 rows a call.', v_count::text, 'npm run hub:load reads files of any size.'
    );
  end if;
  return query
    select r.load_id, r.status, r.message
    from private.ingest_rows(
      format(
        $sql$(
          select i.content, i.n, g.given, %s
          from jsonb_array_elements($7) with ordinality as i (content, n)
          cross join lateral (select i.content ->> 'email' as given offset 0) as g
          offset 0
        )$sql$,
        private.plain_address('g.given')
      ),
      p_rows, v_count, p_source, p_batch_id, '{}', true,
      $sql$
        select a.load_id, a.status, a.message
        from (
          select s.load_id - $5 as n, s.load_id, 'success' as status, s.status as message from stored s
          union all
          select c.n, null, 'error', format('row %s, email: %s', c.n, c.fault) from checked c where not c.is_sound
          union all
          select null, null, 'success', format('%s inserted, %s duplicates, %s rejected', c.inserted, c.duplicates, c.rejected)
          from counted c
        ) as a
        order by a.n
      $sql$
    ) as r (load_id bigint, status text, message text);
end;
$$;
comment on function intake.f_ingest_json(jsonb, text, text) is
  'Stores rows, at most 10,000. Answers a row for each in their order (load_id; status success; message pending or '
  'duplicate: its address came in the last 30 days), then one for each that has no usable address (load_id null; status '
  'error; message row, field and reason), then the summary (load_id null; status success). Staff and services. Definer: '
  'nobody writes loads by hand.';

create function intake.f_ingest_json(p_rows jsonb[], p_source text, p_batch_id text)
returns table (load_id bigint, status text, message text)
language plpgsql security definer
set search_path = ''
as $$
begin
  return query select f.* from intake.f_ingest_json(to_jsonb(coalesce(p_rows, '{}')), p_source, p_batch_id) f;
end;
$$;
comment on function intake.f_ingest_json(jsonb[], text, text) is
  'The same for an array of rows, which takes longer to send. Staff and services. Definer for the same reason.';
grant execute on function intake.f_ingest_json(jsonb[], text, text), intake.f_ingest_json(jsonb, text, text) to authenticated;

-- Files ----------------------------------------------------------------------------------------------------------
-- For `npm run hub:load`, which connects as the owner: nobody else may call these, as they read a table that the caller
-- made for itself.

create table intake.file_loads (
  file_load_id bigint generated always as identity primary key,
  file_key text not null,
  file_name text not null,
  source text not null,
  batch_id text not null,
  rows_done bigint not null default 0,
  pending bigint not null default 0,
  duplicates bigint not null default 0,
  rejected bigint not null default 0,
  rejects_bytes bigint not null default 0,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint file_key_source_batch_key unique (file_key, source, batch_id)
);
create index file_loads_batch_id_idx on intake.file_loads (batch_id);
comment on table intake.file_loads is
  'Files that were or are being loaded, and how far: rows_done is written with the rows, so that a load goes on where it was '
  'cut off.';
comment on column intake.file_loads.rejects_bytes is 'How long the file of rejects is up to rows_done.';
select private.apply_agency_policies('intake.file_loads', 'none');

create function intake.begin_file_load(p_file_key text, p_file_name text, p_source text, p_batch_id text)
returns intake.file_loads
language sql
set search_path = ''
as $$
  insert into intake.file_loads as f (file_key, file_name, source, batch_id, started_at)
  values (
    p_file_key, p_file_name, p_source,
    coalesce(
      p_batch_id,
      (
        select o.batch_id
        from intake.file_loads o
        where o.file_key = p_file_key and o.source = p_source
        order by o.file_load_id
        limit 1
      ),
      concat(p_file_name, ' ', left(p_file_key, 8))
    ),
    private.clock()
  )
  on conflict (file_key, source, batch_id) do update set file_name = excluded.file_name
  returning f.*
$$;
comment on function intake.begin_file_load(text, text, text, text) is
  'The load of a file, new or as far as it came. Without a batch it is the first one of this file and source, whatever the file '
  'was called then.';

create function intake.open_incoming()
returns void
language plpgsql
set search_path = ''
as $$
begin
  execute format(
    $sql$
      create temp table incoming (
        n bigint, content jsonb, given text generated always as (content ->> 'email') stored,
        is_plain boolean generated always as (%s) stored
      )
      on commit drop
    $sql$,
    private.plain_address($sql$(content ->> 'email')$sql$)
  );
end;
$$;
comment on function intake.open_incoming() is
  'Makes pg_temp.incoming for the next rows of a file, as jsonb numbered from 1: copy pg_temp.incoming (n, content). What a '
  'row says by itself is found while it comes in, when others may be stored.';

create function intake.load_rows(p_file_load_id bigint, p_rows_before bigint, p_rows integer, p_refused integer)
returns table (row_number bigint, field text, reason text)
language plpgsql
set search_path = ''
as $$
declare
  v_load intake.file_loads;
  v_done record;
begin
  select f.* into v_load from intake.file_loads f where f.file_load_id = p_file_load_id for update;
  if v_load.rows_done is distinct from p_rows_before or v_load.finished_at is not null then
    perform private.raise_error('MR003', 'Somebody else is loading this file.');
  end if;
  select r.* into v_done
  from private.ingest_rows(
    '(select f.content, f.n, f.given, f.is_plain from pg_temp.incoming f)', null, p_rows, v_load.source, v_load.batch_id,
    jsonb_build_object('file', v_load.file_name), false,
    $sql$
      select
        c.inserted, c.duplicates, c.rejected,
        array(select r.n from checked r where not r.is_sound order by r.n),
        array(select r.fault from checked r where not r.is_sound order by r.n)
      from counted c
    $sql$
  ) as r (inserted bigint, duplicates bigint, rejected bigint, refused bigint[], faults text[]);
  update intake.file_loads f
  set rows_done = f.rows_done + p_rows + p_refused, pending = f.pending + v_done.inserted,
      duplicates = f.duplicates + v_done.duplicates, rejected = f.rejected + v_done.rejected + p_refused
  where f.file_load_id = p_file_load_id;
  return query
    select r.n, 'email', r.fault from unnest(v_done.refused, v_done.faults) as r (n, fault);
end;
$$;
comment on function intake.load_rows(bigint, bigint, integer, integer) is
  'Stores the p_rows rows of pg_temp.incoming, the next ones of a file; p_refused rows among them never came '
  'here. Answers those that are refused. MR003 when the load is not where the caller thinks.';

create function intake.end_file_load(p_file_load_id bigint)
returns intake.file_loads
language plpgsql
set search_path = ''
as $$
declare
  v_load intake.file_loads;
begin
  update intake.file_loads f set finished_at = coalesce(f.finished_at, private.clock())
  where f.file_load_id = p_file_load_id
  returning f.* into v_load;
  insert into intake.audit_log (action, details, "timestamp")
  values (
    'batch_processed',
    jsonb_build_object(
      'batch_id', v_load.batch_id, 'source', v_load.source, 'file', v_load.file_name, 'inserted', v_load.pending,
      'duplicates', v_load.duplicates, 'rejected', v_load.rejected
    ),
    private.clock()
  );
  return v_load;
end;
$$;
comment on function intake.end_file_load(bigint) is 'The file was read to its end.';
revoke execute on all functions in schema intake from service_role;
grant execute on function intake.f_ingest_json(jsonb[], text, text), intake.f_ingest_json(jsonb, text, text) to service_role;
