begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring');
insert into public.master_contacts_db (email) values ('a@one.test');
create function pg_temp.builds(p_filter jsonb, p_variables jsonb default '{}', p_name text default 'L') returns void language sql as
$$select public.build_contact_list('Acme', '401', p_name, p_filter, p_variables)$$;

select throws_ok($$select pg_temp.builds('{"title": null}')$$, 'MR002', null, 'no title');
select throws_ok($$select pg_temp.builds('{"title": " "}')$$, 'MR002', null, 'a blank one');
select throws_ok($$select pg_temp.builds('{"industry": null}')$$, 'MR002', null, 'no industry');
select throws_ok($$select pg_temp.builds('{"industry": ["Tools"]}')$$, 'MR002', null, 'a list of them');
select throws_ok($$select pg_temp.builds(null)$$, 'MR002', null, 'no filter');
select throws_ok($$select pg_temp.builds('{}', null)$$, 'MR002', null, 'no variables');
select throws_ok($$select pg_temp.builds('{}', '{}', ' ')$$, 'MR002', null, 'no name');
select throws_ok(
  $$select pg_temp.builds('{}', '{"Company": "company_name", "company ": "company_domain"}')$$, 'MR002', null,
  'one variable with two values'
);
select lives_ok($$select pg_temp.builds('{}')$$, 'everybody, when nothing is asked for');

select * from finish();
rollback;
