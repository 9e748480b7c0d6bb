begin;
select plan(5);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public."Campaigns" (client, campaign_id, campaign_name)
values ('Acme', '401', 'Spring'), ('Acme', '402', 'Summer'), ('Birch', '401', 'Spring');
insert into people.master (email, name)
values
  ('one@old.test', 'Ann Lee'), ('one@new.test', 'Ann Lee'), ('two@old.test', 'Ben Ray'), ('two@new.test', 'Ben Ray'),
  ('three@old.test', 'Cy Doe'), ('three@new.test', 'Cy Doe'), ('four@old.test', 'Di Fox'), ('four@new.test', 'Di Fox'),
  ('five@old.test', 'Ed Roe'), ('five@new.test', 'Ed Roe');
select private.bridge_hub();
create temp table merges as
select people.merge_people(k.id, m.id) as id, k.email
from people.master k join people.master m on m.email = replace(k.email, 'old', 'new') where k.email like '%old.test';
insert into public.all_leads (client, campaign_id, email, unsubscribed_at, bounced_at)
values
  ('Acme', '402', 'Two@new.test', '2026-01-01', null), ('Acme', '401', 'three@new.test', null, null),
  ('Acme', '402', 'four@new.test', null, '2026-01-01'), ('Acme', '402', 'five@old.test', null, '2026-01-01');
create temp table built as select public.build_contact_list('Acme', '401', 'L') as id;
create function pg_temp.choices(p_client text) returns table (email text, reason text) language sql as $$
  select m.email, k.reason
  from "Master".campaign_contact_db k join public.master_contacts_db m on m.id = k.contact_id where k.client = p_client
$$;
select results_eq(
  $$select email collate "C", reason from pg_temp.choices('Acme') order by 1$$,
  $$values
    ('five@new.test' collate "C", null), ('five@old.test', 'bounced'), ('four@new.test', 'bounced'), ('four@old.test', null),
    ('one@new.test', 'merged'), ('one@old.test', null),
    ('three@new.test', 'merged'), ('three@old.test', 'already_contacted'), ('two@new.test', 'unsubscribed'), ('two@old.test', 'unsubscribed')$$,
  'what was told under one address holds for the other, and only one that can be reached is written to'
);
select public.build_contact_list('Birch', '401', 'L');
select is(
  (select count(*) from pg_temp.choices('Birch') where reason is null), 5::bigint, 'for another client all of them are free, once'
);
select public.push_contact_list(id) from built;
insert into public.all_leads (client, campaign_id, email) values ('Acme', '401', 'one@new.test');
select is((select jsonb_array_length(contacts) from integrations.claim_push('Acme', '401', 'w')), 2, 'who is still free goes');
select results_eq(
  $$select m.email, q.problem from "Master".bison_queue q join public.master_contacts_db m on m.id = q.contact_id where q.status = 'skipped'$$,
  $$values ('one@old.test', 'already_contacted')$$, 'who came into the campaign by the other address meanwhile is skipped'
);
delete from public.all_leads where email = 'one@new.test';
select people.undo_merge(id) from merges where email = 'one@old.test';
select public.build_contact_list('Acme', '401', 'Once more');
select results_eq(
  $$select email from pg_temp.choices('Acme') where reason is null and email ~ '^one' order by 1$$, array['one@new.test', 'one@old.test'], 'parted again, they are two'
);

select * from finish();
rollback;
