begin;
select plan(23);

create function pg_temp.contact(p_email text) returns crm_contacts language sql as $$
  select c from crm_contacts c where lower(c.email) = p_email
$$;

-- A person changes columns at noon.
select tests.set_clock('2026-03-02 12:00Z');
insert into engaged_leads (client, email, first_name, job_title, lead_phone, custom_variables_jsonb, last_event_at)
values ('Acme', 'a@x.example', 'Ada', 'CTO', '+1', '{"city": "Austin"}', '2026-03-02 09:00Z');
update crm_contacts
set job_title = 'CEO', lead_phone = null, stage = 'demo', status = 'warm', custom_variables_jsonb = '{"city": "Rome"}',
    pipeline_progress = '{"qualified": "2026-03-01T00:00:00Z"}', phone = '+2';
select is(
  (select array_agg(key order by key) from crm_contacts, jsonb_object_keys(person_set) as key),
  '{custom_variables_jsonb,job_title,lead_phone,pipeline_progress,stage,status}',
  'what the sync writes, too, is remembered'
);
select is((select person_set ->> 'job_title' from crm_contacts), '2026-03-02T12:00:00+00:00', 'with the time');

-- News from eleven arrives late.
update engaged_leads
set job_title = 'VP', lead_phone = '+3', stage = 'won', qualified = true, qualified_at = '2026-03-02 11:00Z',
    custom_variables_jsonb = '{"city": "Paris", "tier": "A"}', first_name = 'Ada M.',
    last_event_at = '2026-03-02 11:00Z';
select results_eq(
  'select job_title, lead_phone, stage, status, first_name from crm_contacts',
  $$values ('CEO', null, 'demo', 'warm', 'Ada M.')$$,
  'older news leaves it alone, and what was cleared stays clear'
);
select is((select pipeline_progress from crm_contacts), '{"qualified": "2026-03-01T00:00:00Z"}', 'the milestones, too');
select is(
  (select custom_variables_jsonb from crm_contacts), '{"city": "Rome", "tier": "A"}', 'variables gain what is missing'
);

-- The same minute is not newer.
update engaged_leads set job_title = 'COO', last_event_at = '2026-03-02 12:00Z';
select is((select job_title from crm_contacts), 'CEO', 'at the same time the person is right');

-- News from one o'clock.
update engaged_leads
set job_title = 'CFO', lead_phone = '+4', stage = 'proposal', proposal_sent = true,
    proposal_sent_at = '2026-03-02 13:00Z',
    custom_variables_jsonb = '{"city": "Oslo"}', last_event_at = '2026-03-02 13:00Z';
select results_eq(
  'select job_title, lead_phone, stage, status from crm_contacts',
  $$values ('CFO', '+4', 'proposal', 'in-contract')$$,
  'newer news overwrites'
);
select is(
  (select pipeline_progress from crm_contacts),
  '{"qualified": "2026-03-01T00:00:00Z", "proposal_sent": "2026-03-02T13:00:00Z"}', 'and adds its milestone'
);
select is(
  (select custom_variables_jsonb from crm_contacts), '{"city": "Oslo", "tier": "A"}', 'and its variables'
);

-- A person made the contact; a lead that is new meets it.
insert into crm_contacts (client, email, first_name, job_title, status, stage, is_hiring)
values ('Acme', 'b@x.example', 'Bob', null, 'customer', 'new', false);
select is(
  (pg_temp.contact('b@x.example')).person_set,
  '{"first_name": "2026-03-02T12:00:00+00:00", "status": "2026-03-02T12:00:00+00:00"}',
  'an insert by a person sets what it says, beyond the defaults'
);
insert into engaged_leads (client, email, first_name, job_title, stage, last_event_at)
values ('Acme', 'B@x.example', 'Robert', 'CTO', 'demo', '2026-03-02 11:00Z');
select is((pg_temp.contact('b@x.example')).first_name, 'Bob', 'a new lead keeps what the person set');
select is((pg_temp.contact('b@x.example')).job_title, 'CTO', 'and fills the gaps');
select is((pg_temp.contact('b@x.example')).status, 'customer', 'its older event does not move the status');
select is((pg_temp.contact('b@x.example')).stage, 'demo', 'a default stage is nobody''s choice');

insert into engaged_leads (client, email, first_name, proposal_sent, last_event_at)
values ('Acme', 'b@X.example', 'Rob', true, '2026-03-02 14:00Z');
select is((pg_temp.contact('b@x.example')).first_name, 'Bob', 'nor does a new lead with newer news overwrite the name');
select is((pg_temp.contact('b@x.example')).status, 'in-contract', 'but its newer event moves the status');

update engaged_leads set first_name = 'Robby', last_event_at = '2026-03-02 15:00Z' where email = 'b@X.example';
select is((pg_temp.contact('b@x.example')).first_name, 'Robby', 'a later change of the lead does');

-- The lead has newer events that say nothing of the status; what comes after them may have happened before.
create function pg_temp.status_after(p_person text, p_steps text[]) returns text language plpgsql as $$
declare
  v_step text;
begin
  insert into engaged_leads (client, email, engaged_at, last_event_at)
  values ('Acme', p_person, '2026-03-02 09:00Z', '2026-03-02 09:00Z');
  update crm_contacts set status = 'customer' where email = p_person;
  foreach v_step in array p_steps loop
    case v_step
      when 'mail' then
        update engaged_leads set last_contact = '2026-03-02 15:00Z', last_event_at = '2026-03-02 15:00Z'
        where email = p_person;
      when 'reply' then
        update engaged_leads
        set replied = true, replied_at = '2026-03-02 13:00Z', last_event_at = greatest(last_event_at, '2026-03-02 13:00Z')
        where email = p_person;
      else
        update engaged_leads
        set unsubscribed = true, unsubscribed_at = v_step::timestamptz,
            last_event_at = greatest(last_event_at, v_step::timestamptz)
        where email = p_person;
    end case;
  end loop;
  return (select c.status from crm_contacts c where c.email = p_person);
end;
$$;
select is(pg_temp.status_after('c@x.example', '{2026-03-02 11:00Z,mail}'), 'customer', 'an older unsubscribe is older');
select is(pg_temp.status_after('d@x.example', '{mail,2026-03-02 11:00Z}'), 'customer', 'also when it comes late');
select is(pg_temp.status_after('e@x.example', '{mail,2026-03-02 14:00Z}'), 'inactive', 'a newer one is news');
select is(
  pg_temp.status_after('f@x.example', '{2026-03-02 11:00Z,reply}'), 'inactive', 'with newer news everything counts'
);
select is(pg_temp.status_after('g@x.example', '{reply,2026-03-02 11:00Z}'), 'inactive', 'in any order');
select is(
  pg_temp.status_after('h@x.example', '{mail,2026-03-02 11:00Z,reply}'), 'inactive', 'whatever is between'
);

select * from finish();
rollback;
