-- The health of domains, from their DNS, their expiry and what bounced; and who is told before one expires.

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values
  ('domain_health.expiry_warning_days', 30, 'days', 1, 365, 'warning: expires within this, without automatic renewal.'),
  ('domain_health.expiry_critical_days', 7, 'days', 0, 365,
    'critical: expires within this without automatic renewal; warning with it.'),
  ('domain_health.failed_looks', 3, 'looks', 1, 20,
    'critical: so many looks in a row found records missing that were there; warning before.'),
  ('domain_health.stale_days', 3, 'days', 1, 60, 'warning: DNS was not looked at for so long.'),
  ('domain_health.bounce_warning', 3, 'percent', 0, 100, 'warning: so much of what its inboxes sent bounced.'),
  ('domain_health.bounce_critical', 5, 'percent', 0, 100, 'critical: so much of what its inboxes sent bounced.'),
  ('domain_health.bounce_least_sent', 200, 'mails', 1, 100000, 'Bounces are judged once so much was sent.'),
  ('domain_expiry.first_notice', 30, 'days', 1, 365, 'Told once so many days before a domain expires.'),
  ('domain_expiry.second_notice', 14, 'days', 1, 365, 'The same.'),
  ('domain_expiry.last_notice', 3, 'days', 0, 365, 'The same, also when it renews by itself.');

insert into integrations.notice_kinds (kind, description, severity)
values
  ('domain_unhealthy', 'A domain became critical.', 'urgent'),
  ('domain_expiring', 'A domain expires soon.', 'warning'),
  ('domain_expired', 'A domain has expired.', 'urgent');

create function private.domain_findings(p_domain public.domains, p_sent bigint, p_bounced bigint)
returns table (reason text, is_critical boolean)
language sql stable
set search_path = ''
as $$
  with facts as (
    select
      p_domain.expiration_date - private.clock()::date as days_left,
      case
        when p_sent >= private.client_setting(p_domain.client, 'domain_health.bounce_least_sent')
          then 100.0 * p_bounced / p_sent
      end as bounce_rate
  )
  select f.reason, f.is_critical
  from facts
  cross join lateral (
    values
      ('expired', true, p_domain.status = 'expired' or facts.days_left < 0),
      ('transferred', true, p_domain.status = 'transferred'),
      (
        'expires soon',
        not p_domain.auto_renew
        and facts.days_left <= private.client_setting(p_domain.client, 'domain_health.expiry_critical_days'),
        facts.days_left >= 0
        and facts.days_left <= private.client_setting(
          p_domain.client,
          'domain_health.expiry_' || case when p_domain.auto_renew then 'critical' else 'warning' end || '_days'
        )
      ),
      (
        'records missing',
        p_domain.failed_dns_checks >= private.client_setting(p_domain.client, 'domain_health.failed_looks'),
        p_domain.dns_verified_at is not null and not p_domain.dns_configured
      ),
      (
        'never verified', false,
        p_domain.dns_verified_at is null
        and p_domain.setup_started_at < private.clock()
          - make_interval(hours => private.setting('dns.propagation_hours')::integer)
      ),
      (
        'bounces', facts.bounce_rate >= private.client_setting(p_domain.client, 'domain_health.bounce_critical'),
        facts.bounce_rate >= private.client_setting(p_domain.client, 'domain_health.bounce_warning')
      ),
      (
        'not looked at', false,
        p_domain.dns_verified_at is not null
        and p_domain.dns_checked_at < private.clock()
          - make_interval(days => private.setting('domain_health.stale_days')::integer)
      )
  ) as f (reason, is_critical, holds)
  where f.holds
$$;
comment on function private.domain_findings(public.domains, bigint, bigint) is
  'What is wrong with a domain, given what its inboxes sent and what of it bounced.';

create function private.rate_domains(p_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_domain record;
  v_count integer := 0;
begin
  for v_domain in
    with sent as (
      select lower(split_part(b.email, '@', 2)) as domain, sum(b.emails_sent_count) as sent,
        sum(b.bounced_count) as bounced
      from public.inboxes b
      where lower(split_part(b.email, '@', 2)) = any(
        array(select d.domain_name from public.domains d where d.id = any(p_ids))
      )
      group by 1
    ),
    rated as (
      select
        d.id, d.health_status as old_status,
        coalesce(f.reasons, '{}') as reasons,
        case
          when f.is_critical then 'critical'
          when f.reasons is not null then 'warning'
          when d.dns_verified_at is null then 'unknown'
          else 'healthy'
        end as status
      from public.domains d
      left join sent s on s.domain = d.domain_name
      cross join lateral (
        select
          array_agg(x.reason order by x.is_critical desc, x.reason) as reasons, bool_or(x.is_critical) as is_critical
        from private.domain_findings(d, s.sent, s.bounced) as x
      ) as f
      where d.id = any(p_ids)
    )
    update public.domains d
    set health_status = r.status, health_reasons = r.reasons, health_checked_at = private.clock()
    from rated r
    where d.id = r.id
    returning d.id, d.domain_name, d.client, d.health_status, d.health_reasons, r.old_status
  loop
    v_count := v_count + 1;
    -- That it expires has notices of its own.
    if v_domain.health_status = 'critical' and v_domain.old_status is distinct from 'critical'
      and v_domain.health_reasons && array['records missing', 'bounces']
    then
      perform integrations.notify(
        'domain_unhealthy', v_domain.client, v_domain.domain_name || ' ' || private.clock()::date,
        format('%s is critical: %s.', v_domain.domain_name, array_to_string(v_domain.health_reasons, ', '))
      );
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function private.rate_domains(uuid[]) is
  'Sets the health of domains, in one statement, and tells people who became critical.';

create function private.tell_expiries(p_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_domain record;
begin
  update public.domains d
  set status = 'expired'
  where d.id = any(p_ids)
    and d.status is not distinct from 'active'
    and d.expiration_date < private.clock()::date;
  for v_domain in
    select d.domain_name, d.client, d.status, d.expiration_date, d.auto_renew, n.days
    from public.domains d
    left join lateral (
      select min(s.value) as days
      from integrations.settings t
      cross join lateral (select private.client_setting(d.client, t.name) as value) as s
      where t.name in ('domain_expiry.first_notice', 'domain_expiry.second_notice', 'domain_expiry.last_notice')
        and d.expiration_date - private.clock()::date <= s.value
        and (not d.auto_renew or t.name = 'domain_expiry.last_notice')
    ) as n on true
    where d.id = any(p_ids)
      and (d.status = 'expired' or (d.status = 'active' and n.days is not null))
      and not exists (
        select from public.domain_inventory i where i.domain_name = d.domain_name and i.cancelled_at is not null
      )
  loop
    if v_domain.status = 'expired' then
      perform integrations.notify(
        'domain_expired', v_domain.client, v_domain.domain_name || ' ' || v_domain.expiration_date,
        format('%s expired on %s.', v_domain.domain_name, v_domain.expiration_date)
      );
    else
      perform integrations.notify(
        'domain_expiring', v_domain.client,
        format('%s %s %s', v_domain.domain_name, v_domain.expiration_date, v_domain.days),
        format(
          '%s expires on %s%s.', v_domain.domain_name, v_domain.expiration_date,
          case when v_domain.auto_renew then ' and should have been renewed by itself' else '' end
        )
      );
    end if;
  end loop;
end;
$$;
comment on function private.tell_expiries(uuid[]) is
  'Marks what has expired, and tells of each expiry once at each of three distances, and once when it is there. Of '
  'distances that passed together only the nearest is told.';

create function private.watch_domains(p_limit integer default 500)
returns table (rated integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select d.id
    from public.domains d
    where d.health_checked_at is null
      or d.health_checked_at < private.clock() - interval '12 hours'
    order by d.health_checked_at nulls first
    limit p_limit
  );
  perform private.tell_expiries(v_ids);
  rated := private.rate_domains(v_ids);
  has_more := rated >= p_limit;
  return next;
end;
$$;
comment on function private.watch_domains(integer) is
  'Health and expiry of domains that were not rated for twelve hours.';
