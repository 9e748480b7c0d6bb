-- The weekly rebatch: which domains of a client go on sending, which are given up, which come out of reserve, and how
-- many must be bought, so that the client's daily goal is met. docs/slack.md tells the rules.
--
-- A plan is a preview that people approve or reject in Slack. Approved, it becomes steps, done one after the other: those
-- at EmailBison as jobs, the others here. A step that is done stays done, whatever dies; one that fails stops the run until
-- somebody resumes it. Lock order: the approval, the run, its steps, inboxes.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('rebatch.weekday', 1, 'weekday', 1, 7, 'A client is planned for once a week from this day on (1: Monday), by its clock.'),
  ('rebatch.hour', 6, 'hours', 0, 23, 'And from this hour on.'),
  ('rebatch.check_days', 7, 'days', 1, 60, 'Health checks that are older say nothing.'),
  ('rebatch.cancel_share', 50, 'percent', 1, 100,
    'A domain is given up when so many of its checked inboxes should be canceled.'),
  ('rebatch.lowest_score', 50, 'points', 0, 100, 'A domain is given up when the average score of its inboxes is below.'),
  ('rebatch.least_sent', 200, 'mails', 1, 100000, 'With fewer mails in the checks'' window, replies say nothing.'),
  ('rebatch.lowest_reply_rate', 0.5, 'percent', 0, 100, 'A domain is given up when its reply rate is below.'),
  ('rebatch.most_canceled_share', 30, 'percent', 0, 100,
    'Of the sending domains, at most so many are given up in one run, the worst first; at least one.'),
  ('rebatch.sends_per_inbox', 20, 'mails', 1, 500, 'What an inbox sends a day once it comes out of reserve.'),
  ('rebatch.inboxes_per_domain', 3, 'inboxes', 1, 100, 'What a domain that is bought will have.'),
  ('rebatch.insurance_share', 30, 'percent', 0, 200, 'Domains in reserve, of those that send.'),
  ('rebatch.most_bought', 20, 'domains', 0, 1000, 'Most domains that one run buys.'),
  ('rebatch.wait_minutes', 60, 'minutes', 1, 1440, 'How long a run waits for names to be checked before it buys what there is.'),
  ('rebatch.stalled_minutes', 180, 'minutes', 10, 10080, 'A run whose step has no job and did not move for so long failed.');

insert into integrations.notice_kinds (kind, description, severity)
values ('rebatch_failed', 'A rebatch stopped at a step and waits for a person.', 'urgent');
insert into integrations.approval_kinds (kind, handler, description)
values ('rebatch', 'public.decide_rebatch', 'Whether a client''s weekly rebatch is carried out.');

create table public.rebatch_runs (
  id uuid primary key default gen_random_uuid(),
  run_date date not null default current_date,
  client text not null,
  daily_send_goal integer,
  active_domains integer default 0,
  insurance_domains integer default 0,
  domains_to_cancel text[] default '{}',
  domains_to_activate text[] default '{}',
  domains_to_buy integer default 0,
  inboxes_analyzed integer default 0,
  avg_reply_rate numeric,
  status text default 'preview',
  slack_message_ts text,
  executed_at timestamptz,
  executed_by text,
  error_message text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  capacity_now integer not null default 0,
  capacity_planned integer not null default 0,
  domains_coming integer not null default 0,
  cancel_reasons jsonb not null default '{}',
  decided_by text,
  decided_at timestamptz,
  constraint status_is_known check (
    status in ('preview', 'approved', 'executing', 'executed', 'failed', 'rejected', 'superseded')
  ),
  constraint failed_run_says_why check (status <> 'failed' or error_message is not null),
  constraint executed_run_says_when check ((status = 'executed') = (executed_at is not null)),
  constraint cancel_reasons_are_an_object check (jsonb_typeof(cancel_reasons) = 'object')
);
create unique index rebatch_runs_client_live_key on public.rebatch_runs (client)
where status in ('preview', 'approved', 'executing', 'failed');
create index rebatch_runs_client_created_at_idx on public.rebatch_runs (client, created_at);
create index rebatch_runs_status_created_at_idx on public.rebatch_runs (status, created_at);
create index rebatch_runs_created_at_idx on public.rebatch_runs (created_at);
comment on table public.rebatch_runs is
  'A weekly plan for a client''s domains and what became of it. preview: waits for a decision. A newer plan supersedes a '
  'preview and a failed run; one that is approved or executing is finished first.';
comment on column public.rebatch_runs.active_domains is 'Domains that send once the plan is carried out, without bought ones.';
comment on column public.rebatch_runs.insurance_domains is 'Domains in reserve then: warm, healthy, and not sending.';
comment on column public.rebatch_runs.avg_reply_rate is 'Percent, of all mails of the sending domains in the checks'' window.';
comment on column public.rebatch_runs.executed_by is 'Who approved it: slack:<id> or user:<id>.';
comment on column public.rebatch_runs.capacity_now is 'Mails a day that the connected inboxes may send.';
comment on column public.rebatch_runs.domains_coming is 'Bought or warming up: they are not bought again.';
comment on column public.rebatch_runs.cancel_reasons is 'For each domain to cancel: health, score or replies.';
select private.apply_client_policies('public.rebatch_runs', 'none');
create trigger _100_touch_updated_at before update on public.rebatch_runs
for each row execute function extensions.moddatetime(updated_at);
select private.audit('public.rebatch_runs', '{}', '{slack_message_ts}');

create table public.rebatch_steps (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references public.rebatch_runs (id) on delete cascade,
  client text not null,
  position integer not null,
  action text not null,
  domain text,
  inbox_id bigint references public.inboxes (id) on delete set null,
  daily_limit integer,
  status text not null default 'waiting',
  result text,
  started_at timestamptz,
  done_at timestamptz,
  created_at timestamptz not null default now(),
  constraint rebatch_steps_run_id_position_key unique (run_id, position),
  constraint action_is_known check (action in ('start', 'activate', 'stop', 'cancel', 'check_names', 'buy')),
  constraint status_is_known check (status in ('waiting', 'running', 'done', 'failed', 'skipped'))
);
create index rebatch_steps_run_id_position_open_idx on public.rebatch_steps (run_id, position)
where status in ('waiting', 'running');
create index rebatch_steps_inbox_id_idx on public.rebatch_steps (inbox_id);
create index rebatch_steps_created_at_idx on public.rebatch_steps (created_at);
create index rebatch_steps_client_created_at_idx on public.rebatch_steps (client, created_at);
comment on table public.rebatch_steps is
  'What an approved rebatch does, in order. start and stop set an inbox''s daily limit at EmailBison; activate and cancel '
  'note it of the domain; check_names has names asked about; buy makes a purchase batch, which is approved on its own.';
select private.apply_client_policies('public.rebatch_steps', 'none');

create index inboxes_sending_domain_idx on public.inboxes (lower(coalesce(domain, split_part(email, '@', 2))));

create function private.inboxes_of_domain(p_client text, p_domain text)
returns setof public.inboxes
language sql stable rows 10
set search_path = ''
as $$
  select i.*
  from (
    select k.* from public.inboxes k where lower(coalesce(k.domain, split_part(k.email, '@', 2))) = p_domain offset 0
  ) as i
  where i.client = p_client
$$;
comment on function private.inboxes_of_domain(text, text) is
  'A client''s inboxes of a domain, removed ones as well; looked up by the domain, not among all of the client.';

-- The plan -------------------------------------------------------------------------------------------------------

create function private.rebatch_reason(
  p_checked bigint, p_to_cancel bigint, p_score numeric, p_sent bigint, p_replies bigint, p_client text
)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return case
    when p_checked > 0 and p_to_cancel * 100 >= p_checked * private.client_setting(p_client, 'rebatch.cancel_share')
      then 'health'
    when p_score < private.client_setting(p_client, 'rebatch.lowest_score') then 'score'
    when p_sent >= private.client_setting(p_client, 'rebatch.least_sent')
      and p_replies * 100 < p_sent * private.client_setting(p_client, 'rebatch.lowest_reply_rate') then 'replies'
  end;
end;
$$;
comment on function private.rebatch_reason(bigint, bigint, numeric, bigint, bigint, text) is
  'Why a domain is given up, the first that holds: health (so many of its checked inboxes should be canceled), score, '
  'replies. Null: it is kept. What was not checked is kept.';

create function private.rebatch_domains(p_client text)
returns table (
  domain text, role text, inboxes integer, capacity integer, score numeric, sent bigint, replies bigint, reason text
)
language sql stable
set search_path = ''
as $$
  with latest as (
    select distinct on (h.inbox_id) h.inbox_id, h.health_score, h.recommendation, h.sent_count, h.reply_count
    from public.inbox_health_checks h
    where h.client = p_client
      and h.checked_at > private.clock() - private.client_setting(p_client, 'rebatch.check_days') * interval '1 day'
    order by h.inbox_id, h.checked_at desc
  ),
  inbox as (
    select
      lower(coalesce(i.domain, split_part(i.email, '@', 2))) as domain, i.daily_limit, h.*,
      lower(i.status) = 'connected' as is_connected,
      case
        when s.status in ('ordered', 'warming') then 'warming'
        when s.status = 'ready' or i.lifecycle_status = 'insurance' then 'insurance'
        else 'active'
      end as role
    from public.inboxes i
    left join public.inbox_sets s on s.id = i.inbox_set_id
    left join latest h on h.inbox_id = i.bison_inbox_id::text
    where i.client = p_client
      and i.removed_at is null
      and coalesce(i.lifecycle_status, 'active') in ('active', 'insurance')
      and coalesce(s.status, 'deployed') not in ('paused', 'archived')
  ),
  figures as (
    -- The first role by the alphabet: one inbox that sends makes the domain active.
    select
      b.domain, min(b.role) as role, count(*)::integer as inboxes,
      (sum(b.daily_limit) filter (where b.is_connected and b.role = 'active'))::integer as limits,
      count(*) filter (where b.is_connected) as connected, round(avg(b.health_score), 1) as score,
      count(b.recommendation) as checked, count(*) filter (where b.recommendation = 'cancel') as to_cancel,
      coalesce(sum(b.sent_count), 0) as sent, coalesce(sum(b.reply_count), 0) as replies
    from inbox b
    group by b.domain
  )
  select
    f.domain, f.role, f.inboxes,
    case f.role
      when 'active' then coalesce(f.limits, 0)
      else (f.connected * private.client_setting(p_client, 'rebatch.sends_per_inbox'))::integer
    end,
    f.score, f.sent, f.replies, private.rebatch_reason(f.checked, f.to_cancel, f.score, f.sent, f.replies, p_client)
  from figures f
$$;
comment on function private.rebatch_domains(text) is
  'A client''s domains. role: active (any inbox sends), insurance (warm and in reserve), warming. capacity: mails a day of '
  'its connected inboxes, as they are set or, in reserve, as they would be.';

create function private.rebatch_plan(p_client text, p_goal integer)
returns public.rebatch_runs
language plpgsql stable
set search_path = ''
as $$
declare
  v_plan public.rebatch_runs;
  v_active integer;
  v_domain_capacity numeric := private.client_setting(p_client, 'rebatch.sends_per_inbox')
    * private.client_setting(p_client, 'rebatch.inboxes_per_domain');
  v_missing integer;
begin
  with d as (
    select * from private.rebatch_domains(p_client)
  ),
  doomed as (
    select r.domain, r.role, r.capacity, r.reason
    from (
      select
        d.*,
        row_number() over (partition by d.role order by d.score nulls last, d.replies::numeric / nullif(d.sent, 0), d.domain)
          as place
      from d
      where d.reason is not null
        and d.role <> 'warming'
    ) as r
    where r.role = 'insurance'
      or r.place <= greatest(1, floor(
        (select count(*) from d where d.role = 'active')
        * private.client_setting(p_client, 'rebatch.most_canceled_share') / 100
      ))
  ),
  kept as (
    select d.* from d where d.domain not in (select x.domain from doomed x)
  ),
  reserve as (
    select
      k.domain, k.capacity,
      sum(k.capacity) over (order by k.score desc nulls last, k.domain) - k.capacity as before_it
    from kept k
    where k.role = 'insurance'
      and k.capacity > 0
  ),
  sending as (
    select coalesce(sum(k.capacity), 0)::integer as capacity, count(*)::integer as domains
    from kept k
    where k.role = 'active'
  ),
  woken as (
    select r.* from reserve r, sending s where s.capacity + r.before_it < p_goal
  )
  select
    p_goal, s.domains + (select count(*) from woken), (select count(*) from reserve) - (select count(*) from woken),
    array(select x.domain from doomed x order by x.domain), array(select w.domain from woken w order by w.before_it),
    coalesce((select sum(d.inboxes) from d), 0),
    (select round(100.0 * sum(d.replies) / nullif(sum(d.sent), 0), 2) from d where d.role = 'active'),
    coalesce((select sum(d.capacity) from d where d.role = 'active'), 0),
    s.capacity + coalesce((select sum(w.capacity) from woken w), 0),
    (select count(*) from d where d.role = 'warming') + (
      select count(*)
      from public.domain_inventory i
      where i.client = p_client
        and i.status in ('reserved', 'purchased', 'configured')
        and i.cancelled_at is null
        and i.domain_name not in (select d.domain from d)
    ),
    coalesce((select jsonb_object_agg(x.domain, x.reason) from doomed x), '{}')
  into
    v_plan.daily_send_goal, v_plan.active_domains, v_plan.insurance_domains, v_plan.domains_to_cancel,
    v_plan.domains_to_activate, v_plan.inboxes_analyzed, v_plan.avg_reply_rate, v_plan.capacity_now,
    v_plan.capacity_planned, v_plan.domains_coming, v_plan.cancel_reasons
  from sending s;

  v_missing := ceil(greatest(p_goal - v_plan.capacity_planned, 0) / v_domain_capacity);
  v_active := v_plan.active_domains + v_missing;
  v_missing := v_missing + greatest(
    ceil(v_active * private.client_setting(p_client, 'rebatch.insurance_share') / 100)::integer - v_plan.insurance_domains, 0
  );
  v_plan.domains_to_buy := least(
    greatest(v_missing - v_plan.domains_coming, 0), private.client_setting(p_client, 'rebatch.most_bought')
  );
  v_plan.client := p_client;
  return v_plan;
end;
$$;
comment on function private.rebatch_plan(text, integer) is
  'What should become of a client''s domains for this many mails a day: the worst are given up, the best of the reserve '
  'take their place until the goal is met, and what is missing then, or in the reserve, is bought unless it is coming.';

create function private.rebatch_details(p_run public.rebatch_runs)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'text', concat_ws(
      chr(10),
      (
        select 'Cancel: ' || string_agg(
          format('%s (%s)', d.name, case p_run.cancel_reasons ->> d.name
            when 'health' then 'inboxes should be canceled' when 'score' then 'low score' else 'few replies'
          end), ', ' order by d.name
        )
        from unnest(p_run.domains_to_cancel) as d (name)
      ),
      'Activate: ' || nullif(array_to_string(p_run.domains_to_activate, ', '), ''),
      case when p_run.domains_to_buy > 0 then 'Buy: ' || p_run.domains_to_buy end
    ),
    'fields', jsonb_build_array(
      jsonb_build_object('label', 'Goal', 'value', p_run.daily_send_goal || ' mails a day'),
      jsonb_build_object('label', 'Capacity', 'value', format('%s now, %s then', p_run.capacity_now, p_run.capacity_planned)),
      jsonb_build_object('label', 'Sending domains', 'value', p_run.active_domains::text),
      jsonb_build_object('label', 'In reserve', 'value', p_run.insurance_domains::text),
      jsonb_build_object('label', 'Reply rate', 'value', coalesce(p_run.avg_reply_rate || ' %', 'not known')),
      jsonb_build_object('label', 'Inboxes looked at', 'value', p_run.inboxes_analyzed::text)
    ),
    'choices', '[
      {"value": "approved", "label": "Approve"}, {"value": "rejected", "label": "Reject", "ask": "Why not?"}
    ]'::jsonb
  )
$$;
comment on function private.rebatch_details(public.rebatch_runs) is 'What the message of a preview says.';

create function private.request_rebatch(p_client text)
returns public.rebatch_runs
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_goal integer := (select least(t.emails_per_day, 1000000)::integer from public.client_targets t where t.client = p_client);
  v_old public.rebatch_runs;
  v_run public.rebatch_runs;
  v_has_work boolean;
begin
  if coalesce(v_goal, 0) <= 0 then
    perform private.raise_error(
      'MR003', format('%s has no daily goal.', p_client), null, 'Set client_targets.emails_per_day.'
    );
  end if;
  -- One plan of a client at a time.
  perform pg_advisory_xact_lock(hashtextextended('rebatch ' || p_client, 0));
  select r.* into v_old
  from public.rebatch_runs r
  where r.client = p_client and r.status in ('preview', 'approved', 'executing', 'failed')
  for update;
  if v_old.status in ('approved', 'executing') then
    perform private.raise_error('MR003', format('The rebatch of %s is being carried out.', p_client));
  elsif found then
    perform integrations.withdraw_approval('rebatch', v_old.id, 'A newer plan took its place.');
    update public.rebatch_runs r set status = 'superseded' where r.id = v_old.id;
  end if;

  v_run := private.rebatch_plan(p_client, v_goal);
  v_has_work := cardinality(v_run.domains_to_cancel) + cardinality(v_run.domains_to_activate) + v_run.domains_to_buy > 0;
  insert into public.rebatch_runs (
    run_date, client, daily_send_goal, active_domains, insurance_domains, domains_to_cancel, domains_to_activate,
    domains_to_buy, inboxes_analyzed, avg_reply_rate, capacity_now, capacity_planned, domains_coming, cancel_reasons,
    status, executed_at, created_at
  )
  values (
    (v_now at time zone private.time_zone_of(p_client))::date, p_client, v_goal, v_run.active_domains,
    v_run.insurance_domains, v_run.domains_to_cancel, v_run.domains_to_activate, v_run.domains_to_buy,
    v_run.inboxes_analyzed, v_run.avg_reply_rate, v_run.capacity_now, v_run.capacity_planned, v_run.domains_coming,
    v_run.cancel_reasons, case when v_has_work then 'preview' else 'executed' end,
    case when not v_has_work then v_now end, v_now
  )
  returning * into v_run;
  if v_has_work then
    perform integrations.request_approval(
      'rebatch', v_run.id, p_client, format('Rebatch of %s, %s', p_client, v_run.run_date),
      private.rebatch_details(v_run)
    );
  end if;
  return v_run;
end;
$$;
comment on function private.request_rebatch(text) is
  'Makes a client''s plan and asks for approval; with nothing to do it counts as executed. MR003: no goal, or a run is '
  'being carried out.';

create function public.plan_rebatch(p_client text)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_client(p_client);
  return (private.request_rebatch(p_client)).id;
end;
$$;
comment on function public.plan_rebatch(text) is
  'Plans a client''s rebatch now. For the agency''s staff. MR003: the client has no goal, or a run is being carried out. '
  'Definer: users may not write runs.';
grant execute on function public.plan_rebatch(text) to authenticated, service_role;

create function private.rebatch_due_since(p_client text)
returns timestamptz
language sql stable
set search_path = ''
as $$
  select case when w.start <= w.now then w.start else w.start - interval '7 days' end at time zone w.zone
  from (
    select
      z.zone, z.now,
      date_trunc('week', z.now) + private.client_setting(p_client, 'rebatch.weekday') * interval '1 day' - interval '1 day'
      + private.client_setting(p_client, 'rebatch.hour') * interval '1 hour' as start
    from (select t.zone, private.clock() at time zone t.zone as now from private.time_zone_of(p_client) as t (zone)) as z
  ) as w
$$;
comment on function private.rebatch_due_since(text) is
  'When the client''s present week of plans began: a plan made since then is this week''s.';

create function private.plan_rebatches(p_limit integer default 5)
returns table (planned integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_client text;
begin
  planned := 0;
  for v_client in
    select t.client
    from public.client_targets t
    join integrations.tenants n on n.business = t.client
    where t.emails_per_day >= 1
      and not exists (
        select
        from public.rebatch_runs r
        where r.client = t.client
          and (r.status in ('approved', 'executing') or r.created_at >= private.rebatch_due_since(t.client))
      )
    order by t.client
    limit p_limit
  loop
    perform private.request_rebatch(v_client);
    planned := planned + 1;
  end loop;
  has_more := planned >= p_limit;
  return next;
end;
$$;
comment on function private.plan_rebatches(integer) is
  'Plans for the clients with a goal that have no plan this week, at most p_limit.';

-- Steps ----------------------------------------------------------------------------------------------------------

create function private.plan_rebatch_steps(p_run public.rebatch_runs)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- What comes first keeps the client sending.
  insert into public.rebatch_steps (run_id, client, position, action, domain, inbox_id, daily_limit)
  select
    p_run.id, p_run.client, row_number() over (order by s.phase, s.place, s.inbox_id nulls last), s.action, s.domain,
    s.inbox_id, s.daily_limit
  from (
    select
      1 as phase, d.place, 'start' as action, d.name as domain, i.id as inbox_id,
      private.client_setting(p_run.client, 'rebatch.sends_per_inbox')::integer as daily_limit
    from unnest(p_run.domains_to_activate) with ordinality as d (name, place)
    cross join lateral private.inboxes_of_domain(p_run.client, d.name) as i
    where i.removed_at is null and lower(i.status) = 'connected' and i.lifecycle_status is distinct from 'cancelled'
    union all
    select 1, d.place, 'activate', d.name, null, null
    from unnest(p_run.domains_to_activate) with ordinality as d (name, place)
    union all
    select 2, d.place, 'stop', d.name, i.id, 0
    from unnest(p_run.domains_to_cancel) with ordinality as d (name, place)
    cross join lateral private.inboxes_of_domain(p_run.client, d.name) as i
    where i.removed_at is null
    union all
    select 2, d.place, 'cancel', d.name, null, null
    from unnest(p_run.domains_to_cancel) with ordinality as d (name, place)
    union all
    select 3, n, case n when 1 then 'check_names' else 'buy' end, null, null, null
    from generate_series(1, 2) as n
    where p_run.domains_to_buy > 0
  ) as s;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.plan_rebatch_steps(public.rebatch_runs) is 'Writes the steps of a run; answers how many.';

create function private.step_name(p_step public.rebatch_steps)
returns text
language sql stable
set search_path = ''
as $$
  select concat_ws(
    ' ',
    case p_step.action
      when 'start' then 'start' when 'activate' then 'activate' when 'stop' then 'stop' when 'cancel' then 'cancel'
      when 'check_names' then 'check names' else 'buy domains'
    end,
    coalesce((select i.email from public.inboxes i where i.id = p_step.inbox_id), p_step.domain)
  )
$$;

create function private.tag_rebatched(p_client text, p_domain text, p_on text, p_off text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_tag public.inbox_tags;
  v_inboxes bigint[] := array(
    select i.id from private.inboxes_of_domain(p_client, p_domain) i where i.removed_at is null
  );
begin
  for v_tag in
    select t.* from public.inbox_tags t where t.client = p_client and lower(t.name) = any(p_off || p_on) order by t.id
  loop
    perform public.tag_inboxes(v_tag.id, v_inboxes, lower(v_tag.name) = p_on);
  end loop;
end;
$$;
comment on function private.tag_rebatched(text, text, text, text[]) is
  'Puts the tag of this name on a domain''s inboxes and takes the others off, where the client has tags of these names.';

create function private.check_names_for(p_client text, p_count integer)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_fresh integer := cardinality(public.propose_domains(p_client, p_count));
  v_names text[];
  v_template uuid;
begin
  if v_fresh >= p_count then
    return 'enough names are checked';
  end if;
  v_names := array(
    select c.domain_name
    from public.domain_availability_checks c
    where c.client = p_client
      and coalesce(c.is_available, true)
      and coalesce(c.expires_at, '-infinity') <= private.clock()
      and not exists (
        select from public.domain_inventory i where i.domain_name = c.domain_name and i.status <> 'available'
      )
    order by length(c.domain_name), c.domain_name
    limit 2 * (p_count - v_fresh)
  );
  if v_names <> '{}' then
    perform public.check_domains(p_client, v_names);
  end if;
  select t.id into v_template
  from public.domain_generation_templates t
  where t.client = p_client
  order by t.last_used_at nulls first, t.created_at
  limit 1;
  if cardinality(v_names) < p_count - v_fresh and v_template is not null then
    perform public.generate_domains(v_template, 2 * (p_count - v_fresh));
  end if;
  return format('%s names are being checked', greatest(cardinality(v_names), 2 * (p_count - v_fresh)));
end;
$$;
comment on function private.check_names_for(text, integer) is
  'Has enough names of a client asked about that so many can be bought: those known, then new ones of its template.';

create function private.buy_for_rebatch(p_step public.rebatch_steps, p_count integer)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_names text[] := public.propose_domains(p_step.client, p_count);
begin
  if cardinality(v_names) < p_count
    and p_step.started_at > private.clock()
      - private.client_setting(p_step.client, 'rebatch.wait_minutes') * interval '1 minute'
    and exists (
      select from outbound.job_queue j where j.job_type = 'check_domain' and j.status in ('waiting', 'active', 'delayed')
    )
  then
    return null;
  elsif v_names = '{}' then
    return 'no name can be bought: make a template for the client';
  end if;
  perform public.create_purchase_batch(
    p_step.client, v_names, p_name => format('Rebatch of %s', private.clock()::date)
  );
  return format('%s of %s domains are proposed, to be approved on their own', cardinality(v_names), p_count);
end;
$$;
comment on function private.buy_for_rebatch(public.rebatch_steps, integer) is
  'Proposes the domains that a run buys; null: names are still being checked.';

create function private.do_rebatch_step(p_step public.rebatch_steps)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_set uuid;
begin
  case p_step.action
    when 'activate' then
      for v_set in
        select distinct s.id
        from private.inboxes_of_domain(p_step.client, p_step.domain) i
        join public.inbox_sets s on s.id = i.inbox_set_id and s.status = 'ready'
      loop
        perform public.move_inbox_set(v_set, 'deployed');
      end loop;
      update public.domain_inventory d
      set activated_at = coalesce(d.activated_at, v_now), cancelled_at = null
      where d.domain_name = p_step.domain;
      perform private.tag_rebatched(p_step.client, p_step.domain, 'sending', array['insurance', 'canceled']);
      return 'activated';
    when 'cancel' then
      update public.domain_inventory d
      set cancelled_at = coalesce(d.cancelled_at, v_now)
      where d.domain_name = p_step.domain;
      perform private.tag_rebatched(p_step.client, p_step.domain, 'canceled', array['insurance', 'sending']);
      return format(
        'canceled, %s mailboxes at their provider as well', integrations.cancel_inboxes(array(
          select i.id from private.inboxes_of_domain(p_step.client, p_step.domain) i
        ))
      );
    when 'check_names' then
      return private.check_names_for(
        p_step.client, (select r.domains_to_buy from public.rebatch_runs r where r.id = p_step.run_id)
      );
    when 'buy' then
      return private.buy_for_rebatch(
        p_step, (select r.domains_to_buy from public.rebatch_runs r where r.id = p_step.run_id)
      );
  end case;
end;
$$;
comment on function private.do_rebatch_step(public.rebatch_steps) is
  'Does a step that needs nobody else; answers what came of it, null: not yet.';

create function private.enqueue_rebatch_step(p_step public.rebatch_steps, p_run_at timestamptz default null)
returns uuid
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'rebatch', 'run_rebatch_step', jsonb_build_object('step', p_step.id, 'client', p_step.client), p_run_at,
    p_dedupe_key => 'step ' || p_step.id
  )
$$;

create function private.stop_rebatch(p_step public.rebatch_steps, p_error text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_run public.rebatch_runs;
begin
  update public.rebatch_steps s set status = 'failed', result = left(p_error, 1000) where s.id = p_step.id;
  update public.rebatch_runs r
  set status = 'failed',
      error_message = format(
        'Step %s of %s, %s: %s', p_step.position,
        (select max(s.position) from public.rebatch_steps s where s.run_id = r.id), private.step_name(p_step),
        left(p_error, 1000)
      )
  where r.id = p_step.run_id
  returning r.* into v_run;
  perform integrations.report_progress('rebatch', v_run.id, 'Stopped. ' || v_run.error_message);
  perform integrations.notify(
    'rebatch_failed', v_run.client, format('%s %s %s', v_run.id, p_step.position, private.clock()),
    format('The rebatch of %s stopped. %s', v_run.client, v_run.error_message), jsonb_build_object('run_id', v_run.id)
  );
end;
$$;
comment on function private.stop_rebatch(public.rebatch_steps, text) is 'The run failed at this step and says so.';

create function private.finish_rebatch(p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_run public.rebatch_runs;
begin
  update public.rebatch_runs r
  set status = 'executed', executed_at = private.clock(), error_message = null
  where r.id = p_run_id
  returning r.* into v_run;
  perform integrations.report_progress(
    'rebatch', p_run_id, concat_ws(
      '; ',
      format('Done: %s canceled, %s activated', cardinality(v_run.domains_to_cancel), cardinality(v_run.domains_to_activate)),
      (select s.result from public.rebatch_steps s where s.run_id = p_run_id and s.action = 'buy')
    )
  );
end;
$$;

create function private.advance_rebatch(p_run_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_step public.rebatch_steps;
  v_result text;
  v_message text;
begin
  perform from public.rebatch_runs r where r.id = p_run_id for update;
  loop
    select s.* into v_step
    from public.rebatch_steps s
    where s.run_id = p_run_id
      and s.position = (
        select min(o.position) from public.rebatch_steps o where o.run_id = p_run_id and o.status in ('waiting', 'running')
      );
    if not found then
      perform private.finish_rebatch(p_run_id);
      return;
    end if;
    update public.rebatch_steps s
    set status = 'running', started_at = coalesce(s.started_at, private.clock())
    where s.id = v_step.id
    returning s.* into v_step;
    if v_step.action in ('start', 'stop') then
      perform private.enqueue_rebatch_step(v_step);
      return;
    end if;
    begin
      v_result := private.do_rebatch_step(v_step);
    exception when others then
      get stacked diagnostics v_message = message_text;
      perform private.stop_rebatch(v_step, v_message);
      return;
    end;
    if v_result is null then
      perform private.enqueue_rebatch_step(v_step, private.clock() + interval '30 seconds');
      return;
    end if;
    update public.rebatch_steps s
    set status = 'done', done_at = private.clock(), result = v_result
    where s.id = v_step.id;
    perform integrations.report_progress(
      'rebatch', p_run_id, format(
        'Step %s of %s: %s', v_step.position,
        (select max(s.position) from public.rebatch_steps s where s.run_id = p_run_id), private.step_name(v_step)
      )
    );
  end loop;
end;
$$;
comment on function private.advance_rebatch(uuid) is
  'Does the next steps of a run until one needs a job, waits or fails, or none is left.';

-- Deciding and executing -------------------------------------------------------------------------------------------

create function public.decide_rebatch(p_approval_id uuid, p_decision text, p_decided_by text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_run public.rebatch_runs;
  v_steps integer;
begin
  update public.rebatch_runs r
  set status = p_decision,
      decided_by = p_decided_by,
      decided_at = private.clock(),
      executed_by = case when p_decision = 'approved' then p_decided_by end
  where r.id = (select a.subject_id from integrations.approvals a where a.id = p_approval_id)
    and r.status = 'preview'
  returning r.* into v_run;
  if v_run.id is null then
    perform private.raise_error('MR003', 'This plan is no longer the newest.');
  elsif p_decision = 'rejected' then
    return 'Nothing is changed.';
  end if;
  v_steps := private.plan_rebatch_steps(v_run);
  update public.rebatch_runs r set status = 'executing' where r.id = v_run.id;
  perform private.advance_rebatch(v_run.id);
  return format('%s steps follow.', v_steps);
end;
$$;
comment on function public.decide_rebatch(uuid, text, text) is
  'Handler of approvals of kind rebatch: approved plans are carried out at once.';

create function integrations.start_rebatch_step(p_step_id uuid)
returns table (outcome text, app_url text, api_key text, bison_inbox_id integer, daily_limit integer)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_step public.rebatch_steps;
begin
  select s.* into v_step from public.rebatch_steps s where s.id = p_step_id;
  if v_step.status is distinct from 'running' then
    outcome := 'done';
  elsif v_step.action not in ('start', 'stop') then
    perform private.advance_rebatch(v_step.run_id);
    outcome := 'done';
  else
    select c."App URL- Bison", c."Api Key - Bison", i.bison_inbox_id, v_step.daily_limit
    into app_url, api_key, bison_inbox_id, daily_limit
    from public.inboxes i
    join public."Clients" c on c."Business" = i.client
    where i.id = v_step.inbox_id
      and i.removed_at is null;
    outcome := case when not found then 'gone' when api_key is null then 'not_connected' else 'call' end;
  end if;
  return next;
end;
$$;
comment on function integrations.start_rebatch_step(uuid) is
  'What to tell EmailBison. Outcome: call; gone (the inbox is no more: finish the step); not_connected (the client has no '
  'EmailBison key); done (nothing to do any more). Definer: job_worker has no right on the tables.';

create function integrations.finish_rebatch_step(p_step_id uuid)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run_id uuid := (select s.run_id from public.rebatch_steps s where s.id = p_step_id);
  v_step public.rebatch_steps;
begin
  perform from public.rebatch_runs r where r.id = v_run_id for update;
  update public.rebatch_steps s
  set status = 'done', done_at = private.clock()
  where s.id = p_step_id
    and s.status = 'running'
  returning s.* into v_step;
  if not found then
    return 'done';
  end if;
  update public.inboxes i
  set daily_limit = v_step.daily_limit,
      lifecycle_status = case v_step.action when 'start' then 'active' else 'cancelled' end
  where i.id = v_step.inbox_id
    and i.removed_at is null;
  perform private.advance_rebatch(v_run_id);
  return 'finished';
end;
$$;
comment on function integrations.finish_rebatch_step(uuid) is
  'EmailBison knows: the inbox is noted, and the next step follows. Definer: as integrations.start_rebatch_step.';

create function integrations.fail_rebatch_step(p_step_id uuid, p_error text)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_step public.rebatch_steps;
begin
  perform from public.rebatch_runs r
  where r.id = (select s.run_id from public.rebatch_steps s where s.id = p_step_id)
  for update;
  select s.* into v_step from public.rebatch_steps s where s.id = p_step_id and s.status = 'running';
  if found then
    perform private.stop_rebatch(v_step, p_error);
  end if;
end;
$$;
comment on function integrations.fail_rebatch_step(uuid, text) is
  'The job of the step gave up: the run stops and says where. Definer: as integrations.start_rebatch_step.';

create function public.resume_rebatch(p_run_id uuid, p_skip boolean default false)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_run public.rebatch_runs;
begin
  select r.* into v_run from public.rebatch_runs r where r.id = p_run_id for update;
  if v_run.id is null then
    perform private.raise_error('MR001', 'There is no such run.');
  end if;
  perform private.require_staff_of(v_run.client);
  if v_run.status <> 'failed' then
    perform private.raise_error('MR003', format('Only a failed run is resumed; this one is %s.', v_run.status));
  end if;
  update public.rebatch_steps s
  set status = case when p_skip then 'skipped' else 'waiting' end, started_at = null
  where s.run_id = p_run_id
    and s.status = 'failed';
  update public.rebatch_runs r set status = 'executing', error_message = null where r.id = p_run_id;
  perform private.advance_rebatch(p_run_id);
  return (select r.status from public.rebatch_runs r where r.id = p_run_id);
end;
$$;
comment on function public.resume_rebatch(uuid, boolean) is
  'Goes on with a run at the step that failed, or after it (p_skip). Answers the run''s status. For the agency''s staff. '
  'Definer: users may not write runs.';
grant execute on function public.resume_rebatch(uuid, boolean) to authenticated, service_role;
grant execute on function
  integrations.start_rebatch_step(uuid),
  integrations.finish_rebatch_step(uuid),
  integrations.fail_rebatch_step(uuid, text)
to job_worker;

create function private.watch_rebatches(p_limit integer default 50)
returns table (stopped integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_step public.rebatch_steps;
begin
  stopped := 0;
  for v_step in
    select s.*
    from public.rebatch_runs r
    join public.rebatch_steps s on s.run_id = r.id and s.status = 'running'
    where r.status = 'executing'
      and r.updated_at < private.clock() - private.setting('rebatch.stalled_minutes') * interval '1 minute'
      and not exists (
        select
        from outbound.job_queue j
        where j.job_type = 'run_rebatch_step'
          and j.status in ('waiting', 'delayed', 'active')
          and j.payload ->> 'step' = s.id::text
      )
    limit p_limit
    for update of r skip locked
  loop
    perform private.stop_rebatch(v_step, 'its job ended without a word');
    stopped := stopped + 1;
  end loop;
  has_more := stopped >= p_limit;
  return next;
end;
$$;
comment on function private.watch_rebatches(integer) is
  'Runs whose step has lost its job (the worker was killed at the last attempt) have failed.';

create function private.tg_slack_messages__tell_rebatch()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update public.rebatch_runs r
  set slack_message_ts = new.ts
  from integrations.approvals a
  where a.message_id = new.id
    and a.kind = 'rebatch'
    and r.id = a.subject_id;
  return null;
end;
$$;
create trigger _500_tell_rebatch after update of ts on integrations.slack_messages
for each row when (old.ts is null and new.ts is not null) execute function private.tg_slack_messages__tell_rebatch();
