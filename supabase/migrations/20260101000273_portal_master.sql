-- The side schemas. "Signals": what was noticed about companies. "Master": which contacts were chosen for which client's
-- campaigns, on their way to EmailBison and as leads there.
--
--   campaign_contact_db (chosen) -> bison_queue (to be pushed, one row a push) -> campaign_leads_db (a lead in EmailBison)

create schema "Master";
comment on schema "Master" is 'Chosen contacts of the master database on their way into campaigns.';
create schema "Signals";
comment on schema "Signals" is 'What was noticed about companies.';

grant usage on schema "Master", "Signals" to authenticated, service_role, job_worker, api_gateway;
alter default privileges in schema "Master", "Signals" grant all on tables to service_role;
alter default privileges in schema "Master", "Signals" grant all on sequences to service_role;
alter default privileges in schema "Master", "Signals" grant execute on functions to service_role;

-- Signals --------------------------------------------------------------------------------------------------------

create table "Signals".company_signals (
  signal_id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.master_companies_db (id) on delete cascade,
  signal_type text not null,
  signal_source text not null,
  signal_payload jsonb not null default '{}',
  payload_hash text not null,
  confidence_score numeric,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint company_signals_company_type_source_hash_key unique (company_id, signal_type, signal_source, payload_hash),
  constraint confidence_is_a_share check (confidence_score between 0 and 1),
  constraint seen_in_order check (last_seen_at >= first_seen_at),
  constraint signal_type_is_a_word check (signal_type ~ '^[a-z][a-z0-9_]*$')
);
create index company_signals_last_seen_at_idx on "Signals".company_signals (last_seen_at desc, signal_id desc);
create index company_signals_signal_type_idx on "Signals".company_signals (signal_type, last_seen_at desc, signal_id desc);
create index company_signals_company_id_idx on "Signals".company_signals (company_id, last_seen_at desc, signal_id desc);
comment on table "Signals".company_signals is
  'What was noticed about a company, once for each content: seen again, it only moves last_seen_at.';
comment on column "Signals".company_signals.payload_hash is 'SHA-256 of signal_payload, hex, made by a trigger.';
comment on column "Signals".company_signals.confidence_score is 'From 0 to 1; the highest that was told.';
select private.apply_agency_policies('"Signals".company_signals', p_write => 'none');

create function private.tg_company_signals__hash_payload()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- jsonb has one text for each content, however it was written.
  new.payload_hash := encode(sha256(convert_to(new.signal_payload::text, 'UTF8')), 'hex');
  return new;
end;
$$;
create trigger _100_hash_payload before insert or update of signal_payload on "Signals".company_signals
for each row execute function private.tg_company_signals__hash_payload();

create view public.company_signals with (security_invoker = true) as
select
  s.signal_id, s.company_id, s.signal_type, s.signal_source, s.signal_payload, s.payload_hash, s.confidence_score,
  s.first_seen_at, s.last_seen_at, s.created_at
from "Signals".company_signals s;
comment on view public.company_signals is 'What was noticed about companies, under the name that applications know.';
revoke all on public.company_signals from anon, authenticated;
grant select on public.company_signals to authenticated;

create function private.record_signals(p_signals jsonb)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  insert into "Signals".company_signals as s (
    company_id, signal_type, signal_source, signal_payload, payload_hash, confidence_score, first_seen_at, last_seen_at
  )
  select distinct on (n.company_id, n.type, n.source, h.hash)
    n.company_id, n.type, n.source, n.payload, h.hash, n.confidence, n.seen_at, n.seen_at
  from (
    select
      (i ->> 'company_id')::uuid as company_id, i ->> 'type' as type, i ->> 'source' as source,
      coalesce(i -> 'payload', '{}') as payload, (i ->> 'confidence')::numeric as confidence,
      coalesce((i ->> 'seen_at')::timestamptz, private.clock()) as seen_at
    from jsonb_array_elements(p_signals) as i
  ) as n
  cross join lateral (select encode(sha256(convert_to(n.payload::text, 'UTF8')), 'hex') as hash) as h
  order by n.company_id, n.type, n.source, h.hash, n.seen_at desc
  on conflict (company_id, signal_type, signal_source, payload_hash) do update
  set first_seen_at = least(s.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at),
    confidence_score = greatest(s.confidence_score, excluded.confidence_score);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.record_signals(jsonb) is
  'Signals as [{company_id, type, source, payload, confidence, seen_at}]: new ones, or seen again. In one order, so that '
  'two at once do not wait for each other in a circle.';

create function integrations.record_company_signals(p_signals jsonb)
returns integer
language plpgsql security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(p_signals) is distinct from 'array' or jsonb_array_length(p_signals) > 1000 then
    perform private.raise_error('MR002', 'Signals come as a list of at most 1000.');
  end if;
  return private.record_signals(p_signals);
exception
  when not_null_violation or check_violation or foreign_key_violation or invalid_text_representation
    or invalid_datetime_format or datetime_field_overflow or invalid_parameter_value then
    perform private.raise_error('MR002', 'A signal is not as it must be.', sqlerrm);
end;
$$;
comment on function integrations.record_company_signals(jsonb) is
  'Signals from elsewhere: [{company_id, type, source, payload, confidence, seen_at}]. Answers how many were new or seen '
  'again. Definer: nobody writes the table itself.';
grant execute on function integrations.record_company_signals(jsonb) to service_role;

-- Chosen contacts ------------------------------------------------------------------------------------------------

create table "Master".campaign_contact_db (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  campaign_id text,
  contact_id uuid not null references public.master_contacts_db (id) on delete cascade,
  company_id uuid references public.master_companies_db (id) on delete set null,
  status text not null default 'chosen',
  reason text,
  chosen_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaign_contact_db_client_campaign_contact_key
    unique nulls not distinct (client, campaign_id, contact_id),
  constraint status_is_known check (status in ('chosen', 'excluded', 'queued', 'in_campaign', 'removed')),
  constraint excluded_has_a_reason check (status <> 'excluded' or reason is not null)
);
create index campaign_contact_db_contact_id_idx on "Master".campaign_contact_db (contact_id);
create index campaign_contact_db_company_id_idx on "Master".campaign_contact_db (company_id);
create index campaign_contact_db_client_created_at_idx
on "Master".campaign_contact_db (client, created_at desc, id desc);
create index campaign_contact_db_client_status_idx
on "Master".campaign_contact_db (client, status, created_at desc, id desc);
comment on table "Master".campaign_contact_db is
  'Contacts chosen for a client''s campaign, and why one was left out (reason). One row a client, campaign and contact.';
comment on column "Master".campaign_contact_db.campaign_id is 'EmailBison''s id, as in "Campaigns"; null: not decided yet.';
select private.apply_client_policies('"Master".campaign_contact_db');
create trigger _100_touch_updated_at before update on "Master".campaign_contact_db
for each row execute function extensions.moddatetime(updated_at);

create table "Master".bison_queue (
  id bigint generated always as identity primary key,
  client text not null,
  campaign_id text not null,
  contact_id uuid not null references public.master_contacts_db (id) on delete cascade,
  status text not null default 'queued',
  priority integer not null default 0,
  custom_variables jsonb not null default '{}',
  batch_id uuid,
  attempts integer not null default 0,
  claimed_by text,
  claim_expires_at timestamptz,
  bison_lead_id bigint,
  problem text,
  queued_by text,
  queued_at timestamptz not null default now(),
  pushed_at timestamptz,
  attached_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint status_is_known check (status in ('queued', 'pushing', 'pushed', 'attached', 'failed', 'skipped')),
  constraint pushing_is_claimed check ((status = 'pushing') = (claimed_by is not null)),
  constraint claim_has_an_end check ((claimed_by is null) = (claim_expires_at is null)),
  constraint pushed_has_a_lead check (status not in ('pushed', 'attached') or bison_lead_id is not null),
  constraint attached_has_a_time check ((status = 'attached') = (attached_at is not null)),
  constraint problem_matches_status check (status not in ('failed', 'skipped') or problem is not null),
  constraint custom_variables_are_an_object check (jsonb_typeof(custom_variables) = 'object')
);
-- One way into a campaign at a time; a failed one may be tried again by another row.
create unique index bison_queue_client_campaign_id_contact_id_key
on "Master".bison_queue (client, campaign_id, contact_id) where status not in ('failed', 'skipped');
create index bison_queue_client_campaign_id_queued_idx
on "Master".bison_queue (client, campaign_id, priority, id) where status = 'queued';
create index bison_queue_claim_expires_at_idx on "Master".bison_queue (claim_expires_at) where status = 'pushing';
create index bison_queue_client_id_idx on "Master".bison_queue (client, id);
create index bison_queue_client_status_id_idx on "Master".bison_queue (client, status, id);
create index bison_queue_contact_id_idx on "Master".bison_queue (contact_id);
create index bison_queue_batch_id_idx on "Master".bison_queue (batch_id) where batch_id is not null;
comment on table "Master".bison_queue is
  'Contacts on their way into a campaign in EmailBison. queued, pushing (claimed with a lease), pushed (a lead of the '
  'workspace), attached (in the campaign); failed and skipped say why in problem.';
comment on column "Master".bison_queue.batch_id is 'The call of at most 500 contacts that it went with.';
comment on column "Master".bison_queue.custom_variables is 'What the mails of the campaign fill in, name to value.';
select private.apply_client_policies('"Master".bison_queue', p_write => 'none');
create trigger _100_touch_updated_at before update on "Master".bison_queue
for each row execute function extensions.moddatetime(updated_at);

create table "Master".campaign_leads_db (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  campaign_id text not null,
  contact_id uuid not null references public.master_contacts_db (id) on delete cascade,
  company_id uuid references public.master_companies_db (id) on delete set null,
  email text not null,
  instance_url text,
  bison_lead_id bigint not null,
  queue_id bigint references "Master".bison_queue (id) on delete set null,
  pushed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint campaign_leads_db_client_campaign_id_contact_id_key unique (client, campaign_id, contact_id)
);
create index campaign_leads_db_contact_id_idx on "Master".campaign_leads_db (contact_id);
create index campaign_leads_db_company_id_idx on "Master".campaign_leads_db (company_id);
create index campaign_leads_db_queue_id_idx on "Master".campaign_leads_db (queue_id);
create index campaign_leads_db_client_email_idx on "Master".campaign_leads_db (client, lower(email));
create index campaign_leads_db_client_bison_lead_id_idx on "Master".campaign_leads_db (client, bison_lead_id);
create index campaign_leads_db_client_created_at_idx on "Master".campaign_leads_db (client, created_at desc, id desc);
comment on table "Master".campaign_leads_db is
  'Contacts that are leads of a campaign in EmailBison; what became of them is in all_leads (client, campaign, address).';
select private.apply_client_policies('"Master".campaign_leads_db', p_write => 'none');
