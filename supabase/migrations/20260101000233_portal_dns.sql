-- DNS of domains: which records are wanted, what must be changed at the registrar for it, and what the world's resolvers
-- say. Records that are not ours are never changed: where one is in the way, a person decides.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('dns.propagation_hours', 48, 'hours', 1, 168, 'Records may take this long to be seen; then a person is told.'),
  ('dns.first_look_seconds', 60, 'seconds', 1, 3600,
    'First look after records were written; the wait doubles to an hour.'),
  ('dns.recheck_hours', 24, 'hours', 1, 168, 'How often the DNS of a domain is looked at again.');

insert into integrations.notice_kinds (kind, description, severity)
values
  ('domain_dns_conflict', 'A record that is not ours is where one of ours must be.', 'warning'),
  ('domain_dns_unverified', 'Resolvers do not see a domain''s records, long after they were written.', 'warning');

-- What is wanted -------------------------------------------------------------------------------------------------

create table public.domain_dns_templates (
  id uuid primary key default gen_random_uuid(),
  inbox_provider text not null,
  purpose text not null,
  name text not null default '',
  type text not null,
  content text not null,
  ttl integer not null default 600,
  prio integer,
  created_at timestamptz not null default now(),
  constraint domain_dns_templates_key unique (inbox_provider, name, type, content),
  constraint inbox_provider_is_known check (inbox_provider in ('missioninbox', 'inboxkit', 'none')),
  constraint purpose_is_known check (purpose in ('spf', 'dkim', 'dmarc', 'mx', 'other')),
  constraint type_is_known check (type in ('A', 'AAAA', 'CNAME', 'MX', 'TXT')),
  constraint ttl_is_allowed check (ttl between 600 and 86400)
);
comment on table public.domain_dns_templates is
  'The records that a domain gets for its inbox provider. {domain} stands for its name. What only the provider can say '
  '(DKIM keys, hosts of an account) comes from it: public.set_domain_records.';
select private.apply_agency_policies('public.domain_dns_templates', 'staff');

insert into public.domain_dns_templates (inbox_provider, purpose, name, type, content, prio)
values
  ('none', 'spf', '', 'TXT', 'v=spf1 -all', null),
  ('none', 'dmarc', '_dmarc', 'TXT', 'v=DMARC1; p=reject;', null),
  ('missioninbox', 'dmarc', '_dmarc', 'TXT', 'v=DMARC1; p=none; rua=mailto:dmarc@{domain}', null),
  ('inboxkit', 'mx', '', 'MX', 'smtp.google.com', 1),
  ('inboxkit', 'spf', '', 'TXT', 'v=spf1 include:_spf.google.com ~all', null),
  ('inboxkit', 'dmarc', '_dmarc', 'TXT', 'v=DMARC1; p=none; rua=mailto:dmarc@{domain}', null);

create function private.required_purposes(p_inbox_provider text)
returns text[]
language sql immutable
set search_path = ''
as $$
  select case
    when p_inbox_provider in ('missioninbox', 'inboxkit') then array['spf', 'dkim', 'dmarc', 'mx']
    else array['spf', 'dmarc']
  end
$$;
comment on function private.required_purposes(text) is
  'Which kinds of records a domain must have. Without mailboxes: SPF and DMARC, so that nobody else sends in its name.';

create table public.domain_dns_records (
  id uuid primary key default gen_random_uuid(),
  domain_id uuid not null references public.domains (id) on delete cascade,
  client text,
  purpose text not null,
  name text not null default '',
  type text not null,
  content text not null,
  ttl integer not null default 600,
  prio integer,
  source text not null,
  status text not null default 'wanted',
  provider_record_id text,
  written_at timestamptz,
  verified_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint domain_dns_records_key unique (domain_id, name, type, content),
  constraint purpose_is_known check (purpose in ('spf', 'dkim', 'dmarc', 'mx', 'other')),
  constraint type_is_known check (type in ('A', 'AAAA', 'CNAME', 'MX', 'TXT')),
  constraint name_is_a_subdomain check (name = '' or name ~ '^[a-z0-9_*-]+([.][a-z0-9_-]+)*$'),
  constraint content_is_not_blank check (btrim(content) <> '' and length(content) <= 4000),
  constraint ttl_is_allowed check (ttl between 600 and 86400),
  constraint source_is_known check (source in ('template', 'exact')),
  constraint status_is_known check (
    status in ('wanted', 'conflict', 'written', 'verified', 'missing', 'unwanted')
  )
);
create index domain_dns_records_client_idx on public.domain_dns_records (client);
create index domain_dns_records_created_at_idx on public.domain_dns_records (created_at);
comment on table public.domain_dns_records is
  'A record that a domain shall have. wanted: not at the registrar yet. conflict: another one is in its way. written: '
  'there. verified: seen by the resolver. missing: no longer seen. unwanted: shall go.';
comment on column public.domain_dns_records.name is 'Below the domain, empty for the domain itself.';
comment on column public.domain_dns_records.source is 'template, or exact: said by the inbox provider.';
comment on column public.domain_dns_records.provider_record_id is
  'The registrar''s id. Only records whose id is here are ever changed or deleted.';
select private.apply_shared_client_policies('public.domain_dns_records', 'none');
create trigger _100_touch_updated_at before update on public.domain_dns_records
for each row execute function extensions.moddatetime(updated_at);

create function private.tg_domains__move_records()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  update public.domain_dns_records d set client = new.client where d.domain_id = new.id;
  return null;
end;
$$;
comment on function private.tg_domains__move_records() is
  'A domain''s records belong to its client. Definer: staff may move a domain, but not write its records.';
create trigger _500_move_records after update of client on public.domains
for each row when (old.client is distinct from new.client) execute function private.tg_domains__move_records();

create function private.want_records(p_domain public.domains, p_records jsonb, p_source text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.domain_dns_records as d (
    domain_id, client, purpose, name, type, content, ttl, prio, source
  )
  select distinct on (r.name, r.type, r.content)
    p_domain.id, p_domain.client, r.purpose, r.name, r.type, r.content, r.ttl, r.prio, p_source
  from (
    select
      e.purpose, coalesce(lower(btrim(e.name, '. ')), '') as name, upper(e.type) as type,
      replace(btrim(e.content), '{domain}', p_domain.domain_name) as content, coalesce(e.ttl, 600) as ttl,
      case when upper(e.type) = 'MX' then coalesce(e.prio, 10) end as prio
    from jsonb_to_recordset(p_records) as e (
      purpose text, name text, type text, content text, ttl integer, prio integer
    )
  ) as r
  order by r.name, r.type, r.content
  on conflict (domain_id, name, type, content) do update
  set purpose = excluded.purpose,
      ttl = excluded.ttl,
      prio = excluded.prio,
      source = excluded.source,
      status = case
        when d.status = 'unwanted' or d.prio is distinct from excluded.prio then 'wanted'
        else d.status
      end;
end;
$$;
comment on function private.want_records(public.domains, jsonb, text) is
  'Adds records [{purpose, name, type, content, ttl, prio}] to what a domain shall have.';

create function private.drop_records(p_domain_id uuid, p_purposes text[], p_sources text[], p_except jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.domain_dns_records d
  set status = 'unwanted'
  where d.domain_id = p_domain_id
    and d.purpose = any(p_purposes)
    and d.source = any(p_sources)
    and not exists (
      select
      from jsonb_to_recordset(p_except) as e (name text, type text, content text)
      where coalesce(lower(btrim(e.name, '. ')), '') = d.name
        and upper(e.type) = d.type
        and btrim(e.content) = d.content
    );
  delete from public.domain_dns_records d
  where d.domain_id = p_domain_id
    and d.status = 'unwanted'
    and d.provider_record_id is null;
end;
$$;
comment on function private.drop_records(uuid, text[], text[], jsonb) is
  'What a domain shall no longer have. Records of ours at the registrar stay as unwanted until they are deleted there.';

create function private.want_template_records(p_domain public.domains)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_provider text := (
    select coalesce(i.inbox_provider, 'none') from public.domain_inventory i where i.domain_name = p_domain.domain_name
  );
  v_records jsonb;
begin
  select coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object(
    'content', replace(t.content, '{domain}', p_domain.domain_name)
  )), '[]')
  into v_records
  from public.domain_dns_templates t
  where t.inbox_provider = v_provider
    -- What the inbox provider itself said about a purpose is better than a template.
    and not exists (
      select
      from public.domain_dns_records d
      where d.domain_id = p_domain.id and d.purpose = t.purpose and d.source = 'exact' and d.status <> 'unwanted'
    );
  perform private.drop_records(p_domain.id, array['spf', 'dkim', 'dmarc', 'mx', 'other'], array['template'], v_records);
  perform private.want_records(p_domain, v_records, 'template');
end;
$$;
comment on function private.want_template_records(public.domains) is
  'Gives a domain the records of its inbox provider''s template, where the provider has not said better ones.';

-- Setting up -----------------------------------------------------------------------------------------------------

insert into outbound.job_limits (job_type, rate_limit)
values ('set_up_domain', 'porkbun_account');

create function private.request_domain_setup(p_domain text)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_domain public.domains;
begin
  update public.domains d
  set setup_started_at = private.clock(), failed_dns_checks = 0
  where d.domain_name = p_domain
    and d.provider is not distinct from 'porkbun'
  returning d.* into v_domain;
  if v_domain.id is null then
    return null;
  end if;
  perform private.want_template_records(v_domain);
  return outbound.enqueue_job(
    'domains', 'set_up_domain', jsonb_build_object('domain', p_domain), p_max_attempts => 10,
    p_dedupe_key => 'set up ' || p_domain
  );
end;
$$;
comment on function private.request_domain_setup(text) is
  'Has name servers and records of a domain at our registrar made as wanted. Null: it is not there.';

create function private.record_problem(p_purpose text, p_type text, p_content text)
returns text
language sql immutable
set search_path = ''
as $$
  select case
    when p_purpose = 'mx' and p_type <> 'MX' then 'has purpose mx and is no MX record'
    when p_purpose = 'spf' and (p_type <> 'TXT' or p_content !~* '^v=spf1( |$)') then 'is no SPF policy (v=spf1 ...)'
    when p_purpose = 'dmarc' and p_type = 'TXT' and p_content !~* '^v=DMARC1( *;|$)' then 'is no DMARC policy (v=DMARC1; ...)'
    when p_type = 'A' and p_content !~ '^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.|$)){4}$' then 'is no IPv4 address'
    when p_type = 'AAAA' and p_content !~ '^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$' then 'is no IPv6 address'
    when p_type in ('MX', 'CNAME') and p_content !~ '^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*[.]?$' then 'is no host name'
  end
$$;
comment on function private.record_problem(text, text, text) is 'Why no resolver could read a record; null: it could.';

create function public.set_domain_records(p_domain text, p_records jsonb)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_domain public.domains;
  v_wrong text;
begin
  select * into v_domain from public.domains d where d.domain_name = lower(btrim(p_domain));
  if v_domain.id is null then
    perform private.raise_error('MR001', 'There is no such thing.');
  end if;
  perform private.require_staff_of(v_domain.client);
  if jsonb_typeof(p_records) <> 'array' or jsonb_array_length(p_records) not between 1 and 50 then
    perform private.raise_error('MR002', 'From 1 to 50 records.');
  end if;
  select format('%s "%s" %s.', upper(e.type), left(btrim(e.content), 100), p.problem) into v_wrong
  from jsonb_to_recordset(p_records) as e (purpose text, type text, content text)
  cross join lateral private.record_problem(e.purpose, upper(e.type), btrim(e.content)) as p (problem)
  where p.problem is not null
  limit 1;
  if found then
    perform private.raise_error('MR002', v_wrong);
  end if;
  perform private.drop_records(
    v_domain.id,
    array(select distinct e ->> 'purpose' from jsonb_array_elements(p_records) as e), array['template', 'exact'],
    p_records
  );
  perform private.want_records(v_domain, p_records, 'exact');
  perform private.request_domain_setup(v_domain.domain_name);
  return (
    select count(*) from public.domain_dns_records d where d.domain_id = v_domain.id and d.status <> 'unwanted'
  );
exception
  when check_violation or not_null_violation or invalid_text_representation or numeric_value_out_of_range then
    perform private.raise_error(
      'MR002', 'A record is malformed.', sqlerrm, 'Each has purpose, name, type, content, and for MX prio.'
    );
end;
$$;
comment on function public.set_domain_records(text, jsonb) is
  'The exact records of a domain as its inbox provider says, [{purpose, name, type, content, ttl, prio}], with '
  'purpose spf, '
  'dkim, dmarc, mx or other. They replace all others of ours with the same purposes, and are then written and '
  'verified. '
  'Answers how many records the domain shall have. For jobs and the agency''s staff. Definer: nobody writes the table.';

create function public.set_up_domain(p_domain_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_domain public.domains;
begin
  select * into v_domain from public.domains d where d.id = p_domain_id;
  if v_domain.id is null then
    perform private.raise_error('MR001', 'There is no such thing.');
  end if;
  perform private.require_staff_of(v_domain.client);
  if private.request_domain_setup(v_domain.domain_name) is null then
    perform private.raise_error('MR003', 'Only domains at Porkbun are set up from here.', v_domain.provider);
  end if;
  return 'requested';
end;
$$;
comment on function public.set_up_domain(uuid) is
  'Has name servers and records of a domain written (again) and verified. Answers requested. For the agency''s staff. '
  'Definer: users may not enqueue.';
grant execute on function public.set_domain_records(text, jsonb), public.set_up_domain(uuid)
to authenticated, service_role;

create function integrations.set_domain_records(p_domain text, p_records jsonb)
returns integer
language sql security definer
set search_path = ''
as $$
  select public.set_domain_records(p_domain, p_records)
$$;
comment on function integrations.set_domain_records(text, jsonb) is
  'public.set_domain_records for jobs. Definer: job_worker does not see the schema public.';

create function integrations.start_domain_setup(p_domain text)
returns table (outcome text, name_servers text[], api_key text, api_secret text)
language plpgsql security definer
set search_path = ''
as $$
begin
  select
    case when d.provider = 'porkbun' and d.status = 'active' then 'go' else 'not_ours' end,
    coalesce(d.name_servers, a.name_servers), a.api_key, a.api_secret
  into outcome, start_domain_setup.name_servers, api_key, api_secret
  from public.domains d
  cross join private.porkbun_account() as a
  where d.domain_name = p_domain;
  outcome := coalesce(outcome, 'not_ours');
  return next;
end;
$$;
comment on function integrations.start_domain_setup(text) is
  'go: make the name servers these, then the records as integrations.plan_dns_changes says. not_ours: nothing to do. '
  'Definer: job_worker may read no table.';

create function private.dns_content(p_type text, p_content text)
returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return case
    -- A long TXT is told in several quoted pieces.
    when p_type = 'TXT' then replace(regexp_replace(btrim(p_content), '^"|"$|"[[:space:]]+"', '', 'g'), '\"', '"')
    when p_type in ('CNAME', 'MX', 'NS') then lower(rtrim(btrim(p_content), '.'))
    else lower(btrim(p_content))
  end;
end;
$$;
comment on function private.dns_content(text, text) is 'A record''s content in the one form in which two are compared.';

create function private.excludes(p_purpose text, p_type text, p_other_type text, p_other_content text)
returns boolean
language sql immutable
set search_path = ''
as $$
  select case
    when p_type = 'CNAME' or p_other_type = 'CNAME' then true
    when p_purpose = 'spf' then p_other_type = 'TXT' and p_other_content ~* '^"?v=spf1'
    when p_purpose = 'dmarc' then p_other_type = 'TXT' and p_other_content ~* '^"?v=dmarc1'
    when p_purpose = 'dkim' then p_other_type = p_type
    when p_purpose = 'mx' then p_other_type = 'MX'
    else false
  end
$$;
comment on function private.excludes(text, text, text, text) is
  'Whether two different records of one name cannot both be: a CNAME beside anything, two SPF or DMARC policies, two '
  'keys '
  'under one DKIM name, mail that goes to two providers.';

create function private.registrar_records(p_domain text, p_existing jsonb)
returns table (id text, name text, type text, content text, prio integer)
language sql immutable
set search_path = ''
as $$
  select
    r.id,
    case
      when lower(r.name) = p_domain then ''
      when right(lower(r.name), length(p_domain) + 1) = '.' || p_domain then left(lower(r.name), -length(p_domain) - 1)
      else lower(r.name)
    end,
    upper(r.type), private.dns_content(upper(r.type), r.content), r.prio
  from jsonb_to_recordset(p_existing) as r (id text, name text, type text, content text, prio integer)
$$;
comment on function private.registrar_records(text, jsonb) is
  'The registrar''s records of a domain, whose names it tells in full, as ours are written.';

create function private.adopt_records(p_domain_id uuid, p_domain text, p_existing jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Gone, or changed by somebody since: no longer ours to touch.
  update public.domain_dns_records d
  set provider_record_id = null, status = case when d.status = 'unwanted' then d.status else 'wanted' end
  where d.domain_id = p_domain_id
    and d.provider_record_id is not null
    and not exists (
      select
      from private.registrar_records(p_domain, p_existing) as e
      where e.id = d.provider_record_id
        and (e.name, e.type, e.content) = (d.name, d.type, private.dns_content(d.type, d.content))
    );
  delete from public.domain_dns_records d
  where d.domain_id = p_domain_id
    and d.status = 'unwanted'
    and d.provider_record_id is null;
  -- There as wanted: ours, also when a job died between writing it and noting its id.
  update public.domain_dns_records d
  set provider_record_id = e.id,
      written_at = coalesce(d.written_at, private.clock()),
      status = case
        when d.type = 'MX' and e.prio is distinct from d.prio then 'wanted'
        when d.status in ('wanted', 'conflict') then 'written'
        else d.status
      end
  from private.registrar_records(p_domain, p_existing) as e
  where d.domain_id = p_domain_id
    and d.status <> 'unwanted'
    and coalesce(d.provider_record_id, e.id) = e.id
    and (e.name, e.type, e.content) = (d.name, d.type, private.dns_content(d.type, d.content));
end;
$$;
comment on function private.adopt_records(uuid, text, jsonb) is
  'Compares a domain''s records with the registrar''s: which are there as wanted, and which are not ours any more.';

create function private.mark_conflicts(p_domain public.domains, p_existing jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_conflict record;
begin
  update public.domain_dns_records d
  set status = 'wanted'
  where d.domain_id = p_domain.id
    and d.status = 'conflict';
  for v_conflict in
    update public.domain_dns_records d
    set status = 'conflict'
    from (
      select distinct on (w.id) w.id, e.id as other_id, e.type as other_type, e.content as other_content
      from public.domain_dns_records w
      join private.registrar_records(p_domain.domain_name, p_existing) as e on e.name = w.name
      where w.domain_id = p_domain.id
        and w.status = 'wanted'
        and w.provider_record_id is null
        and private.excludes(w.purpose, w.type, e.type, e.content)
        and not exists (
          select
          from public.domain_dns_records o
          where o.domain_id = p_domain.id and o.provider_record_id = e.id
        )
      order by w.id, e.id
    ) as f
    where d.id = f.id
    returning d.purpose, d.name, f.other_id, f.other_type, f.other_content
  loop
    perform integrations.notify(
      'domain_dns_conflict', p_domain.client,
      format('%s %s %s %s', p_domain.domain_name, v_conflict.purpose, v_conflict.name, v_conflict.other_id),
      format(
        '%s: its %s record is not written, as %s "%s" is in the way. Delete that one at Porkbun if it may go, then: '
        'POST /v1/domains/%s/set-up.',
        concat_ws('.', nullif(v_conflict.name, ''), p_domain.domain_name), upper(v_conflict.purpose),
        v_conflict.other_type, left(v_conflict.other_content, 200), p_domain.id
      )
    );
  end loop;
end;
$$;
comment on function private.mark_conflicts(public.domains, jsonb) is
  'Marks records that cannot be written beside one that is not ours, and tells a person, once for each.';

create function integrations.plan_dns_changes(p_domain text, p_existing jsonb)
returns table (
  action text, record_id uuid, provider_record_id text, name text, type text, content text, ttl integer, prio integer
)
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_domain public.domains;
begin
  select * into v_domain from public.domains d where d.domain_name = p_domain for no key update;
  perform private.adopt_records(v_domain.id, p_domain, p_existing);
  perform private.mark_conflicts(v_domain, p_existing);
  return query
  select
    case
      when d.status = 'unwanted' then 'delete'
      when d.provider_record_id is not null then 'edit'
      else 'create'
    end,
    d.id, d.provider_record_id, d.name, d.type, d.content, d.ttl, d.prio
  from public.domain_dns_records d
  where d.domain_id = v_domain.id
    and d.status in ('unwanted', 'wanted')
  -- What goes makes room for what comes.
  order by d.status = 'wanted', d.name, d.type, d.content;
end;
$$;
comment on function integrations.plan_dns_changes(text, jsonb) is
  'Given the registrar''s records of a domain [{id, name, type, content, prio}], what is to be done so that ours are '
  'as '
  'wanted: create, edit or delete one record each. Only records that we wrote, and nobody changed since, are edited or '
  'deleted. Nothing: all is as wanted. Definer: job_worker may write no table.';

create function integrations.note_dns_change(p_record_id uuid, p_provider_record_id text)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  update public.domain_dns_records d
  set status = 'written', provider_record_id = p_provider_record_id, written_at = private.clock()
  where d.id = p_record_id
    and d.status = 'wanted';
  if not found then
    delete from public.domain_dns_records d where d.id = p_record_id and d.status = 'unwanted';
  end if;
end;
$$;
comment on function integrations.note_dns_change(uuid, text) is
  'A planned change was made at the registrar, where the record now has this id. Definer: job_worker may write no '
  'table.';

-- Looking --------------------------------------------------------------------------------------------------------

create function private.enqueue_dns_look(p_domain text, p_after interval)
returns uuid
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'domains', 'verify_dns', jsonb_build_object('domain', p_domain), p_run_at => private.clock() + p_after,
    p_dedupe_key => 'verify ' || p_domain
  )
$$;
comment on function private.enqueue_dns_look(text, interval) is 'Has resolvers asked about a domain, after a while.';

create function integrations.finish_domain_setup(p_domain text)
returns void
language sql security definer
set search_path = ''
as $$
  select private.enqueue_dns_look(
    p_domain, make_interval(secs => private.setting('dns.first_look_seconds')::integer)
  )
$$;
comment on function integrations.finish_domain_setup(text) is
  'All is written at the registrar: resolvers are asked from now on. Definer: as its siblings.';

create function integrations.get_dns_questions(p_domain text)
returns table (name text, type text)
language sql stable security definer
set search_path = ''
as $$
  select concat_ws('.', nullif(r.name, ''), d.domain_name), r.type
  from public.domains d
  join public.domain_dns_records r on r.domain_id = d.id
  where d.domain_name = p_domain
    and r.status <> 'unwanted'
  union
  select d.domain_name, 'NS'
  from public.domains d
  where d.domain_name = p_domain
  order by 1, 2
$$;
comment on function integrations.get_dns_questions(text) is
  'What to ask resolvers about a domain. No row: there is no such domain. Definer: job_worker may read no table.';

create function private.compare_dns(p_domain public.domains, p_answers jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  with answer as (
    select lower(a.name) as name, a.type, private.dns_content(a.type, x.value) as content
    from jsonb_to_recordset(p_answers) as a (name text, type text, answers jsonb)
    cross join lateral jsonb_array_elements_text(a.answers) as x (value)
  ),
  seen as (
    select
      r.id,
      exists (
        select
        from answer a
        where a.name = concat_ws('.', nullif(r.name, ''), p_domain.domain_name)
          and a.type = r.type
          and a.content = case when r.type = 'MX' then coalesce(r.prio, 0) || ' ' else '' end
            || private.dns_content(r.type, r.content)
      )
      -- Two policies count as none.
      and not exists (
        select
        from answer a
        where r.purpose in ('spf', 'dmarc')
          and a.name = concat_ws('.', nullif(r.name, ''), p_domain.domain_name)
          and a.content <> private.dns_content(r.type, r.content)
          and private.excludes(r.purpose, r.type, a.type, a.content)
      ) as is_seen
    from public.domain_dns_records r
    where r.domain_id = p_domain.id
      and r.status <> 'unwanted'
  )
  update public.domain_dns_records r
  set status = case
        when s.is_seen then 'verified'
        when r.status = 'verified' then 'missing'
        else r.status
      end,
      verified_at = case when s.is_seen then coalesce(r.verified_at, private.clock()) else r.verified_at end
  from seen s
  where r.domain_id = p_domain.id
    and r.id = s.id
    and (s.is_seen and r.status <> 'verified' or not s.is_seen and r.status = 'verified');
end;
$$;
comment on function private.compare_dns(public.domains, jsonb) is
  'Which records of a domain resolvers see, from their answers [{name, type, answers: [text]}].';

create function private.name_servers_are_right(p_domain public.domains, p_answers jsonb)
returns boolean
language sql stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct private.dns_content('NS', x.value)), '{}') = array(
    select distinct private.dns_content('NS', n)
    from unnest(coalesce(
      p_domain.name_servers, (select p.name_servers from public.domain_providers p where p.provider_name = 'porkbun')
    )) as n
    order by 1
  )
  from jsonb_to_recordset(p_answers) as a (name text, type text, answers jsonb)
  cross join lateral jsonb_array_elements_text(a.answers) as x (value)
  where a.type = 'NS'
$$;
comment on function private.name_servers_are_right(public.domains, jsonb) is
  'Whether resolvers name the wanted name servers and no others.';

create function integrations.record_dns_look(p_domain text, p_answers jsonb)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_domain public.domains;
  v_missing text[];
  v_seen text[];
  v_wait interval;
begin
  select * into v_domain from public.domains d where d.domain_name = p_domain for no key update;
  if v_domain.id is null then
    return 'unknown';
  end if;
  perform private.compare_dns(v_domain, p_answers);
  select
    coalesce(array_agg(distinct s.purpose) filter (where s.is_whole), '{}'),
    coalesce(array_agg(distinct s.purpose) filter (where not s.is_whole), '{}')
  into v_seen, v_missing
  from (
    select r.purpose, bool_and(r.status = 'verified') as is_whole
    from public.domain_dns_records r
    where r.domain_id = v_domain.id
      and r.status <> 'unwanted'
    group by r.purpose
  ) as s;
  v_missing := v_missing || array(
    select p
    from public.domain_inventory i
    cross join unnest(private.required_purposes(i.inbox_provider)) as p
    where i.domain_name = p_domain
      and p <> all(v_seen || v_missing)
  );
  if not private.name_servers_are_right(v_domain, p_answers) then
    v_missing := array['name servers'] || v_missing;
  end if;

  update public.domains d
  set name_servers_configured = 'name servers' <> all(v_missing),
      spf_configured = 'spf' = any(v_seen),
      dkim_configured = 'dkim' = any(v_seen),
      dmarc_configured = 'dmarc' = any(v_seen),
      mx_configured = 'mx' = any(v_seen),
      dns_configured = v_missing = '{}',
      dns_checked_at = v_now,
      dns_verified_at = case when v_missing = '{}' then coalesce(d.dns_verified_at, v_now) else d.dns_verified_at end,
      failed_dns_checks = case when v_missing = '{}' then 0 else d.failed_dns_checks + 1 end
  where d.id = v_domain.id
  returning d.* into v_domain;
  perform private.rate_domains(array[v_domain.id]);
  if v_missing = '{}' then
    return 'verified';
  end if;
  return private.look_again(v_domain, v_missing);
end;
$$;
comment on function integrations.record_dns_look(text, jsonb) is
  'What resolvers answered about a domain, [{name, type, answers: [text]}]. verified: all is as wanted. waiting: '
  'looked at '
  'again soon. unverified: it should have been seen by now, a person was told. unknown: no such domain. Definer: '
  'job_worker may write no table.';

create function private.look_again(p_domain public.domains, p_missing text[])
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_first numeric := private.setting('dns.first_look_seconds');
  v_waited interval := private.clock() - coalesce(p_domain.setup_started_at, p_domain.created_at);
begin
  if v_waited < make_interval(hours => private.setting('dns.propagation_hours')::integer) then
    perform private.enqueue_dns_look(
      p_domain.domain_name, make_interval(secs => least(v_first * 2 ^ least(p_domain.failed_dns_checks, 12), 3600))
    );
    return 'waiting';
  elsif p_domain.dns_verified_at is null and p_domain.setup_started_at is not null then
    perform integrations.notify(
      'domain_dns_unverified', p_domain.client, p_domain.domain_name || ' ' || p_domain.setup_started_at,
      format(
        '%s: resolvers do not see %s after %s hours.', p_domain.domain_name, array_to_string(p_missing, ', '),
        round(extract(epoch from v_waited) / 3600)
      )
    );
  end if;
  return 'unverified';
end;
$$;
comment on function private.look_again(public.domains, text[]) is
  'What follows when something is missing: another look, later each time, as long as it may still propagate; then a '
  'person is told once.';

create function public.verify_domain(p_domain_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_domain public.domains;
begin
  select * into v_domain from public.domains d where d.id = p_domain_id;
  if v_domain.id is null then
    perform private.raise_error('MR001', 'There is no such thing.');
  end if;
  perform private.require_staff_of(v_domain.client);
  perform private.enqueue_dns_look(v_domain.domain_name, interval '0');
  return 'requested';
end;
$$;
comment on function public.verify_domain(uuid) is
  'Has resolvers asked about a domain now. Answers requested. For the agency''s staff. Definer: users may not enqueue.';
grant execute on function public.verify_domain(uuid) to authenticated, service_role;

create function private.request_dns_looks(p_limit integer default 1000)
returns table (requested integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_before timestamptz := private.clock() - make_interval(hours => private.setting('dns.recheck_hours')::integer);
begin
  with due as (
    select d.domain_name
    from public.domains d
    where d.status = 'active'
      and d.setup_started_at is not null
      and d.dns_checked_at < v_before
    order by d.dns_checked_at
    limit p_limit
  )
  select outbound.enqueue_jobs(coalesce(
    jsonb_agg(jsonb_build_object(
      'queue', 'domains', 'type', 'verify_dns', 'payload', jsonb_build_object('domain', u.domain_name),
      'priority', 5, 'dedupe_key', 'verify ' || u.domain_name
    )),
    '[]'
  ))
  into requested
  from due u;
  has_more := false;
  return next;
end;
$$;
comment on function private.request_dns_looks(integer) is
  'Has the DNS of domains that we set up looked at again, those first whose last look is the oldest. Bounded; the next '
  'tick takes the rest.';

grant execute on function
  integrations.set_domain_records(text, jsonb),
  integrations.start_domain_setup(text),
  integrations.plan_dns_changes(text, jsonb),
  integrations.note_dns_change(uuid, text),
  integrations.finish_domain_setup(text),
  integrations.get_dns_questions(text),
  integrations.record_dns_look(text, jsonb)
to job_worker;
