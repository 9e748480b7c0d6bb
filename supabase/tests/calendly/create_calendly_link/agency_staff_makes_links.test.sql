begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
select tests.set_clock('2026-03-10 12:00Z');

select tests.authenticate_as(tests.create_user('manager'));
select is(
  integrations.create_calendly_link('Acme', sha256('staff')), '2026-03-13 12:00Z'::timestamptz, 'it works for three days'
);
select throws_ok(
  $$select integrations.create_calendly_link('Nobody', sha256('x'))$$, 'MR001', null, 'for a client that is there'
);
select throws_ok('select token_hash from integrations.calendly_links', '42501', null, 'nobody reads the hash');
select tests.clear();

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok(
  $$select integrations.create_calendly_link('Acme', sha256('member'))$$, 'MR001', null, 'a client''s user makes none'
);
select is((select count(*) from integrations.calendly_links), 1::bigint, 'but sees those of the client');
select tests.clear();
select tests.authenticate_as(tests.create_user('viewer'));
select throws_ok(
  $$select integrations.create_calendly_link('Acme', sha256('viewer'))$$, 'MR001', null, 'nor does a viewer'
);
select tests.clear();

insert into integrations.client_settings (client, name, value) values ('Birch', 'calendly.link_hours', 1);
select is(
  integrations.create_calendly_link('Birch', sha256('service')), '2026-03-10 13:00Z'::timestamptz,
  'a client may have another time'
);
select throws_ok(
  $$insert into integrations.calendly_links (client, token_hash, created_by, expires_at) values ('Acme', 'x', 'y', now())$$,
  '23514', null, 'a token itself is not stored'
);

select * from finish();
rollback;
