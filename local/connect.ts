// `npm run connect`: makes a webhook endpoint of a client that is there, and prints its URL and signing key. They are
// shown this once: the database keeps the token's hash and the sealed key.

import { createSecretBox } from "../supabase/functions/_shared/secrets.ts";
import { describeEndpoint, makeEndpoint } from "./endpoints.ts";
import { parseFlags } from "./flags.ts";
import { connect } from "./platform.ts";
import { provisionTenant } from "./provision.ts";
import { fail } from "./report.ts";
import { findTarget, secretKeys } from "./target.ts";

const usage = "npm run connect -- --provider bison|calendly --client NAME [--instance URL --workspace ID] [--replace]";

try {
  const flags = parseFlags(usage, {
    provider: { type: "string" },
    client: { type: "string" },
    instance: { type: "string" },
    workspace: { type: "string" },
    replace: { type: "boolean" },
  });
  const { provider, client } = flags;
  if (provider !== "bison" && provider !== "calendly") throw new Error(`Say which provider. Usage: ${usage}`);
  if (!client) throw new Error(`Say which client, as in "Clients"."Business". Usage: ${usage}`);

  const target = await findTarget();
  const made = await makeEndpoint({ ...flags, provider }, createSecretBox(secretKeys(target)));
  const sql = connect(target.database, {
    connect_timeout: 5,
    connection: { "millrace.actor": "service:connect" },
  });
  try {
    const [known] = await sql`select from integrations.tenants where business = ${client}`;
    if (!known) {
      throw new Error(`There is no client ${JSON.stringify(client)}: make it with \`npm run tenant:create\` first.`);
    }
    const { endpoints: [endpoint] } = await provisionTenant(sql, { business: client, endpoints: [made.row] });
    console.log(describeEndpoint(target.functions, provider, made, endpoint!.outcome).join("\n"));
    if (endpoint!.outcome !== "kept") console.log("Keep them now: they are not shown again.");
  } finally {
    await sql.end();
  }
} catch (error) {
  fail(error);
}
