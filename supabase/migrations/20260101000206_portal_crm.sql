-- The CRM: contacts, deals with their history, notes, tasks and tags of each client.
--
-- A contact is one live row for each client and address, in any case. Contacts and deals are deleted softly
-- (deleted_at); a deleted contact keeps its address, so a new one may be made beside it. What hangs on a contact or
-- deal belongs to the same client; that is checked where people write, as rows that triggers write belong together
-- already.

-- Contacts -------------------------------------------------------------------------------------------------------

create table public.crm_contacts (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  first_name text,
  last_name text,
  full_name text generated always as (
    nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')
  ) stored,
  email text,
  phone text,
  lead_phone text,
  avatar_url text,
  title text,
  job_title text,
  seniority_level text,
  department text,
  linkedin_url text,
  profile_url text,
  company_name text,
  company_domain text,
  company_linkedin text,
  company_phone text,
  company_website text,
  company_size text,
  company_industry text,
  annual_revenue text,
  company_hq_city text,
  company_hq_state text,
  company_hq_country text,
  year_founded integer,
  business_model text,
  funding_stage text,
  tech_stack text[],
  is_hiring boolean default false,
  growth_score text,
  num_locations integer,
  company_logo_url text,
  company_address text,
  company_postal_code text,
  company_sector text,
  status text default 'cold',
  stage text default 'new',
  epv numeric,
  context text,
  next_touch timestamptz,
  assignee text,
  notes text,
  last_contacted_at timestamptz,
  background text,
  meeting_date timestamptz,
  meeting_link text,
  rescheduling_link text,
  lead_source text,
  campaign_name text,
  campaign_id text,
  tags jsonb default '[]',
  custom_variables_jsonb jsonb default '{}',
  pipeline_progress jsonb,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  created_by text,
  deleted_at timestamptz,
  company_id uuid,
  last_event_at timestamptz,
  synced_revision bigint not null default 0,
  person_set jsonb not null default '{}',
  additional_emails text[],
  constraint status_is_known check (status in ('cold', 'warm', 'hot', 'in-contract', 'customer', 'inactive')),
  constraint tags_are_a_list check (jsonb_typeof(tags) = 'array'),
  constraint pipeline_progress_is_an_object check (jsonb_typeof(pipeline_progress) = 'object')
) with (fillfactor = 90); -- room for heap-only updates: a contact changes several times
create index crm_contacts_client_created_at_idx
on public.crm_contacts (client, created_at, id) where deleted_at is null;
create index crm_contacts_client_status_idx on public.crm_contacts (client, status) where deleted_at is null;
-- Most contacts have no milestone yet; they stay out of the index.
create index idx_crm_contacts_pipeline_progress
on public.crm_contacts using gin (pipeline_progress) where pipeline_progress is not null;
create index crm_contacts_additional_emails_idx
on public.crm_contacts using gin (additional_emails) where additional_emails is not null;
-- The last ones, for lookups by them: see "Campaigns_client_campaign_id_key".
create index crm_contacts_client_email_deleted_idx
on public.crm_contacts (client, lower(email)) where deleted_at is not null;
create unique index crm_contacts_client_email_key
on public.crm_contacts (client, lower(email)) where deleted_at is null;
comment on table public.crm_contacts is
  'A person in a client''s CRM. Engaged leads arrive here by themselves; what a person wrote is not set back by them.';
comment on column public.crm_contacts.epv is
  'Expected pipeline value.';
comment on column public.crm_contacts.pipeline_progress is
  'The milestones reached and when (ISO 8601, UTC): meeting_booked, disco_show, qualified, demo_booked, demo_show, '
  'proposal_sent, closed. Null when none is.';
comment on column public.crm_contacts.company_id is
  'master_companies_db.id of company_domain or company_website, kept by the lead sync. No foreign key: checking and '
  'indexing it would add a sixth to a bulk import, and a company that is gone reads as unknown.';
comment on column public.crm_contacts.last_event_at is
  'Time of the newest lead event taken over; a lead with older news fills gaps only. Null: never met a lead.';
comment on column public.crm_contacts.synced_revision is
  'Raised by every write of the lead sync. A write that leaves it alone is a person''s.';
comment on column public.crm_contacts.person_set is
  'Synced columns that a person set, each with the time. An older lead event does not set them back.';
comment on column public.crm_contacts.additional_emails is
  'Other addresses of the person, lower case, null when there are none. An address that a person corrects stays here, and '
  'one that a lead has instead of one of these is added. Leads that have one of them mean this contact, unless a live '
  'contact has it as its own.';
select private.apply_client_policies('public.crm_contacts', p_write => 'member');

create trigger _100_touch_updated_at before update on public.crm_contacts
for each row execute function extensions.moddatetime(updated_at);

create function private.tg_crm_contacts__bare_address()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.email := nullif(btrim(new.email), '');
  return new;
end;
$$;
comment on function private.tg_crm_contacts__bare_address() is
  'A blank beside the address would make a second contact of it, and of two people without one the second would be '
  'refused.';
create trigger _100_bare_address_on_insert before insert on public.crm_contacts
for each row when (new.synced_revision = 0 and (new.email <> btrim(new.email) or new.email = ''))
execute function private.tg_crm_contacts__bare_address();
create trigger _100_bare_address_on_update before update of email on public.crm_contacts
for each row when (new.email <> btrim(new.email) or new.email = '')
execute function private.tg_crm_contacts__bare_address();

create function private.tg_crm_contacts__keep_addresses()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.additional_emails := nullif(
    array(
      select distinct lower(btrim(e.email))
      from unnest(new.additional_emails || case when tg_op = 'UPDATE' then old.email end) as e (email)
      where btrim(e.email) <> ''
        and lower(btrim(e.email)) is distinct from lower(btrim(new.email))
      order by 1
    ),
    '{}'
  );
  return new;
end;
$$;
comment on function private.tg_crm_contacts__keep_addresses() is
  'Keeps the address that a person corrected, and all of them in one spelling.';
create trigger _100_keep_addresses_on_insert before insert on public.crm_contacts
for each row when (new.additional_emails is not null) execute function private.tg_crm_contacts__keep_addresses();
create trigger _100_keep_addresses_on_update before update of email, additional_emails on public.crm_contacts
for each row when (
  new.synced_revision = old.synced_revision
  and (old.email, old.additional_emails) is distinct from (new.email, new.additional_emails)
)
execute function private.tg_crm_contacts__keep_addresses();

-- Deals ----------------------------------------------------------------------------------------------------------

create table public.crm_deals (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  contact_id uuid references public.crm_contacts (id) on delete set null,
  name text not null,
  description text,
  stage text default 'qualification',
  amount numeric default 0,
  currency text default 'USD',
  probability integer default 0,
  expected_close_date date,
  actual_close_date date,
  close_reason text,
  owner_id text,
  index integer default 0,
  tags jsonb default '[]',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  created_by text,
  deleted_at timestamptz,
  constraint stage_is_known check (
    stage in ('lead', 'qualification', 'discovery', 'demo', 'proposal', 'negotiation', 'won', 'lost')
  ),
  constraint probability_is_a_percentage check (probability >= 0 and probability <= 100),
  constraint tags_are_a_list check (jsonb_typeof(tags) = 'array')
);
create index crm_deals_client_stage_idx on public.crm_deals (client, stage);
create index crm_deals_client_created_at_idx on public.crm_deals (client, created_at, id) where deleted_at is null;
create index crm_deals_contact_id_idx on public.crm_deals (contact_id);
comment on table public.crm_deals is
  'An opportunity. Its stage sets probability and actual_close_date and is recorded in crm_deal_stage_history.';
comment on column public.crm_deals.probability is
  'Percent. The stage''s own unless the statement that changes the stage sets another.';
comment on column public.crm_deals.actual_close_date is
  'The day it was won or lost, in the client''s time zone; cleared when it is reopened.';
comment on column public.crm_deals.close_reason is
  'Why it was won or lost; cleared when it is reopened.';
comment on column public.crm_deals.index is
  'Position among the deals of its stage.';
select private.apply_client_policies('public.crm_deals', p_write => 'member');

create table public.crm_deal_stage_history (
  id uuid primary key default gen_random_uuid(),
  deal_id uuid not null references public.crm_deals (id) on delete cascade,
  from_stage text,
  to_stage text not null,
  changed_at timestamptz default now(),
  changed_by text,
  client text not null
);
create index crm_deal_stage_history_deal_id_idx on public.crm_deal_stage_history (deal_id);
create index crm_deal_stage_history_client_changed_at_idx on public.crm_deal_stage_history (client, changed_at);
comment on table public.crm_deal_stage_history is
  'Every stage a deal was in, from its creation (from_stage null) on. Written by a trigger only.';
comment on column public.crm_deal_stage_history.changed_by is
  'E-mail address or id of the signed-in user, else system.';
comment on column public.crm_deal_stage_history.client is
  'The deal''s client.';
select private.apply_client_policies('public.crm_deal_stage_history', p_write => 'none');

create trigger _100_touch_updated_at before update on public.crm_deals
for each row execute function extensions.moddatetime(updated_at);

-- Notes, tasks, tags ---------------------------------------------------------------------------------------------

create table public.crm_notes (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  contact_id uuid references public.crm_contacts (id) on delete cascade,
  deal_id uuid references public.crm_deals (id) on delete set null,
  text text not null,
  type text default 'note',
  attachments jsonb default '[]',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  created_by text,
  constraint type_is_known check (
    type in (
      'note', 'email', 'call', 'meeting', 'status_change', 'deal_created', 'deal_won', 'deal_lost', 'task_completed'
    )
  ),
  constraint attachments_are_a_list check (jsonb_typeof(attachments) = 'array')
);
create index crm_notes_client_created_at_idx on public.crm_notes (client, created_at);
create index crm_notes_contact_id_idx on public.crm_notes (contact_id);
create index crm_notes_deal_id_idx on public.crm_notes (deal_id);
comment on table public.crm_notes is
  'What was written about a contact or deal, by people and (types status_change to task_completed) by triggers.';
select private.apply_client_policies('public.crm_notes', p_write => 'member');

create trigger _100_touch_updated_at before update on public.crm_notes
for each row execute function extensions.moddatetime(updated_at);

create table public.crm_tasks (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  contact_id uuid references public.crm_contacts (id) on delete cascade,
  deal_id uuid references public.crm_deals (id) on delete set null,
  type text default 'task',
  text text not null,
  due_date timestamptz,
  done boolean default false,
  done_at timestamptz,
  assigned_to text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  created_by text,
  constraint type_is_known check (type in ('task', 'call', 'email', 'meeting', 'follow_up', 'reminder'))
);
create index crm_tasks_client_due_date_idx on public.crm_tasks (client, due_date);
create index crm_tasks_contact_id_idx on public.crm_tasks (contact_id);
create index crm_tasks_deal_id_idx on public.crm_tasks (deal_id);
comment on table public.crm_tasks is
  'Something to do about a contact or deal. Finishing it writes a note.';
comment on column public.crm_tasks.done_at is
  'When done was set; cleared when the task is reopened.';
select private.apply_client_policies('public.crm_tasks', p_write => 'member');

create trigger _100_touch_updated_at before update on public.crm_tasks
for each row execute function extensions.moddatetime(updated_at);

create table public.crm_tags (
  id uuid primary key default gen_random_uuid(),
  client text not null,
  name text not null,
  color text default '#6366f1',
  entity_type text not null,
  created_at timestamptz default now(),
  constraint entity_type_is_known check (entity_type in ('company', 'contact', 'deal'))
);
create index crm_tags_client_entity_type_name_idx on public.crm_tags (client, entity_type, name);
comment on table public.crm_tags is
  'The tags a client may choose from; contacts and deals hold the names they chose in their own tags column.';
select private.apply_client_policies('public.crm_tags', p_write => 'member');

-- One client -----------------------------------------------------------------------------------------------------

create function private.tg_crm__check_contact()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if not exists (select from public.crm_contacts c where c.id = new.contact_id and c.client = new.client) then
    perform private.raise_error('MR002', 'The client has no such contact.', new.contact_id::text);
  end if;
  return new;
end;
$$;
comment on function private.tg_crm__check_contact() is
  'Definer: the answer must not depend on what the writer can see.';

create function private.tg_crm__check_deal()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if not exists (select from public.crm_deals d where d.id = new.deal_id and d.client = new.client) then
    perform private.raise_error('MR002', 'The client has no such deal.', new.deal_id::text);
  end if;
  return new;
end;
$$;
comment on function private.tg_crm__check_deal() is
  'Definer: the answer must not depend on what the writer can see.';

create trigger _100_check_contact before insert or update of client, contact_id on public.crm_deals
for each row when (new.contact_id is not null and pg_trigger_depth() = 0)
execute function private.tg_crm__check_contact();
create trigger _100_check_contact before insert or update of client, contact_id on public.crm_notes
for each row when (new.contact_id is not null and pg_trigger_depth() = 0)
execute function private.tg_crm__check_contact();
create trigger _100_check_contact before insert or update of client, contact_id on public.crm_tasks
for each row when (new.contact_id is not null and pg_trigger_depth() = 0)
execute function private.tg_crm__check_contact();
create trigger _100_check_deal before insert or update of client, deal_id on public.crm_notes
for each row when (new.deal_id is not null and pg_trigger_depth() = 0)
execute function private.tg_crm__check_deal();
create trigger _100_check_deal before insert or update of client, deal_id on public.crm_tasks
for each row when (new.deal_id is not null and pg_trigger_depth() = 0)
execute function private.tg_crm__check_deal();

create function private.carry_crm_rows(p_contacts uuid[], p_deals uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_deals uuid[];
  v_table text;
begin
  update public.crm_deals d
  set client = c.client
  from public.crm_contacts c
  where c.id = any(p_contacts)
    and d.contact_id = c.id
    and d.client <> c.client;
  v_deals := p_deals || array(select d.id from public.crm_deals d where d.contact_id = any(p_contacts));

  update public.crm_deal_stage_history h
  set client = d.client
  from public.crm_deals d
  where d.id = any(v_deals)
    and h.deal_id = d.id
    and h.client <> d.client;

  foreach v_table in array array['crm_notes', 'crm_tasks'] loop
    execute format(
      $sql$
        update public.%I item
        set client = coalesce(c.client, d.client),
            deal_id = case when d.client = coalesce(c.client, d.client) then d.id end
        from public.%I was
        left join public.crm_contacts c on c.id = was.contact_id
        left join public.crm_deals d on d.id = was.deal_id
        where was.id = item.id
          and (was.contact_id = any($1) or was.deal_id = any($2))
      $sql$, v_table, v_table
    ) using p_contacts, v_deals;
  end loop;
end;
$$;
comment on function private.carry_crm_rows(uuid[], uuid[]) is
  'After contacts, or deals by themselves, went to another client: deals, history, notes and tasks follow. A note or '
  'task that is left between two clients stays with its contact and lets go of the deal.';

create function private.tg_crm_contacts__carry_rows()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.carry_crm_rows(array[new.id], '{}');
  return null;
end;
$$;
comment on function private.tg_crm_contacts__carry_rows() is
  'Definer: what belongs to a contact goes with it, whoever may see it.';
create trigger _500_carry_rows after update of client on public.crm_contacts
for each row when (old.client is distinct from new.client and pg_trigger_depth() = 0)
execute function private.tg_crm_contacts__carry_rows();

create function private.tg_crm_deals__carry_rows()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.carry_crm_rows('{}', array[new.id]);
  return null;
end;
$$;
comment on function private.tg_crm_deals__carry_rows() is
  'Definer: what belongs to a deal goes with it, whoever may see it.';
create trigger _500_carry_rows after update of client on public.crm_deals
for each row when (old.client is distinct from new.client and pg_trigger_depth() = 0)
execute function private.tg_crm_deals__carry_rows();

-- Stages, tasks, statuses ----------------------------------------------------------------------------------------

create function private.acting_user()
returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return coalesce(nullif(auth.jwt() ->> 'email', ''), auth.jwt() ->> 'sub', 'system');
end;
$$;
comment on function private.acting_user() is
  'Who is written into changed_by and created_by: the signed-in user''s address or id, else system.';

create function private.deal_stage_probability(p_stage text)
returns integer
language plpgsql immutable
set search_path = ''
as $$
begin
  return case p_stage
    when 'lead' then 10
    when 'qualification' then 20
    when 'discovery' then 30
    when 'demo' then 50
    when 'proposal' then 70
    when 'negotiation' then 80
    when 'won' then 100
    when 'lost' then 0
  end;
end;
$$;
comment on function private.deal_stage_probability(text) is
  'The documented chance, in percent, that a deal in this stage is won.';
grant execute on function private.deal_stage_probability(text) to authenticated, service_role;

create function private.tg_crm_deals__follow_stage()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.stage := coalesce(new.stage, 'qualification');
  if new.stage is not distinct from old.stage then
    return new;
  end if;

  -- On insert nothing of `old` is known, and the column's default says no more than that none was chosen.
  if new.probability is null or new.probability = coalesce(old.probability, 0) then
    new.probability := private.deal_stage_probability(new.stage);
  end if;
  if new.stage not in ('won', 'lost') then
    if old.stage in ('won', 'lost') then
      new.actual_close_date := null;
      new.close_reason := nullif(new.close_reason, old.close_reason);
    end if;
  elsif new.actual_close_date is not distinct from old.actual_close_date then
    new.actual_close_date := (private.clock() at time zone private.time_zone_of(new.client))::date;
  end if;
  return new;
end;
$$;
create trigger _100_follow_stage before insert or update of stage on public.crm_deals
for each row execute function private.tg_crm_deals__follow_stage();

create function private.tg_crm_deals__record_stage()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_user text := private.acting_user();
begin
  if new.stage is not distinct from old.stage then
    return null;
  end if;

  insert into public.crm_deal_stage_history (deal_id, client, from_stage, to_stage, changed_at, changed_by)
  values (new.id, new.client, old.stage, new.stage, private.clock(), v_user);

  insert into public.crm_notes (client, contact_id, deal_id, type, text, created_by)
  select new.client, new.contact_id, new.id, event.type, event.text, v_user
  from (
    values
      (tg_op = 'INSERT', 'deal_created', 'Deal created: ' || new.name),
      (new.stage = 'won', 'deal_won', 'Deal won: ' || new.name || coalesce(' (' || new.close_reason || ')', '')),
      (new.stage = 'lost', 'deal_lost', 'Deal lost: ' || new.name || coalesce(' (' || new.close_reason || ')', ''))
  ) as event (happened, type, text)
  where event.happened;
  return null;
end;
$$;
comment on function private.tg_crm_deals__record_stage() is
  'Definer: nobody else may write the history.';
create trigger _500_record_stage after insert or update of stage on public.crm_deals
for each row execute function private.tg_crm_deals__record_stage();

create function private.tg_crm_tasks__follow_done()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.done_at := case when new.done then coalesce(new.done_at, old.done_at, private.clock()) end;
  return new;
end;
$$;
create trigger _100_follow_done before insert or update of done, done_at on public.crm_tasks
for each row execute function private.tg_crm_tasks__follow_done();

create function private.tg_crm_tasks__note_completion()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.done and old.done is not true then
    insert into public.crm_notes (client, contact_id, deal_id, type, text, created_by)
    values (
      new.client, new.contact_id, new.deal_id, 'task_completed', 'Task completed: ' || new.text, private.acting_user()
    );
  end if;
  return null;
end;
$$;
comment on function private.tg_crm_tasks__note_completion() is
  'Definer: the note is the system''s, made also where the writer may only finish tasks.';
create trigger _500_note_completion after insert or update of done on public.crm_tasks
for each row execute function private.tg_crm_tasks__note_completion();

-- The one cached plan must suit a single contact and 100,000: a hash join suits both, a nested loop only the first.
create function private.tg_crm_contacts__note_status()
returns trigger
language plpgsql security definer
set search_path = ''
set enable_nestloop = off
set enable_hashjoin = on
set enable_mergejoin = off
set jit = off
as $$
declare
  v_user text := private.acting_user();
begin
  insert into public.crm_notes (client, contact_id, type, text, created_by)
  select
    c.client, c.id, 'status_change',
    'Status changed from ' || coalesce(was.status, 'none') || ' to ' || coalesce(c.status, 'none'), v_user
  from new_contacts c
  join old_contacts was using (id)
  where c.status is distinct from was.status;
  return null;
end;
$$;
comment on function private.tg_crm_contacts__note_status() is
  'Definer: the note is the system''s, whoever changed the status.';
create trigger _500_note_status after update on public.crm_contacts
referencing old table as old_contacts new table as new_contacts
for each statement execute function private.tg_crm_contacts__note_status();
