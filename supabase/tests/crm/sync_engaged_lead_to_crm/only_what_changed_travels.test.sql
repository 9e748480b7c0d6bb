begin;
select plan(8);

insert into engaged_leads (client, email, first_name, job_title, assignee)
values ('Acme', 'a@x.example', 'Ada', 'CTO', 'kim');
update crm_contacts set assignee = 'lee', job_title = null, updated_at = '2020-01-01';

update engaged_leads
set first_name = 'Ada M.', job_title = 'CTO', assignee = 'kim', last_event_at = now() + interval '1 day';
select results_eq(
  'select first_name, job_title, assignee from crm_contacts', $$values ('Ada M.', null, 'lee')$$,
  'columns that were only repeated stay where they are'
);

create temp table before as select ctid as version, synced_revision from crm_contacts;
update engaged_leads set first_name = 'Ada M.';
select is((select ctid from crm_contacts), (select version from before), 'the same again writes nothing');
update engaged_leads set last_event_at = now() + interval '2 days', bison_lead_id = 5, main_product_service = 'x';
select is(
  (select synced_revision from crm_contacts), (select synced_revision from before),
  'columns that are not synced write nothing'
);

update engaged_leads set job_title = 'CEO';
select is((select synced_revision from crm_contacts), 3::bigint, 'one change is one write');
select is((select last_event_at from crm_contacts), now() + interval '2 days', 'with the time of its news');

-- What "names no synced column" rests on: the triggers' column lists.
select set_eq(
  $$
    select a.attname::text
    from pg_trigger t
    cross join lateral unnest(t.tgattr) as number
    join pg_attribute a on a.attrelid = t.tgrelid and a.attnum = number
    where t.tgrelid = 'engaged_leads'::regclass and t.tgname = 'sync_engaged_lead_to_crm_on_update'
  $$,
  $$
    select attname::text
    from pg_attribute
    where attrelid = 'engaged_leads'::regclass and attnum > 0
      and attname not in (
        'id', 'main_product_service', 'date_created', 'created_at', 'updated_at', 'engaged_at', 'replied_at', 'lost_at',
        'unsubscribed_at', 'bison_lead_id', 'last_event_at', 'provider_facts'
      )
  $$,
  'every column is synced but these: a new one belongs here or into private.leads_as_contacts'
);
select is(
  (select tgattr::text from pg_trigger where tgname = '_500_note_changes' and tgrelid = 'engaged_leads'::regclass),
  (select tgattr::text from pg_trigger where tgname = 'sync_engaged_lead_to_crm_on_update'),
  'both triggers of an update watch the same columns'
);
select is((select count(*) from private.engaged_lead_changes), 0::bigint, 'no note of a change is left behind');

select * from finish();
rollback;
