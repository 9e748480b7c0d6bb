begin;
select plan(11);
insert into public."Clients" ("Business") values ('Acme');

insert into public.domain_generation_templates (id, name, client, base_names, prefixes, suffixes, tlds)
values (
  '00000000-0000-4000-8000-000000000001', 'Names', 'Acme', '[" Acme & Co. "]', '["Try", "try", ""]', '["HQ"]',
  '["co", ".INFO"]'
);
select results_eq(
  'select base_names, prefixes, suffixes, tlds from public.domain_generation_templates',
  $$values ('["acmeco"]'::jsonb, '["try"]'::jsonb, '["hq"]'::jsonb, '[".co", ".info"]'::jsonb)$$,
  'pieces are lower case, without spaces and punctuation, each once'
);
insert into public.domains (domain_name, provider) values ('acmecohq.co', 'other');

select results_eq(
  $$select base_name, generated_count, known_count, refused_count
    from public.generate_domains('00000000-0000-4000-8000-000000000001')$$,
  $$values ('acmeco', 5, 1, 0)$$,
  'every combination but what is owned'
);
select results_eq(
  $$select domain_name from public.domain_availability_checks order by domain_name$$,
  $$values ('acmecohq.info'), ('tryacmeco.co'), ('tryacmeco.info'), ('tryacmecohq.co'), ('tryacmecohq.info')$$,
  'with a prefix, a suffix or both; never the base alone'
);
select results_eq(
  $$select count(*), count(checked_at), count(expires_at) from public.domain_availability_checks$$,
  $$values (5::bigint, 0::bigint, 0::bigint)$$,
  'they wait for their answer'
);
select results_eq(
  $$select count(*), count(distinct payload ->> 'domain'), min(limit_key) from outbound.job_queue$$,
  $$values (5::bigint, 5::bigint, 'porkbun')$$,
  'one job a name, under the registrar''s limit'
);
select results_eq(
  $$select generated_count, known_count from public.generate_domains('00000000-0000-4000-8000-000000000001')$$,
  $$values (0, 6)$$,
  'a second run makes nothing again'
);
select results_eq(
  'select use_count, last_used_at = private.clock() from public.domain_generation_templates', 'values (2, true)',
  'its use is counted'
);

insert into public.domain_generation_templates (id, name, client, base_names, prefixes, suffixes, tlds)
values
  (
    '00000000-0000-4000-8000-000000000002', 'Only bases', 'Acme', '["birch", "cedar"]', '[]', '[]', '[".co"]'
  ),
  (
    '00000000-0000-4000-8000-000000000003', 'Long', 'Acme', jsonb_build_array(repeat('a', 28)), '["xx", "yyy"]', '[]',
    '[".co"]'
  );
select results_eq(
  $$select base_name, generated_count from public.generate_domains('00000000-0000-4000-8000-000000000002', 1)$$,
  $$values ('birch', 1), ('cedar', 0)$$,
  'without pieces the base alone, and no more than asked for'
);
select results_eq(
  $$select generated_count, refused_count from public.generate_domains('00000000-0000-4000-8000-000000000003')$$,
  $$values (1, 1)$$,
  'thirty characters are enough, thirty-one too many'
);
update integrations.settings set value = 31 where name = 'domain_names.longest';
select results_eq(
  $$select generated_count, refused_count from public.generate_domains('00000000-0000-4000-8000-000000000003')$$,
  $$values (1, 0)$$,
  'unless the setting says so'
);
select results_eq(
  $$select count(*)::integer from public.domain_generations where generated_count = 0 and checked_at is not null$$,
  $$values (2)$$,
  'a run without names has nothing to wait for'
);
select * from finish();
rollback;
