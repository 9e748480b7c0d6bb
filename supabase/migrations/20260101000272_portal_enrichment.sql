-- CompanyEnrich and StoreLeads: what we ask them, what it costs, and what comes of their answers.
--
-- A run is one question: a company, up to some hundreds of companies (an order that is polled), a person (see the hub's
-- people; its filters have the id, never the address), or pages of stores. Its
-- credits are reserved before anything is asked and settled in the transaction that closes it, so a charge is recorded
-- once and the month's budget is never passed by what we know of. Lock order: the run, then the month, then companies.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('companyenrich.monthly_credits', 1000, 'credits', 0, 10000000,
    'What CompanyEnrich may cost a month (UTC). One company found is one credit.'),
  ('companyenrich.warn_percent', 80, 'percent', 1, 100,
    'Share of the budget, used or reserved, at which people are told.'),
  ('companyenrich.refresh_days', 90, 'days', 1, 3650,
    'A company is not asked for again before it is so old.'),
  ('companyenrich.bulk_size', 500, 'companies', 2, 3000,
    'Most companies of one order.'),
  ('storeleads.monthly_credits', 5000, 'requests', 0, 10000000,
    'How much is asked of StoreLeads a month (UTC). A page of fifty stores is one request.'),
  ('storeleads.warn_percent', 80, 'percent', 1, 100,
    'Share of the budget, used or reserved, at which people are told.');

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values (
  'companyenrich.daily_companies', 100, 'companies', 0, 10000,
  'How many companies are asked for each night, the longest waiting first; 0: only when somebody asks.'
);

insert into integrations.notice_kinds (kind, description, severity)
values
  ('credits_low', 'Most of a provider''s budget of the month is used.', 'warning'),
  ('credits_exhausted', 'A provider''s budget of the month is used up: enrichment stands still.', 'urgent'),
  ('enrichment_failed', 'A question to CompanyEnrich or StoreLeads failed for good.', 'warning');

insert into outbound.rate_limits (name, amount, per, burst, concurrency)
values
  ('companyenrich', 5, '1 second', 5, 5),
  ('storeleads', 2, '1 second', 2, 2);
insert into outbound.job_limits (job_type, rate_limit)
values
  ('enrich_company', 'companyenrich'), ('order_enrichment', 'companyenrich'), ('poll_enrichment', 'companyenrich'),
  ('check_credits', 'companyenrich'), ('fetch_stores', 'storeleads');

-- Keys -----------------------------------------------------------------------------------------------------------

create table integrations.provider_keys (
  provider text primary key,
  api_key text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint provider_is_known check (provider in ('companyenrich', 'storeleads'))
);
comment on table integrations.provider_keys is 'The agency''s own keys at providers of data, sealed.';
select private.keep_sealed('integrations.provider_keys', 'api_key');
select private.apply_agency_policies('integrations.provider_keys', p_write => 'none');
revoke select on integrations.provider_keys from authenticated;
grant select (provider, created_at, updated_at) on integrations.provider_keys to authenticated;
create trigger _100_touch_updated_at before update on integrations.provider_keys
for each row execute function extensions.moddatetime(updated_at);
select private.audit('integrations.provider_keys');

create function integrations.store_provider_key(p_provider text, p_sealed text)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_admin();
  insert into integrations.provider_keys as k (provider, api_key)
  values (p_provider, p_sealed)
  on conflict (provider) do update set api_key = excluded.api_key;
  return p_provider;
end;
$$;
comment on function integrations.store_provider_key(text, text) is
  'Stores the agency''s sealed key at a provider, in place of an earlier one. MR004: not an admin. Definer: an upsert '
  'would have to read what nobody may read.';
grant execute on function integrations.store_provider_key(text, text) to authenticated, service_role;

-- Runs -----------------------------------------------------------------------------------------------------------

create table integrations.enrichment_runs (
  id uuid primary key default gen_random_uuid(),
  provider text not null,
  kind text not null,
  status text not null default 'queued',
  domains text[] not null default '{}',
  filters jsonb not null default '{}',
  page integer not null default 0,
  most_pages integer not null default 1,
  provider_job_id text unique,
  callback_hash bytea unique,
  credit_month date not null,
  reserved_credits integer not null,
  charged_credits integer not null default 0,
  found integer not null default 0,
  missing integer not null default 0,
  problem text,
  requested_by text not null,
  created_at timestamptz not null default now(),
  asked_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint provider_is_known check (provider in ('companyenrich', 'storeleads')),
  constraint kind_is_the_providers check (
    (provider = 'companyenrich') = (kind in ('company', 'companies', 'person'))
    and kind in ('company', 'companies', 'person', 'stores', 'all_stores')
  ),
  constraint status_is_known check (status in ('queued', 'asked', 'running', 'completed', 'stopped', 'failed')),
  constraint problem_matches_status check ((status in ('stopped', 'failed')) = (problem is not null)),
  constraint finished_has_a_time check ((status in ('completed', 'stopped', 'failed')) = (finished_at is not null)),
  constraint credits_are_not_negative check (reserved_credits >= 0 and charged_credits >= 0),
  constraint filters_are_an_object check (jsonb_typeof(filters) = 'object')
);
create index enrichment_runs_created_at_idx on integrations.enrichment_runs (created_at desc, id desc);
create index enrichment_runs_status_created_at_idx on integrations.enrichment_runs (status, created_at desc, id desc);
create index enrichment_runs_domains_open_idx on integrations.enrichment_runs using gin (domains)
where status in ('queued', 'asked', 'running');
create index enrichment_runs_updated_at_open_idx on integrations.enrichment_runs (updated_at)
where status in ('queued', 'asked', 'running');
create index enrichment_runs_finished_at_idx on integrations.enrichment_runs (finished_at) where finished_at is not null;
comment on table integrations.enrichment_runs is
  'Questions to providers of data. asked: sent, and nobody knows yet whether it arrived; running: the provider works on '
  'it; stopped: the budget was used up before the end.';
create index enrichment_runs_person_idx on integrations.enrichment_runs ((filters ->> 'person_id'), created_at)
where kind = 'person';
comment on column integrations.enrichment_runs.callback_hash is
  'SHA-256 of the token in the call-back URL of an order. A call there makes us look, and nothing else.';
comment on column integrations.enrichment_runs.reserved_credits is
  'Still held in the month''s budget for this run; 0 once it is over.';
select private.apply_agency_policies('integrations.enrichment_runs', p_write => 'none');
revoke select on integrations.enrichment_runs from authenticated;
grant select (
  id, provider, kind, status, domains, filters, page, most_pages, provider_job_id, credit_month, reserved_credits,
  charged_credits, found, missing, problem, requested_by, created_at, asked_at, finished_at, updated_at
)
on integrations.enrichment_runs to authenticated;
create trigger _100_touch_updated_at before update on integrations.enrichment_runs
for each row execute function extensions.moddatetime(updated_at);

create index master_companies_db_last_enriched_idx on public.master_companies_db (last_enriched nulls first, id)
where company_domain is not null;

-- Credits --------------------------------------------------------------------------------------------------------

create table integrations.provider_credits (
  provider text not null,
  month date not null,
  reserved integer not null default 0,
  charged integer not null default 0,
  account_used integer,
  account_total integer,
  checked_at timestamptz,
  primary key (provider, month),
  constraint month_is_its_first_day check (extract(day from month) = 1),
  constraint credits_are_not_negative check (reserved >= 0 and charged >= 0)
);
comment on table integrations.provider_credits is
  'What a provider cost in a month, and what is held for runs that are not over. account_*: what the provider itself '
  'said last.';
select private.apply_agency_policies('integrations.provider_credits', p_write => 'none');

create function private.reserve_credits(p_provider text, p_wanted integer)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_month date := date_trunc('month', private.clock() at time zone 'UTC');
  v_budget integer := private.setting(p_provider || '.monthly_credits');
  v_warn_at numeric := v_budget * private.setting(p_provider || '.warn_percent') / 100;
  v_credits integrations.provider_credits;
  v_granted integer;
  v_said text;
begin
  insert into integrations.provider_credits (provider, month) values (p_provider, v_month) on conflict do nothing;
  select * into v_credits from integrations.provider_credits c
  where c.provider = p_provider and c.month = v_month
  for update;
  v_granted := least(p_wanted, greatest(v_budget - v_credits.charged - v_credits.reserved, 0));
  update integrations.provider_credits c
  set reserved = c.reserved + v_granted
  where c.provider = p_provider and c.month = v_month;

  v_said := format(
    '%s: %s of %s credits of %s are used or reserved', initcap(p_provider),
    v_credits.charged + v_credits.reserved + v_granted, v_budget, to_char(v_month, 'FMMonth YYYY')
  );
  if v_granted < p_wanted then
    perform integrations.notify(
      'credits_exhausted', null, p_provider || ' ' || v_month || ' ' || v_budget, v_said || '. Nothing more is asked until the budget grows.'
    );
  elsif v_credits.charged + v_credits.reserved + v_granted >= v_warn_at then
    perform integrations.notify('credits_low', null, p_provider || ' ' || v_month, v_said || '.');
  end if;
  return v_granted;
end;
$$;
comment on function private.reserve_credits(text, integer) is
  'Holds credits of this month''s budget; answers how many of the wanted ones there were. People are told, once a month '
  'each, before the budget is over and when it is. The caller keeps the month''s row locked to the end of its '
  'transaction.';

create function private.settle_run(p_run integrations.enrichment_runs, p_charged integer)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update integrations.provider_credits c
  set reserved = greatest(c.reserved - p_run.reserved_credits, 0), charged = c.charged + p_charged
  where c.provider = p_run.provider and c.month = p_run.credit_month;
end;
$$;
comment on function private.settle_run(integrations.enrichment_runs, integer) is
  'Gives back what a run had reserved and records what it cost. Called with the row as it was before it was closed.';

create function private.close_run(
  p_run_id uuid, p_status text, p_charged integer, p_found integer default 0, p_missing integer default 0,
  p_problem text default null
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_run integrations.enrichment_runs;
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  if v_run.id is null or v_run.status in ('completed', 'stopped', 'failed') then
    return false;
  end if;
  update integrations.enrichment_runs r
  set status = p_status, charged_credits = r.charged_credits + p_charged, reserved_credits = 0,
    found = r.found + p_found, missing = r.missing + p_missing, problem = left(p_problem, 1000),
    finished_at = private.clock()
  where r.id = p_run_id;
  perform private.settle_run(v_run, p_charged);
  return true;
end;
$$;
comment on function private.close_run(uuid, text, integer, integer, integer, text) is
  'Ends a run and settles its credits; false, and nothing happens, when it was over already.';

-- Asking ---------------------------------------------------------------------------------------------------------

create function private.open_run(
  p_provider text, p_kind text, p_credits integer, p_domains text[] default '{}', p_filters jsonb default '{}',
  p_most_pages integer default 1
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into integrations.enrichment_runs (
    provider, kind, domains, filters, most_pages, credit_month, reserved_credits, requested_by, created_at
  )
  values (
    p_provider, p_kind, p_domains, p_filters, p_most_pages, date_trunc('month', private.clock() at time zone 'UTC'),
    p_credits, private.author(), private.clock()
  )
  returning id into v_id;
  perform outbound.enqueue_job(
    'enrichment', case p_kind when 'company' then 'enrich_company' when 'companies' then 'order_enrichment'
      when 'person' then 'fetch_intelligence' else 'fetch_stores' end,
    jsonb_build_object('run_id', v_id)
  );
  return v_id;
end;
$$;
comment on function private.open_run(text, text, integer, text[], jsonb, integer) is
  'A run whose credits are reserved, and the job that asks.';

create function private.companies_to_enrich(p_domains text[], p_limit integer)
returns text[]
language plpgsql
set search_path = ''
as $$
declare
  v_stale timestamptz := private.clock() - make_interval(days => private.setting('companyenrich.refresh_days')::integer);
begin
  return array(
    select c.domain
    from (
      select distinct public.normalize_domain(d.domain) as domain, null::timestamptz as last_enriched
      from unnest(p_domains) as d (domain)
      union all
      (
        select m.company_domain, m.last_enriched
        from public.master_companies_db m
        where p_domains is null
          and m.company_domain is not null
          and (m.last_enriched is null or m.last_enriched < v_stale)
        order by m.last_enriched nulls first, m.id
        limit p_limit
      )
    ) as c
    where c.domain is not null
      and not exists (
        select from integrations.enrichment_runs r
        where r.status in ('queued', 'asked', 'running') and r.domains @> array[c.domain]
      )
      and not exists (
        select from public.master_companies_db m
        where m.company_domain = c.domain and m.last_enriched >= v_stale
      )
    order by c.last_enriched nulls first, c.domain
    limit p_limit
  );
end;
$$;
comment on function private.companies_to_enrich(text[], integer) is
  'Of these domains, or of all companies the longest waiting, those that are not fresh and not being asked for.';

create function integrations.request_enrichment(p_domains text[] default null, p_limit integer default 500)
returns table (outcome text, domains integer, run_ids uuid[])
language plpgsql security definer
set search_path = ''
as $$
declare
  v_domains text[];
  v_size integer := private.setting('companyenrich.bulk_size');
  v_granted integer;
begin
  if not private.is_service() and not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only the agency''s staff asks for data.');
  end if;
  -- Two requests at once must not ask for one company twice.
  perform pg_advisory_xact_lock(hashtextextended('request enrichment', 0));
  v_domains := private.companies_to_enrich(p_domains, least(greatest(p_limit, 1), 10000));
  run_ids := '{}';
  domains := 0;
  if cardinality(v_domains) > 0 then
    v_granted := private.reserve_credits('companyenrich', cardinality(v_domains));
    domains := v_granted;
    run_ids := array(
      select private.open_run(
        'companyenrich', case when b.till = b.since then 'company' else 'companies' end, b.till - b.since + 1,
        v_domains[b.since:b.till]
      )
      from (
        select s.since, least(s.since + v_size - 1, v_granted) as till
        from generate_series(1, v_granted, v_size) as s (since)
      ) as b
    );
  end if;
  outcome := case
    when cardinality(v_domains) = 0 then 'nothing_to_do'
    when v_granted = 0 then 'budget_exhausted'
    when v_granted < cardinality(v_domains) then 'partly_requested'
    else 'requested'
  end;
  return next;
end;
$$;
comment on function integrations.request_enrichment(text[], integer) is
  'Asks CompanyEnrich for these companies, or for those that wait longest. requested, partly_requested or '
  'budget_exhausted (the budget covers fewer, or none), nothing_to_do (all fresh, being asked for, or no domains). '
  'Definer: runs and credits are not for users to write.';

create function integrations.request_stores(
  p_filters jsonb default '{}', p_most_pages integer default 20, p_all boolean default false
)
returns table (outcome text, run_id uuid)
language plpgsql security definer
set search_path = ''
as $$
begin
  if not private.is_service() and not private.is_agency('staff') then
    perform private.raise_error('MR004', 'Only the agency''s staff asks for data.');
  elsif jsonb_typeof(p_filters) is distinct from 'object' or exists (
    select from jsonb_each(p_filters) as f
    where f.key !~ '^(f:[a-z_:]{1,40}|sort)$' or jsonb_typeof(f.value) not in ('string', 'number', 'boolean')
  ) then
    perform private.raise_error(
      'MR002', 'Filters are an object of StoreLeads'' own, such as {"f:cc": "US", "f:p": "shopify"}.'
    );
  elsif p_most_pages not between 1 and 1000 then
    perform private.raise_error('MR002', 'From 1 to 1000 pages.', p_most_pages::text);
  end if;
  if private.reserve_credits('storeleads', 1) = 0 then
    outcome := 'budget_exhausted';
  else
    outcome := 'requested';
    run_id := private.open_run(
      'storeleads', case when p_all then 'all_stores' else 'stores' end, 1, '{}', p_filters, p_most_pages
    );
  end if;
  return next;
end;
$$;
comment on function integrations.request_stores(jsonb, integer, boolean) is
  'Asks StoreLeads for stores, page by page, or all in one answer that takes a while. requested or budget_exhausted. '
  'Definer: runs and credits are not for users to write.';
grant execute on function
  integrations.request_enrichment(text[], integer), integrations.request_stores(jsonb, integer, boolean)
to authenticated, service_role;

create function private.enrich_nightly()
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_most integer := private.setting('companyenrich.daily_companies');
begin
  if not exists (select from integrations.provider_keys k where k.provider = 'companyenrich') then
    return 'no_key';
  end if;
  perform outbound.enqueue_job(
    'enrichment', 'check_credits', '{"provider": "companyenrich"}', p_dedupe_key => 'check companyenrich'
  );
  if v_most = 0 then
    return 'not_wanted';
  end if;
  return (select r.outcome from integrations.request_enrichment(null, v_most) r);
end;
$$;
comment on function private.enrich_nightly() is
  'Asks for the companies that wait longest, and what the account has left, once the agency stored a key.';

-- What the jobs call ---------------------------------------------------------------------------------------------

create function integrations.begin_enrichment(p_run_id uuid, p_callback_hash bytea default null)
returns table (
  kind text, domains text[], filters jsonb, page integer, provider_job_id text, api_key text, was_asked boolean,
  asked_at timestamptz
)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run integrations.enrichment_runs;
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  if v_run.status not in ('queued', 'asked', 'running') or v_run.id is null then
    return;
  end if;
  update integrations.enrichment_runs r
  set status = case r.status when 'queued' then 'asked' else r.status end,
    asked_at = coalesce(r.asked_at, private.clock()), callback_hash = coalesce(p_callback_hash, r.callback_hash)
  where r.id = p_run_id and (r.status = 'queued' or p_callback_hash is not null);
  return query select
    v_run.kind, v_run.domains, v_run.filters, v_run.page, v_run.provider_job_id,
    (select k.api_key from integrations.provider_keys k where k.provider = v_run.provider),
    v_run.status <> 'queued', coalesce(v_run.asked_at, private.clock());
end;
$$;
comment on function integrations.begin_enrichment(uuid, bytea) is
  'What a job needs to ask, noted as asked in the same moment; no row when the run is over. was_asked: an earlier '
  'attempt may have reached the provider. Definer: jobs have no rights on tables.';

create function integrations.record_order(p_run_id uuid, p_job_id text)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  update integrations.enrichment_runs r
  set status = 'running', provider_job_id = p_job_id
  where r.id = p_run_id and r.status in ('queued', 'asked');
  if not found then
    return 'already_known';
  end if;
  perform outbound.enqueue_job(
    'enrichment', 'poll_enrichment', jsonb_build_object('run_id', p_run_id),
    p_run_at => private.clock() + interval '5 seconds', p_dedupe_key => 'poll ' || p_run_id
  );
  return 'recorded';
end;
$$;
comment on function integrations.record_order(uuid, text) is
  'The provider took an order under this id: from now on it is polled. recorded or already_known. Definer: jobs have no '
  'rights on tables.';

create function integrations.adopt_order(p_run_id uuid, p_orders jsonb)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run integrations.enrichment_runs;
  v_job_ids text[];
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  v_job_ids := array(
    select o ->> 'job_id'
    from jsonb_array_elements(p_orders) as o
    where (o ->> 'total_domains')::integer = cardinality(v_run.domains)
      and coalesce((o ->> 'created_at')::timestamptz, v_run.asked_at) >= v_run.asked_at - interval '1 minute'
      and not exists (
        select from integrations.enrichment_runs k where k.provider_job_id = o ->> 'job_id'
      )
  );
  if v_run.status <> 'asked' or cardinality(v_job_ids) <> 1 then
    return case when v_run.status <> 'asked' then 'already_known' when v_job_ids = '{}' then 'not_there' else 'unsure' end;
  end if;
  return integrations.record_order(p_run_id, v_job_ids[1]);
end;
$$;
comment on function integrations.adopt_order(uuid, jsonb) is
  'After a question whose answer was lost: finds the order among the provider''s own. recorded, not_there (ask again), '
  'unsure (several fit: a person must look), already_known. Definer: jobs have no rights on tables.';

create function integrations.poll_again(p_run_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run integrations.enrichment_runs;
  v_age interval;
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  if v_run.status not in ('asked', 'running') or v_run.id is null then
    return 'over';
  end if;
  v_age := private.clock() - v_run.asked_at;
  if v_age > interval '24 hours' then
    perform private.fail_run(p_run_id, 'The provider did not finish within a day.');
    return 'over';
  end if;
  perform outbound.enqueue_job(
    'enrichment', case v_run.kind when 'companies' then 'poll_enrichment' else 'fetch_stores' end,
    jsonb_build_object('run_id', p_run_id),
    -- Often while it is fresh, every five minutes when it takes long.
    p_run_at => private.clock() + least(greatest(v_age / 4, interval '5 seconds'), interval '5 minutes'),
    p_dedupe_key => 'poll ' || p_run_id
  );
  return 'waiting';
end;
$$;
comment on function integrations.poll_again(uuid) is
  'The provider is not done: look again in a while. waiting, or over (done meanwhile, or given up after a day). '
  'Definer: jobs have no rights on tables.';

create function private.fail_run(p_run_id uuid, p_problem text, p_charged integer default 0)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if not private.close_run(p_run_id, 'failed', p_charged, p_problem => p_problem) then
    return false;
  end if;
  perform integrations.notify(
    'enrichment_failed', null, p_run_id::text,
    (select format('A question to %s failed: %s', initcap(r.provider), p_problem)
     from integrations.enrichment_runs r where r.id = p_run_id)
  );
  return true;
end;
$$;
comment on function private.fail_run(uuid, text, integer) is 'Ends a run with a problem and tells people; false when it was over.';

create function integrations.fail_enrichment(p_run_id uuid, p_problem text, p_charged integer default 0)
returns text
language plpgsql security definer
set search_path = ''
as $$
begin
  return case when private.fail_run(p_run_id, p_problem, p_charged) then 'failed' else 'already_over' end;
end;
$$;
comment on function integrations.fail_enrichment(uuid, text, integer) is
  'Trying again would not help: the run is over, what it did not cost is free again, people are told. failed or '
  'already_over. Definer: jobs have no rights on tables.';

create function private.company_facts(p_answer jsonb)
returns public.master_companies_db
language plpgsql immutable
set search_path = ''
as $$
declare
  v_company public.master_companies_db;
begin
  v_company.company_domain := public.normalize_domain(p_answer ->> 'domain');
  v_company.company_name := nullif(p_answer ->> 'name', '');
  v_company.company_description := nullif(p_answer ->> 'description', '');
  v_company.company_linkedin := nullif(p_answer #>> '{socials,linkedin_url}', '');
  v_company.company_location := nullif(concat_ws(
    ', ', p_answer #>> '{location,city,name}', p_answer #>> '{location,state,name}',
    p_answer #>> '{location,country,name}'
  ), '');
  v_company.company_size := nullif(p_answer ->> 'employees', '');
  v_company.company_annual_revenue := nullif(p_answer ->> 'revenue', '');
  v_company.company_year_founded := nullif(p_answer ->> 'founded_year', '');
  v_company.company_business_model := (
    select string_agg(upper(m.category), ', ')
    from jsonb_array_elements_text(
      case jsonb_typeof(p_answer -> 'categories') when 'array' then p_answer -> 'categories' else '[]' end
    ) as m (category)
    where m.category in ('b2b', 'b2c', 'b2g', 'd2c')
  );
  v_company.company_type := nullif(p_answer ->> 'type', '');
  v_company.naics_code := nullif(p_answer #>> '{naics_codes,0}', '');
  v_company.primary_industry_1 := nullif(p_answer ->> 'industry', '');
  v_company.total_funding := nullif(p_answer #>> '{financial,total_funding}', '');
  v_company.companyenrich_raw_data := p_answer;
  return v_company;
end;
$$;
comment on function private.company_facts(jsonb) is 'What CompanyEnrich says of a company, by our columns.';

create function private.take_over_companies(p_domains text[], p_answers jsonb)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_found public.master_companies_db[] := array(
    select f
    from jsonb_array_elements(p_answers) as a
    cross join lateral private.company_facts(a) as f
    where jsonb_typeof(a) = 'object' and f.company_domain = any(p_domains)
  );
  v_count integer;
begin
  insert into public.master_companies_db (company_domain)
  select d.domain from unnest(p_domains) as d (domain) order by d.domain
  on conflict (company_domain) do nothing;
  perform from public.master_companies_db m
  where m.company_domain = any(p_domains)
  order by m.company_domain
  for update;

  -- Asked is asked: an unknown company is not asked for again until it is old.
  update public.master_companies_db m set last_enriched = v_now where m.company_domain = any(p_domains);
  update public.master_companies_db m
  set company_name = coalesce(f.company_name, m.company_name),
    company_description = coalesce(f.company_description, m.company_description),
    company_linkedin = coalesce(f.company_linkedin, m.company_linkedin),
    company_location = coalesce(f.company_location, m.company_location),
    company_size = coalesce(f.company_size, m.company_size),
    company_annual_revenue = coalesce(f.company_annual_revenue, m.company_annual_revenue),
    company_year_founded = coalesce(f.company_year_founded, m.company_year_founded),
    company_business_model = coalesce(f.company_business_model, m.company_business_model),
    company_type = coalesce(f.company_type, m.company_type), naics_code = coalesce(f.naics_code, m.naics_code),
    primary_industry_1 = coalesce(f.primary_industry_1, m.primary_industry_1),
    total_funding = coalesce(f.total_funding, m.total_funding), companyenrich_raw_data = f.companyenrich_raw_data
  from unnest(v_found) as f
  where m.company_domain = f.company_domain;
  get diagnostics v_count = row_count;

  update public.master_contacts_db c
  set company_name = coalesce(c.company_name, f.company_name),
    company_linkedin = coalesce(c.company_linkedin, f.company_linkedin), last_enriched = v_now
  from unnest(v_found) as f
  where c.company_domain = f.company_domain;

  perform private.record_signals(coalesce(jsonb_agg(s.signal), '[]'))
  from (
    select jsonb_build_object(
      'company_id', m.id, 'type', k.type, 'source', 'companyenrich', 'confidence', 0.8, 'payload', k.payload
    ) as signal
    from public.master_companies_db m
    cross join lateral (
      values
        ('funding', jsonb_strip_nulls(m.companyenrich_raw_data -> 'financial')
          - array['stock_symbol', 'stock_exchange', 'funding']),
        ('technologies', jsonb_build_object('technologies', m.companyenrich_raw_data -> 'technologies'))
    ) as k (type, payload)
    where m.company_domain = any(array(select f.company_domain from unnest(v_found) as f))
      and (
        k.type = 'funding' and k.payload ?| array['total_funding', 'funding_stage', 'funding_date']
        or k.type = 'technologies' and jsonb_typeof(k.payload -> 'technologies') = 'array'
          and k.payload -> 'technologies' <> '[]'
      )
  ) as s;
  return v_count;
end;
$$;
comment on function private.take_over_companies(text[], jsonb) is
  'Answers of CompanyEnrich about companies that were asked for: what it says wins, what it does not know stays. '
  'Answers about other companies are passed by. Answers how many were found.';

create function integrations.store_companies(p_run_id uuid, p_answers jsonb, p_charged integer default null)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run integrations.enrichment_runs;
  v_found integer;
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  if v_run.status not in ('asked', 'running') or v_run.id is null then
    return 'already_over';
  end if;
  v_found := private.take_over_companies(v_run.domains, p_answers);
  perform private.close_run(
    p_run_id, 'completed', coalesce(p_charged, v_found), v_found, cardinality(v_run.domains) - v_found
  );
  return 'stored';
end;
$$;
comment on function integrations.store_companies(uuid, jsonb, integer) is
  'The answers to a run, a list of companies, with what the provider charged (without: one credit for each found). '
  'stored, or already_over: nothing is charged twice. Definer: jobs have no rights on tables.';

create function integrations.store_stores(p_run_id uuid, p_stores jsonb, p_has_more boolean, p_page integer)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run integrations.enrichment_runs;
  v_stored integer;
  v_charged integer;
begin
  select * into v_run from integrations.enrichment_runs r where r.id = p_run_id for update;
  if v_run.status not in ('asked', 'running') or v_run.id is null or v_run.page <> p_page then
    return 'already_over';
  end if;
  insert into integrations.storeleads_rows as s (domain, raw, fetched_at)
  select distinct on (n.domain) n.domain, n.store, private.clock()
  from (
    select public.normalize_domain(e ->> 'name') as domain, e as store
    from jsonb_array_elements(p_stores) as e
    where jsonb_typeof(e) = 'object'
  ) as n
  where n.domain is not null
  order by n.domain
  on conflict (domain) do update
  set raw = excluded.raw, fetched_at = excluded.fetched_at, pulled_at = null
  where s.raw <> excluded.raw;
  get diagnostics v_stored = row_count;

  -- All at once costs as many requests as its pages would.
  v_charged := case v_run.kind when 'all_stores' then greatest(1, ceil(jsonb_array_length(p_stores) / 50.0)) else 1 end;
  if v_run.kind = 'stores' and p_has_more and v_run.page + 1 < v_run.most_pages then
    perform private.settle_run(v_run, v_charged);
    update integrations.enrichment_runs r
    set page = r.page + 1, charged_credits = r.charged_credits + v_charged, reserved_credits = 0,
      found = r.found + v_stored, status = 'running', credit_month = date_trunc('month', private.clock() at time zone 'UTC')
    where r.id = p_run_id;
    if private.reserve_credits('storeleads', 1) = 0 then
      perform private.close_run(p_run_id, 'stopped', 0, p_problem => 'The budget of the month is used up.');
      return 'stopped';
    end if;
    update integrations.enrichment_runs r set reserved_credits = 1 where r.id = p_run_id;
    perform outbound.enqueue_job(
      'enrichment', 'fetch_stores', jsonb_build_object('run_id', p_run_id), p_dedupe_key => 'poll ' || p_run_id
    );
    return 'next_page';
  end if;
  perform private.close_run(p_run_id, 'completed', v_charged, v_stored);
  return 'completed';
end;
$$;
comment on function integrations.store_stores(uuid, jsonb, boolean, integer) is
  'A page of stores, or all of them. next_page (asked for already), stopped (no budget for it), completed, already_over. '
  'found counts stores that were new or changed. Definer: jobs have no rights on tables.';

create function integrations.key_of_provider(p_provider text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select k.api_key from integrations.provider_keys k where k.provider = p_provider);
end;
$$;
comment on function integrations.key_of_provider(text) is
  'The sealed key of a provider, null without one. Definer: jobs have no rights on tables.';

create function integrations.record_credits(p_provider text, p_used integer, p_total integer)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_month date := date_trunc('month', private.clock() at time zone 'UTC');
begin
  insert into integrations.provider_credits as c (provider, month, account_used, account_total, checked_at)
  values (p_provider, v_month, p_used, p_total, private.clock())
  on conflict (provider, month) do update
  set account_used = excluded.account_used, account_total = excluded.account_total, checked_at = excluded.checked_at;
  if p_total > 0 and p_used >= p_total * private.setting(p_provider || '.warn_percent') / 100 then
    perform integrations.notify(
      'credits_low', null, p_provider || ' account ' || v_month,
      format('%s: %s of the account''s %s credits are used.', initcap(p_provider), p_used, p_total)
    );
  end if;
end;
$$;
comment on function integrations.record_credits(text, integer, integer) is
  'What the provider itself says is used of the account. Definer: jobs have no rights on tables.';
grant execute on function
  integrations.begin_enrichment(uuid, bytea), integrations.record_order(uuid, text),
  integrations.adopt_order(uuid, jsonb), integrations.poll_again(uuid), integrations.fail_enrichment(uuid, text, integer),
  integrations.store_companies(uuid, jsonb, integer), integrations.store_stores(uuid, jsonb, boolean, integer),
  integrations.key_of_provider(text), integrations.record_credits(text, integer, integer)
to job_worker;

-- The call-back --------------------------------------------------------------------------------------------------

create function integrations.hint_enrichment(p_token_hash bytea)
returns boolean
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id uuid := (
    select r.id
    from integrations.enrichment_runs r
    where r.callback_hash = p_token_hash and r.status in ('asked', 'running')
  );
begin
  if v_id is not null then
    perform outbound.enqueue_job(
      'enrichment', 'poll_enrichment', jsonb_build_object('run_id', v_id), p_dedupe_key => 'poll ' || v_id
    );
  end if;
  return v_id is not null;
end;
$$;
comment on function integrations.hint_enrichment(bytea) is
  'Somebody called the call-back URL of an order: it is polled now. What they sent is not even read, as nobody signs it. '
  'Definer: whoever receives webhooks has no rights on tables.';
grant execute on function integrations.hint_enrichment(bytea) to webhook_receiver;

-- Sweeping -------------------------------------------------------------------------------------------------------

create function private.sweep_enrichment_runs(p_limit integer default 1000)
returns table (failed integer, deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  select count(*) filter (where private.fail_run(s.id, 'Nobody finished it within two days.')) into failed
  from (
    select r.id
    from integrations.enrichment_runs r
    where r.status in ('queued', 'asked', 'running') and r.updated_at < private.clock() - interval '2 days'
    order by r.updated_at
    limit p_limit
    for update skip locked
  ) as s;
  delete from integrations.enrichment_runs r
  where r.id = any(array(
    select o.id
    from integrations.enrichment_runs o
    where o.finished_at < private.clock() - interval '180 days'
    order by o.finished_at
    limit p_limit
    for update skip locked
  ));
  get diagnostics deleted = row_count;
  has_more := p_limit in (failed, deleted);
  return next;
end;
$$;
comment on function private.sweep_enrichment_runs(integer) is
  'Ends runs that nobody works on any more, and forgets those that ended half a year ago.';
