-- Names for new domains: made of templates, then asked about at the registrar, one name a job within its rate. A name
-- is known from the moment it is made, so that it is made and asked about once.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('domain_names.longest', 30, 'characters', 3, 63, 'Longer names, without their TLD, are left out.'),
  ('domain_names.most_a_run', 60, 'names', 1, 2000, 'Made by one run of a template; six are checked a minute.'),
  ('domain_names.cache_minutes', 60, 'minutes', 1, 1440, 'How long an answer about availability and price holds.'),
  ('domain_names.keep_days', 180, 'days', 1, 3650, 'A name that was not bought is forgotten after this.');

-- Templates ------------------------------------------------------------------------------------------------------

create table public.domain_generation_templates (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  client text,
  base_names jsonb not null default '[]',
  prefixes jsonb default '["try", "use", "get", "go", "meet", "hello", "join"]',
  suffixes jsonb default '["go", "max", "hq", "now", "hub", "team", "app"]',
  tlds jsonb default '[".co", ".info"]',
  use_count integer default 0,
  last_used_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint name_is_not_blank check (btrim(name) <> '')
);
create index domain_generation_templates_client_idx on public.domain_generation_templates (client);
create index domain_generation_templates_created_at_idx on public.domain_generation_templates (created_at);
comment on table public.domain_generation_templates is
  'What names are made of: [prefix] base [suffix] TLD, with a prefix, a suffix or both. client null: for every client.';
select private.apply_shared_client_policies('public.domain_generation_templates', 'staff');
revoke insert, update on public.domain_generation_templates from authenticated;
grant insert (name, client, base_names, prefixes, suffixes, tlds),
  update (name, client, base_names, prefixes, suffixes, tlds)
on public.domain_generation_templates to authenticated;
create trigger _100_touch_updated_at before update on public.domain_generation_templates
for each row execute function extensions.moddatetime(updated_at);

create function private.name_part(p_text text)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_part text := regexp_replace(lower(btrim(p_text)), '[[:space:]''&.,_]+', '', 'g');
begin
  return case when v_part ~ '^[a-z0-9-]+$' and v_part !~ '^xn--' then v_part end;
end;
$$;
comment on function private.name_part(text) is
  'A piece of a name: lower case, spaces and punctuation left out. Null when what is left is no plain ASCII: names in '
  'other scripts (IDN) make bad senders.';

create function private.name_tld(p_text text)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_tld text := ltrim(lower(btrim(p_text)), '.');
begin
  return case when v_tld ~ '^[a-z]{2,24}([.][a-z]{2,24})?$' then v_tld end;
end;
$$;
comment on function private.name_tld(text) is 'A TLD without its dot, such as co or co.uk; null when it is none.';

create function private.normal_parts(p_list jsonb, p_what text)
returns jsonb
language plpgsql immutable
set search_path = ''
as $$
declare
  v_wrong text;
  v_parts jsonb;
begin
  if jsonb_typeof(p_list) <> 'array' or jsonb_array_length(p_list) > 200 then
    perform private.raise_error('MR002', format('%s must be a list of at most 200 texts.', p_what));
  end if;
  with part as (
    select e.item, e.n,
      case
        when p_what = 'tlds' then '.' || private.name_tld(e.item #>> '{}')
        else private.name_part(e.item #>> '{}')
      end as normal
    from jsonb_array_elements(p_list) with ordinality as e (item, n)
    where btrim(coalesce(e.item #>> '{}', '')) <> ''
  ),
  first as (
    select p.normal, min(p.n) as n from part p group by p.normal
  )
  select
    (select left(min(p.item #>> '{}'), 60) from part p where p.normal is null),
    (select coalesce(jsonb_agg(f.normal order by f.n), '[]') from first f where f.normal is not null)
  into v_wrong, v_parts;
  if v_wrong is not null then
    perform private.raise_error(
      'MR002', format('%s has what no domain may have: %s.', p_what, v_wrong), null,
      'Letters a to z, digits and hyphens.'
    );
  end if;
  return v_parts;
end;
$$;
comment on function private.normal_parts(jsonb, text) is
  'The pieces of a template''s list, normalised and each once. MR002 names the first that cannot be used.';

create function private.tg_domain_generation_templates__normalise()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  new.base_names := private.normal_parts(new.base_names, 'base_names');
  new.prefixes := private.normal_parts(coalesce(new.prefixes, '[]'), 'prefixes');
  new.suffixes := private.normal_parts(coalesce(new.suffixes, '[]'), 'suffixes');
  new.tlds := private.normal_parts(coalesce(new.tlds, '[]'), 'tlds');
  if new.base_names = '[]' or new.tlds = '[]' then
    perform private.raise_error('MR002', 'A template needs a base name and a TLD.');
  end if;
  return new;
end;
$$;
comment on function private.tg_domain_generation_templates__normalise() is
  'Definer: staff who write templates may not call its helpers.';
create trigger _100_normalise
before insert or update of base_names, prefixes, suffixes, tlds on public.domain_generation_templates
for each row execute function private.tg_domain_generation_templates__normalise();

-- Runs and their names -------------------------------------------------------------------------------------------

create table public.domain_generations (
  id uuid primary key default gen_random_uuid(),
  client text,
  base_name text not null,
  prefixes jsonb default '[]',
  suffixes jsonb default '[]',
  generated_count integer default 0,
  available_count integer default 0,
  checked_at timestamptz,
  created_at timestamptz default now(),
  template_id uuid references public.domain_generation_templates (id) on delete set null,
  tlds jsonb not null default '[]'
);
create index domain_generations_client_idx on public.domain_generations (client, created_at);
create index domain_generations_template_id_idx on public.domain_generations (template_id);
create index domain_generations_created_at_idx on public.domain_generations (created_at);
comment on table public.domain_generations is 'One run of a template for one base name, and how many names came of it.';
comment on column public.domain_generations.checked_at is 'When the registrar had answered for the last of them.';
select private.apply_shared_client_policies('public.domain_generations', 'none');

create table public.domain_availability_checks (
  id uuid primary key default gen_random_uuid(),
  domain_name text not null,
  is_available boolean,
  price numeric,
  provider text default 'porkbun',
  checked_at timestamptz default now(),
  expires_at timestamptz default (now() + interval '1 hour'),
  client text,
  generation_id uuid references public.domain_generations (id) on delete set null,
  is_premium boolean not null default false,
  renewal_price numeric,
  created_at timestamptz not null default now(),
  constraint domain_availability_checks_domain_name_key unique (domain_name),
  constraint domain_name_is_normal check (domain_name ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'),
  constraint price_is_in_cents check (price >= 0 and price = round(price, 2)),
  constraint answer_has_an_end check (checked_at is null or expires_at is not null)
);
create index domain_availability_checks_client_idx on public.domain_availability_checks (client, is_available);
create index domain_availability_checks_generation_id_idx on public.domain_availability_checks (generation_id);
create index domain_availability_checks_created_at_idx on public.domain_availability_checks (created_at);
comment on table public.domain_availability_checks is
  'Every name that was made or asked about, with the registrar''s last answer, which holds until expires_at. '
  'checked_at '
  'null: not answered yet.';
comment on column public.domain_availability_checks.price is 'Dollars for the first year.';
select private.apply_shared_client_policies('public.domain_availability_checks', 'none');

insert into outbound.job_limits (job_type, rate_limit)
values ('check_domain', 'porkbun');

create function private.enqueue_domain_checks(p_domains text[], p_priority integer default 0)
returns integer
language sql
set search_path = ''
as $$
  select outbound.enqueue_jobs(coalesce(
    jsonb_agg(jsonb_build_object(
      'queue', 'domains', 'type', 'check_domain', 'payload', jsonb_build_object('domain', d), 'priority', p_priority,
      'max_attempts', 10, 'dedupe_key', 'check ' || d
    ) order by n),
    '[]'
  ))
  from unnest(p_domains) with ordinality as u (d, n)
$$;
comment on function private.enqueue_domain_checks(text[], integer) is
  'One job a name: the registrar answers one question in ten seconds.';

create function private.template_names(p_template public.domain_generation_templates, p_base text)
returns table (domain_name text, n bigint)
language sql stable
set search_path = ''
as $$
  select distinct on (m.domain)
    m.domain, row_number() over (order by m.affixes, m.size, m.tld_n, m.prefix_n, m.suffix_n)
  from (
    select
      p.part || p_base || s.part || t.part as domain, length(p.part || p_base || s.part) as size, t.n as tld_n,
      p.n as prefix_n, s.n as suffix_n, (p.part <> '')::integer + (s.part <> '')::integer as affixes
    from (
      select '' as part, 0::bigint as n
      union all
      select e.part, e.n from jsonb_array_elements_text(p_template.prefixes) with ordinality as e (part, n)
    ) as p
    cross join (
      select '' as part, 0::bigint as n
      union all
      select e.part, e.n from jsonb_array_elements_text(p_template.suffixes) with ordinality as e (part, n)
    ) as s
    cross join jsonb_array_elements_text(p_template.tlds) with ordinality as t (part, n)
  ) as m
  where m.affixes > 0
    or (p_template.prefixes = '[]' and p_template.suffixes = '[]')
$$;
comment on function private.template_names(public.domain_generation_templates, text) is
  'Every name of a template for a base: with one piece more first, short ones first. The base alone only when there '
  'are '
  'no pieces: it is the client''s own name, whose reputation cold mail must not touch.';

create function private.is_good_label(p_domain text, p_longest integer)
returns boolean
language sql immutable
set search_path = ''
as $$
  -- Hyphens in the third and fourth place mark an IDN.
  select l.label ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' and l.label !~ '^..--' and length(l.label) between 3 and p_longest
  from (select split_part(p_domain, '.', 1) as label) as l
$$;
comment on function private.is_good_label(text, integer) is
  'Whether the part before the TLD is legal and short enough.';

create function public.generate_domains(p_template_id uuid, p_limit integer default null)
returns table (generation_id uuid, base_name text, generated_count integer, known_count integer, refused_count integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_template public.domain_generation_templates;
  v_left integer := least(coalesce(p_limit, 2000), private.setting('domain_names.most_a_run'));
  v_longest integer := private.setting('domain_names.longest');
  v_names text[];
begin
  select * into v_template from public.domain_generation_templates t where t.id = p_template_id for update;
  if v_template.id is null then
    perform private.raise_error('MR001', 'There is no such thing.');
  end if;
  perform private.require_staff_of(v_template.client);

  for base_name in select e.part from jsonb_array_elements_text(v_template.base_names) as e (part) loop
    with made as (
      select m.domain_name, m.n, private.is_good_label(m.domain_name, v_longest) as is_good,
        exists (select from public.domain_availability_checks c where c.domain_name = m.domain_name)
        or exists (select from public.domain_inventory i where i.domain_name = m.domain_name)
        or exists (select from public.domains d where d.domain_name = m.domain_name) as is_known
      from private.template_names(v_template, base_name) as m
    )
    select
      count(*) filter (where m.is_known), count(*) filter (where not m.is_good),
      (array_agg(m.domain_name order by m.n) filter (where m.is_good and not m.is_known))[1:greatest(v_left, 0)]
    into known_count, refused_count, v_names
    from made m;

    insert into public.domain_generations (client, base_name, prefixes, suffixes, tlds, template_id)
    values (v_template.client, base_name, v_template.prefixes, v_template.suffixes, v_template.tlds, v_template.id)
    returning id into generation_id;
    with added as (
      insert into public.domain_availability_checks as c (domain_name, client, generation_id, checked_at, expires_at)
      select u.name, v_template.client, generate_domains.generation_id, null, null
      from unnest(v_names) as u (name)
      order by u.name
      on conflict (domain_name) do nothing
      returning c.domain_name
    )
    select coalesce(array_agg(u.name order by u.n), '{}') into v_names
    from unnest(v_names) with ordinality as u (name, n)
    join added a on a.domain_name = u.name;

    generated_count := cardinality(v_names);
    v_left := v_left - generated_count;
    update public.domain_generations g
    set generated_count = generate_domains.generated_count,
        checked_at = case when generate_domains.generated_count = 0 then private.clock() end
    where g.id = generate_domains.generation_id;
    perform private.enqueue_domain_checks(v_names);
    return next;
  end loop;
  update public.domain_generation_templates t
  set use_count = coalesce(t.use_count, 0) + 1, last_used_at = private.clock()
  where t.id = p_template_id;
end;
$$;
comment on function public.generate_domains(uuid, integer) is
  'Makes names of a template, at most p_limit, and has each checked. known_count: of the possible names, those that '
  'were '
  'owned, made or asked about before. refused_count: too long or not legal. For the agency''s staff. Definer: users '
  'may '
  'not write names.';

-- Asking ---------------------------------------------------------------------------------------------------------

create function public.check_domains(p_client text, p_domains text[])
returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  v_names text[];
  v_wrong text;
begin
  perform private.require_client(p_client);
  select array_agg(distinct lower(btrim(d))) into v_names from unnest(p_domains) as d;
  select min(n) into v_wrong
  from unnest(v_names) as n
  where not private.is_good_label(n, 63)
    or private.name_tld(substring(n from '[.](.*)$')) is null;
  if coalesce(cardinality(v_names), 0) not between 1 and private.setting('domain_names.most_a_run') then
    perform private.raise_error('MR002', format('From 1 to %s names.', private.setting('domain_names.most_a_run')));
  elsif v_wrong is not null then
    perform private.raise_error('MR002', format('"%s" is no name that can be registered.', left(v_wrong, 100)));
  end if;
  insert into public.domain_availability_checks (domain_name, client, checked_at, expires_at)
  select n, p_client, null, null from unnest(v_names) as n order by n
  on conflict (domain_name) do nothing;
  return private.enqueue_domain_checks(
    array(
      select c.domain_name
      from public.domain_availability_checks c
      where c.domain_name = any(v_names)
        and (c.expires_at > private.clock()) is not true
      order by c.domain_name
    ),
    -5
  );
end;
$$;
comment on function public.check_domains(text, text[]) is
  'Has names checked whose last answer no longer holds, before those of templates; answers how many that are. For the '
  'agency''s staff. Definer: users may not write names.';
grant execute on function public.generate_domains(uuid, integer), public.check_domains(text, text[])
to authenticated, service_role;

create function integrations.start_domain_check(p_domain text)
returns table (outcome text, api_key text, api_secret text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_check public.domain_availability_checks;
begin
  select * into v_check from public.domain_availability_checks c where c.domain_name = p_domain;
  if v_check.id is null then
    outcome := 'unknown';
  elsif v_check.expires_at > private.clock() then
    outcome := 'fresh';
  elsif exists (
    select from public.domains d where d.domain_name = p_domain and d.status in ('active', 'pending')
  ) then
    outcome := 'owned';
  else
    select 'check', a.api_key, a.api_secret into outcome, api_key, api_secret from private.porkbun_account() as a;
  end if;
  return next;
end;
$$;
comment on function integrations.start_domain_check(text) is
  'check: ask the registrar, with these sealed credentials. fresh: the last answer holds. owned, unknown: nothing to '
  'ask. Definer: job_worker may read no table.';

create function integrations.record_domain_check(
  p_domain text, p_is_available boolean, p_price numeric default null, p_renewal_price numeric default null,
  p_is_premium boolean default false
)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_generation uuid;
begin
  update public.domain_availability_checks c
  set is_available = p_is_available,
      price = p_price,
      renewal_price = p_renewal_price,
      is_premium = p_is_premium,
      checked_at = v_now,
      expires_at = v_now + make_interval(mins => private.setting('domain_names.cache_minutes')::integer)
  where c.domain_name = p_domain
  returning c.generation_id into v_generation;
  -- The run's row is locked first: two answers at once must each see the other's.
  perform from public.domain_generations g where g.id = v_generation for no key update;
  update public.domain_generations g
  set available_count = s.available,
      checked_at = case when s.waiting = 0 then coalesce(g.checked_at, v_now) end
  from (
    select
      count(*) filter (where c.is_available and not c.is_premium) as available,
      count(*) filter (where c.checked_at is null) as waiting
    from public.domain_availability_checks c
    where c.generation_id = v_generation
  ) as s
  where g.id = v_generation;
end;
$$;
comment on function integrations.record_domain_check(text, boolean, numeric, numeric, boolean) is
  'Keeps the registrar''s answer about a name and counts it for its run. Prices in dollars. Definer: job_worker may '
  'write no table.';
grant execute on function
  integrations.start_domain_check(text),
  integrations.record_domain_check(text, boolean, numeric, numeric, boolean)
to job_worker;

create function private.sweep_domain_names(p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_before timestamptz := private.clock()
    - make_interval(days => private.setting('domain_names.keep_days')::integer);
  v_runs integer;
begin
  delete from public.domain_availability_checks q
  where q.id = any(array(
    select c.id
    from public.domain_availability_checks c
    where c.created_at < v_before
      and not exists (select from public.domain_inventory i where i.domain_name = c.domain_name)
    order by c.created_at
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  delete from public.domain_generations q
  where q.id = any(array(
    select g.id
    from public.domain_generations g
    where g.created_at < v_before
      and not exists (select from public.domain_availability_checks c where c.generation_id = g.id)
    order by g.created_at
    limit p_limit
  ));
  get diagnostics v_runs = row_count;
  has_more := greatest(deleted, v_runs) >= p_limit;
  return next;
end;
$$;
comment on function private.sweep_domain_names(integer) is
  'Forgets names that were never bought, and runs that have no names left.';
