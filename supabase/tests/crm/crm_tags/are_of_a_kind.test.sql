begin;
select plan(3);

insert into crm_tags (client, name, entity_type)
select 'Acme', 'VIP', kind from unnest('{company,contact,deal}'::text[]) as kind;
select is((select count(*) from crm_tags where color = '#6366f1'), 3::bigint, 'for companies, contacts and deals');
select throws_ok(
  $$insert into crm_tags (client, name, entity_type) values ('Acme', 'x', 'task')$$, '23514', null, 'no other'
);
select throws_ok(
  $$insert into crm_tags (client, name, entity_type) values ('Acme', 'x', null)$$, '23502', null, 'nor none'
);

select * from finish();
rollback;
