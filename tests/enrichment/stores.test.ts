// StoreLeads: pages, everything at once, bad days; and stores processed by many sessions.

import { afterAll, expect, test } from "vitest";
import { setUp, tearDown } from "./support.ts";

afterAll(tearDown);

test("pages are fetched until there are no more", async () => {
  await using world = await setUp({ stores: 120 });
  await world.sql`select * from integrations.request_stores()`;
  expect(await world.work()).toMatchObject({ completed: 3, failed: 0 });
  expect(await world.runs()).toMatchObject([{
    kind: "stores",
    status: "completed",
    found: 120,
    charged_credits: 3,
    page: 2,
  }]);
  expect(world.storeleads.calls).toBe(3);
  expect(await world.credits()).toEqual([{ provider: "storeleads", reserved: 0, charged: 3 }]);
});

test("pages end where the request says", async () => {
  await using world = await setUp({ stores: 500 });
  await world.sql`select * from integrations.request_stores('{"f:cc": "US"}', 2)`;
  await world.work();
  expect(await world.runs()).toMatchObject([{ status: "completed", found: 100, charged_credits: 2 }]);
  const [row] = await world.sql`
    select count(*)::integer as others from integrations.storeleads_rows where raw ->> 'country_code' <> 'US'`;
  expect(row!.others).toBe(0);
});

test("everything at once is waited for", async () => {
  await using world = await setUp({ stores: 130, looks: 3 });
  await world.sql`select * from integrations.request_stores('{}', 1, true)`;
  await world.work();
  expect(await world.runs()).toMatchObject([{ kind: "all_stores", status: "asked" }]);
  for (let i = 0; i < 4; i++) await world.work();
  expect(await world.runs()).toMatchObject([{ status: "completed", found: 130, charged_credits: 3 }]);
  expect(world.storeleads.calls).toBe(4);
});

const days: [string, () => Response, string][] = [
  [
    "429 with a time",
    () => Response.json({ error: "slow" }, { status: 429, headers: { "retry-after": "7" } }),
    "completed",
  ],
  ["429 without", () => Response.json({ error: "slow" }, { status: 429 }), "completed"],
  ["500", () => new Response("oops", { status: 500 }), "completed"],
  ["what is no JSON", () => new Response("<html>"), "completed"],
  ["another shape", () => Response.json({ surprise: 1 }), "completed"],
  ["401", () => Response.json({ error: "Unauthorized" }, { status: 401 }), "failed"],
  ["200 with an error", () => Response.json({ error: "Invalid filter" }), "failed"],
];
test.each(days)("%s", async (_, answer, status) => {
  await using world = await setUp({ stores: 20 });
  world.storeleads.faults.add({ path: "/all/domain", answer });
  await world.sql`select * from integrations.request_stores()`;
  await world.work();
  await world.work();
  const [run] = await world.runs();
  expect([run!.status, run!.charged_credits, run!.reserved_credits]).toEqual([status, status === "failed" ? 0 : 1, 0]);
  if (status === "failed") expect(run!.problem).toMatch(/Renew the credentials|Invalid filter/);
});

test("a store's way to company and contact, in one batch of each step", async () => {
  await using world = await setUp({ stores: 30 });
  await world.sql`select * from integrations.request_stores()`;
  await world.work();
  const [row] = await world.sql`select * from integrations.advance_storeleads()`;
  // Every seventh is closed; every fifth has no address.
  expect(row).toEqual({ pulled: 26, copied: 26, processed: 26, contacts: 21, has_more: false });
});

test("six sessions share the rows: each is done once, whatever step they are at", async () => {
  await using world = await setUp();
  await world.sql`
    insert into integrations.storeleads_rows (domain, raw)
    select 'shop-' || i || '.test', jsonb_build_object(
      'name', 'shop-' || i || '.test',
      -- Ten stores share an address.
      'contact_info', jsonb_build_array(jsonb_build_object('type', 'email', 'value', 'a' || i / 10 || '@shop.test'))
    )
    from generate_series(1, 1000) as i`;
  const sessions = world.database.sql("postgres", { max: 6 });
  const totals = await Promise.all(Array.from({ length: 6 }, async () => {
    const done = { pulled: 0, copied: 0, processed: 0 };
    for (let idle = 0; idle < 3;) {
      const [row] = await sessions`select * from integrations.advance_storeleads(37)`;
      for (const step of ["pulled", "copied", "processed"] as const) done[step] += row![step];
      idle = row!.pulled + row!.copied + row!.processed ? 0 : idle + 1;
    }
    return done;
  }));
  const sum = (step: "pulled" | "copied" | "processed") => totals.reduce((total, done) => total + done[step], 0);
  // Who had nothing left when the others were not done yet leaves the rest to the next tick.
  await sessions`select * from integrations.advance_storeleads()`;
  const [state] = await world.sql`
    select
      (select count(*)::integer from public.eligible_storeleads_10k where status = 'processed') as processed,
      (select max(attempts) from public.eligible_storeleads_10k) as attempts,
      (select count(*)::integer from public.master_companies_db) as companies,
      (select count(*)::integer from public.master_contacts_db) as contacts,
      (select count(*)::integer from public.company_signals) as signals`;
  expect(state).toEqual({ processed: 1000, attempts: 1, companies: 1000, contacts: 101, signals: 1000 });
  expect(sum("pulled")).toBeLessThanOrEqual(1000);
  expect(sum("processed")).toBeLessThanOrEqual(1000);
});

test("six claimers get different rows", async () => {
  await using world = await setUp();
  await world
    .sql`insert into public.eligible_storeleads_10k (domain) select 's' || i || '.test' from generate_series(1, 600) i`;
  await world.sql`select * from public.copy_storeleads_next_batch(600)`;
  const sessions = world.database.sql("postgres", { max: 6 });
  const claimed = await Promise.all(
    Array.from({ length: 12 }, (_, n) => sessions`select id from public.claim_unprocessed_rows(50, ${`worker ${n}`})`),
  );
  const ids = claimed.flat().map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([600, 600]);
});
