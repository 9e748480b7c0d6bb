// The data hub: what was brought of people and companies, and what we know of them since.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

const shared = { scope: "hub", clientColumn: null, read: "agency" } as const;

export const loads = defineResource({
  ...shared,
  path: "hub/loads",
  name: "Load",
  about: "Rows about people as somebody brought them, the last first, and what became of each.",
  table: "intake.raw_loads",
  columns: {
    integer: "id",
    text: "batch_id source status",
    timestamp: "created_at promoted_at",
    object: "raw_data metadata",
  },
  stored: { id: "load_id" },
  present: "id batch_id source status created_at raw_data metadata",
  choices: { status: ["pending", "promoted", "failed", "duplicate"] },
  notes: { metadata: "error and field of a failed one, duplicate_of, file." },
  large: "raw_data",
  sorts: "-id",
  verbs: [{
    path: "/ingest",
    name: "ingestLoads",
    about: "Store up to 10,000 rows; one whose address came in the last 30 days is kept as a duplicate",
    right: "staff",
    body: z.strictObject({
      source: z.string().min(1).max(100),
      batch_id: z.string().min(1).max(200),
      rows: z.array(z.unknown()).max(10_000),
    }).openapi("LoadRows"),
    answer: z.object({
      summary: z.string(),
      load_ids: z.array(z.int()),
      errors: z.array(z.string()),
    }).openapi("IngestOutcome"),
    seconds: 20,
    run: async ({ input, query }) => {
      const [row] = await query(
        `select
           min(f.message) filter (where f.load_id is null and f.status = 'success') as summary,
           coalesce(jsonb_agg(f.load_id) filter (where f.load_id is not null), '[]') as load_ids,
           coalesce(jsonb_agg(f.message) filter (where f.status = 'error'), '[]') as errors
         from intake.f_ingest_json($1::text::jsonb, $2::text, $3::text) f`,
        [JSON.stringify(input.rows), input.source as string, input.batch_id as string],
      );
      return row;
    },
  }],
});

export const hubContacts = defineResource({
  ...shared,
  path: "hub/contacts",
  name: "HubContact",
  about: "People that loads named, one row an address.",
  table: "intake.contacts",
  columns: {
    integer: "id load_id",
    text: "email name phone company title source status",
    list: "tags",
    object: "custom_fields field_sources",
    number: "score",
    timestamp: "created_at updated_at last_activity_at",
  },
  stored: { id: "contact_id" },
  present: "id email source tags custom_fields field_sources created_at updated_at score status",
  choices: { status: ["active", "inactive", "bounced", "unsubscribed"] },
  notes: { score: "From 0 to 100, by the lead_score settings.", field_sources: "Who named a field, if not source." },
  large: "custom_fields field_sources",
  filters: "email company score created_at",
  sorts: "-id -score -created_at",
  verbs: [{
    path: "/promote",
    name: "promoteLoads",
    about: "Make contacts of pending loads: those named, or all that wait",
    right: "staff",
    body: z.strictObject({ load_ids: z.array(z.int().min(1)).max(10_000).optional() }).openapi("LoadIds"),
    answer: z.object({
      promoted_count: z.int(),
      updated_count: z.int(),
      failed_count: z.int(),
      message: z.string(),
    }).openapi("PromoteOutcome"),
    seconds: 60,
    run: async ({ input, query }) => {
      const ids = input.load_ids as number[] | undefined;
      const list = ids ? `{${ids.join(",")}}` : null;
      return (await query("select * from intake.f_promote_contacts($1::text::bigint[])", [list]))[0];
    },
  }],
});

export const hubCompanies = defineResource({
  ...shared,
  path: "hub/companies",
  name: "HubCompany",
  about: "Companies, one row a domain. One that was merged into another points to it.",
  table: "company.master",
  columns: {
    uuid: "id merged_into",
    text: "domain name industry location linkedin_url website status",
    integer: "employee_count",
    number: "revenue",
    timestamp: "created_at updated_at enriched_at",
  },
  present: "id domain created_at updated_at status",
  choices: { status: ["active", "inactive", "archived"] },
  filters: "domain name industry",
  sorts: "domain",
});

export const hubPeople = defineResource({
  ...shared,
  path: "hub/people",
  name: "HubPerson",
  about: "People, one row an address. One that was merged into another points to it.",
  table: "people.master",
  columns: {
    uuid: "id company_id merged_into",
    text: "email name first_name last_name title linkedin_url phone location seniority department status",
    timestamp: "created_at updated_at enriched_at",
  },
  present: "id email created_at updated_at status",
  choices: { status: ["active", "inactive", "bounced"] },
  filters: "email company_id linkedin_url",
  sorts: "email",
});
