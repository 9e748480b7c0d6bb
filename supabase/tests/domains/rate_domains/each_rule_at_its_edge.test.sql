begin;
select plan(28);
insert into public."Clients" ("Business") values ('Acme'), ('Birch');
select tests.set_clock('2026-03-02 12:00:00+00');

create function pg_temp.health(p_changes jsonb)
returns text
language plpgsql
as $$
declare
  v_domain public.domains;
begin
  delete from public.domains;
  select * into v_domain from jsonb_populate_record(
    null::public.domains,
    jsonb_build_object(
      'id', gen_random_uuid(), 'domain_name', 'try-acme.co', 'provider', 'porkbun', 'client', 'Acme', 'status', 'active',
      'expiration_date', '2027-03-02', 'auto_renew', false, 'dns_configured', true, 'mx_configured', true,
      'name_servers_configured', true, 'dns_verified_at', '2026-02-01', 'dns_checked_at', '2026-03-02',
      'setup_started_at', '2026-02-01', 'failed_dns_checks', 0, 'health_reasons', '[]'::jsonb, 'missed_syncs', 0
    ) || p_changes
  );
  v_domain.health_reasons := '{}';
  insert into public.domains select v_domain.*;
  perform private.rate_domains(array[v_domain.id]);
  return (
    select concat_ws(': ', d.health_status, nullif(array_to_string(d.health_reasons, ', '), '')) from public.domains d
  );
end;
$$;
select is(pg_temp.health('{}'), 'healthy', 'as it should be');

-- Expiry
select is(pg_temp.health('{"expiration_date": "2026-04-02"}'), 'healthy', 'expires in 31 days');
select is(pg_temp.health('{"expiration_date": "2026-04-01"}'), 'warning: expires soon', 'in 30');
select is(pg_temp.health('{"expiration_date": "2026-03-10"}'), 'warning: expires soon', 'in 8');
select is(pg_temp.health('{"expiration_date": "2026-03-09"}'), 'critical: expires soon', 'in 7');
select is(pg_temp.health('{"expiration_date": "2026-03-02"}'), 'critical: expires soon', 'today');
select is(pg_temp.health('{"expiration_date": "2026-03-01"}'), 'critical: expired', 'yesterday');
select is(pg_temp.health('{"status": "expired"}'), 'critical: expired', 'as the registrar says');
select is(pg_temp.health('{"status": "transferred"}'), 'critical: transferred', 'gone');
select is(pg_temp.health('{"expiration_date": "2026-03-10", "auto_renew": true}'), 'healthy', 'renews in 8 days');
select is(
  pg_temp.health('{"expiration_date": "2026-03-09", "auto_renew": true}'), 'warning: expires soon',
  'should have been renewed by now'
);
insert into integrations.client_settings (client, name, value) values ('Acme', 'domain_health.expiry_warning_days', 40);
select is(pg_temp.health('{"expiration_date": "2026-04-11"}'), 'warning: expires soon', 'a client''s own threshold');
select is(pg_temp.health('{"expiration_date": "2026-04-11", "client": "Birch"}'), 'healthy', 'holds for that client');
delete from integrations.client_settings;

-- DNS
select is(
  pg_temp.health('{"dns_configured": false, "failed_dns_checks": 2}'), 'warning: records missing', 'missing twice'
);
select is(
  pg_temp.health('{"dns_configured": false, "failed_dns_checks": 3}'), 'critical: records missing', 'three times'
);
select is(
  pg_temp.health(
    '{"dns_configured": false, "dns_verified_at": null, "failed_dns_checks": 9, "setup_started_at": "2026-02-28 12:00Z"}'
  ),
  'unknown', 'may still propagate'
);
select is(
  pg_temp.health(
    '{"dns_configured": false, "dns_verified_at": null, "failed_dns_checks": 9, "setup_started_at": "2026-02-28 11:59Z"}'
  ),
  'warning: never verified', 'should have been seen by now'
);
select is(
  pg_temp.health('{"dns_configured": false, "dns_verified_at": null, "setup_started_at": null}'), 'unknown',
  'not set up by us'
);
select is(pg_temp.health('{"dns_checked_at": "2026-02-27 12:00Z"}'), 'healthy', 'looked at three days ago');
select is(pg_temp.health('{"dns_checked_at": "2026-02-27 11:59Z"}'), 'warning: not looked at', 'and a minute');

-- Bounces
insert into public.inboxes (bison_inbox_id, client, name, email, emails_sent_count, bounced_count)
values (1, 'Acme', 'A', 'a@try-acme.co', 150, 3), (2, 'Acme', 'B', 'B@Try-Acme.co', 49, 9), (3, 'Acme', 'C', 'c@x.co', 9, 9);
select is(pg_temp.health('{}'), 'healthy', '12 of 199: too few to judge');
update public.inboxes set emails_sent_count = 50, bounced_count = 2 where bison_inbox_id = 2;
select is(pg_temp.health('{}'), 'healthy', '5 of 200');
update public.inboxes set bounced_count = 3 where bison_inbox_id = 2;
select is(pg_temp.health('{}'), 'warning: bounces', '6 of 200');
update public.inboxes set bounced_count = 6 where bison_inbox_id = 2;
select is(pg_temp.health('{}'), 'warning: bounces', '9 of 200');
update public.inboxes set bounced_count = 7 where bison_inbox_id = 2;
select is(pg_temp.health('{}'), 'critical: bounces', '10 of 200');
select is(
  pg_temp.health('{"expiration_date": "2026-04-01"}'), 'critical: bounces, expires soon', 'the worst comes first'
);

-- Telling
select is(
  (select count(*) from integrations.notices where kind = 'domain_unhealthy'), 1::bigint, 'people are told once a day'
);
update public.domains set health_status = 'warning';
select tests.set_clock('2026-03-03 12:00:00+00');
select private.rate_domains(array(select id from public.domains));
select private.rate_domains(array(select id from public.domains));
select is(
  (select count(*) from integrations.notices where kind = 'domain_unhealthy'), 2::bigint, 'and when it comes back'
);
select * from finish();
rollback;
