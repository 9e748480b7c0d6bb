begin;
select plan(4);

select tests.endpoint('bison');
insert into people.master (email) values ('casey@fabrikam.test'), ('other@fabrikam.test');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select private.fold_counters();
insert into public.meetings_booked (client, email, created_time)
values ('Acme', 'casey@fabrikam.test', '2026-03-06 10:00Z'), ('Acme', 'other@fabrikam.test', '2026-03-06 10:00Z');
insert into public.master_contacts_db (email) values ('casey@fabrikam.test');
insert into "Master".contact_lists (client, campaign_id, name, created_by, filter)
values ('Acme', '401', 'L', 'me', '{"emails": ["casey@fabrikam.test", "other@fabrikam.test"]}');
insert into "Master".bison_queue (client, campaign_id, contact_id) select 'Acme', '401', id from public.master_contacts_db;
select private.feed_marketing();
select results_eq(
  $$
    select t.key collate "C", jsonb_array_length(t.value)
    from jsonb_each(integrations.export_person('casey@fabrikam.test') -> 'data') t
    where t.key like 'marketing.%' order by 1
  $$,
  $$values ('marketing.attribution' collate "C", 1), ('marketing.outreach_history', 1)$$, 'what was sent and what came of it'
);
select integrations.erase_person('casey@fabrikam.test');
select is((select count(*) from marketing.outreach_history), 0::bigint, 'no mail is left');
select is((select count(*) from marketing.attribution), 1::bigint, 'and of the other person all is');
select results_eq(
  $$select (select count(*) from "Master".bison_queue), filter #>> '{emails,0}' ~ 'erased', filter #>> '{emails,1}'
    from "Master".contact_lists$$,
  $$values (0::bigint, true, 'other@fabrikam.test')$$, 'nor a place in the queue or on a list'
);

select * from finish();
rollback;
