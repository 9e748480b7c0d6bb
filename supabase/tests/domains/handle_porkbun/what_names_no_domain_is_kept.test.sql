begin;
select plan(3);
insert into public."Clients" ("Business") values ('Acme');
insert into integrations.webhook_endpoints (provider, client, token_hash) values ('porkbun', 'Acme', sha256('x'));
create function pg_temp.tell(p_type text, p_body text)
returns text
language sql
as $$
  select r.outcome
  from integrations.webhook_endpoints e
  cross join lateral integrations.receive_webhook(e.id, p_type || p_body, p_type, p_body, null) as r
$$;
select is(pg_temp.tell('domain.renewed', '{"event": "domain.renewed"}'), 'dead', 'a renewal of nothing');
select is(pg_temp.tell('domain.renewed', '{"data": {"domain": "a b.co"}}'), 'dead', 'of what is no domain');
select is(pg_temp.tell('domain.deleted', '{"data": {"domain": "a.co"}}'), 'ignored', 'an unknown type is stored');
select * from finish();
rollback;
