-- Column by column, so that a new one in the list is tested without a word here.
begin;
select plan(4);

create temp table travelled (contact_column text, phase text, before jsonb, after jsonb);

create function pg_temp.other_value(p_column text) returns text language sql as $$
  select case format_type(a.atttypid, null)
    when 'text' then quote_literal('other ' || p_column)
    when 'text[]' then '''{other}'''
    when 'jsonb' then '''{"other": 1}'''
    when 'boolean' then 'true'
    when 'timestamp with time zone' then '''2030-05-05 10:00Z'''
    when 'date' then '''2030-05-05'''
    else '7'
  end
  from pg_attribute a
  where a.attrelid = 'engaged_leads'::regclass and a.attname = p_column
$$;

do $$
declare
  v_column record;
  v_before jsonb;
begin
  for v_column in
    select s.contact_column, min(m.name) as lead_column
    from private.crm_synced_columns s
    cross join lateral (select r[1] from regexp_matches(s.lead_value, '\mlead\.(\w+)', 'g') as r) as m (name)
    where s.contact_column not in ('first_name', 'last_name', 'status', 'pipeline_progress', 'stage')
    group by s.contact_column
  loop
    insert into engaged_leads (client, email) values ('Acme', v_column.contact_column || '@x.example');
    select to_jsonb(c) into v_before from crm_contacts c where email = v_column.contact_column || '@x.example';
    execute format(
      'update engaged_leads set %I = %s where email = %L',
      v_column.lead_column, pg_temp.other_value(v_column.lead_column), v_column.contact_column || '@x.example'
    );
    insert into travelled
    select
      v_column.contact_column, 'update', v_before -> v_column.contact_column, to_jsonb(c) -> v_column.contact_column
    from crm_contacts c
    where c.email = v_column.contact_column || '@x.example';
    -- A contact that a person made meets a lead that is new.
    insert into crm_contacts (client, email) values ('Acme', v_column.contact_column || '@y.example');
    execute format(
      'insert into engaged_leads (client, email, %I) values (''Acme'', %L, %s)',
      v_column.lead_column, v_column.contact_column || '@y.example', pg_temp.other_value(v_column.lead_column)
    );
    insert into travelled
    select
      v_column.contact_column, 'insert', v_before -> v_column.contact_column, to_jsonb(c) -> v_column.contact_column
    from crm_contacts c
    where c.email = v_column.contact_column || '@y.example';
  end loop;
end;
$$;

select cmp_ok((select count(*) from travelled), '>=', 68::bigint, 'every column was tried both ways');
select is_empty(
  $$select * from travelled where phase = 'update' and after is not distinct from before$$,
  'a change of the lead reaches the contact'
);
select is_empty(
  $$select * from travelled where phase = 'insert' and after is not distinct from before$$,
  'a new lead fills a contact that is there'
);
select is(
  (select count(*) from crm_contacts where synced_revision = 2 and email like '%@x.example'),
  (select count(*) / 2 from travelled), 'each with one write'
);

select * from finish();
rollback;
