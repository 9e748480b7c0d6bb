// `npm run test:hub [-- rows]`: the hostile file at its full size, 200,000 rows, by the command itself.

import { createDatabase } from "../support/database.ts";
import { startTestServer } from "../support/server.ts";
import { root } from "../../local/paths.ts";
import { fail } from "../../local/report.ts";
import { writeHostile } from "./hostile.ts";
import { states } from "./support.ts";

const count = Number(Deno.args[0] ?? 200_000);
if (!Number.isInteger(count) || count < 1) fail(new Error("Usage: npm run test:hub -- [rows]"));
const folder = await Deno.makeTempDir();
const server = await startTestServer();
let failed = 0;
try {
  await using database = await createDatabase();
  const path = `${folder}/hostile.jsonl`;
  const expected = await writeHostile(path, count);
  console.log(
    `${(await Deno.stat(path)).size.toLocaleString("en")} bytes, ${count.toLocaleString("en")} lines:`,
    expected,
  );
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--config=${root}/deno.json`,
      "--v8-flags=--max-semi-space-size=2",
      `${root}/local/hub_load.ts`,
      path,
      "--promote",
    ],
    env: { DATABASE_URL: database.url() },
    stdin: "null",
  }).spawn().status;
  const sql = database.sql();
  const [load] = await sql`select rows_done::integer, rejected::integer from intake.file_loads`;
  const rejects = (await Deno.readTextFile(`${path}.rejects.csv`)).match(/^\d+,"(row|email)","[^"]+",/gm)!.length;
  const [{ silent, contacts }] = await sql<[{ silent: number; contacts: number }]>`
    select
      (
        select count(*)::integer from intake.raw_loads where status = 'failed' and metadata ->> 'error' is null
      ) as silent,
      (select count(*)::integer from intake.contacts) as contacts`;
  const found = await states(sql);
  check("the command succeeds", success, true);
  check("every line is read", load!.rows_done + expected.blank, count);
  check("rejected", load!.rejected, expected.rejected);
  check("in the file of rejects, with reason", rejects, expected.rejected);
  check("promoted", found.promoted, expected.promoted);
  check("contacts", contacts, expected.promoted);
  check("duplicates", found.duplicate, expected.duplicate);
  check("failed", found.failed, expected.failed);
  check("failed without a reason", silent, 0);
  check(
    "the sum",
    (found.promoted ?? 0) + (found.duplicate ?? 0) + (found.failed ?? 0) + rejects + expected.blank,
    count,
  );
} finally {
  await server.stop();
  await Deno.remove(folder, { recursive: true });
}
console.log(failed ? `${failed} failed` : "all as expected");
Deno.exit(failed ? 1 : 0);

function check(name: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) failed++;
  console.log(`${found === wanted ? "ok  " : "FAIL"} ${name}: ${found}${found === wanted ? "" : `, not ${wanted}`}`);
}
