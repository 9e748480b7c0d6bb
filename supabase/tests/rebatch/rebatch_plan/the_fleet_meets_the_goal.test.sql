begin;
select plan(18);
insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_sets (id, name, client, quantity, status)
values
  ('aaaaaaaa-0000-4000-8000-000000000001', 'Ready', 'Acme', 3, 'ready'),
  ('aaaaaaaa-0000-4000-8000-000000000002', 'Warming', 'Acme', 3, 'warming'),
  ('aaaaaaaa-0000-4000-8000-000000000003', 'Paused', 'Acme', 3, 'paused');
-- Three inboxes a domain: four that send, two in reserve, one warming, one paused.
insert into public.inboxes (bison_inbox_id, client, name, email, domain, daily_limit, status, lifecycle_status, inbox_set_id)
select
  d.n * 10 + i, 'Acme', 'Ada', format('ada%s@%s', i, d.domain), d.domain, d.daily_limit, 'Connected', d.lifecycle,
  ('aaaaaaaa-0000-4000-8000-00000000000' || d.set)::uuid
from (
  values
    (1, 'one.example', 30, 'active', null), (2, 'two.example', 30, 'active', null), (3, 'three.example', 30, 'active', null),
    (4, 'four.example', 30, 'active', null), (5, 'ready.example', 0, 'active', '1'), (6, 'spare.example', 0, 'insurance', null),
    (7, 'warm.example', 0, 'active', '2'), (8, 'paused.example', 0, 'active', '3')
) as d (n, domain, daily_limit, lifecycle, set), generate_series(1, 3) as i;
insert into public.inbox_health_checks (
  client, inbox_id, inbox_email, domain, sent_count, reply_count, health_score, recommendation, checked_at, checked_on
)
select
  i.client, i.bison_inbox_id::text, i.email, i.domain, 100, case i.domain when 'three.example' then 0 else 3 end,
  case i.domain when 'two.example' then 40 when 'spare.example' then 99 else 95 end,
  case i.domain when 'two.example' then 'rotate' else 'keep' end, private.clock() - interval '1 day',
  private.clock()::date - 1
from public.inboxes i
where i.domain <> 'warm.example';

select results_eq(
  $$select domain, role, inboxes, capacity, reason from private.rebatch_domains('Acme') order by domain$$,
  $$values
    ('four.example', 'active', 3, 90, null), ('one.example', 'active', 3, 90, null),
    ('ready.example', 'insurance', 3, 60, null), ('spare.example', 'insurance', 3, 60, null),
    ('three.example', 'active', 3, 90, 'replies'), ('two.example', 'active', 3, 90, 'score'),
    ('warm.example', 'warming', 3, 60, null)$$,
  'what each domain is, can, and why it would go; a paused set is left alone'
);

create temp table planned as select (private.rebatch_plan('Acme', 300)).*;
select is((select domains_to_cancel from planned), array['two.example'], 'at most 30 % are given up: the worst');
select is((select cancel_reasons from planned), '{"two.example": "score"}', 'and why');
select is((select domains_to_activate from planned), array['spare.example'], 'the best of the reserve takes its place');
select is((select capacity_now from planned), 360, 'capacity now');
select is((select capacity_planned from planned), 330, 'and then');
select is((select active_domains from planned), 4, 'sending then');
select is((select insurance_domains from planned), 1, 'in reserve then');
select is((select domains_coming from planned), 1, 'one is warming up');
select is((select domains_to_buy from planned), 0, 'two should be in reserve, one is, and one is coming');
select is((select avg_reply_rate from planned), 2.25, 'replies of all that send');
select is((select inboxes_analyzed from planned), 21, 'all were looked at');

select is((private.rebatch_plan('Acme', 270)).domains_to_activate, '{}'::text[], 'a goal that is met wakes nobody');
select is((private.rebatch_plan('Acme', 271)).domains_to_activate, array['spare.example'], 'one mail more wakes one');
select is((private.rebatch_plan('Acme', 331)).domains_to_activate, array['spare.example', 'ready.example'], 'or two');
-- 390 with all of them: 60 mails are one domain, with which six send and two must be in reserve.
select is((private.rebatch_plan('Acme', 450)).domains_to_buy, 2, 'what is missing is bought, but not what is coming');
select is((private.rebatch_plan('Acme', 100000)).domains_to_buy, 20, 'within bounds');
update public.inboxes set status = 'Disconnected' where domain = 'one.example';
select is((private.rebatch_plan('Acme', 300)).capacity_now, 270, 'what is not connected does not send');

select * from finish();
rollback;
