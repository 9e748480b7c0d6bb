begin;
select plan(9);

insert into public.campaign_reporting (client, campaign_id, date, emails_sent, interested)
select c, k, d::date, 10 * k, 1
from unnest(array['Acme', 'Birch']) as c, generate_series(1, 3) as k,
  generate_series(timestamp '2026-02-20', '2026-03-10', '1 day') as d;
select is_empty('select * from private.rollup_differences()', 'days that are added are added up');
select results_eq(
  $$select period, campaign_id, starts_on, emails_sent from public.campaign_rollups
    where client = 'Acme' and starts_on >= '2026-03-01' and campaign_id in (0, 2) and period <> 'day' order by 1, 2, 3$$,
  $$values ('month', 0, date '2026-03-01', 600::numeric), ('month', 2, '2026-03-01', 200),
    ('week', 0, '2026-03-02', 420), ('week', 0, '2026-03-09', 120), ('week', 2, '2026-03-02', 140),
    ('week', 2, '2026-03-09', 40)$$,
  'of the client and of each campaign, by week and month'
);

update public.campaign_reporting set emails_sent = emails_sent + 5, opened = 2 where campaign_id = 2;
select is_empty('select * from private.rollup_differences()', 'changes are added');
update public.campaign_reporting set date = date + 400 where client = 'Birch';
select is_empty('select * from private.rollup_differences()', 'days that move take their figures along');
delete from public.campaign_reporting where campaign_id = 3;
select is_empty('select * from private.rollup_differences()', 'days that go are taken off');

create temp table before_stats as select ctid as place, client, period, campaign_id from public.campaign_rollups;
update public.campaign_reporting set sequence_step_stats = '[{}]';
select is_empty(
  'select place from before_stats except select ctid from public.campaign_rollups',
  'a statement that changes no figure writes no sum'
);
insert into public.campaign_reporting (client, campaign_id, date, emails_sent)
values ('Acme', null, '2026-03-01', 7), ('Acme', 4, null, 7), (null, 4, '2026-03-01', 7);
select is_empty('select * from private.rollup_differences()', 'rows without client, campaign or day are nobody''s');

update public.campaign_rollups set emails_sent = 1 where period = 'week';
select isnt_empty('select * from private.rollup_differences()', 'a wrong sum is found');
select private.rebuild_rollups();
select is_empty('select * from private.rollup_differences()', 'and made anew');

select * from finish();
rollback;
