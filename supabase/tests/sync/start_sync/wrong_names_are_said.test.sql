begin;
select plan(3);

insert into public."Clients" ("Business") values ('Acme');
select throws_ok($$select integrations.start_bison_sync('Acne')$$, 'MR001', 'There is no such client.', 'of a client');
select throws_ok($$select integrations.start_sync('Acme', 'tag')$$, 'MR002', 'There is no list tag.', 'of a list');
select is_empty('select from integrations.sync_cursors', 'and nothing begins');

select * from finish();
rollback;
