// `npm run bench:hub [-- rows rounds]`: what the data hub costs beside the cheapest thing that Postgres can do with the same
// rows, in one run and in turns: P12 ingest, P13 promote, P14 the whole way, R7 poison rows, the loader's memory, and the
// cost of a row among a million against one among a tenth of them.

import { tmpdir } from "node:os";
import { finished } from "node:stream/promises";
import type postgres from "postgres";
import { startPromoting } from "../local/hub/promote.ts";
import { connect } from "../local/platform.ts";
import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { type Contacts, documents, guarded, setUp, upsert, writeContacts } from "./hub/data.ts";
import { runLoader } from "./hub/loader.ts";
import { poisons, tenThousand } from "./hub/poison.ts";
import { median, time } from "./support/pairs.ts";
import { processorSeconds } from "./support/processor.ts";
import { spreadOf } from "./support/statistics.ts";
import { createVerdict } from "./support/verdict.ts";

const rows = Number(Deno.args[0] ?? 1_000_000);
const rounds = Number(Deno.args[1] ?? 3);
const verdict = createVerdict();

const folder = await Deno.makeTempDir({ dir: tmpdir(), prefix: "millrace-hub-" });
const server = await startTestServer({ durable: true });
try {
  await using database = await createDatabase();
  const open = () => connect(database.url("supabase_admin"));
  const [sql, first, second] = [open(), open(), open()] as const;
  await setUp(sql);
  const all = await writeContacts(`${folder}/contacts.jsonl`, rows);
  const tenth = await writeContacts(`${folder}/tenth.jsonl`, rows / 10);
  console.log(
    `${rows.toLocaleString("en")} rows, ${rounds} rounds; milliseconds, bare and ours, and processor seconds`,
  );

  const ingests = await measure(
    "P12 ingest, 10,000 rows a call",
    () => bareIngest(sql, all),
    () => ourIngest(sql, all),
  );
  verdict.atLeast("P12 ingest against bare insert", ingests.bare, ingests.ours, 0.6);

  const copies = await measure("hub:load of the file", () => bareCopy(sql, all), async () => {
    await empty(sql);
    return (await runLoader(database.url(), all.path)).milliseconds;
  });
  verdict.atLeast("loader against bare COPY", copies.bare, copies.ours, 0.5);

  await bareCopy(sql, all);
  await sql`analyze bench.stage`;
  await keepLoads(sql);
  const upserts: number[] = [];
  for (const state of ["cold", "50 % known", "nothing new"] as const) {
    const bare = async () => {
      await bareContacts(sql, state);
      return await time(() => sql.unsafe(state === "nothing new" ? guarded : upsert));
    };
    const one = await measure(`P13 promote, ${state}, one call`, bare, async () => {
      await contacts(sql, state);
      return await time(() => sql`select * from vault.f_promote_contacts()`);
    });
    const two = await measure(`P13 promote, ${state}, two at once`, bare, async () => {
      await contacts(sql, state);
      return await time(() => startPromoting([first, second]).finish());
    });
    if (state === "cold") upserts.push(...one.bare);
    verdict.atLeast(`P13 promote ${state}, one call`, one.bare, one.ours, 0.5);
    verdict.atLeast(`P13 promote ${state}, two promoters`, two.bare, two.ours, 0.5);
  }

  const runs: Awaited<ReturnType<typeof runLoader>>[] = [];
  const costs: Record<"all" | "tenth", number[]> = { all: [], tenth: [] };
  for (let i = 0; i < rounds; i++) {
    for (const [name, { path, rows }] of [["tenth", tenth], ["all", all]] as const) {
      await empty(sql);
      const before = processorSeconds(server.pid);
      const run = await runLoader(database.url(), path, "--promote");
      costs[name].push((processorSeconds(server.pid) - before) / rows);
      if (name === "all") runs.push(run);
    }
  }
  const whole = runs.map(({ milliseconds }) => milliseconds);
  const bareWay = copies.bare.map((copy, i) => copy + upserts[i]!);
  console.log(
    `P14 hub:load --promote: ${whole.map(Math.round).join(", ")} ms; COPY and upsert: ${
      bareWay.map(Math.round).join(", ")
    } ms`,
  );
  verdict.atMost("P14 the whole way against COPY and upsert", spreadOf(whole.map((ms, i) => ms / bareWay[i]!)), 2.5);
  verdict.atMost("loader's memory, MiB", spreadOf(runs.map(({ memory }) => memory.most)), 200);
  verdict.atMost(
    "memory at the end against the second quarter",
    spreadOf(runs.map(({ memory }) => memory.last / memory.second)),
    1.2,
  );
  verdict.atMost(
    "Postgres's cost of a row against a tenth of the rows",
    spreadOf(costs.all.map((cost, i) => cost / costs.tenth[i]!)),
    1.3,
  );

  await measurePoison(sql);
  await Promise.all([sql, first, second].map((each) => each.end()));
} finally {
  await server.stop();
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(verdict.close() ? 0 : 1);

type Side = () => Promise<number>;

/** Both in turns; each makes its own preparation and answers its milliseconds. */
async function measure(name: string, bare: Side, ours: Side) {
  const found = { bare: [] as number[], ours: [] as number[] };
  const spent = { bare: [] as number[], ours: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    for (const [side, run] of [["bare", bare], ["ours", ours]] as const) {
      const before = processorSeconds(server.pid);
      found[side].push(await run());
      spent[side].push(processorSeconds(server.pid) - before);
    }
  }
  const list = (values: number[], digits: number) => values.map((value) => value.toFixed(digits)).join(", ");
  console.log(
    `${name.padEnd(40)} ${list(found.bare, 0)} | ${list(found.ours, 0)}   (with preparation: ` +
      `${median(spent.bare).toFixed(1)} s | ${median(spent.ours).toFixed(1)} s)`,
  );
  return found;
}

async function bareIngest(sql: postgres.Sql, contacts: Contacts): Promise<number> {
  await sql`truncate bench.rows`;
  await sql`checkpoint`;
  return await time(async () => {
    for await (const document of documents(contacts, 10_000)) {
      await sql`insert into bench.rows (batch_id, row) select 1, e from jsonb_array_elements(${document}::text::jsonb) e`;
    }
  });
}

async function ourIngest(sql: postgres.Sql, contacts: Contacts): Promise<number> {
  await empty(sql);
  return await time(async () => {
    for await (const document of documents(contacts, 10_000)) {
      await sql`
        select message from intake.f_ingest_json(${document}::text::jsonb, 'bench', 'bench') where load_id is null`;
    }
  });
}

async function bareCopy(sql: postgres.Sql, { path }: Contacts): Promise<number> {
  await sql`truncate bench.stage`;
  await sql`checkpoint`;
  return await time(async () => {
    const copy = await sql`
      copy bench.stage from stdin with (format csv, quote ${sql.unsafe("e'\\x01'")}, delimiter ${
      sql.unsafe("e'\\x02'")
    })`
      .writable();
    for await (const bytes of (await Deno.open(path)).readable) {
      if (!copy.write(bytes)) await new Promise((resolve) => copy.once("drain", resolve));
    }
    copy.end();
    await finished(copy);
    // The connection is free as soon as the server has stored all.
    await sql`select 1`;
  });
}

async function empty(sql: postgres.Sql): Promise<void> {
  await sql`truncate intake.raw_loads, intake.pending_ranges, intake.audit_log, intake.file_loads, vault.contacts`;
  await sql`checkpoint`;
}

/** What the last load left pending, to be promoted again and again. */
async function keepLoads(sql: postgres.Sql): Promise<void> {
  await sql`truncate bench.loads, bench.ranges`;
  await sql`insert into bench.loads select * from intake.raw_loads`;
  await sql`insert into bench.ranges select * from intake.pending_ranges`;
}

async function stageLoads(sql: postgres.Sql): Promise<void> {
  await sql`truncate intake.raw_loads, intake.pending_ranges, intake.audit_log`;
  await sql`insert into intake.raw_loads select * from bench.loads`;
  await sql`insert into intake.pending_ranges overriding system value select * from bench.ranges`;
  await sql`analyze intake.raw_loads`;
  await sql`checkpoint`;
}

type State = "cold" | "50 % known" | "nothing new";

async function contacts(sql: postgres.Sql, state: State): Promise<void> {
  if (state === "cold") await sql`truncate vault.contacts`;
  if (state === "50 % known") {
    await sql`delete from vault.contacts where contact_id % 2 = 0`;
    await sql`vacuum full vault.contacts`;
  }
  await stageLoads(sql);
  await sql`vacuum analyze vault.contacts`;
}

async function bareContacts(sql: postgres.Sql, state: State): Promise<void> {
  if (state === "cold") await sql`truncate bench.golden`;
  if (state === "50 % known") {
    await sql`delete from bench.golden where id % 2 = 0`;
    await sql`vacuum full bench.golden`;
  }
  await sql`vacuum analyze bench.golden`;
  await sql`checkpoint`;
}

async function measurePoison(sql: postgres.Sql): Promise<void> {
  const run = async (document: string) => {
    await empty(sql);
    return await time(async () => {
      await sql`select from intake.f_ingest_json(${document}::text::jsonb, 'bench', 'bench') where load_id is null`;
      await sql`select from vault.f_promote_contacts()`;
    });
  };
  const clean = tenThousand();
  await run(clean);
  const ratios: number[] = [];
  for (const [name, { row, becomes }] of Object.entries(poisons)) {
    const document = tenThousand(row);
    const pairs: number[] = [];
    for (let i = 0; i < 3; i++) pairs.push(await run(document) / await run(clean));
    ratios.push(median(pairs));
    await run(document);
    const [found] = await sql`
      select
        (select count(*)::integer from vault.contacts) as promoted,
        (select count(*)::integer from intake.raw_loads where metadata ? 'error') as failed,
        (select (details ->> 'rejected')::integer from intake.audit_log where action = 'contact_ingested') as refused`;
    if (found!.promoted !== 9_999 || found![becomes] !== 1) throw new Error(`${name}: ${JSON.stringify(found)}`);
  }
  verdict.atMost("R7 ten thousand rows with a poison row, nine kinds", spreadOf(ratios), 1.3);
}
