begin;
select plan(25);

insert into "Clients" ("Business") values ('Acme'), ('Birch');
insert into client_fathom_calls (client, title, transcript, call_date, action_items)
values
  ('Acme', 'Kick-off', E'Robin: Our customers are retail chains in Europe.\nBo: We struggle with slow replies. '
    'Our goal is ten meetings a month.', '2026-03-01', '[{"description": "Send the list"}]'),
  ('Birch', 'Other', 'Secret plan.', '2026-03-02', '[]'),
  ('Acme', 'Silent', null, '2026-03-03', '[]');

select tests.authenticate_as(tests.create_user('manager'));
select throws_ok($$select request_draft('Acme', 'poem')$$, 'MR002', null, 'no such kind');
select throws_ok($$select request_draft('Nobody', 'knowledge_base')$$, 'MR001', null, 'no such client');
select throws_ok(
  $$select request_draft('Acme', 'knowledge_base', array(select id from client_fathom_calls where client = 'Birch'))$$,
  'MR002', null, 'another client''s call'
);
select throws_ok(
  $$select request_draft('Acme', 'knowledge_base', array(select id from client_fathom_calls where title = 'Silent'))$$,
  'MR002', null, 'a call in which nothing was said'
);
select isnt(request_draft('Acme', 'opportunity_map', null, 'Market'), null, 'a draft of the newest calls');
select is((select cardinality(call_ids) from client_drafts), 1, 'that have words');
select tests.clear();
select is(
  (select payload ->> 'draft_id' from outbound.job_queue where job_type = 'write_draft'),
  (select id::text from client_drafts), 'a job writes it'
);
create temp view d as select * from client_drafts order by created_at desc, id limit 1;
select is((select jsonb_array_length(calls) from integrations.get_draft((select id from d))), 1, 'from its calls');
select is(
  (select shape #> '{properties,segments,items,required}' from integrations.get_draft((select id from d))),
  '["name"]', 'in the shape of the columns'
);

select is(
  integrations.store_draft((select id from d), '{"segments": [{"nam": "x"}]}', 'ai', 'm'), 'wrong_shape',
  'an answer of another shape'
);
select results_eq(
  'select status, content, problem from d',
  $$values ('failed', null::jsonb, 'The answer has the wrong shape: draft.geographies is missing.')$$,
  'is a reason, and no half draft'
);
select is((select count(*) from client_opportunity_maps), 0::bigint, 'no document either');

select is(retry_draft((select id from d)), 'waiting', 'it is tried again');
select is(integrations.extract_draft((select id from d)), 'written', 'without an AI it is an extract');
select results_eq(
  'select generated_by, ai_model from d', $$values ('extract', null::text)$$, 'and says so'
);
select is(
  (select content #>> '{segments,0,notes}' from d),
  'Said in "Kick-off": Our customers are retail chains in Europe.', 'a sentence as it was said, with its call'
);
select is((select content #> '{next_steps}' from d), '[{"text": "Send the list"}]', 'the action items are next steps');
select is(integrations.store_draft((select id from d), '{}', 'ai', 'm'), 'not_wanted', 'it is written once');

select isnt(accept_draft((select id from d)), null, 'it is accepted');
select results_eq(
  'select title, version, status, generated_by, source_call_ids = (select call_ids from d) from client_opportunity_maps',
  $$values ('Market', 1, 'draft', 'extract', true)$$, 'as a draft of a map'
);
select is(accept_draft((select id from d)), (select id from client_opportunity_maps), 'a second time is the same');
select throws_ok('select discard_draft((select id from d))', 'MR003', null, 'what is accepted is not discarded');

insert into client_knowledge_base (client, company, company_offer)
values ('Acme', '{"name": "Acme"}', '{"summary": "Tea"}');
insert into client_drafts (client, kind, status, call_ids, content, generated_by, ai_model, requested_by)
select 'Acme', 'knowledge_base', 'written', call_ids,
  '{"company": {"name": "Acme Corp"}, "company_people": [], "company_offer": {}, "company_competition": [],
    "prospect_companies": {"industries": ["retail"]}, "prospect_people": {}}', 'ai', 'm', 'me'
from client_drafts;
select lives_ok(
  $$select accept_draft(id) from client_drafts where kind = 'knowledge_base'$$, 'a draft of the knowledge base'
);
select results_eq(
  'select company, company_offer, prospect_companies from client_knowledge_base',
  $$values ('{"name": "Acme Corp"}'::jsonb, '{"summary": "Tea"}'::jsonb, '{"industries": ["retail"]}'::jsonb)$$,
  'fills what it has something to say about'
);

select tests.authenticate_as(tests.create_user('member', 'Acme'));
select throws_ok($$select request_draft('Acme', 'knowledge_base')$$, 'MR004', null, 'a client''s user asks for none');

select * from finish();
rollback;
