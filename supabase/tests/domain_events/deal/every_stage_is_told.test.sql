begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.told() returns text[] language sql as $$
  select array_agg(concat_ws(' ', e.event_type, e.event_data ->> 'from', e.event_data ->> 'to') order by e.position)
  from shared.outbox_events e
  where e.aggregate_type = 'deal'
$$;
insert into public.crm_deals (client, name) values ('Acme', 'Pilot');
update public.crm_deals set stage = 'proposal';
update public.crm_deals set amount = 5, stage = 'proposal';
update public.crm_deals set stage = 'won';
update public.crm_deals set stage = 'lost', close_reason = 'Budget';
select is(
  pg_temp.told(),
  array[
    'deal.created', 'deal.stage_changed qualification proposal', 'deal.stage_changed proposal won', 'deal.won',
    'deal.stage_changed won lost', 'deal.lost'
  ],
  'its beginning, every change of stage and both ends'
);
select is(
  (select e.event_data ->> 'close_reason' from shared.outbox_events e where e.event_type = 'deal.lost'), 'Budget', 'why'
);
select is(
  (select (e.event_data ->> 'probability')::integer from shared.outbox_events e where e.event_type = 'deal.won'), 100,
  'as the deal is then'
);
delete from shared.outbox_events;
insert into public.crm_deals (client, name, stage) values ('Acme', 'Import', 'won');
select is(pg_temp.told(), array['deal.created', 'deal.won'], 'a deal may be won from the start');

select * from finish();
rollback;
