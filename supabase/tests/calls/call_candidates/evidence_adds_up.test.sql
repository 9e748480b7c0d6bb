begin;
select plan(12);

insert into public."Clients" ("Business", "Website")
values
  ('Northwind Robotics', 'https://www.northwind.example/about'), ('Bluebird Logistics', 'bluebird.example'),
  ('Bluebird Foods', null), ('Ace', null);
create function pg_temp.likeliest(p_title text, variadic p_emails text[])
returns text
language sql
as $$
  select string_agg(format('%s %s', c.client, c.confidence), ', ' order by c.confidence desc, c.client)
  from private.call_candidates(
    (
      select jsonb_agg(jsonb_build_object('email', e, 'domain', split_part(e, '@', 2), 'is_external', true))
      from unnest(p_emails) as e
    ),
    p_title
  ) c
$$;

select is(pg_temp.likeliest('Intro', 'a@northwind.example'), 'Northwind Robotics 0.9', 'the domain is the website');
select is(pg_temp.likeliest('Intro', 'a@mail.northwind.example'), 'Northwind Robotics 0.9', 'or below it');
select is(pg_temp.likeliest('Intro', 'a@notnorthwind.example'), null, 'not one that only ends like it');
select is(pg_temp.likeliest('Northwind Robotics weekly', 'a@x.example'), 'Northwind Robotics 0.55', 'the title names it');
select is(pg_temp.likeliest('northwind <> us', 'a@x.example'), 'Northwind Robotics 0.45', 'by its first word');
select is(pg_temp.likeliest('Bluebird call', 'a@x.example'), null, 'unless two names begin with the word');
select is(pg_temp.likeliest('Ace of spades', 'a@x.example'), 'Ace 0.55', 'a short whole name counts');
select is(pg_temp.likeliest('The Northwinds', 'a@x.example'), null, 'a part of another word does not');
select is(
  pg_temp.likeliest('Northwind Robotics weekly', 'a@northwind.example'), 'Northwind Robotics 0.955', 'evidence adds up'
);

insert into public.crm_contacts (client, email) values ('Bluebird Foods', 'Kim@Gmail.com');
select is(pg_temp.likeliest('Intro', 'kim@gmail.com'), 'Bluebird Foods 0.6', 'a contact of the CRM');
select is(
  pg_temp.likeliest('Intro', 'kim@gmail.com', 'a@northwind.example'), 'Northwind Robotics 0.9, Bluebird Foods 0.6',
  'several clients, the likeliest first'
);
insert into integrations.memberships (user_id, client, role)
values (tests.create_user('member', 'Ace'), 'Northwind Robotics', 'viewer');
select is(
  pg_temp.likeliest('Intro', (select u.email from auth.users u join integrations.memberships m on m.user_id = u.id
    where m.client = 'Northwind Robotics')),
  'Ace 0.97, Northwind Robotics 0.97', 'somebody who signs in for the client'
);

select * from finish();
rollback;
