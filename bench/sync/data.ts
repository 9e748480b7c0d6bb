// An agency of the documented size, and leads as an enrichment tool fills them: nearly every descriptive column is
// there.

import type postgres from "postgres";

const companies = 300_000;
const clients = 20;
/** Companies that the leads work for. */
const employers = 30_000;

/** What a batch of leads says; the other columns keep their defaults. */
const said = {
  client: `'Client ' || i % ${employers} % ${clients}`,
  email: `lower(first.name || '.' || last.name) || i || '@company-' || i % ${employers} || '.example'`,
  first_name: "first.name",
  last_name: "last.name",
  full_name: "first.name || ' ' || last.name",
  job_title: "(array['Head of Growth', 'VP Sales', 'Chief Executive Officer', 'Marketing Manager'])[i % 4 + 1]",
  seniority_level: "(array['Head', 'VP', 'C-Level', 'Manager'])[i % 4 + 1]",
  linkedin_url: "'https://www.linkedin.com/in/person-' || i",
  lead_phone: "'+1 555 ' || i % 900 + 100 || ' ' || i % 9000 + 1000",
  company: `'Company ' || i % ${employers}`,
  company_domain: `'company-' || i % ${employers} || '.example'`,
  company_linkedin: `'https://www.linkedin.com/company/company-' || i % ${employers}`,
  company_website: `'https://www.company-' || i % ${employers} || '.example/'`,
  company_size: "(array['1-10', '11-50', '51-200', '201-500'])[i % 4 + 1]",
  industry: "(array['Software', 'Logistics', 'Robotics'])[i % 3 + 1]",
  annual_revenue: "'$10M-$50M'",
  company_hq_city: "(array['Austin', 'Berlin', 'Osaka', 'Lyon'])[i % 4 + 1]",
  company_hq_state: "'TX'",
  company_hq_country: "'United States'",
  year_founded: "1990 + i % 30",
  business_model: "'B2B'",
  funding_stage: "'Series B'",
  tech_stack: "array['HubSpot', 'Salesforce', 'Segment']",
  is_hiring: "i % 3 = 0",
  growth_score: "i % 100",
  num_locations: "i % 9 + 1",
  main_product_service: "'Warehouse robots'",
  context: "'Replied to the second mail and asked for a time'",
  lead_source: "'outbound'",
  last_contact: "now() - i % 90 * interval '1 day'",
  campaign_name: "'Campaign ' || i % 50",
  campaign_id: "(i % 50)::text",
  date_created: "current_date",
  custom_variables_jsonb: "jsonb_build_object('city', 'Austin', 'opener', 'Saw your post on pick rates', 'index', i)",
  replied: "true",
  replied_at: "now() - i % 90 * interval '1 day'",
  meeting_booked: "i % 5 = 0",
  meeting_booked_at: "case when i % 5 = 0 then now() end",
  bison_lead_id: "i",
};
export const columns = Object.keys(said).join(", ");

/** The companies, most of which every client has seen before, as the document's row counts say. */
export async function seedAgency(sql: postgres.Sql): Promise<void> {
  await sql`insert into public."Clients" ("Business") select 'Client ' || i from generate_series(0, ${
    clients - 1
  }) as i`;
  await sql`
    insert into public.master_companies_db (company_domain, company_name, company_description, company_size)
    select 'company-' || i || '.example', 'Company ' || i, repeat('Robots for warehouses. ', 4), '51-200'
    from generate_series(0, ${companies - 1}) as i`;
  await sql`
    insert into public.client_company_state (client_id, company_id)
    select t.client_id, m.id
    from public.master_companies_db m
    join integrations.tenants t
      on t.business = 'Client ' || (substring(m.company_domain from '\\d+')::integer % ${clients})
    where m."#id" % 5 > 0`;
  await forgetToday(sql);
}

/** bench.leads, the same as one JSON document, and bench.strangers: each of a company that nobody knows. */
export async function stageLeads(sql: postgres.Sql, leads: number): Promise<void> {
  const first =
    "array['James','Mary','Robert','Linda','John','Susan','Michael','Karen','David','Lisa','William','Emily']";
  const syllables = "array['ba','do','ka','mi','lo','sa','te','ri','vu','no','pa','he','gu','wi','ja']";
  await sql.unsafe(`
    create schema bench;
    create unlogged table bench.leads as select ${columns} from public.engaged_leads limit 0;
    insert into bench.leads
    select ${Object.values(said).join(", ")}
    from generate_series(0, ${leads - 1}) as i
    cross join lateral (select (${first})[(hashint4(i) & 7) + 1] as name) as first
    cross join lateral (
      select initcap(
        (${syllables})[((hashint4(i) >> 4) & 7) + 1] || (${syllables})[((hashint4(i) >> 8) & 7) + 1] || 'son'
      ) as name
    ) as last
    order by hashint4(i + 1);
    create table bench.document (leads json);
    alter table bench.document alter leads set storage external;
    insert into bench.document select json_agg(json_strip_nulls(row_to_json(l))) from bench.leads l;
    create unlogged table bench.strangers as select * from bench.leads;
    update bench.strangers set company_domain = 'new-' || bison_lead_id || '.example';
    analyze;
  `).simple();
}

/** As on the next day, without the companies that a run made. */
export async function forgetToday(sql: postgres.Sql): Promise<void> {
  await sql`delete from public.master_companies_db where company_domain like 'new-%'`;
  await sql`update public.client_company_state set last_seen_at = now() - interval '2 days'
    where last_seen_at is null or last_seen_at > now() - interval '1 day'`;
  for (const table of ["client_company_state", "master_companies_db"]) {
    await sql.unsafe(`vacuum analyze public.${table}`);
  }
}
