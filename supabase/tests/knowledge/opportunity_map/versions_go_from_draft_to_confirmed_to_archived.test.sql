begin;
select plan(19);

insert into "Clients" ("Business") values ('Acme');
select tests.authenticate_as(tests.create_user('manager'));
insert into client_opportunity_maps (client, title, version, status, segments)
values ('Acme', 'Market', 7, 'confirmed', '[{"name": "Retail"}]');
select results_eq(
  'select version, status from client_opportunity_maps', $$values (1, 'draft')$$,
  'a map starts as draft, as version 1, whatever is said'
);
create temp view v as select id from client_opportunity_maps where title = 'Market';
update client_opportunity_maps set segments = '[{"name": "Wholesale"}]';
select is((select segments #>> '{0,name}' from client_opportunity_maps), 'Wholesale', 'a draft changes');

select is(confirm_opportunity_map((select id from v)), 'confirmed', 'it is confirmed');
select is(confirm_opportunity_map((select id from v)), 'confirmed', 'a second time says the same');
select isnt((select confirmed_at from client_opportunity_maps), null, 'with the time');
select alike((select confirmed_by from client_opportunity_maps), 'user:%', 'and who did it');
select throws_ok(
  $$update client_opportunity_maps set segments = '[]'$$, 'MR003', null, 'what is confirmed does not change'
);
select throws_ok(
  $$update client_opportunity_maps set status = 'draft'$$, 'MR003', null, 'nor become a draft again'
);
select throws_ok(
  $$select restore_document_version((select min(id) from client_document_versions))$$, 'MR003', null,
  'not even by an old version'
);

select isnt(revise_opportunity_map((select id from v)), null, 'its next version');
select results_eq(
  'select version, status, segments from client_opportunity_maps order by version',
  $$
    values (1, 'confirmed', '[{"name": "Wholesale"}]'::jsonb), (2, 'draft', '[{"name": "Wholesale"}]'::jsonb)
  $$,
  'is a draft with the same content'
);
select is(
  confirm_opportunity_map((select id from client_opportunity_maps where version = 2)), 'confirmed', 'that is confirmed'
);
select results_eq(
  'select version, status from client_opportunity_maps order by version',
  $$values (1, 'archived'), (2, 'confirmed')$$, 'and takes the place of the one before'
);
select throws_ok(
  'select confirm_opportunity_map((select id from client_opportunity_maps where version = 1))', 'MR003', null,
  'an archived one stays archived'
);
select is(
  archive_opportunity_map((select id from client_opportunity_maps where version = 2)), 'archived', 'one can be archived'
);
select throws_ok('select confirm_opportunity_map(gen_random_uuid())', 'MR001', null, 'an unknown map');
select throws_ok('select revise_opportunity_map(gen_random_uuid())', 'MR001', null, 'has no next version');

insert into client_opportunity_maps (client, title) values ('Acme', 'Market');
select tests.clear();
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok(
  $$select confirm_opportunity_map((select id from client_opportunity_maps where status = 'draft'))$$, 'MR004', null,
  'a client''s user confirms nothing'
);
select is((select max(version) from client_opportunity_maps), 3, 'but sees them all');

select * from finish();
rollback;
