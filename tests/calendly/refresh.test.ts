import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GiveUp, type JobContext, RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { openCalendly } from "../../supabase/functions/_shared/providers/calendly.ts";
import { jobsOf } from "../jobs/support.ts";
import { box, client, connect, connection, createWorld, notices, type World } from "./support.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await connect(world);
  await world.pass(2 * 3600);
});
afterEach(() => world[Symbol.asyncDispose]());

function context(attempt = 1): JobContext {
  return {
    job: { id: crypto.randomUUID(), type: "test", attempt, maxAttempts: 5 },
    sql: world.database.sql("job_worker", { max: 1 }),
    secrets: box,
    log: createLog("error", () => {}),
    signal: new AbortController().signal,
    now: world.now,
  };
}

const open = () => openCalendly(client, context()).then(() => "open", (error: Error) => error);
const tokenCalls = () => world.calendly.tokens.answered;
const bad = (answer: string, path = "/oauth/token") =>
  world.calendly.app.request("/_simulator/faults", { method: "POST", body: JSON.stringify({ path, answer }) });

describe("a token that ends", () => {
  test("is renewed, and the new one is stored", async () => {
    const before = await connection(world.sql);
    expect(await open()).toBe("open");
    const after = await connection(world.sql);
    expect(after).toMatchObject({ token_version: 2, refresh_started_at: null, status: "connected" });
    expect(after.refresh_token).not.toBe(before.refresh_token);
  });

  test("is renewed once by many jobs at once; the others come back later", async () => {
    const before = tokenCalls();
    const answers = await Promise.all(Array.from({ length: 6 }, open));
    expect(answers.filter((answer) => answer === "open").length).toBeGreaterThanOrEqual(1);
    for (const answer of answers) if (answer !== "open") expect(answer).toBeInstanceOf(RetryLater);
    expect(tokenCalls() - before).toBe(1);
    expect(await connection(world.sql)).toMatchObject({ token_version: 2, status: "connected" });
    expect(await Promise.all([open(), open()])).toEqual(["open", "open"]);
    expect(tokenCalls() - before).toBe(1);
  });

  test("two workers with two jobs renew once, and both jobs are done", async () => {
    await world.sql`
      select outbound.enqueue_job('calendly', 'watch_calendly', ${
      world.sql.json({ client })
    }) from generate_series(1, 4)`;
    const before = tokenCalls();
    await world.work(2);
    await world.pass(60);
    await world.work(2);
    expect(tokenCalls() - before).toBe(1);
    const jobs = await jobsOf(world.sql);
    expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => "completed"));
  });
});

describe("what Calendly answers to a renewal", () => {
  test.each([["429", RetryLater], ["429 bare", RetryLater], ["500", Error], ["200 error", Error]])(
    "%s: nothing is lost, the next attempt renews",
    async (fault, kind) => {
      await bad(fault);
      expect(await open()).toBeInstanceOf(kind);
      expect(await connection(world.sql)).toMatchObject({ status: "connected", refresh_started_at: null });
      expect(await open()).toBe("open");
      expect(await notices(world.sql)).toHaveLength(1);
    },
  );

  test("401: the app's own credentials are wrong, which a person must mend; the connection stays", async () => {
    await bad("401");
    const error = await open() as Error;
    expect(error).toBeInstanceOf(GiveUp);
    expect(error.message).toContain("Renew the credentials of Calendly");
    expect(await open()).toBe("open");
  });

  test("invalid_grant: the client is disconnected, and a person is told what to do, once", async () => {
    world.calendly.tokens.revoke(await box.open((await connection(world.sql)).refresh_token));
    expect(await open()).toBeInstanceOf(GiveUp);
    expect(await open()).toBeInstanceOf(GiveUp);
    expect(await connection(world.sql)).toMatchObject({ status: "disconnected" });
    expect((await notices(world.sql)).slice(1)).toEqual([[
      "calendly_disconnected",
      expect.stringMatching(/^Calendly of Acme is disconnected: Calendly refused .* Make a new link/),
    ]]);
  });

  test("an answer that got lost: the next attempt finds the token used up, and a person is told why", async () => {
    world.calendly.tokens.losses = 1;
    expect(await open()).toBeInstanceOf(Error);
    expect(await connection(world.sql)).toMatchObject({ status: "connected", refresh_cut_off_at: expect.any(Date) });
    expect(await open()).toBeInstanceOf(GiveUp);
    const [kind, text] = (await notices(world.sql)).at(-1)!;
    expect(kind).toBe("calendly_disconnected");
    expect(text).toMatch(/cut off on \d{4}-\d\d-\d\d \d\d:\d\d UTC before its answer was stored/);
  });
});

test("who crashed between the renewal and its storing is noticed after the lease, and a person is told", async () => {
  const [access] = await world.sql`select * from integrations.get_calendly_access(${client})`;
  const { tokens } = world.calendly;
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: await box.open(access!.refresh_token),
  });
  expect(tokens.answer(`Basic ${btoa("demo-client:demo-secret")}`, form).status).toBe(200);
  expect(await open()).toBeInstanceOf(RetryLater);
  await world.pass(121);
  expect(await open()).toBeInstanceOf(GiveUp);
  expect((await notices(world.sql)).at(-1)).toEqual(["calendly_disconnected", expect.stringContaining("cut off")]);
});

test("a late answer still counts when nobody has newer tokens, and never replaces newer ones", async () => {
  const store = (version: number, token: string) =>
    world
      .sql`select integrations.store_calendly_tokens(${client}, ${version}::int, ${token}, ${token}, now()) as outcome`
      .then(([row]) => row!.outcome);
  const [sealed, other] = [await box.seal("late"), await box.seal("newer")];
  await world.sql`select * from integrations.get_calendly_access(${client})`;
  await world.sql`select integrations.fail_calendly_refresh(${client}, 1, 'refused', 'said no')`;
  expect(await store(1, sealed)).toBe("stored");
  expect(await connection(world.sql)).toMatchObject({ status: "connected", disconnect_reason: null, token_version: 2 });
  expect(await store(1, other)).toBe("stale");
  expect(await connection(world.sql)).toMatchObject({ refresh_token: sealed });
});

test("rotating our keys meanwhile does not lose the renewed tokens", async () => {
  await world.sql`select * from integrations.get_calendly_access(${client})`;
  const { refresh_token } = await connection(world.sql);
  const resealed = await box.reseal(refresh_token);
  await world.sql`update public.calendly_integrations set refresh_token = ${resealed} where client = ${client}`;
  const [row] = await world.sql`
    select integrations.store_calendly_tokens(${client}, 1, ${resealed}, ${resealed}, now()) as outcome`;
  expect(row!.outcome).toBe("stored");
});

test("an access token that Calendly refuses before its time is renewed, once", async () => {
  await open();
  await bad("401", "/webhook_subscriptions");
  await world.sql`select private.enqueue_calendly_watch(${client})`;
  const before = tokenCalls();
  await world.work();
  await world.pass(5);
  await world.work();
  expect(tokenCalls() - before).toBe(1);
  const jobs = await jobsOf(world.sql);
  expect(jobs.map(({ status, attempts }) => [status, attempts]).toSorted()).toEqual([["completed", 1], [
    "completed",
    2,
  ]]);
});
