import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Calendly } from "../../supabase/functions/_shared/providers/calendly.ts";
import { NeedsPerson } from "../../supabase/functions/_shared/providers/call.ts";
import { RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { jobsOf } from "../jobs/support.ts";
import { client, connect, connection, createWorld, dana, notices, type World } from "./support.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await connect(world);
});
afterEach(() => world[Symbol.asyncDispose]());

const subscriptions = () => [...world.calendly.subscriptions.values()];
const book = (email: string, days = 3) =>
  world.organization.book({ ...dana, email, start: new Date(world.now() + days * 86_400_000) });
const bookings = async () =>
  (await world.sql<{ email: string; state: string }[]>`
    select email, case when canceled_at is not null then 'canceled' when no_show then 'no show' else 'booked' end as state
    from public.calendly_invitees order by email`).map(({ email, state }) => [email.split("@")[0], state]);
async function watch() {
  await world.sql`select private.enqueue_calendly_watch(${client})`;
  await world.work();
}

describe("the subscription", () => {
  test("is made with the connection, for all events of the organization, and its deliveries are accepted", async () => {
    expect(subscriptions()).toMatchObject([{
      state: "active",
      scope: "organization",
      organization: world.organization.uri,
      callback_url: expect.stringMatching(/\/functions\/v1\/calendly-webhook\/[\w-]{43}$/),
    }]);
    expect(subscriptions()[0]!.events).toHaveLength(8);
    const [delivery] = world.calendly.deliver(book("dana@lead.example").events[0]!);
    expect((await delivery!.done).attempts.map(({ status }) => status)).toEqual([200]);
    expect(await bookings()).toEqual([["dana", "booked"]]);
    expect(await connection(world.sql)).toMatchObject({ webhook_subscription_uri: subscriptions()[0]!.uri });
  });

  test("is made once, also when the job died before it was noted", async () => {
    await world.sql`update public.calendly_integrations set webhook_subscription_uri = null, webhook_checked_at = null`;
    await watch();
    await watch();
    expect(subscriptions()).toHaveLength(1);
    expect(await connection(world.sql)).toMatchObject({ webhook_subscription_uri: subscriptions()[0]!.uri });
    const [{ count }] = await world.sql`select count(*)::int from integrations.webhook_endpoints` as [
      { count: number },
    ];
    expect(count).toBe(1);
  });

  test("is signed with the app's own key when there is one", async () => {
    Deno.env.set("CALENDLY_SIGNING_KEY", "key-of-the-app");
    try {
      world.calendly.subscriptions.clear();
      await watch();
    } finally {
      Deno.env.delete("CALENDLY_SIGNING_KEY");
    }
    expect(world.calendly.signingKeyOf(subscriptions()[0]!.uri)).toBe("");
    world.calendly.sign(subscriptions()[0]!.uri, "key-of-the-app");
    const [delivery] = world.calendly.deliver(book("dana@lead.example").events[0]!);
    expect((await delivery!.done).attempts.map(({ status }) => status)).toEqual([200]);
  });

  test("that Calendly cannot deliver to is told to a person once, and looked at more often", async () => {
    subscriptions()[0]!.retry_started_at = "2026-11-20T10:00:00.000000Z";
    await watch();
    await watch();
    const told = (await notices(world.sql)).slice(1);
    expect(told).toEqual([["calendly_webhook_failing", expect.stringContaining("since 2026-11-20 10:00 UTC")]]);
    const [{ minutes }] = await world.sql`
      select round(extract(epoch from watch_at - private.clock()) / 60)::int as minutes
      from public.calendly_integrations` as [{ minutes: number }];
    expect(minutes).toBe(10);
  });

  test("needs a person when the plan allows no webhooks, and the job says so", async () => {
    world.calendly.subscriptions.clear();
    await world.calendly.app.request("/_simulator/faults", {
      method: "POST",
      body: JSON.stringify({ path: "/webhook_subscriptions", answer: "403", times: 2 }),
    });
    await watch();
    expect((await jobsOf(world.sql)).find(({ status }) => status === "failed")!.last_error).toMatch(/403.*upgrade/);
  });
});

describe("an outage", () => {
  async function outage() {
    book("kept@lead.example").events.forEach((event) => world.calendly.deliver(event));
    await world.calendly.idle();
    await watch();
    world.isUp = false;
    await world.pass(3600);
  }
  async function recover() {
    await world.calendly.idle();
    world.isUp = true;
    await world.pass(25 * 3600);
    await watch();
    for (let page = 0; page < 5; page++) await world.work();
  }

  test("switches the subscription off; it is made anew, and what was missed is fetched", async () => {
    await outage();
    const missed = book("missed@lead.example");
    const canceled = book("canceled@lead.example");
    const late = book("late@lead.example", 0.1);
    for (const { events } of [missed, canceled, late]) events.forEach((event) => world.calendly.deliver(event));
    for (const { events } of [world.organization.cancel(canceled.invitee), world.organization.noShow(late.invitee)]) {
      events.forEach((event) => world.calendly.deliver(event));
    }
    await world.calendly.idle();
    expect(subscriptions()[0]!.state).toBe("disabled");
    expect(await bookings()).toEqual([["kept", "booked"]]);

    await recover();
    expect(subscriptions()).toMatchObject([{ state: "active" }]);
    expect(await bookings()).toEqual([
      ["canceled", "canceled"],
      ["kept", "booked"],
      ["late", "no show"],
      ["missed", "booked"],
    ]);
    expect((await notices(world.sql)).slice(1)).toEqual([
      ["calendly_webhook_renewed", expect.stringContaining("They are on again")],
      ["calendly_reconciled", "5 events of Acme that Calendly had not delivered were fetched."],
    ]);
    const statuses = await world.sql`select distinct status from integrations.webhook_events`;
    expect(statuses).toEqual([{ status: "processed" }]);
  });

  test("fetching again doubles nothing", async () => {
    await outage();
    book("missed@lead.example").events.forEach((event) => world.calendly.deliver(event));
    await recover();
    const [before] = await world.sql`select count(*) from integrations.webhook_events`;
    world.calendly.switchOff(world.organization);
    await watch();
    await world.work();
    expect((await world.sql`select count(*) from integrations.webhook_events`)[0]).toEqual(before);
    expect((await notices(world.sql)).filter(([kind]) => kind === "calendly_reconciled")).toHaveLength(1);
  });

  test("of more bookings than a page: all arrive, also when one is booked between two pages", async () => {
    await outage();
    for (let n = 0; n < 45; n++) book(`lead${n}@lead.example`, 1 + n / 10);
    world.calendly.switchOff(world.organization);
    await world.calendly.idle();
    world.isUp = true;
    await world.pass(3600);
    await watch();
    book("between@lead.example", 0.5);
    for (let page = 0; page < 5; page++) await world.work();
    const [{ count }] = await world.sql`
      select count(*)::int from public.calendly_invitees where email like 'lead%'` as [{ count: number }];
    expect(count).toBe(45);
  });

  test("in which the subscription vanished at Calendly ends the same way", async () => {
    await outage();
    book("missed@lead.example");
    world.calendly.subscriptions.clear();
    await recover();
    expect(subscriptions()).toHaveLength(1);
    expect((await bookings()).map(([name]) => name)).toEqual(["kept", "missed"]);
  });
});

describe("the typed client", () => {
  const call = (timeoutMs?: number) => new Calendly({ token: "personal", timeoutMs }).me();
  const bad = (answer: string) =>
    world.calendly.app.request("/_simulator/faults", {
      method: "POST",
      body: JSON.stringify({ path: "/users", answer }),
    });

  test.each([
    ["401", NeedsPerson, /Renew the credentials of Calendly/],
    ["403", NeedsPerson, /upgrade/],
    ["429", RetryLater, /429/],
    ["429 bare", RetryLater, /429/],
    ["500", Error, /500/],
    ["200 error", Error, /another shape/],
  ])("%s", async (answer, kind, words) => {
    await bad(answer);
    const error = await call().then(() => undefined, (error) => error);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(words);
    if (error instanceof RetryLater) expect(error.seconds).toBe(60);
    expect((await call()).email).toBe("maya@acme.example");
  });

  test("silence ends after its time", async () => {
    await bad("silence");
    await expect(call(50)).rejects.toThrow("did not answer within 0.05 s");
  });
});
