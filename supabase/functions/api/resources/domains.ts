// Domains that the agency owns, their DNS records, what they are used for, and the registrar's account.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

const requested = z.object({ outcome: z.literal("requested") }).openapi("Requested");

const record = z.strictObject({
  purpose: z.enum(["spf", "dkim", "dmarc", "mx", "other"]),
  name: z.string().max(200).optional().openapi({ description: "Below the domain; empty for the domain itself." }),
  type: z.enum(["A", "AAAA", "CNAME", "MX", "TXT"]),
  content: z.string().min(1).max(4_000),
  ttl: z.int().min(600).max(86_400).optional(),
  prio: z.int().min(0).max(65_535).optional(),
}).openapi("WantedRecord");

const inboxProviders = ["missioninbox", "inboxkit", "none"] as const;

export const domains = defineResource({
  path: "domains",
  name: "Domain",
  about: "Domains that the agency owns: the registrar's facts, their DNS and their health.",
  table: "public.domains",
  scope: "domains",
  columns: {
    uuid: "id",
    text: "domain_name provider client status health_status porkbun_domain_id",
    texts: "name_servers health_reasons",
    boolean: "dns_configured spf_configured dkim_configured dmarc_configured mx_configured name_servers_configured " +
      "auto_renew",
    integer: "failed_dns_checks",
    date: "expiration_date registration_date",
    timestamp: "created_at updated_at synced_at setup_started_at dns_checked_at dns_verified_at health_checked_at",
  },
  present: "id domain_name provider status health_reasons mx_configured name_servers_configured auto_renew " +
    "failed_dns_checks",
  choices: {
    provider: ["porkbun", "inboxkit", "missioninbox", "other"],
    status: ["active", "expired", "pending", "transferred"],
    health_status: ["healthy", "warning", "critical", "unknown"],
  },
  notes: { health_reasons: "Worst first.", name_servers: "Wanted; null: the registrar's." },
  reach: "either",
  filters: "client status health_status domain_name",
  sorts: "-created_at",
  write: "staff",
  create: "domain_name provider client status expiration_date registration_date name_servers",
  required: "domain_name provider",
  update: "client name_servers",
  verbs: [
    {
      path: "/{id}/set-up",
      name: "setUpDomain",
      about: "Have name servers and records written (again), and verified",
      right: "staff",
      answer: requested,
      run: async ({ id, query }) => (await query("select public.set_up_domain($1::text::uuid) as outcome", [id!]))[0],
    },
    {
      path: "/{id}/verify",
      name: "verifyDomain",
      about: "Have resolvers asked now whether its records are seen",
      right: "staff",
      answer: requested,
      run: async ({ id, query }) => (await query("select public.verify_domain($1::text::uuid) as outcome", [id!]))[0],
    },
    {
      path: "/{id}/records",
      name: "setDomainRecords",
      about: "Set the exact records that its inbox provider asks for; they replace ours of the same purposes",
      right: "staff",
      body: z.strictObject({ records: z.array(record).min(1).max(50) }).openapi("DomainRecordsSet"),
      answer: z.object({ records: z.int() }).openapi("WantedRecords"),
      run: async ({ id, input, query }) => {
        const [row] = await query(
          `select public.set_domain_records(
            (select d.domain_name from public.domains d where d.id = $1::text::uuid), $2::text::jsonb
          ) as records`,
          [id!, JSON.stringify(input.records)],
        );
        return row;
      },
    },
  ],
});

export const domainRecords = defineResource({
  path: "domain-records",
  name: "DomainRecord",
  about: "The DNS records that domains shall have, and whether resolvers see them.",
  table: "public.domain_dns_records",
  scope: "domains",
  columns: {
    uuid: "id domain_id",
    text: "client purpose name type content source status provider_record_id",
    integer: "ttl prio",
    timestamp: "written_at verified_at created_at updated_at",
  },
  present: "id domain_id purpose name type content source status ttl created_at updated_at",
  choices: {
    purpose: ["spf", "dkim", "dmarc", "mx", "other"],
    source: ["template", "exact"],
    status: ["wanted", "conflict", "written", "verified", "missing", "unwanted"],
  },
  notes: { name: "Below the domain; empty for the domain itself." },
  reach: "either",
  filters: "client domain_id",
  sorts: "-created_at",
});

export const domainInventory = defineResource({
  path: "domain-inventory",
  name: "InventoryDomain",
  about: "What each domain is used for, from its reservation to its end.",
  table: "public.domain_inventory",
  scope: "domains",
  columns: {
    uuid: "id purchase_batch_id",
    text: "domain_name client registrar inbox_provider status notes",
    number: "purchase_price",
    integer: "inboxes_ordered inboxes_active",
    boolean: "dns_configured",
    date: "expires_at renewal_date",
    timestamp: "purchased_at assigned_to_provider_at activated_at cancelled_at created_at updated_at",
    list: "tags",
  },
  present: "id domain_name",
  choices: {
    inbox_provider: inboxProviders,
    status: ["available", "purchased", "configured", "in_use", "expired", "reserved"],
  },
  notes: { purchase_price: "Dollars." },
  reach: "either",
  filters: "client status purchase_batch_id",
  sorts: "-created_at",
  write: "staff",
  update: "inbox_provider notes tags renewal_date cancelled_at",
});

export const domainProviders = defineResource({
  path: "domain-providers",
  name: "DomainProvider",
  about: "The agency's account at a registrar. Its credentials are written, never read.",
  table: "public.domain_providers",
  scope: "admin",
  columns: {
    uuid: "id",
    text: "provider_name webhook_id",
    boolean: "is_active",
    texts: "name_servers",
    timestamp: "last_sync_at created_at updated_at",
  },
  present: "id provider_name name_servers",
  choices: { provider_name: ["porkbun", "other"] },
  clientColumn: null,
  sorts: "provider_name",
  read: "agency",
  verbs: [{
    path: "",
    name: "setDomainProvider",
    about: "Set the API key of the account at a registrar",
    right: "admin",
    body: z.strictObject({
      provider_name: z.enum(["porkbun"]),
      api_key: z.string().min(1).max(500),
      api_secret: z.string().min(1).max(500),
    }).openapi("DomainProviderSet"),
    answer: "row",
    run: async ({ input, query, seal, row }) => {
      const [made] = await query<{ id: string }>(
        "select public.set_domain_provider($1::text, $2::text, $3::text) as id",
        [
          input.provider_name as string,
          await seal(input.api_key as string),
          await seal(input.api_secret as string),
        ],
      );
      return await row(made!.id);
    },
  }, {
    path: "/{id}/connect-webhook",
    name: "connectRegistrarWebhook",
    about: "Have a webhook for all events made in the account, in place of the one before",
    right: "admin",
    answer: requested,
    run: async ({ id, query }) =>
      (await query("select public.connect_registrar_webhook($1::text::uuid) as outcome", [id!]))[0],
  }],
});
