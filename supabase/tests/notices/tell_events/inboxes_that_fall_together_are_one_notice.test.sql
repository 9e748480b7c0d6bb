begin;
select plan(6);
select tests.connect_slack();
select tests.set_clock('2026-03-02 15:00:00+00');
insert into public.inboxes (bison_inbox_id, client, name, email, status)
select n, 'Acme', 'Ada', format('ada%s@acme.test', n), 'Connected' from generate_series(1, 8) as n;
create temp view told as
select text, jsonb_array_length(details -> 'inboxes') as inboxes from integrations.notices order by created_at, text;
create function pg_temp.disconnect(p_from integer, p_to integer) returns void language sql as $$
  update public.inboxes set status = 'Connected' where bison_inbox_id between p_from and p_to;
  update public.inboxes set status = 'Disconnected', last_event_at = private.clock() where bison_inbox_id between p_from and p_to;
  select private.relay_outbox_tick();
$$;

select pg_temp.disconnect(1, 7);
select results_eq(
  'select text, inboxes from told',
  $$values (
    'ada1@acme.test, ada2@acme.test, ada3@acme.test, ada4@acme.test, ada5@acme.test and 2 more: '
    '7 inboxes lost the connection to EmailBison. Connect again there.', 7
  )$$, 'one message, however many'
);
select pg_temp.disconnect(1, 7);
select is((select count(*) from told), 1::bigint, 'one that comes and goes is not told again');
select pg_temp.disconnect(7, 8);
select is(
  (select text from told limit 1 offset 1),
  'ada8@acme.test: this inbox lost the connection to EmailBison. Connect again there.', 'another one is'
);
insert into public.inboxes (bison_inbox_id, client, name, email, status)
values (9, 'Acme', 'Zoe', 'zoe@acme.test', 'Connected');
select pg_temp.disconnect(1, 9);
select is(
  (select count(*) from told where text = 'zoe@acme.test: this inbox lost the connection to EmailBison. Connect again there.'),
  1::bigint, 'one is named that falls with many who were told of'
);
select tests.set_clock('2026-03-03 15:01:00+00');
select pg_temp.disconnect(1, 1);
select is((select count(*) from told), 4::bigint, 'after a day it is news again');
select is(
  (select count(*) from shared.processed_events where consumer_name = 'webhooks'), 0::bigint, 'and customers without a webhook hear nothing'
);

select * from finish();
rollback;
