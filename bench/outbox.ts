// `npm run bench:outbox [-- seconds pairs]`: what telling an event costs its writers, and how many a relay keeps up with.
// P9: emitting with the wake-up on against emitting without it. P20: ten producers and one relay, against our own without
// the wake-up and against the smallest outbox that keeps as much. Sides take turns; a ratio is the median of neighbours.

import { connect } from "../local/platform.ts";
import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { processorSeconds } from "./support/processor.ts";
import { type Bench, latencies, type Measured, measureEmits, measureRelay } from "./outbox/run.ts";
import { always, guarded, limit, nearLimit, setUp, type Side, silent } from "./outbox/sides.ts";
import { median } from "./support/pairs.ts";
import { show, spreadOf } from "./support/statistics.ts";

const seconds = Number(Deno.args[0] ?? 4);
const pairs = Number(Deno.args[1] ?? 5);
let missed = false;

const server = await startTestServer({ durable: true });
try {
  await using database = await createDatabase();
  const bench: Bench = {
    connect: (connections) => connect(database.url("supabase_admin"), { max: connections }),
    processor: () => processorSeconds(server.pid),
  };
  const sql = bench.connect(1);
  await setUp(sql);
  await sql.end();
  const emit = (writers: number) => (side: Side) => measureEmits(bench, side, writers, seconds);
  const relay = (side: Side) => measureRelay(bench, side, 10, seconds);

  console.log(`${pairs} pairs of ${seconds} s; goals are the least that the ratio of rates may be`);
  await compare("P9  emit, 10 writers", emit(10), guarded, silent, 0.9);
  await compare("P9  emit, 32 writers", emit(32), guarded, silent, 0.9);
  await compare("    emit, 32 writers", emit(32), always, silent);
  await compare("P20 10 producers, one relay", relay, guarded, silent, 0.9);
  await compare("P20 10 producers, one relay", relay, guarded, nearLimit, 0.9);
  await compare("    10 producers, one relay", relay, guarded, limit);
  for (const side of [guarded, silent, limit]) await reportLatency(bench, side);
} finally {
  await server.stop();
}
Deno.exit(missed ? 1 : 0);

type Measure = (side: Side) => Promise<Measured>;

async function compare(name: string, measure: Measure, ours: Side, other: Side, goal?: number) {
  const turns: [Measured, Measured][] = [];
  for (let i = 0; i < pairs; i++) {
    const order = i % 2 ? [other, ours] : [ours, other];
    const turn = [await measure(order[0]!), await measure(order[1]!)];
    turns.push((i % 2 ? turn.reverse() : turn) as [Measured, Measured]);
  }
  const ratios = turns.map(([mine, theirs]) => mine.rate / theirs.rate);
  const ratio = median(ratios);
  const verdict = goal ? `   goal ${goal}: ${ratio >= goal ? "met" : "missed"}` : "";
  console.log(`${name.padEnd(28)} ${show(spreadOf(ratios))}${verdict}`);
  for (const [i, side] of [ours, other].entries()) {
    const rate = Math.round(median(turns.map((turn) => turn[i]!.rate))).toLocaleString("en");
    const cost = Math.round(median(turns.map((turn) => turn[i]!.cost)));
    console.log(`      ${side.name.padEnd(32)} ${rate.padStart(7)}/s, ${cost} us of processor time an event`);
  }
  // A busy machine explains a fifth.
  if (goal && ratio < 0.8 * goal) missed = true;
}

async function reportLatency(bench: Bench, side: Side) {
  const found = await latencies(bench, side, 200);
  const at = (share: number) => found[Math.floor(share * (found.length - 1))]!.toFixed(1);
  console.log(`    commit to relayed, idle      ${side.name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}
