begin;
select plan(5);

create function pg_temp.refuse() returns trigger language plpgsql as $$
begin
  if current_setting('tests.is_busy', true) = 'yes' then
    raise exception 'not today';
  end if;
  return new;
end
$$;
create trigger refuse before update on public."Campaigns" for each row execute function pg_temp.refuse();
create function pg_temp.receive(p_type text, p_at timestamptz) returns text language plpgsql as $$
declare
  v_received record;
begin
  select * into v_received
  from integrations.receive_webhook(
    tests.endpoint('bison'), gen_random_uuid()::text, p_type,
    '{"data": {"tag_id": 31, "tag_name": "Warm", "taggable_id": 401, "taggable_type": "Campaign"}}'
  );
  update integrations.webhook_events set received_at = p_at where id = v_received.event_id;
  return v_received.outcome;
end
$$;
create function pg_temp.retry() returns void language sql as $$
  update integrations.webhook_events set next_attempt_at = '2026-03-01' where status = 'failed';
  select integrations.retry_failed_webhooks();
$$;
insert into public."Clients" ("Business") values ('Acme');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring');

select set_config('tests.is_busy', 'yes', true);
select is(pg_temp.receive('TAG_ATTACHED', '2026-03-02 10:00Z'), 'failed', 'one fails');
select set_config('tests.is_busy', '', true);
select is(pg_temp.receive('TAG_REMOVED', '2026-03-02 10:00:10Z'), 'processed', 'the next does not');
select pg_temp.retry();
select is((select tags from public."Campaigns"), '[]', 'the tag stays removed');

select set_config('tests.is_busy', 'yes', true);
select pg_temp.receive('TAG_ATTACHED', '2026-03-02 11:00Z');
select set_config('tests.is_busy', '', true);
select pg_temp.retry();
select is((select tags from public."Campaigns"), '["Warm"]', 'what nothing came after is made up for');
select results_eq(
  'select status from integrations.webhook_events order by id', $$values ('ignored'), ('processed'), ('processed')$$,
  'and each event says what became of it'
);

select * from finish();
rollback;
