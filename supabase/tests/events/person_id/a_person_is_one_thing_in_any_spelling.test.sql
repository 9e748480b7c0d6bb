begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme'), ('Blue');
create temp table before as select private.person_id('Acme', 'casey@fabrikam.test') as id;
select is(private.person_id('Acme', ' Casey@Fabrikam.TEST '), (select id from before), 'in any spelling');
select isnt(private.person_id('Blue', 'casey@fabrikam.test'), (select id from before), 'of one client');
update public."Clients" set "Business" = 'Acme Corp' where "Business" = 'Acme';
select is(private.person_id('Acme Corp', 'casey@fabrikam.test'), (select id from before), 'whatever it is called');
select isnt(private.person_id('Nobody Ltd', 'casey@fabrikam.test'), null::uuid, 'and if nobody knows the client');

select * from finish();
rollback;
