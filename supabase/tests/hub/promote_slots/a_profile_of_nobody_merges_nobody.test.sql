begin;
select plan(5);

select people.stage_people(
  jsonb_agg(jsonb_build_object(
    'email', 'p' || n || '@x' || n || '.com', 'name', 'First' || n || ' Last' || n,
    'linkedin_url', 'https://www.linkedin.com/in/unknown'
  )), 't'
)
from generate_series(1, 120) as n;
select from people.promote_slots();
select is((select count(*) from people.master where merged_into is null), 120::bigint, 'people of other names stay apart');

select people.stage_people(
  '[
    {"email": "ann@a.com", "name": "Ann Lee", "linkedin_url": "linkedin.com/in/ann"},
    {"email": "ann@b.com", "name": "Ann Ray-Lee", "linkedin_url": "linkedin.com/in/ann"},
    {"email": "a.lee@c.com", "name": "LEE  Annabel", "linkedin_url": "linkedin.com/in/ann"},
    {"email": "d@d.com", "name": "Ann", "linkedin_url": "linkedin.com/in/ann"},
    {"email": "e@e.com", "linkedin_url": "linkedin.com/in/ann"},
    {"email": "bob@f.com", "name": "Bob Ray", "linkedin_url": "linkedin.com/in/ann"}
  ]', 't'
);
select from people.promote_slots();
select set_eq(
  $$select m.email from people.master m join people.master k on k.id = m.merged_into where k.email = 'ann@a.com'$$,
  $$values ('ann@b.com'), ('a.lee@c.com'), ('d@d.com'), ('e@e.com')$$,
  'one word in common is enough, a name of one word or none agrees with all'
);
select is((select merged_into from people.master where email = 'bob@f.com'), null, 'another name does not');

select is(private.names_agree('Ann Lee', 'Bob Ray'), false, 'names of two people');
select is(
  array[private.names_agree('Ann Lee', 'lee'), private.names_agree(null, 'Bob Ray'), private.names_agree(null, null)],
  array[true, true, true], 'what says too little'
);

select * from finish();
rollback;
