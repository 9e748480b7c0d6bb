import { defineResource } from "../core/resource.ts";

export const companies = defineResource({
  path: "companies",
  name: "Company",
  about: "What the agency knows of companies, whichever client it works for.",
  table: "public.master_companies_db",
  scope: "crm",
  columns: {
    uuid: "id",
    integer: "number",
    text: "company_name company_domain company_description company_linkedin company_location company_size " +
      "company_annual_revenue company_year_founded company_business_model company_type naics_code naics_name " +
      "primary_industry_1 total_funding last_client",
    timestamp: "last_enriched created_at",
    object: "companyenrich_raw_data",
  },
  stored: { number: "#id", created_at: "created_at_supabase" },
  present: "id number",
  clientColumn: null,
  large: "companyenrich_raw_data company_description",
  filters: "company_domain",
  sorts: "number",
  read: "agency",
});
