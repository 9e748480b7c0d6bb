// P1, P3, P21: requests a second with 32 connections that each send as soon as they are answered.

import { type Arena, fold, settle, type Side } from "./arena.ts";
import { type Kind, mixes, type Spread } from "./deliveries.ts";
import { measure, type Measured } from "./measure.ts";
import { show, spreadOf } from "../support/statistics.ts";
import type { Verdict } from "../support/verdict.ts";

interface Turn {
  name: string;
  side: Side;
  kind: Kind;
  spread?: Spread;
  /** Sends what the side has already received in this round. */
  repeat?: boolean;
}

const turns = {
  limitSent: { name: "limit    EMAIL_SENT", side: "limit", kind: "sent" },
  oursSent: { name: "ours     EMAIL_SENT", side: "ours", kind: "sent" },
  hotSent: { name: "ours     EMAIL_SENT, one campaign and inbox", side: "ours", kind: "sent", spread: "hot" },
  limitReplied: { name: "limit    LEAD_REPLIED", side: "limit", kind: "replied" },
  oursReplied: { name: "ours     LEAD_REPLIED", side: "ours", kind: "replied" },
  hotReplied: { name: "ours     LEAD_REPLIED, one campaign and inbox", side: "ours", kind: "replied", spread: "hot" },
  peer: { name: "peer     customer.updated", side: "peer", kind: "customer" },
  limitRepeated: { name: "limit    EMAIL_SENT repeated", side: "limit", kind: "sent", repeat: true },
  oursRepeated: { name: "ours     EMAIL_SENT repeated", side: "ours", kind: "sent", repeat: true },
} satisfies Record<string, Turn>;
type Name = keyof typeof turns;

export const connections = 32;
const repeated = 2_000;
/** More than any side sends in a second here. */
const fastest = 12_000;

/** Requests a second that the sides were seen to take. */
export type Capacities = Record<"limit" | "ours" | "peer", number>;

export async function measureThroughput(
  arena: Arena,
  verdict: Verdict,
  length: { rounds: number; seconds: number } | undefined,
): Promise<Capacities> {
  await engage(arena);
  for (const name of Object.keys(turns) as Name[]) await play(arena, turns[name], -1, 1);
  await settle(arena);
  const results = {} as Record<Name, Measured[]>;
  for (const name of Object.keys(turns) as Name[]) results[name] = [];
  for (let round = 0; round < (length?.rounds ?? 1); round++) {
    for (const name of Object.keys(turns) as Name[]) {
      if (!length && !["limitSent", "oursSent", "peer"].includes(name)) continue;
      results[name].push(await play(arena, turns[name], round, length?.seconds ?? 2));
      if (length) console.log(lineOf(turns[name], results[name].slice(-1)));
    }
  }
  if (length) report(results, verdict);
  const capacity = (name: Name) => spreadOf(results[name].map(({ rate }) => rate)).median;
  return { limit: capacity("limitSent"), ours: capacity("oursSent"), peer: capacity("peer") };
}

/** Some of the leads show interest before anything is measured. */
async function engage(arena: Arena): Promise<void> {
  for (const spread of ["many", "hot"] as const) {
    const load = { kind: "interested", spread, first: 0, count: 400, connections: 4, seconds: 60 } as const;
    await measure(arena, arena.receivers.ours, load);
  }
}

async function play(arena: Arena, turn: Turn, round: number, seconds: number): Promise<Measured> {
  const first = (round + 2) * 1_000_000;
  const load = {
    kind: turn.kind,
    spread: turn.spread ?? "many",
    first,
    count: turn.repeat ? repeated : seconds * fastest,
    repeat: turn.repeat,
    connections,
    seconds,
  };
  if (turn.side !== "ours") return await measure(arena, arena.receivers[turn.side], load);
  // Nearly all of a turn's facts are folded within the turn, and none of them in another side's.
  const folds: Promise<void>[] = [];
  const foldAt = (share: number) => setTimeout(() => folds.push(fold(arena.sql)), share * seconds * 1000);
  const result = await measure(arena, arena.receivers.ours, load, () => [0.48, 0.96].forEach(foldAt));
  await Promise.all(folds);
  await fold(arena.sql);
  return result;
}

function lineOf({ name }: Turn, results: Measured[]): string {
  const middle = (of: (result: Measured) => number) => spreadOf(results.map(of)).median;
  const columns = [
    name.padEnd(48),
    `${middle(({ rate }) => rate).toFixed(0)}/s`.padStart(8),
    `p50 ${middle(({ p50 }) => p50).toFixed(1)} ms`.padStart(12),
    `p99 ${middle(({ p99 }) => p99).toFixed(1)} ms`.padStart(13),
  ];
  const server = middle(({ cpu }) => cpu.server);
  const database = middle(({ cpu }) => cpu.database);
  if (!Number.isNaN(server)) columns.push(`  CPU ${server.toFixed(0)} + ${database.toFixed(0)} us`);
  return columns.join(" ");
}

function report(results: Record<Name, Measured[]>, verdict: Verdict): void {
  const rounds = results.oursSent.length;
  console.log(
    `\n${connections} connections, medians of ${rounds} rounds; CPU: of the receiver + of Postgres, a request`,
  );
  for (const name of Object.keys(turns) as Name[]) {
    const bytes = spreadOf(results[name].map(({ bodyBytes }) => bodyBytes)).median;
    console.log(`  ${lineOf(turns[name], results[name])}  ${bytes.toFixed(0)} bytes`);
  }
  for (const [kind, text] of Object.entries(mixes)) console.log(`  of 100 ${kind}: ${text}`);
  const generator = spreadOf(
    Object.values(results).flat().map(({ ownCpu, seconds, requests }) => ownCpu * seconds * 1e6 / requests),
  );
  console.log(`  the load generator takes ${show(generator, 0)} us of processor time a request`);

  const rates = (name: Name) => results[name].map(({ rate }) => rate);
  console.log("\nRatios of the rates, median of the pairs (lowest to highest)");
  verdict.atLeast("P1 EMAIL_SENT / limit", rates("oursSent"), rates("limitSent"), 0.7);
  verdict.atLeast("P1 LEAD_REPLIED / limit", rates("oursReplied"), rates("limitReplied"), 0.5);
  verdict.atLeast("P1 EMAIL_SENT / peer", rates("oursSent"), rates("peer"), 1);
  verdict.atLeast("P1 LEAD_REPLIED / peer", rates("oursReplied"), rates("peer"), 1);
  verdict.atLeast("P3 repeated / limit repeated", rates("oursRepeated"), rates("limitRepeated"), 0.9);
  verdict.atLeast("P3 repeated / EMAIL_SENT", rates("oursRepeated"), rates("oursSent"), 1.4);
  verdict.atLeast("P21 EMAIL_SENT, one campaign and inbox / many", rates("hotSent"), rates("oursSent"), 0.9);
  verdict.atLeast("P21 LEAD_REPLIED, one campaign and inbox / many", rates("hotReplied"), rates("oursReplied"), 0.9);
  for (const name of ["oursSent", "oursReplied", "hotSent", "hotReplied"] as const) {
    verdict.atMost(`p99 ${turns[name].name.slice(9)}, ms`, spreadOf(results[name].map(({ p99 }) => p99)), 25);
  }
}
