begin;
select plan(3);

insert into public."Clients" ("Business") values ('Acme');
select isnt(private.client_id_of('Acme'), null, 'a client has one');
select is(private.client_id_of('acme'), null, 'the name is exact');
select is(private.client_id_of(null), null, 'null has none');

select * from finish();
rollback;
