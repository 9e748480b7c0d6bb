begin;
select plan(3);

select tests.bison('EMAIL_SENT', '2026-03-02 10:00Z', '{
  "lead": {"id": "5001", "custom_variables": {"city": "Bremen", "size": 40}},
  "campaign": {"id": "401"}, "sender_email": {"id": "66", "daily_limit": "25"},
  "scheduled_email": {"sequence_step_id": "812", "sequence_step_order": "1", "sequence_step_variant": "1"}
}');
select tests.bison('EMAIL_SENT', '2026-03-03 10:00Z');
select results_eq(
  'select lead_id, campaign_id, emails_sent, custom_variables_jsonb from public.all_leads',
  $$values (5001::numeric, '401', 2, '{"city": "Bremen", "size": 40}'::jsonb)$$, 'one lead'
);
select results_eq('select bison_inbox_id, daily_limit from public.inboxes', 'values (66, 25)', 'one inbox');
select results_eq(
  'select step_id, sent_count from public.campaign_step_stats order by date', 'values (812, 1::bigint), (812, 1)',
  'one step'
);

select * from finish();
rollback;
