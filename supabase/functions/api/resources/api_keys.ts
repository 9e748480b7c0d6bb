import { createHash, randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { ProblemError } from "../core/problems.ts";
import type { Caller } from "../core/callers.ts";
import { defineResource } from "../core/resource.ts";

const wish = z.strictObject({
  name: z.string().min(1).max(200),
  scopes: z.array(z.string().regex(/^[a-z_]+(:(read|write))?$/)).min(1).max(50).openapi({
    description: "`<scope>:read`, `<scope>:write` (reads as well), or `admin` for everything that the user may do.",
    example: ["leads:read", "crm:write"],
  }),
  client: z.string().max(1_000).optional().openapi({ description: "Only for this client." }),
  expires_at: z.iso.datetime({ offset: true }).optional(),
  rate_limit: z.int().min(1).max(100_000).optional().openapi({ description: "Requests a minute; 120 unless told." }),
  user_id: z.guid().optional().openapi({ description: "Whose key; yours unless told. Others' are for admins." }),
}).openapi("ApiKeyCreate");

export const apiKeys = defineResource({
  path: "api-keys",
  name: "ApiKey",
  about: "Keys for programs. A key acts as its user; scopes and client narrow what it may do.",
  table: "shared.user_api_keys",
  scope: "admin",
  columns: {
    uuid: "id user_id",
    text: "name prefix client",
    texts: "scopes",
    boolean: "active",
    integer: "rate_limit",
    timestamp: "last_used expires_at created_at deleted_at",
  },
  present: "id name prefix scopes rate_limit",
  reach: "all",
  filters: "user_id",
  sorts: "id",
  verbs: [
    {
      path: "",
      name: "createApiKey",
      about: "Make an API key, which is shown this once",
      right: "read",
      body: wish,
      status: 201,
      answer: z.object({ id: z.guid(), key: z.string(), prefix: z.string() }).openapi("NewApiKey"),
      secret: true,
      run: async ({ input, query, caller }) => {
        const { name, scopes, client, expires_at, rate_limit, user_id } = input as z.infer<typeof wish>;
        checkNarrower(caller, scopes, client);
        const prefix = randomBytes(4).toString("hex");
        const key = `mr_${prefix}_${randomBytes(32).toString("base64url")}`;
        const [row] = await query<{ id: string }>(
          `select integrations.create_api_key(
            $1::text::uuid, $2::text, array(select jsonb_array_elements_text($3::text::jsonb)), $4::text, $5::text,
            $6::text::timestamptz, $7::text, $8::text::integer
          ) as id`,
          [
            user_id ?? caller.claims.sub,
            name,
            JSON.stringify(scopes),
            createHash("sha256").update(key).digest("hex"),
            prefix,
            expires_at ?? null,
            client ?? null,
            `${rate_limit ?? 120}`,
          ],
        );
        return { id: row!.id, key, prefix };
      },
    },
    {
      path: "/{id}",
      method: "delete",
      name: "revokeApiKey",
      about: "End an API key at once",
      right: "read",
      status: 200,
      answer: z.object({ outcome: z.enum(["revoked", "already_revoked"]) }).openapi("RevokeOutcome"),
      run: async ({ id, query }) =>
        (await query("select integrations.revoke_api_key($1::text::uuid) as outcome", [id!]))[0],
    },
  ],
});

/** A key cannot make one that may do more than itself. */
function checkNarrower({ scopes: own, claims }: Caller, scopes: string[], client?: string): void {
  const isWider = own && !own.includes("admin") && scopes.some((scope) => !own.includes(scope)) ||
    claims.millrace_client !== undefined && claims.millrace_client !== client;
  if (isWider) throw new ProblemError(403, "not_allowed", "The new key could do more than the one that makes it.");
}
