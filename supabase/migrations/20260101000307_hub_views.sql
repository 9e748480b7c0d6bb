-- Looking at the hub: `bit` for who runs it (how complete, how fresh, how good each source is), `ple` for who enriches
-- people. Views only, and each asks with the rights of its reader.

create schema bit;
comment on schema bit is 'Data hub: business intelligence, views only.';
create schema ple;
comment on schema ple is 'Data hub: people and what is known of them, views for enrichment.';
grant usage on schema bit, ple to authenticated, service_role, job_worker, api_gateway;
alter default privileges in schema bit, ple grant select on tables to service_role;

create view bit.coverage with (security_invoker = true) as
select
  'contacts' as entity, f.field, count(*) as rows, count(f.value) as filled,
  round(100.0 * count(f.value) / count(*), 1) as percent
from intake.contacts c
cross join lateral (values ('name', c.name), ('phone', c.phone), ('company', c.company), ('title', c.title)) as f (field, value)
group by f.field
union all
select 'people', f.field, count(*), count(f.value), round(100.0 * count(f.value) / count(*), 1)
from people.master p
cross join lateral (
  values
    ('name', p.name), ('title', p.title), ('company', p.company_id::text), ('linkedin_url', p.linkedin_url),
    ('phone', p.phone), ('location', p.location), ('seniority', p.seniority), ('department', p.department)
) as f (field, value)
where p.merged_into is null
group by f.field
union all
select 'companies', f.field, count(*), count(f.value), round(100.0 * count(f.value) / count(*), 1)
from company.master c
cross join lateral (
  values
    ('name', c.name), ('industry', c.industry), ('employee_count', c.employee_count::text), ('revenue', c.revenue::text),
    ('location', c.location), ('linkedin_url', c.linkedin_url), ('website', c.website)
) as f (field, value)
where c.merged_into is null
group by f.field;
comment on view bit.coverage is 'Of contacts, people and companies: how many have each field. Reads whole tables.';

create view bit.freshness with (security_invoker = true) as
select
  e.entity, count(*) as rows, count(*) filter (where e.at > now() - interval '30 days') as within_30_days,
  count(*) filter (where e.at <= now() - interval '30 days' and e.at > now() - interval '90 days') as within_90_days,
  count(*) filter (where e.at <= now() - interval '90 days') as older, min(e.at) as oldest, max(e.at) as newest
from (
  select 'contacts' as entity, c.updated_at as at from intake.contacts c
  union all
  select 'people', p.updated_at from people.master p where p.merged_into is null
  union all
  select 'companies', c.updated_at from company.master c where c.merged_into is null
  union all
  select 'intelligence', i.fetched_at from people.intelligence i
) as e
group by e.entity;
comment on view bit.freshness is 'When contacts, people, companies and LinkedIn data were changed last. Reads whole tables.';

create view bit.source_quality with (security_invoker = true) as
select
  l.source, l.loads, l.pending, l.promoted, l.duplicates, l.failed,
  round(100.0 * l.duplicates / l.loads, 1) as duplicate_percent, round(100.0 * l.failed / l.loads, 1) as failed_percent,
  coalesce(c.contacts, 0) as contacts, c.average_score, coalesce(c.high_value, 0) as high_value,
  coalesce(c.unusable, 0) as unusable
from (
  select
    r.source, count(*) as loads, count(*) filter (where r.status = 'pending') as pending,
    count(*) filter (where r.status = 'promoted') as promoted, count(*) filter (where r.status = 'duplicate') as duplicates,
    count(*) filter (where r.status = 'failed') as failed
  from intake.raw_loads r
  group by r.source
) as l
left join (
  select
    k.source, count(*) as contacts, round(avg(k.score), 1) as average_score,
    count(*) filter (where k.score >= 80) as high_value, count(*) filter (where k.status <> 'active') as unusable
  from intake.contacts k
  group by k.source
) as c on c.source = l.source;
comment on view bit.source_quality is
  'What each source brought and how good it was: loads by status, contacts it named first, their score. Reads whole tables.';

create view bit.funnel_by_source with (security_invoker = true) as
select
  s.source, s.contacts, coalesce(l.pushed, 0) as pushed, coalesce(l.contacted, 0) as contacted,
  coalesce(l.replied, 0) as replied, coalesce(l.interested, 0) as interested, coalesce(l.bounced, 0) as bounced,
  private.percentage_of(l.replied, l.contacted) as reply_rate, coalesce(a.meetings, 0) as meetings,
  coalesce(a.sales, 0) as sales, coalesce(a.value, 0) as value
from (select m.source, count(*) as contacts from public.master_contacts_db m where m.source is not null group by m.source) as s
left join (
  select
    k.source, count(*) as pushed, count(*) filter (where k.emails_sent > 0) as contacted,
    count(*) filter (where k.replied) as replied, count(*) filter (where k.engaged) as interested,
    count(*) filter (where k.bounces > 0) as bounced
  from public.all_leads k
  where k.source is not null
  group by k.source
) as l on l.source = s.source
left join (
  select
    t.source, count(*) filter (where t.conversion_type = 'meeting') as meetings,
    count(*) filter (where t.conversion_type = 'sale') as sales, sum(t.value) as value
  from marketing.attribution t
  group by t.source
) as a on a.source = s.source;
comment on view bit.funnel_by_source is
  'From contact to sale, by who brought the person first. Leads count once a campaign; only those that were pushed have a '
  'source.';

create view bit.replies_by_source with (security_invoker = true) as
select
  l.source, r.client, r.campaign_id, r.category, r.received_at, r.interested, r.instance_url, r.reply_id,
  m.id as contact_id
from public.replies r
join public.all_leads l
  on l.client = r.client and l.campaign_id = r.campaign_id::text
    and lower(l.email) = lower(coalesce(r.lead_email, r.from_email))
left join public.master_contacts_db m on lower(m.email) = lower(l.email)
where l.source is not null
  and not r.automated;
comment on view bit.replies_by_source is
  'Each reply of a person who was pushed, with the source that brought them; no replies of machines.';

create view ple.people with (security_invoker = true) as
select
  p.id, p.email, p.name, p.title, p.seniority, p.department, p.location, p.linkedin_url, p.phone, p.status,
  c.domain as company_domain, c.name as company_name, c.industry, c.employee_count,
  i.skills, i.experience, i.education, i.fetched_at, i.stale_at
from people.master p
left join company.master c on c.id = p.company_id
left join people.intelligence i on i.person_id = p.id and i.stale_at > now()
where p.merged_into is null;
comment on view ple.people is 'People with their company and LinkedIn data that is not stale.';

create view ple.to_enrich with (security_invoker = true) as
select
  p.id, p.email, p.linkedin_url,
  array_remove(array[
    case when p.title is null then 'title' end, case when p.linkedin_url is null then 'linkedin_url' end,
    case when p.company_id is null then 'company' end, case when p.seniority is null then 'seniority' end,
    case when i.id is null then 'intelligence' end
  ], null) as missing,
  coalesce(c.score, 0) as score, p.enriched_at
from people.master p
left join people.intelligence i on i.person_id = p.id and i.stale_at > now()
left join intake.contacts c on c.email = p.email
where p.merged_into is null
  and p.status = 'active'
  and (p.title is null or p.linkedin_url is null or p.company_id is null or p.seniority is null or i.id is null)
order by coalesce(c.score, 0) desc, p.id;
comment on view ple.to_enrich is 'Active people of whom something is not known or stale, the highest lead score first.';

create view ple.enrichment with (security_invoker = true) as
select
  coalesce(
    c.source,
    (
      select s.source
      from people.slot s
      where s.email = p.email
        and s.validation_status = 'validated'
      order by s.slot_number
      limit 1
    ),
    'unknown'
  ) as source,
  count(*) as people, count(p.enriched_at) as enriched,
  count(i.id) filter (where i.stale_at > now()) as with_intelligence,
  round(100.0 * count(p.enriched_at) / count(*), 1) as percent
from people.master p
left join intake.contacts c on c.email = p.email
left join people.intelligence i on i.person_id = p.id
where p.merged_into is null
group by 1;
comment on view ple.enrichment is 'How many people of each source were enriched. Reads whole tables.';

grant select on
  bit.coverage, bit.freshness, bit.source_quality, bit.funnel_by_source, bit.replies_by_source, ple.people, ple.to_enrich,
  ple.enrichment
to authenticated;
