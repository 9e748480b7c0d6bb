begin;
select plan(5);

create function pg_temp.told() returns bigint language sql as $$
  select count(*) from shared.outbox_events e where e.event_type = 'lead.replied'
$$;
select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), 0::bigint, 'a stranger''s mail is no lead''s reply');
select tests.bison('LEAD_REPLIED', '2026-03-02T14:00:00Z');
select is(pg_temp.told(), 1::bigint, 'until the same mail turns out to answer a campaign');
select tests.bison('LEAD_REPLIED', '2026-03-02T14:05:00Z');
select is(pg_temp.told(), 1::bigint, 'once');

select tests.bison('UNTRACKED_REPLY_RECEIVED', '2026-03-04T14:00:00Z', '{"reply": {"id": 3009}}');
select is(pg_temp.told(), 2::bigint, 'a known lead''s mail is told at once');
select tests.bison('LEAD_REPLIED', '2026-03-04T14:00:00Z', '{"reply": {"id": 3009}}');
select is(pg_temp.told(), 2::bigint, 'and not again when it turns out to be tracked');

select * from finish();
rollback;
