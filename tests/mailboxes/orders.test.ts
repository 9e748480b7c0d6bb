import { Hono } from "hono";
import { expect, test } from "vitest";
import { orderOf, setUp, submitted } from "./support.ts";

test("an order at InboxKit goes from its draft to its mailboxes", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, work } = stage;
  const id = await submitted(sql, { domains: ["acme.test", "get-acme.test"] });
  await work();
  expect(await orderOf(sql, id)).toMatchObject({ status: "processing" });
  expect(
    inboxkit.mailboxes.map(({ username, domain_name, platform }) => `${username}@${domain_name} ${platform}`).sort(),
  )
    .toEqual(
      ["acme.test", "get-acme.test"].flatMap((domain) =>
        ["ann.bee", "annbee", "tim.ash"].map((name) => `${name}@${domain} GOOGLE`)
      ).sort(),
    );
  expect(inboxkit.calls.get("/mailboxes/list")).toBeUndefined();
  await work();
  await work();
  expect(await orderOf(sql, id)).toEqual({ status: "completed", failed_step: null, failure_reason: null });
  expect(await sql`select domain, status, inboxes_created from public.inbox_orders order by 1`).toEqual([
    { domain: "acme.test", status: "completed", inboxes_created: 3 },
    { domain: "get-acme.test", status: "completed", inboxes_created: 3 },
  ]);
  const uids = await sql<{ provider_uid: string }[]>`select provider_uid from public.ordered_mailboxes`;
  expect(uids.map((one) => one.provider_uid).sort()).toEqual(inboxkit.mailboxes.map(({ uid }) => uid).sort());
  expect(inboxkit.credits).toBe(494);
});

test("an order at MissionInbox is a task, asked until it is done", async () => {
  await using stage = await setUp();
  const { sql, missioninbox, work } = stage;
  const id = await submitted(sql, { provider: "missioninbox" });
  await work();
  const [part] = await sql`select status, provider_order_id from public.inbox_orders`;
  expect(part).toEqual({ status: "processing", provider_order_id: missioninbox.tasks[0]!.id });
  await work();
  await work();
  expect(await orderOf(sql, id)).toMatchObject({ status: "completed" });
  expect(missioninbox.mailboxes).toHaveLength(3);
  expect(missioninbox.tasks[0]!.wanted.every(({ password }) => password.length > 20 && !password.includes("#"))).toBe(
    true,
  );
  expect((await sql`select * from public.ordered_mailboxes`).some((row) => "password" in row)).toBe(false);
});

test.each(["inboxkit", "missioninbox"])("an answer of %s that is lost buys nothing twice", async (provider) => {
  await using stage = await setUp();
  const { sql, inboxkit, missioninbox, work } = stage;
  stage[provider as "inboxkit"].losses = 1;
  const id = await submitted(sql, { provider });
  for (let round = 0; round < 10; round++) await work(5);
  expect(await orderOf(sql, id)).toMatchObject({ status: "completed" });
  expect((provider === "inboxkit" ? inboxkit : missioninbox).mailboxes).toHaveLength(3);
});

test("what an earlier attempt bought in part is completed", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, work } = stage;
  const id = await submitted(sql);
  // As a worker leaves it that died in the middle.
  await sql`select integrations.start_mailbox_submission(id, '1 second') from public.inbox_orders`;
  await inboxkit.app.request("/v1/api/mailboxes/buy", {
    method: "POST",
    headers: { authorization: "Bearer demo-inboxkit-key", "x-workspace-id": "ws_demo" },
    body: JSON.stringify({
      mailboxes: [{
        first_name: "Ann",
        last_name: "Bee",
        username: "ann.bee",
        platform: "GOOGLE",
        domain_name: "acme.test",
      }],
    }),
  });
  await work(0);
  for (let round = 0; round < 5; round++) await work(5);
  expect(await orderOf(sql, id)).toMatchObject({ status: "completed" });
  expect(inboxkit.mailboxes).toHaveLength(3);
});

test("when the provider cannot be asked what it has, nothing is bought", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, work } = stage;
  const id = await submitted(sql);
  await sql`select integrations.start_mailbox_submission(id, '1 second') from public.inbox_orders`;
  inboxkit.faults.add({
    path: "/mailboxes/list",
    answer: () => Response.json({ error: true, message: "Try later" }),
    times: 9,
  });
  await work(5);
  await work(5);
  expect(await orderOf(sql, id)).toMatchObject({ status: "failed", failed_step: "submit" });
  expect(inboxkit.mailboxes).toEqual([]);
});

test("an error with status 200 says at which step the order failed, and it can be tried again", async () => {
  await using stage = await setUp({ inboxkit: { credits: 2 } });
  const { sql, inboxkit, work } = stage;
  const id = await submitted(sql);
  await work(5);
  expect(await orderOf(sql, id)).toEqual({
    status: "failed",
    failed_step: "submit",
    failure_reason: "acme.test: InboxKit /v1/api/mailboxes/buy: Insufficient wallet balance",
  });
  inboxkit.credits = 3;
  await sql`select public.retry_mailbox_order(${id})`;
  for (let round = 0; round < 4; round++) await work(5);
  expect(await orderOf(sql, id)).toMatchObject({ status: "completed" });
  expect(inboxkit.mailboxes).toHaveLength(3);
});

test("a key that is refused stops the order with a word on what to do", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, lines, work } = stage;
  inboxkit.faults.add({
    path: "/mailboxes/buy",
    answer: () => Response.json({ code: 401, message: "jwt malformed" }, { status: 401 }),
  });
  const id = await submitted(sql);
  await work();
  const { failure_reason } = await orderOf(sql, id);
  expect(failure_reason).toContain("Renew the credentials of InboxKit");
  expect(JSON.stringify(lines)).not.toContain("demo-inboxkit-key");
  const [notice] = await sql`select text from integrations.notices where kind = 'mailbox_order_failed'`;
  expect(notice!.text).toContain("Renew the credentials");
});

test("mailboxes of an order are canceled at the provider", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, work } = stage;
  const id = await submitted(sql);
  for (let round = 0; round < 4; round++) await work();
  await sql`select public.cancel_mailbox_order(${id}, 'The client left.')`;
  await work();
  expect(inboxkit.mailboxes.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
  expect(await sql`select distinct status from public.ordered_mailboxes`).toEqual([{ status: "canceled" }]);
});

test("an order that failed with an unknown end is canceled with whatever was bought", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, work } = stage;
  inboxkit.losses = 1;
  const id = await submitted(sql);
  await work(0);
  await sql`select integrations.fail_mailbox_order(id, 'submit', 'Given up by hand.') from public.inbox_orders`;
  expect(inboxkit.mailboxes).toHaveLength(3);
  await sql`select public.cancel_mailbox_order(${id})`;
  await work();
  expect(inboxkit.mailboxes.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
});

test("MissionInbox cancels by hand alone, and that is said", async () => {
  await using stage = await setUp();
  const { sql, work } = stage;
  const id = await submitted(sql, { provider: "missioninbox" });
  for (let round = 0; round < 4; round++) await work();
  await sql`select public.cancel_mailbox_order(${id})`;
  await work();
  const [job] = await sql`select status::text, last_error from outbound.job_queue where job_type = 'cancel_mailboxes'`;
  expect(job).toMatchObject({
    status: "failed",
    last_error: expect.stringContaining("Cancel 3 of them there by hand"),
  });
});

test("every page of a provider's list is read once a day, and each mailbox asked after", async () => {
  await using stage = await setUp();
  const { sql, inboxkit, work } = stage;
  await submitted(sql);
  for (let round = 0; round < 4; round++) await work();
  await sql`insert into public.inboxes (client, bison_inbox_id, name, email) values ('Acme', 7, 'Ann', 'ann.bee@acme.test')`;
  const other = { ...inboxkit.mailboxes[0]!, domain_name: "other.test" };
  for (let n = 0; n < 230; n++) {
    inboxkit.mailboxes.unshift({ ...other, uid: `other_${n}`, username: "x".repeat(n + 1) });
  }
  inboxkit.mailboxes.at(-1)!.renewal_date = "2126-01-31T00:00:00.000Z";
  inboxkit.calls.clear();
  await sql`select private.enqueue_mailbox_syncs()`;
  await work();
  expect(inboxkit.calls.get("/mailboxes/list")).toBe(3);
  const [last] = await sql`select max(renewal_date)::text as day from public.ordered_mailboxes`;
  expect(last).toEqual({ day: "2126-01-31" });
  const [row] = await sql`select provider, bounce_rate, deliverability_score from public.inbox_analytics`;
  expect(row).toMatchObject({ provider: "inboxkit", bounce_rate: "1.8", deliverability_score: "98.2" });
});

test("tags that are put on inboxes here reach EmailBison, without an echo", async () => {
  const told: { path: string; body: unknown; key: string | undefined }[] = [];
  const bison = new Hono();
  bison.post("/api/tags/:what", async (c) => {
    told.push({ path: c.req.param("what"), body: await c.req.json(), key: c.req.header("authorization") });
    return told.length === 1
      ? c.json({ data: { success: "false", message: "Tag is gone" } })
      : c.json({ data: { success: true } });
  });
  await using stage = await setUp({ bison });
  const { sql, work } = stage;
  await sql`insert into public.inboxes (id, client, bison_inbox_id, name, email) values
    (1, 'Acme', 11, 'A', 'a@acme.test'), (2, 'Acme', 12, 'B', 'b@acme.test')`;
  const [tag] =
    await sql`insert into public.inbox_tags (client, bison_tag_id, name) values ('Acme', 5, 'Warm') returning id`;
  await sql`select public.tag_inboxes(${tag!.id}, array[1, 2])`;
  await work();
  const [dead] = await sql`select id, last_error from outbound.job_queue where status = 'failed'`;
  expect(dead!.last_error).toContain("Tag is gone");
  await sql`select public.tag_inboxes(${tag!.id}, array[1], false)`;
  await work();
  const body = { tag_ids: [5], skip_webhooks: true };
  expect(told.slice(1)).toEqual([
    { path: "attach-to-sender-emails", body: { ...body, sender_email_ids: [12] }, key: "Bearer 11|bison-key" },
    { path: "remove-from-sender-emails", body: { ...body, sender_email_ids: [11] }, key: "Bearer 11|bison-key" },
  ]);
  expect(await sql`select * from private.inbox_tag_pushes`).toEqual([]);
});
