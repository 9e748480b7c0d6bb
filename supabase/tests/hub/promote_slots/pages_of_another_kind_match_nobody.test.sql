begin;
select plan(5);

select people.stage_people(
  '[
    {"email": "a@gmail.com", "name": "Ann Lee", "linkedin_url": "https://www.linkedin.com/company/acme"},
    {"email": "b@gmail.com", "name": "Bob Ray", "linkedin_url": "https://www.linkedin.com/company/acme"},
    {"email": "c@gmail.com", "name": "Cy", "linkedin_url": "https://www.linkedin.com/in/cy?trk=x#y"},
    {"email": "d@gmail.com", "name": "Cyrus", "linkedin_url": "in.LinkedIn.com/in/CY/de"}
  ]', 't'
);
select from people.promote_slots();
select is((select count(*) from people.master where merged_into is not null), 1::bigint, 'a company''s page is nobody''s profile');

select company.stage_companies(
  '[{"domain": "a.com", "linkedin_url": "linkedin.com/in/founder"}, {"domain": "b.com", "linkedin_url": "linkedin.com/in/founder"}]', 't'
);
select from company.promote_slots();
select is((select count(*) from company.master where merged_into is not null), 0::bigint, 'nor a founder''s profile a company''s page');

select is(
  array(select private.linkedin_key(u) from unnest(array[
    'https://www.linkedin.com/in/Ann-Lee/', 'linkedin.com/company/acme?x=/in/y', 'http://de.linkedin.com/pub/ann/1/2', 'notlinkedin.com/in/x',
    'https://x.com/?u=linkedin.com/in/x', 'https://x.com/linkedin.com/in/x', 'https://linkedin.com/in/', 'https://linkedin.com/feed/x', '', null
  ]) with ordinality as l (u, n) order by l.n),
  array['in/ann-lee', 'company/acme', 'pub/ann', null, null, null, null, null, null, null], 'what tells a page from others'
);
select is(
  array(select private.company_name_key(u) from unnest(array[
    'Acme, Inc.', 'ACME', 'Acme Holding GmbH & Co. KG', 'AG', 'The  Big-Company Ltd', ' x ', '!', '', null
  ]) with ordinality as l (u, n) order by l.n),
  array['acme', 'acme', 'acme holding', 'ag', 'the big', 'x', null, null, null], 'names without signs and legal form'
);
select is(
  array(select private.person_name_key(u) from unnest(array[
    'Ann Lee', E' ann\t lee ', E'Ann\u00a0Lee', 'Ann', ' Ann ', '', null
  ]) with ordinality as l (u, n) order by l.n),
  array['ann lee', 'ann lee', 'ann lee', null, null, null, null], 'full names'
);

select * from finish();
rollback;
