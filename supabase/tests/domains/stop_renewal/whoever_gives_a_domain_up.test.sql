begin;
select plan(12);

insert into public."Clients" ("Business") values ('Acme');
insert into public.domain_providers (provider_name, api_key, api_secret)
values ('porkbun', tests.sealed('key'), tests.sealed('secret'));
select tests.set_clock('2026-11-02 10:00Z');
insert into public.domains (domain_name, provider, client, status, auto_renew, expiration_date)
values
  ('a.test', 'porkbun', 'Acme', 'active', true, '2026-11-04'), ('b.test', 'porkbun', 'Acme', 'active', true, '2026-11-04'),
  ('c.test', 'other', 'Acme', 'active', true, '2026-11-04'), ('d.test', 'porkbun', 'Acme', 'expired', true, '2026-10-01');
insert into public.domain_inventory (domain_name, client, status) values ('e.test', 'Acme', 'available');
create function pg_temp.jobs()
returns bigint
language sql
as $$
  select count(*) from outbound.job_queue j where j.job_type = 'stop_renewal'
$$;
create function pg_temp.cancel(p_domain text)
returns text
language sql
as $$
  select private.do_rebatch_step(jsonb_populate_record(
    null::public.rebatch_steps, jsonb_build_object('client', 'Acme', 'action', 'cancel', 'domain', p_domain)
  ))
$$;

select is(pg_temp.cancel('a.test'), 'canceled, 0 mailboxes at their provider as well', 'a rebatch');
select is(pg_temp.jobs(), 1::bigint, 'has its renewal stopped');
select tests.set_clock('2026-11-03 10:00Z');
select pg_temp.cancel('a.test');
select is(
  (select cancelled_at from public.domain_inventory where domain_name = 'a.test'), '2026-11-02 10:00Z'::timestamptz,
  'done again, the day stays'
);
select is(pg_temp.jobs(), 1::bigint, 'and nothing is asked twice');
select isnt_empty($$select * from integrations.start_renewal_stop('a.test')$$, 'the job goes ahead');
select is_empty($$select * from integrations.start_renewal_stop('b.test')$$, 'not for a domain that nobody gave up');

select tests.authenticate_as(tests.create_user('manager'));
update public.domain_inventory set cancelled_at = now() where domain_name in ('b.test', 'c.test', 'd.test');
select tests.clear();
select is(pg_temp.jobs(), 2::bigint, 'staff does it by hand as well');
select results_eq(
  $$select left(text, 60) from integrations.notices where kind = 'domain_renews'$$,
  $$values ('c.test was given up, and may renew by itself on 2026-11-04: ')$$, 'elsewhere, a person does it'
);
update public.domain_inventory set cancelled_at = now() where domain_name = 'e.test';
select is((select count(*) from integrations.notices where kind = 'domain_renews'), 1::bigint, 'what was never ours costs nothing');

select integrations.finish_renewal_stop('a.test');
select is((select auto_renew from public.domains where domain_name = 'a.test'), false, 'noted');
select integrations.finish_renewal_stop('b.test', 'It is not possible.'), integrations.finish_renewal_stop('b.test', 'Again.');
select is((select count(*) from integrations.notices where kind = 'domain_renews'), 2::bigint, 'a refusal is told once');
select private.tell_expiries(array(select id from public.domains));
select is_empty(
  $$select * from integrations.notices where kind in ('domain_expiring', 'domain_expired')$$,
  'and nobody is told that it expires'
);

select * from finish();
rollback;
