begin;
select plan(11);

insert into engaged_leads (client, email, first_name, lead_phone, tech_stack, custom_variables_jsonb)
values ('Acme', 'a@x.example', 'Ada', '+1', '{Go}', '{"city": "Austin", "tier": "A"}');

update engaged_leads
set first_name = null, lead_phone = null, tech_stack = null, is_hiring = null, custom_variables_jsonb = null,
    stage = null;
select results_eq(
  'select first_name, lead_phone, tech_stack, is_hiring, stage, custom_variables_jsonb from crm_contacts',
  $$values ('Ada', '+1', '{Go}'::text[], false, 'new', '{"city": "Austin", "tier": "A"}'::jsonb)$$,
  'an update that empties the lead empties nothing'
);

insert into engaged_leads (client, email, custom_variables_jsonb, is_hiring, stage, last_event_at)
values ('Acme', 'A@x.example', null, null, null, now() + interval '1 day');
select results_eq(
  'select first_name, lead_phone, is_hiring, stage, custom_variables_jsonb from crm_contacts',
  $$values ('Ada', '+1', false, 'new', '{"city": "Austin", "tier": "A"}'::jsonb)$$,
  'nor does a new lead that knows less'
);

update engaged_leads set custom_variables_jsonb = '{"city": null, "tier": "B", "role": "buyer"}'
where email = 'A@x.example';
select is(
  (select custom_variables_jsonb from crm_contacts), '{"city": "Austin", "tier": "B", "role": "buyer"}'::jsonb,
  'variables are merged one by one'
);
update engaged_leads set custom_variables_jsonb = '["no", "object"]' where email = 'A@x.example';
select is(
  (select custom_variables_jsonb from crm_contacts), '{"city": "Austin", "tier": "B", "role": "buyer"}'::jsonb,
  'what are no variables is left where it is'
);

insert into engaged_leads (client, email, stage, is_hiring, engaged) values ('Acme', 'b@x.example', 'demo', true, true);
insert into engaged_leads (client, email, engaged, last_event_at)
values ('Acme', 'B@x.example', false, now() + interval '1 day');
select results_eq(
  $$select stage, is_hiring, status from crm_contacts where email = 'b@x.example'$$,
  $$values ('demo', true, 'hot')$$,
  'the defaults of a new lead say nothing'
);
update engaged_leads set is_hiring = true where email = 'B@x.example';
update engaged_leads set is_hiring = false where email = 'B@x.example';
select is(
  (select is_hiring from crm_contacts where email = 'b@x.example'), false, 'a default that is chosen does'
);

-- A blank says no more than a null: imports write empty cells so.
insert into engaged_leads (client, email, first_name, last_name, job_title, company, stage)
values ('Acme', 'c@x.example', 'Cat', 'Byron', 'CTO', 'Bolt', 'demo');
insert into engaged_leads (client, email, first_name, last_name, job_title, company, stage, last_event_at)
values ('Acme', 'C@x.example', '', ' ', '', '', '', now() + interval '1 day');
select results_eq(
  $$select full_name, job_title, company_name, stage from crm_contacts where email = 'c@x.example'$$,
  $$values ('Cat Byron', 'CTO', 'Bolt', 'demo')$$, 'a new lead with blanks empties nothing'
);
update engaged_leads set first_name = '', job_title = ' ' where email = 'c@x.example';
select results_eq(
  $$select full_name, job_title from crm_contacts where email = 'c@x.example'$$, $$values ('Cat Byron', 'CTO')$$,
  'nor does an update'
);
insert into engaged_leads (client, email, first_name, last_name, full_name, job_title, stage)
values ('Acme', 'd@x.example', '', '', 'Dan Dare', ' ', '');
select results_eq(
  $$select first_name, last_name, job_title, stage from crm_contacts where email = 'd@x.example'$$,
  $$values ('Dan', 'Dare', null, 'new')$$, 'a full name is taken apart beside blanks as well'
);
update engaged_leads set full_name = 'Daniel Dare' where email = 'd@x.example';
select is((select first_name from crm_contacts where email = 'd@x.example'), 'Daniel', 'and travels when it changes');
update engaged_leads set first_name = ' Danny', last_name = 'D. ' where email = 'd@x.example';
select is((select full_name from crm_contacts where email = 'd@x.example'), 'Danny D.', 'until there are parts');

select * from finish();
rollback;
