// A worker that is killed at each step of an order; another one takes over when the lease is over.

import { expect, test } from "vitest";
import { until } from "../jobs/support.ts";
import { hold, startWorker, untilBlocked } from "../support/child_worker.ts";
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

const childOf = ({ database }: Stage) => startWorker(database, Deno.env.get("PROVIDER_URLS")!);
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
      await using child = childOf(stage);
      await untilBlocked(stage.sql);
      await child.kill();
      await letGo();
    },
  },
  "between that note and the order": {
    place: "before",
    async run(stage, gate) {
      await using child = childOf(stage);
      await until(() => gate.held);
      await child.kill();
    },
  },
  "between the order and its answer": {
    place: "after",
    async run(stage, gate) {
      await using child = childOf(stage);
      await until(() => gate.held);
      await child.kill();
    },
  },
  "between the answer and its being noted": {
    place: "after",
    async run(stage, gate) {
      await using child = childOf(stage);
      await until(() => gate.held);
      const letGo = await hold(stage.sql, lockPart);
      gate.isOpen.resolve();
      await untilBlocked(stage.sql);
      await child.kill();
      await letGo();
    },
  },
  "between the note and the end of the job": {
    place: "after",
    async run(stage, gate) {
      await using child = childOf(stage);
      await until(() => gate.held);
      const letGo = await hold(
        stage.sql,
        "select from outbound.job_queue where job_type = 'submit_mailbox_order' for no key update",
      );
      gate.isOpen.resolve();
      await until(async () =>
        (await stage.sql`select 1 from public.inbox_orders where status = 'processing'`).length > 0
      );
      await child.kill();
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
});
