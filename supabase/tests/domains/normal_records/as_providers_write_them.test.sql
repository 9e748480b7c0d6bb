begin;
select plan(10);

create function pg_temp.normal(p_name text, p_type text, p_content text, p_prio integer default null)
returns text
language sql
as $$
  select concat_ws(' ', r ->> 'purpose', '<' || (r ->> 'name') || '>', r ->> 'type', r ->> 'prio', r ->> 'content')
  from jsonb_array_elements(private.normal_records('a.test', jsonb_build_array(jsonb_build_object(
    'name', p_name, 'type', p_type, 'content', p_content, 'prio', p_prio
  )))) as r
$$;

select is(pg_temp.normal('@', 'TXT', '"v=spf1 mx ~all"'), 'spf <> TXT v=spf1 mx ~all', 'the domain itself');
select is(pg_temp.normal('a.test.', 'mx', 'MX.Mail.test.', 5), 'mx <> MX 5 mx.mail.test', 'in full');
select is(pg_temp.normal('', 'MX', 'mx.mail.test'), 'mx <> MX 10 mx.mail.test', 'without a preference');
select is(
  pg_temp.normal('K1._domainkey.A.test', 'TXT', 'v=DKIM1; p=Ab'), 'dkim <k1._domainkey> TXT v=DKIM1; p=Ab', 'a key'
);
select is(
  pg_temp.normal('k1._domainkey', 'CNAME', 'k1.mail.test', 5), 'dkim <k1._domainkey> CNAME k1.mail.test', 'a key elsewhere'
);
select is(pg_temp.normal('_dmarc', 'TXT', 'v=DMARC1; p=none'), 'dmarc <_dmarc> TXT v=DMARC1; p=none', 'a policy');
select is(pg_temp.normal('track', 'CNAME', 't.mail.test'), 'other <track> CNAME t.mail.test', 'anything else');
select is(pg_temp.normal('@', 'TXT', 'v=spf10 is none'), 'other <> TXT v=spf10 is none', 'what only looks like one');
select is(pg_temp.normal('@', 'NS', 'ns1.mail.test'), null, 'name servers are not records of ours');
select is(
  private.normal_records('a.test', '[{"name": "@", "type": "TXT", "content": "b"}, {"name": "", "type": "TXT", "content": "a"},
    {"name": "a.test", "type": "txt", "content": "b"}]'),
  private.normal_records('a.test', '[{"name": "@", "type": "TXT", "content": "a"}, {"name": "@", "type": "TXT", "content": "b"}]'),
  'in another order, and told twice, the answer is the same'
);

select * from finish();
rollback;
