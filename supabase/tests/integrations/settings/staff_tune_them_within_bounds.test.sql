begin;
select plan(7);

insert into integrations.settings (name, value, unit, lowest, highest, meaning)
values ('tests.rate', 2.5, 'percent', 0, 100, 'For this test.');

select is(private.setting('tests.rate'), 2.5, 'a setting is read');
select throws_ok($$select private.setting('tests.nothing')$$, 'MR002', null, 'an unknown one is said');
select throws_ok(
  $$update integrations.settings set value = 101 where name = 'tests.rate'$$, 'MR002',
  'tests.rate must be from 0 to 100 (percent).', 'bounds hold, and are said'
);

select tests.authenticate_as(tests.create_user('manager'));
select lives_ok($$update integrations.settings set value = 3 where name = 'tests.rate'$$, 'a manager tunes it');
select throws_ok(
  $$update integrations.settings set highest = 1000 where name = 'tests.rate'$$, '42501', null, 'but not its bounds'
);
select tests.clear();
select is(private.setting('tests.rate'), 3.0, 'the rule reads the new value');

select tests.authenticate_as(tests.create_user('viewer'));
update integrations.settings set value = 4 where name = 'tests.rate';
select tests.clear();
select is(private.setting('tests.rate'), 3.0, 'a viewer changes nothing');

select * from finish();
rollback;
