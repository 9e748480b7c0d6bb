// `npm run db`: the database alone, until Ctrl-C. Its URL is the first line printed.

import { startDatabase } from "./database.ts";
import { parseFlags, pathOf, portOf } from "./flags.ts";
import { untilStopped } from "./lifetime.ts";
import { stateFolder } from "./paths.ts";
import { wipe } from "./postgres.ts";
import { createReport, fail } from "./report.ts";

const usage = "npm run db -- [--port 54322] [--fresh] [--no-seed] [--data folder]";

try {
  const flags = parseFlags(usage, {
    port: { type: "string" },
    fresh: { type: "boolean" },
    "no-seed": { type: "boolean" },
    data: { type: "string" },
  });
  const url = Deno.env.get("DATABASE_URL") || undefined;
  const folder = pathOf(flags.data, "--data") ?? `${stateFolder()}/data`;
  if (flags.fresh && url) throw new Error("--fresh only empties the embedded Postgres: unset DATABASE_URL.");
  if (flags.fresh) await wipe(folder);
  // Kept back until the URL is out.
  const lines: string[] = [];
  const database = await startDatabase({
    url,
    folder,
    port: portOf(flags.port, "--port"),
    seed: !flags["no-seed"],
    report: createReport((line) => lines.push(line)),
  });
  console.log([database.url, ...lines].join("\n"));
  if (!database.server) Deno.exit(0);
  console.log("\nCtrl-C stops it.");
  await untilStopped(database.stop);
} catch (error) {
  fail(error);
}
