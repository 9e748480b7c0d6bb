import { expect, test } from "vitest";
import { NeedsPerson } from "../../supabase/functions/_shared/providers/call.ts";
import { createSlack } from "../../supabase/functions/_shared/providers/slack.ts";
import { jobsOf, stopClock } from "../jobs/support.ts";
import { notify, openWorld, type World } from "./world.ts";

const post = (world: World, path: string, body: unknown) =>
  world.slack.app.request(`/_simulator/${path}`, { method: "POST", body: JSON.stringify(body) });

test("a notice becomes one message", async () => {
  await using world = await openWorld();
  await notify(world.sql, "a");
  await notify(world.sql, "a");
  await world.work();
  expect(world.slack.messages.map(({ channel, text }) => [channel, text])).toEqual([["C0APPROVALS", "Notice a"]]);
  const [message] = await world.sql`select status, ts, posted_revision from integrations.slack_messages`;
  expect(message).toEqual({ status: "posted", ts: world.slack.messages[0]!.ts, posted_revision: 1 });
});

test("a message whose answer was lost is found in the channel, not posted again", async () => {
  await using world = await openWorld();
  await post(world, "lose", { times: 1 });
  await notify(world.sql, "a");
  await world.work();
  expect((await jobsOf(world.sql))[0]).toMatchObject({ status: "delayed", last_error: expect.stringContaining("500") });
  // Others write there meanwhile: more than a page of them.
  for (let n = 0; n < 250; n++) world.slack.post({ channel: "C0APPROVALS", text: `${n}`, blocks: [] });
  await world.pass(15);
  await world.work();
  expect(world.slack.messages.filter(({ text }) => text === "Notice a")).toHaveLength(1);
  const [message] = await world.sql`select status, ts from integrations.slack_messages`;
  expect(message).toEqual({ status: "posted", ts: world.slack.messages[0]!.ts });
});

test("a worker that dies after posting is followed by one that finds the message", async () => {
  await using world = await openWorld();
  await notify(world.sql, "a");
  const [{ id }] = await world.sql`select id from integrations.slack_messages` as unknown as [{ id: string }];
  await world.sql`select * from integrations.start_slack_message(${id})`;
  world.slack.post({
    channel: "C0APPROVALS",
    text: "Notice a",
    blocks: [],
    metadata: { event_type: "millrace_message", event_payload: { id, revision: 1 } },
  });
  await world.work();
  expect(world.slack.messages).toHaveLength(1);
  expect((await jobsOf(world.sql))[0]!.status).toBe("completed");
});

test("without the right to look, nothing is posted a second time", async () => {
  await using world = await openWorld();
  world.slack.canReadHistory = false;
  await post(world, "lose", { times: 1 });
  await notify(world.sql, "a");
  await world.work();
  await world.pass(15);
  await world.work();
  expect(world.slack.messages).toHaveLength(1);
  expect((await jobsOf(world.sql))[0]).toMatchObject({
    status: "failed",
    last_error: expect.stringContaining("missing_scope (channels:history). Give the app the scope it lacks"),
  });
});

test.each([
  ["401", "failed", "invalid_auth. Store a valid bot token"],
  ["archived", "failed", "is_archived. Name another channel in integrations.slack_channels"],
  ["429", "delayed", "answered 429"],
  ["429-bare", "delayed", "answered 429"],
  ["500", "delayed", "answered 500"],
  ["ok-false", "delayed", "internal_error"],
])("%s: the job is %s and says why; once Slack is well there is one message", async (answer, status, reason) => {
  await using world = await openWorld();
  await post(world, "faults", { path: "/chat.postMessage", answer, times: 1 });
  await stopClock(world.sql, new Date());
  await notify(world.sql, "a");
  await world.work();
  const [job] = await jobsOf(world.sql);
  expect(job).toMatchObject({ status, last_error: expect.stringContaining(reason) });
  if (answer === "429") expect(job!.wait).toBeGreaterThan(5);
  if (answer === "429-bare") expect(job!.wait).toBeGreaterThan(50);
  if (status === "failed") await world.sql`select outbound.retry_dead(array[${job!.id}::uuid])`;
  await world.pass(100);
  await world.work();
  expect(world.slack.messages).toHaveLength(1);
  expect((await jobsOf(world.sql))[0]!.status).toBe("completed");
});

test("what changes while a message is posted is shown as soon as it is", async () => {
  await using world = await openWorld();
  await notify(world.sql, "a");
  const change = (text: string) =>
    world.sql`select private.change_message(id, ${
      world.sql.json({ text, blocks: [] })
    }) from integrations.slack_messages`;
  await world.sql`select s.* from integrations.slack_messages m, integrations.start_slack_message(m.id) as s`;
  await change("Newer");
  await world.work();
  await change("Newest");
  await change("Newest of all");
  await world.work();
  expect(world.slack.messages).toMatchObject([{ text: "Newest of all" }]);
  const [message] = await world.sql`select revision, posted_revision from integrations.slack_messages`;
  expect(message).toEqual({ revision: 4, posted_revision: 4 });
});

test("a channel gets one message a second, two channels do not wait for each other", async () => {
  let now = new Date();
  // Two in a second would be refused.
  await using world = await openWorld({ burst: 1, rate: "1 second", patience: 0, clock: () => now });
  const { sql, slack } = world;
  await stopClock(sql, now);
  await sql`insert into integrations.slack_channels (kind, channel) values ('quiet', 'C0NOTICES')`;
  await sql`insert into integrations.notice_kinds (kind, description) values ('quiet', 'For tests.')`;
  for (const key of ["a", "b", "c"]) {
    await notify(sql, key);
    await sql`select integrations.notify('quiet', null, ${key}, 'Quiet')`;
  }
  for (const posted of [1, 2, 3]) {
    await world.work();
    for (const channel of ["C0APPROVALS", "C0NOTICES"]) {
      expect(slack.messages.filter((one) => one.channel === channel)).toHaveLength(posted);
    }
    now = new Date(now.getTime() + 1_000);
    await stopClock(sql, now);
  }
  const jobs = await jobsOf(sql);
  expect(jobs.filter(({ status }) => status !== "completed")).toEqual([]);
  expect(jobs.every(({ attempts }) => attempts === 1)).toBe(true);
});

test("Slack that says nothing is given up after the time given, and what it said wrongly is no message", async () => {
  await using world = await openWorld();
  const slack = createSlack(world.slack.botToken);
  await expect(slack.post("C0NOWHERE", { text: "x" }, "id", 1)).rejects.toThrow(NeedsPerson);
  await expect(slack.update("C0APPROVALS", "1.1", { text: "x" })).rejects.toThrow("chat.update: message_not_found");
  await expect(slack.openView("old", {})).rejects.toThrow("views.open: expired_trigger_id");
  await post(world, "faults", { path: "/chat.postMessage", answer: "silence" });
  const impatient = createSlack(world.slack.botToken, undefined, 100);
  await expect(impatient.post("C0APPROVALS", { text: "x" }, "id", 1)).rejects.toThrow("did not answer within 0.1 s");
});
