begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
select tests.authenticate_as(tests.create_user('admin'));

select lives_ok(
  $$update public."Clients" set "Api Key - Bison" = 'v1.dev.iv.sealed' where "Business" = 'Acme'$$,
  'staff sets the API key'
);
select lives_ok($$select "Business", "Website" from public."Clients"$$, 'and reads the other columns');
select throws_ok($$select "Api Key - Bison" from public."Clients"$$, '42501', null, 'but not the key');
select throws_ok(
  $$select "Business" from public."Clients" where "Api Key - Bison" like 'v1%'$$, '42501', null, 'nor guesses at it'
);

select lives_ok(
  $$insert into public.calendly_integrations (client, access_token, refresh_token) values ('Acme', 'v1.a', 'v1.b')$$,
  'staff stores a Calendly connection'
);
select throws_ok(
  $$select refresh_token from public.calendly_integrations$$, '42501', null, 'but does not read its tokens'
);

select * from finish();
rollback;
