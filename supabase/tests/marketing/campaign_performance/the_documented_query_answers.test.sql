begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public."Campaigns" (client, campaign_id, campaign_name, status)
values ('Acme', '1', 'Good', 'Active'), ('Acme', '2', 'Silent', 'active'), ('Acme', '3', 'Over', 'Completed'), ('Birch', '1', 'Best', 'Active');
insert into public.campaign_reporting (client, campaign_id, date, emails_sent, unique_replies_per_contact)
values ('Acme', 1, '2026-03-01', 200, 9), ('Acme', 1, '2026-03-02', 100, 0), ('Acme', 3, '2026-03-01', 10, 9), ('Birch', 1, '2026-03-01', 10, 5);
select private.feed_marketing();
select results_eq(
  $$
    SELECT
      c.name,
      c.sent_count,
      c.response_count,
      ROUND(100.0 * c.response_count / NULLIF(c.sent_count, 0), 2) as response_rate
    FROM marketing.campaigns c
    WHERE c.status = 'active'
    ORDER BY response_rate DESC;
  $$,
  $$values ('Silent', 0, 0, null::numeric), ('Best', 10, 5, 50.00), ('Good', 300, 9, 3.00)$$,
  'as it is documented'
);
select results_eq(
  'select * from marketing.campaign_performance where sent_count > 0',
  $$values ('Best', 10, 5, 50.00), ('Good', 300, 9, 3.00)$$, 'and as a view'
);
select tests.authenticate_as(tests.create_user('viewer', 'Acme'));
select results_eq(
  'select name from marketing.campaign_performance where sent_count > 0', $$values ('Good')$$, 'a client''s user sees its own'
);
select throws_ok($$update marketing.campaigns set name = 'x'$$, '42501', null, 'and changes nothing');
select tests.as_role('service_role');
select is((select count(*) from marketing.campaigns), 4::bigint, 'a service sees all');
select throws_ok('delete from marketing.outreach_history', '42501', null, 'and deletes nothing');
select throws_ok(
  $$insert into marketing.attribution (person_id, client, conversion_type, converted_at, subject_id)
    values (gen_random_uuid(), 'Acme', 'sale', now(), gen_random_uuid())$$,
  '42501', null, 'nor writes by hand'
);

select * from finish();
rollback;
