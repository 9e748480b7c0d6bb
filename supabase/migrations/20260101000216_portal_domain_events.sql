-- The portal's domain events: which change is which event.
--
-- An event is told when a state is entered, not when a delivery arrives: repeats and late deliveries change no state.
-- What may be entered twice in any order of arrival has an id made of the fact (p_once), so it is told once. Triggers
-- that see many rows hand ids on (private.emit_rows) and leave the reading to the relay.

insert into integrations.event_catalogue (type, context, facts, description, example)
values
  (
    'lead.replied', 'portal', null, 'A person answered a campaign mail, or a lead wrote to us. Not for machines.',
    '{
      "email": "casey@fabrikam.test", "name": "Casey Morgan", "campaign_id": 401, "reply_id": 3001,
      "instance_url": "https://dedi.emailbison.test", "subject": "Re: Spring", "text": "Tell me more.",
      "interested": false, "received_at": "2026-03-02T14:00:00+00:00"
    }'
  ),
  (
    'lead.interested', 'portal', 'private.engaged_lead_facts', 'A lead showed interest for the first time.',
    '{
      "engaged_lead_id": "0b8f7a52-6a3f-4b53-9c7b-0f6a6f1f7d10", "email": "casey@fabrikam.test",
      "first_name": "Casey", "last_name": "Morgan", "job_title": "Head of Operations", "company": "Fabrikam",
      "company_domain": "fabrikam.test", "campaign_id": "401", "campaign_name": "Spring", "lead_source": "email",
      "meeting_booked": false
    }'
  ),
  (
    'lead.unsubscribed', 'portal', null,
    'A person wants no more mail. Told again only if they had come back with interest in between.',
    '{"email": "casey@fabrikam.test", "unsubscribed_at": "2026-03-02T14:00:00+00:00"}'
  ),
  (
    'meeting.booked', 'portal', null, 'A meeting was booked.',
    '{
      "email": "casey@fabrikam.test", "name": "Casey Morgan", "meeting_name": "Introduction",
      "starts_at": "2026-03-20T15:00:00+00:00", "ends_at": "2026-03-20T15:30:00+00:00",
      "link": "https://meet.test/1", "booking": "https://api.calendly.com/invitees/1", "moved_from": null,
      "canceled_at": null, "cancel_reason": null
    }'
  ),
  (
    'meeting.rescheduled', 'portal', null, 'A meeting was moved: booking is the new one, moved_from the old one.',
    '{
      "email": "casey@fabrikam.test", "name": "Casey Morgan", "meeting_name": "Introduction",
      "starts_at": "2026-03-21T15:00:00+00:00", "ends_at": "2026-03-21T15:30:00+00:00",
      "link": "https://meet.test/2", "booking": "https://api.calendly.com/invitees/2",
      "moved_from": "https://api.calendly.com/invitees/1", "canceled_at": null, "cancel_reason": null
    }'
  ),
  (
    'meeting.canceled', 'portal', null, 'A meeting was canceled for good, not moved.',
    '{
      "email": "casey@fabrikam.test", "name": "Casey Morgan", "meeting_name": "Introduction",
      "starts_at": "2026-03-20T15:00:00+00:00", "ends_at": "2026-03-20T15:30:00+00:00",
      "link": "https://meet.test/1", "booking": "https://api.calendly.com/invitees/1", "moved_from": null,
      "canceled_at": "2026-03-03T09:00:00+00:00", "cancel_reason": "Travelling"
    }'
  ),
  (
    'meeting.no_show', 'portal', null, 'Somebody marked that the person did not come.',
    '{
      "email": "casey@fabrikam.test", "name": "Casey Morgan", "meeting_name": "Introduction",
      "starts_at": "2026-03-20T15:00:00+00:00", "ends_at": "2026-03-20T15:30:00+00:00",
      "link": "https://meet.test/1", "booking": "https://api.calendly.com/invitees/1", "moved_from": null,
      "canceled_at": null, "cancel_reason": null
    }'
  ),
  (
    'meeting.no_show_removed', 'portal', null, 'The no-show mark was taken back.',
    '{
      "email": "casey@fabrikam.test", "name": "Casey Morgan", "meeting_name": "Introduction",
      "starts_at": "2026-03-20T15:00:00+00:00", "ends_at": "2026-03-20T15:30:00+00:00",
      "link": "https://meet.test/1", "booking": "https://api.calendly.com/invitees/1", "moved_from": null,
      "canceled_at": null, "cancel_reason": null
    }'
  ),
  (
    'contact.created', 'portal', 'private.contact_facts', 'A contact was added to the CRM, by a person or a lead.',
    '{
      "id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d", "email": "casey@fabrikam.test", "first_name": "Casey",
      "last_name": "Morgan", "job_title": "Head of Operations", "company_name": "Fabrikam",
      "company_domain": "fabrikam.test", "status": "hot", "stage": "new", "assignee": null, "lead_source": "email",
      "campaign_id": "401"
    }'
  ),
  (
    'contact.updated', 'portal', 'private.contact_facts',
    'Something about a contact changed; changed names the columns. deleted_at: it was deleted and is back.',
    '{
      "id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d", "email": "casey@fabrikam.test", "first_name": "Casey",
      "last_name": "Morgan", "job_title": "Head of Operations", "company_name": "Fabrikam",
      "company_domain": "fabrikam.test", "status": "hot", "stage": "new", "assignee": "Robin", "lead_source": "email",
      "campaign_id": "401", "changed": ["assignee"]
    }'
  ),
  (
    'contact.status_changed', 'portal', 'private.contact_facts', 'The status of a contact changed.',
    '{
      "id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d", "email": "casey@fabrikam.test", "first_name": "Casey",
      "last_name": "Morgan", "job_title": "Head of Operations", "company_name": "Fabrikam",
      "company_domain": "fabrikam.test", "status": "customer", "stage": "new", "assignee": null,
      "lead_source": "email", "campaign_id": "401", "from": "hot", "to": "customer"
    }'
  ),
  (
    'contact.deleted', 'portal', 'private.contact_facts', 'A contact was deleted.',
    '{
      "id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d", "email": "casey@fabrikam.test", "first_name": "Casey",
      "last_name": "Morgan", "job_title": "Head of Operations", "company_name": "Fabrikam",
      "company_domain": "fabrikam.test", "status": "hot", "stage": "new", "assignee": null, "lead_source": "email",
      "campaign_id": "401"
    }'
  ),
  (
    'deal.created', 'portal', null, 'A deal was opened.',
    '{
      "id": "d2a9e0b4-4b1f-4b4a-8d5e-1f2a3b4c5d6e", "name": "Fabrikam pilot", "stage": "qualification",
      "amount": 12000, "currency": "USD", "probability": 20, "contact_id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d",
      "expected_close_date": "2026-06-30", "actual_close_date": null, "close_reason": null
    }'
  ),
  (
    'deal.stage_changed', 'portal', null, 'A deal went to another stage.',
    '{
      "id": "d2a9e0b4-4b1f-4b4a-8d5e-1f2a3b4c5d6e", "name": "Fabrikam pilot", "stage": "proposal",
      "amount": 12000, "currency": "USD", "probability": 70, "contact_id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d",
      "expected_close_date": "2026-06-30", "actual_close_date": null, "close_reason": null,
      "from": "qualification", "to": "proposal"
    }'
  ),
  (
    'deal.won', 'portal', null, 'A deal was won. Comes after its deal.stage_changed.',
    '{
      "id": "d2a9e0b4-4b1f-4b4a-8d5e-1f2a3b4c5d6e", "name": "Fabrikam pilot", "stage": "won",
      "amount": 12000, "currency": "USD", "probability": 100, "contact_id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d",
      "expected_close_date": "2026-06-30", "actual_close_date": "2026-06-12", "close_reason": null
    }'
  ),
  (
    'deal.lost', 'portal', null, 'A deal was lost. Comes after its deal.stage_changed.',
    '{
      "id": "d2a9e0b4-4b1f-4b4a-8d5e-1f2a3b4c5d6e", "name": "Fabrikam pilot", "stage": "lost",
      "amount": 12000, "currency": "USD", "probability": 0, "contact_id": "6a1f2c7e-8f31-4c6e-a3d0-7c0d3a1b2c4d",
      "expected_close_date": "2026-06-30", "actual_close_date": "2026-06-12", "close_reason": "Budget"
    }'
  ),
  (
    'inbox.disconnected', 'portal', null, 'An inbox can no longer send or receive.',
    '{"inbox_id": 66, "email": "robin@acme-mail.test", "name": "Robin", "status": "Disconnected"}'
  ),
  (
    'inbox.reconnected', 'portal', null, 'An inbox that was disconnected works again.',
    '{"inbox_id": 66, "email": "robin@acme-mail.test", "name": "Robin", "status": "Connected"}'
  );

-- Leads ----------------------------------------------------------------------------------------------------------

create function private.reply_data(p_reply public.replies)
returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'email', coalesce(p_reply.lead_email, p_reply.from_email), 'name', p_reply.from_name,
    'campaign_id', p_reply.campaign_id, 'reply_id', p_reply.reply_id, 'instance_url', p_reply.instance_url,
    'subject', p_reply.subject, 'text', left(p_reply.text_body, 4000), 'interested', p_reply.interested,
    'received_at', p_reply.received_at
  );
end;
$$;
comment on function private.reply_data(public.replies) is 'What lead.replied says of a reply.';

-- Every reply that EmailBison delivers passes here: one statement for all that are stored together.
create function private.tg_replies__emit()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_metadata jsonb := private.event_metadata();
begin
  insert into shared.outbox_events (
    id, event_id, aggregate_id, aggregate_type, event_type, event_data, metadata, tenant_id, occurred_at
  )
  select
    e.id, e.id, private.person_id_of(coalesce(t.tenant_id, r.client), coalesce(r.lead_email, r.from_email, '')), 'lead',
    'lead.replied', private.reply_data(r), v_metadata, coalesce(t.tenant_id, r.client), coalesce(r.received_at, now())
  from new_replies r
  cross join lateral (
    select
      private.event_id_of('lead.replied', r.instance_url || chr(31) || r.reply_id) as id,
      lower(r.from_email) as sender
    offset 0
  ) as e
  left join lateral (
    select k.tenant_id from integrations.tenants k where k.business = r.client offset 0
  ) as t on true
  where not r.automated
    and not r.is_history
    and r.client is not null
    and (
      r.type is distinct from 'Untracked Reply'
      or r.lead_id is not null
      or exists (
        select from public.all_leads l where l.client = r.client and lower(l.email) = e.sender offset 0
      )
    )
  on conflict (id) do nothing;
  return null;
end;
$$;
comment on function private.tg_replies__emit() is
  'Tells new replies of leads. A mail of a stranger is none. Definer: nobody else writes events.';
create trigger _900_emit_on_insert after insert on public.replies
referencing new table as new_replies
for each statement execute function private.tg_replies__emit();

create function private.tg_replies__emit_late()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.emit_event(
    'lead.replied', new.client, 'lead', private.person_id(new.client, coalesce(new.lead_email, new.from_email, '')),
    private.reply_data(new), new.received_at, new.instance_url || chr(31) || new.reply_id
  );
  return null;
end;
$$;
comment on function private.tg_replies__emit_late() is
  'One mail comes as several events, untracked or automated first perhaps: it is told with the first that shows a lead '
  'behind it. '
  'Definer: nobody else writes events.';
create trigger _900_emit_on_update after update of type, lead_id, automated on public.replies
for each row when (
  not new.automated and new.client is not null and (new.type = 'Tracked Reply' or new.lead_id is not null)
  and (old.type, old.lead_id is null, old.automated) is distinct from (new.type, new.lead_id is null, new.automated)
)
execute function private.tg_replies__emit_late();

create function private.engaged_lead_facts(p_ids uuid[])
returns private.event_fact[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    select row(
      e.id, 'lead', private.person_id_of(coalesce(t.tenant_id, e.client), e.email), e.client,
      coalesce(e.engaged_at, e.created_at), e.id::text,
      jsonb_build_object(
        'engaged_lead_id', e.id, 'email', e.email, 'first_name', e.first_name, 'last_name', e.last_name,
        'job_title', e.job_title, 'company', e.company, 'company_domain', e.company_domain,
        'campaign_id', e.campaign_id, 'campaign_name', e.campaign_name, 'lead_source', e.lead_source,
        'meeting_booked', coalesce(e.meeting_booked, false)
      )
    )::private.event_fact
    from public.engaged_leads e
    left join lateral (
      select k.tenant_id from integrations.tenants k where k.business = e.client offset 0
    ) as t on true
    where e.id = any(p_ids)
  );
end;
$$;
comment on function private.engaged_lead_facts(uuid[]) is 'What lead.interested says of rows of engaged_leads.';

create function private.tg_engaged_leads__emit()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  if tg_op = 'UPDATE' then
    v_ids := array[new.id];
  else
    select array_agg(lead.id) into v_ids
    from new_leads lead
    where lead.engaged
      and lead.deleted_at is null
      and lead.client is not null
      and lead.email <> '';
  end if;
  if v_ids is not null then
    perform private.emit_rows('lead.interested', v_ids);
  end if;
  return null;
end;
$$;
comment on function private.tg_engaged_leads__emit() is 'Definer: nobody else writes events.';
create trigger _900_emit_on_insert after insert on public.engaged_leads
referencing new table as new_leads
for each statement execute function private.tg_engaged_leads__emit();
create trigger _900_emit_on_update after update of engaged on public.engaged_leads
for each row when (new.engaged and old.engaged is not true and new.deleted_at is null and new.client is not null)
execute function private.tg_engaged_leads__emit();

create function private.tg_person_marks__emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- A second unsubscribe says something new only about somebody who had come back.
  if tg_op = 'UPDATE' and old.unsubscribed_at is not null and not coalesce(
    private.last_interest_of(new.client, new.email) > old.unsubscribed_at, false
  ) then
    return null;
  end if;
  perform private.emit_event(
    'lead.unsubscribed', new.client, 'lead', private.person_id(new.client, new.email),
    jsonb_build_object('email', new.email, 'unsubscribed_at', new.unsubscribed_at), new.unsubscribed_at
  );
  return null;
end;
$$;
create trigger _900_emit_on_insert after insert on private.person_marks
for each row when (new.unsubscribed_at is not null) execute function private.tg_person_marks__emit();
create trigger _900_emit_on_update after update of unsubscribed_at on private.person_marks
for each row when (new.unsubscribed_at is distinct from old.unsubscribed_at)
execute function private.tg_person_marks__emit();

-- Meetings -------------------------------------------------------------------------------------------------------

create function private.emit_booking(
  p_type text, p_booking public.calendly_invitees, p_occurred_at timestamptz, p_once text default ''
)
returns uuid
language plpgsql
set search_path = ''
as $$
begin
  return private.emit_event(
    p_type, p_booking.client, 'meeting',
    private.event_id_of('meeting', p_booking.client || chr(31) || p_booking.invitee_uri),
    jsonb_build_object(
      'email', p_booking.email, 'name', p_booking.name, 'meeting_name', p_booking.event_name,
      'starts_at', p_booking.start_time, 'ends_at', p_booking.end_time, 'link', p_booking.join_url,
      'booking', p_booking.invitee_uri, 'moved_from', p_booking.old_invitee_uri, 'canceled_at', p_booking.canceled_at,
      'cancel_reason', p_booking.cancel_reason
    ),
    p_occurred_at, concat_ws(chr(31), p_booking.client, p_booking.invitee_uri, p_once)
  );
end;
$$;
comment on function private.emit_booking(text, public.calendly_invitees, timestamptz, text) is
  'Tells something of a booking, once (for each p_once).';

create function private.tg_calendly_invitees__emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- A cancellation may arrive first: the booking that it implies is told all the same, so that every order tells both.
  if tg_op = 'INSERT' then
    perform private.emit_booking(
      case when new.old_invitee_uri is null then 'meeting.booked' else 'meeting.rescheduled' end, new, new.booked_at
    );
  end if;
  -- The old booking of a reschedule is canceled, too; the new one tells that it was moved.
  if new.canceled_at is not null and old.canceled_at is null and not new.rescheduled then
    perform private.emit_booking('meeting.canceled', new, new.canceled_at);
  end if;
  if new.no_show <> coalesce(old.no_show, false) then
    perform private.emit_booking(
      case when new.no_show then 'meeting.no_show' else 'meeting.no_show_removed' end, new, new.no_show_changed_at,
      new.no_show_changed_at::text
    );
  end if;
  return null;
end;
$$;
create trigger _900_emit_on_insert after insert on public.calendly_invitees
for each row execute function private.tg_calendly_invitees__emit();
create trigger _900_emit_on_update after update of canceled_at, no_show on public.calendly_invitees
for each row when (
  (old.canceled_at is null, old.no_show) is distinct from (new.canceled_at is null, new.no_show)
)
execute function private.tg_calendly_invitees__emit();

create function private.tg_meetings_booked__emit()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.emit_event(
    case
      when new.status = 'canceled' then 'meeting.canceled'
      when new.status = 'no_show' then 'meeting.no_show'
      when tg_op = 'INSERT' or old.status = 'canceled' then 'meeting.booked'
      else 'meeting.no_show_removed'
    end,
    new.client, 'meeting', new.id,
    jsonb_build_object(
      'email', new.email, 'name', new.full_name, 'meeting_name', new.meeting_name, 'starts_at', new.meeting_date,
      'ends_at', new.meeting_end, 'link', new.meeting_link, 'booking', null, 'moved_from', null,
      'canceled_at', new.canceled_at, 'cancel_reason', new.cancel_reason
    )
  );
  return null;
end;
$$;
comment on function private.tg_meetings_booked__emit() is
  'Meetings that a person keeps by hand; those of Calendly are told from calendly_invitees. Definer: nobody else '
  'writes events.';
create trigger _900_emit_on_insert after insert on public.meetings_booked
for each row when (new.invitee_uri is null and new.client is not null)
execute function private.tg_meetings_booked__emit();
create trigger _900_emit_on_update after update of status on public.meetings_booked
for each row when (new.invitee_uri is null and new.client is not null and old.status is distinct from new.status)
execute function private.tg_meetings_booked__emit();

-- Contacts -------------------------------------------------------------------------------------------------------

create function private.contact_facts(p_ids uuid[])
returns private.event_fact[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    select row(
      c.id, 'contact', c.id, c.client, null::timestamptz, null,
      jsonb_build_object(
        'id', c.id, 'email', c.email, 'first_name', c.first_name, 'last_name', c.last_name, 'job_title', c.job_title,
        'company_name', c.company_name, 'company_domain', c.company_domain, 'status', c.status, 'stage', c.stage,
        'assignee', c.assignee, 'lead_source', c.lead_source, 'campaign_id', c.campaign_id
      )
    )::private.event_fact
    from public.crm_contacts c
    where c.id = any(p_ids)
  );
end;
$$;
comment on function private.contact_facts(uuid[]) is 'What contact.* events say of rows of crm_contacts.';

create function private.tg_crm_contacts__emit_created()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_ids uuid[] := array(select c.id from new_contacts c where c.deleted_at is null);
begin
  if v_ids <> '{}' then
    perform private.emit_rows('contact.created', v_ids);
  end if;
  return null;
end;
$$;
comment on function private.tg_crm_contacts__emit_created() is 'Definer: nobody else writes events.';
create trigger _900_emit_on_insert after insert on public.crm_contacts
referencing new table as new_contacts
for each statement execute function private.tg_crm_contacts__emit_created();

-- Every column but the bookkeeping is compared: made from the catalogue, as 60 comparisons by hand would rot. deleted_at is
-- named when a contact comes back.
do $build$
declare
  v_changes text := (
    select string_agg(
      format('case when c.%1$I is distinct from was.%1$I then %1$L end', a.attname), E',\n        ' order by a.attnum
    )
    from pg_catalog.pg_attribute a
    where a.attrelid = 'public.crm_contacts'::regclass
      and a.attnum > 0
      and not a.attisdropped
      and a.attgenerated = ''
      and a.attname not in (
        'id', 'created_at', 'updated_at', 'deleted_at', 'last_event_at', 'synced_revision', 'person_set'
      )
  );
begin
  execute format(
    $sql$
create function private.tg_crm_contacts__emit_updated()
returns trigger
language plpgsql security definer
set search_path = ''
set enable_nestloop = off
set enable_hashjoin = on
set enable_mergejoin = off
set jit = off
set work_mem = '64MB'
as $$
declare
  v_updated uuid[];
  v_columns jsonb[];
  v_moved uuid[];
  v_moves jsonb[];
  v_deleted uuid[];
begin
  select
    array_agg(u.id) filter (where u.is_live and u.changed <> '{}'),
    array_agg(jsonb_build_object('changed', u.changed)) filter (where u.is_live and u.changed <> '{}'),
    array_agg(u.id) filter (where u.is_live and u.status is distinct from u.old_status),
    array_agg(jsonb_build_object('from', u.old_status, 'to', u.status))
      filter (where u.is_live and u.status is distinct from u.old_status),
    array_agg(u.id) filter (where u.is_deleted)
  into v_updated, v_columns, v_moved, v_moves, v_deleted
  from (
    select
      c.id, c.status, was.status as old_status, c.deleted_at is null as is_live,
      c.deleted_at is not null and was.deleted_at is null as is_deleted,
      array_remove(array[
        %s,
        case when c.deleted_at is null and was.deleted_at is not null then 'deleted_at' end
      ], null) as changed
    from new_contacts c
    join old_contacts was using (id)
  ) as u;
  if v_updated is not null then
    perform private.emit_rows('contact.updated', v_updated, v_columns);
  end if;
  if v_moved is not null then
    perform private.emit_rows('contact.status_changed', v_moved, v_moves);
  end if;
  if v_deleted is not null then
    perform private.emit_rows('contact.deleted', v_deleted);
  end if;
  return null;
end;
$$
    $sql$, v_changes
  );
end;
$build$;
comment on function private.tg_crm_contacts__emit_updated() is
  'One plan for a single contact and 100,000, hence the settings. Definer: nobody else writes events.';
create trigger _900_emit_on_update after update on public.crm_contacts
referencing old table as old_contacts new table as new_contacts
for each statement execute function private.tg_crm_contacts__emit_updated();

-- Deals ----------------------------------------------------------------------------------------------------------

create function private.tg_crm_deals__emit()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_data jsonb := jsonb_build_object(
    'id', new.id, 'name', new.name, 'stage', new.stage, 'amount', new.amount, 'currency', new.currency,
    'probability', new.probability, 'contact_id', new.contact_id, 'expected_close_date', new.expected_close_date,
    'actual_close_date', new.actual_close_date, 'close_reason', new.close_reason
  );
begin
  if tg_op = 'INSERT' then
    perform private.emit_event('deal.created', new.client, 'deal', new.id, v_data);
  else
    perform private.emit_event(
      'deal.stage_changed', new.client, 'deal', new.id,
      v_data || jsonb_build_object('from', old.stage, 'to', new.stage)
    );
  end if;
  if new.stage in ('won', 'lost') then
    perform private.emit_event('deal.' || new.stage, new.client, 'deal', new.id, v_data);
  end if;
  return null;
end;
$$;
comment on function private.tg_crm_deals__emit() is 'Definer: nobody else writes events.';
create trigger _900_emit_on_insert after insert on public.crm_deals
for each row execute function private.tg_crm_deals__emit();
create trigger _900_emit_on_update after update of stage on public.crm_deals
for each row when (old.stage is distinct from new.stage) execute function private.tg_crm_deals__emit();

-- Inboxes --------------------------------------------------------------------------------------------------------

create function private.tg_inboxes__emit()
returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.emit_event(
    case new.status when 'Disconnected' then 'inbox.disconnected' else 'inbox.reconnected' end, new.client, 'inbox',
    private.event_id_of('inbox', new.id::text),
    jsonb_build_object('inbox_id', new.bison_inbox_id, 'email', new.email, 'name', new.name, 'status', new.status),
    new.last_event_at
  );
  return null;
end;
$$;
comment on function private.tg_inboxes__emit() is 'Definer: nobody else writes events.';
create trigger _900_emit_on_update after update of status on public.inboxes
for each row when (
  (new.status = 'Disconnected' and old.status is distinct from 'Disconnected')
  or (new.status = 'Connected' and old.status = 'Disconnected')
)
execute function private.tg_inboxes__emit();
