import { beforeEach, expect, test } from "vitest";
import type postgres from "postgres";
import { jobsOf } from "../jobs/support.ts";
import { clearOfMidnight } from "../support/midnight.ts";
import { buildFleet, client, openWorld, type World } from "./world.ts";

beforeEach(clearOfMidnight);

async function plan(world: World): Promise<string> {
  await buildFleet(world.sql);
  const [{ id }] = await world.sql`select public.plan_rebatch(${client}) as id` as unknown as [{ id: string }];
  await world.work();
  return id;
}

async function runOf(sql: postgres.Sql): Promise<postgres.Row> {
  const [run] = await sql`
    select status, executed_by, error_message, domains_to_cancel, domains_to_activate, slack_message_ts
    from public.rebatch_runs`;
  return run!;
}

const limits = ({ bison }: World) =>
  Object.fromEntries([...bison.workspace(11).senders.values()].map(({ part }) => [part.email, part.daily_limit]));

test("two people press Approve at once: one decides, the other is told who, and the plan is carried out", async () => {
  await using world = await openWorld();
  await plan(world);
  const [message] = world.slack.messages;
  expect((await runOf(world.sql)).slack_message_ts).toBe(message!.ts);

  const answers = await Promise.all(["U0ADA", "U0GRACE"].map((user) => world.slack.click(message!, user, "approved")));
  expect(answers.map(({ status, body }) => [status, body])).toEqual([[200, ""], [200, ""]]);
  const { executed_by } = await runOf(world.sql);
  const first = executed_by.slice("slack:".length);
  const second = first === "U0ADA" ? "U0GRACE" : "U0ADA";

  await world.work();
  expect(world.slack.whispers).toEqual([
    { channel: "C0APPROVALS", user: second, text: expect.stringContaining(`already *Approved* by <@${first}>`) },
  ]);
  expect(await runOf(world.sql)).toMatchObject({
    status: "executed",
    domains_to_cancel: ["two.example"],
    domains_to_activate: ["spare.example"],
  });
  expect(limits(world)).toMatchObject({
    "ada0@one.example": 30,
    "ada0@two.example": 0,
    "ada1@two.example": 0,
    "ada2@two.example": 0,
    "ada0@spare.example": 20,
    "ada2@spare.example": 20,
  });
  expect(JSON.stringify(message!.blocks)).not.toContain("button");
  expect(JSON.stringify(message!.blocks)).toContain(`*Approved* by <@${first}>`);
  expect(JSON.stringify(message!.blocks)).toContain("Done: 1 canceled, 1 activated");
});

test("a stale window's button decides nothing any more", async () => {
  await using world = await openWorld();
  await plan(world);
  const message = world.slack.messages[0]!;
  const button = message.blocks.flatMap(({ elements }) => elements ?? []).find(({ type }) => type === "button")!;
  await world.slack.click(message, "U0ADA", "approved");
  await world.work();
  expect((await world.slack.press(message, "U0GRACE", button)).status).toBe(200);
  await world.work();
  expect(world.slack.whispers).toMatchObject([{ user: "U0GRACE" }]);
  expect(await world.sql`select 1 from public.rebatch_steps where status <> 'done'`).toHaveLength(0);
});

test("a rejection asks why, and the plan is let be", async () => {
  await using world = await openWorld();
  await plan(world);
  const message = world.slack.messages[0]!;
  await world.slack.click(message, "U0ADA", "rejected");
  expect(world.slack.views).toHaveLength(1);
  expect((await runOf(world.sql)).status).toBe("preview");

  expect(JSON.parse((await world.slack.submit(world.slack.views[0]!, { reason: " " })).body).response_action).toBe(
    "errors",
  );
  expect((await world.slack.submit(world.slack.views[0]!, { reason: "Peak season" })).status).toBe(200);
  await world.work();
  expect(await runOf(world.sql)).toMatchObject({ status: "rejected", executed_by: null });
  expect(JSON.stringify(message.blocks)).toContain("*Rejected* by <@U0ADA>: Peak season");
  expect(Object.values(limits(world)).filter((limit) => limit === 30)).toHaveLength(9);
});

test("who is not listed is told so and decides nothing", async () => {
  await using world = await openWorld();
  await plan(world);
  await world.slack.click(world.slack.messages[0]!, "U0GUEST", "approved");
  await world.work();
  expect((await runOf(world.sql)).status).toBe("preview");
  expect(world.slack.whispers).toMatchObject([{
    user: "U0GUEST",
    text: expect.stringContaining("may not use Millrace"),
  }]);
});

test("a step that EmailBison refuses stops the run and says where; resumed, it goes on there", async () => {
  await using world = await openWorld();
  const id = await plan(world);
  world.bison.faults.add({
    path: "/api/sender-emails/11",
    answer: () => Response.json({ message: "Unauthenticated." }, { status: 401 }),
  });
  await world.slack.click(world.slack.messages[0]!, "U0ADA", "approved");
  await world.work();
  const { status, error_message } = await runOf(world.sql);
  expect(status).toBe("failed");
  expect(error_message).toMatch(
    /^Step 2 of 10, start ada1@spare.example: EmailBison .* answered 401.* Renew the credentials/,
  );
  expect(JSON.stringify(world.slack.messages[0]!.blocks)).toContain("Stopped. Step 2 of 10");
  expect(world.slack.messages.at(-1)!.text).toContain("The rebatch of Acme stopped.");
  expect(limits(world)).toMatchObject({ "ada0@spare.example": 20, "ada1@spare.example": 0, "ada0@two.example": 30 });

  await world.sql`select public.resume_rebatch(${id})`;
  await world.work();
  expect((await runOf(world.sql)).status).toBe("executed");
  expect(limits(world)).toMatchObject({ "ada1@spare.example": 20, "ada0@two.example": 0 });
});

test("a step whose worker died is done again, to the same effect", async () => {
  await using world = await openWorld();
  await plan(world);
  await world.slack.click(world.slack.messages[0]!, "U0ADA", "approved");
  // A worker told EmailBison and was killed before it could say so.
  world.bison.workspace(11).senders.get(10)!.part.daily_limit = 20;
  const before = (await jobsOf(world.sql)).filter(({ status }) => status === "waiting").length;
  await world.sql`
    update outbound.job_queue set status = 'active', attempts = 1, lease_expires_at = private.clock() + interval '30 seconds'
    where job_type = 'run_rebatch_step'`;
  await world.pass(31);
  await world.sql`select * from outbound.requeue_expired()`;
  await world.work();
  expect(before).toBeGreaterThan(0);
  expect((await runOf(world.sql)).status).toBe("executed");
  expect(limits(world)).toMatchObject({ "ada0@spare.example": 20, "ada2@two.example": 0 });
});

test("commands are answered", async () => {
  await using world = await openWorld();
  await plan(world);
  const text = async (words: string, user = "U0ADA") => JSON.parse((await world.slack.command(user, words)).body).text;
  expect(await text("status")).toContain("*Decisions*: 1 open");
  expect(await text("client acme")).toContain("12 of 12 inboxes connected, 270 mails a day");
  expect(await text("client acme")).toContain("To decide: Rebatch of Acme");
  expect(await text("replay 999999")).toBe("No webhook event has this id.");
  expect(await text("status", "U0GUEST")).toContain("You may not use Millrace here");
});
