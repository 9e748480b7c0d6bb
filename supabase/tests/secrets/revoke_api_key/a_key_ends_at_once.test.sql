begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme');
create temp table who as
select tests.create_user('member', 'Acme') as member, tests.create_user('member', 'Acme') as other,
  tests.create_user('admin') as admin;
create temp table keys as
select n, integrations.create_api_key(
  member, 'Script', '{admin}', encode(sha256(n::text::bytea), 'hex'), 'abcd1234'
) as id
from who, generate_series(1, 2) as n;
grant select on who, keys to authenticated, api_gateway;

select tests.authenticate_as((select other from who));
select throws_ok(
  'select integrations.revoke_api_key(id) from keys where n = 1', 'MR001', null, 'somebody else''s key is unknown'
);
select tests.authenticate_as((select member from who));
select is(integrations.revoke_api_key(id), 'revoked', 'a user ends the own key') from keys where n = 1;
select is(integrations.revoke_api_key(id), 'already_revoked', 'a second time changes nothing') from keys where n = 1;
select tests.authenticate_as((select admin from who));
select is(integrations.revoke_api_key(id), 'revoked', 'an admin ends any') from keys where n = 2;
select throws_ok(
  'select integrations.revoke_api_key(gen_random_uuid())', 'MR001', null, 'what does not exist is unknown'
);
select tests.clear();
select is_empty(
  $$select integrations.authenticate_api_key(encode(sha256(n::text::bytea), 'hex')) from keys$$, 'neither opens anything'
);

select * from finish();
rollback;
