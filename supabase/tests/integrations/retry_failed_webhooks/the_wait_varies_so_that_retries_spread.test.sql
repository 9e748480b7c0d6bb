begin;
select plan(2);

select setseed(0.5); -- the same waits in every run
create temp table waits as
select extract(epoch from private.webhook_retry_at(1) - private.clock()) as seconds from generate_series(1, 500);
select ok((select min(seconds) >= 16 and max(seconds) <= 24 from waits), 'never beyond a fifth');
select ok((select min(seconds) < 18 and max(seconds) > 22 from waits), 'spread over the whole of it');

select * from finish();
rollback;
