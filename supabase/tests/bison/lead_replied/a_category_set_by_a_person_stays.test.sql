begin;
select plan(2);

select tests.bison('LEAD_INTERESTED', '2026-03-02 10:00Z');
select is((select category from public.replies), 'Interested', 'the provider says so');
update public.replies set category = 'Not Interested';
select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z');
select tests.bison('LEAD_INTERESTED', '2026-03-03 10:00Z');
select is((select category from public.replies), 'Not Interested', 'a person says otherwise');

select * from finish();
rollback;
