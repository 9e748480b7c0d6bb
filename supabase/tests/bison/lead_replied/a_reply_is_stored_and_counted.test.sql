begin;
select plan(4);

select tests.bison('LEAD_REPLIED', '2026-03-02 10:00Z', '{"reply": {"uuid": "u", "html_body": "<p>",
  "raw_message_id": "m", "parent_id": 7}}');
select results_eq(
  $$select instance_url, reply_id, reply_uuid, client, type, lead_id, lead_email, subject, category, text_body,
    html_body,
    campaign_id, date_received, received_at, from_email, from_name, primary_to_email, bison_inbox_id, message_id,
    folder,
    parent_id, automated, interested, sequence_step_order, sequence_step_id, sequence_step_variant
      from public.replies$$,
  $$values ('https://acme.bison.test', 3001::bigint, 'u', 'Acme', 'Tracked Reply', 5001::bigint, 'casey@fabrikam.test',
    'Re: Spring', null::text, 'Tell me more.', '<p>', 401, date '2026-03-02', timestamptz '2026-03-02 10:00Z',
    'casey@fabrikam.test', 'Casey Morgan', 'robin@acme-mail.test', 66, 'm', 'Inbox', 7::bigint, false, false, 1, 812,
      '1')$$,
  'the mail'
);
select results_eq(
  'select replied, replies, unique_replies, first_reply_date, engaged from public.all_leads',
  $$values (true, 1, 1, timestamptz '2026-03-02 10:00Z', null::boolean)$$, 'the lead'
);
select is((select unique_replies_per_contact from public.campaign_reporting_current), 1::numeric, 'the campaign');
select is((select count(*) from public.engaged_leads), 0::bigint, 'a reply alone engages nobody');

select * from finish();
rollback;
