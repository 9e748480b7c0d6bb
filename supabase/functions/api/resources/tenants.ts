import { createHash, randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { defineResource, type VerbCall } from "../core/resource.ts";

const endpointWish = z.strictObject({
  provider: z.enum(["bison", "calendly"]),
  instance_url: z.url().max(500).optional().openapi({ description: "EmailBison: the instance of the workspace." }),
  workspace_id: z.string().max(100).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  replace: z.boolean().optional().openapi({
    description: "Gives an endpoint that is there a new URL and key; the old ones work for seven more days.",
  }),
}).refine(({ provider, instance_url, workspace_id }) => provider !== "bison" || (instance_url && workspace_id), {
  message: "EmailBison needs instance_url and workspace_id: other workspaces' events are refused.",
});

const wish = z.strictObject({
  business: z.string().trim().min(1).max(500),
  time_zone: z.string().max(100).optional().openapi({ example: "Europe/Berlin" }),
  website: z.string().max(500).optional(),
  bison: z.strictObject({
    instance_url: z.url().max(500).optional(),
    workspace_id: z.string().max(100).optional(),
    api_key: z.string().max(1_000).optional().openapi({ description: "It is sealed before it is stored." }),
  }).optional(),
  endpoints: z.array(endpointWish).max(20).optional(),
}).openapi("TenantCreate");

const made = z.object({
  outcome: z.enum(["created", "kept"]),
  business: z.string(),
  client_id: z.guid(),
  tenant_id: z.string(),
  team_id: z.guid(),
  time_zone: z.string(),
  endpoints: z.array(z.object({
    provider: z.string(),
    id: z.int(),
    outcome: z.enum(["created", "kept", "replaced"]),
    webhook_path: z.string().optional().openapi({ description: "Below /functions/v1. Shown once." }),
    signing_key: z.string().optional().openapi({ description: "Shown once." }),
  })),
}).openapi("NewTenant");

export const tenants = defineResource({
  path: "tenants",
  name: "Tenant",
  about: "The agency's clients with their ids in every context.",
  table: "integrations.tenants",
  scope: "admin",
  columns: {
    uuid: "id client_id team_id",
    text: "business time_zone tenant_id",
    boolean: "is_agency",
    timestamp: "created_at updated_at",
  },
  present: "id client_id business time_zone is_agency created_at updated_at",
  notes: { is_agency: "The agency itself, which is no client: what its own accounts tell belongs to it." },
  clientColumn: "business",
  sorts: "business",
  read: "agency",
  verbs: [{
    path: "",
    name: "provisionTenant",
    about: "Make a client in every context with its webhook endpoints, or complete one that is there",
    right: "admin",
    body: wish,
    status: 201,
    answer: made,
    secret: true,
    run: provision,
  }],
});

async function provision({ input, query, seal }: VerbCall): Promise<unknown> {
  const { business, time_zone, website, bison = {}, endpoints = [] } = input as z.infer<typeof wish>;
  const secrets = endpoints.map(({ provider }) => ({
    token: randomBytes(32).toString("base64url"),
    signing_key: provider === "calendly" ? randomBytes(32).toString("base64url") : undefined,
  }));
  const rows = await Promise.all(endpoints.map(async (endpoint, n) => ({
    ...endpoint,
    token_hash: createHash("sha256").update(secrets[n]!.token).digest("hex"),
    signing_secret: secrets[n]!.signing_key && await seal(secrets[n]!.signing_key),
  })));
  const [row] = await query<{ answer: z.infer<typeof made> }>(
    "select integrations.provision_tenant($1::text, $2::text, $3::text, $4::text::jsonb, $5::text::jsonb) as answer",
    [
      business,
      time_zone ?? null,
      website ?? null,
      JSON.stringify({ ...bison, api_key: bison.api_key && await seal(bison.api_key) }),
      JSON.stringify(rows),
    ],
  );
  const shown = row!.answer.endpoints.map((endpoint, n) => {
    if (endpoint.outcome === "kept") return endpoint;
    const { token, signing_key } = secrets[n]!;
    return { ...endpoint, webhook_path: `/${endpoint.provider}-webhook/${token}`, signing_key };
  });
  return { ...row!.answer, endpoints: shown };
}

export const endpoints = defineResource({
  path: "webhook-endpoints",
  name: "WebhookEndpoint",
  about: "The URLs that providers send their webhooks to. `POST /v1/tenants` makes and replaces them.",
  table: "integrations.webhook_endpoints",
  scope: "admin",
  columns: {
    integer: "id",
    text: "provider client instance_url workspace_id",
    boolean: "require_signature is_active",
    object: "settings",
    timestamp: "created_at updated_at",
  },
  present: "id provider client require_signature is_active settings created_at updated_at",
  reach: "all",
  filters: "client",
  sorts: "id",
  read: "agency",
});
