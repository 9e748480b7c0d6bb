begin;
select plan(5);

select tests.endpoint('bison');
insert into people.master (email) values ('casey@fabrikam.test');
select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select private.fold_counters();
insert into public.meetings_booked (client, email, created_time) values ('Acme', 'casey@fabrikam.test', '2026-03-06 10:00Z');
-- Who commits while a tick runs has the lead seen by it and the campaign by the next one.
create temp table later as
with taken as (delete from private.hub_changes where kind = 'campaign' returning kind, subject_id) select * from taken;
select private.feed_marketing();
select is((select count(*) from marketing.campaigns), 0::bigint, 'the campaign is not known yet');
insert into private.hub_changes (kind, subject_id) select kind, subject_id from later;
select private.feed_marketing();
select results_eq(
  $$
    select c.name, l.name
    from marketing.outreach_history h
    join marketing.campaigns c using (campaign_id)
    join marketing.attribution a using (person_id)
    join marketing.campaigns l on l.campaign_id = a.campaign_id
  $$,
  $$values ('Spring', 'Spring')$$, 'then its mails are its own, and what came of them'
);
select is((select count(*) from private.hub_changes where kind = 'person'), 0::bigint, 'nothing is left to do');

insert into public."Campaigns" (client, campaign_name) values ('Acme', 'Draft');
select private.feed_marketing();
update public."Campaigns" set campaign_id = '402' where campaign_name = 'Draft';
select private.feed_marketing();
select is((select bison_campaign_id from marketing.campaigns where name = 'Draft'), '402', 'an id that comes later is taken over');
select is(
  (select people from private.feed_marketing()), 0, 'and nobody is looked at for it who is with another campaign'
);

select * from finish();
rollback;
