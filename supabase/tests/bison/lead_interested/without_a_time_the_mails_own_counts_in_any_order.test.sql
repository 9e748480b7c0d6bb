begin;
select plan(2);

create function pg_temp.receive(p_type text, p_reply_id integer) returns void language plpgsql as $$
begin
  perform integrations.receive_webhook(
    tests.endpoint('bison'), p_type || p_reply_id, p_type,
    format(
      '{"data": {"reply": {"id": %s, "interested": false, "from_email_address": "casey@fabrikam.test",
        "date_received": "2026-03-02T09:00:00Z"}, "lead": {"id": 7, "email": "casey@fabrikam.test"},
        "campaign": {"id": 401, "name": "Spring"}}}',
      p_reply_id
    )
  );
end
$$;
select pg_temp.receive('LEAD_INTERESTED', 1);
select is(
  (select interested_at from public.replies where reply_id = 1), '2026-03-02T09:00:00Z'::timestamptz, 'marked first'
);
select pg_temp.receive('LEAD_REPLIED', 2);
select pg_temp.receive('LEAD_INTERESTED', 2);
select is(
  (select interested_at from public.replies where reply_id = 2), '2026-03-02T09:00:00Z'::timestamptz, 'answered first'
);

select * from finish();
rollback;
