begin;
select plan(18);
select tests.create_fleet();

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
