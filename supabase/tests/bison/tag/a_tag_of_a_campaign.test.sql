begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-02 09:00Z');
select tests.bison('TAG_ATTACHED', null);
select is((select tags from public."Campaigns"), '["Warm"]', 'attached');
select tests.bison('TAG_REMOVED', null);
select is((select tags from public."Campaigns"), '[]', 'removed');

select * from finish();
rollback;
