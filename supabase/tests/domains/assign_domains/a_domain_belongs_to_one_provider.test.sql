begin;
select plan(9);

insert into public."Clients" ("Business") values ('Acme');
insert into public.inbox_providers (provider_name, api_key)
values ('inboxkit', tests.sealed('key')), ('missioninbox', tests.sealed('key'));
insert into public.domains (domain_name, provider, client, status) values ('a.test', 'porkbun', 'Acme', 'active');
select private.request_domain_setup('a.test');
create function pg_temp.order(p_provider text, p_last text)
returns text
language plpgsql
as $$
declare
  v_id uuid := public.draft_mailbox_order(
    'Acme', p_provider, array['a.test'], jsonb_build_array(jsonb_build_object('first_name', 'Ann', 'last_name', p_last)), 1
  );
begin
  perform public.export_mailbox_order(v_id);
  return public.submit_mailbox_order(v_id);
end;
$$;
create function pg_temp.records()
returns text
language sql
as $$
  select string_agg(concat_ws(' ', r.purpose, r.source, left(r.content, 24)), ', ' order by r.purpose, r.content)
  from public.domain_dns_records r
$$;

select tests.set_clock('2026-11-02 10:00Z');
select is(pg_temp.order('missioninbox', 'Bee'), 'submitted', 'ordered');
select results_eq(
  'select inbox_provider, assigned_to_provider_at from public.domain_inventory',
  $$values ('missioninbox', '2026-11-02 10:00Z'::timestamptz)$$, 'the domain is its provider''s'
);
select is(pg_temp.records(), 'dmarc template v=DMARC1; p=none; rua=ma', 'and has its records');

select tests.set_clock('2026-11-03 10:00Z');
select pg_temp.order('missioninbox', 'Ash');
select is(
  (select assigned_to_provider_at from public.domain_inventory), '2026-11-02 10:00Z'::timestamptz,
  'more mailboxes there change nothing'
);
select throws_ok($$select pg_temp.order('inboxkit', 'Elm')$$, 'MR003', null, 'none elsewhere, as mail goes to one');
select is((select status from public.provider_orders order by created_at desc limit 1), 'submitted', 'nothing of it stays');

select integrations.finish_mailbox_submission(id, 'x', '[]') from public.inbox_orders;
select integrations.record_provider_records(
  'a.test', '[{"name": "k._domainkey", "type": "TXT", "content": "v=DKIM1; p=x"}]'
);
select is(pg_temp.records(), 'dkim exact v=DKIM1; p=x, dmarc template v=DMARC1; p=none; rua=ma', 'its exact ones');
update public.ordered_mailboxes set status = 'canceled';
select is(pg_temp.order('inboxkit', 'Elm'), 'submitted', 'once they are canceled, it may move');
select is(
  pg_temp.records(),
  'dmarc template v=DMARC1; p=none; rua=ma, mx template smtp.google.com, spf template v=spf1 include:_spf.goog',
  'and what the old one said holds no longer'
);

select * from finish();
rollback;
