-- Sender inboxes of EmailBison and their tags.

create table public.inboxes (
  id bigserial primary key,
  bison_inbox_id integer not null,
  client text,
  name varchar not null,
  email varchar not null,
  domain text,
  email_signature text,
  imap_server varchar,
  imap_port integer,
  smtp_server varchar,
  smtp_port integer,
  daily_limit integer default 0,
  type varchar default 'Inbox',
  status varchar default 'Connected',
  lifecycle_status text default 'active',
  emails_sent_count integer default 0,
  total_replied_count integer default 0,
  total_opened_count integer default 0,
  unique_replied_count integer default 0,
  unique_opened_count integer default 0,
  total_leads_contacted_count integer default 0,
  interested_leads_count integer default 0,
  bounced_count integer default 0,
  unsubscribed_count integer default 0,
  warmup_enabled boolean default false,
  warmup_started_at timestamptz,
  warmup_days integer default 0,
  warmup_reputation numeric,
  deliverability_score numeric,
  last_health_check timestamptz,
  inbox_set_id uuid,
  assigned_campaign_id text,
  provider_inbox_id text,
  tags jsonb default '[]',
  ordered_at timestamptz,
  renewal_date date,
  created_at timestamptz,
  updated_at timestamptz,
  synced_at timestamptz default current_timestamp,
  disconnected_at timestamptz,
  warmup_disabled_at timestamptz,
  warmup_disabled_reason text,
  removed_at timestamptz,
  last_event_at timestamptz,
  tags_changed_at timestamptz,
  warmup_synced_at timestamptz,
  warmup_stats jsonb not null default '{}',
  figures jsonb not null default '{}',
  figures_at timestamptz,
  constraint warmup_stats_is_an_object check (jsonb_typeof(warmup_stats) = 'object'),
  constraint figures_is_an_object check (jsonb_typeof(figures) = 'object')
);
create index inboxes_email_idx on public.inboxes (lower(email));
create index inboxes_client_created_at_idx on public.inboxes (client, created_at);
-- The last one, for lookups by it: see "Campaigns_client_campaign_id_key".
create unique index inboxes_client_bison_inbox_id_key on public.inboxes (client, bison_inbox_id) nulls not distinct;
comment on table public.inboxes is
  'A mailbox that sends for a client, its state and its totals.';
comment on column public.inboxes.bison_inbox_id is
  'EmailBison''s sender id. It repeats between instances, so it is unique only within its client.';
comment on column public.inboxes.inbox_set_id is
  'The order it came with. The sets come in a later migration, which adds the foreign key.';
comment on column public.inboxes.removed_at is
  'When the mailbox was removed in EmailBison; the row stays for its totals.';
comment on column public.inboxes.last_event_at is
  'What the state columns are as of: provider time of the newest event, or when a sync asked. What is older does not '
  'overwrite them.';
comment on column public.inboxes.tags_changed_at is
  'When an event last changed its tags; a page that was asked for before does not.';
comment on column public.inboxes.warmup_synced_at is
  'When EmailBison was last asked about its warm-up; an older event does not switch it off.';
comment on column public.inboxes.warmup_stats is
  'Of the days from..to: emails_sent, replies_received, saved_from_spam, bounces_received, bounces_caused, '
  'disabled_for_bouncing.';
comment on column public.inboxes.figures is
  'EmailBison''s own totals at figures_at. The *_count columns are these and the facts since.';
select private.apply_client_policies('public.inboxes', p_write => 'staff');
grant usage on sequence public.inboxes_id_seq to authenticated;

create trigger _100_touch_updated_at before update on public.inboxes
for each row execute function extensions.moddatetime(updated_at);

-- Tags -----------------------------------------------------------------------------------------------------------

create table public.inbox_tags (
  id uuid primary key default gen_random_uuid(),
  bison_tag_id integer not null,
  name text not null,
  client text not null,
  inbox_count integer default 0,
  is_default boolean default false,
  synced_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint inbox_tags_client_bison_tag_id_key unique (client, bison_tag_id),
  constraint inbox_tags_client_id_key unique (client, id)
);
comment on table public.inbox_tags is
  'Tags of a client''s inboxes, as EmailBison has them.';
comment on column public.inbox_tags.inbox_count is
  'Number of inbox_tag_assignments, kept by their triggers.';
select private.apply_client_policies('public.inbox_tags', p_write => 'staff');

create trigger _100_touch_updated_at before update on public.inbox_tags
for each row execute function extensions.moddatetime(updated_at);

create table public.inbox_tag_assignments (
  id uuid primary key default gen_random_uuid(),
  inbox_id integer not null,
  tag_id uuid not null,
  assigned_at timestamptz default now(),
  client text,
  constraint inbox_tag_assignments_inbox_id_tag_id_key unique (inbox_id, tag_id),
  constraint inbox_tag_assignments_tag_id_fkey foreign key (client, tag_id)
  references public.inbox_tags (client, id) match full on update cascade on delete cascade
);
create index inbox_tag_assignments_client_tag_id_idx on public.inbox_tag_assignments (client, tag_id);
comment on table public.inbox_tag_assignments is
  'Which inbox carries which tag.';
comment on column public.inbox_tag_assignments.inbox_id is
  'inboxes.bison_inbox_id of the tag''s client. No foreign key: a tag may arrive before its inbox.';
comment on column public.inbox_tag_assignments.client is
  'Always the tag''s client: filled by a trigger, held by the foreign key.';
select private.apply_client_policies('public.inbox_tag_assignments', p_write => 'staff');

create function private.tg_inbox_tag_assignments__set_client()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.client := (select t.client from public.inbox_tags t where t.id = new.tag_id);
  return new;
end;
$$;

create trigger _100_set_client before insert or update of tag_id, client on public.inbox_tag_assignments
for each row execute function private.tg_inbox_tag_assignments__set_client();

create function private.tg_inbox_tag_assignments__count_inboxes()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_added uuid[] := '{}';
  v_removed uuid[] := '{}';
begin
  if tg_op <> 'DELETE' then
    v_added := array(select tag_id from added);
  end if;
  if tg_op <> 'INSERT' then
    v_removed := array(select tag_id from removed);
  end if;

  -- In key order, so that two sessions that touch the same tags wait for each other instead of deadlocking.
  perform from public.inbox_tags where id = any(v_added || v_removed) order by id for no key update;

  update public.inbox_tags t
  set inbox_count = coalesce(t.inbox_count, 0) + change.total
  from (
    select delta.tag_id, sum(delta.n) as total
    from (
      select unnest(v_added), 1
      union all
      select unnest(v_removed), -1
    ) as delta (tag_id, n)
    group by delta.tag_id
    having sum(delta.n) <> 0
  ) as change
  where t.id = change.tag_id;
  return null;
end;
$$;
comment on function private.tg_inbox_tag_assignments__count_inboxes() is
  'Keeps inbox_tags.inbox_count, once a statement.';

create trigger _500_count_inserted_inboxes after insert on public.inbox_tag_assignments
referencing new table as added
for each statement execute function private.tg_inbox_tag_assignments__count_inboxes();
create trigger _500_count_updated_inboxes after update on public.inbox_tag_assignments
referencing old table as removed new table as added
for each statement execute function private.tg_inbox_tag_assignments__count_inboxes();
create trigger _500_count_deleted_inboxes after delete on public.inbox_tag_assignments
referencing old table as removed
for each statement execute function private.tg_inbox_tag_assignments__count_inboxes();
