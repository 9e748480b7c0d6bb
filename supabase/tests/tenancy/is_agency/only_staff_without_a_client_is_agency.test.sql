begin;
select plan(7);

insert into public."Clients" ("Business") values ('Acme');
create function pg_temp.ask(p_role text, p_client text, p_right text) returns boolean language plpgsql as $$
declare
  v_answer boolean;
begin
  perform tests.authenticate_as(tests.create_user(p_role, p_client));
  v_answer := private.is_agency(p_right);
  perform tests.clear();
  return v_answer;
end
$$;
select is(pg_temp.ask('admin', null, 'admin'), true, 'an admin');
select is(pg_temp.ask('manager', null, 'staff'), true, 'a manager');
select is(pg_temp.ask('manager', null, 'admin'), false, 'who is no admin');
select is(pg_temp.ask('viewer', null, 'read'), true, 'an agency viewer reads');
select is(pg_temp.ask('viewer', null, 'staff'), false, 'and does no more');
select is(pg_temp.ask('member', 'Acme', 'read'), false, 'no member of a client');
select is(pg_temp.ask('viewer', 'Acme', 'read'), false, 'no viewer of a client');

select * from finish();
rollback;
