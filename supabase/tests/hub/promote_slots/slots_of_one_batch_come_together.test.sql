begin;
select plan(14);

-- Companies ---------------------------------------------------------------------------------------------------
select company.stage_companies(
  '[
    {"domain": "Acme.COM", "name": "Acme", "employee_count": 10, "revenue": "100"},
    {"domain": "http://www.acme.com/x", "name": "  ", "employee_count": 20, "location": "Berlin"},
    {"domain": "acme.de", "linkedin_url": "https://linkedin.com/company/acme"},
    {"domain": "acme.com", "employee_count": null, "linkedin_url": "https://de.LinkedIn.com/company/Acme/about"},
    {"domain": "acme.de", "industry": "Tools"},
    {"domain": "acme.fr", "name": "ACME GmbH", "location": "BERLIN"},
    {"domain": " ", "website": "https://globex.io/de"}
  ]', 'test'
);
select results_eq('select * from company.promote_slots()', 'values (7, 0, false)', 'all at once');
select results_eq(
  'select domain, name, employee_count, revenue, location, industry from company.master where merged_into is null order by domain',
  $$values ('acme.com', 'Acme', 20, 100::numeric, 'Berlin', 'Tools'), ('globex.io', null, null, null, null, null)$$,
  'of each field the newest value that is there, in the one that came first'
);
select results_eq(
  $$select m.domain from company.merges g join company.master m on m.id = g.merged_id order by merge_id$$,
  $$values ('acme.de'), ('acme.fr')$$, 'the others are parts of it'
);
delete from private.hub_changes;
create temp table known as select * from company.history;
select company.stage_companies('[{"domain": "acme.com", "name": "Acme", "revenue": 100.0, "employee_count": "20"}, {"domain": "acme.fr"}]', 'test');
select results_eq('select * from company.promote_slots()', 'values (2, 0, false)', 'the same again');
select is((select count(*) from company.history) - (select count(*) from known), 0::bigint, 'is no change');
select is((select count(*) from private.hub_changes), 0::bigint, 'of which nobody is told');

-- People ------------------------------------------------------------------------------------------------------
select people.stage_people(
  '[
    {"email": "Ann@Acme.de", "first_name": "Ann", "last_name": "Lee", "company_domain": "holding.com", "company": "Holding"},
    {"email": "ann@acme.de", "title": "CEO", "enriched_at": "2026-01-01T12:00:00Z"},
    {"email": "ann@acme.de", "first_name": "Anna"},
    {"email": "ann@gmail.com", "name": "Anna   Lee", "company_domain": "HOLDING.com", "phone": "1"},
    {"email": "kim@gmail.com", "first_name": "Kim"}, {"email": "kim@gmail.com", "last_name": "Ray"}
  ]', 'test'
);
select results_eq('select * from people.promote_slots()', 'values (6, 0, false)', 'people, too');
select results_eq(
  $$
    select p.email, p.name, p.title, p.phone, c.domain from people.master p left join company.master c on c.id = p.company_id
    where p.merged_into is null order by p.email
  $$,
  $$values ('ann@acme.de', 'Anna Lee', 'CEO', '1', 'holding.com'), ('kim@gmail.com', 'Kim Ray', null, null, null)$$,
  'half a name replaces no whole one, and an address no company that was told'
);
delete from people.history;
select people.stage_people('[{"email": "ann@acme.de", "title": "CEO", "enriched_at": "2026-01-01 13:00:00+01"}]', 'test');
select results_eq('select * from people.promote_slots()', 'values (1, 0, false)', 'the same again');
select is_empty('select * from people.history', 'is no change, however it is written');
select is((select count(*) from company.master where domain = 'gmail.com'), 0::bigint, 'a mailbox provider is no company');

-- Who is kept does not depend on which of them came again.
insert into people.master (email, linkedin_url, created_at)
values ('old@x.com', 'https://linkedin.com/in/sue', '2026-01-01'), ('new@x.com', null, '2026-01-02');
select people.stage_people('[{"email": "old@x.com", "title": "A"}, {"email": "new@x.com", "linkedin_url": "linkedin.com/in/sue"}]', 't');
select from people.promote_slots();
select is((select merged_into from people.master where email = 'old@x.com'), null, 'the older one is kept');
select people.stage_people('[{"email": "later@x.com", "linkedin_url": "linkedin.com/in/tom"}, {"email": "tom@x.com"}]', 't');
select from people.promote_slots();
select people.stage_people('[{"email": "tom@x.com", "linkedin_url": "www.linkedin.com/in/Tom"}, {"email": "later@x.com", "title": "B"}]', 't');
select from people.promote_slots();
select is((select merged_into from people.master where email = 'later@x.com'), null, 'the first of those that came at once');
select is(
  (select count(*) from people.master where merged_into is not null and email in ('tom@x.com', 'new@x.com')), 2::bigint,
  'and the others are its parts'
);

select * from finish();
rollback;
