// `npm run drill`: many kill cycles under repeated and shuffled deliveries, then a hundred thousand mutated bodies, then
// minutes of writers that meet in everything. Exit code 1 when anything is lost or doubled, answered with a 5xx, or
// when a writer sees a deadlock.

import { parseFlags } from "../../local/flags.ts";
import { fail } from "../../local/report.ts";
import { type Outcome, playCycle } from "../faults/cycle.ts";
import { playMutations } from "../faults/mutations.ts";
import { tableOf } from "../faults/report.ts";
import { createTraffic } from "../faults/traffic.ts";
import { writeOpposed } from "../races/opposed.ts";
import { createDatabase } from "../support/database.ts";
import { openWorld, type Victim, type World } from "../faults/world.ts";

const usage = "npm run drill -- [--cycles 100] [--deliveries 300] [--mutations 100000] [--minutes 10] [--seed number]";

/** The last two at once: the gateway comes back to a database that is still away. */
const kinds: Victim[][] = [["gateway"], ["backend"], ["postmaster"], ["postmaster", "gateway"]];

try {
  const flags = parseFlags(usage, {
    cycles: { type: "string" },
    deliveries: { type: "string" },
    mutations: { type: "string" },
    minutes: { type: "string" },
    seed: { type: "string" },
  });
  const number = (name: keyof typeof flags, fallback: number) => {
    const value = Number(flags[name] ?? fallback);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number. Usage: ${usage}`);
    return value;
  };
  const seed = number("seed", Date.now() % 1_000_000);
  console.log(`Seed ${seed}. Starting a durable Postgres and the gateway ...`);
  const world = await openWorld();
  let isWell: boolean;
  try {
    isWell = await killMany(world, number("cycles", 100), number("deliveries", 300), seed) &&
      await mutateMany(world, number("mutations", 100_000), seed) &&
      await opposeMany(number("minutes", 10));
  } finally {
    await world.stop();
  }
  console.log(isWell ? "\nNothing was lost, nothing doubled." : "\nThe drill FAILED.");
  Deno.exit(isWell ? 0 : 1);
} catch (error) {
  fail(error);
}

async function killMany(world: World, cycles: number, deliveries: number, seed: number): Promise<boolean> {
  const traffic = createTraffic(seed);
  const outcomes: Outcome[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const victims = kinds[cycle % kinds.length]!;
    const outcome = await playCycle(world, traffic, victims, { deliveries, repeated: 0.2, seed: seed + cycle });
    outcomes.push(outcome);
    const { details, ...counts } = outcome.findings;
    if (Object.values(counts).some(Boolean)) {
      console.log(`cycle ${cycle + 1}, ${victims.join(" + ")}: ${JSON.stringify(counts)}\n  ${details.join("\n  ")}`);
    }
    if ((cycle + 1) % 10 === 0) console.log(`${cycle + 1} of ${cycles} cycles`);
  }
  if (cycles) console.log(`\n${tableOf(outcomes)}`);
  return outcomes.every(({ findings: { details: _, ...counts } }) => !Object.values(counts).some(Boolean));
}

async function mutateMany(world: World, count: number, seed: number): Promise<boolean> {
  if (!count) return true;
  const { statuses, unkept, memory } = await playMutations(world, count, seed);
  const answers = Object.entries(statuses).map(([status, times]) => `${times} x ${status}`).join(", ");
  const megabytes = (memory / 2 ** 20).toFixed(0);
  console.log(`\n${count} mutated bodies: ${answers}; ${unkept} not kept; gateway at most ${megabytes} MiB`);
  return unkept === 0 && !Object.keys(statuses).some((status) => Number(status) >= 500 || status === "0");
}

async function opposeMany(minutes: number): Promise<boolean> {
  if (!minutes) return true;
  await using database = await createDatabase();
  const until = Date.now() + minutes * 60_000;
  const { received, wrong, differences } = await writeOpposed(database, () => Date.now() >= until);
  console.log(
    `\n${received} deliveries by opposed writers in ${minutes} min: ${wrong.length} not processed, ` +
      `${differences} counters that a recount corrects`,
  );
  for (const line of wrong.slice(0, 10)) console.log(`  ${line}`);
  return wrong.length === 0 && differences === 0;
}
