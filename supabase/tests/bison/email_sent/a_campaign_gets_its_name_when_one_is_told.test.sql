begin;
select plan(2);

select tests.bison('EMAIL_SENT', '2026-03-05 10:00Z', '{"campaign": {"name": null}}');
select is((select campaign_name from public."Campaigns"), 'Campaign 401', 'until then it has its number');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select is((select campaign_name from public."Campaigns"), 'Spring', 'also by an older event');

select * from finish();
rollback;
