begin;
select plan(3);

insert into public."Clients" ("Business") values ('Acme');
select private.emit_event('deal.created', 'Acme', 'deal', gen_random_uuid(), '{}') from generate_series(1, 3);
select shared.relay_outbox();
select is((select deleted from private.sweep_domain_event_logs()), 0, 'young events stay');
select tests.set_clock(now() + interval '181 days');
select is(
  (select row(s.deleted, s.has_more)::text from private.sweep_domain_event_logs(p_limit => 2) s), '(2,t)', 'bounded'
);
select is(
  (select row(s.deleted, s.has_more)::text from private.sweep_domain_event_logs(p_limit => 2) s), '(1,f)', 'until none'
);

select * from finish();
rollback;
