begin;
select plan(4);

select from intake.f_ingest_json(
  '[{"email": "ann@acme.com", "title": "CTO"}, {"email": "bob@gmail.com", "title": "Factotum"}]'::jsonb, 'one', 'b1'
);
select from intake.f_promote_contacts();
select is(
  (select array_agg(c.score::integer order by c.email) from intake.contacts c), '{60,15}',
  'a title, one that decides, an address of a company'
);

update intake.raw_loads set created_at = created_at - interval '40 days';
select from intake.f_ingest_json(
  '[{"email": "ann@acme.com", "phone": "1"}, {"email": "bob@gmail.com", "title": "Vice-Chief of Sales"}]'::jsonb, 'two', 'b2'
);
select from intake.f_promote_contacts();
select is((select c.score::integer from intake.contacts c where c.email = 'ann@acme.com'), 75, 'a title counts that was told before');
select is((select c.score::integer from intake.contacts c where c.email = 'bob@gmail.com'), 40, 'and a new one');
select is(
  (select jsonb_object_agg(c.email, c.field_sources) from intake.contacts c) #>> '{ann@acme.com,phone,source}', 'two',
  'whoever told the rest is remembered'
);

select * from finish();
rollback;
