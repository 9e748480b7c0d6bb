// P2: how long an answer takes at half of what a side can do, requests coming at their own pace.

import { type Arena, fold } from "./arena.ts";
import { measure } from "./measure.ts";
import { ratioOf, show, spreadOf } from "../support/statistics.ts";
import type { Capacities } from "./throughput.ts";
import type { Verdict } from "../support/verdict.ts";

const turns = [
  { side: "limit", kind: "sent" },
  { side: "ours", kind: "sent" },
  { side: "peer", kind: "customer" },
] as const;

export async function measureLatency(
  arena: Arena,
  verdict: Verdict,
  { rounds, seconds, capacities }: { rounds: number; seconds: number; capacities: Capacities },
): Promise<void> {
  console.log("\nOpen loop at half of each side's capacity: ms from when a request is due to its answer");
  const slow = { limit: [], ours: [], peer: [] } as Record<keyof Capacities, number[]>;
  const middle = { limit: [], ours: [], peer: [] } as Record<keyof Capacities, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const { side, kind } of turns) {
      const rate = capacities[side] / 2;
      const load = {
        kind,
        spread: "many",
        first: 30_000_000 + 1_000_000 * round,
        count: Math.ceil(rate * seconds),
        connections: 128,
        seconds,
        rate,
      } as const;
      const { p50, p99 } = await measure(arena, arena.receivers[side], load);
      if (side === "ours") await fold(arena.sql);
      middle[side].push(p50);
      slow[side].push(p99);
    }
  }
  for (const { side } of turns) {
    const figures = `p50 ${show(spreadOf(middle[side]), 1)}  p99 ${show(spreadOf(slow[side]), 1)}`;
    console.log(`  ${side.padEnd(8)} ${(capacities[side] / 2).toFixed(0).padStart(5)}/s  ${figures}`);
  }
  verdict.atMost("P2 p99 EMAIL_SENT / limit", ratioOf(slow.ours, slow.limit), 1.25);
  verdict.atMost("P2 p99 EMAIL_SENT / peer", ratioOf(slow.ours, slow.peer), 1);
}
