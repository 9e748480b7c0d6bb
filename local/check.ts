// `node local/run.mjs check`: what needs a migrated database, the advisors and the generated types.

import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { type Check, runChecks } from "./checks.ts";
import { clientPath, generateClient } from "./client_source.ts";
import { fail } from "./report.ts";
import { advise, generateTypes, typesPath } from "./schema.ts";

try {
  const server = await startTestServer();
  const { url } = await createDatabase();
  const checks: Check[] = [
    { name: "database advisors", run: () => advise(url(), url("supabase_admin")) },
    { name: "generated types", run: () => compareTypes(url()) },
    { name: "generated API client", run: compareClient },
  ];
  const ok = await runChecks(checks).finally(server.stop);
  Deno.exit(ok ? 0 : 1);
} catch (error) {
  fail(error);
}

async function compareTypes(url: string): Promise<string> {
  const isSame = await generateTypes(url) === await Deno.readTextFile(typesPath);
  return isSame ? "" : "shared/database.types.ts is out of date: run `npm run db:types`.";
}

async function compareClient(): Promise<string> {
  const isSame = await generateClient() === await Deno.readTextFile(clientPath);
  return isSame ? "" : "shared/client.ts is out of date: run `npm run api:client`.";
}
