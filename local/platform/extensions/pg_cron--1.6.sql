-- Same names, columns, signatures and rights as pg_cron 1.6 on Supabase. Rows are written by these functions only.

create schema cron;

create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default inet_server_port(),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);

create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);

alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);
grant select on cron.job, cron.job_run_details to public;
grant select on cron.jobid_seq, cron.runid_seq to public;

select pg_catalog.pg_extension_config_dump('cron.job', '');
select pg_catalog.pg_extension_config_dump('cron.jobid_seq', '');
select pg_catalog.pg_extension_config_dump('cron.job_run_details', '');
select pg_catalog.pg_extension_config_dump('cron.runid_seq', '');

-- The functions below are security definer, as C functions write cron.job in the original; the caller is the role that
-- was set, or else the session's.
create function cron._caller() returns text
language sql stable
set search_path = ''
as $$
  select coalesce(nullif(pg_catalog.current_setting('role'), 'none'), session_user::text)
$$;

create function cron._check(p_schedule text, p_username text) returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if p_schedule !~* '^\s*([1-9]|[1-5][0-9])\s+seconds?\s*$'
    and p_schedule !~* '^\s*@(yearly|annually|monthly|weekly|daily|midnight|hourly|reboot)\s*$'
    and p_schedule !~* '^\s*([0-9a-z*,/$-]+\s+){4}[0-9a-z*,/-]+\s*$'
  then
    raise exception 'invalid schedule: %', p_schedule
      using errcode = '22023', hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  if p_username <> cron._caller()
    and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = cron._caller())
  then
    raise exception 'must be superuser to create a job for another role' using errcode = '42501';
  end if;
end
$$;

create function cron.schedule_in_database(
  job_name text,
  schedule text,
  command text,
  database text,
  username text default null,
  active boolean default true
) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_username text := coalesce(username, cron._caller());
  v_jobid bigint;
begin
  if schedule is null or command is null then
    raise exception 'schedule and command must not be null' using errcode = '22004';
  end if;
  perform cron._check(schedule, v_username);
  insert into cron.job as j (jobname, schedule, command, database, username, active)
  values (job_name, schedule, command, coalesce(database, pg_catalog.current_database()), v_username, active)
  on conflict on constraint jobname_username_uniq do update
  set
    schedule = excluded.schedule,
    command = excluded.command,
    database = excluded.database,
    active = excluded.active
  returning j.jobid into v_jobid;
  return v_jobid;
end
$$;

create function cron.schedule(schedule text, command text) returns bigint
language sql strict
set search_path = ''
as $$
  select cron.schedule_in_database(null, $1, $2, null)
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language sql
set search_path = ''
as $$
  select cron.schedule_in_database($1, $2, $3, null)
$$;

create function cron.alter_job(
  job_id bigint,
  schedule text default null,
  command text default null,
  database text default null,
  username text default null,
  active boolean default null
) returns void
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_job cron.job;
begin
  select *
  into v_job
  from cron.job j
  where j.jobid = job_id
    and (j.username = cron._caller()
      or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = cron._caller()));
  if not found then
    raise exception 'Job % does not exist or you don''t own it', job_id using errcode = '42704';
  end if;
  perform cron._check(coalesce(schedule, v_job.schedule), coalesce(username, v_job.username));
  update cron.job as j
  set
    schedule = coalesce(schedule, j.schedule),
    command = coalesce(command, j.command),
    database = coalesce(database, j.database),
    username = coalesce(username, j.username),
    active = coalesce(active, j.active)
  where j.jobid = job_id;
end
$$;

create function cron.unschedule(job_id bigint) returns boolean
language plpgsql strict
security definer
set search_path = ''
as $$
begin
  delete from cron.job j
  where j.jobid = $1
    and (j.username = cron._caller()
      or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = cron._caller()));
  if not found then
    raise exception 'could not find valid entry for job ''%''', $1 using errcode = 'XX000';
  end if;
  return true;
end
$$;

create function cron.unschedule(job_name text) returns boolean
language plpgsql strict
security definer
set search_path = ''
as $$
begin
  delete from cron.job j
  where j.jobname = $1
    and j.username = cron._caller();
  if not found then
    raise exception 'could not find valid entry for job ''%''', $1 using errcode = 'XX000';
  end if;
  return true;
end
$$;

revoke all on function cron.alter_job(bigint, text, text, text, text, boolean) from public;
revoke all on function cron.schedule_in_database(text, text, text, text, text, boolean) from public;

-- What Supabase grants on top: postgres schedules through the functions and reads cron.job.
grant usage on schema cron to postgres with grant option;
grant execute on all functions in schema cron to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
revoke trigger on cron.job_run_details from postgres;
grant select on cron.job to postgres with grant option;
