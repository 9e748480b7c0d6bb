begin;
select plan(16);

select from intake.f_ingest_json('[{"email": "ann@example.com"}]'::jsonb, 's', 'b');
select from vault.f_promote_contacts();
create temp table writes as
select t.name, w.act
from unnest(array[
  'intake.raw_loads', 'intake.audit_log', 'intake.pending_ranges', 'intake.file_loads', 'vault.contacts', 'intake.contacts',
  'company.master', 'company.slot', 'company.history', 'company.merges', 'people.master', 'people.slot', 'people.history',
  'people.merges', 'people.intelligence'
]) as t (name)
cross join unnest(array['insert', 'update', 'delete', 'truncate']) as w (act);
select is_empty(
  format($$
    select r.role, w.name, w.act
    from writes w
    cross join unnest(array['anon', 'authenticated', 'service_role', 'job_worker', 'api_gateway']) as r (role)
    where has_table_privilege(r.role, w.name, w.act) or w.act in ('insert', 'update') and has_any_column_privilege(r.role, w.name, w.act)
  $$),
  'no API role writes a table of the hub'
);

select tests.as_role('service_role');
select throws_ok($$insert into intake.raw_loads (batch_id, source, raw_data) values ('b', 's', '{}')$$, '42501', null, 'nor does a service insert');
select throws_ok($$update vault.contacts set score = 100$$, '42501', null, 'update');
select throws_ok($$delete from vault.contacts$$, '42501', null, 'or delete');
select is((select count(*) from vault.contacts), 1::bigint, 'it reads');
select lives_ok($$select from intake.f_ingest_json('[{"email": "bob@example.com"}]'::jsonb, 's', 'b')$$, 'and ingests');
select lives_ok('select from vault.f_promote_contacts()', 'and promotes');

select tests.clear();
select tests.authenticate_as(tests.create_user('viewer'));
select is((select count(*) from vault.contacts) + (select count(*) from intake.contacts), 4::bigint, 'the agency''s staff reads');
select is((select count(*) from intake.raw_loads), 2::bigint, 'loads as well');
select throws_ok($$select from intake.f_ingest_json('[]'::jsonb, 's', 'b')$$, 'MR004', null, 'a viewer ingests nothing');
select throws_ok('select from vault.f_promote_contacts()', 'MR004', null, 'and promotes nothing');

select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select lives_ok($$select from intake.f_ingest_json('[{"email": "eve@example.com"}]'::jsonb, 's', 'b')$$, 'a manager ingests');
select lives_ok('select from vault.f_promote_contacts()', 'and promotes');
select throws_ok($$delete from intake.raw_loads$$, '42501', null, 'but deletes nothing');

select tests.clear();
insert into public."Clients" ("Business") values ('Acme') on conflict do nothing;
select tests.authenticate_as(tests.create_user('member', 'Acme'));
select is((select count(*) from vault.contacts) + (select count(*) from intake.raw_loads), 0::bigint, 'a client''s user sees nothing');
select throws_ok('select from vault.f_promote_contacts()', 'MR004', null, 'and does nothing');

select * from finish();
rollback;
