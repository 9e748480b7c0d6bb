begin;
select plan(9);

create temp table told as
select row_number() over () as n, t.*
from intake.f_ingest_json(
  jsonb_build_array(
    '{"email": " Ann@Example.com ", "name": "Ann"}'::jsonb, '{"email": "ann@example.com"}'::jsonb, '{"name": "x"}'::jsonb,
    '{"email": null}'::jsonb, '{"email": 5}'::jsonb, '7'::jsonb, '{"email": "a@b"}'::jsonb, '{"email": "müller@bücher.example"}'::jsonb,
    '{"email": "ann+news@example.com"}'::jsonb, jsonb_build_object('email', repeat('x', 300) || '@example.com'),
    '{"email": "a..b@example.com"}'::jsonb, '{"email": "a b@example.com"}'::jsonb, '["a@example.com"]'::jsonb
  ),
  'apollo', 'b1'
) t;

select is(
  (select array_agg(status || ' ' || message order by n) from told),
  array[
    'success pending', 'success duplicate', 'error row 3, email: there is no address', 'error row 4, email: there is no address',
    'error row 5, email: the address is no text', 'error row 6, email: the row is no object',
    'error row 7, email: this is no e-mail address', 'success pending', 'success pending',
    'error row 10, email: the address is longer than 254 signs', 'error row 11, email: this is no e-mail address',
    'error row 12, email: this is no e-mail address', 'error row 13, email: the row is no object',
    'success 3 inserted, 1 duplicates, 9 rejected'
  ],
  'one answer a row, in their order, then the summary'
);
select is((select load_id from told where n = 14), null, 'the summary has no load');
select is((select count(*) from intake.raw_loads), 4::bigint, 'what was refused is not stored');
select is(
  (select (l.raw_data ->> 'email', l.metadata ->> 'email')::text from intake.raw_loads l join told using (load_id) where n = 1),
  '(ann@example.com," Ann@Example.com ")', 'an address is kept as we compare it, and as it came'
);
select is(
  (select (l.metadata ->> 'duplicate_of')::bigint from intake.raw_loads l join told t using (load_id) where t.n = 2),
  (select load_id from told where n = 1), 'a duplicate says of which load'
);
select is(
  (select details - 'last_load_id' from intake.audit_log where action = 'contact_ingested'),
  '{"batch_id": "b1", "source": "apollo", "inserted": 3, "duplicates": 1, "rejected": 9}', 'the audit log has the call'
);
select is(
  (select details from intake.audit_log where action = 'batch_processed'),
  '{"batch_id": "b1", "source": "apollo", "inserted": 3, "duplicates": 1, "rejected": 9}', 'and its counts'
);
select throws_ok($$select intake.f_ingest_json('{}'::jsonb, 'a', 'b')$$, 'MR002', null, 'an object is no array');
select throws_ok($$select intake.f_ingest_json('[]'::jsonb, ' ', 'b')$$, 'MR002', null, 'a source is needed');

select * from finish();
rollback;
