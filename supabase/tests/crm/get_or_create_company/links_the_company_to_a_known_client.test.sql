begin;
select plan(6);

insert into "Clients" ("Business") values ('Acme');

select tests.set_clock('2026-03-01 10:00Z');
select get_or_create_company('bolt.example', 'Bolt', 'Acme');
select results_eq(
  $$
    select s.first_seen_at, s.last_seen_at, s.status
    from client_company_state s
    join master_companies_db m on m.id = s.company_id
    where s.client_id = private.client_id_of('Acme') and m.company_domain = 'bolt.example'
  $$,
  $$values ('2026-03-01 10:00Z'::timestamptz, '2026-03-01 10:00Z'::timestamptz, 'new')$$,
  'the client has seen the company'
);

select tests.set_clock('2026-03-01 23:59Z');
select get_or_create_company('bolt.example', null, 'Acme');
select is((select last_seen_at from client_company_state), '2026-03-01 10:00Z', 'once a day is enough');

select tests.set_clock('2026-03-02 00:01Z');
select get_or_create_company('bolt.example', null, 'Acme');
select is((select last_seen_at from client_company_state), '2026-03-02 00:01Z', 'the next day counts');
select is((select first_seen_at from client_company_state), '2026-03-01 10:00Z', 'the first time stays');

select tests.set_clock('2026-02-01 10:00Z');
select get_or_create_company('bolt.example', null, 'Acme');
select is((select last_seen_at from client_company_state), '2026-03-02 00:01Z', 'an older event does not count');

select get_or_create_company('bolt.example', null, 'Nobody we know');
select is((select count(*) from client_company_state), 1::bigint, 'a client that is not known is not linked');

select * from finish();
rollback;
