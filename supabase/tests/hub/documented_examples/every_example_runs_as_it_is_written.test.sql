begin;
select plan(9);

create temp table told as
SELECT * FROM intake.f_ingest_json(
  p_rows := ARRAY['{"email":"john@example.com","name":"John Doe"}'::jsonb],
  p_source := 'apollo',
  p_batch_id := 'batch-123'
);
select results_eq(
  'select * from told',
  $$
    select load_id, 'success', 'pending' from intake.raw_loads
    union all values (null::bigint, 'success', '1 inserted, 0 duplicates, 0 rejected')
  $$,
  'ingest'
);
select results_eq(
  $$
    SELECT load_id, batch_id, raw_data->>'email' as email, created_at
    FROM intake.raw_loads
    WHERE status = 'pending'
    ORDER BY created_at DESC
    LIMIT 100;
  $$,
  $$select load_id, batch_id, 'john@example.com', now() from intake.raw_loads$$, 'all pending contacts'
);
select results_eq(
  'select * from intake.pending_contacts',
  $$select load_id, batch_id, 'john@example.com', created_at from intake.raw_loads$$, 'as a view'
);
select results_eq(
  $$
    SELECT * FROM vault.f_promote_contacts(
      p_load_ids := ARRAY[123, 456, 789]
    );
  $$,
  $$values (0, 0, 0, '0 promoted, 0 updated (0 of them unchanged), 0 failed')$$, 'promote loads that are not there'
);
select is(
  (select promoted_count from vault.f_promote_contacts(p_load_ids := (select array_agg(load_id) from intake.raw_loads))), 1,
  'and those that are'
);
select is(
  (select count(*) from (
    SELECT c.contact_id, c.email, c.name, c.created_at
    FROM vault.contacts c
    WHERE c.created_at > NOW() - INTERVAL '1 day'
    ORDER BY c.created_at DESC
  ) as t where t.name = 'John Doe'),
  1::bigint, 'recent promotions'
);
select is((select count(*) from intake.recent_promotions), 1::bigint, 'as a view');
update vault.contacts set score = 90, company = 'Acme';
select results_eq(
  $$
    SELECT email, name, company, score, status
    FROM vault.contacts
    WHERE score >= 80
      AND status = 'active'
    ORDER BY score DESC
    LIMIT 50;
  $$,
  'select * from intake.high_value_leads', 'high-value leads, and as a view'
);
select ok(
  not exists (
    select unnest(array['idx_raw_loads_batch_id', 'idx_raw_loads_source', 'idx_raw_loads_status', 'idx_raw_loads_created_at',
      'idx_raw_loads_raw_data_email', 'idx_contacts_email', 'idx_contacts_source', 'idx_contacts_created_at',
      'idx_contacts_score', 'idx_contacts_status', 'idx_contacts_company', 'idx_company_domain', 'idx_company_name',
      'idx_company_industry', 'idx_people_email', 'idx_people_company_id', 'idx_people_linkedin_url'])
    except select indexname from pg_indexes
  ),
  'every documented index is there'
);

select * from finish();
rollback;
