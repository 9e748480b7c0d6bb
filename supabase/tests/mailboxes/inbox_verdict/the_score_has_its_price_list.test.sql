begin;
select plan(14);

insert into public."Clients" ("Business") values ('Acme');
create temp table rule as select r.rule from private.health_rules() r where r.client = 'Acme';
create function pg_temp.verdict(
  p_sent bigint, p_replies bigint, p_bounces bigint, p_warmup bigint default 0, p_spam bigint default 0,
  p_reputation numeric default null, p_days integer default null, p_change jsonb default '{}'
) returns text language sql as $$
  select format('%s %s %s %s %s', v.score, v.recommendation, v.bounce_rate, v.reply_rate, v.spam_rate)
  from rule, private.inbox_verdict(
    rule.rule || p_change, p_sent, p_replies, p_bounces, p_warmup, p_spam, p_reputation, p_days
  ) v
$$;
select is(pg_temp.verdict(0, 0, 0), '100 keep 0 0 0', 'nothing was sent');
select is(pg_temp.verdict(null, null, null, null, null), '100 keep 0 0 0', 'nothing is known');
select is(pg_temp.verdict(49, 0, 49), '100 keep 100.00 0.00 0', 'too few mails say nothing');
select is(pg_temp.verdict(50, 0, 50), '0 cancel 100.00 0.00 0', 'exactly enough do');
select is(pg_temp.verdict(0, 0, 3), '100 keep 0 0 0', 'bounces of mails before the window');
select is(pg_temp.verdict(100, 1, 1), '100 keep 1.00 1.00 0', 'what is free costs nothing');
select is(pg_temp.verdict(100, 1, 2), '92 keep 2.00 1.00 0', 'a percent of bounces more');
select is(pg_temp.verdict(200, 1, 0), '93 keep 0.00 0.50 0', 'half of the replies: half of 15, rounded');
select is(pg_temp.verdict(100, 0, 0), '85 keep 0.00 0.00 0', 'no reply');
select is(pg_temp.verdict(100, 1, 0, 19, 19), '100 keep 0.00 1.00 100.00', 'too few warm-up mails say nothing');
select is(pg_temp.verdict(100, 1, 0, 20, 20), '0 cancel 0.00 1.00 100.00', 'exactly enough do, and no score is below 0');
select is(pg_temp.verdict(0, 0, 0, p_reputation => 90) || ', ' || pg_temp.verdict(0, 0, 0, p_reputation => 50),
  '100 keep 0 0 0, 80 keep 0 0 0', 'each point of reputation below 90');
select is(pg_temp.verdict(0, 0, 0, p_days => 0, p_change => '{"disconnected_days_watch": 1, "score_watch": 60}'),
  '60 keep 0 0 0', 'a score exactly at its threshold calls for nothing');
select is(pg_temp.verdict(0, 0, 0, p_days => 0, p_change => '{"disconnected_days_watch": 1, "score_watch": 61}'),
  '60 watch 0 0 0', 'just below it does');

select * from finish();
rollback;
