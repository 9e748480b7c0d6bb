begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
insert into integrations.client_settings (client, name, value) values ('Acme', 'sync.history_days', 10);
insert into public."Campaigns" (client, campaign_id, campaign_name, status, created_at)
values
  ('Acme', '401', 'Spring', 'Active', '2026-03-05 10:00Z'), ('Acme', '402', 'Old', 'completed', '2025-01-01 10:00Z'),
  ('Acme', '403', 'Draft', 'Draft', '2025-01-01 10:00Z'), ('Acme', 'other', 'Foreign', 'Active', '2025-01-01 10:00Z');
create function pg_temp.days(p_campaign text) returns text
language sql as $$
  select string_agg(right(j.payload ->> 'date', 2), ' ' order by j.payload ->> 'date')
  from outbound.job_queue j
  where j.job_type = 'sync_campaign_day' and j.payload ->> 'campaign_id' = p_campaign
$$;

select tests.set_clock('2026-03-10 03:00Z');
select is(integrations.start_campaign_figures('Acme'), 15, 'a job for each day that is over');
select is(pg_temp.days('401'), '05 06 07 08 09', 'since the campaign was made');
select is(pg_temp.days('402'), '28 01 02 03 04 05 06 07 08 09', 'or as far back as is wanted');
delete from outbound.job_queue;
insert into public.campaign_reporting (client, campaign_id, date, figures_at)
select 'Acme', c, d, '2026-03-10 03:00Z'
from generate_series(401, 402) as c, generate_series(date '2026-02-28', date '2026-03-09', '1 day') as d;
select tests.set_clock('2026-03-11 03:00Z');
select integrations.start_campaign_figures('Acme');
select is(pg_temp.days('401'), '08 09 10', 'the next night reads the last days again');
select is(pg_temp.days('402'), '10', 'and of a campaign that is over only the new one');

select * from finish();
rollback;
