// `npm run hub:load -- FILE`: loads people out of a file into the data hub. See docs/hub.md.

import { dirname } from "node:path";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { csv } from "./hub/csv.ts";
import { pathOf } from "./flags.ts";
import { loadFile } from "./hub/load.ts";
import { type Mapping, mappings, parseMapping } from "./hub/mappings.ts";
import { startPromoting } from "./hub/promote.ts";
import { jsonLines } from "./hub/records.ts";
import { encodings, isArchive, isSameFile } from "./hub/source.ts";
import { connect } from "./platform.ts";
import { fail } from "./report.ts";
import { findTarget } from "./target.ts";

const usage =
  "npm run hub:load -- FILE [--source apollo|apify|storeleads|NAME] [--map email=Mail,company=Firm|Company] " +
  "[--batch ID] [--format csv|jsonl] [--encoding NAME] [--rejects FILE] [--promote]";

try {
  const { path, flags } = parse();
  await checkFiles(path, flags.rejects);
  const { database } = await findTarget();
  const open = () =>
    connect(database, {
      connect_timeout: 5,
      fetch_types: false,
      // A commit that a crash takes back takes its rows and its progress: the load goes on before them.
      connection: {
        "millrace.actor": "service:hub-load",
        application_name: "millrace-hub-load",
        synchronous_commit: "off",
      },
    });
  const connections = [open(), open()] as const;
  const promoters = flags.promote ? [open(), open()] : [];
  try {
    await load(path, flags, connections, promoters);
    await connections[0].begin((sql) =>
      sql`
      select set_config('synchronous_commit', 'on', true), pg_current_xact_id()`
    );
  } finally {
    await Promise.all([...connections, ...promoters].map((sql) => sql.end({ timeout: 1 })));
  }
} catch (error) {
  fail(error);
}

function parse() {
  try {
    const { values: flags, positionals: [path, ...more] } = parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: {
        source: { type: "string" },
        map: { type: "string" },
        batch: { type: "string" },
        format: { type: "string" },
        encoding: { type: "string" },
        rejects: { type: "string" },
        promote: { type: "boolean" },
      },
    });
    if (!path || more.length) throw new Error("Name one file");
    if (flags.encoding && !(encodings as readonly string[]).includes(flags.encoding)) {
      throw new Error(`--encoding is one of ${encodings.join(", ")}`);
    }
    if (flags.format && !["csv", "jsonl"].includes(flags.format)) throw new Error("--format is csv or jsonl");
    const file = pathOf(path, "FILE");
    return { path: file, flags: { ...flags, rejects: pathOf(flags.rejects, "--rejects") ?? `${file}.rejects.csv` } };
  } catch (error) {
    throw new Error(`${(error as Error).message.split(". ")[0]}. Usage: ${usage}`);
  }
}

/** Before anything of the load is noted. */
async function checkFiles(path: string, rejects: string): Promise<void> {
  const file = await Deno.stat(path).catch((error) => {
    throw error instanceof Deno.errors.NotFound ? new Error(`There is no file ${path}. Usage: ${usage}`) : error;
  });
  if (!file.isFile) throw new Error(`${path} is no file: a load that was cut off could not go on in it.`);
  if (await isArchive(path)) throw new Error(`${path} is a workbook or an archive: save it as CSV first.`);
  const told = await Deno.stat(rejects).catch(() => undefined);
  if (told?.isDirectory || !await Deno.stat(dirname(rejects)).then(({ isDirectory }) => isDirectory, () => false)) {
    throw new Error(`${rejects} cannot be written: name a file in a folder that is there with --rejects.`);
  }
  if (await isSameFile(path, rejects)) {
    throw new Error("--rejects must be another file: it is written anew, and the rows would be gone.");
  }
}

type Flags = ReturnType<typeof parse>["flags"];

async function load(
  path: string,
  flags: Flags,
  connections: readonly [postgres.Sql, postgres.Sql],
  promoters: readonly postgres.Sql[],
): Promise<void> {
  const started = performance.now();
  const source = flags.source ?? "manual";
  const mapping: Mapping = flags.map ? parseMapping(flags.map) : mappings[source] ?? mappings.plain!;
  const isCsv = flags.format ? flags.format === "csv" : /\.(csv|tsv|txt)(\.gz)?$/i.test(path);
  const promoting = promoters.length ? startPromoting(promoters) : undefined;
  const done = await loadFile({
    path,
    source,
    batch: flags.batch,
    encoding: flags.encoding,
    rejectsPath: flags.rejects,
    records: isCsv ? csv(mapping) : jsonLines(mapping),
    connections,
    progress: showProgress,
  });
  if (Deno.stderr.isTerminal()) console.error();
  if (done.isOld) {
    console.log(
      `This file was loaded before, as batch ${JSON.stringify(done.batch_id)}: give --batch to load it again.`,
    );
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(
    `${format(done.rows_done)} rows in ${seconds.toFixed(1)} s: ${format(done.pending)} new, ` +
      `${format(done.duplicates)} duplicates, ${format(done.rejected)} rejected. Batch ${
        JSON.stringify(done.batch_id)
      }.`,
  );
  if (done.rejected) console.log(`Why rows were rejected: ${flags.rejects}`);
  if (promoting) {
    const { promoted, updated, failed } = await promoting.finish();
    console.log(`${format(promoted)} contacts promoted, ${format(updated)} known, ${format(failed)} failed.`);
  }
}

function format(count: number): string {
  return count.toLocaleString("en");
}

function showProgress({ share, rows, rejected }: { share: number; rows: number; rejected: number }): void {
  if (!Deno.stderr.isTerminal()) return;
  const filled = Math.round(Math.min(share, 1) * 30);
  const bar = "#".repeat(filled).padEnd(30, ".");
  const text = `\r[${bar}] ${Math.floor(share * 100)}%  ${format(rows)} rows, ${format(rejected)} rejected `;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
