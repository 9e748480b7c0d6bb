begin;
select plan(8);

select from intake.f_ingest_json('[{"email": "ann@example.com", "name": "Ann"}, {"email": "bob@example.com", "boss": "Ann@example.com"}]'::jsonb, 's', 'b');
select from vault.f_promote_contacts();
select people.stage_people('[{"email": "ann@example.com", "name": "Ann"}]', 's');
select from people.promote_slots();
select people.store_intelligence('ann@example.com', '{"about": "Ann"}');

select ok(
  (select integrations.export_person('ann@example.com') -> 'data' ?& array['intake.raw_loads', 'vault.contacts', 'people.master', 'people.slot']),
  'an export has what the hub knows'
);
select from integrations.erase_person('ann@example.com');
select is_empty($$select * from tests.places_of('ann@example.com')$$, 'nothing is left');
select is((select count(*) from people.intelligence), 0::bigint, 'LinkedIn data goes with the person');
select is((select count(*) from intake.contacts), 1::bigint, 'others stay');
select is(
  (select array_agg(message) from intake.f_ingest_json('[{"email": "Ann@example.com"}, {"email": "eve@example.com"}]'::jsonb, 's', 'b')),
  array['row 1, email: this person asked to be forgotten', 'pending', '1 inserted, 0 duplicates, 1 rejected'],
  'who was forgotten does not come in again'
);
select is(people.stage_people('[{"email": "ann@example.com"}]', 's'), 0, 'nor by a slot');
-- A load that slipped in, as if it had been there before.
insert into intake.raw_loads (batch_id, source, raw_data) values ('b', 's', '{"email": "ann@example.com"}');
select is(
  (select failed_count from intake.f_promote_contacts((select array_agg(load_id) from intake.raw_loads where raw_data ->> 'email' like 'ann%'))), 1,
  'and is not promoted'
);
select is((select count(*) from intake.contacts where email like 'ann%'), 0::bigint, 'in any way');

select * from finish();
rollback;
