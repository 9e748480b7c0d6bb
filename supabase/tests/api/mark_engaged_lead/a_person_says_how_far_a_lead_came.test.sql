begin;
select plan(12);

insert into public."Clients" ("Business") values ('Acme'), ('Birch');
insert into public.engaged_leads (id, client, email, last_event_at)
values
  ('00000000-0000-4000-8000-000000000001', 'Acme', 'casey@fabrikam.test', '2026-03-01'),
  ('00000000-0000-4000-8000-000000000002', 'Birch', 'casey@fabrikam.test', '2026-03-01');
create temp table person as
select tests.create_user('member', 'Acme') as member, tests.create_user('viewer', 'Acme') as viewer;
grant select on person to authenticated;
create function pg_temp.mark(
  p_flag text, p_value boolean default true, p_at timestamptz default null, p_id integer default 1
)
returns uuid language sql as $$
  select public.mark_engaged_lead(('00000000-0000-4000-8000-00000000000' || p_id)::uuid, p_flag, p_value, p_at)
$$;
grant execute on function pg_temp.mark(text, boolean, timestamptz, integer) to authenticated;

select tests.set_clock('2026-03-03 12:00Z');
select tests.authenticate_as((select member from person));
select isnt(pg_temp.mark('qualified'), null, 'a member marks a lead of the own client');
select results_eq(
  'select qualified, qualified_at, last_event_at from public.engaged_leads',
  $$values (true, timestamptz '2026-03-03 12:00Z', timestamptz '2026-03-03 12:00Z')$$,
  'with the time, as the newest fact'
);
select is((select status from public.crm_contacts), 'in-contract', 'the contact follows');

select tests.clear();
select tests.set_clock('2026-03-04 12:00Z');
select tests.authenticate_as((select member from person));
select pg_temp.mark('qualified');
select is(
  (select qualified_at from public.engaged_leads), timestamptz '2026-03-03 12:00Z', 'saying it again moves no time'
);
select pg_temp.mark('qualified', p_at => '2026-03-01 12:00Z');
select is((select qualified_at from public.engaged_leads), timestamptz '2026-03-01 12:00Z', 'unless one is given');
select pg_temp.mark('qualified', false);
select results_eq(
  'select qualified, qualified_at from public.engaged_leads', 'values (false, null::timestamptz)',
  'it can be taken back'
);

select pg_temp.mark('lost');
select pg_temp.mark('closed');
select results_eq(
  'select closed, lost, lost_at from public.engaged_leads', 'values (true, false, null::timestamptz)',
  'a customer is not lost'
);
select pg_temp.mark('lost');
select results_eq(
  'select closed, closed_at, lost from public.engaged_leads', 'values (false, null::timestamptz, true)',
  'and who is lost is no customer'
);

select throws_ok($$select pg_temp.mark('deleted_at = null; --')$$, 'MR002', null, 'only flags that there are');
select is(pg_temp.mark('qualified', p_id => 2), null, 'a lead of another client is none');
select is(pg_temp.mark('qualified', p_id => 3), null, 'nor is an unknown one');
select tests.authenticate_as((select viewer from person));
select is(pg_temp.mark('qualified'), null, 'who may only read marks nothing');

select * from finish();
rollback;
