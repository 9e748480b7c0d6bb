// `npm run bench:queue`: the job queue beside graphile-worker, pg-boss and the smallest honest queue, on one durable
// Postgres, in turns. See README.md in this folder.

import { parseFlags } from "../local/flags.ts";
import { fail } from "../local/report.ts";
import { createDatabase } from "../tests/support/database.ts";
import { startTestServer } from "../tests/support/server.ts";
import { createFloor } from "./queue/floor.ts";
import { createGraphile } from "./queue/graphile.ts";
import { createOurs } from "./queue/ours.ts";
import { createPgBoss } from "./queue/pgboss.ts";
import {
  type Arena,
  measureBacklog,
  measureDrains,
  measureEnqueues,
  measureLatency,
  measurePinned,
} from "./queue/parts.ts";
import { createVerdict } from "./support/verdict.ts";

const parts = ["enqueue", "drain", "latency", "pinned", "backlog"];
const usage = `npm run bench:queue -- [--rounds 5] [--seconds 3] [--jobs 20000] [--waiting 1000000] [--pinned 60] ` +
  `[--only ${parts.join("|")}]`;

try {
  const flags = parseFlags(usage, {
    rounds: { type: "string" },
    seconds: { type: "string" },
    jobs: { type: "string" },
    waiting: { type: "string" },
    pinned: { type: "string" },
    only: { type: "string" },
  });
  const numberOf = (value: string | undefined, fallback: number) => {
    if (value === undefined) return fallback;
    if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
    throw new Error(`${JSON.stringify(value)} is no whole number above 0. Usage: ${usage}`);
  };
  if (flags.only !== undefined && !parts.includes(flags.only)) throw new Error(`Usage: ${usage}`);
  const wants = (part: string) => flags.only === undefined || flags.only === part;

  console.log("Starting Postgres and the queues ...");
  const server = await startTestServer({ durable: true });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= server.stop());
  Deno.addSignalListener("SIGINT", () => stop().then(() => Deno.exit(130)));
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => stop().then(() => Deno.exit(143)));
  const verdict = createVerdict();
  try {
    const database = await createDatabase();
    const arena: Arena = {
      database,
      sql: database.sql("postgres", { max: 2 }),
      rounds: numberOf(flags.rounds, 5),
      seconds: numberOf(flags.seconds, 3),
      jobs: numberOf(flags.jobs, 20_000),
      ours: await createOurs(database),
      floor: await createFloor(database),
      graphile: await createGraphile(database),
      pgboss: await createPgBoss(database),
    };
    if (wants("enqueue")) await measureEnqueues(arena, verdict);
    if (wants("drain")) await measureDrains(arena, verdict);
    if (wants("latency")) await measureLatency(arena, verdict);
    if (wants("backlog")) await measureBacklog(arena, verdict, numberOf(flags.waiting, 1_000_000));
    if (wants("pinned")) await measurePinned(arena, verdict, numberOf(flags.pinned, 60));
    for (const side of [arena.graphile, arena.pgboss]) await side.stop();
  } finally {
    await stop();
  }
  Deno.exit(verdict.close() ? 0 : 1);
} catch (error) {
  fail(error);
}
