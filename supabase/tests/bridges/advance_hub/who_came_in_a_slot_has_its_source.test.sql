-- Staff may bring people straight into slots, without loads and contacts.
begin;
select plan(4);

select tests.endpoint('bison');
select people.stage_people('[{"email": "casey@fabrikam.test", "title": "CEO"}]', 'apify');
select integrations.advance_hub();
select people.stage_people('[{"email": "casey@fabrikam.test", "title": "Chair"}]', 'fair');
select integrations.advance_hub();
select results_eq(
  'select source, job_title from public.master_contacts_db', $$values ('apify', 'Chair')$$,
  'the first one brought the person, and the master database follows the hub'
);
insert into public.meetings_booked (client, email, created_time) values ('Acme', 'casey@fabrikam.test', '2026-03-06 10:00Z');
select private.feed_marketing();
select is((select source from marketing.attribution), 'apify', 'what comes of them is theirs');
select results_eq(
  'select source, contacts, meetings from bit.funnel_by_source', $$values ('apify', 1::bigint, 1::bigint)$$, 'in the funnel, too'
);
select results_eq('select source, people from ple.enrichment', $$values ('apify', 1::bigint)$$, 'and where people are counted');

select * from finish();
rollback;
