begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.sealed(p_letter text) returns text language sql as $$
  select 'v1.k.' || repeat('i', 16) || '.' || repeat(p_letter, 30)
$$;
insert into shared.webhook_subscriptions (id, tenant_id, name, url, secret)
select 'e0000000-0000-4000-8000-000000000001', t.tenant_id, 'x', 'https://acme.test/', pg_temp.sealed('a')
from integrations.tenants t;
select tests.set_clock('2026-03-02T12:00:00Z');

select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select throws_ok(
  $$select integrations.rotate_endpoint_secret('e0000000-0000-4000-8000-000000000001', 'v1.x')$$, 'MR001', null,
  'a viewer may not'
);
select tests.clear();
select throws_ok(
  $$select integrations.rotate_endpoint_secret('e0000000-0000-4000-8000-000000000001', 'whsec_plain')$$, '23514', null,
  'nor anybody with a plain secret'
);
select integrations.rotate_endpoint_secret('e0000000-0000-4000-8000-000000000001', pg_temp.sealed('b'), '1 hour');
select is(
  (select row(s.secret, s.previous_secret)::text from shared.webhook_subscriptions s),
  row(pg_temp.sealed('b'), pg_temp.sealed('a'))::text, 'the new one takes its place beside the old one'
);
select is(
  (select s.previous_secret_expires_at from shared.webhook_subscriptions s), '2026-03-02T13:00:00Z'::timestamptz,
  'for the overlap'
);

select * from finish();
rollback;
