-- The exact records that a provider of mailboxes names for a domain: asked for when mailboxes were ordered, then once a
-- day. What it names goes to set_domain_records, and is written and verified from there. Only a changed answer does:
-- what a person sets afterwards stays until the provider says something else.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('provider_records.recheck_hours', 24, 'hours', 1, 168, 'How often a provider is asked again for a domain''s records.'),
  ('provider_records.tell_hours', 24, 'hours', 1, 168,
    'A person is told when a provider has not named all records of a domain for so long.');

insert into integrations.notice_kinds (kind, description, severity)
values
  ('domain_records_missing', 'A provider of mailboxes does not name the records of a domain.', 'warning'),
  ('domain_records_by_hand', 'Records of a domain that is not at our registrar, to be set by hand.', 'warning'),
  ('domain_records_unusable', 'A provider of mailboxes names records that cannot be.', 'warning');

insert into outbound.job_limits (job_type, rate_limit, key_field)
values ('fetch_domain_records', 'mailboxes', 'provider');

create table private.provider_records (
  domain_name text primary key,
  provider text not null,
  expected_since timestamptz not null,
  asked_at timestamptz,
  records jsonb not null default '[]',
  constraint provider_names_records check (provider = 'missioninbox')
);
create index provider_records_asked_at_idx on private.provider_records (coalesce(asked_at, expected_since));
comment on table private.provider_records is
  'What the provider of a domain''s mailboxes last said its records must be. InboxKit has no call that says it.';
comment on column private.provider_records.asked_at is 'When asking last began, whatever came of it.';
comment on column private.provider_records.records is 'As public.set_domain_records took them.';
alter table private.provider_records enable row level security;

create function private.enqueue_record_look(p_domain text, p_provider text, p_after interval default '0')
returns uuid
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'mailboxes', 'fetch_domain_records', jsonb_build_object('provider', p_provider, 'domain', p_domain),
    p_run_at => private.clock() + p_after, p_dedupe_key => 'records ' || p_domain
  )
$$;
comment on function private.enqueue_record_look(text, text, interval) is
  'Has a provider asked for the records of a domain, after a while.';

create function private.expect_records(p_domain text, p_provider text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_provider <> 'missioninbox' then
    delete from private.provider_records r where r.domain_name = p_domain;
    return;
  end if;
  insert into private.provider_records (domain_name, provider, expected_since)
  values (p_domain, p_provider, private.clock())
  on conflict (domain_name) do update set expected_since = excluded.expected_since;
  perform private.enqueue_record_look(p_domain, p_provider);
end;
$$;
comment on function private.expect_records(text, text) is
  'Mailboxes were ordered on a domain: its provider is asked for its records, if it names any.';

create function integrations.start_record_look(p_domain text)
returns table (outcome text, api_key text, workspace_id text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_provider text;
begin
  update private.provider_records r
  set asked_at = private.clock()
  where r.domain_name = p_domain
    and private.has_mailboxes(r.domain_name)
  returning r.provider into v_provider;
  if v_provider is null then
    return;
  end if;
  select a.api_key, a.workspace_id into api_key, workspace_id from private.mailbox_account(v_provider) a;
  outcome := case when api_key is null then 'switched_off' else 'ask' end;
  return next;
end;
$$;
comment on function integrations.start_record_look(text) is
  'Whom to ask for the records of a domain. outcome: ask, switched_off; no row: nobody, as it has no mailboxes any '
  'more. Definer: job_worker reads no table.';

create function private.has_mailboxes(p_domain text)
returns boolean
language sql stable
set search_path = ''
as $$
  select exists (
      select from public.ordered_mailboxes m where m.domain = p_domain and m.status in ('ordered', 'active')
    )
    and not exists (
      select from public.domain_inventory i where i.domain_name = p_domain and i.cancelled_at is not null
    )
$$;
comment on function private.has_mailboxes(text) is
  'Whether a domain has ordered mailboxes, and was not given up.';

create function private.record_purpose(p_name text, p_type text, p_content text)
returns text
language sql immutable
set search_path = ''
as $$
  select case
    when p_type = 'MX' then 'mx'
    when p_type = 'TXT' and p_content ~* '^v=spf1( |$)' then 'spf'
    when p_type = 'TXT' and p_content ~* '^v=dmarc1' then 'dmarc'
    when p_type in ('TXT', 'CNAME') and p_name ~ '(^|[.])_domainkey$' then 'dkim'
    else 'other'
  end
$$;

create function private.normal_records(p_domain text, p_records jsonb)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'purpose', private.record_purpose(r.name, r.type, r.content), 'name', r.name, 'type', r.type,
        'content', r.content, 'prio', r.prio
      )
      order by r.name, r.type, r.content
    ),
    '[]'
  )
  from (
    select distinct on (n.name, n.type, n.content) n.*
    from (
      select
        case
          when f.name in ('', '@', p_domain) then ''
          when right(f.name, length(p_domain) + 1) = '.' || p_domain then left(f.name, -length(p_domain) - 1)
          else f.name
        end as name,
        f.type, private.dns_content(f.type, f.content) as content,
        case when f.type = 'MX' then coalesce(f.prio, 10) end as prio
      from (
        select lower(btrim(coalesce(e.name, ''), '. ')) as name, upper(btrim(e.type)) as type, e.content, e.prio
        from jsonb_to_recordset(p_records) as e (name text, type text, content text, prio integer)
      ) as f
    ) as n
    where n.type in ('A', 'AAAA', 'CNAME', 'MX', 'TXT')
      and n.content <> ''
    order by n.name, n.type, n.content, n.prio
  ) as r
$$;
comment on function private.normal_records(text, jsonb) is
  'Records [{name, type, content, prio}] as providers tell them, with @ or in full, as set_domain_records takes them; '
  'in one order, so that the same answer is the same text. Name servers and the like are left out.';

create function integrations.record_provider_records(p_domain text, p_records jsonb)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_known private.provider_records;
  v_records jsonb := private.normal_records(p_domain, p_records);
  v_missing text[];
  v_outcome text := 'same';
begin
  select * into v_known from private.provider_records r where r.domain_name = p_domain for update;
  if v_known.domain_name is null then
    return 'over';
  end if;
  if v_records <> '[]' and v_records <> v_known.records then
    v_outcome := private.take_provider_records(v_known, v_records);
    update private.provider_records r set records = v_records where r.domain_name = p_domain;
  end if;
  -- DMARC is ours to say, and the template has it.
  v_missing := array(
    select p
    from unnest(array_remove(private.required_purposes(v_known.provider), 'dmarc')) as p
    where not v_records @> jsonb_build_array(jsonb_build_object('purpose', p))
  );
  if v_missing <> '{}' then
    perform private.wait_for_records(v_known, v_missing);
    return 'waiting';
  end if;
  return v_outcome;
end;
$$;
comment on function integrations.record_provider_records(text, jsonb) is
  'What a provider says the records of a domain must be, [{name, type, content, prio}]; none: it does not know yet. '
  'set: they are new, and are being written. same: nothing changed. waiting: some are missing, it is asked again. '
  'by_hand, unusable: a person was told. over: nobody wants to know any more. What it no longer names stays. Definer: '
  'job_worker writes no table.';

create function private.take_provider_records(p_known private.provider_records, p_records jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_client text := (
    select m.client
    from public.ordered_mailboxes m
    where m.domain = p_known.domain_name and m.status not in ('failed', 'canceled')
    limit 1
  );
  -- What was told once is told anew when the records change.
  v_key text := p_known.domain_name || ' ' || md5(p_records::text);
begin
  if not exists (
    select from public.domains d where d.domain_name = p_known.domain_name and d.provider = 'porkbun'
  ) then
    perform integrations.notify(
      'domain_records_by_hand', v_client, v_key,
      format('%s is not at our registrar. Set the records that %s names where its DNS is.',
        p_known.domain_name, p_known.provider),
      jsonb_build_object('domain', p_known.domain_name, 'records', p_records)
    );
    return 'by_hand';
  end if;
  perform public.set_domain_records(p_known.domain_name, p_records);
  return 'set';
exception
  when sqlstate 'MR002' then
    perform integrations.notify(
      'domain_records_unusable', v_client, v_key,
      format('%s names records for %s that cannot be: %s', p_known.provider, p_known.domain_name, sqlerrm),
      jsonb_build_object('domain', p_known.domain_name, 'records', p_records)
    );
    return 'unusable';
end;
$$;
comment on function private.take_provider_records(private.provider_records, jsonb) is
  'Has the records of a domain written, or tells a person why that cannot be.';

create function private.wait_for_records(p_known private.provider_records, p_missing text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_waited interval := private.clock() - p_known.expected_since;
begin
  if v_waited < make_interval(hours => private.setting('provider_records.tell_hours')::integer) then
    -- Each wait is as long as all before it.
    perform private.enqueue_record_look(
      p_known.domain_name, p_known.provider, least(greatest(v_waited, interval '1 minute'), interval '1 hour')
    );
    return;
  end if;
  perform integrations.notify(
    'domain_records_missing',
    (select i.client from public.domain_inventory i where i.domain_name = p_known.domain_name),
    p_known.domain_name || ' ' || p_known.expected_since,
    format(
      '%s does not name the %s of %s. Look there whether it knows the domain, or set them by hand: '
      'POST /v1/domains/{id}/records.',
      p_known.provider, array_to_string(p_missing, ', '), p_known.domain_name
    )
  );
end;
$$;
comment on function private.wait_for_records(private.provider_records, text[]) is
  'Some records are not named yet: asked again, later each time; then a person is told once, and it is asked once a '
  'day.';

create function private.request_record_looks(p_limit integer default 500)
returns table (requested integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
begin
  select outbound.enqueue_jobs(coalesce(
    jsonb_agg(jsonb_build_object(
      'queue', 'mailboxes', 'type', 'fetch_domain_records', 'priority', 10,
      'payload', jsonb_build_object('provider', u.provider, 'domain', u.domain_name),
      'dedupe_key', 'records ' || u.domain_name
    )),
    '[]'
  ))
  into requested
  from (
    select r.domain_name, r.provider
    from private.provider_records r
    where coalesce(r.asked_at, r.expected_since)
        < private.clock() - make_interval(hours => private.setting('provider_records.recheck_hours')::integer)
      and private.has_mailboxes(r.domain_name)
    order by coalesce(r.asked_at, r.expected_since)
    limit p_limit
  ) as u;
  has_more := false;
  return next;
end;
$$;
comment on function private.request_record_looks(integer) is
  'Has providers asked again for the records of domains, the longest ago first: they change, and a job may have died. '
  'Bounded; the next tick takes the rest.';

grant execute on function
  integrations.start_record_look(text), integrations.record_provider_records(text, jsonb)
to job_worker;
