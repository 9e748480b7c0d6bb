-- Companies turn out to be one after their people came: the same people as if they had been one before.
begin;
select plan(6);

create function pg_temp.root(p_email text) returns text language sql as $$
  select m.email
  from people.master m
  where m.id = private.led_to('people', (select p.id from people.master p where p.email = p_email))
$$;

select people.stage_people('[
  {"email": "ann@acme.com", "name": "Ann Lee"}, {"email": "lee@acme.de", "name": "Ann Lee"}, {"email": "bob@acme.de", "name": "Bob Ray"}
]', 't');
select from people.promote_slots();
select is(pg_temp.root('lee@acme.de'), 'lee@acme.de', 'two companies, two people');
select company.stage_companies('[
  {"domain": "acme.com", "linkedin_url": "linkedin.com/company/acme"}, {"domain": "acme.de", "linkedin_url": "linkedin.com/company/acme"}
]', 't');
select from company.promote_slots();
select is(pg_temp.root('lee@acme.de'), 'ann@acme.com', 'one company, one Ann Lee');
select is(pg_temp.root('bob@acme.de'), 'bob@acme.de', 'and her colleague');

-- Who came to the kept one only because the merged domain led there goes back with the domain.
select people.stage_people('[
  {"email": "new@acme.de", "name": "Eve Fox"}, {"email": "told@acme.de", "name": "Cid Orr", "company_domain": "acme.com"}
]', 't');
select from people.promote_slots();
select is(
  (select count(*) from people.master p join company.master c on c.id = p.company_id where c.domain = 'acme.com' and p.merged_into is null), 4::bigint,
  'people come to the kept company'
);
select company.undo_merge(max(merge_id)) from company.merges;
select results_eq(
  $$select p.email from people.master p join company.master c on c.id = p.company_id where c.domain = 'acme.de' order by 1$$,
  $$values ('bob@acme.de'), ('lee@acme.de'), ('new@acme.de')$$,
  'parted, it has its own back: also who came meanwhile, unless the other company was told'
);

select is(pg_temp.root('lee@acme.de'), 'lee@acme.de', 'and two people of one name again');

select * from finish();
rollback;
