// `npm run db:types`: shared/database.types.ts from the migrations, on a server of its own.

import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { parseFlags } from "./flags.ts";
import { fail } from "./report.ts";
import { generateTypes, typesPath } from "./schema.ts";

try {
  parseFlags("npm run db:types", {});
  const server = await startTestServer();
  try {
    const database = await createDatabase();
    await Deno.writeTextFile(typesPath, await generateTypes(database.url()));
  } finally {
    await server.stop();
  }
  console.log("shared/database.types.ts is up to date.");
} catch (error) {
  fail(error);
}
