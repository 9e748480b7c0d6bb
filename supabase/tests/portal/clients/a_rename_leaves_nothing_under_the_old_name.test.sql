begin;
select plan(8);

insert into public."Clients" ("Business") values ('Acme'), ('Beta');
create temp table ids as select private.client_id_of('Acme') as acme;

insert into public."Campaigns" (client, campaign_name, campaign_id) values ('Acme', 'Spring', '1');
insert into public.client_targets (client) values ('Acme');
insert into public.all_leads (client, campaign_id, email)
values ('Acme', '1', 'ada@lead.test'), ('Beta', '1', 'ada@lead.test');
insert into public.replies (client, reply_id) values ('Acme', 1);
insert into public.engaged_leads (client, email) values ('Acme', 'ada@lead.test');
insert into public.crm_deals (client, contact_id, name) select client, id, 'Deal' from public.crm_contacts;
insert into public.crm_tasks (client, contact_id, deal_id, text)
select client, contact_id, id, 'Call' from public.crm_deals;
insert into public.meetings_booked (client, email) values ('Acme', 'ada@lead.test');
insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 1, 'Ann', 'ann@acme.test');
insert into public.inbox_tags (client, bison_tag_id, name) values ('Acme', 1, 'Google');
insert into public.inbox_tag_assignments (inbox_id, tag_id) select 1, id from public.inbox_tags;
create temp table of_acme as select tests.create_user('member', 'Acme') as user_id;

select tests.authenticate_as(tests.create_user('admin'));
select lives_ok(
  $$update public."Clients" set "Business" = 'Acme Inc' where "Business" = 'Acme'$$, 'staff renames a client'
);
select tests.clear();

-- Every table that names its client, found as the rename finds them.
create function pg_temp.named(p_client text) returns table (tbl text, found bigint) language plpgsql as $$
declare
  v_column record;
begin
  for v_column in
    select a.attrelid::regclass as tbl, a.attname
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
    where a.atttypid = 'text'::regtype and a.attname in ('client', 'last_client', 'client_name', 'business', 'Business')
  loop
    return query execute format('select %L::text, count(*) from %s where %I = %L having count(*) > 0',
      v_column.tbl, v_column.tbl, v_column.attname, p_client);
  end loop;
end;
$$;

select is_empty($$select * from pg_temp.named('Acme')$$, 'no row is left under the old name');
select cmp_ok((select count(*) from pg_temp.named('Acme Inc')), '>=', 13::bigint, 'they carry the new one');
select is(private.client_id_of('Acme Inc'), (select acme from ids), 'the id stays');
select is((select count(*) from public.all_leads where client = 'Beta'), 1::bigint, 'another client keeps its own');
select results_eq(
  $$select c.client, d.client, t.client from public.crm_contacts c, public.crm_deals d, public.crm_tasks t$$,
  $$values ('Acme Inc', 'Acme Inc', 'Acme Inc')$$,
  'the lead keeps its one contact, with its deal and task'
);

select tests.authenticate_as((select user_id from of_acme));
select is((select count(*) from public.engaged_leads), 1::bigint, 'the client''s users still see its rows');
select tests.clear();

select throws_ok(
  $$update public."Clients" set "Business" = 'Beta' where "Business" = 'Acme Inc'$$,
  '23505', null, 'a name that another client has is refused'
);

select * from finish();
rollback;
