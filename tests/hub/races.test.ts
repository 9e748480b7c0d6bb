import { expect, test } from "vitest";
import type postgres from "postgres";
import { untilWaiting } from "../races/sessions.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { random } from "./random.ts";
import { knowledge, load } from "./support.ts";

/** People who come again and again, each time with something new. */
async function writePeople(path: string, count: number): Promise<void> {
  const next = random(11);
  const lines = Array.from({ length: count }, (_, n) => {
    const person = Math.floor(next() * count * 0.8);
    return JSON.stringify({
      email: `p${person}@race.example`,
      name: `Name ${n}`,
      title: n % 3 ? "Buyer" : undefined,
      note: n,
    });
  });
  await Deno.writeTextFile(path, lines.join("\n"));
}

async function promote(sql: postgres.Sql, isOver: () => boolean): Promise<void> {
  for (;;) {
    const last = isOver();
    const [done] = await sql`select * from private.promote_pending(1)`;
    if (last && !done!.has_more) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function clean(path: string): Promise<unknown> {
  await using database = await createDatabase();
  await load(database, path);
  await database.sql()`select * from vault.f_promote_contacts()`;
  return await knowledge(database.sql());
}

/** A promoter that does its work, and is killed before it may commit. */
async function dieWhilePromoting(database: TestDatabase): Promise<void> {
  const admin = database.sql("supabase_admin", { max: 1 });
  const victim = database.sql("postgres", { max: 1 });
  const session = await victim.reserve();
  await session`begin`;
  const [{ pid }] = await session<[{ pid: number }]>`select pg_backend_pid() as pid from private.promote_pending(2)`;
  await admin`select pg_terminate_backend(${pid})`;
  while ((await admin`select from pg_stat_activity where pid = ${pid}`).length);
}

test("two promoters and a loader at once, one killed, end as one clean run", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/people.jsonl`;
  try {
    await writePeople(path, 6_000);
    const wanted = await clean(path);
    await using database = await createDatabase();
    let isLoaded = false;
    const loading = load(database, path, { rowsAtOnce: 250 }).then(() => (isLoaded = true));
    const promoters = [1, 2].map(() => promote(database.sql("postgres", { max: 1 }), () => isLoaded));
    await dieWhilePromoting(database);
    await dieWhilePromoting(database);
    await Promise.all([loading, ...promoters]);
    expect(await knowledge(database.sql())).toEqual(wanted);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("the same loads promoted by two at once are promoted once", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await sql`
    select from intake.f_ingest_json((
      select jsonb_agg(jsonb_build_object('email', 'p' || n || '@twice.example')) from generate_series(1, 2000) n
    ), 's', 'b')`;
  const [{ ids }] = await sql<[{ ids: string[] }]>`select array_agg(load_id) as ids from intake.raw_loads`;
  const counts = await Promise.all([
    sql`select promoted_count from vault.f_promote_contacts(${ids}::bigint[])`,
    sql`select promoted_count from vault.f_promote_contacts()`,
    sql`select promoted_count from vault.f_promote_contacts(${ids.toReversed()}::bigint[])`,
  ]);
  expect(counts.reduce((sum, [row]) => sum + row!.promoted_count, 0)).toBe(2_000);
  expect(await knowledge(sql)).toMatchObject({
    loads: { promoted: 2_000 },
    audited: { contact_promoted: 2_000 },
    waiting: 0,
  });
});

test("an address that comes by two at once is a duplicate for one of them", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  const rows = JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ email: `p${i}@same.example` })));
  await Promise.all(
    Array.from({ length: 8 }, () => sql`select from intake.f_ingest_json(${rows}::text::jsonb, 's', 'b')`),
  );
  expect((await knowledge(sql) as { loads: unknown }).loads).toEqual({ pending: 200, duplicate: 1_400 });
});

test("what a slow promoter is still at is not passed over on its way to people", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  for (const name of ["slow", "quick"]) {
    await sql`
      select from intake.f_ingest_json(
        jsonb_build_array(jsonb_build_object('email', ${`${name}@order.example`}::text, 'title', 'CEO')), 's', 'b'
      )`;
  }
  const slow = await sql.reserve();
  await slow`begin`;
  await slow`select from private.promote_pending(1)`;
  await sql`select from private.promote_pending(1)`;
  const advancing = sql`select from integrations.advance_hub()`.execute();
  await untilWaiting(sql, 1);
  await slow`commit`;
  slow.release();
  await advancing;
  await sql`select from integrations.advance_hub()`;
  expect(await sql`select email from people.master order by email`).toEqual([
    { email: "quick@order.example" },
    { email: "slow@order.example" },
  ]);
});

test("of loads that are thirty days apart the later ones wait for who promotes the first", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  for (const at of ["2026-01-01", "2026-01-31"]) {
    await sql`select from intake.f_ingest_json('[{"email": "ann@border.example"}]'::jsonb, 's', 'b')`;
    await sql`update intake.raw_loads set created_at = ${at} where created_at > now() - interval '1 hour'`;
    await sql`update intake.pending_ranges set created_at = ${at} where created_at > now() - interval '1 hour'`;
  }
  const first = await sql.reserve();
  await first`begin`;
  await first`select from private.promote_pending(1)`;
  expect(await sql`select promoted, updated, unchanged from private.promote_pending(1)`).toEqual([
    { promoted: "0", updated: "0", unchanged: "0" },
  ]);
  await first`commit`;
  first.release();
});
