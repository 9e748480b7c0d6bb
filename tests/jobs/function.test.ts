import { expect, test } from "vitest";
import { createApp } from "../../supabase/functions/jobs/app.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import type { Summary, Worker } from "../../supabase/functions/jobs/worker.ts";

const nothing: Summary = { completed: 0, failed: 0, dead: 0, handed_back: 0, lost: 0 };

const right = "Bearer secret";

function setUp() {
  const drains: { signal: AbortSignal; end: () => void }[] = [];
  const works: Promise<void>[] = [];
  let wakes = 0;
  const worker: Worker = {
    drain: (signal) => new Promise((resolve) => drains.push({ signal, end: () => resolve(nothing) })),
    run: () => Promise.reject(new Error("not here")),
    wake: () => wakes++,
  };
  const app = createApp({
    worker,
    secret: "secret",
    budget: 60_000,
    background: (work) => works.push(work),
    log: createLog("error", () => {}),
  });
  const post = (authorization?: string, method = "POST") =>
    app.request("/jobs", { method, headers: authorization ? { authorization } : {} });
  return { post, drains, works, wakes: () => wakes };
}

test.for([undefined, "Bearer wrong", "Bearer secre", "Bearer secrets", "Basic secret", "secret", "Bearer "])(
  "%s does not wake the worker",
  async (authorization) => {
    const { post, works } = setUp();
    const response = await post(authorization);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: "invalid_secret" });
    expect(works).toHaveLength(0);
  },
);

test("the answer does not wait for the work, and there is one worker however often it is called", async () => {
  const { post, drains, works, wakes } = setUp();
  const first = await post(right);
  expect(first.status).toBe(202);
  expect(await first.json()).toMatchObject({ outcome: "awake" });
  expect(await (await post(right)).json()).toMatchObject({ outcome: "working" });
  expect(works).toHaveLength(1);
  expect(drains).toHaveLength(1);
  expect(wakes()).toBe(2);

  // The second call came while it worked: it looks once more before it ends.
  drains[0]!.end();
  await expect.poll(() => drains.length).toBe(2);
  drains[1]!.end();
  await works[0];
  expect(await (await post(right)).json()).toMatchObject({ outcome: "awake" });
  expect(works).toHaveLength(2);
});

test("only POST", async () => {
  const { post } = setUp();
  expect((await post("Bearer x", "GET")).status).toBe(405);
});
