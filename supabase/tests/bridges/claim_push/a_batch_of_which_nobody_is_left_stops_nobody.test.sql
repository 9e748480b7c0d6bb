begin;
select plan(3);

insert into public."Clients" ("Business") values ('Acme');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring');
insert into public.master_contacts_db (email) values ('a@one.test'), ('b@two.test'), ('c@three.test');
select public.push_contact_list(public.build_contact_list('Acme', '401', 'L'));
update public.master_contacts_db m set contact_status = 'unsubscribed'
where m.id in (select q.contact_id from "Master".bison_queue q order by q.id limit 2);
delete from outbound.job_queue;
select is_empty($$select from integrations.claim_push('Acme', '401', 'w', 2)$$, 'the first batch is skipped as a whole');
select is((select count(*) from outbound.job_queue where job_type = 'push_leads'), 1::bigint, 'a job for the next one follows at once');
delete from outbound.job_queue;
select is(
  (select jsonb_array_length(contacts) from integrations.claim_push('Acme', '401', 'w', 2)), 1, 'and takes who is left'
);

select * from finish();
rollback;
