import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { Fathom } from "../../supabase/functions/_shared/providers/fathom.ts";
import { NeedsPerson } from "../../supabase/functions/_shared/providers/call.ts";
import { jobsOf } from "../jobs/support.ts";
import { ada, box, calls, createWorld, stranger, type World } from "./support.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const weekly = {
  title: "Weekly",
  invitees: [ada],
  said: [["Ada Stone", "We need 40 robots."]] as [string, string][],
  action_items: [{ description: "Send the market map", assignee: "Robin Vale" }],
};
const sync = async () => {
  await world.sql`update integrations.fathom_accounts set sync_at = private.clock()`;
  await world.sql`select private.sync_fathom()`;
  await world.work();
};
const count = async (table: string) =>
  (await world.sql.unsafe<{ n: number }[]>(`select count(*)::int as n from ${table}`))[0]!.n;

describe("connecting an account", () => {
  test("makes its webhook, whose deliveries are accepted from then on", async () => {
    await world.work();
    expect([...world.fathom.webhooks.values()]).toMatchObject([{ include_transcript: true, include_summary: true }]);
    const [account] = await world.sql`select * from integrations.fathom_accounts`;
    expect(account).toMatchObject({ webhook_id: [...world.fathom.webhooks.keys()][0], status: "connected" });
    const [delivery] = world.fathom.deliver(world.fathom.record(weekly).events[0]!);
    expect((await delivery!.done).attempts.map(({ status }) => status)).toEqual([200]);
    expect(await calls(world.sql)).toEqual([
      { client: "Northwind Robotics", title: "Weekly", has_transcript: true, has_summary: true, status: "processed" },
    ]);
    expect(await world.sql`select client, text, assigned_to from public.crm_tasks`).toEqual([
      { client: "Northwind Robotics", text: "Send the market map", assigned_to: "Robin Vale" },
    ]);
  });

  test("twice makes one webhook; a secret that was lost makes another, and the first is refused", async () => {
    await world.work();
    await world.sql`select integrations.connect_fathom('Robin', ${await box.seal("key")})`;
    await world.work();
    expect(world.fathom.webhooks.size).toBe(1);
    await world.sql`update integrations.fathom_accounts set webhook_id = null`;
    await world.sql`select integrations.connect_fathom('Robin', ${await box.seal("key")})`;
    await world.work();
    const deliveries = world.fathom.deliver(world.fathom.record(weekly).events[0]!);
    const answers = await Promise.all(deliveries.map(({ done }) => done));
    expect(answers.map(({ attempts }) => attempts[0]!.status)).toEqual([403, 200]);
  });
});

describe("one recording", () => {
  test("by webhook, twice at once, and by the sync is one call with one task", async () => {
    await world.work();
    const { events } = world.fathom.record(weekly);
    await Promise.all(world.fathom.deliver(events[0]!, 3).map(({ done }) => done));
    await sync();
    world.fathom.deliver(world.fathom.tell(events[0]!.meeting));
    await world.fathom.idle();
    expect(await count("public.client_fathom_calls")).toBe(1);
    expect(await count("public.crm_tasks")).toBe(1);
    expect(await count("integrations.webhook_events")).toBe(2);
  });

  test("by webhook and sync at the same instant is one as well", async () => {
    await world.work();
    const { events } = world.fathom.record(weekly);
    const [delivery] = world.fathom.deliver(events[0]!);
    await Promise.all([delivery!.done, sync()]);
    expect(await count("public.client_fathom_calls")).toBe(1);
    expect(await count("public.crm_tasks")).toBe(1);
  });

  test("nobody knows whose is held where no client sees it, and asked about in Slack", async () => {
    world.fathom.record({ title: "Intro", invitees: [stranger] });
    await sync();
    expect(await calls(world.sql)).toEqual([]);
    expect(await world.sql`select status, reason from integrations.unmatched_calls`).toEqual([
      { status: "waiting", reason: "Nothing speaks for any client." },
    ]);
    expect(await world.sql`select kind, title from integrations.approvals`).toEqual([
      { kind: "call_client", title: 'Whose call is "Intro"?' },
    ]);
  });

  test("whose transcript is not ready yet gets it later", async () => {
    const { meeting } = world.fathom.record({ ...weekly, without_transcript: true });
    await sync();
    expect(await calls(world.sql)).toMatchObject([{ has_transcript: false, status: "pending" }]);
    expect((await jobsOf(world.sql)).filter(({ status }) => status === "delayed")).toHaveLength(1);
    meeting.transcript = [{
      speaker: { display_name: "Ada Stone", matched_calendar_invitee_email: null },
      text: "Hi",
      timestamp: "00:00:01",
    }];
    await world.pass(800);
    await world.work();
    expect(await calls(world.sql)).toMatchObject([{ has_transcript: true, status: "processed" }]);
  });
});

describe("the sync", () => {
  test("reads all pages, each in a job of its own, and then from the newest on", async () => {
    for (let n = 0; n < 25; n++) world.fathom.record({ ...weekly, title: `Weekly ${n}` });
    await sync();
    expect(await count("public.client_fathom_calls")).toBe(25);
    expect((await jobsOf(world.sql)).filter(({ status }) => status === "completed").length).toBe(4);
    const [{ synced_until }] = await world.sql`
      select synced_until from integrations.fathom_accounts` as unknown as [{ synced_until: Date }];
    expect(synced_until).toEqual(new Date(world.fathom.meetings.at(-1)!.created_at));
  });

  test("loses nothing when a meeting is recorded between two pages", async () => {
    for (let n = 0; n < 20; n++) world.fathom.record({ ...weekly, title: `Weekly ${n}` });
    let asked = 0;
    world.fathom.beforePage = (page) => {
      if (page === 2 && asked++ === 0) world.fathom.record({ ...weekly, title: "Between" });
    };
    await sync();
    await sync();
    expect(asked).toBeGreaterThan(0);
    expect(await count("public.client_fathom_calls")).toBe(21);
  });

  test("401 disconnects the account and tells a person once; a new key connects it again", async () => {
    world.fathom.record(weekly);
    world.fathom.keys.clear();
    world.fathom.keys.add("new key");
    await sync();
    await sync();
    expect(await world.sql`select status from integrations.fathom_accounts`).toEqual([{ status: "disconnected" }]);
    const told = await world.sql`select kind, text from integrations.notices`;
    expect(told).toEqual([{ kind: "fathom_disconnected", text: expect.stringContaining("Store a new key for it.") }]);
    await world.sql`select integrations.connect_fathom('Robin', ${await box.seal("new key")})`;
    await sync();
    expect(await count("public.client_fathom_calls")).toBe(1);
  });

  test.each(["429", "429 bare", "500", "200 error"])("%s: the page is read again, nothing is lost", async (answer) => {
    await world.work();
    world.fathom.record(weekly);
    await world.spoil("/meetings", answer);
    await sync();
    expect(await count("public.client_fathom_calls")).toBe(0);
    await world.pass(120);
    await world.work();
    expect(await count("public.client_fathom_calls")).toBe(1);
  });
});

describe("the typed client", () => {
  const list = (timeoutMs?: number) => {
    const fathom = new Fathom({ key: "key", timeoutMs });
    return fathom.meetings("2026-01-01T00:00:00Z", undefined).then(() => undefined, (error) => error);
  };

  test.each([
    ["401", NeedsPerson, /Renew the credentials of Fathom/, undefined],
    ["429", RetryLater, /429/, 30],
    ["429 bare", RetryLater, /429/, 60],
    ["500", Error, /500/, undefined],
    ["200 error", Error, /another shape/, undefined],
  ])("%s", async (answer, kind, words, seconds) => {
    await world.spoil("/meetings", answer);
    const error = await list();
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(words);
    if (seconds) expect(error.seconds).toBe(seconds);
    expect(await list()).toBeUndefined();
  });

  test("silence ends after its time", async () => {
    await world.spoil("/meetings", "silence");
    expect((await list(50)).message).toContain("did not answer within 0.05 s");
  });
});
