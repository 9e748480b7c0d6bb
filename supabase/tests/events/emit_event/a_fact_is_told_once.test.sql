begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
create temp table told as
select 1 as n, private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), '{}', null, 'deal 1') as id;
select is(
  private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), '{}', null, 'deal 1'), null::uuid,
  'the same fact again is no event'
);
select isnt(
  private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{}', null, 'deal 1'), null::uuid,
  'another type is another fact'
);
select shared.relay_outbox();
delete from shared.outbox_events;
select isnt(
  private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), '{"again": true}', null, 'deal 1'), null::uuid,
  'the outbox forgets'
);
select is(
  (select published from shared.relay_outbox()), 1, 'the relay takes it'
);
select is(
  (select array_agg(l.payload order by l.event_type) from shared.domain_event_logs l), array['{}', '{}']::jsonb[],
  'but it is not published a second time'
);

select * from finish();
rollback;
