begin;
select plan(8);

insert into public."Clients" ("Business", "Website") values ('Northwind Robotics', 'northwind.example');
create function pg_temp.store(p_parts jsonb, p_at timestamptz)
returns text
language sql
as $$
  select private.store_call(
    '{"recording_id": 7, "calendar_invitees": [
      {"name": "Ada", "email": "Ada@northwind.example", "email_domain": "northwind.example", "is_external": true}
    ]}'::jsonb || p_parts,
    p_at, null
  )
$$;
create function pg_temp.said()
returns table (title text, transcript text, summary text, status text)
language sql
as $$ select c.title, c.transcript, c.summary, c.status from public.client_fathom_calls c $$;

select is(
  pg_temp.store('{"title": "Old", "default_summary": {"markdown_formatted": "First"}}', '2026-03-02'), 'matched', 'stored'
);
select results_eq('select * from pg_temp.said()', $$values ('Old', null::text, 'First', 'pending')$$, 'without a transcript');
select is(
  pg_temp.store(
    '{"title": "Older", "default_summary": {"markdown_formatted": "Zeroth"}, "transcript": [
      {"speaker": {"display_name": "Ada"}, "text": "Hello", "timestamp": "00:00:01"},
      {"speaker": {}, "text": "Hi"}
    ]}', '2026-03-01'
  ), 'updated', 'an older word on the same recording'
);
select results_eq(
  'select * from pg_temp.said()',
  $$values ('Old', E'[00:00:01] Ada: Hello\n[?] Somebody: Hi', 'First', 'processed')$$, 'fills the gap and overwrites nothing'
);
select is(pg_temp.store('{"title": "New", "transcript": null}', '2026-03-03'), 'updated', 'a newer one');
select results_eq(
  'select title, transcript is not null from pg_temp.said()', $$values ('New', true)$$,
  'overwrites, and empties nothing that it does not tell'
);
select is((select count(*) from public.client_fathom_calls), 1::bigint, 'one recording is one row');
select throws_ok($$select private.store_call('{"title": "x"}', now(), null)$$, 'MR005', null, 'a recording has an id');

select * from finish();
rollback;
