-- One person by their address, in every context: what we hold of them, and forgetting it.
--
-- Tables are found in the catalogue, so a new one is searched without a word here; private.personal_data says where
-- more than the address itself goes. An erased address is kept as a salted hash alone, by which late deliveries about
-- it are known and dropped (on insert, see the triggers below).
--
-- Lock order of an erasure: the client's bookings and the person as handlers take them, then rows.

-- What is personal -----------------------------------------------------------------------------------------------

create table private.personal_data (
  table_name text primary key,
  action text not null,
  columns text[] not null default '{}',
  constraint action_is_known check (action in ('delete', 'drop', 'empty', 'nothing')),
  constraint columns_are_named check ((action in ('delete', 'empty')) = (cardinality(columns) > 0))
);
comment on table private.personal_data is
  'What an erasure does to a table. delete: a row whose `columns` hold the address is the person''s, and goes. drop: a '
  'row goes that has the address anywhere. empty: of such a row, and of events about deleted rows, `columns` are '
  'emptied. nothing: holds no text from outside. Every other table has the address itself blotted out.';
alter table private.personal_data enable row level security;
insert into private.personal_data (table_name, action, columns)
values
  ('public.all_leads', 'delete', '{email}'),
  ('public.replies', 'delete', '{lead_email,from_email}'),
  ('public.bounces', 'delete', '{lead_email}'),
  ('public.engaged_leads', 'delete', '{email}'),
  ('public.meetings_booked', 'delete', '{email}'),
  ('public.calendly_invitees', 'delete', '{email}'),
  ('public.crm_contacts', 'delete', '{email,additional_emails}'),
  ('public.master_contacts_db', 'delete', '{email}'),
  ('"Master".campaign_leads_db', 'delete', '{email}'),
  ('people.master', 'delete', '{email}'),
  ('people.slot', 'delete', '{email}'),
  (coalesce(to_regclass('vault.contacts'), to_regclass('intake.contacts'))::text, 'delete', '{email}'),
  ('private.person_marks', 'delete', '{email}'),
  ('private.engaged_lead_changes', 'drop', '{}'),
  ('intake.raw_loads', 'drop', '{}'),
  ('integrations.unmatched_calls', 'drop', '{}'),
  ('public.calendly_routing_submissions', 'drop', '{}'),
  ('outbound.job_queue', 'drop', '{}'),
  ('private.api_idempotency', 'drop', '{}'),
  ('integrations.webhook_events', 'empty', '{payload,raw_body,conflicting_payload,last_error}'),
  (
    'public.client_fathom_calls', 'empty',
    '{transcript,summary,participants,action_items,metadata,fathom_raw_data}'
  ),
  ('shared.outbox_events', 'empty', '{event_data,metadata,last_error}'),
  ('shared.domain_event_logs', 'empty', '{payload}'),
  ('outbound.webhook_logs', 'empty', '{payload,response_body,error_message}'),
  ('shared.webhook_subscription_logs', 'empty', '{payload,response_body,error_message}'),
  ('public.client_opportunities', 'empty', '{contact_name,contact_email,notes}'),
  ('public.campaign_rollups', 'nothing', '{}'),
  ('private.tallied_inboxes', 'nothing', '{}'),
  ('private.tallied_deals', 'nothing', '{}'),
  ('private.milestones', 'nothing', '{}'),
  ('private.milestone_changes', 'nothing', '{}'),
  ('public.campaign_events', 'nothing', '{}'),
  ('private.pending_events', 'nothing', '{}'),
  ('public.inbox_analytics', 'nothing', '{}'),
  ('public.inbox_health_checks', 'nothing', '{}'),
  ('public.ordered_mailboxes', 'nothing', '{}'),
  ('integrations.event_catalogue', 'nothing', '{}');

-- Who must stay forgotten ----------------------------------------------------------------------------------------

create table private.suppression_salt (
  salt bytea primary key default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
comment on table private.suppression_salt is
  'One row, made with the installation: without it, a list of known addresses could be looked up in the hashes.';
alter table private.suppression_salt enable row level security;
insert into private.suppression_salt default values;

create table private.suppressed_people (
  address_hash bytea primary key,
  suppressed_at timestamptz not null default now(),
  constraint address_hash_is_sha256 check (octet_length(address_hash) = 32)
);
comment on table private.suppressed_people is
  'Addresses of people who were erased, as hashes. Nobody is stored under such an address again.';
alter table private.suppressed_people enable row level security;

create function private.suppression_hash(p_email text)
returns bytea
language plpgsql stable
set search_path = ''
as $$
begin
  return sha256((select s.salt from private.suppression_salt s) || convert_to(lower(btrim(p_email)), 'UTF8'));
end;
$$;
comment on function private.suppression_hash(text) is
  'SHA-256 of the installation''s salt and the address, lower case.';

create function private.address_reference(p_email text)
returns jsonb
language sql stable
set search_path = ''
as $$ select jsonb_build_object('address_hash', encode(private.suppression_hash(p_email), 'hex')) $$;
comment on function private.address_reference(text) is 'How the audit log names a person.';

create function private.is_suppressed(p_email text)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_hash bytea;
begin
  if not exists (select from private.suppressed_people) then
    return false;
  end if;
  v_hash := private.suppression_hash(p_email);
  return exists (select from private.suppressed_people p where p.address_hash = v_hash);
end;
$$;
comment on function private.is_suppressed(text) is
  'Whether the person was erased and must not be stored or written to again. Definer: nobody may list the hashes.';
grant execute on function private.is_suppressed(text) to authenticated, service_role;

create function private.tg_suppressed_people__hold_hub()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(private.hub_lock(l.act))
  from unnest(array['marketing', 'ingest', 'promote', 'slots', 'companies', 'people']) with ordinality as l (act, n)
  order by l.n;
  return new;
end;
$$;
comment on function private.tg_suppressed_people__hold_hub() is
  'Waits for what the data hub is just taking in or making of it, and holds off more: it looks at this list, or at the rows '
  'of people, before it stores anything of anybody.';
create trigger _100_hold_hub before insert on private.suppressed_people
for each row execute function private.tg_suppressed_people__hold_hub();

-- Late deliveries ------------------------------------------------------------------------------------------------

create function private.addresses_of(p_payload jsonb, p_raw bytea)
returns text[]
language plpgsql immutable
set search_path = ''
as $$
declare
  v_is_from_us boolean := upper(p_payload #>> '{event,type}') = 'MANUAL_EMAIL_SENT';
  v_person text := coalesce(
    p_payload #>> '{data,lead,email}', p_payload #>> '{payload,email}',
    case when v_is_from_us then p_payload #>> '{data,reply,primary_to_email_address}' end
  );
  v_sender text := p_payload #>> '{data,reply,from_email_address}';
begin
  if v_person is not null or v_sender is not null then
    return array_remove(array[v_person, nullif(v_sender, v_person)], null);
  end if;
  -- Answers to a form, or no JSON at all: every address in it.
  return array(
    select a.words[1]
    from regexp_matches(
      coalesce(encode(p_raw, 'escape'), p_payload::text), '[[:alnum:]._%+''-]+@[[:alnum:].-]+[[:alnum:]]', 'g'
    ) as a (words)
  );
end;
$$;
comment on function private.addresses_of(jsonb, bytea) is
  'The addresses that a delivery of any provider is about.';

create function private.is_about_suppressed(p_payload jsonb, p_raw bytea default null)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  return exists (
    select
    from unnest(private.addresses_of(p_payload, p_raw)) as a (address)
    where exists (
      select from private.suppressed_people p where p.address_hash = private.suppression_hash(a.address)
    )
  );
end;
$$;
comment on function private.is_about_suppressed(jsonb, bytea) is
  'Whether a delivery names a suppressed person. The inbox keeps of it that it came, under its key, so that a repeat is '
  'known as one, and as type suppressed, which no handler has.';

create function private.suppressed_deliveries(p_deliveries jsonb)
returns bigint[]
language plpgsql
set search_path = ''
as $$
begin
  if not exists (select from private.suppressed_people) then
    return '{}';
  end if;
  return array(
    select d.place
    from jsonb_array_elements(p_deliveries) with ordinality as d (item, place)
    where private.is_about_suppressed(d.item -> 'payload')
  );
end;
$$;
comment on function private.suppressed_deliveries(jsonb) is
  'Which of the deliveries [{payload}] name a suppressed person: their places, from 1. 5 us a batch while nobody is '
  'suppressed. Volatile, so that it sees what was committed after its caller''s statement began.';

create function private.tg_people__refuse_suppressed()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_is_suppressed boolean := private.is_suppressed(new.email);
begin
  -- Only contacts have the column.
  if tg_table_name = 'crm_contacts' and not v_is_suppressed then
    v_is_suppressed := exists (select from unnest(new.additional_emails) as e (email) where private.is_suppressed(e.email));
  end if;
  if v_is_suppressed then
    perform private.raise_error(
      'MR003', 'This person asked to be forgotten.', null, 'An admin may lift that: integrations.lift_suppression.'
    );
  end if;
  return new;
end;
$$;
-- Not where a trigger writes: what it follows from was refused or dropped.
create trigger _100_refuse_suppressed before insert on public.engaged_leads
for each row when (pg_trigger_depth() = 0) execute function private.tg_people__refuse_suppressed();
create trigger _100_refuse_suppressed before insert on public.crm_contacts
for each row when (pg_trigger_depth() = 0) execute function private.tg_people__refuse_suppressed();
create trigger _100_refuse_suppressed before insert on public.master_contacts_db
for each row when (pg_trigger_depth() = 0) execute function private.tg_people__refuse_suppressed();
create trigger _100_refuse_suppressed_on_update before update of email on public.engaged_leads
for each row when (pg_trigger_depth() = 0 and lower(new.email) is distinct from lower(old.email))
execute function private.tg_people__refuse_suppressed();
create trigger _100_refuse_suppressed_on_update before update of email, additional_emails on public.crm_contacts
for each row when (
  pg_trigger_depth() = 0
  and (lower(new.email), new.additional_emails) is distinct from (lower(old.email), old.additional_emails)
)
execute function private.tg_people__refuse_suppressed();
create trigger _100_refuse_suppressed_on_update before update of email on public.master_contacts_db
for each row when (pg_trigger_depth() = 0 and lower(new.email) is distinct from lower(old.email))
execute function private.tg_people__refuse_suppressed();

-- Searching ------------------------------------------------------------------------------------------------------

create function private.require_address(p_email text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_email text := lower(btrim(p_email));
begin
  if v_email is null or v_email !~ '^[^[:space:]@"\\<>]+@[^[:space:]@"\\<>]+$' then
    perform private.raise_error('MR002', 'This is no e-mail address.');
  end if;
  return v_email;
end;
$$;
comment on function private.require_address(text) is 'The address as we compare it; MR002 when it is none.';

create function private.literal_pattern(p_text text)
returns text
language sql immutable
set search_path = ''
as $$ select regexp_replace(p_text, '([^[:alnum:]])', '\\\1', 'g') $$;
comment on function private.literal_pattern(text) is 'Regular expression for a text as it is.';

create function private.address_pattern(p_email text)
returns text
language sql immutable
set search_path = ''
as $$
  select format(
    '(?<![[:alnum:]._%%+-])(%s|%s)(?![[:alnum:]-]|\.[[:alnum:]])',
    private.literal_pattern(p_email),
    private.literal_pattern(replace(replace(p_email, '+', '%2b'), '@', '%40'))
  )
$$;
comment on function private.address_pattern(text) is
  'Regular expression for an address (lower case) as it is or in a URL, and not as part of a longer one.';

create function private.searched_columns(p_table regclass)
returns table (name name, type text, length integer, is_required boolean)
language sql stable
set search_path = ''
as $$
  select
    a.attname, case when t.typcategory = 'A' then 'array' else a.atttypid::regtype::text end, a.atttypmod - 4,
    a.attnotnull
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_type t on t.oid = a.atttypid
  where a.attrelid = p_table
    and a.attnum > 0
    and not a.attisdropped
    and a.attgenerated = ''
    and (
      a.atttypid in ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype)
      or t.typelem in ('text'::regtype, 'varchar'::regtype)
      or (
        a.atttypid = 'bytea'::regtype
        and exists (
          select
          from private.personal_data d
          where to_regclass(d.table_name) = p_table and a.attname = any(d.columns)
        )
      )
    )
    -- Names of clients are keys of ours, and sealed text is sealed.
    and a.attname not in ('client', 'last_client', 'old_client', 'Business', 'business', 'client_name')
    and not exists (
      select from private.secret_columns s where s.table_name = p_table and s.column_name = a.attname
    )
  order by a.attnum
$$;
comment on function private.searched_columns(regclass) is
  'The columns of a table that may hold an address.';

create function private.mention_condition(p_table regclass, p_except text[] default '{}')
returns text
language sql stable
set search_path = ''
as $$
  -- $1 is the pattern, $2 that of the domain: plain, it is found several times as fast.
  select format(
    '(select x.content ~* $2 and x.content ~* $1 from (select concat_ws(chr(10), %s) as content offset 0) as x)',
    coalesce(
      string_agg(
        case c.type when 'bytea' then format('encode(t.%I, ''escape'')', c.name) else format('t.%I::text', c.name) end,
        ', '
      ),
      'null'
    )
  )
  from private.searched_columns(p_table) c
  where c.name <> all(p_except)
$$;
comment on function private.mention_condition(regclass, text[]) is
  'Whether a row t of a table has the address in one of its columns.';

create function private.own_condition(p_table regclass, p_columns text[])
returns text
language sql stable
set search_path = ''
as $$
  select string_agg(
    format(case c.type when 'array' then '$3 = any(t.%I)' else 'lower(btrim(t.%I)) = $3' end, c.name), ' or '
  )
  from private.searched_columns(p_table) c
  where c.name = any(p_columns)
$$;
comment on function private.own_condition(regclass, text[]) is
  'Whether one of the columns of a row t is, or lists, the address $3.';

create function private.link_condition(p_table regclass)
returns text
language sql stable
set search_path = ''
as $$
  select coalesce(string_agg(format('t.%I::text = any($4)', a.attname), ' or '), '$4 is null')
  from pg_catalog.pg_attribute a
  where a.attrelid = p_table
    and a.attname in ('aggregate_id', 'event_id')
    and a.atttypid = 'uuid'::regtype
$$;
comment on function private.link_condition(regclass) is
  'Whether a row t of a table is about a row, a person or an event whose id is among $4, which is never null.';

create function private.searched_tables()
returns table (name regclass, action text, columns text[])
language sql stable
set search_path = ''
as $$
  select c.oid::regclass, coalesce(d.action, 'blot'), coalesce(d.columns, '{}')
  from pg_catalog.pg_class c
  left join private.personal_data d on to_regclass(d.table_name) = c.oid
  where c.relkind = 'r'
    and c.relowner = (select o.relowner from pg_catalog.pg_class o where o.oid = 'private.personal_data'::regclass)
    and c.relpersistence <> 't'
    and c.relnamespace::regnamespace::text <> 'supabase_migrations'
    and d.action is distinct from 'nothing'
    and exists (select from private.searched_columns(c.oid::regclass))
  -- Rows of the person first: events about them are known by their ids, and logs by the ids of events.
  order by coalesce(array_position(array['delete', 'drop', 'empty'], d.action), 4), c.relname like '%_logs', c.oid
$$;
comment on function private.searched_tables() is
  'Every table of ours that may hold an address, and what an erasure does there.';

-- Exporting ------------------------------------------------------------------------------------------------------

create function private.marketing_rows(p_email text)
returns table (table_name text, content jsonb)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    select 'marketing.outreach_history', to_jsonb(o)
    from marketing.outreach_history o
    where o.person_id = (select p.id from people.master p where p.email = p_email)
      or o.event_id in (
        select e.event_id from public.campaign_events e join public.all_leads l on l.id = e.lead where lower(l.email) = p_email
      )
    union all
    select 'marketing.attribution', to_jsonb(a)
    from marketing.attribution a
    where a.person_id = (select p.id from people.master p where p.email = p_email)
      or a.subject_id in (
        select b.id from public.meetings_booked b where lower(b.email) = p_email
        union all
        select e.id from public.engaged_leads e where lower(e.email) = p_email
        union all
        select d.id
        from public.crm_deals d
        join public.crm_contacts c on c.id = d.contact_id
        where lower(c.email) = p_email or p_email = any(c.additional_emails)
      );
end;
$$;
comment on function private.marketing_rows(text) is
  'What was sent to an address, and what came of it. Of a person who was merged both are kept with the other one.';

create function private.person_rows(p_email text)
returns table (table_name text, content jsonb)
language plpgsql stable
set search_path = ''
as $$
declare
  v_table record;
begin
  for v_table in select * from private.searched_tables() t where t.action <> 'blot' loop
    return query execute format(
      'select %L::text, to_jsonb(t) from %s as t where %s', v_table.name, v_table.name,
      case v_table.action
        when 'delete' then private.own_condition(v_table.name, v_table.columns)
        else private.mention_condition(v_table.name)
      end
    )
    using private.address_pattern(p_email), private.literal_pattern(split_part(p_email, '@', 2)), p_email;
  end loop;
  return query
    select h.table_name, h.content
    from public.crm_contacts c
    cross join lateral (
      select 'crm_deals', to_jsonb(d) from public.crm_deals d where d.contact_id = c.id
      union all
      select 'crm_notes', to_jsonb(n) from public.crm_notes n where n.contact_id = c.id
      union all
      select 'crm_tasks', to_jsonb(k) from public.crm_tasks k where k.contact_id = c.id
    ) as h (table_name, content)
    where lower(c.email) = p_email
      or p_email = any(c.additional_emails);
  return query
    select h.table_name, h.content
    from public.master_contacts_db m
    cross join lateral (
      select '"Master".campaign_contact_db', to_jsonb(c) from "Master".campaign_contact_db c where c.contact_id = m.id
      union all
      select '"Master".bison_queue', to_jsonb(q) from "Master".bison_queue q where q.contact_id = m.id
      union all
      select 'public.master_db', to_jsonb(d) from public.master_db d where d.contact_id = m.id
    ) as h (table_name, content)
    where lower(btrim(m.email)) = p_email;
  return query select m.table_name, m.content from private.marketing_rows(p_email) m;
  return query
    select h.table_name, h.content
    from people.master p
    cross join lateral (
      select 'people.intelligence', to_jsonb(i) from people.intelligence i where i.person_id = p.id
      union all
      select 'people.history', to_jsonb(c) from people.history c where c.person_id = p.id
    ) as h (table_name, content)
    where p.email = p_email;
end;
$$;
comment on function private.person_rows(text) is
  'Every row that is about a person; not rows about others that mention the address.';

create function integrations.export_person(p_email text)
returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_email text;
  v_data jsonb;
begin
  perform private.require_admin();
  v_email := private.require_address(p_email);
  select coalesce(jsonb_object_agg(r.table_name, r.contents), '{}')
  into v_data
  from (
    select p.table_name, jsonb_agg(jsonb_strip_nulls(p.content)) as contents
    from private.person_rows(v_email) p
    group by p.table_name
  ) as r;
  perform private.record_act('export_person', private.address_reference(v_email));
  return jsonb_build_object(
    'email', v_email, 'exported_at', private.clock(), 'is_suppressed', private.is_suppressed(v_email), 'data', v_data
  );
end;
$$;
comment on function integrations.export_person(text) is
  'Everything stored about a person: {email, exported_at, is_suppressed, data: {table: [row, ...]}}. Reads whole '
  'tables. Admins and services; audited. Definer: it reads every client''s rows.';

-- Erasing --------------------------------------------------------------------------------------------------------

create function private.check_erasable(p_email text)
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if exists (select from auth.users u where lower(u.email) = p_email) then
    perform private.raise_error('MR003', 'Somebody signs in with this address.', null, 'Delete the login first.');
  elsif exists (select from public.inboxes i where lower(i.email) = p_email) then
    perform private.raise_error('MR003', 'This is the address of an inbox of ours.', null, 'Remove the inbox first.');
  end if;
end;
$$;
comment on function private.check_erasable(text) is 'MR003 for addresses of our own.';

create function private.lock_everywhere(p_email text)
returns bigint
language plpgsql
set search_path = ''
as $$
begin
  return (
    select count(pg_advisory_xact_lock(l.key))
    from (
      select 1 as place, private.person_key(i.client, 'bookings') as key
      from public.calendly_invitees i
      where lower(i.email) = p_email
      union
      select 2, private.person_key(t.business, p_email) from integrations.tenants t
      order by 1, 2
    ) as l
  );
end;
$$;
comment on function private.lock_everywhere(text) is
  'Waits for handlers that are at work on the person for any client, and holds off others, in their order of locks.';

create function private.emptied(p_table regclass, p_columns text[])
returns text
language sql stable
set search_path = ''
as $$
  select string_agg(
    format('%I = %L', c.name, case when c.is_required and c.type = 'jsonb' then '{"erased": true}' end), ', '
  )
  from private.searched_columns(p_table) c
  where c.name = any(p_columns)
$$;
comment on function private.emptied(regclass, text[]) is 'Assignments that leave nothing in the columns.';

create function private.blotted(p_table regclass, p_except text[])
returns text
language sql stable
set search_path = ''
as $$
  select string_agg(
    format(
      case
        when c.type = 'jsonb' then '%1$I = regexp_replace(%1$I::text, $1, $3, ''gi'')::jsonb'
        when c.type = 'array' then
          '%1$I = case when %1$I is not null then '
          'array(select regexp_replace(e, $1, $3, ''gi'') from unnest(%1$I) with ordinality as u (e, n) order by n) end'
        when c.length > 0 then '%1$I = left(regexp_replace(%1$I, $1, $3, ''gi''), %2$s)'
        else '%1$I = regexp_replace(%1$I, $1, $3, ''gi'')'
      end,
      c.name, c.length
    ),
    ', '
  )
  from private.searched_columns(p_table) c
  where c.type <> 'bytea'
    and c.name <> all(p_except)
$$;
comment on function private.blotted(regclass, text[]) is 'Assignments that put $3 in the place of the address.';

create function private.take_rows(p_email text)
returns table (table_name text, action text, rows integer)
language plpgsql
set search_path = ''
as $$
declare
  v_ids text[] := array(select private.person_id(t.business, p_email)::text from integrations.tenants t);
  v_found text[];
  v_table record;
begin
  for v_table in select * from private.searched_tables() t where t.action <> 'blot' loop
    execute format(
      'with taken as (%s returning to_jsonb(t) ->> ''id'' as id) select array_agg(coalesce(k.id, '''')) from taken k',
      case v_table.action
        when 'delete' then
          format(
            'delete from %s as t where %s', v_table.name, private.own_condition(v_table.name, v_table.columns)
          )
        when 'drop' then
          format('delete from %s as t where %s', v_table.name, private.mention_condition(v_table.name))
        else
          format(
            'update %s as t set %s where %s or %s', v_table.name, private.emptied(v_table.name, v_table.columns),
            private.mention_condition(v_table.name), private.link_condition(v_table.name)
          )
      end
    )
    into v_found
    using private.address_pattern(p_email), private.literal_pattern(split_part(p_email, '@', 2)), p_email, v_ids;
    v_ids := v_ids || array_remove(v_found, '');
    if v_found is not null then
      return query select v_table.name::text, v_table.action, cardinality(v_found);
    end if;
  end loop;
end;
$$;
comment on function private.take_rows(text) is
  'Deletes the rows of a person and empties what was told about them.';

create function private.blot_rows(p_email text)
returns table (table_name text, action text, rows integer)
language plpgsql
set search_path = ''
as $$
declare
  -- Another for each erasure: it tells nothing, and no unique column holds it twice.
  v_mark text := '[erased ' || left(gen_random_uuid()::text, 8) || ']';
  v_table record;
begin
  for v_table in
    select t.name, case t.action when 'empty' then t.columns else '{}' end as emptied
    from private.searched_tables() t
    where t.action <> 'drop'
    -- What keeps a history of its changes comes before its history.
    order by t.name::text not in ('company.master', 'people.master'), t.name
  loop
    execute format(
      'update %s as t set %s where %s', v_table.name, private.blotted(v_table.name, v_table.emptied),
      private.mention_condition(v_table.name, v_table.emptied)
    )
    using private.address_pattern(p_email), private.literal_pattern(split_part(p_email, '@', 2)), v_mark;
    get diagnostics rows = row_count;
    if rows > 0 then
      table_name := v_table.name;
      action := 'blot';
      return next;
    end if;
  end loop;
end;
$$;
comment on function private.blot_rows(text) is
  'Puts a mark in the place of an address wherever it still is: in rows about others.';

create function private.close_emptied_webhooks()
returns void
language plpgsql
set search_path = ''
as $$
begin
  update integrations.webhook_events e
  set status = 'ignored', next_attempt_at = null
  where e.status in ('failed', 'dead')
    and e.payload is null
    and e.raw_body is null;
end;
$$;
comment on function private.close_emptied_webhooks() is
  'Deliveries that an erasure left nothing of are not tried again, nor does anybody have to look at them.';

create function integrations.erase_person(p_email text)
returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_email text;
  v_locks bigint;
  v_done jsonb;
begin
  perform private.require_admin();
  v_email := private.require_address(p_email);
  perform private.check_erasable(v_email);
  v_locks := private.lock_everywhere(v_email);
  insert into private.suppressed_people (address_hash)
  values (private.suppression_hash(v_email))
  on conflict (address_hash) do nothing;

  select coalesce(jsonb_agg(to_jsonb(t)), '[]') into v_done from private.take_rows(v_email) t;
  perform private.close_emptied_webhooks();
  select v_done || coalesce(jsonb_agg(to_jsonb(b)), '[]') into v_done from private.blot_rows(v_email) b;
  perform private.record_act('erase_person', private.address_reference(v_email), v_done);
  return v_done;
end;
$$;
comment on function integrations.erase_person(text) is
  'Forgets a person for every client, and keeps a hash by which they stay forgotten. Answers what was done: '
  '[{table_name, action, rows}]; action delete, drop (rows gone), empty (payloads emptied), blot (the address replaced '
  'in rows about others). Counters stay: facts hold no address. Reads whole tables. MR003: an address of our own. '
  'Admins and services; audited. Definer: it writes every client''s rows.';

create function integrations.lift_suppression(p_email text)
returns boolean
language plpgsql security definer
set search_path = ''
as $$
declare
  v_email text;
begin
  perform private.require_admin();
  v_email := private.require_address(p_email);
  delete from private.suppressed_people p where p.address_hash = private.suppression_hash(v_email);
  if found then
    perform private.record_act('lift_suppression', private.address_reference(v_email));
  end if;
  return found;
end;
$$;
comment on function integrations.lift_suppression(text) is
  'Lets an erased person be stored again, as they came back by themselves; false when they were not suppressed. Admins '
  'and services; audited. Definer: nobody may write the list.';

grant execute on function
  integrations.export_person(text),
  integrations.erase_person(text),
  integrations.lift_suppression(text)
to authenticated;
