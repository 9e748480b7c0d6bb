begin;
select plan(24);

select tests.set_clock('2026-03-01 12:00Z');
insert into people.master (email, status)
values ('ann@x.com', 'active'), ('bob@x.com', 'active'), ('cy@x.com', 'bounced'), ('dee@x.com', 'active'), ('eve@x.com', 'active');
select people.store_intelligence(e || '@x.com', '{"about": "old"}', case e when 'bob' then '2026-02-28'::timestamptz end)
from unnest('{ann,bob,cy}'::text[]) as e;
create temp view r as
select r.*, m.email from integrations.enrichment_runs r join people.master m on m.id::text = r.filters ->> 'person_id';

-- The night.
select is(private.renew_intelligence(), 'no_key', 'nothing without a key');
insert into integrations.provider_keys (provider, api_key) values ('companyenrich', tests.sealed('key'));
select is(private.renew_intelligence(), 'nothing_to_do', 'nor while it is fresh');
select tests.set_clock('2026-03-28 13:00Z');
update integrations.settings set value = 1 where name = 'intelligence.daily_people';
select is(private.renew_intelligence(), 'requested', 'three days ahead it is asked for');
select results_eq('select email, reserved_credits from r', $$values ('bob@x.com', 6)$$, 'the soonest stale first, with what it may cost');
select is((select count(*) from outbound.job_queue where job_type = 'fetch_intelligence'), 1::bigint, 'by a job');
update integrations.settings set value = 10 where name = 'intelligence.daily_people';
select is(private.renew_intelligence(), 'requested', 'then the others');
select results_eq('select email from r order by 1', $$values ('ann@x.com'), ('bob@x.com')$$, 'once each, nobody who is not active');
select is(private.renew_intelligence(), 'nothing_to_do', 'and not again');
select is((select jsonb_agg(to_jsonb(e))::text ~ 'ann@' from integrations.enrichment_runs e), false, 'no run has an address');

-- The answers.
create temp view ann as select id from r where email = 'ann@x.com';
select is(integrations.store_person((select id from ann), '{}'), 'already_over', 'nothing was asked yet');
select is((select filters ->> 'person_id' from integrations.begin_enrichment((select id from ann))), (select id::text from people.master where email = 'ann@x.com'), 'the job asks');
select is(integrations.address_of_run((select id from ann)), 'ann@x.com', 'for this one');
select is(
  integrations.store_person((select id from ann), '{"id": 7, "name": "Ann", "position": "CTO", "skills": ["sql"], "experiences": [{"position": "CTO"}],
    "socials": {"linkedin_url": "https://linkedin.com/in/ann"}, "location": {"address": null, "country": {"name": "Peru"}}}'),
  'stored', 'an answer'
);
select results_eq(
  $$select skills, experience, stale_at from people.intelligence i join people.master m on m.id = i.person_id where m.email = 'ann@x.com'$$,
  $$values ('{sql}'::text[], '[{"position": "CTO"}]'::jsonb, '2026-04-27 13:00Z'::timestamptz)$$, 'is shown for thirty days more'
);
select from people.promote_slots();
select results_eq(
  $$select title, location, linkedin_url, enriched_at from people.master where email = 'ann@x.com'$$,
  $$values ('CTO', 'Peru', 'https://linkedin.com/in/ann', '2026-03-28 13:00Z'::timestamptz)$$, 'and the person knows it'
);
select is(integrations.store_person((select id from ann), '{}'), 'already_over', 'the same answer again changes nothing');
select from integrations.begin_enrichment((select id from r where email = 'bob@x.com'));
select integrations.store_person((select id from r where email = 'bob@x.com'), null);
select results_eq(
  'select email, status, found, missing, charged_credits, reserved_credits from r order by 1',
  $$values ('ann@x.com', 'completed', 1, 0, 6, 0), ('bob@x.com', 'completed', 0, 1, 0, 0)$$, 'who is not known there is free'
);
select results_eq('select reserved, charged from integrations.provider_credits', 'values (0, 6)', 'the month');
select is(private.renew_intelligence(), 'nothing_to_do', 'and is not asked for again');

-- Whom somebody asks for, as far as the budget goes.
update integrations.settings set value = 14 where name = 'companyenrich.monthly_credits';
select results_eq(
  $$select outcome, people, cardinality(run_ids) from people.request_intelligence('{" Dee@X.com", eve@x.com, ann@x.com, nobody@x.com}')$$,
  $$values ('partly_requested', 1, 1)$$, 'those of whom nothing is known, while there are credits'
);
select results_eq('select reserved, charged from integrations.provider_credits', 'values (6, 6)', 'the rest of them is free again');
select results_eq(
  $$select outcome, people from people.request_intelligence('{dee@x.com,eve@x.com}')$$, $$values ('budget_exhausted', 0)$$, 'then nobody'
);

-- Who is forgotten meanwhile.
create temp table last as select id, email from r where status = 'queued';
select from integrations.begin_enrichment((select id from last));
select from integrations.erase_person((select email from last));
select is(integrations.store_person((select id from last), '{"id": 1, "about": "erased"}'), 'stored', 'an answer that comes late');
select is_empty($$select from people.intelligence where linkedin_data ->> 'about' = 'erased'$$, 'is kept nowhere');

select * from finish();
rollback;
