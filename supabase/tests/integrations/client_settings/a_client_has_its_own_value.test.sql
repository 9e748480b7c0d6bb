begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme'), ('Globex');
insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values ('tests.days', 14, 'days', 1, 90, 'For this test.');
insert into integrations.client_settings (client, name, value) values ('Acme', 'tests.days', 7);

select is(private.client_setting('Acme', 'tests.days'), 7::numeric, 'its own value');
select is(private.client_setting('Globex', 'tests.days'), 14::numeric, 'else the general one');
select is(private.client_setting(null, 'tests.days'), 14::numeric, 'also without a client');
select throws_ok($$select private.client_setting('Acme', 'tests.none')$$, 'MR002', null, 'an unknown one is said');
select throws_ok(
  $$update integrations.client_settings set value = 91 where client = 'Acme'$$, 'MR002',
  'tests.days must be from 1 to 90 (days).', 'bounds hold, and are said'
);
select throws_ok(
  $$insert into integrations.client_settings (client, name, value) values ('Acme', 'tests.day', 7)$$, 'MR002',
  'There is no setting tests.day.', 'a name that is none is said'
);

select tests.authenticate_as(tests.create_user('viewer', 'Globex'));
select is_empty($$select from integrations.client_settings$$, 'another client''s value is not seen');

select * from finish();
rollback;
