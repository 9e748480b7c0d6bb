begin;
select plan(2);

select is(tests.bison('TAG_ATTACHED', null, '{"taggable_type": "Workspace"}'), 'ignored', 'unknown');
select is(tests.bison('TAG_ATTACHED', null, '{"taggable_type": null}'), 'ignored', 'not told');

select * from finish();
rollback;
