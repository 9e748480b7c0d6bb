// `npm run tenant:create`: makes a client of the agency in every context, with its webhook endpoints, and prints their
// URLs and signing keys, which are shown this once. Run again, it completes what is missing.

import { createSecretBox } from "../supabase/functions/_shared/secrets.ts";
import { describeEndpoint, instanceOf, makeEndpoint, type Provider } from "./endpoints.ts";
import { parseFlags } from "./flags.ts";
import { connect } from "./platform.ts";
import { provisionTenant } from "./provision.ts";
import { fail } from "./report.ts";
import { findTarget, secretKeys } from "./target.ts";

const usage = "npm run tenant:create -- --name NAME [--time-zone Europe/Berlin] [--website URL] " +
  "[--bison-url URL --bison-workspace ID] [--calendly]";

try {
  const flags = parseFlags(usage, {
    name: { type: "string" },
    "time-zone": { type: "string" },
    website: { type: "string" },
    "bison-url": { type: "string" },
    "bison-workspace": { type: "string" },
    calendly: { type: "boolean" },
  });
  if (!flags.name?.trim()) throw new Error(`Say how the client is called. Usage: ${usage}`);
  const target = await findTarget();
  const box = createSecretBox(secretKeys(target));
  // Not a flag: other users of the machine can read those.
  const apiKey = Deno.env.get("BISON_API_KEY");
  const instance = flags["bison-url"] && instanceOf(flags["bison-url"]);
  const workspace = flags["bison-workspace"]?.trim();

  const wanted: Provider[] = [];
  if (instance || workspace) wanted.push("bison");
  if (flags.calendly) wanted.push("calendly");
  const endpoints = await Promise.all(
    wanted.map((provider) =>
      makeEndpoint(provider === "bison" ? { provider, instance, workspace } : { provider }, box)
    ),
  );

  const sql = connect(target.database, {
    connect_timeout: 5,
    connection: { "millrace.actor": "service:tenant-create" },
  });
  try {
    const made = await provisionTenant(sql, {
      business: flags.name,
      timeZone: flags["time-zone"],
      website: flags.website,
      bison: { instance_url: instance, workspace_id: workspace, api_key: apiKey && await box.seal(apiKey) },
      endpoints: endpoints.map(({ row }) => row),
    });
    console.log(`${made.business}: ${made.outcome === "created" ? "made" : "was there, completed"}`);
    console.log(`Client id    ${made.client_id}\nTenant id    ${made.tenant_id}\nTeam id      ${made.team_id}`);
    console.log(`Time zone    ${made.time_zone}`);
    for (const [n, { outcome }] of made.endpoints.entries()) {
      console.log(["", ...describeEndpoint(target.functions, wanted[n]!, endpoints[n]!, outcome)].join("\n"));
    }
    if (made.endpoints.some(({ outcome }) => outcome === "created")) {
      console.log("\nKeep them now: they are not shown again.");
    }
  } finally {
    await sql.end();
  }
} catch (error) {
  fail(error);
}
