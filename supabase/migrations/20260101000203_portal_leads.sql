-- The way of a lead: contacted (all_leads), answered (replies), engaged (engaged_leads), met (meetings_booked).
--
-- EmailBison and Calendly deliver late, twice and out of order. Rows therefore carry the provider's time of the newest
-- fact they hold (last_event_at, provider_updated_at): an older event never overwrites a newer state.

-- Leads of campaigns ---------------------------------------------------------------------------------------------

-- Every sent mail updates a lead. The free space keeps those updates heap-only (HOT), as long as no index covers a
-- column that events change.
create table public.all_leads (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  campaign_id text not null,
  client text not null,
  first_name text,
  last_name text,
  full_name text,
  campaign_name text,
  created_time timestamptz default now(),
  job_title text,
  seniority_level text,
  company text,
  company_domain text,
  company_linkedin text,
  industry text,
  company_size text,
  annual_revenue text,
  year_founded integer,
  company_hq_city text,
  company_hq_state text,
  company_hq_country text,
  business_model text,
  funding_stage text,
  tech_stack text,
  is_hiring boolean,
  growth_score text,
  profile_url text,
  lead_id numeric,
  status text,
  emails_sent integer default 0,
  replies integer default 0,
  unique_replies integer default 0,
  replied boolean,
  engaged boolean,
  meeting_booked boolean,
  first_reply_date timestamptz,
  engaged_date timestamptz,
  booked_date timestamptz,
  specialty_signal_a text,
  specialty_signal_b text,
  specialty_signal_c text,
  specialty_signal_d text,
  custom_variables_jsonb jsonb default '{}',
  opens integer default 0,
  unique_opens integer default 0,
  bounces integer default 0,
  first_contacted_at timestamptz,
  first_contacted_inbox bigint,
  first_opened_at timestamptz,
  first_opened_inbox bigint,
  first_reply_inbox bigint,
  engaged_inbox bigint,
  unsubscribed_inbox bigint,
  bounced_at timestamptz,
  unsubscribed_at timestamptz,
  last_event_at timestamptz,
  provider_lead_hash bigint,
  tags jsonb not null default '[]',
  tags_changed_at timestamptz,
  campaign_status text,
  synced_at timestamptz
) with (fillfactor = 85);
create unique index all_leads_client_campaign_id_email_key
on public.all_leads (client, campaign_id, lower(email));
create index all_leads_client_email_idx on public.all_leads (client, lower(email));
-- For lists in order of time. created_time never changes, so updates stay heap-only.
create index all_leads_client_created_time_idx on public.all_leads (client, created_time, id);
-- The last one, for lookups by it: see "Campaigns_client_campaign_id_key".
create index all_leads_client_lead_id_idx on public.all_leads (client, lead_id);
-- A campaign belongs to one client; without this the planner takes a campaign for an eighth of its size.
create statistics public.all_leads_client_campaign_id_stats (dependencies)
on client, campaign_id from public.all_leads;
comment on table public.all_leads is
  'A person in a campaign: one row for each client, campaign and address (any case), and what came of it.';
comment on column public.all_leads.lead_id is
  'EmailBison''s id. The same person has it in every campaign of the workspace.';
comment on column public.all_leads.emails_sent is
  'Mails of this campaign to this person, counted from events. So are replies, opens and bounces.';
comment on column public.all_leads.unique_replies is
  '1 from the first reply on: the row is one person in one campaign. unique_opens likewise.';
comment on column public.all_leads.first_contacted_inbox is
  'inboxes.id of the first mail: the inbox that the contact counts for. The other *_inbox columns say the same of the '
  'first open, the first reply, the first interest and the unsubscribe.';
comment on column public.all_leads.engaged_date is 'When a reply of this person was first marked interested.';
comment on column public.all_leads.last_event_at is
  'What names and status are as of: provider time of the newest event, or when a sync asked. What is older changes '
  'neither.';
comment on column public.all_leads.tags_changed_at is
  'When an event last changed its tags; a page that was asked for before does not.';
comment on column public.all_leads.campaign_status is
  'Where the lead stands in the campaign''s sequence, in EmailBison''s words: in_sequence, sequence_finished, '
  'sequence_stopped, never_contacted, replied. Comes with syncs; status is of the address (verified, unverified).';
comment on column public.all_leads.provider_lead_hash is
  'Of the lead as the newest event described it, without its counters: an event that says the same changes no '
  'particulars.';
select private.apply_client_policies('public.all_leads', p_write => 'staff');

-- Replies --------------------------------------------------------------------------------------------------------

create table public.replies (
  reply_id bigint not null,
  type text,
  lead_id bigint,
  subject text,
  category text,
  text_body text,
  campaign_id integer,
  date_received date,
  from_email text,
  primary_to_email text,
  client text,
  sequence_step_order integer,
  sequence_step_id integer,
  sequence_step_variant text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  instance_url text not null default '',
  interested boolean not null default false,
  interested_at timestamptz,
  automated boolean not null default false,
  html_body text,
  received_at timestamptz,
  from_name text,
  message_id text,
  folder text,
  lead_email text,
  bison_inbox_id integer,
  parent_id bigint,
  reply_uuid text,
  provider_updated_at timestamptz,
  is_history boolean not null default false,
  primary key (instance_url, reply_id),
  constraint type_is_a_reply check (type in ('Tracked Reply', 'Untracked Reply')),
  constraint category_is_not_blank check (btrim(category) <> '')
);
create index replies_client_received_at_idx on public.replies (client, received_at);
create index replies_client_campaign_id_idx on public.replies (client, campaign_id);
create index replies_client_person_idx on public.replies (client, lower(coalesce(lead_email, from_email)));
create statistics public.replies_client_campaign_id_stats (dependencies)
on client, campaign_id from public.replies;
comment on table public.replies is
  'Replies that people sent, one row each. Bounces and our own mails are no replies and are not kept here.';
comment on column public.replies.reply_id is
  'EmailBison''s id, unique within its instance (instance_url). One reply comes in several events under the same id.';
comment on column public.replies.category is
  'Interested, Not Interested, OOO, Referral, Unsubscribe, or another word: the list is open.';
comment on column public.replies.date_received is
  'The day of received_at in the client''s time zone.';
comment on column public.replies.automated is
  'Sent by a machine (out of office and the like): stored, but it marks no lead replied or engaged.';
comment on column public.replies.sequence_step_variant is
  'Position of the A/B variant within its step.';
comment on column public.replies.bison_inbox_id is
  'The inbox that received it (inboxes.bison_inbox_id of the same client).';
comment on column public.replies.parent_id is
  'reply_id of the message it answers, of the same instance.';
comment on column public.replies.provider_updated_at is
  'EmailBison''s updated_at of the reply as stored; an older copy of the reply does not overwrite it.';
comment on column public.replies.is_history is
  'Came with a sync and is older than EmailBison''s list of events: no fact counts it and no domain event tells it.';
select private.apply_client_policies('public.replies', p_write => 'staff');

create trigger _100_touch_updated_at before update on public.replies
for each row execute function extensions.moddatetime(updated_at);

-- Bounces ----------------------------------------------------------------------------------------------------------

create table public.bounces (
  instance_url text not null default '',
  reply_id bigint not null,
  client text not null,
  campaign_id integer,
  lead_email text,
  bison_inbox_id integer,
  bounced_at timestamptz not null,
  subject text,
  text_body text,
  created_at timestamptz not null default now(),
  primary key (instance_url, reply_id)
);
create index bounces_client_bounced_at_idx on public.bounces (client, bounced_at);
comment on table public.bounces is
  'Delivery reports, one row each. They come as EMAIL_BOUNCED, as replies of type Bounced and as untracked replies, '
  'often as two of these; a bounce is no reply.';
comment on column public.bounces.campaign_id is
  'Null until an event names the campaign; then its counters count it too.';
select private.apply_client_policies('public.bounces', 'none');

-- Engaged leads --------------------------------------------------------------------------------------------------

create table public.engaged_leads (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  client text,
  first_name text,
  last_name text,
  full_name text,
  job_title text,
  seniority_level text,
  linkedin_url text,
  lead_phone text,
  company text,
  company_domain text,
  company_linkedin text,
  company_phone text,
  company_website text,
  company_size text,
  industry text,
  annual_revenue text,
  company_hq_city text,
  company_hq_state text,
  company_hq_country text,
  year_founded integer,
  business_model text,
  funding_stage text,
  tech_stack text[],
  is_hiring boolean default false,
  growth_score integer,
  num_locations integer,
  main_product_service text,
  meeting_booked boolean default false,
  qualified boolean default false,
  showed_up_to_disco boolean default false,
  demo_booked boolean default false,
  showed_up_to_demo boolean default false,
  proposal_sent boolean default false,
  closed boolean default false,
  meeting_booked_at timestamptz,
  qualified_at timestamptz,
  showed_up_to_disco_at timestamptz,
  demo_booked_at timestamptz,
  showed_up_to_demo_at timestamptz,
  proposal_sent_at timestamptz,
  closed_at timestamptz,
  stage text default 'new',
  current_stage text,
  epv numeric,
  context text,
  next_touchpoint date,
  last_contact timestamptz,
  assignee text,
  notes text,
  lead_source text,
  meeting_date timestamptz,
  meeting_link text,
  rescheduling_link text,
  campaign_name text,
  campaign_id text,
  date_created date,
  custom_variables_jsonb jsonb default '{}',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  engaged boolean default true,
  engaged_at timestamptz,
  replied boolean default false,
  replied_at timestamptz,
  lost boolean default false,
  lost_at timestamptz,
  unsubscribed boolean default false,
  unsubscribed_at timestamptz,
  bison_lead_id bigint,
  last_event_at timestamptz default now(),
  provider_facts jsonb not null default '{}'
);
create index engaged_leads_client_created_at_idx
on public.engaged_leads (client, created_at, id) where deleted_at is null;
-- The last one, for lookups by it: see "Campaigns_client_campaign_id_key".
create index engaged_leads_client_email_idx on public.engaged_leads (client, lower(email));
comment on table public.engaged_leads is
  'Leads that showed interest, with their way through the pipeline. Several rows may hold one address of a client: '
  'the CRM merges them into one contact.';
comment on column public.engaged_leads.current_stage is
  'Legacy; stage is the one in use.';
comment on column public.engaged_leads.epv is
  'Expected pipeline value.';
comment on column public.engaged_leads.engaged is
  'The lead showed interest itself; false for a row that only says replied, lost or unsubscribed.';
comment on column public.engaged_leads.provider_facts is
  'What the providers last said of the columns that people change, too. A column that differs was set by a person. '
  'meeting_booked: the booking that stands, false if it was canceled.';
comment on column public.engaged_leads.last_event_at is
  'Time of the newest fact in the row: the provider''s for a webhook, now for a person.';
select private.apply_client_policies('public.engaged_leads', p_write => 'member');

-- The only trigger that runs per row; everything else on this table works set-wise.
create trigger _100_touch_updated_at before update on public.engaged_leads
for each row execute function extensions.moddatetime(updated_at);

-- Meetings -------------------------------------------------------------------------------------------------------

create table public.meetings_booked (
  email text not null,
  first_name text,
  last_name text,
  full_name text,
  title text,
  company text,
  company_linkedin text,
  company_domain text,
  profile_url text,
  campaign_name text,
  campaign_id text,
  client text,
  created_time timestamptz,
  company_size text,
  annual_revenue text,
  industry text,
  company_hq_city text,
  company_hq_state text,
  company_hq_country text,
  year_founded integer,
  business_model text,
  funding_stage text,
  tech_stack text,
  is_hiring boolean,
  growth_score text,
  custom_variables_jsonb jsonb default '{}',
  id uuid primary key default gen_random_uuid(),
  invitee_uri text,
  event_uri text,
  event_type_uri text,
  meeting_name text,
  meeting_date timestamptz,
  meeting_end timestamptz,
  meeting_link text,
  rescheduling_link text,
  cancel_link text,
  status text not null default 'booked',
  canceled_at timestamptz,
  cancel_reason text,
  reschedule_count integer not null default 0,
  bison_lead_id bigint,
  updated_at timestamptz not null default now(),
  constraint status_is_known check (status in ('booked', 'canceled', 'no_show'))
);
create index meetings_booked_client_meeting_date_idx on public.meetings_booked (client, meeting_date, id);
-- The last one, for lookups by it: see "Campaigns_client_campaign_id_key".
create unique index meetings_booked_client_email_key
on public.meetings_booked (client, lower(email)) nulls not distinct;
comment on table public.meetings_booked is
  'The meeting of a person with a client: one row for each client and address (any case), derived from '
  'calendly_invitees.';
comment on column public.meetings_booked.created_time is
  'When it was booked first; a reschedule does not change it.';
comment on column public.meetings_booked.invitee_uri is
  'The booking that the row shows now: calendly_invitees.invitee_uri of the same client.';
select private.apply_client_policies('public.meetings_booked', p_write => 'staff');

create trigger _100_touch_updated_at before update on public.meetings_booked
for each row execute function extensions.moddatetime(updated_at);

create table public.calendly_invitees (
  client text not null,
  invitee_uri text not null,
  email text not null,
  name text,
  first_name text,
  last_name text,
  event_uri text,
  event_type_uri text,
  event_name text,
  start_time timestamptz,
  end_time timestamptz,
  join_url text,
  cancel_url text,
  reschedule_url text,
  time_zone text,
  booked_at timestamptz,
  canceled_at timestamptz,
  canceler_type text,
  cancel_reason text,
  rescheduled boolean not null default false,
  old_invitee_uri text,
  new_invitee_uri text,
  no_show boolean not null default false,
  no_show_changed_at timestamptz,
  tracking jsonb not null default '{}',
  questions_and_answers jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index calendly_invitees_client_email_idx on public.calendly_invitees (client, lower(email));
-- The last one, for lookups by it: see "Campaigns_client_campaign_id_key".
create unique index calendly_invitees_pkey on public.calendly_invitees (client, invitee_uri);
alter table public.calendly_invitees add primary key using index calendly_invitees_pkey;
comment on table public.calendly_invitees is
  'What Calendly told us about each booking. A reschedule is two bookings, linked by old_invitee_uri and '
  'new_invitee_uri; the set of an address''s bookings, in any order of arrival, decides its meetings_booked row.';
comment on column public.calendly_invitees.no_show_changed_at is
  'Provider time of the newest no-show mark or of its removal.';
select private.apply_client_policies('public.calendly_invitees', p_write => 'none');

create trigger _100_touch_updated_at before update on public.calendly_invitees
for each row execute function extensions.moddatetime(updated_at);
