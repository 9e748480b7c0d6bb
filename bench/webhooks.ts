// `npm run bench:webhooks`: what a delivery costs us, beside the smallest honest receiver and beside a known peer. See
// README.md in this folder for what is measured, and why the ratios can be trusted.

import { parseFlags } from "../local/flags.ts";
import { fail } from "../local/report.ts";
import { openArena } from "./webhooks/arena.ts";
import { measureColdStart } from "./webhooks/cold_start.ts";
import { measureLatency } from "./webhooks/latency.ts";
import { measureMemory } from "./webhooks/memory.ts";
import { createVerdict } from "./support/verdict.ts";
import { measureThroughput } from "./webhooks/throughput.ts";

const usage = "npm run bench:webhooks -- [--rounds 5] [--seconds 5] [--long] [--only throughput|latency|start|memory]";

try {
  const flags = parseFlags(usage, {
    rounds: { type: "string" },
    seconds: { type: "string" },
    long: { type: "boolean" },
    only: { type: "string" },
  });
  const rounds = numberOf(flags.rounds, 5);
  const seconds = numberOf(flags.seconds, 5);
  const wants = (part: string) => flags.only === undefined || flags.only === part;

  console.log("Starting Postgres, the agency and the three receivers ...");
  const arena = await openArena();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= arena.stop());
  Deno.addSignalListener("SIGINT", () => stop().then(() => Deno.exit(130)));
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => stop().then(() => Deno.exit(143)));
  const verdict = createVerdict();
  try {
    const capacities = await measureThroughput(arena, verdict, wants("throughput") ? { rounds, seconds } : undefined);
    if (wants("latency")) await measureLatency(arena, verdict, { rounds, seconds, capacities });
    if (wants("start")) await measureColdStart(arena, verdict, rounds);
    if (wants("memory")) await measureMemory(arena, verdict, flags.long ? 1_000_000 : 60_000);
  } finally {
    await stop();
  }
  Deno.exit(verdict.close() ? 0 : 1);
} catch (error) {
  fail(error);
}

function numberOf(value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
  throw new Error(`${JSON.stringify(value)} is no whole number above 0. Usage: ${usage}`);
}
