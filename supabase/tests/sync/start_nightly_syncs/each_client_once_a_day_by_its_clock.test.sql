begin;
select plan(7);

insert into public."Clients" ("Business", "Api Key - Bison", "App URL- Bison")
values
  ('Tokyo', tests.sealed('a'), 'https://a.test'), ('Lima', tests.sealed('b'), 'https://a.test'),
  ('Off', tests.sealed('c'), 'https://a.test'), ('Keyless', null, 'https://a.test');
update integrations.tenants
set time_zone = case business when 'Tokyo' then 'Asia/Tokyo' when 'Lima' then 'America/Lima' else 'UTC' end;
insert into integrations.client_settings (client, name, value) values ('Off', 'sync.enabled', 0);
create function pg_temp.started() returns text[]
language sql as $$
  select array_agg(distinct c.client order by c.client)
  from integrations.sync_cursors c
  where c.started_at = private.clock()
$$;

select tests.set_clock('2026-03-01 18:30Z'); -- 03:30 in Tokyo, 13:30 in Lima
select is((select started from integrations.start_nightly_syncs()), 2, 'who was never read is read from its hour on');
select is(pg_temp.started(), '{Lima,Tokyo}', 'and not who is switched off or has no key');
select is(
  (select count(*) from outbound.job_queue where job_type = 'sync_page'), 8::bigint, 'four lists each'
);
update integrations.sync_cursors set state = 'idle';
select tests.set_clock('2026-03-01 20:30Z');
select is((select started from integrations.start_nightly_syncs()), 0, 'once a day');
select tests.set_clock('2026-03-02 02:59+09');
select is((select started from integrations.start_nightly_syncs()), 0, 'not before the hour of the next day');
select tests.set_clock('2026-03-03 03:01+09');
select integrations.start_nightly_syncs();
select is(pg_temp.started(), '{Lima,Tokyo}', 'each on its own day, also after a night was missed');
select is(
  (select outbound.limited_wait() is not null), true, 'their pages wait for EmailBison''s allowance'
);

select * from finish();
rollback;
