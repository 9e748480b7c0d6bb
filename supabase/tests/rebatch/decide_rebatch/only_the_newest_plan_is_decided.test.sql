begin;
select plan(6);
insert into public."Clients" ("Business") values ('Acme');
insert into public.client_targets (client, emails_per_day) values ('Acme', 300);
create temp table first as select public.plan_rebatch('Acme') as id;
create temp table second as select public.plan_rebatch('Acme') as id;
create temp view approval as select a.subject_id, a.id from integrations.approvals a;

select is(
  (select d.outcome from approval a, integrations.decide_approval(a.id, 'approved', 'service:test') as d
    where a.subject_id = (select id from first)),
  'already_decided', 'an older plan can no longer be approved'
);
select results_eq(
  $$select d.outcome, d.message from approval a, integrations.decide_approval(a.id, 'rejected', 'service:test', 'Too soon') as d
    where a.subject_id = (select id from second)$$,
  $$values ('decided', 'Nothing is changed.')$$, 'the newest can be rejected'
);
select is((select status from public.rebatch_runs where id = (select id from second)), 'rejected', 'which is kept');
select is((select count(*) from public.rebatch_steps), 0::bigint, 'and does nothing');
select isnt(public.plan_rebatch('Acme'), null, 'another plan may follow');
update public.rebatch_runs set status = 'executing' where status = 'preview';
select throws_ok($$select public.plan_rebatch('Acme')$$, 'MR003', null, 'but not while one is carried out');

select * from finish();
rollback;
