begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
select tests.authenticate_as(tests.create_user('admin'));

select lives_ok(
  $$update public."Clients" set "Api Key - Bison" = tests.sealed('key') where "Business" = 'Acme'$$,
  'staff sets the API key'
);
select throws_ok(
  $$update public."Clients" set "Api Key - Bison" = '38|a-key-as-bison-gives-it' where "Business" = 'Acme'$$,
  '23514', null, 'sealed, never as EmailBison gives it'
);
select lives_ok($$select "Business", "Website" from public."Clients"$$, 'and reads the other columns');
select throws_ok($$select "Api Key - Bison" from public."Clients"$$, '42501', null, 'but not the key');
select throws_ok(
  $$select "Business" from public."Clients" where "Api Key - Bison" like 'v1%'$$, '42501', null, 'nor guesses at it'
);

select lives_ok(
  $$insert into public.calendly_integrations (client, access_token, refresh_token) values ('Acme', tests.sealed('a'), tests.sealed('b'))$$,
  'staff stores a Calendly connection'
);
select throws_ok(
  $$update public.calendly_integrations set access_token = 'eyJraWQ'$$, '23514', null, 'with a sealed access token'
);
select throws_ok(
  $$update public.calendly_integrations set refresh_token = 'v1.short'$$, '23514', null, 'and refresh token'
);
select throws_ok(
  $$select refresh_token from public.calendly_integrations$$, '42501', null, 'but does not read its tokens'
);

select * from finish();
rollback;
