begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme');
alter table public.crm_contacts disable trigger _900_emit_on_insert;
insert into public.crm_contacts (client, email)
select 'Acme', 'person' || i || '@fabrikam.test' from generate_series(1, 1200) as i;
create temp table contact as
select c.id, row_number() over (order by c.email, c.id) as n from public.crm_contacts c;

select private.emit_rows(
  'contact.updated', array(select id from contact where n <= 50 order by n),
  array(select jsonb_build_object('changed', n) from contact where n <= 50 order by n)
);
select is((select count(*) from shared.outbox_events), 50::bigint, 'fifty are told at once');
select is(
  (
    select count(*)
    from shared.outbox_events e
    join contact c on c.id = e.aggregate_id
    where e.event_data ->> 'changed' = c.n::text
      and e.event_data ->> 'email' = (select r.email from public.crm_contacts r where r.id = c.id)
  ),
  50::bigint, 'each with what is to be added for it'
);

select private.emit_rows(
  'contact.updated', array(select id from contact order by n),
  array(select jsonb_build_object('changed', n) from contact order by n)
);
select is((select count(*) from shared.outbox_events), 50::bigint, 'more are left to the relay');
select is(
  (select array_agg(cardinality(b.ids) order by b.position) from private.event_batches b), array[500, 500, 200],
  'in batches'
);
delete from public.crm_contacts c where c.id = (select id from contact where n = 1200);
select is(private.relay_outbox_tick(), 50 + 1199, 'which tells those that are still there');
select is((select count(*) from private.event_batches), 0::bigint, 'no batch is left');
select is(
  (
    select count(*)
    from shared.domain_event_logs l
    join contact c on c.id = l.aggregate_id
    where l.payload ->> 'changed' = c.n::text
  ),
  50 + 1199::bigint, 'each with what is to be added for it'
);

select * from finish();
rollback;
