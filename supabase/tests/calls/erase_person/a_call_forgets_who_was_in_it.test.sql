begin;
select plan(6);

insert into public."Clients" ("Business", "Website") values ('Northwind Robotics', 'northwind.example');
create function pg_temp.store(p_id integer, p_email text)
returns text
language sql
as $$
  select private.store_call(
    jsonb_build_object(
      'recording_id', p_id, 'title', 'Weekly', 'default_summary', '{"markdown_formatted": "Private matters"}'::jsonb,
      'transcript', '[{"speaker": {"display_name": "Ada"}, "text": "Secret"}]'::jsonb,
      'calendar_invitees', jsonb_build_array(jsonb_build_object(
        'name', 'Ada', 'email', p_email, 'email_domain', split_part(p_email, '@', 2), 'is_external', true
      ))
    ),
    now(), null
  )
$$;
select pg_temp.store(1, 'ada@northwind.example');
select pg_temp.store(2, 'bo@northwind.example');
select pg_temp.store(3, 'ada@northwind.example');
select is(private.store_call('{"recording_id": 4, "title": "Who?", "calendar_invitees": [
  {"email": "ada@northwind.example", "email_domain": "unknown.example", "is_external": true}]}', now(), null),
  'held', 'a call that waits for a person');

select integrations.erase_person('ada@northwind.example');
select is_empty(
  $$select from public.client_fathom_calls c
    where c.fathom_call_id <> '2'
      and concat(c.transcript, c.summary, c.participants, c.action_items, c.metadata, c.fathom_raw_data) <> ''$$,
  'of their calls nothing is left but that they took place'
);
select is((select count(*) from public.client_fathom_calls), 3::bigint, 'the calls themselves stay');
select isnt(
  (select transcript from public.client_fathom_calls where fathom_call_id = '2'), null, 'calls of others are untouched'
);
select is_empty('select from integrations.unmatched_calls', 'what waits goes');
select is(pg_temp.store(1, 'ada@northwind.example'), 'suppressed', 'the next sync does not bring it back');

select * from finish();
rollback;
