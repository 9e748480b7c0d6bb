begin;
select plan(10);

insert into public."Clients" ("Business") values ('Acme');
insert into public."Campaigns" (client, campaign_id, campaign_name) values ('Acme', '401', 'Spring'), ('Acme', '402', 'Summer');
insert into public.master_contacts_db (email, company_name, source)
values ('a@one.test', 'One', 'apollo'), ('b@two.test', null, 'apollo'), ('c@three.test', 'Three', 'apollo');
create temp table built as
select public.build_contact_list('Acme', '401', 'L', '{}', '{"Company Name": "company_name"}') as id;
grant select on built to authenticated;
select is((select public.push_contact_list(id) from built), 3, 'all are queued');
select is((select public.push_contact_list(id) from built), 0, 'once');
select is(
  (select count(*) from outbound.job_queue where job_type = 'push_leads' and status = 'waiting'), 1::bigint, 'and one job waits'
);
select public.build_contact_list('Acme', '402', 'The same people', '{}');
select is(
  (select excluded from "Master".contact_lists where campaign_id = '402'), '{"already_contacted": 3}',
  'who is on the way into one campaign goes into no other'
);

update public.master_contacts_db set contact_status = 'unsubscribed' where email = 'a@one.test';
select tests.set_clock('2026-03-01 12:00Z');
select results_eq(
  $$select jsonb_array_length(contacts), contacts @? '$[*] ? (@.email == "b@two.test")', jsonb_path_query_first(contacts, '$[*] ? (@.email == "b@two.test").variables')
    from integrations.claim_push('Acme', '401', 'worker 1')$$,
  $$values (2, true, '{}'::jsonb)$$, 'who unsubscribed meanwhile is skipped; a blank column is no variable'
);
select results_eq(
  'select status, problem from "Master".bison_queue where problem is not null', $$values ('skipped', 'unsubscribed')$$, 'with the reason'
);
select is((select count(*) from integrations.claim_push('Acme', '401', 'worker 2')), 0::bigint, 'what is claimed is nobody else''s');
select is(
  (select jsonb_array_length(contacts) from integrations.claim_push('Acme', '401', 'worker 1')), 2, 'but the same job''s, which starts anew'
);
select tests.set_clock('2026-03-01 12:06Z');
select is(
  (select jsonb_array_length(contacts) from integrations.claim_push('Acme', '401', 'worker 2')), 2, 'and anybody''s when the lease is over'
);
select is(
  (
    select count(*)
    from integrations.store_created_leads(
      (select max(batch_id::text)::uuid from "Master".bison_queue where status = 'pushing'), 'worker 1',
      (select jsonb_agg(jsonb_build_object('queue_id', id, 'lead_id', 1)) from "Master".bison_queue), '[]'
    )
  ),
  0::bigint, 'who lost the lease stores nothing'
);

select * from finish();
rollback;
