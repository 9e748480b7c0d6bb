begin;
select plan(18);

insert into public."Clients" ("Business") values ('Acme');
create temp table rule as select r.rule from private.health_rules() r where r.client = 'Acme';

-- 1,000 mails with ten replies: only what is given costs anything.
create function pg_temp.recommend(p_bounces bigint default 0, p_spam bigint default 0, p_days integer default null)
returns text language sql as $$
  select v.recommendation || ' ' || array_to_string(v.reasons, ',')
  from rule, private.inbox_verdict(rule.rule, 1000, 10, p_bounces, 1000, p_spam, null, p_days) v
$$;
select is(pg_temp.recommend(), 'keep ', 'nothing is wrong');
select is(pg_temp.recommend(p_bounces => 29), 'keep ', 'bounces below watch');
select is(pg_temp.recommend(p_bounces => 30), 'watch bounce_rate', 'exactly at watch');
select is(pg_temp.recommend(p_bounces => 31), 'watch bounce_rate', 'above it');
select is(pg_temp.recommend(p_bounces => 49), 'watch bounce_rate,score', 'below rotate, where the score watches, too');
select is(pg_temp.recommend(p_bounces => 50), 'rotate bounce_rate', 'exactly at rotate');
select is(pg_temp.recommend(p_bounces => 79), 'rotate bounce_rate,score', 'below cancel, where the score rotates, too');
select is(pg_temp.recommend(p_bounces => 80), 'cancel bounce_rate', 'exactly at cancel');
select is(pg_temp.recommend(p_spam => 49), 'keep ', 'spam below watch');
select is(pg_temp.recommend(p_spam => 50), 'watch spam_rate', 'exactly at watch');
select is(pg_temp.recommend(p_spam => 99), 'watch spam_rate', 'below rotate: a score of exactly 80 watches nothing');
select is(pg_temp.recommend(p_spam => 100), 'rotate spam_rate', 'exactly at rotate');
select is(pg_temp.recommend(p_spam => 199), 'rotate spam_rate', 'below cancel: a score of exactly 60 rotates nothing');
select is(pg_temp.recommend(p_spam => 200), 'cancel spam_rate', 'exactly at cancel');
select is(pg_temp.recommend(p_days => 0), 'watch disconnected,score', 'disconnected today');
select is(pg_temp.recommend(p_days => 2), 'watch disconnected,score', 'for two days');
select is(pg_temp.recommend(p_days => 3), 'rotate disconnected', 'for three');
select is(pg_temp.recommend(p_days => 13) || ', ' || pg_temp.recommend(p_days => 14),
  'rotate disconnected, cancel disconnected', 'for 13 and 14');

select * from finish();
rollback;
