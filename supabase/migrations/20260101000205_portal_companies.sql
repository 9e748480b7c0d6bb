-- What the agency knows of people and companies, whichever client it works for, and what each client made of a company.
--
-- A company is its domain, normalised: `https://www.Acme.com/about` and `acme.com` are one row. Companies are locked in
-- the order of their domains and client states in the order (company, client), before any CRM contact.

-- Contacts -------------------------------------------------------------------------------------------------------

create table public.master_contacts_db (
  id uuid primary key default gen_random_uuid(),
  email text,
  first_name text,
  last_name text,
  full_name text,
  company_name text,
  company_domain text,
  company_linkedin text,
  job_title text,
  personal_linkedin text,
  "personal_linkedIn_connections" bigint,
  personal_location text,
  phone_number text,
  email_service_provider text,
  "fallback?" text,
  normalized_first_name text,
  contact_status text default 'unassigned',
  sent_to_bison_on timestamp,
  last_enriched timestamptz,
  last_campaign_id text,
  last_client text,
  companyenrich_raw_data jsonb default '{}',
  created_at_supabase timestamptz default now()
);
create unique index master_contacts_db_email_key on public.master_contacts_db (lower(email));
create index master_contacts_db_company_domain_idx on public.master_contacts_db (company_domain);
comment on table public.master_contacts_db is
  'Every person the agency has data of, whichever client they were contacted for.';
comment on column public.master_contacts_db."fallback?" is
  'Whether the address is a fallback for one that was not found; free text, as the tools write it.';
comment on column public.master_contacts_db.sent_to_bison_on is
  'In UTC, without a zone as documented.';
select private.apply_agency_policies('public.master_contacts_db', p_write => 'staff');

-- Companies ------------------------------------------------------------------------------------------------------

create table public.master_companies_db (
  id uuid primary key default gen_random_uuid(),
  "#id" bigint not null generated always as identity,
  company_name text,
  company_domain text,
  company_description text,
  company_linkedin text,
  "company_linkedIn_followers" text,
  company_location text,
  company_size text,
  company_annual_revenue text,
  company_year_founded text,
  company_business_model text,
  company_type text,
  naics_code text,
  naics_name text,
  primary_industry_1 text,
  revenue_stream_1 text,
  revenue_stream_2 text,
  offer_1 text,
  offer_2 text,
  offer_3 text,
  offer_4 text,
  offer_5 text,
  scale_scope text,
  total_funding text,
  companyenrich_raw_data jsonb default '{}',
  last_enriched timestamptz,
  last_campaign_id text,
  last_client text,
  created_at_supabase timestamptz default now(),
  constraint "master_companies_db_#id_key" unique ("#id"),
  constraint master_companies_db_company_domain_key unique (company_domain),
  constraint company_domain_has_no_www check (company_domain !~* '^www\.')
);
comment on table public.master_companies_db is
  'Every company the agency has data of, one row a domain.';
comment on column public.master_companies_db.company_domain is
  'Normalised by a trigger (public.normalize_domain); null for a company whose domain is unknown.';
comment on column public.master_companies_db."#id" is
  'A short number for people and spreadsheets.';
select private.apply_agency_policies('public.master_companies_db', p_write => 'staff');

create function public.normalize_domain(raw text)
returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  v_host text := lower(raw);
  v_plain text := rtrim(
    case
      when v_host like 'https://www.%' then substr(v_host, 13)
      when v_host like 'https://%' then substr(v_host, 9)
      else v_host
    end,
    '/'
  );
begin
  -- Most callers have a plain domain or home page: a third of the time of what follows.
  if v_plain ~ '^[a-z0-9]+([.-][a-z0-9]+)*\.[a-z][a-z]+$' and length(v_plain) <= 63 and v_plain not like 'www.%' then
    return v_plain;
  end if;
  v_host := btrim(v_host, E' \t\r\n\u00a0\u200b\ufeff');
  v_host := regexp_replace(v_host, '^(https?:/*|[a-z][a-z0-9+.-]*://|//)([^/?#@]*@)?', '');
  v_host := regexp_replace(v_host, '(:[0-9]*)?([/?#\\].*)?$', '');
  v_host := regexp_replace(translate(v_host, '。．｡', '...'), '\.$', '');
  v_host := regexp_replace(v_host, '^(www\.)+', '');
  -- Letters of any script, digits, inner hyphens; two labels or more, the last of two signs or more and no number.
  if length(v_host) <= 253
    and v_host !~ '[^a-z0-9.\u00a1-\U0010ffff-]|[\u2000-\u206f\u3000\ufe00-\ufe0f\ufeff\ufff0-\uffff]'
    and v_host ~ '\.[^.]*[^0-9.][^.]*$'
    and v_host !~ '^[.-]|[.]-|-[.]|[.][.]|-$|\.[^.]$'
    and (length(v_host) <= 63 or v_host !~ '[^.]{64}')
  then
    return v_host;
  end if;
  return null;
end;
$$;
comment on function public.normalize_domain(text) is
  'The bare domain of a domain or web address: lower case, without scheme, credentials, www., port, path and closing '
  'dot. Null for what is no domain: text, IP addresses, e-mail addresses. International domains keep their letters.';
grant execute on function public.normalize_domain(text) to authenticated, service_role;

create function private.tg_master_companies_db__normalize_domain()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.company_domain := public.normalize_domain(new.company_domain);
  return new;
end;
$$;
create trigger _100_normalize_domain before insert or update of company_domain on public.master_companies_db
for each row execute function private.tg_master_companies_db__normalize_domain();

-- What a client made of a company --------------------------------------------------------------------------------

create table public.client_company_state (
  id uuid primary key default gen_random_uuid(),
  client_id uuid not null,
  company_id uuid not null references public.master_companies_db (id) on delete cascade,
  status text default 'new',
  qualification_status text,
  first_seen_at timestamptz default now(),
  last_seen_at timestamptz,
  blocked_until timestamptz,
  constraint client_company_state_client_id_company_id_key unique (client_id, company_id)
) with (fillfactor = 80); -- room for heap-only updates of last_seen_at: a third of the time in a bulk import
create index client_company_state_company_id_idx on public.client_company_state (company_id);
comment on table public.client_company_state is
  'What a company is to a client: known since when, qualified, blocked. One row for each pair.';
comment on column public.client_company_state.client_id is
  '"RR_clients_IDs".client_id.';
comment on column public.client_company_state.first_seen_at is
  'The oldest event of a lead of this company, whenever it arrived.';
comment on column public.client_company_state.last_seen_at is
  'When a lead of this company was last heard of, kept to the day: the first event of a day sets it.';
comment on column public.client_company_state.blocked_until is
  'Not to be contacted for this client before then.';
select private.apply_client_id_policies('public.client_company_state', 'client_id', p_write => 'staff');

-- Finding or creating companies ----------------------------------------------------------------------------------

-- Set-wise steps over arrays of one length. Their cached plans must be right for one element and for 100,000, on tables
-- that may have been empty then: a sub-select by index, not a join.

create function private.find_companies(p_domains text[])
returns uuid[]
language plpgsql stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select d.company_id
    from (
      select d.n, (select m.id from public.master_companies_db m where m.company_domain = d.domain) as company_id
      from (select * from unnest(p_domains) with ordinality as u (domain, n) order by u.domain) as d
      offset 0
    ) as d
    order by d.n
  );
end;
$$;
comment on function private.find_companies(text[]) is
  'The company of each domain, null where there is none. Sorted, the index is read once from left to right: twice as '
  'fast.';

create function private.mark_companies_seen(p_clients text[], p_companies uuid[], p_seen_at timestamptz[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  insert into public.client_company_state as s (client_id, company_id, first_seen_at, last_seen_at)
  select c.client_id, c.company_id, c.first_seen_at, c.last_seen_at
  from (
    select u.client_id, u.company_id, min(u.seen_at) as first_seen_at, max(u.seen_at) as last_seen_at
    from (
      select (select t.client_id from integrations.tenants t where t.business = u.client) as client_id,
        u.company_id, nullif(u.seen_at, '-infinity') as seen_at
      from unnest(p_clients, p_companies, p_seen_at) as u (client, company_id, seen_at)
      where u.company_id is not null
      offset 0
    ) as u
    where u.client_id is not null
    group by u.client_id, u.company_id
    order by u.company_id, u.client_id
  ) as c
  where not coalesce(
    (
      select s.last_seen_at >= date_trunc('day', c.last_seen_at, 'UTC') and s.first_seen_at <= c.first_seen_at
      from public.client_company_state s
      where s.client_id = c.client_id
        and s.company_id = c.company_id
    ),
    false
  )
  on conflict (client_id, company_id) do update
  set first_seen_at = least(s.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at);
end;
$$;
comment on function private.mark_companies_seen(text[], uuid[], timestamptz[]) is
  'Links companies to clients, in the order (company, client): the index of companies is then read once from left to '
  'right. A company seen again on the same day costs no write, so its leads do not wait for each other; an event from '
  'before all others does.';

create function private.find_or_create_companies(
  p_clients text[], p_websites text[], p_names text[], p_seen_at timestamptz[]
)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_domains text[] := array(
    select public.normalize_domain(w.website)
    from unnest(p_websites) with ordinality as w (website, n)
    order by w.n
  );
  v_companies uuid[] := private.find_companies(v_domains);
begin
  if cardinality(array_remove(v_domains, null)) > cardinality(array_remove(v_companies, null)) then
    insert into public.master_companies_db (company_domain, company_name, last_client)
    select distinct on (c.domain) c.domain, c.name, c.client
    from unnest(v_domains, v_companies, p_names, p_clients) as c (domain, company_id, name, client)
    where c.domain is not null
      and c.company_id is null
    order by c.domain, c.name
    on conflict (company_domain) do nothing;
    -- Found also where another transaction was quicker.
    v_companies := private.find_companies(v_domains);
  end if;
  perform private.mark_companies_seen(p_clients, v_companies, p_seen_at);
  return v_companies;
end;
$$;
comment on function private.find_or_create_companies(text[], text[], text[], timestamptz[]) is
  'For each client and website the company, found or created and linked to the client if that is known. Null where the '
  'website names no domain.';
grant execute on function
  private.find_companies(text[]),
  private.mark_companies_seen(text[], uuid[], timestamptz[]),
  private.find_or_create_companies(text[], text[], text[], timestamptz[])
to service_role;

create function public.get_or_create_company(p_domain text, p_name text default null, p_client text default null)
returns uuid
language sql
set search_path = ''
as $$
  select (private.find_or_create_companies(
    array[p_client], array[p_domain], array[p_name], array[private.clock()]
  ))[1]
$$;
comment on function public.get_or_create_company(text, text, text) is
  'The master_companies_db id of a domain or web address, created if new and linked to the client if one is named. '
  'Null for what is no domain.';
grant execute on function public.get_or_create_company(text, text, text) to service_role;
