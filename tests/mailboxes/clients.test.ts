// Both clients against their simulators, on good days and bad ones.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createInboxkitSimulator, type InboxkitSimulator } from "../../simulators/inboxkit/mod.ts";
import { createMissioninboxSimulator, type MissioninboxSimulator } from "../../simulators/missioninbox/mod.ts";
import { RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { NeedsPerson, Refused } from "../../supabase/functions/_shared/providers/call.ts";
import { mailboxHealth } from "../../supabase/functions/_shared/providers/inboxkit.ts";
import { mailboxProviders } from "../../supabase/functions/_shared/providers/mailboxes.ts";

let inboxkit: InboxkitSimulator;
let missioninbox: MissioninboxSimulator;
const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
const stop = new AbortController();
/** The next request has come. */
let arrived = Promise.withResolvers<void>();

beforeAll(() => {
  const serve = (find: () => InboxkitSimulator | MissioninboxSimulator) => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal },
      (request) => {
        arrived.resolve();
        return find().app.fetch(request);
      },
    );
    servers.push(server);
    return `http://127.0.0.1:${server.addr.port}`;
  };
  const urls = { inboxkit: `${serve(() => inboxkit)}/v1/api`, missioninbox: `${serve(() => missioninbox)}/api` };
  Deno.env.set("PROVIDER_URLS", JSON.stringify(urls));
});
beforeEach(() => {
  // A minute's limit is not over while the test goes on.
  const clock = () => new Date("2026-03-03T12:00:00Z");
  inboxkit = createInboxkitSimulator({ clock });
  missioninbox = createMissioninboxSimulator({ clock });
});
afterAll(async () => {
  // Does not wait for who is silent.
  stop.abort();
  await Promise.all(servers.map(({ finished }) => finished));
});

const wanted = [
  { email: "ann.bee@acme.test", username: "ann.bee", first_name: "Ann", last_name: "Bee", platform: "google" as const },
];
const accounts = {
  inboxkit: { key: "demo-inboxkit-key", workspaceId: "ws_demo", signal: new AbortController().signal },
  missioninbox: { key: "demo-missioninbox-key", workspaceId: "project_demo", signal: new AbortController().signal },
};

describe.each(["inboxkit", "missioninbox"] as const)("%s", (name) => {
  const provider = mailboxProviders[name]!;
  const simulator = () => (name === "inboxkit" ? inboxkit : missioninbox);
  const order = (account = accounts[name]) => provider.order(account, "acme.test", wanted);
  const fault = (answer: string, path = "/mailboxes") =>
    simulator().app.request("/_simulator/faults", { method: "POST", body: JSON.stringify({ answer, path }) });
  const failure = async (run: () => Promise<unknown>) => await run().then(() => undefined, (error) => error);

  test("orders, finds, follows", async () => {
    expect(await provider.find(accounts[name], "acme.test")).toEqual([]);
    const { orderId } = await order();
    expect(orderId).toMatch(/^(mbx|task)_/);
    const placed = { domain: "acme.test", orderId, emails: ["ann.bee@acme.test"] };
    expect(await provider.progress(accounts[name], placed)).toMatchObject([{ state: "pending" }]);
    expect(await provider.progress(accounts[name], placed)).toMatchObject([{
      email: "ann.bee@acme.test",
      state: "active",
    }]);
    expect(await provider.find(accounts[name], "acme.test")).toMatchObject([{ state: "active" }]);
    expect(await provider.find(accounts[name], "other.test")).toEqual([]);
  });

  test("a second order of the same mailbox is refused", async () => {
    await order();
    expect(await failure(order)).toMatchObject({ status: 409, message: expect.stringContaining("already exists") });
  });

  test("a wrong key needs a person", async () => {
    const error = await failure(() => order({ ...accounts[name], key: "wrong" }));
    expect(error).toBeInstanceOf(NeedsPerson);
    expect(error.message).toMatch(/401.*Renew the credentials/);
    expect(error.message).not.toContain("wrong");
  });

  test.each([["429", 7], ["429-bare", 60]])("%s is waited out", async (answer, seconds) => {
    await fault(answer as string);
    const error = await failure(order);
    expect(error).toBeInstanceOf(RetryLater);
    expect(error.seconds).toBe(seconds);
  });

  test.each(["500", "no-json", "other-shape"])("%s may be better in a moment", async (answer) => {
    await fault(answer);
    const error = await failure(order);
    expect(error.constructor).toBe(Error);
    expect(simulator().mailboxes).toEqual([]);
  });

  test("an error with status 200 is an error, also of a list", async () => {
    await fault("200-error");
    expect(await failure(order)).toBeInstanceOf(Refused);
    await fault("200-error");
    expect(await failure(() => provider.find(accounts[name], "acme.test"))).toBeInstanceOf(Refused);
  });

  test("silence ends with the attempt", async () => {
    await fault("silence");
    arrived = Promise.withResolvers();
    const attempt = new AbortController();
    const asking = failure(() => order({ ...accounts[name], signal: attempt.signal }));
    await arrived.promise;
    attempt.abort(new Error("The attempt is over."));
    expect((await asking).message).toBe("The attempt is over.");
  });

  test("its own limit is kept", async () => {
    const answers = [];
    for (let n = 0; n < 61; n++) answers.push(await failure(() => provider.page(accounts[name], 1)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(answers.at(-1)).toBeInstanceOf(RetryLater);
  });
});

test("InboxKit tells how a mailbox's mails fare", async () => {
  const { orderId } = await mailboxProviders.inboxkit!.order(accounts.inboxkit, "acme.test", wanted);
  expect(await mailboxHealth(accounts.inboxkit, orderId!)).toEqual({ bounceRate: 1.8, mails: 160 });
});

test("a workspace that is not ours is refused", async () => {
  const error = await mailboxProviders.inboxkit!.page({ ...accounts.inboxkit, workspaceId: "ws_other" }, 1).catch((e) =>
    e
  );
  expect(error).toMatchObject({ status: 404, message: expect.stringContaining("Workspace not found") });
});

test("a date of the year one is none", async () => {
  await mailboxProviders.inboxkit!.order(accounts.inboxkit, "acme.test", wanted);
  inboxkit.mailboxes[0]!.renewal_date = "0001-01-01T00:00:00Z";
  const { mailboxes } = await mailboxProviders.inboxkit!.page(accounts.inboxkit, 1);
  expect(mailboxes[0]!.renewal_date).toBeUndefined();
});
