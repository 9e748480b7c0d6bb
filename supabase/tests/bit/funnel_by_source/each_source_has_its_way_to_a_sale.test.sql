begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme');
select intake.f_ingest_json(
  '[{"email": "ann@one.test", "name": "Ann Lee", "title": "CEO", "phone": "1", "company": "One"}, {"email": "ann@one.test"},
    {"email": "ben@gmail.com", "name": {"first": "Ben"}}, {"email": "cy@two.test"}]'::jsonb, 'apollo', 'b1'
);
select intake.f_ingest_json('[{"email": "dee@three.test"}]'::jsonb, 'apify', 'b2');
select intake.f_promote_contacts();
select integrations.advance_hub();
insert into public.all_leads (client, campaign_id, email, source, emails_sent, replied, engaged, bounces)
values ('Acme', '1', 'ann@one.test', 'apollo', 2, true, true, 0), ('Acme', '1', 'cy@two.test', 'apollo', 1, null, null, 1),
  ('Acme', '1', 'by.hand@two.test', null, 1, true, null, 0);
insert into marketing.attribution (person_id, client, conversion_type, converted_at, value, subject_id, source)
select id, 'Acme', 'sale', now(), 500, gen_random_uuid(), 'apollo' from people.master where email = 'ann@one.test';

select results_eq(
  'select source, contacts, pushed, contacted, replied, interested, bounced, reply_rate, meetings, sales, value
    from bit.funnel_by_source order by source',
  $$values
    ('apify', 1::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::numeric, 0::bigint, 0::bigint, 0::numeric),
    ('apollo', 2, 2, 2, 1, 1, 1, 50.00, 0, 1, 500)$$,
  'the funnel'
);
select results_eq(
  'select source, loads, promoted, duplicates, failed, contacts, high_value from bit.source_quality order by source',
  $$values ('apify', 1::bigint, 1::bigint, 0::bigint, 0::bigint, 1::bigint, 0::bigint), ('apollo', 4, 2, 1, 1, 2, 1)$$,
  'how good each source is'
);
select results_eq(
  $$select rows, filled, percent from bit.coverage where entity = 'contacts' and field = 'phone'$$,
  'values (3::bigint, 1::bigint, 33.3)', 'a phone is known of one of three'
);
select is((select within_30_days from bit.freshness where entity = 'people'), 3::bigint, 'all people are fresh');
select results_eq(
  'select email, missing from ple.to_enrich limit 1',
  $$values ('ann@one.test', '{linkedin_url,seniority,intelligence}'::text[])$$, 'who is worth most comes first'
);
select people.store_intelligence('ann@one.test', '{"skills": ["SQL"]}', now() - interval '29 days');
select results_eq(
  $$select skills, company_name from ple.people where email = 'ann@one.test'$$, $$values ('{SQL}'::text[], 'One')$$, 'a person with what LinkedIn says'
);
update people.intelligence set fetched_at = now() - interval '31 days', stale_at = now() - interval '1 day';
select is((select skills from ple.people where email = 'ann@one.test'), null, 'no longer once it is stale');
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select is((select count(*) from ple.people) + (select count(*) from bit.source_quality), 0::bigint, 'nothing of it is a client''s');

select * from finish();
rollback;
