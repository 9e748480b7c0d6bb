// P24: from the start of the process to its first 200.

import type { Arena, Side } from "./arena.ts";
import { delivery } from "./deliveries.ts";
import { ratioOf, show, spreadOf } from "../support/statistics.ts";
import type { Verdict } from "../support/verdict.ts";

export async function measureColdStart(arena: Arena, verdict: Verdict, rounds: number): Promise<void> {
  const times = { limit: [] as number[], ours: [] as number[] };
  // The first start of each fills the caches of the disk and of the runtime.
  for (let round = -1; round < rounds; round++) {
    for (const side of ["limit", "ours"] as const) {
      const time = await timeToFirstAnswer(arena, side, 50_000_000 + round);
      if (round >= 0) times[side].push(time);
    }
  }
  console.log("\nFrom the start of the process to its first 200, ms");
  console.log(`  limit    ${show(spreadOf(times.limit), 0)}\n  ours     ${show(spreadOf(times.ours), 0)}`);
  verdict.atMost("P24 ours / limit", ratioOf(times.ours, times.limit), 1.3);
}

async function timeToFirstAnswer(arena: Arena, side: Side, number: number): Promise<number> {
  const { path, headers, body } = delivery("sent", number, "many");
  const started = performance.now();
  const receiver = await arena.start(side);
  try {
    const response = await fetch(receiver.url + path, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    if (response.status !== 200) throw new Error(`The first answer of ${side}: ${await response.text()}`);
    await response.body?.cancel();
    return performance.now() - started;
  } finally {
    await receiver.stop();
  }
}
