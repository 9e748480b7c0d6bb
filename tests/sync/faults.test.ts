import { expect, test } from "vitest";
import { giveHistory } from "../../simulators/bison/mod.ts";
import { client, openWorld } from "./world.ts";
import { jobsOf, moveClock } from "../jobs/support.ts";

test.each([
  ["a key that EmailBison refuses", "11|wrong", /Renew the credentials of EmailBison/],
  ["no key", null, /Set "App URL- Bison" and "Api Key - Bison" of Acme/],
])("%s stops the reading, and people are told once what to do", async (_, key, message) => {
  await using world = await openWorld({ key });
  const { sql, work } = world;
  await sql`select integrations.start_bison_sync(${client})`;
  await work();
  expect(await sql`select distinct state from integrations.sync_cursors`).toEqual([{ state: "blocked" }]);
  const notices = await sql`select text from integrations.notices where kind = 'sync_blocked'`;
  expect(notices).toHaveLength(1);
  expect(notices[0]!.text).toMatch(message);
  // Nothing else is asked until the next start.
  await sql`select outbound.enqueue_job('sync', 'sync_campaign_day',
    ${sql.json({ client, campaign_id: 301, date: "2026-01-01" })})`;
  const asked = world.bison.rate.requests;
  await work();
  expect(world.bison.rate.requests).toBe(asked);
});

test("a key that cannot be opened names the key ring", async () => {
  await using world = await openWorld();
  const { sql, work, start, list } = world;
  await sql`update public."Clients" set "Api Key - Bison" = 'v1.gone.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA'`;
  await start("tags");
  await work();
  expect((await list("tags")).last_error).toMatch(/cannot be opened.*MILLRACE_SECRET_KEYS/);
});

test("a renewed key unblocks the client with the next start", async () => {
  await using world = await openWorld();
  const { sql, work, start, list } = world;
  await sql`select integrations.start_sync(${client}, r) from unnest(array['tags', 'replies']) as r`;
  await sql`select integrations.block_sync(${client}, 'Renew it.')`;
  await start("campaigns");
  await work();
  expect(await list("campaigns")).toMatchObject({ state: "idle" });
  expect(await list("tags")).toMatchObject({ state: "idle" });
  const [access] = await sql`select count(*)::int from integrations.bison_access(${client})`;
  expect(access!.count).toBe(1);
});

test.each(["429", "500", "silence of the line"])("after %s the page is read again, and none is lost", async (fault) => {
  await using world = await openWorld();
  const { sql, bison, workspace, work, start, list } = world;
  giveHistory(workspace, { campaigns: 40, days: 0, inboxes: 0 }, new Date(), 1000);
  const answers: Record<string, () => Response> = {
    "429": () => new Response("{}", { status: 429, headers: { "retry-after": "30" } }),
    "500": () => new Response("", { status: 500 }),
    "silence of the line": () => new Response('{"data": [', { headers: { "content-type": "application/json" } }),
  };
  await start("campaigns");
  bison.changes.add({
    path: "/api/campaigns",
    after: 0,
    run: () => bison.faults.add({ path: "/api/campaigns", answer: answers[fault]! }),
  });
  await work();
  expect((await list("campaigns")).state).toBe("running");
  expect((await jobsOf(sql)).filter(({ status }) => status === "delayed")).toHaveLength(1);
  await moveClock(sql, 120);
  await work();
  expect(await list("campaigns")).toMatchObject({ state: "idle", rows: 42 });
});

test("a page that two workers bring is stored once, and the run goes on once", async () => {
  await using world = await openWorld();
  const { sql, start, list } = world;
  await start("tags");
  const { id, run, page } = await list("tags");
  const answer = { rows: [{ id: 51, name: "Warm" }], total: 2, last_page: 2 };
  const store = () =>
    sql`
    select integrations.store_sync_page(${id}, ${run}, ${sql.json(page)}, ${sql.json(answer)}, now()) as outcome`;
  const outcomes = (await Promise.all([store(), store()])).map(([row]) => row!.outcome).sort();
  expect(outcomes).toEqual(["more", "superseded"]);
  expect(await list("tags")).toMatchObject({ page: { number: 2 }, pages: 1 });
  expect(await jobsOf(sql)).toHaveLength(2);
});

test("a run that stalled is begun anew, and what is left of it stores nothing", async () => {
  await using world = await openWorld();
  const { sql, start, list } = world;
  await start("tags");
  expect(await start("tags")).toBe("running");
  const old = await list("tags");
  await moveClock(sql, 31 * 60);
  expect(await start("tags")).toBe("started");
  const [late] = await sql`
    select integrations.store_sync_page(${old.id}, ${old.run}, ${
    sql.json(old.page)
  }, '{"rows": []}', now()) as outcome`;
  expect(late!.outcome).toBe("superseded");
});

test("sync.enabled 0 keeps a client from being read", async () => {
  await using world = await openWorld();
  const { sql, start } = world;
  await sql`insert into integrations.client_settings (client, name, value) values (${client}, 'sync.enabled', 0)`;
  expect(await start("tags")).toBe("off");
});
