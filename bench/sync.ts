// `npm run bench:sync [-- leads pairs]`: what the CRM sync costs. Each line compares a statement with the sync's
// triggers to the same statement without them, on the same table with all its indexes, constraints and other triggers.
// The ratio of processor time is steadier than that of time where the machine has other work.

import type postgres from "postgres";
import { connect } from "../local/platform.ts";
import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { measurePairs, median, type Pairs, ratios, time } from "./support/pairs.ts";
import { processorSeconds } from "./support/processor.ts";
import { type Goal, misses, reportPairs } from "./support/report.ts";
import { columns, forgetToday, seedAgency, stageLeads } from "./sync/data.ts";

interface Measurement {
  name: string;
  goal?: Goal;
  prepare: (sql: postgres.Sql) => Promise<unknown>;
  statement: string;
}

const leads = Number(Deno.args[0] ?? 100_000);
const pairs = Number(Deno.args[1] ?? 5);
const triggers = ["sync_engaged_lead_to_crm_on_insert", "sync_engaged_lead_to_crm_on_update", "_500_note_changes"];

const insert = `insert into public.engaged_leads (${columns}) select ${columns} from`;
const measurements: Measurement[] = [
  {
    name: "insert, one JSON document as the REST API sends",
    goal: { most: 2.1 },
    prepare: empty,
    statement: `${insert} bench.document, json_populate_recordset(null::public.engaged_leads, leads)`,
  },
  { name: "insert, copied from a table", goal: { most: 2.1 }, prepare: empty, statement: `${insert} bench.leads` },
  { name: "insert, copied, all companies new", prepare: empty, statement: `${insert} bench.strangers` },
  {
    name: "update of a column that is not synced",
    goal: { most: 1.1 },
    prepare: settle,
    statement: "update public.engaged_leads set bison_lead_id = bison_lead_id + 1",
  },
  {
    name: "update of a synced column",
    prepare: settle,
    statement: "update public.engaged_leads set job_title = 'Title ' || random(), last_event_at = clock_timestamp()",
  },
];

const server = await startTestServer({ durable: true });
let failed = false;
try {
  await using database = await createDatabase();
  const sql = connect(database.url("supabase_admin"));
  await seedAgency(sql);
  await stageLeads(sql, leads);
  console.log(`${leads.toLocaleString("en")} leads in one statement, ${pairs} pairs: without -> with the sync`);
  for (const measurement of measurements) {
    const { result, processor } = await measure(sql, measurement);
    const line = reportPairs(measurement.name, result, measurement.goal);
    console.log(`${line}   of processor time ${median(ratios(processor)).toFixed(2)}`);
    if (measurement.goal && misses(result, measurement.goal)) failed = true;
  }
  await sql.end();
} finally {
  await server.stop();
}
Deno.exit(failed ? 1 : 0);

async function measure(sql: postgres.Sql, { prepare, statement }: Measurement) {
  const processor: Pairs = { base: [], full: [] };
  const run = async (mode: "enable" | "disable") => {
    await prepare(sql);
    for (const trigger of triggers) await sql.unsafe(`alter table public.engaged_leads ${mode} trigger ${trigger}`);
    await sql`checkpoint`;
    const before = processorSeconds(server.pid);
    const taken = await time(() => sql.unsafe(statement));
    processor[mode === "enable" ? "full" : "base"].push(processorSeconds(server.pid) - before);
    return taken;
  };
  const result = await measurePairs(pairs, () => run("disable"), () => run("enable"));
  return { result, processor };
}

async function empty(sql: postgres.Sql): Promise<void> {
  await sql`truncate public.engaged_leads, public.crm_contacts cascade`;
  await forgetToday(sql);
}

/** The leads and contacts that the last insert left, without what the last update left behind. */
async function settle(sql: postgres.Sql): Promise<void> {
  await forgetToday(sql);
  for (const table of ["engaged_leads", "crm_contacts"]) await sql.unsafe(`vacuum analyze public.${table}`);
}
