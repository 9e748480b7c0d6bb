-- What rebatch runs and notices need of files that come after theirs.

-- Each step asks EmailBison once, within what a workspace may ask.
insert into outbound.job_limits (job_type, rate_limit, key_field) values ('run_rebatch_step', 'bison', 'client');

-- Who is mentioned in a client's iteration log is told in Slack.

insert into integrations.notice_kinds (kind, description, severity)
values ('mention', 'Somebody is mentioned in a client''s iteration log.', 'info');

create function private.tg_client_iteration_logs__tell_mentions()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_known jsonb := case when tg_op = 'UPDATE' then coalesce(old.mentioned_users, '[]') else '[]' end;
  v_ids jsonb;
begin
  select jsonb_agg(m.person ->> 'slack_id' order by m.person ->> 'slack_id') into v_ids
  from jsonb_array_elements(new.mentioned_users) as m (person)
  where m.person ? 'slack_id'
    and not v_known @> jsonb_build_array(jsonb_build_object('slack_id', m.person ->> 'slack_id'));
  if v_ids is not null then
    perform integrations.notify(
      'mention', new.client, format('log %s %s', new.id, md5(v_ids::text)),
      format(
        '%s, %s%s: %s', new.created_by, new.action_type, coalesce(' in ' || new.campaign_name, ''),
        left(new.description, 1500)
      ),
      jsonb_build_object('mentions', v_ids, 'log_id', new.id)
    );
  end if;
  return null;
end;
$$;
comment on function private.tg_client_iteration_logs__tell_mentions() is
  'Those newly mentioned, once. Definer: nobody else writes notices.';
create trigger _900_tell_mentions_on_insert after insert on public.client_iteration_logs
for each row when (jsonb_typeof(new.mentioned_users) = 'array' and new.mentioned_users <> '[]')
execute function private.tg_client_iteration_logs__tell_mentions();
create trigger _900_tell_mentions_on_update after update of mentioned_users on public.client_iteration_logs
for each row when (
  jsonb_typeof(new.mentioned_users) = 'array' and new.mentioned_users is distinct from old.mentioned_users
)
execute function private.tg_client_iteration_logs__tell_mentions();
