begin;
select plan(17);

insert into "Clients" ("Business") values ('Acme');

select lives_ok(
  $$
    insert into client_knowledge_base (client, company, company_people, copy_variables) values (
      'Acme', '{"name": "Acme", "founded": null, "own_idea": [1]}', '[{"name": "Bo", "role": null}]',
      '{"first_name": "x", "count": 3, "vip": true, "none": null}'
    )
  $$,
  'what is known has its type, what is not asked for may be null, and other members are welcome'
);
select throws_like($$update client_knowledge_base set company = '[]'$$, 'company is array, not object.', 'a list');
select throws_like(
  $$update client_knowledge_base set company = '{"values": "x"}'$$, 'company.values is string, not array.', 'a member'
);
select throws_like(
  $$update client_knowledge_base set company_people = '[{"name": "Bo"}, {"role": "CEO"}]'$$,
  'company_people[1].name is missing.', 'an item without its name'
);
select throws_like(
  $$update client_knowledge_base set company_people = '[{"name": " "}]'$$, 'company_people[0].name is empty.', 'a blank'
);
select throws_like(
  $$update client_knowledge_base set company_people = '[{"name": null}]'$$,
  'company_people[0].name is missing.', 'null for what must be there'
);
select throws_like(
  $$update client_knowledge_base set copy_variables = '{"a": {"b": 1}}'$$,
  'copy_variables.a is object, not string or number or boolean or null.', 'a variable that is no scalar'
);
select throws_like(
  $$update client_knowledge_base set company = jsonb_build_object('name', repeat('x', 20001))$$,
  'company.name is longer than 20000.', 'a novel'
);
select throws_like(
  $$
    update client_knowledge_base
    set company_people = (select jsonb_agg(jsonb_build_object('name', 'n' || i)) from generate_series(1, 501) i)
  $$,
  'company_people has more than 500 items.', 'a telephone book'
);
select throws_ok($$update client_knowledge_base set company = '7'$$, 'MR002', null, 'under a code of ours');
select lives_ok($$update client_knowledge_base set company = null$$, 'no value at all');

select throws_like(
  $$
    insert into client_iteration_logs (client, action_type, description, created_by, mentioned_users)
    values ('Acme', 'copy', 'x', 'me', '[{"slack_id": "U1"}]')
  $$,
  'mentioned_users[0].display_name is missing.', 'mentions of a log'
);
select lives_ok(
  $$
    insert into client_iteration_logs (client, action_type, description, created_by, mentioned_users)
    values ('Acme', 'copy', 'x', 'me', '[{"slack_id": "U1", "display_name": "Bo"}]')
  $$,
  'as documented'
);
select throws_like(
  $$insert into client_copywriting (client, prompt_templates) values ('Acme', '[{"name": "a"}]')$$,
  'prompt_templates[0].prompt is missing.', 'prompts'
);
select throws_like(
  $$insert into client_plan_of_action (client, tasks) values ('Acme', '[{"text": "a", "done": "yes"}]')$$,
  'tasks[0].done is string, not boolean.', 'tasks'
);
select throws_like(
  $$insert into client_opportunity_maps (client, title, segments) values ('Acme', 'M', '[{"name": "a", "share": "b"}]')$$,
  'segments[0].share is string, not number.', 'segments'
);

select is_empty(
  $$
    select c.oid::regclass, a.attname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.atttypid = 'jsonb'::regtype and a.attnum > 0
    where c.relname in (
      'client_iteration_logs', 'client_knowledge_base', 'client_copywriting', 'client_opportunity_maps',
      'client_plan_of_action'
    )
    and c.relkind = 'r'
    and not exists (
      select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conname = a.attname || '_has_its_shape'
    )
  $$,
  'no jsonb column of a document is without its shape'
);

select * from finish();
rollback;
