begin;
select plan(6);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
create temp table person as
select tests.create_user('member', 'Acme') as member, tests.create_user('member', 'Birch') as stranger,
  tests.create_user('viewer') as viewer;
grant select on person to authenticated;
insert into shared.user_api_keys (user_id, client, name, key_hash, prefix, scopes)
select p.member, k.client, 'Key', repeat(k.sign, 64), 'abcdefgh', '{leads:read}'
from person p, (values (null, 'a'), ('Acme', 'b')) as k (client, sign);

select is(private.caller_id(), null::uuid, 'nobody is signed in');
select tests.authenticate_as((select member from person));
select is(private.caller_id(), (select member from person), 'the user of the claims');
select is((select count(*) from shared.user_api_keys), 2::bigint, 'sees the own keys, of every client or one');
select tests.authenticate_as((select stranger from person));
select is((select count(*) from shared.user_api_keys), 0::bigint, 'another client''s user none of them');
select is((select count(*) from integrations.memberships), 1::bigint, 'and the own membership only');
select tests.authenticate_as((select viewer from person));
select is((select count(*) from shared.user_api_keys), 2::bigint, 'the agency all');

select * from finish();
rollback;
