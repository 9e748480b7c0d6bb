begin;
select plan(14);

insert into "Clients" ("Business") values ('Acme'), ('Tokyo');
update integrations.tenants set time_zone = 'Asia/Tokyo' where business = 'Tokyo';
create function pg_temp.closed(p_name text) returns date language sql as $$
  select actual_close_date from crm_deals where name = p_name
$$;

select tests.set_clock('2026-03-01 20:00Z');
insert into crm_deals (client, name) values ('Acme', 'a'), ('Tokyo', 't'), ('Nobody', 'n');
select is(pg_temp.closed('a'), null, 'an open deal has none');
update crm_deals set stage = 'won';
select is(pg_temp.closed('a'), '2026-03-01', 'the day it is won');
select is(pg_temp.closed('t'), '2026-03-02', 'in the client''s time zone');
select is(pg_temp.closed('n'), '2026-03-01', 'UTC where that is not known');

select tests.set_clock('2026-03-05 12:00Z');
update crm_deals set close_reason = 'price' where name = 'a';
select is(pg_temp.closed('a'), '2026-03-01', 'it stays');
update crm_deals set stage = 'lost' where name = 'a';
select is(pg_temp.closed('a'), '2026-03-05', 'lost after all, it is that day');
update crm_deals set stage = 'demo' where name = 'a';
select is(pg_temp.closed('a'), null, 'reopened, it is none');
update crm_deals set stage = 'won', actual_close_date = '2026-02-28' where name = 'a';
select is(pg_temp.closed('a'), '2026-02-28', 'another day is kept');

insert into crm_deals (client, name, stage) values ('Acme', 'b', 'lost');
insert into crm_deals (client, name, stage, actual_close_date) values ('Acme', 'c', 'won', '2026-01-31');
select is(pg_temp.closed('b'), '2026-03-05', 'a deal may be made closed');
select is(pg_temp.closed('c'), '2026-01-31', 'on another day');

-- What closed it before closes it no more.
insert into crm_deals (client, name, stage, close_reason) values ('Acme', 'd', 'lost', 'Budget');
update crm_deals set stage = 'demo' where name = 'd';
select is((select close_reason from crm_deals where name = 'd'), null, 'reopened, it has no reason');
update crm_deals set stage = 'won' where name = 'd';
select is((select text from crm_notes where type = 'deal_won' and text like '%: d%'), 'Deal won: d', 'nor when it is won');
update crm_deals set close_reason = 'price' where name = 'd';
update crm_deals set stage = 'lost' where name = 'd';
select is((select close_reason from crm_deals where name = 'd'), 'price', 'one that is closed otherwise keeps its reason');
update crm_deals set stage = 'lead', close_reason = 'asked again' where name = 'd';
select is((select close_reason from crm_deals where name = 'd'), 'asked again', 'and one may be given at once');

select * from finish();
rollback;
