begin;
select plan(13);

insert into public."Clients" ("Business") values ('Acme'), ('Bolt');
create temp table who as
select tests.create_user('member', 'Acme') as member, tests.create_user('admin') as admin,
  tests.create_user('manager') as manager;
grant select on who to authenticated;

create function pg_temp.create_key(
  p_user uuid, p_scopes text[] default '{leads:read}', p_expires_at timestamptz default null, p_client text default null
)
returns uuid language sql as $$
  select integrations.create_api_key(
    p_user, 'Script', p_scopes, encode(sha256(gen_random_uuid()::text::bytea), 'hex'), 'abcd1234', p_expires_at, p_client
  )
$$;
grant execute on function pg_temp.create_key(uuid, text[], timestamptz, text) to authenticated, service_role;

select tests.authenticate_as((select member from who));
select isnt(pg_temp.create_key(member), null, 'a user makes a key') from who;
select results_eq(
  'select prefix, scopes from shared.user_api_keys', $$values ('abcd1234', '{leads:read}'::text[])$$, 'and sees it'
);
select throws_ok('select key_hash from shared.user_api_keys', '42501', null, 'but not its hash');
select throws_ok(
  'select pg_temp.create_key(admin) from who', 'MR004', null, 'for nobody else'
);
select throws_ok(
  $$select pg_temp.create_key(member, p_client => 'Bolt') from who$$, 'MR002', null, 'for no client of others'
);
select throws_ok(
  $$select pg_temp.create_key(member, '{Leads}') from who$$, 'MR002', null, 'with scopes that are scopes'
);
select throws_ok($$select pg_temp.create_key(member, '{}') from who$$, 'MR002', null, 'of which there is one');
select throws_ok(
  $$select pg_temp.create_key(member, p_expires_at => now() - interval '1 second') from who$$, 'MR002', null,
  'and not for the past'
);

select tests.authenticate_as((select manager from who));
select throws_ok('select pg_temp.create_key(member) from who', 'MR004', null, 'nor does a manager make others'' keys');
select tests.authenticate_as((select admin from who));
select isnt(pg_temp.create_key(member), null, 'an admin does') from who;
select set_config(
  'request.jwt.claims', (current_setting('request.jwt.claims')::jsonb || '{"millrace_client": "Acme"}')::text, true
);
select throws_ok('select pg_temp.create_key(admin) from who', 'MR004', null, 'a key for one client opens no other');
select isnt(pg_temp.create_key(admin, p_client => 'Acme'), null, 'it may make another for its client') from who;
select tests.as_role('service_role');
select throws_ok(
  $$select pg_temp.create_key(gen_random_uuid())$$, 'MR002', null, 'a key needs a user who is a member of something'
);

select * from finish();
rollback;
