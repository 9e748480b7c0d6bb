begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.refuse(p_event_ids uuid[]) returns uuid[] language plpgsql as $$
begin
  if exists (select from shared.outbox_events e where e.event_id = any(p_event_ids) and e.event_data ? 'bad') then
    raise exception 'I do not like this.';
  end if;
  return '{}';
end
$$;
insert into integrations.event_consumers (name, handler) values ('picky', 'pg_temp.refuse');
select tests.set_clock('2026-03-02T12:00:00Z');
select private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), jsonb_build_object('n', n))
from generate_series(1, 3) as n;
select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{"bad": true}');
select private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), '{"n": 4}');

select is(
  (select row(r.published, r.failed)::text from shared.relay_outbox() r), '(4,1)', 'the others are published'
);
select is(
  (
    select row(e.status, e.retry_count, e.last_error, e.last_retry_at)::text
    from shared.outbox_events e
    where e.event_type = 'deal.won'
  ),
  row('failed', 1, 'I do not like this.', '2026-03-02T12:00:00Z'::timestamptz)::text, 'the reason is kept'
);
select is((select count(*) from shared.domain_event_logs), 4::bigint, 'it is not logged');

select tests.set_clock('2026-03-02T12:00:19Z');
select is((select row(r.published, r.failed)::text from shared.relay_outbox() r), '(0,0)', 'it is not due');
select tests.set_clock('2026-03-02T12:00:20Z');
select is((select row(r.published, r.failed)::text from shared.relay_outbox() r), '(0,1)', 'after 20 s it is');

update shared.outbox_events set retry_count = 10 where status = 'failed';
select tests.set_clock('2026-03-09T12:00:00Z');
select is((select row(r.published, r.failed)::text from shared.relay_outbox() r), '(0,0)', 'after ten times it waits');
update shared.outbox_events set event_data = '{}' where status = 'failed';
update shared.outbox_events set status = 'pending' where status = 'failed';
select is((select row(r.published, r.failed)::text from shared.relay_outbox() r), '(1,0)', 'for a person');
select is(
  (select row(e.status, e.last_error)::text from shared.outbox_events e where e.event_type = 'deal.won'),
  row('processed', null)::text, 'who has mended it'
);
select is((select count(*) from shared.domain_event_logs), 5::bigint, 'now it is logged');

select * from finish();
rollback;
