begin;
select plan(3);

create function pg_temp.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'not today';
end
$$;
create trigger refuse before insert on public.all_leads for each row execute function pg_temp.refuse();
select integrations.receive_webhook(
  tests.endpoint('bison'), 'key ' || n, 'EMAIL_SENT',
  format('{"data": {"campaign": {"id": 401}, "lead": {"email": "%s@fabrikam.test"}}}', who), '2026-03-02 10:00Z'
)
from unnest('{casey,casey,jo}'::text[]) with ordinality as w (who, n);
drop trigger refuse on public.all_leads;
update integrations.webhook_events set next_attempt_at = '2026-03-02 10:00Z';
update integrations.webhook_events set status = 'dead', next_attempt_at = null where delivery_key = 'key 2';

select integrations.erase_person('casey@fabrikam.test');
select results_eq(
  'select processed, failed, dead from integrations.retry_failed_webhooks()', 'values (1, 0, 0)',
  'only what is about others is tried again'
);
select results_eq(
  'select status, next_attempt_at is null from integrations.webhook_events order by id',
  $$values ('ignored', true), ('ignored', true), ('processed', true)$$, 'nobody has to look at what is empty'
);
select results_eq('select count(*) from private.pending_events', 'values (1::bigint)', 'nor does it count for anything');

select * from finish();
rollback;
