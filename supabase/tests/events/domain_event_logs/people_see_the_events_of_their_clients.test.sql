begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme'), ('Blue');
select private.emit_event('deal.created', client, 'deal', gen_random_uuid(), '{}')
from unnest(array['Acme', 'Blue', 'Nobody Ltd']) as client;
select shared.relay_outbox();

select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select is((select count(*) from shared.domain_event_logs), 1::bigint, 'a client''s user sees that client''s');
select is((select count(*) from shared.outbox_events), 1::bigint, 'also in the outbox');
select throws_ok('delete from shared.domain_event_logs', '42501', null, 'and changes nothing');
select tests.clear();
select tests.authenticate_as(tests.create_user('manager'));
select is((select count(*) from shared.domain_event_logs), 2::bigint, 'the agency sees all of its clients');
select is((select count(*) from shared.outbox_events), 2::bigint, 'also in the outbox');

select * from finish();
rollback;
