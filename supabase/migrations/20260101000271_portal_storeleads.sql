-- StoreLeads: from the provider's answers to companies and contacts, in three steps of bounded batches.
--
--   integrations.storeleads_rows --pull--> public.eligible_storeleads_10k --copy--> master_companies_db
--                                                     '--claim, process--> master_contacts_db, signals
--
-- Each step takes rows with skip locked, so any number run at once and share the work; what a step did is committed with
-- the row's new status. Lock order: rows of the step, then companies by domain, then contacts by address.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values (
  'storeleads.least_monthly_sales', 0, 'dollars', 0, 1000000000,
  'Stores that sell less a month are not taken over. A store whose sales nobody knows is.'
);

-- What the provider answered -------------------------------------------------------------------------------------

create table integrations.storeleads_rows (
  domain text primary key,
  raw jsonb not null,
  fetched_at timestamptz not null default now(),
  pulled_at timestamptz,
  constraint raw_is_an_object check (jsonb_typeof(raw) = 'object')
);
create index storeleads_rows_fetched_at_unpulled_idx
on integrations.storeleads_rows (fetched_at, domain) where pulled_at is null;
comment on table integrations.storeleads_rows is
  'The newest answer of StoreLeads about each store, as it came. pulled_at: when the store was taken over or passed by.';
select private.apply_agency_policies('integrations.storeleads_rows', 'none');

-- The dataset ----------------------------------------------------------------------------------------------------

create table public.eligible_storeleads_10k (
  domain_norm text,
  domain text,
  company_location text,
  estimated_monthly_sales numeric,
  description text,
  contact_page_url text,
  emails text,
  linkedin_url text,
  facebook_url text,
  instagram_url text,
  twitter_url text,
  id bigint generated always as identity primary key,
  company_name text,
  status text not null default 'new',
  company_id uuid references public.master_companies_db (id) on delete set null,
  claimed_by text,
  claim_expires_at timestamptz,
  attempts integer not null default 0,
  problem text,
  created_at timestamptz not null default now(),
  copied_at timestamptz,
  processed_at timestamptz,
  constraint eligible_storeleads_10k_domain_norm_key unique (domain_norm),
  constraint status_is_known check (status in ('new', 'copied', 'processed', 'failed')),
  constraint problem_matches_status check ((status = 'failed') = (problem is not null)),
  constraint claim_has_an_end check ((claimed_by is null) = (claim_expires_at is null))
);
create index eligible_storeleads_10k_id_new_idx on public.eligible_storeleads_10k (id) where status = 'new';
create index eligible_storeleads_10k_id_copied_idx on public.eligible_storeleads_10k (id) where status = 'copied';
create index eligible_storeleads_10k_status_id_idx on public.eligible_storeleads_10k (status, id);
create index eligible_storeleads_10k_company_id_idx on public.eligible_storeleads_10k (company_id);
comment on table public.eligible_storeleads_10k is
  'Online stores worth writing to. new: just taken over; copied: a company has it; processed: its addresses are contacts.';
comment on column public.eligible_storeleads_10k.domain_norm is
  'Made of domain by a trigger (public.normalize_domain) unless given.';
comment on column public.eligible_storeleads_10k.estimated_monthly_sales is 'US dollars.';
comment on column public.eligible_storeleads_10k.emails is 'Separated by commas, semicolons or blanks.';
comment on column public.eligible_storeleads_10k.attempts is 'How often it was claimed; after five claims it is failed.';
select private.apply_agency_policies('public.eligible_storeleads_10k', 'none');

create function private.tg_eligible_storeleads_10k__normalize_domain()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.domain_norm := public.normalize_domain(coalesce(new.domain_norm, new.domain));
  return new;
end;
$$;
create trigger _100_normalize_domain before insert or update of domain, domain_norm on public.eligible_storeleads_10k
for each row execute function private.tg_eligible_storeleads_10k__normalize_domain();

-- Contacts at a glance -------------------------------------------------------------------------------------------

create table public.master_db (
  company_domain text not null,
  full_name text not null,
  personal_linkedin text,
  id bigint generated always as identity primary key,
  contact_id uuid references public.master_contacts_db (id) on delete cascade,
  constraint master_db_personal_linkedin_key unique (personal_linkedin),
  constraint master_db_contact_id_key unique (contact_id)
);
create index master_db_company_domain_full_name_idx on public.master_db (company_domain, full_name);
comment on table public.master_db is
  'Who works where: of each contact in master_contacts_db with a name and a company, kept by a trigger. One row a '
  'LinkedIn profile.';
comment on column public.master_db.contact_id is 'Null for rows that were added by hand.';
select private.apply_agency_policies('public.master_db', p_write => 'staff');

create function private.tg_master_contacts_db__keep_lookup()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if coalesce(new.full_name, new.company_domain) is null then
    return null;
  end if;
  insert into public.master_db as d (company_domain, full_name, personal_linkedin, contact_id)
  select new.company_domain, new.full_name, nullif(new.personal_linkedin, ''), new.id
  where new.company_domain is not null
    and new.full_name is not null
    -- Somebody with two addresses is listed once.
    and not exists (
      select from public.master_db o
      where o.personal_linkedin = nullif(new.personal_linkedin, '') and o.contact_id is distinct from new.id
    )
  on conflict (contact_id) do update
  set company_domain = excluded.company_domain, full_name = excluded.full_name,
    personal_linkedin = excluded.personal_linkedin;
  return null;
exception
  when unique_violation then
    return null; -- another transaction listed the profile at the same moment
end;
$$;
comment on function private.tg_master_contacts_db__keep_lookup() is
  'Definer: whoever writes a contact writes its line in the lookup.';
create trigger _500_keep_lookup_on_insert after insert on public.master_contacts_db
for each row when (new.full_name is not null and new.company_domain is not null)
execute function private.tg_master_contacts_db__keep_lookup();
create trigger _500_keep_lookup_on_update after update of full_name, company_domain, personal_linkedin
on public.master_contacts_db
for each row when (
  (new.full_name, new.company_domain, new.personal_linkedin)
  is distinct from (old.full_name, old.company_domain, old.personal_linkedin)
)
execute function private.tg_master_contacts_db__keep_lookup();

create function private.add_master_contacts(p_emails text[], p_domains text[], p_company_names text[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  insert into public.master_contacts_db as c (email, company_domain, company_name)
  select distinct on (e.email) e.email, e.domain, e.name
  from (
    select lower(btrim(u.email)) as email, u.domain, u.name from unnest(p_emails, p_domains, p_company_names)
      as u (email, domain, name)
  ) as e
  where e.email ~ '^[^[:space:]@"\\<>,;]+@[^[:space:]@"\\<>,;]+\.[^[:space:]@"\\<>,;]+$'
    and length(e.email) <= 320
    and not private.is_suppressed(e.email)
  order by e.email
  on conflict (lower(email)) do update
  set company_domain = coalesce(c.company_domain, excluded.company_domain),
    company_name = coalesce(c.company_name, excluded.company_name)
  where c.company_domain is null and excluded.company_domain is not null
    or c.company_name is null and excluded.company_name is not null;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.add_master_contacts(text[], text[], text[]) is
  'People by their addresses, new or with what was unknown of them; in the order of addresses. What is no address, and '
  'whoever asked to be forgotten, is left out.';

-- Steps ----------------------------------------------------------------------------------------------------------

create function private.store_contact(p_raw jsonb, p_type text)
returns text
language sql immutable
set search_path = ''
as $$
  select string_agg(distinct c.value ->> 'value', ', ')
  from jsonb_array_elements(
    case jsonb_typeof(p_raw -> 'contact_info') when 'array' then p_raw -> 'contact_info' else '[]' end
  ) as c
  where c.value ->> 'type' = p_type
$$;
comment on function private.store_contact(jsonb, text) is 'The values of one kind in an answer''s contact_info.';

create function private.cents_to_dollars(p_value jsonb)
returns numeric
language sql immutable
set search_path = ''
as $$ select case jsonb_typeof(p_value) when 'number' then round((p_value #>> '{}')::numeric / 100, 2) end $$;
comment on function private.cents_to_dollars(jsonb) is 'StoreLeads'' amounts are cents; null for anything but a number.';

create function public.pull_storeleads_10k_batch(batch_size integer default 1000)
returns table (pulled integer, skipped integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_taken integer;
begin
  with taken as (
    select r.domain
    from integrations.storeleads_rows r
    where r.pulled_at is null
    order by r.fetched_at, r.domain
    limit greatest(batch_size, 0)
    for update skip locked
  ),
  marked as (
    update integrations.storeleads_rows r
    set pulled_at = private.clock()
    from taken
    where r.domain = taken.domain
    returning r.domain, r.raw
  ),
  stored as (
    insert into public.eligible_storeleads_10k as e (
      domain_norm, domain, company_name, company_location, estimated_monthly_sales, description, contact_page_url,
      emails, linkedin_url, facebook_url, instagram_url, twitter_url
    )
    select
      m.domain, m.raw ->> 'name', m.raw ->> 'merchant_name',
      coalesce(m.raw ->> 'location', nullif(concat_ws(', ', m.raw ->> 'city', m.raw ->> 'country_code'), '')),
      private.cents_to_dollars(m.raw -> 'estimated_sales'), m.raw ->> 'description', m.raw ->> 'contact_page',
      private.store_contact(m.raw, 'email'), private.store_contact(m.raw, 'linkedin'),
      private.store_contact(m.raw, 'facebook'), private.store_contact(m.raw, 'instagram'),
      private.store_contact(m.raw, 'twitter')
    from marked m
    where coalesce(m.raw ->> 'state', 'Active') = 'Active'
      and coalesce(private.cents_to_dollars(m.raw -> 'estimated_sales'), 'infinity')
        >= private.setting('storeleads.least_monthly_sales')
    order by m.domain
    on conflict (domain_norm) do update
    set domain = excluded.domain, company_name = excluded.company_name, company_location = excluded.company_location,
      estimated_monthly_sales = excluded.estimated_monthly_sales, description = excluded.description,
      contact_page_url = excluded.contact_page_url, emails = excluded.emails, linkedin_url = excluded.linkedin_url,
      facebook_url = excluded.facebook_url, instagram_url = excluded.instagram_url,
      twitter_url = excluded.twitter_url, status = 'new', problem = null, attempts = 0
    where (e.company_name, e.company_location, e.estimated_monthly_sales, e.description, e.emails, e.linkedin_url)
      is distinct from (
        excluded.company_name, excluded.company_location, excluded.estimated_monthly_sales, excluded.description,
        excluded.emails, excluded.linkedin_url
      )
    returning 1
  )
  select (select count(*) from marked), (select count(*) from stored) into v_taken, pulled;
  skipped := v_taken - pulled;
  has_more := v_taken > 0 and v_taken = batch_size;
  return next;
end;
$$;
comment on function public.pull_storeleads_10k_batch(integer) is
  'Takes over the next answers of StoreLeads that are worth it (storeleads.least_monthly_sales, active) into '
  'eligible_storeleads_10k. skipped: not worth it, or nothing new. Definer: nobody else writes the dataset.';

create function public.copy_storeleads_next_batch("limit" integer default 1000)
returns table (copied integer, failed integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_ids bigint[] := array(
    select e.id
    from public.eligible_storeleads_10k e
    where e.status = 'new'
    order by e.id
    limit greatest(copy_storeleads_next_batch."limit", 0)
    for update skip locked
  );
begin
  update public.eligible_storeleads_10k e
  set status = 'failed', problem = 'This is no domain.'
  where e.id = any(v_ids) and e.domain_norm is null;
  get diagnostics failed = row_count;

  insert into public.master_companies_db as m (
    company_domain, company_name, company_description, company_linkedin, company_location, company_annual_revenue,
    company_business_model
  )
  select
    e.domain_norm, e.company_name, e.description, e.linkedin_url, e.company_location,
    round(e.estimated_monthly_sales * 12)::text, 'e-commerce'
  from public.eligible_storeleads_10k e
  where e.id = any(v_ids) and e.domain_norm is not null
  order by e.domain_norm
  on conflict (company_domain) do update
  set company_name = coalesce(m.company_name, excluded.company_name),
    company_description = coalesce(m.company_description, excluded.company_description),
    company_linkedin = coalesce(m.company_linkedin, excluded.company_linkedin),
    company_location = coalesce(m.company_location, excluded.company_location),
    company_annual_revenue = coalesce(m.company_annual_revenue, excluded.company_annual_revenue),
    company_business_model = coalesce(m.company_business_model, excluded.company_business_model);

  update public.eligible_storeleads_10k e
  set status = 'copied', copied_at = private.clock(),
    company_id = (select m.id from public.master_companies_db m where m.company_domain = e.domain_norm)
  where e.id = any(v_ids) and e.status = 'new';
  get diagnostics copied = row_count;
  has_more := cardinality(v_ids) > 0 and cardinality(v_ids) = copy_storeleads_next_batch."limit";
  return next;
end;
$$;
comment on function public.copy_storeleads_next_batch(integer) is
  'Makes companies of the next new stores, or fills what is unknown of them. Definer: nobody else writes the dataset.';

create function public.claim_unprocessed_rows(
  batch_size integer default 100, worker text default 'somebody', lease interval default '10 minutes'
)
returns setof public.eligible_storeleads_10k
language plpgsql security definer
set search_path = ''
as $$
begin
  return query
  with taken as (
    select e.id
    from public.eligible_storeleads_10k e
    where e.status = 'copied'
      and (e.claim_expires_at is null or e.claim_expires_at <= private.clock())
    order by e.id
    limit greatest(batch_size, 0)
    for update skip locked
  ),
  claimed as (
    update public.eligible_storeleads_10k e
    set attempts = e.attempts + 1,
      claimed_by = case when e.attempts < 5 then worker end,
      claim_expires_at = case when e.attempts < 5 then private.clock() + lease end,
      status = case when e.attempts < 5 then 'copied' else 'failed' end,
      problem = case when e.attempts >= 5 then 'Claimed five times and never finished.' end
    from taken
    where e.id = taken.id
    returning e.*
  )
  select c.* from claimed c where c.status = 'copied' order by c.id;
end;
$$;
comment on function public.claim_unprocessed_rows(integer, text, interval) is
  'Stores whose addresses are nobody''s work yet, for a worker of one''s own: they are that worker''s until the lease '
  'ends; finish_claimed_rows says what came of it. Definer: nobody else writes the dataset.';

create function public.finish_claimed_rows(ids bigint[], worker text, problem text default null)
returns bigint[]
language plpgsql security definer
set search_path = ''
as $$
declare
  v_done bigint[];
begin
  with locked as (
    select e.id
    from public.eligible_storeleads_10k e
    where e.id = any(ids) and e.status = 'copied' and e.claimed_by = worker
    order by e.id
    for update
  ),
  done as (
    update public.eligible_storeleads_10k e
    set status = case when finish_claimed_rows.problem is null then 'processed' else 'failed' end,
      problem = finish_claimed_rows.problem, processed_at = private.clock(), claimed_by = null,
      claim_expires_at = null
    from locked
    where e.id = locked.id
    returning e.id
  )
  select coalesce(array_agg(d.id order by d.id), '{}') into v_done from done d;
  return v_done;
end;
$$;
comment on function public.finish_claimed_rows(bigint[], text, text) is
  'Notes rows that a worker claimed as processed, or as failed with a problem. Answers those that were still its own. '
  'Definer: nobody else writes the dataset.';

create function public.process_storeleads_batch("limit" integer default 1000)
returns table (processed integer, contacts integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_rows public.eligible_storeleads_10k[] := array(
    select e
    from public.claim_unprocessed_rows(process_storeleads_batch."limit", 'process ' || pg_current_xact_id()) as e
  );
begin
  select private.add_master_contacts(
    array_agg(a.email order by r.id), array_agg(r.domain_norm order by r.id), array_agg(r.company_name order by r.id)
  )
  into contacts
  from unnest(v_rows) as r
  cross join lateral regexp_split_to_table(r.emails, '[,;[:space:]]+') as a (email);

  perform private.record_signals(coalesce(jsonb_agg(
    jsonb_build_object(
      'company_id', r.company_id, 'type', 'online_store', 'source', 'storeleads', 'confidence', 0.9,
      'payload', jsonb_strip_nulls(jsonb_build_object(
        'estimated_monthly_sales', r.estimated_monthly_sales, 'instagram', r.instagram_url, 'facebook', r.facebook_url,
        'twitter', r.twitter_url
      ))
    )
  ), '[]'))
  from unnest(v_rows) as r
  where r.company_id is not null;

  processed := cardinality(public.finish_claimed_rows(
    array(select r.id from unnest(v_rows) as r), 'process ' || pg_current_xact_id()
  ));
  contacts := coalesce(contacts, 0);
  has_more := cardinality(v_rows) > 0 and cardinality(v_rows) = process_storeleads_batch."limit";
  return next;
end;
$$;
comment on function public.process_storeleads_batch(integer) is
  'Makes contacts of the addresses of the next copied stores, and a signal of each company. Definer: nobody else writes '
  'the dataset.';
grant execute on function
  public.pull_storeleads_10k_batch(integer), public.copy_storeleads_next_batch(integer),
  public.claim_unprocessed_rows(integer, text, interval), public.finish_claimed_rows(bigint[], text, text),
  public.process_storeleads_batch(integer)
to service_role;

create function integrations.advance_storeleads(p_limit integer default 1000)
returns table (pulled integer, copied integer, processed integer, contacts integer, has_more boolean)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_pull record;
  v_copy record;
  v_process record;
begin
  if not private.is_service() and not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only the agency''s staff processes stores.');
  end if;
  p_limit := least(greatest(p_limit, 1), 5000);
  select * into v_pull from public.pull_storeleads_10k_batch(p_limit);
  select * into v_copy from public.copy_storeleads_next_batch(p_limit);
  select * into v_process from public.process_storeleads_batch(p_limit);
  return query select
    v_pull.pulled, v_copy.copied, v_process.processed, v_process.contacts,
    v_pull.has_more or v_copy.has_more or v_process.has_more;
end;
$$;
comment on function integrations.advance_storeleads(integer) is
  'One batch of each step, for the schedule and for staff. Definer: the steps are not for users.';
grant execute on function integrations.advance_storeleads(integer) to authenticated, service_role;
