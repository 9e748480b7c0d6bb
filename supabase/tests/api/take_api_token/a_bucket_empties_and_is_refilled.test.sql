begin;
select plan(8);

select tests.set_clock('2026-03-03 12:00Z');
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (true, 1, 0)$$, 'a new caller has a full bucket'
);
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (true, 0, 0)$$, 'and takes from it'
);
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (false, 0, 30)$$,
  'an empty one says in how many seconds there is a request again'
);
select results_eq(
  $$select * from integrations.take_api_token('key:b', 2)$$, $$values (true, 1, 0)$$, 'every caller has their own'
);

select tests.set_clock('2026-03-03 12:00:20Z');
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (false, 0, 10)$$,
  'it is refilled evenly, and what was refused cost nothing'
);
select tests.set_clock('2026-03-03 12:00:30Z');
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (true, 0, 0)$$, 'one is there again'
);
select tests.set_clock('2026-03-03 18:00Z');
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (true, 1, 0)$$, 'never more than the bucket holds'
);
select tests.set_clock('2026-03-03 17:00Z');
select results_eq(
  $$select * from integrations.take_api_token('key:a', 2)$$, $$values (true, 0, 0)$$,
  'a clock that goes back refills nothing'
);

select * from finish();
rollback;
