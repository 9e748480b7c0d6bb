import type postgres from "postgres";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { runRelay } from "../../supabase/functions/_shared/relay.ts";
import type { Side } from "./sides.ts";

export type Connect = (connections: number) => postgres.Sql;

export interface Measured {
  /** Events a second. */
  rate: number;
  /** Microseconds of processor time an event, of Postgres and this process. */
  cost: number;
}

export interface Bench {
  connect: Connect;
  /** Seconds of processor time so far. */
  processor: () => number;
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Emits a second by so many connections that do nothing else. */
export async function measureEmits(
  { connect, processor }: Bench,
  side: Side,
  writers: number,
  seconds: number,
): Promise<Measured> {
  const sql = connect(writers);
  await side.prepare(sql);
  await sql`checkpoint`;
  const before = processor();
  const { count, milliseconds } = await produce(sql, side, writers, seconds);
  await sql.end();
  return { rate: count / milliseconds * 1000, cost: (processor() - before) / count * 1e6 };
}

/** Events a second from their producers through one relay, until the last is relayed. */
export async function measureRelay(
  { connect, processor }: Bench,
  side: Side,
  producers: number,
  seconds: number,
): Promise<Measured> {
  const sql = connect(producers);
  await side.prepare(sql);
  await sql`checkpoint`;
  const before = processor();
  const relay = await startRelay(connect, side);
  const start = performance.now();
  const { count } = await produce(sql, side, producers, seconds);
  while (relay.count() < count) await sleep(2);
  const milliseconds = performance.now() - start;
  await relay.stop();
  await sql.end();
  return { rate: count / milliseconds * 1000, cost: (processor() - before) / count * 1e6 };
}

/** Milliseconds from commit to relayed, sorted, of events that come one by one. */
export async function latencies({ connect }: Bench, side: Side, events: number): Promise<number[]> {
  const sql = connect(1);
  await side.prepare(sql);
  const relay = await startRelay(connect, side);
  const found: number[] = [];
  for (let i = 0; i < events; i++) {
    const relayed = relay.next();
    await side.produce(sql);
    const start = performance.now();
    await relayed;
    found.push(Math.max(0, performance.now() - start));
    await sleep(Math.random() * 5);
  }
  await relay.stop();
  await sql.end();
  return found.sort((a, b) => a - b);
}

async function produce(sql: postgres.Sql, side: Side, writers: number, seconds: number) {
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  await Promise.all(Array.from({ length: writers }, async () => {
    for (; performance.now() < end; count++) await side.produce(sql);
  }));
  return { count, milliseconds: performance.now() - start };
}

/** Ours runs as it does in a worker; the bare table is looked at every 20 ms while nothing is there. */
async function startRelay(connect: Connect, side: Side) {
  const sql = connect(1);
  const stop = new AbortController();
  let total = 0;
  let heard = () => {};
  const published = (count: number) => {
    total += count;
    heard();
  };
  const running = side.relay
    ? pollRelay(sql, side.relay, stop.signal, published)
    : runRelay(() => connect(1), createLog("error"), stop.signal, { published, poll: side.poll });
  await sleep(100);
  return {
    count: () => total,
    next: () => new Promise<void>((resolve) => heard = resolve),
    stop: async () => {
      stop.abort();
      await running;
      await sql.end();
    },
  };
}

async function pollRelay(
  sql: postgres.Sql,
  relay: NonNullable<Side["relay"]>,
  signal: AbortSignal,
  published: (count: number) => void,
) {
  while (!signal.aborted) {
    const { count, more } = await relay(sql);
    if (count) published(count);
    if (!more) await sleep(20);
  }
}
