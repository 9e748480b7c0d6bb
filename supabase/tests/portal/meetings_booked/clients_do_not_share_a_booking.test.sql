begin;
select plan(6);

insert into public.meetings_booked (client, email) values ('Acme', 'ada@lead.test'), ('Beta', 'ada@lead.test');
select is((select count(*) from public.meetings_booked), 2::bigint, 'one person may meet two clients');

select throws_ok(
  $$insert into public.meetings_booked (client, email) values ('Acme', 'ADA@lead.test')$$,
  '23505', null, 'a client has one row a person, in any case'
);

insert into public.meetings_booked (email) values ('bob@lead.test');
select throws_ok(
  $$insert into public.meetings_booked (email) values ('bob@lead.test')$$,
  '23505', null, 'also where the client is not known'
);

select is((select distinct status from public.meetings_booked), 'booked', 'a meeting is booked');
select lives_ok(
  $$update public.meetings_booked set status = 'no_show' where client = 'Acme'$$, 'or canceled, or missed'
);
select throws_ok($$update public.meetings_booked set status = 'lost'$$, '23514', null, 'and nothing else');

select * from finish();
rollback;
