-- Bridges between the hub and the portal: promoted contacts become people and companies, these reach the master database,
-- and chosen contacts of it go into a client's campaign in EmailBison.
--
--   vault.contacts -> people.slot, company.slot -> people.master, company.master -> master_contacts_db, master_companies_db
--   "Master": contact_lists + campaign_contact_db (chosen) -> bison_queue -> campaign_leads_db, all_leads
--
-- Lock order of a push: the client's pushes, people as deliveries take them, then rows. EmailBison knows no idempotency
-- keys, but creating a lead again updates it and attaching one again changes nothing: after a crash, the same is done again.

insert into integrations.notice_kinds (kind, description, severity)
values ('push_blocked', 'Contacts wait for a campaign because a person must do something at EmailBison.', 'urgent');
insert into outbound.job_limits (job_type, rate_limit, key_field) values ('push_leads', 'bison', 'client');

-- From contacts to people ----------------------------------------------------------------------------------------

create table private.hub_cursors (
  name text primary key,
  position bigint not null default 0
);
comment on table private.hub_cursors is
  'How far a tick has read what is numbered: contacts, and updates of them in intake.audit_log.';
alter table private.hub_cursors enable row level security;
insert into private.hub_cursors (name) values ('contacts'), ('updates');

create function private.texts_of(p_row jsonb, p_names text[])
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(r.key, left(btrim(r.value #>> '{}'), 500)), '{}')
  from jsonb_each(p_row) as r
  where r.key = any(p_names)
    and jsonb_typeof(r.value) in ('string', 'number')
    and btrim(r.value #>> '{}') <> ''
$$;
comment on function private.texts_of(jsonb, text[]) is 'Members of a row that are plain text or numbers, and not blank.';

create function private.told_by_updates(p_logs bigint[])
returns table (contact_id bigint, names text[])
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    select a.contact_id, array_agg(distinct n.name)
    from intake.audit_log a
    left join intake.raw_loads r on r.load_id = a.load_id
    cross join lateral (
      select f.name from jsonb_array_elements_text(a.details -> 'fields') as f (name) where f.name <> 'custom_fields'
      union all
      select k.name
      from jsonb_object_keys(r.raw_data) as k (name)
      where a.details -> 'fields' ? 'custom_fields'
        and k.name <> all('{email,name,first_name,last_name,phone,company,title,tags}')
    ) as n
    where a.log_id = any(p_logs)
    group by a.contact_id;
end;
$$;
comment on function private.told_by_updates(bigint[]) is
  'Of contacts that entries of intake.audit_log updated: the fields, and the custom fields that the loads brought.';

create function private.told_members(p_row jsonb, p_names text[])
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(r.key, r.value), '{}')
  from jsonb_each(p_row) as r
  where p_names is null or r.key = any(p_names)
$$;
comment on function private.told_members(jsonb, text[]) is 'Members of a row with these names; all without names.';

create function private.stage_contacts(p_limit integer default 1000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_reach record := private.promoted_so_far();
  v_contact bigint := (select c.position from private.hub_cursors c where c.name = 'contacts' for update);
  v_update bigint := (select c.position from private.hub_cursors c where c.name = 'updates' for update);
  v_new bigint[] := array(
    select c.contact_id
    from intake.contacts c
    where c.contact_id > v_contact
      and c.contact_id <= v_reach.last_contact_id
    order by c.contact_id
    limit p_limit
  );
  v_updates bigint[];
  v_source record;
begin
  select coalesce(array_agg(l.log_id), '{}'), coalesce(max(l.log_id), v_update) into v_updates, v_update
  from (
    select a.log_id
    from intake.audit_log a
    where a.log_id > v_update
      and a.log_id <= v_reach.last_log_id
      and a.action = 'contact_updated'
    order by a.log_id
    limit p_limit - cardinality(v_new)
  ) as l;
  for v_source in
    select
      c.source,
      jsonb_agg(
        private.told_members(
          private.texts_of(
            c.custom_fields,
            '{first_name,last_name,linkedin_url,location,seniority,department,company_domain,website}'
          ) || jsonb_strip_nulls(jsonb_build_object('name', c.name, 'title', c.title, 'phone', c.phone, 'company', c.company)),
          l.names
        ) || jsonb_build_object('email', c.email)
        order by c.contact_id
      ) as people,
      jsonb_agg(t.fields || jsonb_build_object('domain', f.domain) order by c.contact_id)
      filter (where f.domain is not null and f.fields <> '{}' and t.fields <> '{}') as companies
    from (
      select n.contact_id, null::text[] as names from unnest(v_new) as n (contact_id)
      union all
      -- What else a contact says was told before, and others may have told better since.
      select u.contact_id, u.names from private.told_by_updates(v_updates) u where u.contact_id <> all(v_new)
    ) as l
    join intake.contacts c on c.contact_id = l.contact_id
    cross join lateral (
      select
        private.texts_of(c.custom_fields, '{industry,employee_count,revenue}') - array(
          select n.name
          from unnest('{employee_count,revenue}'::text[]) as n (name)
          where private.slot_fault('company', jsonb_build_object(n.name, c.custom_fields -> n.name)) is not null
        ) as fields,
        private.company_domain_of(c.email, private.texts_of(c.custom_fields, '{company_domain,website,domain}')) as domain
    ) as f
    cross join lateral (
      select private.told_members(f.fields, l.names) || jsonb_strip_nulls(jsonb_build_object(
        'name', case when l.names is null or 'company' = any(l.names) then c.company end
      )) as fields
    ) as t
    group by c.source
    order by c.source
  loop
    if v_source.companies is not null then
      perform company.stage_companies(v_source.companies, v_source.source);
    end if;
    perform people.stage_people(v_source.people, v_source.source);
  end loop;
  update private.hub_cursors c
  set position = case c.name when 'contacts' then coalesce(v_new[cardinality(v_new)], v_contact) else v_update end
  where c.position is distinct from
    case c.name when 'contacts' then coalesce(v_new[cardinality(v_new)], v_contact) else v_update end;
  return cardinality(v_new) + cardinality(v_updates);
end;
$$;
comment on function private.stage_contacts(integer) is
  'Puts contacts that were promoted since the last call, and what was updated of others, into the slots of people and, where '
  'their company is described, of companies. Answers how many, p_limit at most. One at a time.';

-- From people and companies to the master database ---------------------------------------------------------------

create function private.bridge_companies(p_companies uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  insert into public.master_companies_db as m (
    company_domain, company_name, company_linkedin, company_location, company_size, company_annual_revenue,
    primary_industry_1
  )
  select
    d.domain, c.name, c.linkedin_url, c.location, c.employee_count::text, trim_scale(c.revenue)::text, c.industry
  from company.master c
  cross join lateral (select public.normalize_domain(c.domain) as domain) as d
  where c.id = any(p_companies)
    and c.merged_into is null
    and d.domain is not null
  order by d.domain
  on conflict (company_domain) do update
  set company_name = coalesce(m.company_name, excluded.company_name),
      company_linkedin = coalesce(m.company_linkedin, excluded.company_linkedin),
      company_location = coalesce(m.company_location, excluded.company_location),
      company_size = coalesce(m.company_size, excluded.company_size),
      company_annual_revenue = coalesce(m.company_annual_revenue, excluded.company_annual_revenue),
      primary_industry_1 = coalesce(m.primary_industry_1, excluded.primary_industry_1)
  where m.company_name is null or m.company_linkedin is null or m.company_location is null or m.company_size is null
    or m.company_annual_revenue is null or m.primary_industry_1 is null;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.bridge_companies(uuid[]) is
  'Companies of the hub that are not merged, in the master database: new ones, and what was not known of known ones.';

create function private.bridge_people(p_people uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  insert into public.master_contacts_db as m (
    email, first_name, last_name, full_name, company_name, company_domain, company_linkedin, job_title, personal_linkedin,
    personal_location, phone_number, source, contact_status
  )
  select
    p.email, coalesce(p.first_name, split_part(p.name, ' ', 1)),
    coalesce(p.last_name, nullif(btrim(substr(p.name, strpos(p.name || ' ', ' ') + 1)), '')), p.name, c.name,
    public.normalize_domain(c.domain), c.linkedin_url, p.title, p.linkedin_url, p.location, p.phone, private.source_of(p.email),
    case
      when p.status = 'bounced' or v.status = 'bounced' then 'bounced'
      when v.status = 'unsubscribed' then v.status
      else 'unassigned'
    end
  from people.master p
  left join company.master c on c.id = p.company_id
  left join lateral (select k.status from intake.contacts k where k.email = p.email) as v on true
  where p.id = any(p_people)
    and p.merged_into is null
    and not private.is_suppressed(p.email)
  order by p.email
  on conflict (lower(email)) do update
  set (
    first_name, last_name, full_name, company_name, company_domain, company_linkedin, job_title, personal_linkedin,
    personal_location, phone_number, source, contact_status
  ) = (
    select
      private.pick(w.wins, excluded.first_name, m.first_name), private.pick(w.wins, excluded.last_name, m.last_name),
      private.pick(w.wins, excluded.full_name, m.full_name), private.pick(w.wins, excluded.company_name, m.company_name),
      private.pick(w.wins, excluded.company_domain, m.company_domain),
      private.pick(w.wins, excluded.company_linkedin, m.company_linkedin),
      private.pick(w.wins, excluded.job_title, m.job_title),
      private.pick(w.wins, excluded.personal_linkedin, m.personal_linkedin),
      private.pick(w.wins, excluded.personal_location, m.personal_location),
      private.pick(w.wins, excluded.phone_number, m.phone_number), coalesce(m.source, excluded.source),
      case when excluded.contact_status <> 'unassigned' then excluded.contact_status else m.contact_status end
    -- Who came from the hub follows it; of whom another tool brought, only gaps are filled.
    from (select m.source is not null as wins) as w
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.bridge_people(uuid[]) is
  'People of the hub who are not merged, in the master database, with who brought them first. Nobody who was erased.';

create function private.bridge_hub(p_limit integer default 1000)
returns table (companies integer, people integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  select coalesce(array_agg(c.subject_id), '{}') into v_ids from private.take_changes('{company}', p_limit) c;
  companies := private.bridge_companies(v_ids);
  -- A company's name and domain stand in the rows of its people.
  insert into private.hub_changes (kind, subject_id)
  select 'contact', p.id from people.master p where p.company_id = any(v_ids) and p.merged_into is null;
  select coalesce(array_agg(c.subject_id), '{}') into v_ids from private.take_changes('{contact}', p_limit) c;
  people := private.bridge_people(v_ids);
  has_more := exists (select from private.hub_changes c where c.kind in ('company', 'contact'));
  return next;
end;
$$;
comment on function private.bridge_hub(integer) is
  'Brings at most p_limit changed companies and people into the master database.';

create function integrations.advance_hub(p_limit integer default 2000)
returns table (
  staged integer, companies integer, people integer, bridged_companies integer, bridged_people integer, has_more boolean
)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_companies record;
  v_people record;
  v_bridged record;
begin
  perform private.require_staff();
  staged := 0;
  companies := 0;
  people := 0;
  bridged_companies := 0;
  bridged_people := 0;
  has_more := false;
  if pg_try_advisory_xact_lock(private.hub_lock('bridge')) then
    staged := private.stage_contacts(p_limit);
    select * into v_companies from company.promote_slots(p_limit);
    select * into v_people from people.promote_slots(p_limit);
    select * into v_bridged from private.bridge_hub(2 * p_limit);
    companies := v_companies.promoted;
    people := v_people.promoted;
    bridged_companies := v_bridged.companies;
    bridged_people := v_bridged.people;
    has_more := staged >= p_limit or v_companies.has_more or v_people.has_more or v_bridged.has_more;
  end if;
  return next;
end;
$$;
comment on function integrations.advance_hub(integer) is
  'The next step of promoted contacts on their way into the master database, at most p_limit at each stage; nothing while '
  'another one runs. Staff and services, and a schedule. Definer: nobody writes any of these tables by hand.';
grant execute on function integrations.advance_hub(integer) to authenticated;

-- Lists ----------------------------------------------------------------------------------------------------------

create index master_contacts_db_source_idx on public.master_contacts_db (source, id) where source is not null;

create table "Master".contact_lists (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  campaign_id text not null,
  name text not null,
  filter jsonb not null default '{}',
  variables jsonb not null default '{}',
  status text not null default 'built',
  chosen integer not null default 0,
  excluded jsonb not null default '{}',
  queued integer not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  pushed_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint status_is_known check (status in ('built', 'pushed')),
  constraint pushed_has_a_time check ((status = 'pushed') = (pushed_at is not null)),
  constraint filter_is_an_object check (jsonb_typeof(filter) = 'object'),
  constraint variables_are_an_object check (jsonb_typeof(variables) = 'object')
);
create index contact_lists_client_created_at_idx on "Master".contact_lists (client, created_at desc, id desc);
create index contact_lists_client_status_idx on "Master".contact_lists (client, status, created_at desc, id desc);
comment on table "Master".contact_lists is
  'Lists that were built for a client''s campaign: who was asked for, chosen and left out.';
comment on column "Master".contact_lists.variables is
  'Custom variables of the leads: name as the mails of the campaign write it, to the column of the contact.';
comment on column "Master".contact_lists.excluded is 'How many were left out, by reason.';
select private.apply_client_policies('"Master".contact_lists', 'none');
create trigger _100_touch_updated_at before update on "Master".contact_lists
for each row execute function extensions.moddatetime(updated_at);
alter table "Master".campaign_contact_db add column list_id uuid;
alter table "Master".campaign_contact_db
add constraint campaign_contact_db_list_id_fkey foreign key (list_id) references "Master".contact_lists (id) on delete set null;
create index campaign_contact_db_list_id_idx on "Master".campaign_contact_db (list_id);

create function private.addresses_of_contacts(p_contacts uuid[])
returns table (contact_id uuid, email text, is_own boolean)
language sql stable
set search_path = ''
as $$
  with contact as materialized (
    select m.id, lower(btrim(m.email)) as email from public.master_contacts_db m where m.id = any(p_contacts)
  ),
  person as materialized (
    select a.person_id, a.email
    from private.addresses_of_people(
      array(select p.id from people.master p where p.email = any(array(select c.email from contact c)))
    ) a
  ),
  owner as materialized (
    -- A full join is always hashed or merged, however few the planner takes them for.
    select c.id, p.person_id from contact c full join person p on p.email = c.email
  )
  select c.id, c.email, true from contact c
  union all
  select o.id, p.email, false
  from owner o
  full join person p on p.person_id = o.person_id
  where o.id is not null
    and p.email is not null
    and not exists (select from contact c where c.id = o.id and c.email = p.email)
$$;
comment on function private.addresses_of_contacts(uuid[]) is
  'The address of each contact, and the others that the hub knows to be the same person''s.';

create function private.standing_of(p_client text, p_campaign_id text, p_contacts uuid[])
returns table (
  contact_id uuid, is_customer boolean, is_engaged boolean, unsubscribed boolean, bounced boolean, other_bounced boolean,
  elsewhere boolean, here boolean
)
language sql stable
set search_path = ''
as $$
  with address as materialized (
    select a.contact_id, a.email, a.is_own from private.addresses_of_contacts(p_contacts) a where a.email is not null
  ),
  -- All at once, and hashed: looked up one by one, a plan made without statistics would read the client's leads for each.
  told as (
    select
      lower(l.email) as email, false as is_customer, false as is_engaged, l.unsubscribed_at is not null as unsubscribed,
      l.bounced_at is not null as bounced, l.campaign_id
    from public.all_leads l
    where l.client = p_client
      and lower(l.email) = any(array(select a.email from address a))
    union all
    select lower(e.email), false, true, coalesce(e.unsubscribed, false), false, null
    from public.engaged_leads e
    where e.client = p_client
      and lower(e.email) = any(array(select a.email from address a))
      and e.deleted_at is null
    union all
    -- Also who did so outside of campaigns.
    select k.email, false, false, true, false, null
    from private.person_marks k
    where k.client = p_client
      and k.email = any(array(select a.email from address a))
      and k.unsubscribed_at is not null
    union all
    select lower(k.email), k.status = 'customer', k.status in ('warm', 'hot', 'in-contract'), false, false, null
    from public.crm_contacts k
    where k.client = p_client
      and lower(k.email) = any(array(select a.email from address a))
      and k.deleted_at is null
  )
  select
    a.contact_id, bool_or(t.is_customer), bool_or(t.is_engaged), bool_or(t.unsubscribed), bool_or(t.bounced and a.is_own),
    bool_or(t.bounced and not a.is_own),
    -- Whose mails to another address came back was not reached there.
    bool_or(case when a.is_own then t.campaign_id <> p_campaign_id else t.campaign_id is not null and not t.bounced end),
    bool_or(t.campaign_id = p_campaign_id and a.is_own)
  from address a
  full join told t on t.email = a.email
  where a.contact_id is not null
    and t.email is not null
  group by a.contact_id
$$;
comment on function private.standing_of(text, text, uuid[]) is
  'What a client has to do with contacts already, under any address of theirs. A bounce is of one address only.';

create function private.exclusions_of(p_client text, p_campaign_id text, p_contacts uuid[], p_is_queued boolean)
returns table (contact_id uuid, reason text)
language sql stable
set search_path = ''
as $$
  with contact as materialized (
    select m.id, lower(btrim(m.email)) as email, m.company_domain, m.contact_status
    from public.master_contacts_db m
    where m.id = any(p_contacts)
  ),
  standing as materialized (
    select s.* from private.standing_of(p_client, p_campaign_id, p_contacts) s
  )
  select
    m.id,
    case
      when m.email is null or m.email !~ '^[^[:space:]@"(),:;<>]+@[^[:space:]@]+\.[^[:space:]@.]+$' then 'no_address'
      when private.is_suppressed(m.email) then 'suppressed'
      when lower(m.contact_status) in ('bounced', 'unsubscribed', 'do_not_contact') then lower(m.contact_status)
      when s.is_customer or l.is_customer then 'customer'
      when s.is_competitor then 'competitor'
      when s.blocked_until > private.clock() then 'blocked'
      when l.unsubscribed then 'unsubscribed'
      when l.bounced then 'bounced'
      when l.other_bounced is not true
        and exists (select from people.master p where p.email = m.email and p.merged_into is not null) then 'merged'
      when l.elsewhere or l.is_engaged or l.here and not p_is_queued then 'already_contacted'
      when exists (
        select
        from (
          select o.client, o.campaign_id, o.status from "Master".bison_queue o where o.contact_id = m.id offset 0
        ) as q
        where q.client = p_client
          and q.campaign_id <> p_campaign_id
          and q.status not in ('failed', 'skipped')
      ) then 'already_contacted'
    end
  from contact m
  full join standing l on l.contact_id = m.id
  cross join lateral (
    select
      bool_or('customer' in (lower(c.status), lower(c.qualification_status))) as is_customer,
      bool_or('competitor' in (lower(c.status), lower(c.qualification_status))) as is_competitor,
      max(c.blocked_until) as blocked_until
    from public.master_companies_db k
    cross join lateral (select o.* from public.client_company_state o where o.company_id = k.id offset 0) as c
    where k.company_domain in (
      public.normalize_domain(m.company_domain), private.company_domain_of(m.email, '{}')
    )
      and c.client_id = private.client_id_of(p_client)
  ) as s
$$;
comment on function private.exclusions_of(text, text, uuid[], boolean) is
  'Why each of these contacts must not be written to for a client, null when nothing speaks against it. p_is_queued: they are '
  'on their way into this very campaign, so being in it is no reason.';

create function private.matching_contacts(p_client text, p_campaign_id text, p_filter jsonb, p_limit integer)
returns uuid[]
language plpgsql stable
set search_path = ''
as $$
declare
  v_sources text[] := case when p_filter ? 'sources' then array(select jsonb_array_elements_text(p_filter -> 'sources')) end;
  v_domains text[] := case
    when p_filter ? 'domains'
      then array(select public.normalize_domain(d) from jsonb_array_elements_text(p_filter -> 'domains') as d)
  end;
  v_emails text[] := case
    when p_filter ? 'emails' then array(select lower(btrim(e)) from jsonb_array_elements_text(p_filter -> 'emails') as e)
  end;
  v_title text := private.literal_pattern(p_filter ->> 'title');
  v_industry text := lower(p_filter ->> 'industry');
  v_score numeric := (p_filter ->> 'min_score')::numeric;
begin
  return array(
    select m.id
    from public.master_contacts_db m
    left join lateral (
      select c.id, c.status, c.updated_at
      from (select o.* from "Master".campaign_contact_db o where o.contact_id = m.id offset 0) as c
      where c.client = p_client and c.campaign_id = p_campaign_id
    ) as k on true
    where (v_sources is null or m.source = any(v_sources))
      and (v_domains is null or m.company_domain = any(v_domains))
      and (v_emails is null or lower(m.email) = any(v_emails))
      and (v_title is null or m.job_title ~* v_title)
      and (
        v_industry is null
        or exists (
          select
          from public.master_companies_db c
          where c.company_domain = m.company_domain and lower(c.primary_industry_1) = v_industry
        )
      )
      and (
        v_score is null
        or exists (select from intake.contacts c where c.email = lower(m.email) and c.score >= v_score)
      )
      -- Who was left out earlier is looked at again, after the others.
      and (k.id is null or k.status = 'excluded')
    order by k.updated_at nulls first, m.id
    limit p_limit
  );
end;
$$;
comment on function private.matching_contacts(text, text, jsonb, integer) is
  'Contacts that a filter names and that are not chosen for the campaign yet.';

create function public.build_contact_list(
  p_client text, p_campaign_id text, p_name text, p_filter jsonb default '{}', p_variables jsonb default '{}',
  p_most integer default 1000
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_list uuid;
begin
  perform private.require_staff_of(p_client);
  if not exists (
    select from public."Campaigns" c where c.client = p_client and c.campaign_id = p_campaign_id
  ) then
    perform private.raise_error('MR001', 'The client has no such campaign.', p_campaign_id);
  elsif p_most is null or p_most not between 1 and 10000 then
    perform private.raise_error('MR002', 'A list looks at 1 to 10,000 contacts.');
  elsif coalesce(btrim(p_name), '') = '' then
    perform private.raise_error('MR002', 'A list needs a name.');
  elsif jsonb_typeof(p_filter) is distinct from 'object' or jsonb_typeof(p_variables) is distinct from 'object' then
    perform private.raise_error('MR002', 'The filter and the variables of a list are objects.');
  elsif p_filter - '{sources,domains,emails,title,industry,min_score}'::text[] <> '{}'
    or exists (
      select
      from jsonb_each(p_filter) f
      where f.key in ('sources', 'domains', 'emails') and jsonb_typeof(f.value) <> 'array'
        or f.key = 'min_score' and jsonb_typeof(f.value) <> 'number'
        -- Everybody would be chosen.
        or f.key in ('title', 'industry') and (jsonb_typeof(f.value) <> 'string' or btrim(f.value #>> '{}') = '')
    )
  then
    perform private.raise_error('MR002', 'A list is filtered by sources, domains, emails, title, industry and min_score.');
  elsif exists (
    select
    from jsonb_each_text(p_variables) v
    where btrim(v.key) = ''
      or v.value <> all(
        '{company_name,company_domain,company_linkedin,job_title,personal_linkedin,personal_location,phone_number,source}'
      )
  ) then
    perform private.raise_error('MR002', 'A variable is filled from a column of the contact.');
  elsif (select count(*) > count(distinct lower(btrim(k.name))) from jsonb_object_keys(p_variables) as k (name)) then
    perform private.raise_error('MR002', 'Two variables have the same name: EmailBison has one spelling of each.');
  end if;

  insert into "Master".contact_lists (client, campaign_id, name, filter, variables, created_by, created_at)
  values (p_client, p_campaign_id, p_name, p_filter, p_variables, private.actor(), private.clock())
  returning id into v_list;
  with judged as materialized (
    select e.contact_id, e.reason
    from private.exclusions_of(
      p_client, p_campaign_id, private.matching_contacts(p_client, p_campaign_id, p_filter, p_most), false
    ) e
  ),
  stored as (
    insert into "Master".campaign_contact_db as k (
      client, campaign_id, contact_id, company_id, status, reason, chosen_by, list_id
    )
    select
      p_client, p_campaign_id, j.contact_id,
      (select c.id from public.master_companies_db c where c.company_domain = m.company_domain),
      case when j.reason is null then 'chosen' else 'excluded' end, j.reason, private.actor(), v_list
    from judged j
    join public.master_contacts_db m on m.id = j.contact_id
    order by j.contact_id
    on conflict (client, campaign_id, contact_id) do update
    set status = excluded.status, reason = excluded.reason, chosen_by = excluded.chosen_by, list_id = excluded.list_id
    where k.status = 'excluded'
    returning k.status, k.reason
  )
  update "Master".contact_lists l
  set chosen = (select count(*) from stored s where s.status = 'chosen'),
      excluded = (
        select coalesce(jsonb_object_agg(r.reason, r.amount), '{}')
        from (select s.reason, count(*) as amount from stored s where s.reason is not null group by s.reason) as r
      )
  where l.id = v_list;
  return v_list;
end;
$$;
comment on function public.build_contact_list(text, text, text, jsonb, jsonb, integer) is
  'Chooses contacts for a client''s campaign by p_filter (sources, domains, emails, title, industry, min_score) and leaves out '
  'whom the client must not write to, with the reason: no_address, suppressed, bounced, unsubscribed, do_not_contact, '
  'customer, competitor, blocked, merged (another address stands for the person), already_contacted. Looks at p_most at most; '
  'a contact is chosen once for a campaign. Staff and services. Definer: the master database is the agency''s.';

create function public.push_contact_list(p_list_id uuid)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_list "Master".contact_lists;
  v_count integer;
begin
  select * into v_list from "Master".contact_lists l where l.id = p_list_id;
  if not found then
    perform private.raise_error('MR001', 'There is no such list.');
  end if;
  perform private.require_staff_of(v_list.client);
  -- Two pushes of a client at once would each find the other's contacts free.
  perform pg_advisory_xact_lock(hashtextextended('push ' || v_list.client, 0));
  with judged as materialized (
    select k.id, e.contact_id, e.reason
    from private.exclusions_of(
      v_list.client, v_list.campaign_id,
      array(
        select o.contact_id from "Master".campaign_contact_db o where o.list_id = p_list_id and o.status = 'chosen'
      ),
      false
    ) e
    cross join lateral (
      select o.id, o.list_id, o.status from "Master".campaign_contact_db o where o.contact_id = e.contact_id offset 0
    ) as k
    where k.list_id = p_list_id
      and k.status = 'chosen'
  ),
  moved as (
    update "Master".campaign_contact_db k
    set status = case when j.reason is null then 'queued' else 'excluded' end, reason = j.reason
    from judged j
    where k.id = j.id
  ),
  queued as (
    insert into "Master".bison_queue (client, campaign_id, contact_id, custom_variables, queued_by, queued_at)
    select
      v_list.client, v_list.campaign_id, j.contact_id,
      (
        select coalesce(jsonb_object_agg(v.key, btrim(to_jsonb(m) ->> v.value)), '{}')
        from jsonb_each_text(v_list.variables) v
        where btrim(to_jsonb(m) ->> v.value) <> ''
      ),
      private.actor(), private.clock()
    from judged j
    join public.master_contacts_db m on m.id = j.contact_id
    where j.reason is null
    order by j.contact_id
    on conflict do nothing
    returning id
  )
  select count(*) into v_count from queued;
  update "Master".contact_lists l
  set status = 'pushed', pushed_at = coalesce(l.pushed_at, private.clock()), queued = l.queued + v_count
  where l.id = p_list_id;
  perform private.start_push(v_list.client, v_list.campaign_id);
  return v_count;
end;
$$;
comment on function public.push_contact_list(uuid) is
  'Puts the chosen contacts of a list in the queue to EmailBison, judged once more, and answers how many. Again: those that '
  'are still chosen, so none twice. Staff and services. Definer: nobody writes the queue by hand.';

create function public.retry_failed_pushes(p_client text, p_campaign_id text)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_queued bigint[];
begin
  perform private.require_staff_of(p_client);
  perform pg_advisory_xact_lock(hashtextextended('push ' || p_client, 0));
  v_queued := array(
    select max(o.id)
    from "Master".bison_queue o
    where o.client = p_client
      and o.campaign_id = p_campaign_id
      and o.status = 'failed'
      and not exists (
        select
        from (
          select b.client, b.campaign_id, b.status from "Master".bison_queue b where b.contact_id = o.contact_id offset 0
        ) as a
        where a.client = p_client
          and a.campaign_id = p_campaign_id
          and a.status not in ('failed', 'skipped')
      )
    group by o.contact_id
    order by 1
    limit 10000
  );
  update "Master".bison_queue q
  set status = 'queued', problem = null, attempts = 0, batch_id = null
  where q.id = any(v_queued);
  perform private.mark_choices(v_queued, 'queued');
  perform private.start_push(p_client, p_campaign_id);
  return cardinality(v_queued);
end;
$$;
comment on function public.retry_failed_pushes(text, text) is
  'Queues contacts again whose push failed, once each; answers how many. Staff and services. Definer: nobody writes the queue '
  'by hand.';
grant execute on function
  public.build_contact_list(text, text, text, jsonb, jsonb, integer), public.push_contact_list(uuid),
  public.retry_failed_pushes(text, text)
to authenticated, service_role;

-- Pushing --------------------------------------------------------------------------------------------------------

create table integrations.bison_variables (
  client text not null,
  name text not null,
  created_at timestamptz not null default now(),
  primary key (client, name)
);
comment on table integrations.bison_variables is
  'Custom variables that a client''s workspace has, as it writes them. A lead with any other name is refused.';
select private.apply_client_policies('integrations.bison_variables', 'none');

create function private.start_push(p_client text, p_campaign_id text)
returns uuid
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'push', 'push_leads', jsonb_build_object('client', p_client, 'campaign_id', p_campaign_id),
    p_dedupe_key => concat_ws(' ', 'push', p_client, p_campaign_id)
  )
$$;
comment on function private.start_push(text, text) is 'A job for the next batch of a campaign; one waits at most.';

create function private.mark_choices(p_queue_ids bigint[], p_status text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update "Master".campaign_contact_db k
  set status = p_status, reason = c.problem
  from (
    select f.id, q.problem
    from (select o.* from "Master".bison_queue o where o.id = any(p_queue_ids) offset 0) as q
    -- By the contact and nothing else: a plan made while few were chosen would read the campaign for each.
    cross join lateral (
      select o.id, o.client, o.campaign_id from "Master".campaign_contact_db o where o.contact_id = q.contact_id offset 0
    ) as f
    where f.client = q.client
      and f.campaign_id = q.campaign_id
  ) as c
  where k.id = c.id;
end;
$$;
comment on function private.mark_choices(bigint[], text) is
  'Tells the choices of contacts what became of them in the queue, with its problem as the reason.';

create function integrations.claim_push(p_client text, p_campaign_id text, p_worker text, p_limit integer default 500)
returns table (
  batch_id uuid, instance_url text, api_key text, known_variables text[], contacts jsonb, created jsonb
)
language plpgsql security definer
set search_path = ''
as $$
begin
  batch_id := gen_random_uuid();
  with free as (
    select q.id, q.contact_id
    from "Master".bison_queue q
    where q.client = p_client
      and q.campaign_id = p_campaign_id
      and (q.status = 'queued' or q.status = 'pushing' and (q.claimed_by = p_worker or q.claim_expires_at < private.clock()))
    order by q.priority, q.id
    limit least(p_limit, 500)
    for update skip locked
  ),
  judged as materialized (
    select f.id, e.reason
    from free f
    join private.exclusions_of(p_client, p_campaign_id, array(select o.contact_id from free o), true) e
      on e.contact_id = f.contact_id
  )
  update "Master".bison_queue q
  set status = case when j.reason is null then 'pushing' else 'skipped' end, problem = j.reason,
      claimed_by = case when j.reason is null then p_worker end,
      claim_expires_at = case when j.reason is null then private.clock() + interval '5 minutes' end,
      attempts = q.attempts + 1, batch_id = claim_push.batch_id
  from judged j
  where q.id = j.id;
  -- Created, but not known to be in the campaign: who unsubscribed since is not taken there.
  with pushed as (
    select q.id, q.contact_id
    from "Master".bison_queue q
    where q.client = p_client and q.campaign_id = p_campaign_id and q.status = 'pushed'
    order by q.id
    limit 500
  ),
  judged as materialized (
    select p.id, e.reason
    from pushed p
    join private.exclusions_of(p_client, p_campaign_id, array(select o.contact_id from pushed o), true) e
      on e.contact_id = p.contact_id
    where e.reason is not null
  )
  update "Master".bison_queue q
  set status = 'skipped', problem = j.reason, batch_id = claim_push.batch_id
  from judged j
  where q.id = j.id
    and q.status = 'pushed';
  perform private.mark_choices(array_agg(q.id), 'excluded')
  from "Master".bison_queue q
  where q.batch_id = claim_push.batch_id and q.status = 'skipped';
  select c."App URL- Bison", c."Api Key - Bison" into instance_url, api_key
  from public."Clients" c
  where c."Business" = p_client;
  known_variables := array(select v.name from integrations.bison_variables v where v.client = p_client order by v.name);
  contacts := (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'queue_id', q.id, 'email', lower(btrim(m.email)), 'first_name', m.first_name, 'last_name', m.last_name,
          'company', m.company_name, 'title', m.job_title, 'variables', q.custom_variables
        )
        order by q.id
      ),
      '[]'
    )
    from "Master".bison_queue q
    join public.master_contacts_db m on m.id = q.contact_id
    where q.batch_id = claim_push.batch_id
      and q.status = 'pushing'
  );
  created := (
    select coalesce(jsonb_agg(jsonb_build_object('queue_id', o.id, 'lead_id', o.bison_lead_id)), '[]')
    from (
      select q.id, q.bison_lead_id
      from "Master".bison_queue q
      where q.client = p_client and q.campaign_id = p_campaign_id and q.status = 'pushed'
      order by q.id
      limit 500
    ) as o
  );
  if contacts <> '[]' or created <> '[]' then
    return next;
  elsif exists (select from "Master".bison_queue q where q.batch_id = claim_push.batch_id)
    and exists (
      select from "Master".bison_queue q where q.client = p_client and q.campaign_id = p_campaign_id and q.status = 'queued'
    )
  then
    -- All of this batch were skipped.
    perform private.start_push(p_client, p_campaign_id);
  end if;
end;
$$;
comment on function integrations.claim_push(text, text, text, integer) is
  'Takes the next contacts of a campaign, 500 at most, for a job: whom the client must not write to any more is skipped. '
  'Answers them, those that were created and never attached, and how to reach EmailBison; no row: nothing of these is left, '
  'and a job takes the next ones if there are any. Definer: job_worker may read no table.';

create function integrations.know_variables(p_client text, p_names text[])
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from integrations.bison_variables v where v.client = p_client and v.name <> all(p_names);
  insert into integrations.bison_variables (client, name)
  select distinct p_client, n from unnest(p_names) as n order by 2
  on conflict do nothing;
end;
$$;
comment on function integrations.know_variables(text, text[]) is
  'The custom variables that a client''s workspace has, all of them. Definer: job_worker may write no table.';

create function integrations.store_created_leads(p_batch_id uuid, p_worker text, p_created jsonb, p_failed jsonb)
returns table (queue_id bigint, lead_id bigint)
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.fail_pushes(p_failed, p_batch_id);
  return query
    update "Master".bison_queue q
    set status = 'pushed', bison_lead_id = c.lead_id, pushed_at = private.clock(), claimed_by = null, claim_expires_at = null
    from jsonb_to_recordset(p_created) as c (queue_id bigint, lead_id bigint)
    where q.id = c.queue_id
      -- Not to be looked up by, as all of the batch would be read for each.
      and q.batch_id is not distinct from p_batch_id
      and q.status = 'pushing'
      and q.claimed_by = p_worker
    returning q.id, q.bison_lead_id;
  -- What was not tried goes back.
  update "Master".bison_queue q
  set status = 'queued', claimed_by = null, claim_expires_at = null
  where q.batch_id = p_batch_id
    and q.status = 'pushing'
    and q.claimed_by = p_worker;
end;
$$;
comment on function integrations.store_created_leads(uuid, text, jsonb, jsonb) is
  'What came of creating a batch: leads [{queue_id, lead_id}], failures [{queue_id, problem}]; the rest is queued again. '
  'Answers the leads that are still to be attached by this job: none of a batch that somebody else has taken since. Definer: '
  'job_worker may write no table.';

create function private.fail_pushes(p_failed jsonb, p_batch_id uuid default null)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_failed bigint[];
begin
  with failed as (
    update "Master".bison_queue q
    set status = 'failed', problem = left(f.problem, 500), claimed_by = null, claim_expires_at = null
    from jsonb_to_recordset(p_failed) as f (queue_id bigint, problem text)
    where q.id = f.queue_id
      and (p_batch_id is null and q.status = 'pushed' or q.batch_id = p_batch_id and q.status = 'pushing')
    returning q.id
  )
  select array_agg(f.id) into v_failed from failed f;
  perform private.mark_choices(v_failed, 'removed');
end;
$$;
comment on function private.fail_pushes(jsonb, uuid) is 'Ends pushes that EmailBison refused, with its reason.';

create function integrations.store_attached_leads(p_client text, p_campaign_id text, p_attached bigint[], p_failed jsonb)
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_locks bigint;
  v_attached bigint[];
begin
  v_locks := private.lock_addresses(p_client, array(
    select m.email
    from "Master".bison_queue q
    join public.master_contacts_db m on m.id = q.contact_id
    where q.id = any(p_attached)
      and q.client = p_client
  ));
  -- In the order in which people are bridged, as another client's push may hold the same contacts.
  perform m.id
  from public.master_contacts_db m
  where m.id = any(array(select q.contact_id from "Master".bison_queue q where q.id = any(p_attached)))
  order by m.email
  for no key update;
  perform private.fail_pushes(p_failed);
  with attached as (
    update "Master".bison_queue q
    set status = 'attached', attached_at = private.clock()
    where q.id = any(p_attached)
      and q.client = p_client
      and q.campaign_id = p_campaign_id
      and q.status = 'pushed'
    returning q.id, q.contact_id, q.bison_lead_id, q.pushed_at, q.custom_variables
  ),
  contact as materialized (
    select a.*, m.email, m.first_name, m.last_name, m.full_name, m.job_title, m.company_name, m.company_domain, m.source
    from attached a
    join public.master_contacts_db m on m.id = a.contact_id
  ),
  leads as (
    insert into "Master".campaign_leads_db as l (
      client, campaign_id, contact_id, company_id, email, instance_url, bison_lead_id, queue_id, pushed_at, source
    )
    select
      p_client, p_campaign_id, c.contact_id,
      (select k.id from public.master_companies_db k where k.company_domain = c.company_domain), lower(btrim(c.email)),
      (select k."App URL- Bison" from public."Clients" k where k."Business" = p_client), c.bison_lead_id, c.id, c.pushed_at,
      c.source
    from contact c
    order by c.contact_id
    on conflict (client, campaign_id, contact_id) do update
    set bison_lead_id = excluded.bison_lead_id, queue_id = excluded.queue_id, source = coalesce(l.source, excluded.source)
  ),
  known as (
    insert into public.all_leads as l (
      client, campaign_id, campaign_name, email, lead_id, first_name, last_name, full_name, job_title, company,
      company_domain, custom_variables_jsonb, source
    )
    select distinct on (lower(btrim(c.email)))
      p_client, p_campaign_id,
      (select k.campaign_name from public."Campaigns" k where k.client = p_client and k.campaign_id = p_campaign_id),
      lower(btrim(c.email)), c.bison_lead_id, c.first_name, c.last_name, c.full_name, c.job_title, c.company_name,
      c.company_domain, c.custom_variables, c.source
    from contact c
    order by lower(btrim(c.email)), c.id
    on conflict (client, campaign_id, lower(email)) do update
    set lead_id = coalesce(l.lead_id, excluded.lead_id), source = coalesce(l.source, excluded.source)
  ),
  marked as (
    update public.master_contacts_db m
    set sent_to_bison_on = private.clock() at time zone 'UTC', last_campaign_id = p_campaign_id, last_client = p_client,
        contact_status = case when m.contact_status = 'unassigned' then 'assigned' else m.contact_status end
    from contact c
    where m.id = c.contact_id
  )
  select coalesce(array_agg(a.id), '{}') into v_attached from attached a;
  perform private.mark_choices(v_attached, 'in_campaign');
  insert into private.hub_changes (kind, subject_id)
  select 'campaign', c.uuid
  from public."Campaigns" c
  where c.client = p_client
    and c.campaign_id = p_campaign_id
    and v_attached <> '{}';
  if exists (
    select
    from "Master".bison_queue q
    where q.client = p_client
      and q.campaign_id = p_campaign_id
      and (q.status in ('queued', 'pushed') or q.status = 'pushing' and q.claim_expires_at < private.clock())
  ) then
    perform private.start_push(p_client, p_campaign_id);
  end if;
  return cardinality(v_attached);
end;
$$;
comment on function integrations.store_attached_leads(text, text, bigint[], jsonb) is
  'What came of attaching created leads to a campaign: ids of the queue, failures [{queue_id, problem}]. They become leads of '
  'the campaign with the source of their contact; a job for what is left follows. Answers how many. Definer: job_worker may '
  'write no table.';

create function integrations.block_push(p_client text, p_campaign_id text, p_worker text, p_reason text)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  update "Master".bison_queue q
  set status = 'queued', claimed_by = null, claim_expires_at = null
  where q.client = p_client
    and q.campaign_id = p_campaign_id
    and q.status = 'pushing'
    and q.claimed_by = p_worker;
  perform integrations.notify(
    'push_blocked', p_client, concat_ws(' ', p_client, p_campaign_id, private.clock()::date),
    format('Contacts for campaign %s of %s wait until a person has done this. %s', p_campaign_id, p_client, p_reason)
  );
end;
$$;
comment on function integrations.block_push(text, text, text, text) is
  'Only a person can help: the contacts are queued again, and people are told once a day. Definer: job_worker may write no '
  'table.';

create function private.resume_pushes(p_limit integer default 100)
returns table (started integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  select count(private.start_push(c.client, c.campaign_id)) into started
  from (
    select distinct q.client, q.campaign_id
    from "Master".bison_queue q
    where q.status in ('queued', 'pushed')
      or q.status = 'pushing' and q.claim_expires_at < private.clock()
    order by 1, 2
    limit p_limit
  ) as c;
  has_more := false;
  return next;
end;
$$;
comment on function private.resume_pushes(integer) is
  'Starts pushes of which something is left and whose job is dead or lost, at most p_limit campaigns; called by cron.';
create index bison_queue_unfinished_idx on "Master".bison_queue (client, campaign_id)
where status in ('queued', 'pushing', 'pushed');

revoke execute on function
  integrations.claim_push(text, text, text, integer), integrations.know_variables(text, text[]),
  integrations.store_created_leads(uuid, text, jsonb, jsonb),
  integrations.store_attached_leads(text, text, bigint[], jsonb), integrations.block_push(text, text, text, text)
from service_role;
grant execute on function
  integrations.claim_push(text, text, text, integer), integrations.know_variables(text, text[]),
  integrations.store_created_leads(uuid, text, jsonb, jsonb),
  integrations.store_attached_leads(text, text, bigint[], jsonb), integrations.block_push(text, text, text, text)
to job_worker;
