// The routes of reports: parameters, their limits, and answers as documented.

import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "../api/support.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.sql`insert into public.client_targets (client, emails_per_day) values ('Acme', 30)`;
  await world.sql`
    insert into public.campaign_reporting (client, campaign_id, date, emails_sent, total_leads_contacted, interested)
    select c, 7, d, 20, 10, 1
    from unnest(array['Acme', 'Birch']) as c, generate_series(date '2026-02-23', date '2026-03-01', '1 day') as d`;
});
afterAll(() => world?.drop());

const get = async (who: "admin" | "member", path: string) => {
  const { status, body } = await world.ask(who, "GET", `/reports/${path}`);
  return { status, body, data: body.data };
};

test("a report answers all rows as JSON, with numbers as numbers", async () => {
  const { status, data } = await get("member", "quick-view?from=2026-03-01&to=2026-03-01");
  expect(status).toBe(200);
  expect(data[0]).toEqual({
    client: "Acme",
    metric: "emails",
    status: "behind",
    date: "2026-03-01",
    target: 30,
    expected: 30,
    actual: 20,
  });
  expect(data).toHaveLength(6);
});

test("parameters that are not given keep their defaults, those that are given narrow", async () => {
  const weeks = "rollup?period=week&from=2026-02-23&to=2026-03-01";
  expect((await get("admin", `${weeks}&by=total`)).data).toMatchObject([{ client: null, emails_sent: 280 }]);
  expect((await get("admin", weeks)).data.map((row: { client: string }) => row.client)).toEqual(["Acme", "Birch"]);
  expect((await get("admin", `${weeks}&client=Birch&by=campaign`)).data)
    .toMatchObject([{ client: "Birch", campaign_id: 7, interested: 7, interested_percentage: 10 }]);
  expect((await get("member", `${weeks}&client=Birch`)).data).toEqual([]);
  expect((await get("member", "pipeline?cards=0")).data).toHaveLength(8);
});

test.each([
  ["quick-view?from=yesterday", "invalid_request"],
  ["quick-view?day=2026-03-01", "invalid_request"],
  ["quick-view?from=2026-03-01&from=2026-03-02", "invalid_request"],
  ["quick-view?from=2025-01-01&to=2026-01-01", "invalid_input"],
  ["funnel?by=campaign", "invalid_request"],
  ["funnel?from=2026-03-02&to=2026-03-01", "invalid_input"],
  ["rollup?by=campaign", "invalid_input"],
  ["steps?client=Acme", "invalid_request"],
  ["steps?client=Acme&campaign_id=' or true", "invalid_request"],
  ["steps?client=Acme&campaign_id=1&outcome=liked", "invalid_request"],
  ["pipeline?cards=101", "invalid_input"],
  ["pipeline?cards=-1", "invalid_input"],
  ["inbox-health?worst=1.5", "invalid_request"],
])("%s is refused", async (path, code) => {
  const { status, body } = await get("admin", path);
  expect([status, body.code]).toEqual([400, code]);
});

test("what a client is called is taken for what it is", async () => {
  for (const text of ["' or true --", "%", "$1", "{Acme,Birch}", "😀"]) {
    expect((await get("admin", `funnel?by=client&client=${encodeURIComponent(text)}`)).data).toEqual([]);
  }
});
