begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
select tests.as_role('authenticated');
select is_empty('select private.my_clients()', 'nobody');
select is_empty('select unnest(private.caller_client_ids())', 'has no client');
select is(private.is_agency(), false, 'and is no agency staff');
select tests.clear();
create temp table person as select tests.create_user('member', 'Acme') as id;
delete from integrations.memberships;
select tests.authenticate_as((select id from person));
select is_empty('select private.my_clients()', 'nor has somebody whose membership ended');

select * from finish();
rollback;
