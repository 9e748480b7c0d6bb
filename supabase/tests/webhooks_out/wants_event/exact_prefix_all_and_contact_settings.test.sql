begin;
select plan(1);

create temp table asked (n integer, events text[], contact boolean, types text[], categories text[], type text, data jsonb, wanted boolean);
insert into asked
values
  (1, '{lead.replied}', false, null, null, 'lead.replied', '{}', true),
  (2, '{lead.replied}', false, null, null, 'lead.interested', '{}', false),
  (3, '{lead.*}', false, null, null, 'lead.interested', '{}', true),
  (4, '{lead.*}', false, null, null, 'leads.interested', '{}', false),
  (5, '{*}', false, null, null, 'deal.won', '{}', true),
  (6, '{}', false, null, null, 'deal.won', '{}', false),
  (7, null, null, null, null, 'deal.won', '{}', false),
  (8, null, true, null, null, 'contact.created', '{}', true),
  (9, null, true, null, null, 'deal.won', '{}', false),
  (10, null, true, '{created}', null, 'contact.created', '{}', true),
  (11, null, true, '{contact.created}', null, 'contact.created', '{}', true),
  (12, null, true, '{created}', null, 'contact.updated', '{}', false),
  (13, null, true, null, '{sales}', 'contact.updated', '{"category": "sales"}', true),
  (14, null, true, null, '{sales}', 'contact.updated', '{"category": "support"}', false),
  (15, null, true, null, '{sales}', 'contact.updated', '{}', false),
  (16, '{contact.updated}', true, '{created}', null, 'contact.updated', '{}', true);

select is_empty(
  $$
    select a.n
    from asked a
    where private.wants_event(
      row(null, null, a.events, a.contact, a.types, a.categories, 10)::private.listening_endpoints, a.type, a.data
    ) is distinct from a.wanted
  $$,
  'an endpoint gets what it listens to'
);

select * from finish();
rollback;
