begin;
select plan(4);

insert into public."Clients" ("Business") values ('Acme');
insert into people.master (email) values ('ann@one.test'), ('ben@two.test');
select private.feed_marketing();
create function pg_temp.demos() returns setof text language sql as $$
  select p.email from marketing.attribution a join people.master p on p.id = a.person_id where a.conversion_type = 'demo'
$$;
insert into public.engaged_leads (client, email, demo_booked, demo_booked_at) values ('Acme', 'Ann@one.test', true, '2026-03-01Z');
select private.feed_marketing();
select results_eq('select * from pg_temp.demos()', array['ann@one.test'], 'a lead that comes with its demo');
update public.engaged_leads set email = 'ben@two.test';
select private.feed_marketing();
select results_eq('select * from pg_temp.demos()', array['ben@two.test'], 'follows a corrected address');
update public.engaged_leads set demo_booked = false;
select private.feed_marketing();
select is_empty('select * from pg_temp.demos()', 'a demo that is taken back is none');
update public.engaged_leads set demo_booked = true, demo_booked_at = '2026-03-02Z';
select private.feed_marketing();
delete from public.engaged_leads;
select private.feed_marketing();
select is_empty('select * from pg_temp.demos()', 'nor is one whose lead is deleted');

select * from finish();
rollback;
