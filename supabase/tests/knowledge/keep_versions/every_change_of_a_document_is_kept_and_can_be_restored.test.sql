begin;
select plan(14);

insert into "Clients" ("Business") values ('Acme'), ('Birch');
select tests.authenticate_as(tests.create_user('manager'));
insert into client_knowledge_base (client, company) values ('Acme', '{"name": "Acme"}');
update client_knowledge_base set company = '{"name": "Acme Corp"}', company_offer = '{"summary": "Tea"}';
update client_knowledge_base set company = '{"name": "Acme Corp"}';

select results_eq(
  'select version, action, changed from client_document_versions order by version',
  $$values (1, 'created', '{}'::text[]), (2, 'changed', '{company,company_offer}'::text[])$$,
  'each change is a version with its columns, and an update that changes nothing is none'
);
select is((select last_updated_section from client_knowledge_base), 'company, company_offer', 'the row says what changed');
select alike((select last_updated_by from client_knowledge_base), 'user:%', 'and by whom');
select alike((select author from client_document_versions where version = 2), 'user:%', 'so does the version');
select is(
  (select content #>> '{company,name}' from client_document_versions where version = 1), 'Acme', 'the content is kept'
);

select is(
  restore_document_version((select id from client_document_versions where version = 1)), 'restored', 'an old version'
);
select results_eq(
  'select company, company_offer from client_knowledge_base',
  $$values ('{"name": "Acme"}'::jsonb, '{}'::jsonb)$$, 'is the document again'
);
select is((select action from client_document_versions where version = 3), 'restored', 'as a version of its own');
select throws_ok('select restore_document_version(987654321)', 'MR001', null, 'an unknown version');
select throws_ok($$insert into client_document_versions (client) values ('Acme')$$, '42501', null, 'nobody writes them');

select tests.clear();
update "Clients" set "Business" = 'Acme Ltd' where "Business" = 'Acme';
select is(
  (select count(*) from client_document_versions where client = 'Acme Ltd'), 3::bigint,
  'a rename is no version, and carries them along'
);
select tests.authenticate_as(tests.create_user('viewer', 'Acme Ltd'));
select throws_ok(
  'select restore_document_version((select min(id) from client_document_versions))', 'MR003', null,
  'who may only read restores nothing'
);
select tests.clear();
select tests.authenticate_as(tests.create_user('viewer', 'Birch'));
select is_empty('select from client_document_versions', 'another client sees none');

select tests.clear();
do $$
begin
  for i in 1 .. 210 loop
    update public.client_knowledge_base set company = jsonb_build_object('name', i::text);
  end loop;
end;
$$;
select results_eq(
  'select count(*), max(version) - min(version) from client_document_versions', 'values (200::bigint, 199)',
  'the newest two hundred stay'
);

select * from finish();
rollback;
