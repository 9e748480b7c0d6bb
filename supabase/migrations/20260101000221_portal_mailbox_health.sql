-- How well each inbox does: its figures by day, and a daily verdict by written rules. docs/mailboxes.md tells them with
-- their thresholds, which are rows of integrations.settings and may differ by client.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('inbox_health.hour', 3, 'hours', 1, 23, 'The check of a day is made from this hour on, by the client''s clock.'),
  ('inbox_health.window_days', 14, 'days', 1, 90, 'Full days before the check whose mails are judged.'),
  ('inbox_health.least_sent', 50, 'mails', 1, 10000, 'With fewer in the window, bounces and replies say nothing.'),
  ('inbox_health.least_warmup_sent', 20, 'mails', 1, 10000, 'With fewer in the window, spam says nothing.'),
  ('inbox_health.bounce_rate_free', 1, 'percent', 0, 100, 'Bounces up to this rate cost no points.'),
  ('inbox_health.bounce_points', 8, 'points', 0, 100, 'What each percent of bounces beyond costs.'),
  ('inbox_health.spam_points', 2, 'points', 0, 100, 'What each percent of warm-up mails found in spam costs.'),
  ('inbox_health.reply_rate_good', 1, 'percent', 0.01, 100, 'Replies from this rate on cost no points.'),
  ('inbox_health.reply_points', 15, 'points', 0, 100, 'What no reply at all costs; in between, in proportion.'),
  ('inbox_health.reputation_good', 90, 'points', 0, 100, 'A warm-up reputation from here on costs no points.'),
  ('inbox_health.reputation_points', 0.5, 'points', 0, 100, 'What each point of reputation below costs.'),
  ('inbox_health.disconnected_points', 40, 'points', 0, 100, 'What being disconnected costs.'),
  ('inbox_health.bounce_rate_watch', 3, 'percent', 0, 100, 'Watch an inbox from this bounce rate on.'),
  ('inbox_health.bounce_rate_rotate', 5, 'percent', 0, 100, 'Rotate it from this one on.'),
  ('inbox_health.bounce_rate_cancel', 8, 'percent', 0, 100, 'Cancel it from this one on.'),
  ('inbox_health.spam_rate_watch', 5, 'percent', 0, 100, 'Watch an inbox from this spam rate on.'),
  ('inbox_health.spam_rate_rotate', 10, 'percent', 0, 100, 'Rotate it from this one on.'),
  ('inbox_health.spam_rate_cancel', 20, 'percent', 0, 100, 'Cancel it from this one on.'),
  ('inbox_health.disconnected_days_watch', 0, 'days', 0, 365, 'Watch an inbox that has been disconnected so long.'),
  ('inbox_health.disconnected_days_rotate', 3, 'days', 0, 365, 'Rotate it.'),
  ('inbox_health.disconnected_days_cancel', 14, 'days', 0, 365, 'Cancel it.'),
  ('inbox_health.score_watch', 80, 'points', 0, 100, 'Watch an inbox whose score is below.'),
  ('inbox_health.score_rotate', 60, 'points', 0, 100, 'Rotate one whose score is below.'),
  ('inbox_health.score_cancel', 30, 'points', 0, 100, 'Cancel one whose score is below.'),
  ('inbox_health.keep_days', 400, 'days', 30, 3650, 'Checks are deleted after so many days.'),
  ('inbox_analytics.refill_days', 11, 'days', 1, 90, 'Days counted anew each night: what came late is in.'),
  ('inbox_analytics.keep_days', 800, 'days', 30, 3650, 'Figures of a day are deleted after so many days.');

insert into integrations.notice_kinds (kind, description, severity)
values ('inbox_health', 'The daily check newly found inboxes to be rotated or canceled.', 'warning');

-- Figures by day -------------------------------------------------------------------------------------------------

create table public.inbox_analytics (
  id uuid primary key default gen_random_uuid(),
  inbox_id integer,
  client text,
  provider text,
  date date not null,
  emails_sent integer default 0,
  replies_received integer default 0,
  bounce_count integer default 0,
  bounce_rate numeric default 0,
  deliverability_score numeric default 0,
  created_at timestamptz default now(),
  warmup_sent integer not null default 0,
  warmup_spam integer not null default 0,
  constraint inbox_analytics_client_inbox_id_provider_date_key unique (client, inbox_id, provider, date),
  constraint provider_is_known check (provider in ('missioninbox', 'inboxkit', 'bison'))
);
create index inbox_analytics_client_date_idx on public.inbox_analytics (client, date);
create index inbox_analytics_date_idx on public.inbox_analytics (date);
comment on table public.inbox_analytics is
  'An inbox on one day of its client''s calendar. bison: counted from the stored facts; the other providers: as they '
  'say.';
comment on column public.inbox_analytics.inbox_id is 'inboxes.bison_inbox_id of the client.';
comment on column public.inbox_analytics.deliverability_score is
  'Percent of the mails that did not bounce; null when none was sent.';
comment on column public.inbox_analytics.warmup_spam is 'Warm-up mails that were found in spam, of warmup_sent.';
select private.apply_client_policies('public.inbox_analytics', p_write => 'none');

-- The facts of the last days, without an index entry for each fact.
create index campaign_events_event_date_idx on public.campaign_events using brin (event_date)
with (autosummarize = on, pages_per_range = 32);

create function private.rate(p_part bigint, p_whole bigint)
returns numeric
language sql immutable
set search_path = ''
as $$ select case when p_whole > 0 then round(100.0 * p_part / p_whole, 2) else 0 end $$;
comment on function private.rate(bigint, bigint) is
  'Percent with two decimals; 0 of nothing. What is judged is what is shown.';

create function private.fill_inbox_analytics(p_days integer default null)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  -- A day more, as it is yesterday somewhere.
  v_since date := (private.clock() at time zone 'UTC')::date - 1
    - coalesce(p_days, private.setting('inbox_analytics.refill_days')::integer);
  v_count integer;
begin
  perform private.fold_all_counters();
  insert into public.inbox_analytics as a (
    client, inbox_id, provider, date, emails_sent, replies_received, bounce_count, bounce_rate, deliverability_score
  )
  select
    i.client, i.bison_inbox_id, 'bison', f.event_date, f.sent, f.replies, f.bounces, private.rate(f.bounces, f.sent),
    case when f.sent > 0 then greatest(100 - private.rate(f.bounces, f.sent), 0) end
  from (
    select
      e.inbox_id, e.event_date, count(*) filter (where e.kind = 'sent') as sent,
      count(*) filter (where e.kind = 'replied') as replies, count(*) filter (where e.kind = 'bounced') as bounces
    from public.campaign_events e
    where e.event_date >= v_since
      and e.inbox_id is not null
      and e.kind in ('sent', 'replied', 'bounced')
    group by e.inbox_id, e.event_date
  ) as f
  join public.inboxes i on i.id = f.inbox_id
  where i.client is not null
  order by i.client, i.bison_inbox_id, f.event_date
  on conflict (client, inbox_id, provider, date) do update
  set emails_sent = excluded.emails_sent,
      replies_received = excluded.replies_received,
      bounce_count = excluded.bounce_count,
      bounce_rate = excluded.bounce_rate,
      deliverability_score = excluded.deliverability_score
  where (a.emails_sent, a.replies_received, a.bounce_count, a.deliverability_score)
    is distinct from
    (excluded.emails_sent, excluded.replies_received, excluded.bounce_count, excluded.deliverability_score);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.fill_inbox_analytics(integer) is
  'Counts the last days of every inbox (default: inbox_analytics.refill_days) from the stored facts, in one statement. '
  'Answers how many rows are new or other than before.';

create function private.store_warmup_figures(p_client text, p_date date, p_figures jsonb)
returns integer
language sql
set search_path = ''
as $$
  with stored as (
    insert into public.inbox_analytics as a (
      client, inbox_id, provider, date, deliverability_score, warmup_sent, warmup_spam
    )
    select distinct on (f.id)
      p_client, f.id, 'bison', p_date, null, coalesce(f.warmup_emails_sent, 0),
      coalesce(f.warmup_emails_saved_from_spam, 0)
    from jsonb_to_recordset(p_figures) as f (
      id integer, warmup_emails_sent integer, warmup_emails_saved_from_spam integer
    )
    where f.id is not null
    order by f.id
    on conflict (client, inbox_id, provider, date) do update
    set warmup_sent = excluded.warmup_sent, warmup_spam = excluded.warmup_spam
    where (a.warmup_sent, a.warmup_spam) is distinct from (excluded.warmup_sent, excluded.warmup_spam)
    returning 1
  )
  select count(*)::integer from stored
$$;
comment on function private.store_warmup_figures(text, date, jsonb) is
  'EmailBison''s warm-up figures of one day, as it lists them: [{id, warmup_emails_sent, '
  'warmup_emails_saved_from_spam}].';

-- The verdict ----------------------------------------------------------------------------------------------------

create table public.inbox_health_checks (
  id uuid primary key default gen_random_uuid(),
  inbox_email text not null,
  inbox_id text,
  domain text not null,
  client text not null,
  sent_count integer default 0,
  reply_count integer default 0,
  reply_rate numeric default 0,
  bounce_count integer default 0,
  bounce_rate numeric default 0,
  spam_count integer default 0,
  spam_rate numeric default 0,
  health_score integer default 100,
  recommendation text,
  checked_at timestamptz default now(),
  created_at timestamptz default now(),
  checked_on date,
  reasons text[] not null default '{}',
  constraint inbox_health_checks_client_inbox_id_checked_on_key unique (client, inbox_id, checked_on),
  constraint health_score_is_within_100 check (health_score between 0 and 100),
  constraint recommendation_is_known check (recommendation in ('keep', 'watch', 'rotate', 'cancel'))
);
create index inbox_health_checks_client_checked_at_idx on public.inbox_health_checks (client, checked_at);
create index inbox_health_checks_client_recommendation_checked_at_idx
on public.inbox_health_checks (client, recommendation, checked_at);
create index inbox_health_checks_checked_at_idx on public.inbox_health_checks (checked_at);
comment on table public.inbox_health_checks is
  'The daily verdict on each inbox, by the rules and thresholds inbox_health.* of integrations.settings.';
comment on column public.inbox_health_checks.inbox_id is 'inboxes.bison_inbox_id of the client.';
comment on column public.inbox_health_checks.spam_count is 'Warm-up mails that were found in spam, in the window.';
comment on column public.inbox_health_checks.checked_on is 'The day by the client''s calendar: one check a day.';
comment on column public.inbox_health_checks.reasons is
  'What speaks for the recommendation: bounce_rate, spam_rate, disconnected, score.';
select private.apply_client_policies('public.inbox_health_checks', p_write => 'none');

alter table public.inboxes add column health_score integer, add column recommendation text;
comment on column public.inboxes.health_score is 'Of the last check, as is recommendation.';

create function private.health_level(p_value numeric, p_rule jsonb, p_name text)
returns integer
language sql immutable
set search_path = ''
as $$
  select case
    when p_value >= (p_rule ->> (p_name || '_cancel'))::numeric then 3
    when p_value >= (p_rule ->> (p_name || '_rotate'))::numeric then 2
    when p_value >= (p_rule ->> (p_name || '_watch'))::numeric then 1
    else 0
  end
$$;
comment on function private.health_level(numeric, jsonb, text) is
  'keep 0, watch 1, rotate 2, cancel 3: the highest threshold that is reached. Null reaches none.';

create function private.inbox_verdict(
  p_rule jsonb, p_sent bigint, p_replies bigint, p_bounces bigint, p_warmup_sent bigint, p_warmup_spam bigint,
  p_reputation numeric, p_disconnected_days integer, out reply_rate numeric, out bounce_rate numeric,
  out spam_rate numeric, out score integer, out recommendation text, out reasons text[]
)
language plpgsql immutable
set search_path = ''
as $$
declare
  v_has_mails boolean := coalesce(p_sent >= (p_rule ->> 'least_sent')::numeric, false);
  v_has_warmup boolean := coalesce(p_warmup_sent >= (p_rule ->> 'least_warmup_sent')::numeric, false);
  v_score numeric := 100;
  v_levels integer[];
  v_level integer;
begin
  reply_rate := private.rate(coalesce(p_replies, 0), p_sent);
  bounce_rate := private.rate(coalesce(p_bounces, 0), p_sent);
  spam_rate := private.rate(coalesce(p_warmup_spam, 0), p_warmup_sent);
  if v_has_mails then
    v_score := v_score
      - (p_rule ->> 'bounce_points')::numeric * greatest(bounce_rate - (p_rule ->> 'bounce_rate_free')::numeric, 0)
      - (p_rule ->> 'reply_points')::numeric
        * greatest(1 - reply_rate / (p_rule ->> 'reply_rate_good')::numeric, 0);
  end if;
  if v_has_warmup then
    v_score := v_score - (p_rule ->> 'spam_points')::numeric * spam_rate;
  end if;
  v_score := v_score
    - (p_rule ->> 'reputation_points')::numeric
      * greatest((p_rule ->> 'reputation_good')::numeric - coalesce(p_reputation, 100), 0)
    - case when p_disconnected_days is null then 0 else (p_rule ->> 'disconnected_points')::numeric end;
  score := round(greatest(least(v_score, 100), 0));

  v_levels := array[
    case when v_has_mails then private.health_level(bounce_rate, p_rule, 'bounce_rate') else 0 end,
    case when v_has_warmup then private.health_level(spam_rate, p_rule, 'spam_rate') else 0 end,
    private.health_level(p_disconnected_days, p_rule, 'disconnected_days'),
    case
      when score < (p_rule ->> 'score_cancel')::numeric then 3
      when score < (p_rule ->> 'score_rotate')::numeric then 2
      when score < (p_rule ->> 'score_watch')::numeric then 1
      else 0
    end
  ];
  v_level := (select max(l) from unnest(v_levels) as l);
  recommendation := (array['keep', 'watch', 'rotate', 'cancel'])[v_level + 1];
  reasons := array(
    select (array['bounce_rate', 'spam_rate', 'disconnected', 'score'])[l.n]
    from unnest(v_levels) with ordinality as l (level, n)
    where l.level = v_level
      and v_level > 0
    order by l.n
  );
end;
$$;
comment on function private.inbox_verdict(jsonb, bigint, bigint, bigint, bigint, bigint, numeric, integer) is
  'The whole rule: score, and the gravest recommendation that bounces, spam, disconnection or the score call for. '
  'p_rule: the thresholds inbox_health.*, by name. p_disconnected_days: null while connected.';

create function private.health_rules()
returns table (client text, time_zone text, rule jsonb)
language sql stable
set search_path = ''
as $$
  select
    t.business, t.time_zone,
    jsonb_object_agg(split_part(s.name, '.', 2), coalesce(c.value, s.value))
  from integrations.tenants t
  cross join integrations.settings s
  left join integrations.client_settings c on c.client = t.business and c.name = s.name
  where s.name like 'inbox\_health.%'
  group by t.business, t.time_zone
$$;
comment on function private.health_rules() is 'The thresholds that hold for each client.';

create function private.check_inbox_health(p_limit integer default 5000)
returns table (checked integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_told record;
begin
  checked := 0;
  for v_told in
    with due as materialized (
      select
        i.id, i.client, i.bison_inbox_id, i.email, i.domain, i.warmup_reputation, i.recommendation, r.rule, d.today,
        case
          when lower(i.status) = 'disconnected'
            then private.days_since(coalesce(i.disconnected_at, i.last_event_at, v_now), v_now)
        end as disconnected_days
      from private.health_rules() r
      cross join lateral (select (v_now at time zone r.time_zone)::date as today) as d
      join public.inboxes i on i.client = r.client
      where extract(hour from v_now at time zone r.time_zone) >= (r.rule ->> 'hour')::numeric
        and coalesce((i.last_health_check at time zone r.time_zone)::date, '-infinity') < d.today
        and i.removed_at is null
        and coalesce(i.lifecycle_status, 'active') not in ('removed', 'cancelled')
      order by i.client, i.id
      limit p_limit
      for no key update of i skip locked
    ),
    judged as materialized (
      select d.*, w.*, v.*
      from due d
      cross join lateral (
        select
          coalesce(sum(a.emails_sent), 0) as sent, coalesce(sum(a.replies_received), 0) as replies,
          coalesce(sum(a.bounce_count), 0) as bounces, coalesce(sum(a.warmup_sent), 0) as warmup_sent,
          coalesce(sum(a.warmup_spam), 0) as warmup_spam
        from public.inbox_analytics a
        where a.client = d.client
          and a.inbox_id = d.bison_inbox_id
          -- As pairs, of which the index of clients' days can use neither: without statistics it looks as good as the key.
          and (a.provider, a.date) >= ('bison', d.today - (d.rule ->> 'window_days')::integer)
          and (a.provider, a.date) < ('bison', d.today)
      ) as w
      cross join lateral (
        select x.reply_rate, x.bounce_rate, x.spam_rate, x.score, x.recommendation as verdict, x.reasons
        from private.inbox_verdict(
          d.rule, w.sent, w.replies, w.bounces, w.warmup_sent, w.warmup_spam, d.warmup_reputation, d.disconnected_days
        ) as x
      ) as v
    ),
    stored as (
      insert into public.inbox_health_checks (
        inbox_email, inbox_id, domain, client, sent_count, reply_count, reply_rate, bounce_count, bounce_rate,
        spam_count, spam_rate, health_score, recommendation, reasons, checked_at, checked_on
      )
      select
        j.email, j.bison_inbox_id::text, coalesce(j.domain, lower(split_part(j.email, '@', 2))), j.client, j.sent,
        j.replies, j.reply_rate, j.bounces, j.bounce_rate, j.warmup_spam, j.spam_rate, j.score, j.verdict, j.reasons,
        v_now, j.today
      from judged j
      on conflict (client, inbox_id, checked_on) do nothing
    ),
    marked as (
      update public.inboxes i
      set last_health_check = v_now,
          health_score = j.score,
          recommendation = j.verdict,
          deliverability_score = case
            when j.sent > 0 then greatest(100 - j.bounce_rate - j.spam_rate, 0) else i.deliverability_score
          end
      from judged j
      where i.id = j.id
    )
    select
      j.client, j.today, count(*)::integer as inboxes,
      count(*) filter (where j.verdict = 'rotate' and j.recommendation is distinct from 'rotate') as rotate,
      count(*) filter (where j.verdict = 'cancel' and j.recommendation is distinct from 'cancel') as cancel
    from judged j
    group by j.client, j.today
  loop
    checked := checked + v_told.inboxes;
    if v_told.rotate + v_told.cancel > 0 then
      perform integrations.notify(
        'inbox_health', v_told.client, format('%s %s', v_told.client, v_told.today),
        format(
          'The check of %s inboxes found %s to rotate and %s to cancel that were not before.', v_told.inboxes,
          v_told.rotate, v_told.cancel
        ),
        jsonb_build_object('checked_on', v_told.today, 'rotate', v_told.rotate, 'cancel', v_told.cancel)
      );
    end if;
  end loop;
  has_more := checked >= p_limit;
  return next;
end;
$$;
comment on function private.check_inbox_health(integer) is
  'Checks every inbox that was not checked on its client''s day yet, all in one statement, at most p_limit a call. '
  'Safe to run twice at once.';

create function private.sweep_inbox_health(p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_checks integer;
begin
  delete from public.inbox_health_checks h
  where h.id = any(array(
    select o.id
    from public.inbox_health_checks o
    where o.checked_at < v_now - make_interval(days => private.setting('inbox_health.keep_days')::integer)
    order by o.checked_at
    limit p_limit
  ));
  get diagnostics v_checks = row_count;
  delete from public.inbox_analytics a
  where a.id = any(array(
    select o.id
    from public.inbox_analytics o
    where o.date < (v_now at time zone 'UTC')::date - private.setting('inbox_analytics.keep_days')::integer
    order by o.date
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := greatest(deleted, v_checks) >= p_limit;
  deleted := deleted + v_checks;
  return next;
end;
$$;
comment on function private.sweep_inbox_health(integer) is
  'Deletes old checks and figures, at most p_limit of each.';
