-- What people are told in Slack and what they decide there: notices, approvals, and the messages that show them.
--
-- A message is a row before it is one in Slack. A job posts it, another changes it; each reads the newest content and
-- notes which revision Slack has, so whatever is repeated, late or lost, Slack ends with the newest. Who decides what
-- is a guarded update of the approval; Slack only shows it.
--
-- Lock order: the approval, then what its handler touches, then messages.

-- Slack ----------------------------------------------------------------------------------------------------------

create table integrations.slack_workspaces (
  workspace_id text primary key,
  app_id text not null,
  name text not null,
  bot_token text not null,
  signing_secret text not null,
  previous_signing_secret text,
  previous_signing_secret_expires_at timestamptz,
  is_active boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ids_are_slacks check (workspace_id ~ '^T[A-Z0-9]+$' and app_id ~ '^A[A-Z0-9]+$')
);
select private.keep_sealed('integrations.slack_workspaces', 'bot_token');
select private.keep_sealed('integrations.slack_workspaces', 'signing_secret');
select private.keep_sealed('integrations.slack_workspaces', 'previous_signing_secret');
create unique index slack_workspaces_is_active_key on integrations.slack_workspaces (is_active) where is_active;
comment on table integrations.slack_workspaces is
  'The agency''s Slack workspace and our app in it. One is active; without one, notices are kept and nothing is posted.';
comment on column integrations.slack_workspaces.workspace_id is 'Slack''s team id.';
comment on column integrations.slack_workspaces.previous_signing_secret is
  'Still accepted until it expires, while a new one is rolled out.';
select private.apply_agency_policies('integrations.slack_workspaces', 'none');
revoke select on integrations.slack_workspaces from authenticated;
grant select (workspace_id, app_id, name, previous_signing_secret_expires_at, is_active, created_at, updated_at)
on integrations.slack_workspaces to authenticated;
create trigger _100_touch_updated_at before update on integrations.slack_workspaces
for each row execute function extensions.moddatetime(updated_at);
select private.audit('integrations.slack_workspaces');

create table integrations.slack_users (
  slack_id text primary key,
  name text not null,
  user_id uuid references auth.users (id) on delete set null,
  may_decide boolean not null default true,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint slack_id_is_slacks check (slack_id ~ '^[UW][A-Z0-9]+$')
);
create index slack_users_user_id_idx on integrations.slack_users (user_id);
create index slack_users_created_at_idx on integrations.slack_users (created_at);
comment on table integrations.slack_users is
  'Who of the workspace may use Millrace in Slack. Nobody else is answered.';
comment on column integrations.slack_users.may_decide is
  'May press buttons and replay events; without it a person may only ask.';
select private.apply_agency_policies('integrations.slack_users');
create function private.tg_slack_users__check_id()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.slack_id !~ '^[UW][A-Z0-9]+$' then
    perform private.raise_error(
      'MR002', format('"%s" is no member''s ID of Slack.', left(new.slack_id, 100)), null,
      'In Slack: the profile, the three dots, Copy member ID. It begins with U or W.'
    );
  end if;
  return new;
end;
$$;
create trigger _100_check_id before insert or update of slack_id on integrations.slack_users
for each row execute function private.tg_slack_users__check_id();
create trigger _100_touch_updated_at before update on integrations.slack_users
for each row execute function extensions.moddatetime(updated_at);
select private.audit('integrations.slack_users');

create table integrations.slack_channels (
  id bigint generated always as identity primary key,
  kind text,
  client text references integrations.tenants (business) on update cascade on delete cascade,
  channel text not null,
  created_at timestamptz not null default now(),
  constraint slack_channels_kind_client_key unique nulls not distinct (kind, client),
  constraint channel_is_slacks_id check (channel ~ '^[CGD][A-Z0-9]+$')
);

create function private.tg_slack_channels__check_id()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.channel !~ '^[CGD][A-Z0-9]+$' then
    perform private.raise_error(
      'MR002', format('"%s" is no channel''s ID of Slack.', left(new.channel, 100)), null,
      'In Slack: the channel''s details, at the very end. It begins with C.'
    );
  end if;
  return new;
end;
$$;
create trigger _100_check_id before insert or update of channel on integrations.slack_channels
for each row execute function private.tg_slack_channels__check_id();

create index slack_channels_client_idx on integrations.slack_channels (client);
create index slack_channels_created_at_idx on integrations.slack_channels (created_at);
comment on table integrations.slack_channels is
  'Where what is posted: of a kind (notice or approval) of a client, else of the client, else of the kind, else where '
  'both are null.';
select private.apply_policies(
  'integrations.slack_channels',
  private.client_condition('client', 'read') || ' or ' || private.agency_condition('read'),
  private.agency_condition('staff')
);
select private.audit('integrations.slack_channels');

create function private.slack_channel_of(p_kind text, p_client text)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select c.channel
    from integrations.slack_channels c
    where coalesce(c.kind, p_kind) = p_kind
      and (c.client is null or c.client = p_client)
      and exists (select from integrations.slack_workspaces w where w.is_active)
    order by c.client is null, c.kind is null
    limit 1
  );
end;
$$;
comment on function private.slack_channel_of(text, text) is
  'The channel for this; null when nothing is posted, as there is no workspace or no channel.';

-- Messages -------------------------------------------------------------------------------------------------------

create table integrations.slack_messages (
  id uuid primary key default gen_random_uuid(),
  channel text not null,
  content jsonb not null,
  revision integer not null default 1,
  posted_revision integer not null default 0,
  status text not null default 'waiting',
  ts text,
  sending_at timestamptz,
  posted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint status_is_known check (status in ('waiting', 'sending', 'posted')),
  constraint posted_message_has_its_ts check ((status = 'posted') = (ts is not null)),
  constraint content_is_an_object check (jsonb_typeof(content) = 'object')
);
create index slack_messages_channel_ts_idx on integrations.slack_messages (channel, ts);
create index slack_messages_created_at_idx on integrations.slack_messages (created_at);
comment on table integrations.slack_messages is
  'Messages that we post. sending: it was about to be sent, and no answer is known; Slack is asked before it is sent '
  'again. Kept for 180 days.';
comment on column integrations.slack_messages.content is 'text and blocks, as chat.postMessage takes them.';
comment on column integrations.slack_messages.revision is
  'Raised with each change of the content; posted_revision is the one that Slack has.';
comment on column integrations.slack_messages.ts is 'What Slack knows the message by, with its channel.';
select private.apply_agency_policies('integrations.slack_messages', 'none');
create trigger _100_touch_updated_at before update on integrations.slack_messages
for each row execute function extensions.moddatetime(updated_at);

insert into outbound.rate_limits (name, amount, per, burst, concurrency)
values ('slack_updates', 50, '1 minute', 1, 1);
insert into outbound.job_limits (job_type, rate_limit, key_field)
values ('post_slack_message', 'slack', 'channel'), ('update_slack_message', 'slack_updates', null);

create function private.post_message(p_channel text, p_content jsonb)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into integrations.slack_messages (channel, content)
  values (p_channel, p_content)
  returning id into v_id;
  perform outbound.enqueue_job(
    'slack', 'post_slack_message', jsonb_build_object('message', v_id, 'channel', p_channel), p_max_attempts => 10
  );
  return v_id;
end;
$$;
comment on function private.post_message(text, jsonb) is 'Has a message posted after the commit; answers its id.';

create function private.enqueue_message_update(p_message_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform outbound.enqueue_job(
    'slack', 'update_slack_message', jsonb_build_object('message', p_message_id), p_max_attempts => 10,
    p_dedupe_key => 'update ' || p_message_id
  );
end;
$$;

create function private.change_message(p_message_id uuid, p_content jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_status text;
begin
  update integrations.slack_messages m
  set content = p_content, revision = m.revision + 1
  where m.id = p_message_id
    and m.content <> p_content
  returning m.status into v_status;
  -- A message that is being posted is changed by integrations.finish_slack_message.
  if v_status = 'posted' then
    perform private.enqueue_message_update(p_message_id);
  end if;
end;
$$;
comment on function private.change_message(uuid, jsonb) is
  'Has a message show something else, in Slack after the commit.';

create function integrations.start_slack_message(p_message_id uuid)
returns table (
  outcome text, channel text, content jsonb, revision integer, sending_since timestamptz, bot_token text
)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_message integrations.slack_messages;
begin
  select * into v_message from integrations.slack_messages m where m.id = p_message_id for update;
  select w.bot_token into bot_token from integrations.slack_workspaces w where w.is_active;
  channel := v_message.channel;
  content := v_message.content;
  revision := v_message.revision;
  sending_since := coalesce(v_message.sending_at, private.clock());
  outcome := case
    when v_message.id is null then 'gone'
    when v_message.status = 'posted' then 'posted'
    when bot_token is null then 'not_connected'
    when v_message.status = 'sending' then 'look_up'
    else 'post'
  end;
  if outcome = 'post' then
    update integrations.slack_messages m set status = 'sending', sending_at = sending_since where m.id = p_message_id;
  end if;
  return next;
end;
$$;
comment on function integrations.start_slack_message(uuid) is
  'What to post, noted as being sent. Outcome: post; look_up (it was sent before and nobody knows what came of it: post '
  'it only when Slack does not have it); posted; gone; not_connected. Definer: job_worker has no right on the tables.';

create function integrations.finish_slack_message(p_message_id uuid, p_ts text, p_revision integer)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_is_behind boolean;
begin
  update integrations.slack_messages m
  set status = 'posted', ts = p_ts, posted_at = private.clock(), posted_revision = p_revision
  where m.id = p_message_id
    and m.status <> 'posted'
  returning m.revision > p_revision into v_is_behind;
  if v_is_behind then
    perform private.enqueue_message_update(p_message_id);
  end if;
end;
$$;
comment on function integrations.finish_slack_message(uuid, text, integer) is
  'Slack has the message as p_ts; what changed meanwhile is sent after it. Definer: as integrations.start_slack_message.';

create function integrations.get_slack_update(p_message_id uuid)
returns table (outcome text, channel text, ts text, content jsonb, revision integer, bot_token text)
language plpgsql security definer
set search_path = ''
as $$
declare
  v_message integrations.slack_messages;
begin
  select * into v_message from integrations.slack_messages m where m.id = p_message_id;
  select w.bot_token into bot_token from integrations.slack_workspaces w where w.is_active;
  channel := v_message.channel;
  ts := v_message.ts;
  content := v_message.content;
  revision := v_message.revision;
  outcome := case
    when v_message.id is null then 'gone'
    when v_message.ts is null or v_message.posted_revision = v_message.revision then 'current'
    when bot_token is null then 'not_connected'
    else 'update'
  end;
  return next;
end;
$$;
comment on function integrations.get_slack_update(uuid) is
  'What a posted message should show. Outcome: update, current (nothing to do), gone, not_connected. Definer: as '
  'integrations.start_slack_message.';

create function integrations.finish_slack_update(p_message_id uuid, p_revision integer)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_is_behind boolean;
begin
  update integrations.slack_messages m
  set posted_revision = p_revision
  where m.id = p_message_id
  returning m.revision > p_revision into v_is_behind;
  if v_is_behind then
    perform private.enqueue_message_update(p_message_id);
  end if;
end;
$$;
comment on function integrations.finish_slack_update(uuid, integer) is
  'Slack shows this revision; a newer one is sent after it. Definer: as integrations.start_slack_message.';

grant execute on function
  integrations.start_slack_message(uuid),
  integrations.finish_slack_message(uuid, text, integer),
  integrations.get_slack_update(uuid),
  integrations.finish_slack_update(uuid, integer)
to job_worker;

-- Words ----------------------------------------------------------------------------------------------------------

create function private.slack_escape(p_text text)
returns text
language sql immutable
set search_path = ''
as $$
  select replace(replace(replace(p_text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')
$$;
comment on function private.slack_escape(text) is
  'Text in which Slack finds no mention, channel or link. *bold* and _italic_ stay what they are.';

create function private.slack_section(p_text text)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'type', 'section', 'text', jsonb_build_object('type', 'mrkdwn', 'text', left(p_text, 2900))
  )
$$;

create function private.slack_context(p_text text)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'type', 'context',
    'elements', jsonb_build_array(jsonb_build_object('type', 'mrkdwn', 'text', left(p_text, 2900)))
  )
$$;

create function private.slack_name(p_actor text)
returns text
language sql stable
set search_path = ''
as $$
  select coalesce(
    '<@' || substring(p_actor from '^slack:([A-Z0-9]+)$') || '>',
    (
      select private.slack_escape(u.name)
      from shared.users u
      where u.id = substring(p_actor from '^user:([0-9a-f-]{36})$')::uuid
    ),
    private.slack_escape(p_actor)
  )
$$;
comment on function private.slack_name(text) is 'An actor as a message names them: slack:U1 as <@U1>, a user by name.';

-- Notices --------------------------------------------------------------------------------------------------------

create table integrations.notice_kinds (
  kind text primary key,
  description text not null,
  severity text not null default 'info',
  enabled boolean not null default true,
  constraint severity_is_known check (severity in ('info', 'warning', 'urgent'))
);
comment on table integrations.notice_kinds is
  'What people are told. Of a kind that is not enabled, notices are kept and not posted.';
select private.apply_agency_policies('integrations.notice_kinds');
revoke insert, update, delete on integrations.notice_kinds from authenticated;
grant update (enabled, severity) on integrations.notice_kinds to authenticated;
select private.audit('integrations.notice_kinds');

create table integrations.notices (
  id uuid primary key default gen_random_uuid(),
  kind text not null references integrations.notice_kinds (kind) on update cascade,
  client text references integrations.tenants (business) on update cascade on delete cascade,
  dedupe_key text not null,
  text text not null,
  details jsonb not null default '{}',
  message_id uuid references integrations.slack_messages (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint notices_kind_dedupe_key_key unique (kind, dedupe_key),
  constraint details_are_an_object check (jsonb_typeof(details) = 'object')
);
create index notices_created_at_idx on integrations.notices (created_at);
create index notices_client_created_at_idx on integrations.notices (client, created_at);
create index notices_kind_created_at_idx on integrations.notices (kind, created_at);
create index notices_message_id_idx on integrations.notices (message_id);
comment on table integrations.notices is
  'What people were told, once for each kind and key. Kept for 180 days.';
comment on column integrations.notices.details is
  'Facts for programs. mentions: ids of Slack users that the message names.';
select private.apply_policies(
  'integrations.notices', private.client_condition('client', 'read') || ' or ' || private.agency_condition('read'), null
);

create function private.notice_content(p_notice integrations.notices, p_severity text)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'text', left(said.words, 2900),
    'blocks', jsonb_build_array(private.slack_section(said.words)) || case
      when p_notice.client is null then '[]'
      else jsonb_build_array(private.slack_context(private.slack_escape(p_notice.client)))
    end
  )
  from (
    select concat_ws(
      ' ',
      case p_severity when 'urgent' then ':rotating_light:' when 'warning' then ':warning:' end,
      private.slack_escape(p_notice.text),
      (
        select string_agg('<@' || m.slack_id || '>', ' ')
        from jsonb_array_elements_text(
          case jsonb_typeof(p_notice.details -> 'mentions') when 'array' then p_notice.details -> 'mentions' else '[]' end
        ) as m (slack_id)
        where m.slack_id ~ '^[UW][A-Z0-9]+$'
      )
    ) as words
  ) as said
$$;
comment on function private.notice_content(integrations.notices, text) is 'The message of a notice.';

create function integrations.notify(
  p_kind text, p_client text, p_dedupe_key text, p_text text, p_details jsonb default '{}'
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_kind integrations.notice_kinds;
  v_notice integrations.notices;
  v_channel text;
begin
  select * into v_kind from integrations.notice_kinds k where k.kind = p_kind;
  if v_kind.kind is null then
    perform private.raise_error('MR002', format('There is no kind of notice %s.', p_kind), null,
      'Add it to integrations.notice_kinds.');
  end if;
  insert into integrations.notices (kind, client, dedupe_key, text, details, created_at)
  values (
    p_kind, (select t.business from integrations.tenants t where t.business = p_client), p_dedupe_key, p_text,
    coalesce(p_details, '{}'), private.clock()
  )
  on conflict (kind, dedupe_key) do nothing
  returning * into v_notice;
  v_channel := case when v_kind.enabled and v_notice.id is not null then private.slack_channel_of(p_kind, p_client) end;
  if v_channel is not null then
    update integrations.notices n
    set message_id = private.post_message(v_channel, private.notice_content(v_notice, v_kind.severity))
    where n.id = v_notice.id;
  end if;
  return v_notice.id;
end;
$$;
comment on function integrations.notify(text, text, text, text, jsonb) is
  'Tells people something, once for each kind and key: null when they know it. The Slack message is posted after the '
  'commit. p_text is escaped here; *bold* works. p_details.mentions: Slack ids to name. Definer: whoever knows something '
  'may tell it.';
grant execute on function integrations.notify(text, text, text, text, jsonb) to job_worker, service_role;

-- Approvals ------------------------------------------------------------------------------------------------------

create table integrations.approval_kinds (
  kind text primary key,
  handler text not null,
  description text not null,
  constraint handler_is_qualified_name check (handler ~ '^[a-z_]+[.][a-z0-9_]+$')
);
comment on table integrations.approval_kinds is
  'What people decide. handler: schema.function(p_approval_id uuid, p_decision text, p_decided_by text) returns text, '
  'called in the transaction that decides; the message shows its answer.';
select private.apply_agency_policies('integrations.approval_kinds', 'none');
revoke insert, update, delete on integrations.approval_kinds from service_role;

create table integrations.approvals (
  id uuid primary key default gen_random_uuid(),
  kind text not null references integrations.approval_kinds (kind) on update cascade,
  subject_id uuid not null,
  client text references integrations.tenants (business) on update cascade on delete cascade,
  title text not null,
  details jsonb not null default '{}',
  status text not null default 'open',
  decision text,
  decided_by text,
  decided_at timestamptz,
  reason text,
  result text,
  progress text,
  message_id uuid references integrations.slack_messages (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint status_is_known check (status in ('open', 'decided', 'withdrawn')),
  constraint decided_approval_says_what_and_who check (
    (status = 'decided') = (decision is not null and decided_by is not null and decided_at is not null)
  ),
  constraint details_are_an_object check (jsonb_typeof(details) = 'object')
);
create unique index approvals_kind_subject_id_open_key on integrations.approvals (kind, subject_id)
where status = 'open';
create index approvals_kind_subject_id_created_at_idx on integrations.approvals (kind, subject_id, created_at);
create index approvals_client_created_at_idx on integrations.approvals (client, created_at);
create index approvals_created_at_idx on integrations.approvals (created_at);
create index approvals_status_created_at_idx on integrations.approvals (status, created_at);
create index approvals_message_id_idx on integrations.approvals (message_id);
comment on table integrations.approvals is
  'What waits for a decision, and what was decided by whom. At most one is open for each kind and subject.';
comment on column integrations.approvals.subject_id is 'What it is about, in the table that its kind knows.';
comment on column integrations.approvals.details is
  'text: more words. fields: [{label, value}]. choices: [{value, label, ask}], of which one is the decision; ask: a '
  'question that is answered with the click, kept as reason. Without choices: approved or rejected.';
comment on column integrations.approvals.decided_by is 'slack:<id>, user:<id> or key:<id>.';
comment on column integrations.approvals.result is 'What the handler answered.';
comment on column integrations.approvals.progress is 'What became of it since, as the message shows it.';
select private.apply_policies(
  'integrations.approvals', private.client_condition('client', 'read') || ' or ' || private.agency_condition('read'), null
);
create trigger _100_touch_updated_at before update on integrations.approvals
for each row execute function extensions.moddatetime(updated_at);
select private.audit('integrations.approvals', '{}', '{message_id,progress,result}');

create function private.approval_choices(p_details jsonb)
returns table (value text, label text, ask text, n bigint)
language sql stable
set search_path = ''
as $$
  select c.choice ->> 'value', coalesce(c.choice ->> 'label', c.choice ->> 'value'), c.choice ->> 'ask', c.n
  from jsonb_array_elements(
    coalesce(
      p_details -> 'choices',
      '[{"value": "approved", "label": "Approve"}, {"value": "rejected", "label": "Reject"}]'
    )
  ) with ordinality as c (choice, n)
$$;
comment on function private.approval_choices(jsonb) is 'What may be decided; choice n has button n.';

create function private.approval_buttons(p_approval integrations.approvals)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'type', 'actions', 'block_id', 'decision',
    'elements', jsonb_agg(
      jsonb_build_object(
        'type', 'button', 'action_id', 'decide:' || c.value, 'value', p_approval.id,
        'text', jsonb_build_object('type', 'plain_text', 'text', left(c.label, 75))
      ) || case c.value
        when 'approved' then '{"style": "primary"}' when 'rejected' then '{"style": "danger"}' else '{}'
      end::jsonb
      order by c.n
    )
  )
  from private.approval_choices(p_approval.details) as c
$$;

create function private.approval_outcome(p_approval integrations.approvals)
returns text
language sql stable
set search_path = ''
as $$
  select case p_approval.status
    when 'open' then 'open'
    when 'withdrawn' then 'no longer to be decided'
    else format(
      '*%s* by %s%s',
      case p_approval.decision
        when 'approved' then 'Approved'
        when 'rejected' then 'Rejected'
        else private.slack_escape((
          select c.label from private.approval_choices(p_approval.details) c where c.value = p_approval.decision
        ))
      end,
      private.slack_name(p_approval.decided_by),
      coalesce(': ' || private.slack_escape(p_approval.reason), '')
    )
  end
$$;
comment on function private.approval_outcome(integrations.approvals) is 'Who decided what, for a message.';

create function private.approval_content(p_approval integrations.approvals)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'text', left(private.slack_escape(p_approval.title) || ': ' || said.outcome, 2900),
    'blocks', jsonb_build_array(
      private.slack_section(
        concat_ws(
          chr(10), '*' || private.slack_escape(p_approval.title) || '*',
          private.slack_escape(p_approval.details ->> 'text')
        )
      )
    )
    || coalesce(
      (
        select jsonb_build_array(jsonb_build_object('type', 'section', 'fields', jsonb_agg(
          jsonb_build_object(
            'type', 'mrkdwn', 'text', format(
              E'*%s*\n%s', private.slack_escape(f.field ->> 'label'),
              left(private.slack_escape(coalesce(f.field ->> 'value', '-')), 1800)
            )
          )
          order by f.n
        )))
        from jsonb_array_elements(p_approval.details -> 'fields') with ordinality as f (field, n)
        where f.n <= 10
        having count(*) > 0
      ),
      '[]'
    )
    || case
      when p_approval.status = 'open' then jsonb_build_array(private.approval_buttons(p_approval))
      else jsonb_build_array(
        private.slack_section(concat_ws(E'\n', said.outcome, private.slack_escape(p_approval.result)))
      )
    end
    || case
      when p_approval.progress is null then '[]'
      else jsonb_build_array(private.slack_context(private.slack_escape(p_approval.progress)))
    end
  )
  from (select private.approval_outcome(p_approval) as outcome) as said
$$;
comment on function private.approval_content(integrations.approvals) is 'The message of an approval, as it stands.';

create function private.show_approval(p_approval integrations.approvals)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_approval.message_id is not null then
    perform private.change_message(p_approval.message_id, private.approval_content(p_approval));
  end if;
end;
$$;

create function integrations.request_approval(
  p_kind text, p_subject_id uuid, p_client text, p_title text, p_details jsonb
)
returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_approval integrations.approvals;
  v_channel text := private.slack_channel_of(p_kind, p_client);
begin
  insert into integrations.approvals (kind, subject_id, client, title, details, created_at)
  values (
    p_kind, p_subject_id, (select t.business from integrations.tenants t where t.business = p_client), p_title,
    coalesce(p_details, '{}'), private.clock()
  )
  on conflict (kind, subject_id) where status = 'open' do nothing
  returning * into v_approval;
  if v_approval.id is null then
    return (
      select a.id
      from integrations.approvals a
      where a.kind = p_kind and a.subject_id = p_subject_id and a.status = 'open'
    );
  end if;
  if v_channel is not null then
    update integrations.approvals a
    set message_id = private.post_message(v_channel, private.approval_content(v_approval))
    where a.id = v_approval.id;
  end if;
  return v_approval.id;
end;
$$;
comment on function integrations.request_approval(text, uuid, text, text, jsonb) is
  'Asks people to decide: a message with buttons, posted after the commit. While one is open for the kind and subject, '
  'that one is answered and nothing changes. p_details as in integrations.approvals. Definer: whoever has work to '
  'approve may ask.';

create function private.may_decide(p_actor text)
returns boolean
language sql stable
set search_path = ''
as $$
  select case
    when p_actor like 'slack:%' then exists (
      select
      from integrations.slack_users u
      where u.slack_id = substr(p_actor, 7) and u.is_active and u.may_decide
    )
    else p_actor ~ '^(user|key|service):.'
  end
$$;
comment on function private.may_decide(text) is
  'Whether an actor may decide. Of users and keys, whoever calls for them has asked their rights.';

create function integrations.decide_approval(
  p_approval_id uuid, p_decision text, p_decided_by text, p_reason text default null
)
returns table (outcome text, decided_by text, message text)
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_approval integrations.approvals;
  v_handler text;
  v_result text;
begin
  select a.* into v_approval from integrations.approvals a where a.id = p_approval_id;
  if v_approval.id is null then
    return query select 'unknown', null::text, 'There is nothing to decide here any more.';
    return;
  end if;
  if not private.may_decide(p_decided_by) then
    return query select 'not_allowed', null::text, 'You may not decide this.';
    return;
  end if;
  if not exists (select from private.approval_choices(v_approval.details) c where c.value = p_decision) then
    perform private.raise_error('MR002', format('%s is none of the choices.', p_decision));
  end if;
  perform set_config('millrace.actor', p_decided_by, true);
  update integrations.approvals a
  set status = 'decided',
      decision = p_decision,
      decided_by = p_decided_by,
      decided_at = private.clock(),
      reason = left(nullif(btrim(p_reason), ''), 1000)
  where a.id = p_approval_id
    and a.status = 'open'
  returning a.* into v_approval;
  if not found then
    -- Whoever decided at the same moment has committed by now.
    select a.* into v_approval from integrations.approvals a where a.id = p_approval_id;
    return query select 'already_decided', v_approval.decided_by, format(
      '%s is %s.', private.slack_escape(v_approval.title),
      case v_approval.status when 'decided' then 'already ' else '' end || private.approval_outcome(v_approval)
    );
    return;
  end if;
  select k.handler into v_handler from integrations.approval_kinds k where k.kind = v_approval.kind;
  execute format('select %s($1, $2, $3)', v_handler) into v_result using p_approval_id, p_decision, p_decided_by;
  update integrations.approvals a set result = v_result where a.id = p_approval_id returning a.* into v_approval;
  perform private.show_approval(v_approval);
  return query select 'decided', p_decided_by, coalesce(v_result, 'Noted.');
end;
$$;
comment on function integrations.decide_approval(uuid, text, text, text) is
  'Decides, once: the guarded update and the kind''s handler in one transaction; what the handler refuses is not decided. '
  'Outcome: decided, already_decided (decided_by says by whom), unknown, not_allowed. Definer: deciding is asked for '
  'here, not by grants.';

create function integrations.withdraw_approval(p_kind text, p_subject_id uuid, p_reason text default null)
returns boolean
language plpgsql security definer
set search_path = ''
as $$
declare
  v_approval integrations.approvals;
begin
  update integrations.approvals a
  set status = 'withdrawn', reason = p_reason, result = p_reason
  where a.kind = p_kind and a.subject_id = p_subject_id and a.status = 'open'
  returning a.* into v_approval;
  if found then
    perform private.show_approval(v_approval);
  end if;
  return v_approval.id is not null;
end;
$$;
comment on function integrations.withdraw_approval(text, uuid, text) is
  'There is nothing to decide any more: the buttons go. False when nothing was open. Definer: as '
  'integrations.request_approval.';

create function integrations.report_progress(p_kind text, p_subject_id uuid, p_text text)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_approval integrations.approvals;
begin
  update integrations.approvals a
  set progress = p_text
  where a.id = (
    select newest.id
    from integrations.approvals newest
    where newest.kind = p_kind and newest.subject_id = p_subject_id
    order by newest.created_at desc
    limit 1
  )
  returning a.* into v_approval;
  if found then
    perform private.show_approval(v_approval);
  end if;
end;
$$;
comment on function integrations.report_progress(text, uuid, text) is
  'Has the message of the newest approval of a subject say how far it came. Definer: as integrations.request_approval.';

grant execute on function
  integrations.request_approval(text, uuid, text, text, jsonb),
  integrations.withdraw_approval(text, uuid, text),
  integrations.report_progress(text, uuid, text)
to job_worker, service_role;
grant execute on function integrations.decide_approval(uuid, text, text, text) to service_role;

-- Keeping --------------------------------------------------------------------------------------------------------

create function private.sweep_notices(p_keep interval default interval '180 days', p_limit integer default 5000)
returns table (deleted integer, has_more boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_before timestamptz := private.clock() - p_keep;
  v_notices integer;
begin
  delete from integrations.notices n
  where n.id = any(array(
    select old.id from integrations.notices old where old.created_at < v_before order by old.created_at limit p_limit
  ));
  get diagnostics v_notices = row_count;
  delete from integrations.slack_messages m
  where m.id = any(array(
    select old.id
    from integrations.slack_messages old
    where old.created_at < v_before
      and not exists (select from integrations.approvals a where a.message_id = old.id and a.status = 'open')
    order by old.created_at
    limit p_limit
  ));
  get diagnostics deleted = row_count;
  has_more := greatest(v_notices, deleted) >= p_limit;
  deleted := deleted + v_notices;
  return next;
end;
$$;
comment on function private.sweep_notices(interval, integer) is
  'Deletes old notices and messages, at most p_limit of each. Approvals stay: they say who decided.';
