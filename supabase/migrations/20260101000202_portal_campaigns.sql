-- Campaigns and their daily figures.

create table public."Campaigns" (
  uuid uuid primary key default gen_random_uuid(),
  campaign_name text not null,
  campaign_id text,
  client text references public."Clients" ("Business") on update cascade,
  status text,
  created_at timestamptz not null default now(),
  last_event_at timestamptz,
  tags jsonb not null default '[]',
  tags_changed_at timestamptz,
  synced_at timestamptz
);
create index "Campaigns_client_created_at_idx" on public."Campaigns" (client, created_at, uuid);
-- The last one: of indexes that a lookup by client and something else finds equally good, as it does all of them while
-- a table is empty, the planner takes the newest, for as long as the plan is kept.
alter table public."Campaigns" add constraint "Campaigns_client_campaign_id_key" unique (client, campaign_id);
comment on table public."Campaigns" is
  'Every campaign of every client, as EmailBison names it.';
comment on column public."Campaigns".campaign_id is
  'EmailBison''s id. It repeats between instances, so it is unique only within its client.';
comment on column public."Campaigns".status is
  'EmailBison''s own word, whose case varies between its endpoints (Active, active).';
comment on column public."Campaigns".last_event_at is
  'What the name and status are as of: provider time of an event, or when a sync asked. What is older changes neither.';
comment on column public."Campaigns".tags_changed_at is
  'When an event last changed its tags; a page that was asked for before does not.';
comment on column public."Campaigns".synced_at is
  'When EmailBison was last asked for it.';
select private.apply_client_policies('public."Campaigns"', p_write => 'staff');

-- Daily figures --------------------------------------------------------------------------------------------------

create table public.campaign_reporting (
  id uuid primary key default gen_random_uuid(),
  campaign_id integer,
  campaign_name text,
  client text,
  date date,
  emails_sent numeric,
  total_leads_contacted numeric,
  opened numeric,
  opened_percentage numeric,
  unique_opens_per_contact numeric,
  unique_opens_per_contact_percentage numeric,
  unique_replies_per_contact numeric,
  unique_replies_per_contact_percentage numeric,
  bounced numeric,
  bounced_percentage numeric,
  unsubscribed numeric,
  unsubscribed_percentage numeric,
  interested numeric,
  interested_percentage numeric,
  sequence_step_stats jsonb default '[]',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  figures_at timestamptz,
  constraint campaign_reporting_client_campaign_id_date_key unique (client, campaign_id, date),
  constraint sequence_step_stats_is_an_array check (jsonb_typeof(sequence_step_stats) = 'array')
);
comment on table public.campaign_reporting is
  'A campaign''s figures of one day (a day in the client''s time zone). The percentages follow the counters.';
comment on column public.campaign_reporting.sequence_step_stats is
  'One object a sequence step: step_order, step_id, subject, body, variant, sent_count, open_count, reply_count, '
  'bounce_count.';
comment on column public.campaign_reporting.figures_at is
  'When EmailBison was asked for the figures of this day, which was over then. Null: counted here, event by event.';
select private.apply_client_policies('public.campaign_reporting', p_write => 'staff');

create function private.percentage_of(p_part numeric, p_whole numeric)
returns numeric
language plpgsql immutable
set search_path = ''
as $$
begin
  return coalesce(round(100 * p_part / nullif(p_whole, 0), 2), 0);
end;
$$;
comment on function private.percentage_of(numeric, numeric) is
  'p_part as a percentage of p_whole with two decimals; 0 when either is missing or the whole is 0.';
grant execute on function private.percentage_of(numeric, numeric) to authenticated, service_role;

create function private.tg_campaign_reporting__compute_rates()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.opened_percentage := private.percentage_of(new.opened, new.emails_sent);
  new.bounced_percentage := private.percentage_of(new.bounced, new.emails_sent);
  new.unique_opens_per_contact_percentage :=
    private.percentage_of(new.unique_opens_per_contact, new.total_leads_contacted);
  new.unique_replies_per_contact_percentage :=
    private.percentage_of(new.unique_replies_per_contact, new.total_leads_contacted);
  new.unsubscribed_percentage := private.percentage_of(new.unsubscribed, new.total_leads_contacted);
  new.interested_percentage := private.percentage_of(new.interested, new.total_leads_contacted);
  return new;
end;
$$;
comment on function private.tg_campaign_reporting__compute_rates() is
  'Mail rates are shares of the mails sent, people rates shares of the leads contacted. EmailBison''s campaign '
  'statistics divide bounces, replies, unsubscribes and interested so; the bases of the two open rates are our choice.';

create trigger _100_compute_rates before insert or update on public.campaign_reporting
for each row execute function private.tg_campaign_reporting__compute_rates();
create trigger _100_touch_updated_at before update on public.campaign_reporting
for each row execute function extensions.moddatetime(updated_at);
