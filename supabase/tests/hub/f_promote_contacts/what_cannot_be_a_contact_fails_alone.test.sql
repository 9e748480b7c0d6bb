begin;
select plan(8);

select from intake.f_ingest_json(
  jsonb_build_array(
    '{"email": "a@example.com", "name": {"first": "A"}}'::jsonb, '{"email": "b@example.com", "title": ["x"]}'::jsonb,
    '{"email": "c@example.com", "phone": true}'::jsonb, '{"email": "d@example.com", "tags": {"a": 1}}'::jsonb,
    jsonb_build_object('email', 'e@example.com', 'company', repeat('x', 501)),
    '{"email": "f@example.com", "phone": 4930123, "tags": "vip"}'::jsonb, '{"email": "g@example.com", "name": "[Foo] {Bar} is true"}'::jsonb,
    jsonb_build_object('email', 'h@example.com', 'notes', repeat('long ', 200000))
  ),
  's', 'b'
);
select results_eq(
  'select promoted_count, updated_count, failed_count from intake.f_promote_contacts()', 'values (3, 0, 5)', 'five of eight fail'
);
select is(
  (select array_agg(metadata ->> 'field' || ' ' || (metadata ->> 'error') order by load_id) from intake.raw_loads where status = 'failed'),
  array[
    'name is an object, not a text', 'title is an array, not a text', 'phone is a boolean, not a text',
    'tags is an object, not a list', 'company is longer than 500 signs'
  ], 'each with its reason'
);
select is((select phone || tags::text from intake.contacts where email = 'f@example.com'), '4930123["vip"]', 'numbers are texts');
select is((select name from intake.contacts where email = 'g@example.com'), '[Foo] {Bar} is true', 'a text may look like a list');
select is((select count(*) from intake.pending_ranges), 0::bigint, 'nothing is left to do');
select results_eq('select promoted_count, failed_count from intake.f_promote_contacts()', 'values (0, 0)', 'failed ones stay so');

-- What nobody foresaw: a constraint of tomorrow.
alter table vault.contacts add constraint tomorrow check (title <> 'Poison');
select from intake.f_ingest_json(
  (select jsonb_agg(jsonb_build_object('email', 'n' || n || '@example.com', 'title', case when n in (7, 30) then 'Poison' else 'T' end))
   from generate_series(1, 40) n), 's', 'b2'
);
select results_eq(
  'select promoted_count, failed_count from intake.f_promote_contacts()', 'values (38, 2)', 'the others are promoted all the same'
);
select is(
  (select array_agg(raw_data ->> 'email' order by load_id) from intake.raw_loads where metadata ->> 'error' like '23514 %'),
  array['n7@example.com', 'n30@example.com'], 'by the database''s own word'
);

select * from finish();
rollback;
