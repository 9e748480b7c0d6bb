begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme');
select private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), '{}') from generate_series(1, 3);
select shared.relay_outbox();
insert into shared.processed_events (event_id, consumer_name)
select e.event_id, 'one' from shared.outbox_events e;
select private.emit_event('deal.won', 'Acme', 'deal', gen_random_uuid(), '{}');
update shared.outbox_events set status = 'failed' where event_type = 'deal.won';

select is((select deleted from private.sweep_outbox()), 0, 'young events stay');
select tests.set_clock(now() + interval '8 days');
select is((select row(s.deleted, s.has_more)::text from private.sweep_outbox(p_limit => 2) s), '(2,t)', 'two of three');
select is((select row(s.deleted, s.has_more)::text from private.sweep_outbox(p_limit => 2) s), '(1,f)', 'the third');
select is((select array_agg(e.event_type) from shared.outbox_events e), array['deal.won']::varchar[], 'failed ones stay');
select is((select count(*) from shared.processed_events), 0::bigint, 'the marks go, too');

select * from finish();
rollback;
