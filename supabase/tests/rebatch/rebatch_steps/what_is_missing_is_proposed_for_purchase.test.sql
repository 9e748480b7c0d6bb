begin;
select plan(11);
insert into public."Clients" ("Business") values ('Acme');
-- Nobody sends yet: 100 mails are two domains, and one in reserve.
insert into public.client_targets (client, emails_per_day) values ('Acme', 100);
insert into public.domain_generation_templates (name, client, base_names) values ('Names', 'Acme', '["acme"]');
create temp table run as select public.plan_rebatch('Acme') as id;
create temp view waiting as
select scheduled_at from outbound.job_queue where job_type = 'run_rebatch_step' and status = 'delayed';
create function pg_temp.run_step() returns void language sql as $$
  select integrations.start_rebatch_step((select id from public.rebatch_steps where action = 'buy'))
$$;

select is((select domains_to_buy from public.rebatch_runs), 3, 'three are missing');
select outcome
from integrations.decide_approval((select id from integrations.approvals where kind = 'rebatch'), 'approved', 'service:test');
select results_eq(
  'select action, status from public.rebatch_steps order by position',
  $$values ('check_names', 'done'), ('buy', 'running')$$, 'names are asked about first'
);
select is(
  (select count(*) from outbound.job_queue where job_type = 'check_domain'), 6::bigint, 'twice as many as are bought'
);
select is((select count(*) from waiting), 1::bigint, 'and waited for');
select pg_temp.run_step();
select is((select status from public.rebatch_runs), 'executing', 'as long as they are not all answered');

update public.domain_availability_checks
set is_available = true, price = 9, expires_at = private.clock() + interval '1 hour'
where domain_name in (select domain_name from public.domain_availability_checks order by domain_name limit 2);
select pg_temp.run_step();
select is((select count(*) from public.purchase_batches), 0::bigint, 'two are too few, while others may come');
select tests.set_clock(now() + interval '59 minutes');
select pg_temp.run_step();
select is((select count(*) from public.purchase_batches), 0::bigint, 'up to an hour');
select tests.set_clock(now() + interval '60 minutes');
update public.domain_availability_checks set expires_at = private.clock() + interval '1 hour' where is_available;
select pg_temp.run_step();
select results_eq(
  'select client, status, domain_count, quoted_cents from public.purchase_batches',
  $$values ('Acme', 'proposed', 2, 1800)$$, 'then those are proposed that can be bought'
);
select is(
  (select count(*) from integrations.approvals where kind = 'domain_batch' and status = 'open'), 1::bigint,
  'to be approved on their own'
);
select is((select status from public.rebatch_runs), 'executed', 'and the run is done');
select is(
  (select progress from integrations.approvals where kind = 'rebatch'),
  'Done: 0 canceled, 0 activated; 2 of 3 domains are proposed, to be approved on their own', 'and says so'
);

select * from finish();
rollback;
