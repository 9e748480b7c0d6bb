// Data about companies and people that the agency bought or found: stores, signals, enrichment and its costs.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

export const stores = defineResource({
  path: "stores",
  name: "Store",
  about: "Online stores from StoreLeads, and how far each one is on its way to companies and contacts.",
  table: "public.eligible_storeleads_10k",
  scope: "enrichment",
  columns: {
    integer: "id attempts",
    uuid: "company_id",
    text: "domain_norm domain company_name company_location description contact_page_url emails linkedin_url " +
      "facebook_url instagram_url twitter_url status problem claimed_by",
    number: "estimated_monthly_sales",
    timestamp: "claim_expires_at created_at copied_at processed_at",
  },
  present: "id attempts status created_at",
  choices: { status: ["new", "copied", "processed", "failed"] },
  notes: { estimated_monthly_sales: "US dollars." },
  clientColumn: null,
  large: "description",
  filters: "status domain_norm",
  sorts: "id",
  read: "agency",
  verbs: [{
    path: "/advance",
    name: "advanceStores",
    about: "Take over, copy and process the next batch of stores now, not with the schedule",
    right: "staff",
    body: z.strictObject({ limit: z.int().min(1).max(5_000).optional() }).openapi("StoreBatch"),
    answer: z.object({
      pulled: z.int(),
      copied: z.int(),
      processed: z.int(),
      contacts: z.int(),
      has_more: z.boolean(),
    }).openapi("StoreProgress"),
    seconds: 30,
    run: async ({ input, query }) =>
      (await query("select * from integrations.advance_storeleads($1::text::integer)", [`${input.limit ?? 1000}`]))[0],
  }],
});

export const signals = defineResource({
  path: "company-signals",
  name: "CompanySignal",
  about: "What was noticed about companies: once for each content, with when it was seen first and last.",
  table: "public.company_signals",
  scope: "enrichment",
  columns: {
    uuid: "signal_id company_id",
    text: "signal_type signal_source",
    object: "signal_payload",
    number: "confidence_score",
    timestamp: "first_seen_at last_seen_at created_at",
  },
  present: "signal_id company_id signal_type signal_source signal_payload first_seen_at last_seen_at " +
    "created_at",
  notes: { confidence_score: "From 0 to 1." },
  key: "signal_id",
  clientColumn: null,
  filters: "company_id signal_type",
  sorts: "-last_seen_at",
  read: "agency",
});

export const masterContacts = defineResource({
  path: "master-contacts",
  name: "MasterContact",
  about: "Every person the agency has data of, whichever client they were contacted for.",
  table: "public.master_contacts_db",
  scope: "enrichment",
  columns: {
    uuid: "id",
    text: "email first_name last_name full_name company_name company_domain company_linkedin job_title " +
      "personal_linkedin personal_location phone_number email_service_provider contact_status last_campaign_id " +
      "last_client",
    timestamp: "last_enriched created_at",
  },
  stored: { created_at: "created_at_supabase" },
  present: "id",
  clientColumn: null,
  filters: "company_domain",
  sorts: "id",
  read: "agency",
});

const companiesWish = z.strictObject({
  domains: z.array(z.string().max(500)).min(1).max(10_000).optional().openapi({
    description: "Those that wait longest unless told.",
  }),
  limit: z.int().min(1).max(10_000).optional(),
}).openapi("EnrichmentCreate");

const peopleWish = z.strictObject({
  emails: z.array(z.email()).min(1).max(1_000).optional().openapi({
    description: "Without: whose data is stale soonest.",
  }),
  limit: z.int().min(1).max(1_000).optional(),
}).openapi("PeopleEnrich");

const storesWish = z.strictObject({
  filters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional().openapi({
    example: { "f:cc": "US", "f:p": "shopify" },
  }),
  most_pages: z.int().min(1).max(1_000).optional(),
  all: z.boolean().optional().openapi({ description: "One answer with everything, which takes StoreLeads a while." }),
}).openapi("StoresCreate");

export const enrichmentRuns = defineResource({
  path: "enrichment-runs",
  name: "EnrichmentRun",
  about: "Questions to CompanyEnrich and StoreLeads, what they cost and what came of them.",
  table: "integrations.enrichment_runs",
  scope: "enrichment",
  columns: {
    uuid: "id",
    text: "provider kind status provider_job_id problem requested_by",
    texts: "domains",
    object: "filters",
    integer: "page most_pages reserved_credits charged_credits found missing",
    date: "credit_month",
    timestamp: "created_at asked_at finished_at updated_at",
  },
  present: "id provider kind status domains filters page most_pages credit_month reserved_credits charged_credits " +
    "found missing requested_by created_at updated_at",
  choices: {
    provider: ["companyenrich", "storeleads"],
    kind: ["company", "companies", "person", "stores", "all_stores"],
    status: ["queued", "asked", "running", "completed", "stopped", "failed"],
  },
  notes: { status: "asked: sent, not known to have arrived. stopped: the budget was used up before the end." },
  clientColumn: null,
  large: "domains",
  filters: "status",
  sorts: "-created_at",
  read: "agency",
  verbs: [
    {
      path: "/companies",
      name: "enrichCompanies",
      about: "Ask CompanyEnrich for companies, as far as the budget goes",
      right: "staff",
      body: companiesWish,
      answer: z.object({
        outcome: z.enum(["requested", "partly_requested", "budget_exhausted", "nothing_to_do"]),
        domains: z.int(),
        run_ids: z.array(z.guid()),
      }).openapi("EnrichmentOutcome"),
      run: async ({ input, query }) => {
        const { domains, limit } = input as z.infer<typeof companiesWish>;
        return (await query(
          `select r.outcome, r.domains, to_jsonb(r.run_ids) as run_ids
          from integrations.request_enrichment(
            case when $1::text is not null then array(select jsonb_array_elements_text($1::text::jsonb)) end,
            $2::text::integer
          ) r`,
          [domains ? JSON.stringify(domains) : null, `${limit ?? 500}`],
        ))[0];
      },
    },
    {
      path: "/people",
      name: "enrichPeople",
      about: "Ask CompanyEnrich for LinkedIn data of people in the hub, as far as the budget goes",
      right: "staff",
      body: peopleWish,
      answer: z.object({
        outcome: z.enum(["requested", "partly_requested", "budget_exhausted", "nothing_to_do"]),
        people: z.int(),
        run_ids: z.array(z.guid()),
      }).openapi("PeopleOutcome"),
      run: async ({ input, query }) => {
        const { emails, limit } = input as z.infer<typeof peopleWish>;
        return (await query(
          `select r.outcome, r.people, to_jsonb(r.run_ids) as run_ids
          from people.request_intelligence(
            case when $1::text is not null then array(select jsonb_array_elements_text($1::text::jsonb)) end,
            $2::text::integer
          ) r`,
          [emails ? JSON.stringify(emails) : null, `${limit ?? 50}`],
        ))[0];
      },
    },
    {
      path: "/stores",
      name: "fetchStores",
      about: "Ask StoreLeads for stores, as far as the budget goes",
      right: "staff",
      body: storesWish,
      answer: z.object({ outcome: z.enum(["requested", "budget_exhausted"]), run_id: z.guid().nullable() }).openapi(
        "StoresOutcome",
      ),
      run: async ({ input, query }) => {
        const { filters = {}, most_pages = 20, all = false } = input as z.infer<typeof storesWish>;
        return (await query(
          "select * from integrations.request_stores($1::text::jsonb, $2::text::integer, $3::text::boolean)",
          [JSON.stringify(filters), `${most_pages}`, `${all}`],
        ))[0];
      },
    },
  ],
});

export const providerCredits = defineResource({
  path: "provider-credits",
  name: "ProviderCredit",
  about: "What a provider of data cost in a month, and what is held for runs that are not over.",
  table: "integrations.provider_credits",
  scope: "enrichment",
  columns: {
    text: "provider",
    date: "month",
    integer: "reserved charged account_used account_total",
    timestamp: "checked_at",
  },
  present: "provider month reserved charged",
  key: "provider month",
  clientColumn: null,
  sorts: "provider",
  single: false,
  read: "agency",
});

const keyWish = z.strictObject({
  provider: z.enum(["companyenrich", "storeleads"]),
  api_key: z.string().trim().min(1).max(1_000).openapi({ description: "It is sealed before it is stored." }),
}).openapi("ProviderKeyCreate");

export const providerKeys = defineResource({
  path: "provider-keys",
  name: "ProviderKey",
  about: "For which providers of data the agency stored a key.",
  table: "integrations.provider_keys",
  scope: "admin",
  columns: { text: "provider", timestamp: "created_at updated_at" },
  present: "provider created_at updated_at",
  key: "provider",
  clientColumn: null,
  sorts: "provider",
  single: false,
  read: "agency",
  verbs: [{
    path: "",
    name: "storeProviderKey",
    about: "Store the agency's key at a provider, in place of an earlier one",
    right: "admin",
    body: keyWish,
    answer: z.object({ provider: z.string() }).openapi("StoredProviderKey"),
    run: async ({ input, query, seal }) => {
      const { provider, api_key } = input as z.infer<typeof keyWish>;
      return (await query(
        "select integrations.store_provider_key($1::text, $2::text) as provider",
        [provider, await seal(api_key)],
      ))[0];
    },
  }],
});

const chosen = { uuid: "id contact_id company_id", timestamp: "created_at" };

export const campaignContacts = defineResource({
  path: "campaign-contacts",
  name: "CampaignContact",
  about: "Contacts that were chosen for a client's campaign, and why one was left out.",
  table: '"Master".campaign_contact_db',
  scope: "campaigns",
  columns: { ...chosen, text: "client campaign_id status reason chosen_by" },
  present: "id contact_id client status created_at",
  choices: { status: ["chosen", "excluded", "queued", "in_campaign", "removed"] },
  filters: "status",
  sorts: "-created_at",
});

export const bisonQueue = defineResource({
  path: "bison-queue",
  name: "QueuedContact",
  about: "Contacts on their way into a campaign in EmailBison.",
  table: '"Master".bison_queue',
  scope: "campaigns",
  columns: {
    integer: "id priority attempts bison_lead_id",
    uuid: "contact_id batch_id",
    text: "client campaign_id status problem queued_by",
    object: "custom_variables",
    timestamp: "queued_at pushed_at attached_at",
  },
  present: "id priority attempts contact_id client campaign_id status custom_variables queued_at",
  choices: { status: ["queued", "pushing", "pushed", "attached", "failed", "skipped"] },
  filters: "status",
  sorts: "-id",
});

export const campaignLeads = defineResource({
  path: "campaign-leads",
  name: "CampaignLead",
  about: "Contacts that are leads of a campaign in EmailBison.",
  table: '"Master".campaign_leads_db',
  scope: "campaigns",
  columns: {
    ...chosen,
    integer: "bison_lead_id queue_id",
    text: "client campaign_id email instance_url",
    timestamp: "pushed_at created_at",
  },
  present: "id contact_id bison_lead_id client campaign_id email pushed_at created_at",
  filters: "bison_lead_id",
  sorts: "-created_at",
});
