-- Mails, opens, answers and a bounce of one person, told twice and in another order, make the same rows.
begin;
select plan(9);

select tests.endpoint('bison');
insert into people.master (email, name) values ('casey@fabrikam.test', 'Casey Morgan');
select tests.bison('LEAD_REPLIED', '2026-03-04 12:00Z', '{"scheduled_email": {"id": 9002, "sequence_step_order": 2}}');
select tests.bison('EMAIL_SENT', '2026-03-04 10:00Z', '{"scheduled_email": {"id": 9002, "sequence_step_order": 2}}');
select private.fold_counters();
select private.feed_marketing();
select results_eq(
  'select message_type, sent_at, replied_at, status from marketing.outreach_history order by sent_at',
  $$values
    ('initial', timestamptz '2026-03-04 10:00Z', timestamptz '2026-03-04 12:00Z', 'replied'),
    ('reply', '2026-03-04 12:00Z', '2026-03-04 12:00Z', 'replied')$$,
  'a mail and its answer'
);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 11:00Z');
select tests.bison('EMAIL_OPENED', '2026-03-02 12:00Z');
select private.fold_counters();
select results_eq(
  'select people, outreach > 0, has_more from private.feed_marketing()', 'values (1, true, false)', 'one person changed'
);
select results_eq(
  'select message_type, sent_at, opened_at, replied_at, status from marketing.outreach_history order by sent_at',
  $$values
    ('initial', timestamptz '2026-03-02 10:00Z', timestamptz '2026-03-02 11:00Z', null::timestamptz, 'opened'),
    ('follow_up', '2026-03-04 10:00Z', null, '2026-03-04 12:00Z', 'replied'),
    ('reply', '2026-03-04 12:00Z', null, '2026-03-04 12:00Z', 'replied')$$,
  'an earlier mail that comes late is the first one, and the other follows it'
);
select results_eq(
  'select name, type, status, target_count, sent_count, response_count, started_at from marketing.campaigns',
  $$values ('Spring', 'cold_outreach', 'active', 1, 2, 1, timestamptz '2026-03-02')$$,
  'the campaign counts what was sent and who answered'
);
select is(
  (select count(*) from marketing.outreach_history h join marketing.campaigns c using (campaign_id)), 3::bigint,
  'and its mails are its own'
);

insert into private.hub_changes (kind, subject_id) select 'person', id from people.master;
insert into private.hub_changes (kind, subject_id) select 'campaign', uuid from public."Campaigns";
select results_eq(
  'select campaigns, people, outreach, conversions, has_more from private.feed_marketing()', 'values (0, 1, 0, 0, false)',
  'again: nothing changes'
);
select is((select count(*) from private.hub_changes where kind <> 'contact'), 0::bigint, 'and nothing is left to do');

select tests.bison('EMAIL_BOUNCED', '2026-03-05 10:00Z', '{"scheduled_email": {"id": 9003, "sequence_step_order": 3}, "reply": {"id": 9}}');
select tests.bison('EMAIL_SENT', '2026-03-05 09:59Z', '{"scheduled_email": {"id": 9003, "sequence_step_order": 3}}');
select private.fold_counters();
select private.feed_marketing();
select is(
  (select status from marketing.outreach_history order by sent_at desc limit 1), 'bounced', 'a mail that came back'
);
update public."Campaigns" set status = 'Archived', campaign_name = 'Follow-up, spring';
select private.feed_marketing();
select results_eq(
  'select type, status, ended_at is not null from marketing.campaigns', $$values ('follow_up', 'completed', true)$$,
  'a campaign''s name and state are followed'
);

select * from finish();
rollback;
