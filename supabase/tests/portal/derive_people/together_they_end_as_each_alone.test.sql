begin;
select plan(3);

insert into public."Clients" ("Business") values ('Together'), ('Alone');
-- New ones, known ones, one that a person completed, one that a person deleted before and one after the interest, one
-- that unsubscribed, one with a meeting, one who only booked, one without interest.
create function pg_temp.set_up(p_client text) returns void language sql as $$
  insert into public.all_leads (client, campaign_id, campaign_name, email, first_name, engaged_date,
    first_contacted_at, custom_variables_jsonb)
  select p_client, c.id, 'Spring ' || c.id, initcap(n.name) || '@firm-' || n.name || '.test', n.name,
    case when n.name <> 'cold' then timestamptz '2026-03-04 09:00Z' + c.id::integer * interval '1 hour' end,
    timestamptz '2026-03-01 09:00Z' + c.id::integer * interval '1 hour',
    '{"Phone": " ", "mobile": "+1 555 0100", "LinkedIn URL": "https://linkedin.test/b", "linkedin": "in/a"}'
  from (values ('1'), ('2')) as c (id)
  cross join unnest('{new,newer,known,completed,before,after,gone,met,cold}'::text[]) as n (name);
  insert into public.engaged_leads (client, email, first_name, job_title, engaged_at, last_event_at, deleted_at)
  select p_client, n.name || '@FIRM-' || n.name || '.test', n.first, n.title, '2026-03-02', '2026-03-02', n.deleted
  from (values
    ('known', null, null, null::timestamptz), ('completed', 'Casey', 'Owner', null),
    ('before', null, null, '2026-03-03'), ('after', null, null, '2026-03-09')
  ) as n (name, first, title, deleted);
  insert into private.person_marks (client, email, unsubscribed_at)
  values (p_client, 'gone@firm-gone.test', '2026-03-10');
  insert into public.calendly_invitees (client, invitee_uri, email, name, booked_at, start_time)
  values
    (p_client, 'i/1', 'met@firm-met.test', 'Robin Met', '2026-03-06', '2026-03-20'),
    (p_client, 'i/2', 'booked@gmail.com', 'Kim Booked', '2026-03-07', '2026-03-21');
$$;
select pg_temp.set_up('Together'), pg_temp.set_up('Alone');
create temp table people as
select n.name || case n.name when 'booked' then '@gmail.com' else '@firm-' || n.name || '.test' end as email
from unnest('{new,newer,known,completed,before,after,gone,met,cold,booked,stranger}'::text[]) as n (name);

select private.derive_people(array(select row('Together', p.email)::private.person from people p));
select private.derive_person('Alone', p.email) from people p order by p.email desc;

create function pg_temp.leads_of(p_client text) returns setof jsonb language sql as $$
  select to_jsonb(e) - '{id,client,created_at,updated_at}'::text[]
  from public.engaged_leads e
  where e.client = p_client
  order by lower(e.email), e.deleted_at
$$;
select is(
  (select count(*) from public.engaged_leads e where e.client = 'Together' and e.deleted_at is null), 8::bigint,
  'all who showed interest, and the two deleted ones apart'
);
select results_eq(
  $$select * from pg_temp.leads_of('Together')$$, $$select * from pg_temp.leads_of('Alone')$$, 'the same leads'
);
select results_eq(
  $$select to_jsonb(l) - '{id,client,created_time}'::text[] from public.all_leads l where l.client = 'Together'
    order by l.email, l.campaign_id$$,
  $$select to_jsonb(l) - '{id,client,created_time}'::text[] from public.all_leads l where l.client = 'Alone'
    order by l.email, l.campaign_id$$,
  'and what the campaign rows say of meetings'
);

select * from finish();
rollback;
