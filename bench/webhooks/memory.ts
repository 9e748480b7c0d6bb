// P25: what the gateway holds after many requests, against after a tenth of them; both after it has warmed up.

import { type Arena, fold } from "./arena.ts";
import { measure } from "./measure.ts";
import { spreadOf } from "../support/statistics.ts";
import { connections } from "./throughput.ts";
import type { Verdict } from "../support/verdict.ts";

/** By then the runtime has compiled what is used often, and its heap has grown to its usual size. */
const warmUp = 20_000;

export async function measureMemory(arena: Arena, verdict: Verdict, requests: number): Promise<void> {
  const receiver = await arena.start("ours");
  const samples: number[] = [];
  try {
    for (let tenth = -1; tenth < 10; tenth++) {
      const load = {
        kind: tenth % 2 === 0 ? "sent" : "replied",
        spread: "many",
        first: 61_000_000 + tenth * 1_000_000,
        count: tenth < 0 ? warmUp : requests / 10,
        connections,
        seconds: 3_600,
      } as const;
      await measure(arena, receiver, load);
      await fold(arena.sql);
      if (tenth >= 0) samples.push(await settledMemory(receiver.memory));
    }
  } finally {
    await receiver.stop();
  }
  const megabytes = samples.map((bytes) => Math.round(bytes / 2 ** 20));
  console.log(`\nMemory of the gateway after each tenth of ${requests} requests, MiB\n  ${megabytes.join(" ")}`);
  const ratio = samples.at(-1)! / samples[0]!;
  verdict.atMost("P25 after all / after the first tenth", { median: ratio, lowest: ratio, highest: ratio }, 1.1);
}

/** Idle for a moment, so that what is only waiting to be collected may go. */
async function settledMemory(memory: () => Promise<number>): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    samples.push(await memory());
  }
  return spreadOf(samples).median;
}
