// `npm run connect`: makes the webhook endpoint of a client and prints its URL and signing key. They are shown this once:
// the database keeps the token's hash and the sealed key.

import postgres from "postgres";
import { createSecretBox } from "../supabase/functions/_shared/secrets.ts";
import { isLocal } from "./database.ts";
import { parseFlags } from "./flags.ts";
import { fail } from "./report.ts";
import { developmentKeys, runningStack } from "./stack.ts";

const usage = "npm run connect -- --provider bison|calendly --client NAME [--instance URL --workspace ID]";

try {
  const flags = parseFlags(usage, {
    provider: { type: "string" },
    client: { type: "string" },
    instance: { type: "string" },
    workspace: { type: "string" },
  });
  const { provider, client } = flags;
  if (provider !== "bison" && provider !== "calendly") throw new Error(`Say which provider. Usage: ${usage}`);
  if (!client) throw new Error(`Say which client, as in "Clients"."Business". Usage: ${usage}`);
  if (provider === "bison" && !(flags.instance && flags.workspace)) {
    throw new Error(
      "EmailBison needs --instance https://... and --workspace ID: other workspaces' events are refused.",
    );
  }

  const { database, functions } = await target();
  const token = random();
  const signingKey = provider === "calendly" ? random() : undefined;
  const sealed = signingKey ? await createSecretBox(secretKeys(database)).seal(signingKey) : null;
  const sql = postgres(database, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    const [known] = await sql`select from integrations.tenants where business = ${client}`;
    if (!known) throw new Error(`There is no client ${JSON.stringify(client)}: insert it into "Clients" first.`);
    await sql`
      insert into integrations.webhook_endpoints
        (provider, client, token_hash, instance_url, workspace_id, require_signature, signing_secret)
      values
        (${provider}, ${client}, sha256(convert_to(${token}, 'UTF8')), ${flags.instance ?? null},
         ${flags.workspace ?? null}, ${sealed !== null}, ${sealed})`;
  } finally {
    await sql.end();
  }
  console.log(`Webhook URL  ${functions}/${provider}-webhook/${token}`);
  if (signingKey) console.log(`Signing key  ${signingKey}`);
  console.log("Keep them now: they are not shown again.");
} catch (error) {
  fail(error);
}

async function target(): Promise<{ database: string; functions: string }> {
  const database = Deno.env.get("DATABASE_URL");
  if (database) {
    return { database, functions: Deno.env.get("FUNCTIONS_URL") ?? "https://<project>.supabase.co/functions/v1" };
  }
  const stack = await runningStack();
  if (!stack) throw new Error("Nothing to connect to: set DATABASE_URL, or run `npm start` in another terminal.");
  return stack;
}

/** The functions must be able to open what is sealed here, so a database elsewhere needs their own keys. */
function secretKeys(database: string): string {
  const keys = Deno.env.get("MILLRACE_SECRET_KEYS") ?? (isLocal(database) ? developmentKeys : undefined);
  if (!keys) throw new Error("Set MILLRACE_SECRET_KEYS as the functions have it: the signing key is sealed with it.");
  return keys;
}

function random(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replace(/[+/=]/g, "");
}
