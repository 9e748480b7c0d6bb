begin;
select plan(4);

select tests.calendly('routing_form_submission.created', '2026-03-05 10:00Z', '{"routing_form": "form/1",
  "submitter": null,
  "result": {"type": "custom_message", "value": {"headline": "Thanks"}},
  "questions_and_answers": [{"question": "Size?", "answer": "40"}],
  "tracking": {"utm_source": "mail"}, "created_at": "2026-03-05T09:59Z"}');
select results_eq(
  $$select client, submission_uri, routing_form_uri, result_type, submitter_uri, questions_and_answers, tracking,
    submitted_at
    from public.calendly_routing_submissions$$,
  $$values ('Acme', 'thing/1', 'form/1', 'custom_message', null::text, '[{"question": "Size?", "answer": "40"}]'::jsonb,
    '{"utm_source": "mail"}'::jsonb, timestamptz '2026-03-05 09:59Z')$$, 'nobody booked'
);
select tests.calendly('routing_form_submission.created', '2026-03-05 10:00Z', '{"uri": "thing/2",
  "submitter": "invitee/1",
  "result": {"type": "event_type", "value": "type/intro"}, "questions_and_answers": null, "tracking": null}');
select results_eq(
  $$select submitter_uri, result_value, questions_and_answers, tracking from public.calendly_routing_submissions
    where submission_uri = 'thing/2'$$,
  $$values ('invitee/1', 'type/intro', '[]'::jsonb, '{}'::jsonb)$$, 'somebody did'
);
select is(
  tests.calendly('routing_form_submission.created', '2026-03-05 10:00Z', '{"uri": "thing/2",
    "submitter": "invitee/9"}'),
  'processed', 'twice'
);
select results_eq(
  $$select submitter_uri from public.calendly_routing_submissions where submission_uri = 'thing/2'$$,
  $$values ('invitee/1')$$, 'the first stays'
);

select * from finish();
rollback;
