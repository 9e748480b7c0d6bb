begin;
select plan(1);

insert into outbound.rate_limits (name, amount, per) values ('post', 1, '1 second'), ('phone', 1, '1 second');
insert into outbound.job_limits (job_type, rate_limit, key_field) values ('send', 'post', null), ('call', 'phone', 'line');
select outbound.enqueue_jobs(
  '[{"queue": "q", "type": "think", "payload": {"line": 1}}, {"queue": "q", "type": "call", "payload": {"line": 2}},
    {"queue": "q", "type": "send", "payload": {"line": 3}}, {"queue": "q", "type": "call"},
    {"queue": "q", "type": "call", "payload": {"line": 4}, "dedupe_key": "once"}]'
);
select results_eq(
  'select job_type::text, limit_key from outbound.job_queue order by turn',
  $$values ('think', null), ('call', 'phone:2'), ('send', 'post'), ('call', 'phone'), ('call', 'phone:4')$$,
  'none, that of its type, or that of its value, in the order of the call'
);

select * from finish();
rollback;
