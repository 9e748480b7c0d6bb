// P4 to P11. Sides take turns within a round; a goal is held against the median of the ratios of the rounds.

import type postgres from "postgres";
import type { TestDatabase } from "../../tests/support/database.ts";
import { show, spreadOf } from "../support/statistics.ts";
import type { Verdict } from "../support/verdict.ts";
import type { Floor } from "./floor.ts";
import type { Ours } from "./ours.ts";
import { rateOf, type Side } from "./side.ts";

export interface Arena {
  database: TestDatabase;
  sql: postgres.Sql;
  rounds: number;
  seconds: number;
  /** Of a drain. */
  jobs: number;
  ours: Ours;
  floor: Floor;
  graphile: Side;
  pgboss: Side;
}

type Turns = Record<string, () => Promise<number>>;

/** Each turn once a round, after a checkpoint; what each measured, in the order of the rounds. */
async function play<T extends Turns>(arena: Arena, turns: T): Promise<Record<keyof T, number[]>> {
  const results = Object.fromEntries(Object.keys(turns).map((name) => [name, [] as number[]]));
  for (let round = 0; round < arena.rounds; round++) {
    for (const [name, turn] of Object.entries(turns)) {
      await arena.database.sql("supabase_admin", { max: 1 }).unsafe("checkpoint");
      results[name]!.push(await turn());
    }
  }
  for (const [name, values] of Object.entries(results)) {
    console.log(`  ${name.padEnd(24)} ${show(spreadOf(values), 0).padStart(28)} a second`);
  }
  return results as Record<keyof T, number[]>;
}

export async function measureEnqueues(arena: Arena, verdict: Verdict): Promise<void> {
  const { ours, floor, graphile, pgboss, seconds } = arena;
  const cleared = (side: Side, work: () => Promise<number>) => async () => {
    await side.clear();
    return await work();
  };
  console.log("\nP4, P9: one job a call, 10 writers, workers are woken");
  const one = await play(arena, {
    ours: cleared(ours, () => ours.enqueue(10, seconds)),
    quiet: cleared(ours, () => ours.enqueueQuietly(10, seconds)),
    insert: cleared(floor, () => floor.enqueue(10, seconds)),
    graphile: cleared(graphile, () => graphile.enqueue(10, seconds)),
    pgboss: cleared(pgboss, () => pgboss.enqueue(10, seconds)),
  });
  verdict.atLeast("P4 enqueue / graphile-worker", one.ours, one.graphile, 3);
  verdict.atLeast("P4 enqueue / pg-boss", one.ours, one.pgboss, 2);
  verdict.atLeast("P4 enqueue / plain insert", one.ours, one.insert, 0.8);
  verdict.atLeast("P9 enqueue / the same without a wake-up", one.ours, one.quiet, 0.9);

  console.log("\nP5: 1,000 jobs a call, one writer");
  const many = await play(arena, {
    ours: cleared(ours, () => ours.enqueueMany(seconds)),
    insert: cleared(floor, () => floor.enqueueMany(seconds)),
    graphile: cleared(graphile, () => graphile.enqueueMany(seconds)),
    pgboss: cleared(pgboss, () => pgboss.enqueueMany(seconds)),
  });
  verdict.atLeast("P5 enqueue 1,000 / graphile-worker", many.ours, many.graphile, 2);
  verdict.atLeast("P5 enqueue 1,000 / pg-boss", many.ours, many.pgboss, 2);
  verdict.atLeast("P5 enqueue 1,000 / insert ... select", many.ours, many.insert, 0.6);
}

export async function measureDrains(arena: Arena, verdict: Verdict): Promise<void> {
  const { ours, floor, graphile, pgboss } = arena;
  const filled = (side: Side, count: number, work: (count: number) => Promise<number>) => async () => {
    await side.clear();
    await side.fill(count);
    return await work(count);
  };
  console.log("\nP6: one by one, ten workers");
  const some = Math.ceil(arena.jobs / 4);
  const single = await play(arena, {
    ours: filled(ours, some, ours.drainSingly),
    "claim + done": filled(floor, some, floor.drainSingly),
    "delete returning": filled(floor, some, floor.takeSingly),
    graphile: filled(graphile, some, graphile.drainSingly),
    pgboss: filled(pgboss, some, pgboss.drainSingly),
  });
  verdict.atLeast("P6 one by one / graphile-worker", single.ours, single.graphile, 1);
  verdict.atLeast("P6 one by one / pg-boss", single.ours, single.pgboss, 1.7);
  verdict.atLeast("P6 one by one / claim + done", single.ours, single["claim + done"], 1);
  verdict.atLeast("P6 one by one / delete returning", single.ours, single["delete returning"], 0.6);

  console.log("\nP7: in batches, each queue as fast as it goes");
  const all = arena.jobs * 2;
  const batches = await play(arena, {
    ours: filled(ours, all, ours.drain),
    "claim 100 + done": filled(floor, all, floor.drain),
    "delete returning 100": filled(floor, all, floor.take),
    graphile: filled(graphile, all, graphile.drain),
    pgboss: filled(pgboss, all, pgboss.drain),
  });
  verdict.atLeast("P7 batches / graphile-worker", batches.ours, batches.graphile, 1.5);
  verdict.atLeast("P7 batches / pg-boss", batches.ours, batches.pgboss, 1.5);
  verdict.atLeast("P7 batches / claim 100 + done", batches.ours, batches["claim 100 + done"], 0.7);
  verdict.atLeast("P7 batches / delete returning 100", batches.ours, batches["delete returning 100"], 0.4);
}

export async function measureLatency(arena: Arena, verdict: Verdict): Promise<void> {
  const sides = { ours: arena.ours, relay: arena.floor, graphile: arena.graphile, pgboss: arena.pgboss };
  const p50: Record<string, number[]> = {}, p99: Record<string, number[]> = {};
  console.log("\nP8: from enqueue to start on an idle queue, ms");
  for (let round = 0; round < arena.rounds; round++) {
    for (const [name, side] of Object.entries(sides)) {
      await side.clear();
      const times = (await side.latencies!(400)).slice(50).sort((a, b) => a - b);
      (p50[name] ??= []).push(times[Math.floor(times.length * 0.5)]!);
      (p99[name] ??= []).push(times[Math.floor(times.length * 0.99)]!);
    }
  }
  for (const name of Object.keys(sides)) {
    console.log(`  ${name.padEnd(24)} p50 ${show(spreadOf(p50[name]!))}   p99 ${show(spreadOf(p99[name]!))}`);
  }
  // A rate is the inverse of a time.
  const rates = (times: number[]) => times.map((time) => 1 / time);
  verdict.atLeast("P8 p50: graphile-worker / ours", rates(p50.ours!), rates(p50.graphile!), 1);
  verdict.atLeast("P8 p99: graphile-worker / ours", rates(p99.ours!), rates(p99.graphile!), 1);
  verdict.atLeast("P8 p50: relay with LISTEN / ours", rates(p50.ours!), rates(p50.relay!), 1 / 1.3);
  verdict.atLeast("P8 p99: relay with LISTEN / ours", rates(p99.ours!), rates(p99.relay!), 1 / 1.3);
}

/** P11: ten jobs in, ten out, so that the queue keeps its length. */
export async function measureBacklog(arena: Arena, verdict: Verdict, waiting: number): Promise<void> {
  console.log(`\nP11: claims with ${waiting.toLocaleString("en")} jobs waiting and with 1,000`);
  const { ours, sql, seconds } = arena;
  const long = async (isAnalysed: boolean) => {
    await ours.clear();
    // Statistics of an empty table, and nobody who renews them meanwhile.
    await sql.unsafe("alter table outbound.job_queue set (autovacuum_enabled = false)");
    await fillPlainly(sql, waiting);
    if (isAnalysed) await sql.unsafe("analyze outbound.job_queue");
    const rate = await claimRate(arena, seconds);
    await sql.unsafe("alter table outbound.job_queue reset (autovacuum_enabled)");
    return rate;
  };
  const results = await play({ ...arena, rounds: Math.min(arena.rounds, 3) }, {
    short: async () => {
      await ours.clear();
      await fillPlainly(sql, 1_000);
      await sql.unsafe("analyze outbound.job_queue");
      return await claimRate(arena, seconds);
    },
    stale: () => long(false),
    fresh: () => long(true),
  });
  verdict.atLeast("P11 long queue, fresh statistics / short", results.fresh, results.short, 0.9);
  verdict.atLeast("P11 long queue, stale statistics / short", results.stale, results.short, 0.9);
}

async function fillPlainly(sql: postgres.Sql, count: number): Promise<void> {
  await sql`
    select outbound.enqueue_jobs(jsonb_agg(
      jsonb_build_object('queue', 'bench', 'type', 'noop', 'payload', jsonb_build_object('id', n))
    ))
    from generate_series(0, ${count - 1}::int) as n
    group by n / 10000`;
}

async function claimRate({ database }: Arena, seconds: number): Promise<number> {
  // New connections: what an old one has planned would hide what it would plan now.
  const worker = database.sql("job_worker", { max: 4 });
  const jobs = JSON.stringify(
    Array.from({ length: 10 }, (_, id) => ({ queue: "bench", type: "noop", payload: { id } })),
  );
  const turn = async () => {
    await worker`select outbound.enqueue_jobs(${jobs}::text::jsonb)`;
    const claimed = await worker<{ id: string; attempt: number }[]>`
      select id, attempt from outbound.claim_jobs('bench', 'w', 10)`;
    await worker`select outbound.complete_jobs(
      ${`{${claimed.map(({ id }) => id)}}`}::text::uuid[], ${`{${
      claimed.map(({ attempt }) => attempt)
    }}`}::text::int[])`;
    return claimed.length;
  };
  await rateOf(4, 0.3, turn);
  const rate = await rateOf(4, seconds, turn);
  await worker.end();
  return rate;
}

/** P10: the last sixth of a minute with an old transaction open, against the same without. */
export async function measurePinned(arena: Arena, verdict: Verdict, seconds: number): Promise<void> {
  console.log(`\nP10: ${seconds} s of enqueue, claim, done by 4 workers, while a transaction with an id stays open`);
  const { database, sql, ours, floor } = arena;
  const worker = database.sql("job_worker", { max: 4 });
  const turns = {
    ours: async () => {
      await worker`select outbound.enqueue_job('bench', 'noop', '{"id": 1}')`;
      const [job] = await worker`select id, attempt from outbound.claim_jobs('bench', 'w', 1)`;
      if (job) await worker`select outbound.complete_jobs(array[${job.id}::uuid], array[${job.attempt}::int])`;
      return 1;
    },
    plain: async () => {
      await sql`insert into public.floor (kind, payload) values ('noop', '{"id": 1}')`;
      await floor.takeOne();
      return 1;
    },
  };
  const last = async (turn: () => Promise<number>) => {
    await rateOf(4, seconds * 5 / 6, turn);
    return await rateOf(4, seconds / 6, turn);
  };
  const ratios: Record<string, number[]> = { ours: [], plain: [] };
  for (let round = 0; round < Math.min(arena.rounds, 2); round++) {
    for (const [name, side] of [["ours", ours], ["plain", floor]] as const) {
      const measure = async () => {
        await side.clear();
        await side.fill(1_000);
        return await last(turns[name]);
      };
      const free = await measure();
      const holder = database.sql("postgres", { max: 1 });
      let held = 0;
      await holder.begin(async (transaction) => {
        await transaction`select txid_current()`;
        held = await measure();
      });
      console.log(`  ${name.padEnd(8)} ${free.toFixed(0)} a second without, ${held.toFixed(0)} with`);
      ratios[name]!.push(held / free);
    }
  }
  await worker.end();
  verdict.atLeast("P10 with / without", ratios.ours!, ratios.ours!.map(() => 1), 0.5);
  verdict.atLeast("P10 our share kept / a plain queue's", ratios.ours!, ratios.plain!, 2);
}
