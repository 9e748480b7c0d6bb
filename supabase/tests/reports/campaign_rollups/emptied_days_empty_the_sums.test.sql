begin;
select plan(2);

insert into public.campaign_reporting (client, campaign_id, date, emails_sent) values ('Acme', 1, '2026-03-02', 7);
select isnt_empty('select * from public.campaign_rollups', 'a day makes sums');
truncate public.campaign_reporting;
select is_empty('select * from public.campaign_rollups', 'without days there are none');

select * from finish();
rollback;
