// A worker that is killed at each step of an order; another one takes over when the lease is over.

import type postgres from "postgres";
import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { until } from "../jobs/support.ts";
import { orderOf, setUp, submitted } from "./support.ts";

type Stage = Awaited<ReturnType<typeof setUp>>;
type Provider = "inboxkit" | "missioninbox";

/** The next order is held here: before the provider gets it, or before its answer goes out. */
class Gate {
  held = false;
  isOpen = Promise.withResolvers<void>();
  orders = 0;

  constructor(readonly place: "before" | "after" | "nowhere") {}

  between = async (path: string, ask: () => Promise<Response>): Promise<Response> => {
    if (!/(buy|bulk-create)$/.test(path)) return await ask();
    const isFirst = !this.held;
    if (isFirst && this.place === "before") {
      await this.#hold();
      return new Response(null, { status: 504 });
    }
    this.orders++;
    const answer = await ask();
    if (isFirst && this.place === "after") await this.#hold();
    return answer;
  };

  async #hold(): Promise<void> {
    this.held = true;
    await this.isOpen.promise;
  }
}

function startWorker({ database }: Stage): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${root}/deno.json`, `${root}/tests/domains/child.ts`],
    env: { JOBS_DATABASE_URL: database.url("job_worker"), PROVIDER_URLS: Deno.env.get("PROVIDER_URLS")! },
  }).spawn();
}

async function kill(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await child.status;
}

/** Locks in a session of its own until it is let go. */
async function hold(sql: postgres.Sql, statement: string): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session.unsafe("begin").simple();
  await session.unsafe(statement).simple();
  return async () => {
    await session.unsafe("rollback").simple();
    session.release();
  };
}

const isBlocked = async (sql: postgres.Sql) =>
  (await sql`select 1 from pg_stat_activity where usename = 'job_worker' and wait_event_type = 'Lock'`).length > 0;

/** What the dead worker still asked for is not done either: without this, the server does it once the lock is free. */
async function cut({ database }: Stage): Promise<void> {
  await database.sql("supabase_admin")`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where usename = 'job_worker' and wait_event_type = 'Lock'`;
}

const lockPart = "select from public.inbox_orders for update";

interface Step {
  place: Gate["place"];
  run(stage: Stage, gate: Gate): Promise<void>;
}

const steps: Record<string, Step> = {
  "before it notes the attempt": {
    place: "nowhere",
    async run(stage) {
      const letGo = await hold(stage.sql, lockPart);
      const child = startWorker(stage);
      await until(() => isBlocked(stage.sql));
      await kill(child);
      await cut(stage);
      await letGo();
    },
  },
  "between that note and the order": {
    place: "before",
    async run(stage, gate) {
      const child = startWorker(stage);
      await until(() => gate.held);
      await kill(child);
    },
  },
  "between the order and its answer": {
    place: "after",
    async run(stage, gate) {
      const child = startWorker(stage);
      await until(() => gate.held);
      await kill(child);
    },
  },
  "between the answer and its being noted": {
    place: "after",
    async run(stage, gate) {
      const child = startWorker(stage);
      await until(() => gate.held);
      const letGo = await hold(stage.sql, lockPart);
      gate.isOpen.resolve();
      await until(() => isBlocked(stage.sql));
      await kill(child);
      await cut(stage);
      await letGo();
    },
  },
  "between the note and the end of the job": {
    place: "after",
    async run(stage, gate) {
      const child = startWorker(stage);
      await until(() => gate.held);
      const letGo = await hold(
        stage.sql,
        "select from outbound.job_queue where job_type = 'submit_mailbox_order' for no key update",
      );
      gate.isOpen.resolve();
      await until(async () =>
        (await stage.sql`select 1 from public.inbox_orders where status = 'processing'`).length > 0
      );
      await kill(child);
      await letGo();
    },
  },
};

const cases = Object.keys(steps).flatMap((name) =>
  (["inboxkit", "missioninbox"] as Provider[]).map((provider) => [name, provider] as const)
);

test.each(cases)("a worker killed %s at %s leaves each mailbox ordered once", async (name, provider) => {
  const { place, run } = steps[name]!;
  const gate = new Gate(place);
  await using stage = await setUp({ between: gate.between });
  const { sql, inboxkit, missioninbox, work } = stage;
  const id = await submitted(sql, { provider });
  await run(stage, gate);
  gate.isOpen.resolve();
  for (let round = 0; round < 10; round++) {
    await work(3);
    await sql`select private.run_schedule('requeue-expired-jobs')`;
  }
  expect(gate.orders).toBe(1);
  const made = provider === "inboxkit"
    ? inboxkit.mailboxes.map(({ username, domain_name }) => `${username}@${domain_name}`)
    : missioninbox.mailboxes.map(({ email }) => email);
  expect(made.sort()).toEqual(["ann.bee@acme.test", "annbee@acme.test", "tim.ash@acme.test"]);
  expect(inboxkit.credits).toBe(provider === "inboxkit" ? 497 : 500);
  expect(await orderOf(sql, id)).toEqual({ status: "completed", failed_step: null, failure_reason: null });
  expect(await sql`select distinct status from public.ordered_mailboxes`).toEqual([{ status: "active" }]);
}, 60_000);
