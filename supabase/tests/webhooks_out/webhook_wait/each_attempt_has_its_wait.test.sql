begin;
select plan(2);

select is(
  array(select private.webhook_wait(n) from generate_series(1, 9) as n),
  array[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400], '5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h'
);
select is(array[private.webhook_wait(0), private.webhook_wait(50)], array[5, 86400], 'and never another');

select * from finish();
rollback;
