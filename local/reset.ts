// `npm run db:reset`: throws the embedded database away and makes it anew.

import { startDatabase } from "./database.ts";
import { parseFlags, pathOf } from "./flags.ts";
import { stateFolder } from "./paths.ts";
import { wipe } from "./postgres.ts";
import { createReport, fail } from "./report.ts";

try {
  const flags = parseFlags("npm run db:reset -- [--no-seed] [--data folder]", {
    "no-seed": { type: "boolean" },
    data: { type: "string" },
  });
  if (Deno.env.get("DATABASE_URL")) {
    throw new Error("db:reset only resets the embedded Postgres: unset DATABASE_URL, or empty that database yourself.");
  }
  const folder = pathOf(flags.data, "--data") ?? `${stateFolder()}/data`;
  await wipe(folder);
  const database = await startDatabase({ folder, port: 0, seed: !flags["no-seed"], report: createReport(console.log) });
  await database.stop();
  console.log("The database is as new.");
} catch (error) {
  fail(error);
}
