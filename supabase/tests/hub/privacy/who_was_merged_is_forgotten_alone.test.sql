begin;
select plan(13);

create function pg_temp.id_of(p_email text) returns uuid language sql as 'select id from people.master where email = $1';
insert into people.master (email, name, phone, title)
values ('kept@x.com', 'Kim Ray', null, null), ('gone@x.com', 'Kim Ray', '+49 123', 'CEO'), ('top@x.com', 'Kim Ray', null, null);
select people.store_intelligence('gone@x.com', '{"about": "gone"}');
select people.merge_people(pg_temp.id_of('kept@x.com'), pg_temp.id_of('gone@x.com'));
select people.merge_people(pg_temp.id_of('top@x.com'), pg_temp.id_of('kept@x.com'));
update people.master set phone = 'other' where email = 'top@x.com';
select is((select title from people.master where email = 'top@x.com'), 'CEO', 'both are known by what one of them told');

-- The one that was merged.
select from integrations.erase_person('gone@x.com');
select is_empty($$select * from tests.places_of('gone@x.com')$$, 'the address is nowhere');
select results_eq(
  'select email, phone, title from people.master order by email', $$values ('kept@x.com', null, null), ('top@x.com', 'other', null)$$,
  'what came from it is gone, what was told since stays'
);
select is_empty(
  $$select from people.history where concat(old_values, new_values) ~ '\+49 123|CEO'$$, 'also from the history of the others'
);
select is_empty('select from people.intelligence', 'and LinkedIn data that had come over');
select is_empty($$select from people.merges where taken <> '{}'$$, 'and from the merges');
select is((select merged_into from people.master where email = 'kept@x.com'), pg_temp.id_of('top@x.com'), 'other merges stay');

-- The one that was kept: the other is a person again.
select from integrations.erase_person('top@x.com');
select results_eq(
  'select email, status, merged_into::text from people.master', $$values ('kept@x.com', 'active', null)$$, 'who was merged into it is back'
);
select is_empty('select from people.merges', 'and the merge is forgotten');
select people.stage_people('[{"email": "kept@x.com", "title": "CFO"}]', 't');
select from people.promote_slots();
select is((select title from people.master where email = 'kept@x.com'), 'CFO', 'and can be told of');

-- An address within a field of somebody else.
insert into people.master (email, name) values ('eve@x.com', 'Eve');
update people.master set name = 'see kept@x.com' where email = 'eve@x.com';
select people.store_intelligence('kept@x.com', '{"about": "Kim"}');
select ok(
  (select integrations.export_person('kept@x.com') -> 'data' ?& array['people.intelligence', 'people.history', 'people.master']),
  'an export has LinkedIn data and the history'
);
select from integrations.erase_person('kept@x.com');
select is_empty($$select * from tests.places_of('kept@x.com')$$, 'an address in somebody''s name is blotted out, in the history as well');
select is((select count(*) from people.master), 1::bigint, 'others stay');

select * from finish();
rollback;
