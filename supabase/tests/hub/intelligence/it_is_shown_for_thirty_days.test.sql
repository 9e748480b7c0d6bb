begin;
select plan(8);

insert into people.master (email) values ('ann@example.com');
select tests.set_clock('2026-03-01');
select people.store_intelligence(' Ann@Example.com', '{"skills": ["sql", "sales"], "experience": [{"at": "Acme"}]}');
select is((select (skills, stale_at)::text from people.intelligence), '("{sql,sales}","2026-03-31 00:00:00+00")', 'kept for thirty days');
select is(people.store_intelligence('ann@example.com', '{}', '2026-02-01'), null, 'older data does not replace newer');
select throws_ok($$select people.store_intelligence('nobody@example.com', '{}')$$, 'MR001', null, 'of nobody nothing is kept');

select people.store_intelligence('ann@example.com', '{"skills": ["sql"]}', '2026-08-01');
select is((select stale_at from people.intelligence), '2026-03-31', 'nor is any from a clock that is ahead shown for longer');

create temp table staff as select tests.create_user('viewer') as id;
select tests.set_clock('2026-03-30 23:59');
select tests.authenticate_as((select id from staff));
select is((select count(*) from people.intelligence), 1::bigint, 'staff sees it');
select tests.clear();
select tests.set_clock('2026-03-31');
select tests.authenticate_as((select id from staff));
select is((select count(*) from people.intelligence), 0::bigint, 'until it is stale');
select tests.clear();
select results_eq('select * from people.sweep_intelligence()', 'values (1, false)', 'then it is swept');
select is((select count(*) from people.intelligence), 0::bigint, 'away');

select * from finish();
rollback;
