begin;
select plan(4);
select tests.connect_slack();
create temp view told as select text, details -> 'mentions' as mentions from integrations.notices order by created_at, text;

insert into public.client_iteration_logs (client, action_type, description, created_by)
values ('Acme', 'note', 'Nobody in it', 'Robin');
select is((select count(*) from told), 0::bigint, 'who names nobody tells nobody');
insert into public.client_iteration_logs (client, action_type, description, created_by, campaign_name, mentioned_users)
values ('Acme', 'copy', 'New opener', 'Robin', 'Spring', '[{"slack_id": "U1", "display_name": "Ada"}]');
select results_eq(
  'select text, mentions from told', $$values ('Robin, copy in Spring: New opener', '["U1"]'::jsonb)$$, 'who is named is told'
);
update public.client_iteration_logs
set mentioned_users = mentioned_users || '[{"slack_id": "U2", "display_name": "Grace"}]' where action_type = 'copy';
select bag_eq('select mentions from told', $$values ('["U1"]'::jsonb), ('["U2"]')$$, 'later only those who are new');
update public.client_iteration_logs set mentioned_users = '[]', description = 'x';
select is((select count(*) from told), 2::bigint, 'nobody else');

select * from finish();
rollback;
