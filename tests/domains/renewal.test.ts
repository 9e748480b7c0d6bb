// A domain that was given up is not paid for again.

import { expect, test } from "vitest";
import { createWorld, type World } from "./support.ts";

const domain = "try-acme.co";

async function own({ porkbun, sql }: World, provider = "porkbun"): Promise<void> {
  porkbun.account.add(domain).autoRenew = true;
  await sql`insert into public.domains (domain_name, provider, client, status, auto_renew, expiration_date)
    values (${domain}, ${provider}, 'Acme', 'active', true, '2031-02-03')`;
}

const giveUp = ({ sql }: World) =>
  sql`update public.domain_inventory set cancelled_at = private.clock() where cancelled_at is null`;

const told = async ({ sql }: World) =>
  (await sql<{ text: string }[]>`select text from integrations.notices where kind = 'domain_renews'`)
    .map(({ text }) => text);

const state = async ({ sql }: World) => {
  const [row] = await sql`select d.auto_renew, i.cancelled_at is not null as is_cancelled
    from public.domains d join public.domain_inventory i using (domain_name)`;
  return row;
};

test("its renewal is switched off, once", async () => {
  await using world = await createWorld();
  await own(world);
  await giveUp(world);
  await giveUp(world);
  await world.work(60);
  expect(world.porkbun.account.owned(domain).autoRenew).toBe(false);
  expect(world.porkbun.requests).toEqual([`/domain/updateAutoRenew/${domain}`]);
  expect(await state(world)).toEqual({ auto_renew: false, is_cancelled: true });
  expect(await told(world)).toEqual([]);
});

test("what is wanted again before the job comes is left as it is", async () => {
  await using world = await createWorld();
  await own(world);
  await giveUp(world);
  await world.sql`update public.domain_inventory set cancelled_at = null`;
  await world.work(60);
  expect(world.porkbun.account.owned(domain).autoRenew).toBe(true);
});

test.each([
  [
    "that it has no such call",
    Response.json({ status: "ERROR", code: "NOT_FOUND", message: "Invalid endpoint." }, {
      status: 404,
    }),
  ],
  [
    "that this domain cannot",
    Response.json({
      status: "SUCCESS",
      results: { [domain]: { status: "ERROR", message: "API access is off." } },
    }),
  ],
  [
    "401",
    Response.json({ status: "ERROR", code: "INVALID_API_KEYS_001", message: "Invalid API key." }, {
      status: 401,
    }),
  ],
])("when Porkbun says %s, a person is told that it renews", async (_, answer) => {
  await using world = await createWorld();
  await own(world);
  world.porkbun.faults.add({ path: "/domain/updateAutoRenew", answer: () => answer.clone() });
  await giveUp(world);
  await world.work(60);
  expect(await told(world)).toEqual([
    expect.stringContaining(`${domain} was given up, and may renew by itself on 2031-02-03`),
  ]);
  expect(await state(world)).toEqual({ auto_renew: true, is_cancelled: true });
});

test.each([
  ["429", () => new Response("Too Many Requests", { status: 429 })],
  ["500", () => new Response("", { status: 500 })],
  ["html", () => new Response("<html>")],
])("an answer of %s is got over", async (_, answer) => {
  await using world = await createWorld();
  await own(world);
  world.porkbun.faults.add({ path: "/domain/updateAutoRenew", times: 2, answer });
  await giveUp(world);
  await world.work();
  expect(world.porkbun.account.owned(domain).autoRenew).toBe(false);
  expect(await told(world)).toEqual([]);
});

test("when it never answers, a person is told at last", async () => {
  await using world = await createWorld();
  await own(world);
  world.porkbun.faults.add({
    path: "/domain/updateAutoRenew",
    times: 99,
    answer: () => new Response("", { status: 500 }),
  });
  await giveUp(world);
  await world.work(200_000);
  expect(await told(world)).toHaveLength(1);
  expect(world.porkbun.requests).toHaveLength(10);
});

test("a domain that is registered elsewhere is told at once", async () => {
  await using world = await createWorld();
  await own(world, "other");
  await giveUp(world);
  await world.work(60);
  expect(await told(world)).toHaveLength(1);
  expect(world.porkbun.requests).toEqual([]);
});
