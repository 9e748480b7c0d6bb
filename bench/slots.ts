// `npm run bench:slots [-- rows rounds]`: what it costs to make companies and people of slots, cold and for the same once
// more, beside the smallest upsert of the same slots; in one run and in turns.

import type postgres from "postgres";
import { connect } from "../local/platform.ts";
import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { median, time } from "./support/pairs.ts";
import { processorSeconds } from "./support/processor.ts";

const rows = Number(Deno.args[0] ?? 100_000);
const rounds = Number(Deno.args[1] ?? 3);
const atOnce = Number(Deno.args[2] ?? 5_000);

const kinds = {
  company: {
    stage: "company.stage_companies",
    row: `jsonb_build_object(
      'domain', 'company' || n || '.example', 'name', 'Company ' || n || ' Ltd', 'industry', 'Tools', 'employee_count', n % 900,
      'location', 'City ' || n % 500, 'linkedin_url', 'https://www.linkedin.com/company/company-' || n)`,
    key: "domain",
    columns: "name text, industry text, employee_count integer, location text, linkedin_url text",
    values: ["name", "industry", "employee_count", "location", "linkedin_url"],
  },
  people: {
    stage: "people.stage_people",
    row: `jsonb_build_object(
      'email', 'p' || n || '@company' || n % 5000 || '.example', 'first_name', 'First' || n % 1000, 'last_name', 'Last' || n,
      'title', 'Head of Sales', 'company', 'Company ' || n % 5000, 'phone', '+49' || n,
      'linkedin_url', 'https://www.linkedin.com/in/person-' || n)`,
    key: "email",
    columns: "first_name text, last_name text, title text, phone text, linkedin_url text",
    values: ["first_name", "last_name", "title", "phone", "linkedin_url"],
  },
} as const;
type Kind = keyof typeof kinds;

const server = await startTestServer({ durable: true });
try {
  await using database = await createDatabase();
  const sql = connect(database.url("supabase_admin"));
  const names = Object.keys(kinds) as Kind[];
  const found = names.flatMap((kind) => ["cold", "again"].map((state) => ({ kind, state, bare: row(), ours: row() })));
  for (let i = 0; i < rounds; i++) {
    await sql`truncate company.master, company.slot, people.master, people.slot, private.hub_changes cascade`;
    for (const kind of names) {
      await setUp(sql, kind);
      for (const state of ["cold", "again"]) {
        await stage(sql, kind);
        const one = found.find((each) => each.kind === kind && each.state === state)!;
        await note(one.bare, () => upsert(sql, kind));
        await note(one.ours, () => promote(sql, kind));
      }
    }
  }
  for (const { kind, state, bare, ours } of found) {
    const rate = (times: number[]) => Math.round(rows / median(times) * 1000).toLocaleString("en");
    const ratio = median(bare.times.map((ms, j) => ms / ours.times[j]!));
    const processor = median(bare.seconds.map((s, j) => s / ours.seconds[j]!));
    console.log(
      `${kind.padEnd(8)} ${state.padEnd(6)} bare ${rate(bare.times)} rows/s, ours ${rate(ours.times)} rows/s; ratio ` +
        `${ratio.toFixed(3)}, of processor time ${processor.toFixed(3)} (${median(ours.seconds).toFixed(1)} s)`,
    );
  }
  await sql.end();
} finally {
  await server.stop();
}

function row() {
  return { times: [] as number[], seconds: [] as number[] };
}

async function note(into: ReturnType<typeof row>, work: () => PromiseLike<unknown>): Promise<void> {
  const before = processorSeconds(server.pid);
  into.times.push(await time(work));
  into.seconds.push(processorSeconds(server.pid) - before);
}

async function setUp(sql: postgres.Sql, kind: Kind): Promise<void> {
  const { key, columns } = kinds[kind];
  await sql.unsafe(`
    create schema if not exists bench;
    drop table if exists bench.${kind};
    create table bench.${kind} (
      id uuid primary key default gen_random_uuid(), ${key} text not null unique, ${columns}, updated_at timestamptz default now()
    )`).simple();
}

async function stage(sql: postgres.Sql, kind: Kind): Promise<void> {
  for (let first = 1; first <= rows; first += 10_000) {
    await sql.unsafe(`
      select ${kinds[kind].stage}(
        (select jsonb_agg(${kinds[kind].row}) from generate_series(${first}, ${
      Math.min(first + 9_999, rows)
    }) n), 'bench')`);
  }
  await sql.unsafe(`vacuum analyze ${kind}.slot`);
  await sql`checkpoint`;
}

/** As many rows at once as ours take. */
async function upsert(sql: postgres.Sql, kind: Kind): Promise<void> {
  const { key, values } = kinds[kind];
  const typed = values.map((name) =>
    name === "employee_count" ? `(raw_data ->> '${name}')::integer` : `raw_data ->> '${name}'`
  );
  const slots = await sql.unsafe(
    `select id from ${kind}.slot where validation_status = 'pending' order by created_at, id`,
  );
  for (let first = 0; first < slots.length; first += atOnce) {
    await sql.unsafe(
      `
      insert into bench.${kind} as m (${key}, ${values.join(", ")})
      select distinct on (${key}) ${key}, ${typed.join(", ")} from ${kind}.slot where id = any($1) order by ${key}
      on conflict (${key}) do update
      set ${values.map((name) => `${name} = excluded.${name}`).join(", ")}, updated_at = now()
      where (${values.map((name) => `m.${name}`).join(", ")}) is distinct from
        (${values.map((name) => `excluded.${name}`).join(", ")})`,
      [slots.slice(first, first + atOnce).map(({ id }) => id)],
    );
  }
}

async function promote(sql: postgres.Sql, kind: Kind): Promise<void> {
  let promoted = 0;
  for (;;) {
    const [done] = await sql.unsafe(`select * from ${kind}.promote_slots(${atOnce})`);
    promoted += done!.promoted;
    if (!done!.has_more) break;
  }
  if (promoted !== rows) throw new Error(`${promoted} of ${rows} slots of ${kind} were promoted.`);
}
