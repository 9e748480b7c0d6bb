begin;
select plan(6);
insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.domain_generation_templates (id, name, client, base_names)
values
  ('00000000-0000-4000-8000-000000000001', 'Theirs', 'Acme', '["acme"]'),
  ('00000000-0000-4000-8000-000000000002', 'For all', null, '["agency"]');

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok(
  $$select public.generate_domains('00000000-0000-4000-8000-000000000001')$$, 'MR004', null,
  'a member of the client reads only'
);
select throws_ok(
  $$select public.generate_domains('00000000-0000-4000-8000-000000000002')$$, 'MR001', null,
  'and does not see the agency''s'
);
select is((select count(*) from public.domain_generation_templates), 1::bigint, 'nor lists them');
select tests.clear();
select tests.authenticate_as(tests.create_user('member', 'Birch'));
select throws_ok(
  $$select public.generate_domains('00000000-0000-4000-8000-000000000001')$$, 'MR001', null,
  'another client''s template is not there'
);
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select isnt_empty($$select public.generate_domains('00000000-0000-4000-8000-000000000001')$$, 'staff makes names');
select isnt_empty($$select public.generate_domains('00000000-0000-4000-8000-000000000002')$$, 'also the agency''s');
select * from finish();
rollback;
