-- Three loads of one person, promoted in every order: the contact is the same.
begin;
select plan(9);

create function pg_temp.contact_after(p_order integer[]) returns jsonb language plpgsql as $$
declare
  v_loads bigint[] := '{}';
  v_n integer;
begin
  delete from intake.raw_loads;
  delete from intake.pending_ranges;
  delete from intake.contacts;
  for v_n in 1..3 loop
    perform tests.set_clock(timestamptz '2026-01-01' + v_n * interval '40 days');
    v_loads := v_loads || (
      select load_id
      from intake.f_ingest_json(
        jsonb_build_array((array[
          '{"email": "ann@example.com", "name": "Ann", "title": "Buyer", "tags": ["a"], "size": 1, "city": "Bonn"}',
          '{"email": "ann@example.com", "phone": "22", "title": "Head of Sales", "company": "Acme", "tags": ["b"], "size": 2}',
          '{"email": "ann@example.com", "name": "Ann Lee", "company": null, "phone": " ", "tags": ["a", "c"], "size": null, "city": " "}'
        ]::jsonb[])[v_n]),
        (array['one', 'two', 'three'])[v_n], 'b'
      )
      limit 1
    );
  end loop;
  foreach v_n in array p_order loop
    perform from intake.f_promote_contacts(array[v_loads[v_n]]);
  end loop;
  return (
    select to_jsonb(c) - '{contact_id,load_id,created_at,updated_at,field_sources,source,tags,last_activity_at}'::text[]
      || jsonb_build_object('tags', (select jsonb_agg(t order by t) from jsonb_array_elements(c.tags) t))
    from intake.contacts c
  );
end
$$;

create temp table wanted as select '{
  "email": "ann@example.com", "name": "Ann Lee", "phone": "22", "company": "Acme", "title": "Head of Sales", "score": 100.00,
  "status": "active", "custom_fields": {"size": 2, "city": "Bonn"}, "tags": ["a", "b", "c"]
}'::jsonb as contact;
select is(pg_temp.contact_after('{1,2,3}'), contact, 'in the order of coming') from wanted;
select is(
  (select jsonb_object_agg(key, value -> 'source') from intake.contacts, jsonb_each(field_sources)),
  '{"name": "three", "phone": "two", "title": "two", "company": "two", "tags": "three", "custom_fields": "two"}',
  'each field knows who said it'
);
select is((select source from intake.contacts), 'one', 'and the contact who named it first');
select is(pg_temp.contact_after('{1,3,2}'), contact, '1 3 2') from wanted;
select is(pg_temp.contact_after('{2,1,3}'), contact, '2 1 3') from wanted;
select is(pg_temp.contact_after('{2,3,1}'), contact, '2 3 1') from wanted;
select is(pg_temp.contact_after('{3,1,2}'), contact, '3 1 2') from wanted;
select is(pg_temp.contact_after('{3,2,1}'), contact, '3 2 1') from wanted;

update intake.raw_loads set status = 'pending', promoted_at = null;
delete from intake.contacts;
select from intake.f_promote_contacts((select array_agg(load_id) from intake.raw_loads));
select is(
  (select to_jsonb(c) - '{contact_id,load_id,created_at,updated_at,field_sources,source,tags,last_activity_at}'::text[] from intake.contacts c),
  (select contact - 'tags' from wanted), 'all in one call'
);

select * from finish();
rollback;
