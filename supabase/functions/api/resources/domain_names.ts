// Names for new domains: templates, their runs, and what the registrar says of each name.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";
import { toArray } from "../core/columns.ts";

const run = z.object({
  generation_id: z.guid(),
  base_name: z.string(),
  generated_count: z.int(),
  known_count: z.int().openapi({ description: "Owned, made or asked about before." }),
  refused_count: z.int().openapi({ description: "Too long, or not legal." }),
});

export const domainTemplates = defineResource({
  path: "domain-templates",
  name: "DomainTemplate",
  about: "What names are made of: a prefix, a suffix or both around each base name, under each TLD.",
  table: "public.domain_generation_templates",
  scope: "domains",
  columns: {
    uuid: "id",
    text: "name client",
    list: "base_names prefixes suffixes tlds",
    integer: "use_count",
    timestamp: "last_used_at created_at updated_at",
  },
  present: "id name base_names",
  reach: "either",
  filters: "client",
  sorts: "-created_at",
  write: "staff",
  create: "name client base_names prefixes suffixes tlds",
  required: "name base_names",
  update: "name client base_names prefixes suffixes tlds",
  delete: "row",
  verbs: [{
    path: "/{id}/generate",
    name: "generateDomains",
    about: "Make names and have each checked at the registrar, one in ten seconds",
    right: "staff",
    body: z.strictObject({ limit: z.int().min(1).max(2_000).optional() }).openapi("DomainGenerate"),
    answer: z.object({ generations: z.array(run) }).openapi("DomainsGenerated"),
    run: async ({ id, input, query }) => ({
      generations: await query("select * from public.generate_domains($1::text::uuid, $2::text::integer)", [
        id!,
        input.limit === undefined ? null : String(input.limit),
      ]),
    }),
  }],
});

export const domainGenerations = defineResource({
  path: "domain-generations",
  name: "DomainGeneration",
  about: "Each run of a template for one base name.",
  table: "public.domain_generations",
  scope: "domains",
  columns: {
    uuid: "id template_id",
    text: "client base_name",
    list: "prefixes suffixes tlds",
    integer: "generated_count available_count",
    timestamp: "checked_at created_at",
  },
  present: "id base_name tlds",
  reach: "either",
  filters: "client template_id",
  sorts: "-created_at",
});

export const domainChecks = defineResource({
  path: "domain-checks",
  name: "DomainCheck",
  about: "Names with the registrar's last answer, which holds for an hour. Without checked_at it is still to come.",
  table: "public.domain_availability_checks",
  scope: "domains",
  columns: {
    uuid: "id generation_id",
    text: "domain_name client provider",
    boolean: "is_available is_premium",
    number: "price renewal_price",
    timestamp: "checked_at expires_at created_at",
  },
  present: "id domain_name is_premium created_at",
  notes: { price: "Dollars for the first year." },
  reach: "either",
  filters: "client generation_id domain_name",
  sorts: "-created_at",
  verbs: [{
    path: "",
    name: "checkDomains",
    about: "Have names checked whose last answer no longer holds",
    right: "staff",
    body: z.strictObject({
      client: z.string().max(500),
      domains: z.array(z.string().max(100)).min(1).max(100),
    }).openapi("DomainsCheck"),
    answer: z.object({ enqueued: z.int() }).openapi("DomainChecksEnqueued"),
    run: async ({ input, query }) => {
      const [row] = await query("select public.check_domains($1::text, $2::text::text[]) as enqueued", [
        input.client as string,
        toArray(input.domains as string[]),
      ]);
      return row;
    },
  }],
});
