-- Column by column, so that a new one in the view is tested without a word here.
begin;
select plan(6);

create temp table travelled (contact_column text, phase text, before jsonb, after jsonb);

create function pg_temp.other_value(p_column text) returns text language sql as $$
  select case format_type(a.atttypid, null)
    when 'text' then quote_literal(replace(p_column, '_', '-') || '.example')
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
    select
      name as contact_column,
      case name
        when 'title' then 'job_title'
        when 'company_name' then 'company'
        when 'company_industry' then 'industry'
        when 'next_touch' then 'next_touchpoint'
        when 'last_contacted_at' then 'last_contact'
        when 'company_id' then 'company_domain'
        else name
      end as lead_column
    from unnest(private.synced_columns()) as name
    where name not in ('status', 'pipeline_progress')
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

select cmp_ok((select count(*) from travelled), '>=', 80::bigint, 'every column was tried both ways');
select set_eq(
  'select unnest(private.synced_columns())',
  $$
    select 'company_id'
    union all
    select v.attname::text
    from pg_attribute v
    join pg_attribute c using (attname)
    where v.attrelid = 'private.leads_as_contacts'::regclass and c.attrelid = 'crm_contacts'::regclass
      and v.attname not in ('client', 'email', 'last_event_at')
  $$,
  'the list of synced columns is what the view says of contacts'
);
select is_empty(
  $$
    select attname
    from pg_attribute
    where attrelid = 'private.leads_as_contacts'::regclass
      and attname <> all (private.synced_columns() || '{lead_id,client,email,last_event_at,event_at,website}')
  $$,
  'and the view has no column of another name'
);
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
