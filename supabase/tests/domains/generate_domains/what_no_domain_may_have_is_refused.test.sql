begin;
select plan(11);
insert into public."Clients" ("Business") values ('Acme');

create function pg_temp.template(p_bases jsonb, p_prefixes jsonb default '[]', p_tlds jsonb default '[".co"]')
returns void
language sql
as $$
  insert into public.domain_generation_templates (name, client, base_names, prefixes, tlds)
  values ('Names', 'Acme', p_bases, p_prefixes, p_tlds)
$$;
select throws_ok($$select pg_temp.template('["müller"]')$$, 'MR002', null, 'a name in another script');
select throws_ok($$select pg_temp.template('["xn--mller-kva"]')$$, 'MR002', null, 'its ASCII form');
select throws_ok($$select pg_temp.template('["acme/robots"]')$$, 'MR002', null, 'a slash');
select throws_ok($$select pg_temp.template('["acme"]', '["my*"]')$$, 'MR002', null, 'a star in a prefix');
select throws_ok($$select pg_temp.template('["acme"]', '[]', '["c0m"]')$$, 'MR002', null, 'a TLD with a digit');
select throws_ok($$select pg_temp.template('["acme"]', '[]', '[]')$$, 'MR002', null, 'no TLD');
select throws_ok($$select pg_temp.template('[" "]')$$, 'MR002', null, 'no base');
select throws_ok($$select pg_temp.template('"acme"')$$, 'MR002', null, 'no list');
select lives_ok($$select pg_temp.template('["acme-uk"]', '["-", "x-"]', '["co.uk"]')$$, 'hyphens and two-part TLDs');
select public.generate_domains(t.id) from public.domain_generation_templates t;
select results_eq(
  'select domain_name from public.domain_availability_checks where domain_name !~ $$go|max|hq|now|hub|team|app$$',
  $$values ('x-acme-uk.co.uk')$$,
  'a label that begins with a hyphen is not made'
);
select throws_ok($$select public.check_domains('Acme', array['ab--cd.co'])$$, 'MR002', null, 'nor asked about');
select * from finish();
rollback;
