import { expect, test } from "vitest";
import { jobsOf, moveClock } from "../jobs/support.ts";
import { receive } from "../sync/world.ts";
import { addresses, client, inCampaign, leadRules, openWorld } from "./support.ts";

const path = { create: "/api/leads/create-or-update/multiple", attach: "/api/campaigns/301/leads/attach-leads" };

test("chosen contacts become leads of the campaign, with variables and source, and their replies lead back to it", async () => {
  await using world = await openWorld();
  const { sql, workspace, work, push } = world;
  await push(["ann@one.example", "ben@two.example"], { "Company Name": "company_name" });
  await work();
  expect(leadRules(workspace).variables).toEqual(["Company Name"]);
  expect(inCampaign(workspace, 301)).toEqual(["ann@one.example", "ben@two.example"]);
  expect(workspace.leads.get("ann@one.example")!.part.custom_variables).toEqual([
    { name: "Company Name", value: "Company of ann@one.example" },
  ]);
  expect(await sql`select email, source, lead_id::int, emails_sent from public.all_leads order by email`).toMatchObject(
    [
      { email: "ann@one.example", source: "apollo", emails_sent: 0 },
      { email: "ben@two.example", source: "apollo", emails_sent: 0 },
    ],
  );
  expect(await sql`select distinct status from "Master".campaign_contact_db`).toEqual([{ status: "in_campaign" }]);
  expect(await sql`select email, source from "Master".campaign_leads_db order by 1`).toHaveLength(2);

  const { mail, events } = workspace.send({ campaign: 301, lead: { email: "ann@one.example" } });
  await receive(sql, [...events, ...workspace.reply(mail, { text: "Tell me more." }).events]);
  expect(await sql`select count(*)::int from public.all_leads`).toEqual([{ count: 2 }]);
  expect(await sql`select source, campaign_id from bit.replies_by_source`).toEqual([
    { source: "apollo", campaign_id: 301 },
  ]);
  expect(await sql`select contacts::int, pushed::int, contacted::int, replied::int from bit.funnel_by_source`).toEqual([
    { contacts: 2, pushed: 2, contacted: 1, replied: 1 },
  ]);
});

test("a list of 1,200 goes in batches of 500, each lead once", async () => {
  await using world = await openWorld();
  const { sql, workspace, work, push, bison } = world;
  await push(addresses(1_200));
  const before = bison.rate.requests;
  await work();
  expect(bison.rate.requests - before).toBe(6);
  expect(inCampaign(workspace, 301)).toHaveLength(1_200);
  expect(await sql`select status, count(*)::int from "Master".bison_queue group by 1`).toEqual([
    { status: "attached", count: 1_200 },
  ]);
});

test("who EmailBison does not echo back was not created, and blocks nobody", async () => {
  await using world = await openWorld();
  const { sql, work, push, queue } = world;
  await push(["ann@one.example", "ghost@nowhere.example", "ben@two.example"]);
  await work();
  expect(new Map((await queue()).map(([email, ...rest]) => [email, rest]))).toEqual(
    new Map([
      ["ann@one.example", ["attached", null]],
      ["ghost@nowhere.example", ["failed", "EmailBison did not create this lead."]],
      ["ben@two.example", ["attached", null]],
    ]),
  );
  expect(await sql`select status, reason from "Master".campaign_contact_db where status = 'removed'`).toEqual([
    { status: "removed", reason: "EmailBison did not create this lead." },
  ]);
});

test("of many, those that no campaign takes stand alone in the end", async () => {
  await using world = await openWorld();
  const { workspace, work, push, queue } = world;
  const people = addresses(100);
  leadRules(workspace).barred.add(people[0]!).add(people[57]!).add(people[99]!);
  await push(people);
  await work();
  const failed = (await queue()).filter(([, status]) => status === "failed");
  expect(failed.map(([email]) => email).sort()).toEqual([people[0], people[57], people[99]].sort());
  expect(failed[0]![2]).toMatch(/attach-leads answered 422/);
  expect(inCampaign(workspace, 301)).toHaveLength(97);
});

test("a campaign that is gone at EmailBison is not asked for lead by lead", async () => {
  await using world = await openWorld();
  const { work, push, queue, bison } = world;
  await push(addresses(40), {}, "999");
  const before = bison.rate.requests;
  await work();
  expect(bison.rate.requests - before).toBe(2);
  expect(new Set((await queue()).map(([, status]) => status))).toEqual(new Set(["failed"]));
});

test("a workspace's own spelling of a variable is used, and one that is gone is made again", async () => {
  await using world = await openWorld();
  const { sql, workspace, work, push } = world;
  leadRules(workspace).variables.push("COMPANY name");
  await push(["ann@one.example"], { "Company Name": "company_name", Source: "source" });
  await work();
  expect(leadRules(workspace).variables).toEqual(["COMPANY name", "Source"]);
  expect(workspace.leads.get("ann@one.example")!.part.custom_variables.map(({ name }) => name).sort()).toEqual([
    "COMPANY name",
    "Source",
  ]);
  leadRules(workspace).variables.pop();
  await push(["ben@two.example"], { Source: "source" });
  await work();
  expect(inCampaign(workspace, 301)).toHaveLength(2);
  expect(await sql`select name from integrations.bison_variables order by name`).toEqual([
    { name: "COMPANY name" },
    { name: "Source" },
  ]);
});

const faults: [string, () => Response][] = [
  ["429", () => new Response("{}", { status: 429, headers: { "retry-after": "30" } })],
  ["429 without headers", () => new Response("{}", { status: 429 })],
  ["500", () => new Response("", { status: 500 })],
  ["half an answer", () => new Response('{"data": [', { headers: { "content-type": "application/json" } })],
];
for (const [name, answer] of faults) {
  test.each(Object.entries(path))(
    `after ${name} to %s all of it is done again, and nobody is lost`,
    async (_, path) => {
      await using world = await openWorld();
      const { sql, workspace, bison, work, push, queue } = world;
      await push(["ann@one.example", "ben@two.example"]);
      bison.faults.add({ path, answer });
      await work();
      expect((await queue()).every(([, status]) => ["pushing", "pushed"].includes(status))).toBe(true);
      await moveClock(sql, 120);
      await sql`select outbound.requeue_expired()`;
      await work();
      expect((await queue()).map(([, status]) => status)).toEqual(["attached", "attached"]);
      expect(inCampaign(workspace, 301)).toHaveLength(2);
    },
  );
}

test.each([
  "integrations.store_created_leads(uuid, text, jsonb, jsonb)",
  "integrations.store_attached_leads(text, text, bigint[], jsonb)",
])("a worker that dies right before %s leaves nothing double and nothing undone", async (step) => {
  await using world = await openWorld();
  const { sql, workspace, work, push, queue } = world;
  await push(["ann@one.example", "ben@two.example"]);
  await sql.unsafe(`revoke execute on function ${step} from job_worker`);
  await work();
  expect((await queue()).some(([, status]) => status === "attached")).toBe(false);
  await sql.unsafe(`grant execute on function ${step} to job_worker`);
  await moveClock(sql, 120);
  await work();
  expect((await queue()).map(([, status]) => status)).toEqual(["attached", "attached"]);
  expect(workspace.leads.size).toBe(2);
  expect(await sql`select count(*)::int from public.all_leads`).toEqual([{ count: 2 }]);
});

test("who unsubscribes between being created and being attached is not taken into the campaign", async () => {
  await using world = await openWorld();
  const { sql, workspace, bison, work, push, queue } = world;
  const list = await push(["ann@one.example", "ben@two.example"]);
  bison.faults.add({ path: path.attach, answer: () => new Response("", { status: 500 }) });
  await work();
  expect((await queue()).map(([, status]) => status)).toEqual(["pushed", "pushed"]);
  await sql`
    insert into public.all_leads (client, campaign_id, email, unsubscribed_at) values (${client}, '302', 'Ann@one.example', now())`;
  await moveClock(sql, 120);
  await work();
  expect(new Set(await queue())).toEqual(
    new Set([["ann@one.example", "skipped", "unsubscribed"], ["ben@two.example", "attached", null]]),
  );
  expect(inCampaign(workspace, 301)).toEqual(["ben@two.example"]);
  expect(await sql`select status, reason from "Master".campaign_contact_db where list_id = ${list} order by status`)
    .toEqual([
      { status: "excluded", reason: "unsubscribed" },
      { status: "in_campaign", reason: null },
    ]);
});

test.each([
  ["a key that EmailBison refuses", "11|wrong", /Renew the credentials of EmailBison/],
  ["no key", null, /Set "App URL- Bison" and "Api Key - Bison" of Acme/],
])("%s leaves the contacts in the queue, and people are told what to do", async (_, key, message) => {
  await using world = await openWorld(key);
  const { sql, work, push, queue } = world;
  await push(["ann@one.example"]);
  await work();
  expect(await queue()).toEqual([["ann@one.example", "queued", null]]);
  expect((await jobsOf(sql))[0]).toMatchObject({ status: "failed", last_error: expect.stringMatching(message) });
  expect(await sql`select text from integrations.notices where kind = 'push_blocked'`).toHaveLength(1);
  await sql`select * from private.resume_pushes()`;
  expect(await sql`select count(*)::int from outbound.job_queue where status = 'waiting'`).toEqual([{ count: 1 }]);
});

test.each([
  ["lists no custom variables", [new Response("Not found", { status: 404 })], /custom-variables answered 404/],
  [
    "makes none",
    [Response.json({ data: [] }), Response.json({ message: "At most 50 variables." }, { status: 422 })],
    /At most 50 variables/,
  ],
])("an EmailBison that %s has people told, and nobody fails for it", async (_, answers, message) => {
  await using world = await openWorld();
  const { sql, bison, workspace, work, push, queue } = world;
  await push(["ann@one.example", "ben@two.example"], { "Company Name": "company_name" });
  for (const answer of answers) bison.faults.add({ path: "/api/custom-variables", answer: () => answer });
  await work();
  expect((await queue()).map(([, status]) => status)).toEqual(["queued", "queued"]);
  expect(await sql`select text from integrations.notices where kind = 'push_blocked'`).toMatchObject([
    { text: expect.stringMatching(message) },
  ]);
  await sql`select * from private.resume_pushes()`;
  await work();
  expect(inCampaign(workspace, 301)).toHaveLength(2);
});

test("an error in a good answer's clothes ends the push with EmailBison's words, and it can be tried again", async () => {
  await using world = await openWorld();
  const { sql, bison, work, push, queue } = world;
  await push(["ann@one.example"]);
  bison.faults.add({
    path: path.attach,
    answer: () => Response.json({ data: { success: "false", message: "Campaign is archived." } }),
  });
  await work();
  expect(await queue()).toEqual([["ann@one.example", "failed", expect.stringMatching(/Campaign is archived/)]]);
  const [retried] = await sql`select public.retry_failed_pushes(${client}, '301') as queued`;
  expect(retried!.queued).toBe(1);
  await work();
  expect((await queue()).map(([, status]) => status)).toEqual(["attached"]);
  expect(await sql`select status, reason from "Master".campaign_contact_db`).toEqual([
    { status: "in_campaign", reason: null },
  ]);
});
