-- Reading the lists of meetings, page by page, and what a meeting still lacked when it came.

create function private.enqueue_fathom_page(p_account uuid, p_page jsonb)
returns void
language sql
set search_path = ''
as $$
  select outbound.enqueue_job(
    'fathom', 'sync_fathom', jsonb_build_object('account', p_account) || p_page, p_max_attempts => 8,
    p_dedupe_key => format('sync %s %s', p_account, coalesce(p_page ->> 'cursor', 'first'))
  )
$$;

create function private.sync_fathom(p_limit integer default 200)
returns table (enqueued integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_account uuid;
begin
  enqueued := 0;
  for v_account in
    update integrations.fathom_accounts a
    set sync_at = private.clock() + private.setting('calls.sync_minutes') * interval '1 minute'
    where a.id = any(array(
      select due.id
      from integrations.fathom_accounts due
      where due.status = 'connected'
        and due.sync_at <= private.clock()
      order by due.sync_at
      limit p_limit
      for update skip locked
    ))
    returning a.id
  loop
    perform private.enqueue_fathom_page(v_account, '{}');
    enqueued := enqueued + 1;
  end loop;
  has_more := enqueued >= p_limit;
  return next;
end;
$$;
comment on function private.sync_fathom(integer) is 'Has the meetings of accounts listed that are due, at most p_limit.';

create function private.try_call(p_meeting jsonb, p_source_at timestamptz, p_account uuid)
returns text
language plpgsql
set search_path = ''
as $$
begin
  return private.store_call(p_meeting, p_source_at, p_account);
exception when others then
  perform integrations.notify(
    'call_failed', null, coalesce(p_meeting ->> 'recording_id', md5(p_meeting::text)),
    format('The call %s could not be stored: %s', coalesce(p_meeting ->> 'url', 'without a link'), sqlerrm)
  );
  return 'failed';
end;
$$;
comment on function private.try_call(jsonb, timestamptz, uuid) is
  'Stores one meeting of a list; one that cannot be stored is told to people and does not hold up the others.';

create function integrations.store_fathom_page(
  p_account uuid, p_meetings jsonb, p_asked_at timestamptz, p_created_after timestamptz, p_newest timestamptz,
  p_next_cursor text
)
returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_newest timestamptz;
  v_outcomes jsonb;
begin
  select
    greatest(p_newest, max((m.meeting ->> 'created_at')::timestamptz)),
    coalesce(jsonb_agg(private.try_call(m.meeting, p_asked_at, p_account) order by m.meeting ->> 'recording_id'), '[]')
  into v_newest, v_outcomes
  from jsonb_array_elements(p_meetings) as m (meeting);
  if p_next_cursor is not null then
    perform private.enqueue_fathom_page(p_account, jsonb_build_object(
      'cursor', p_next_cursor, 'created_after', p_created_after, 'newest', v_newest
    ));
  else
    update integrations.fathom_accounts a
    set synced_until = greatest(a.synced_until, v_newest), synced_at = private.clock()
    where a.id = p_account;
  end if;
  return v_outcomes;
end;
$$;
comment on function integrations.store_fathom_page(uuid, jsonb, timestamptz, timestamptz, timestamptz, text) is
  'Stores a page of meetings and asks for the next one; after the last the cursor moves on. Answers what became of each. '
  'Definer: as integrations.get_fathom_account.';

create function integrations.store_fathom_content(
  p_recording_id text, p_transcript jsonb, p_summary jsonb, p_asked_at timestamptz
)
returns text
language plpgsql security definer
set search_path = ''
as $$
declare
  v_meeting jsonb := (
    select c.fathom_raw_data from public.client_fathom_calls c where c.fathom_call_id = p_recording_id
    union all
    select u.meeting from integrations.unmatched_calls u where u.recording_id = p_recording_id
    limit 1
  );
begin
  if v_meeting is null then
    return 'gone';
  end if;
  return private.store_call(
    v_meeting || jsonb_build_object('recording_id', p_recording_id)
      || jsonb_strip_nulls(jsonb_build_object('transcript', p_transcript, 'default_summary', p_summary)),
    p_asked_at, null
  );
end;
$$;
comment on function integrations.store_fathom_content(text, jsonb, jsonb, timestamptz) is
  'Adds a transcript and a summary that a list or webhook did not have. gone: the call is not here any more. Definer: as '
  'integrations.get_fathom_account.';

grant execute on function
  integrations.store_fathom_page(uuid, jsonb, timestamptz, timestamptz, timestamptz, text),
  integrations.store_fathom_content(text, jsonb, jsonb, timestamptz)
to job_worker;
