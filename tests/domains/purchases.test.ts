// Money is safe: whatever goes wrong, each approved domain is bought once, and for no more than was approved.

import { expect, test } from "vitest";
import {
  approved,
  batchOf,
  createWorld,
  decide,
  noticesOf,
  proposed,
  purchasesOf,
  quoted,
  type World,
} from "./support.ts";

const two = ["try-acme.co", "use-acme.co"];
const bought = (domain: string, orders = 1) => ({
  domain_name: domain,
  status: "bought",
  paid_cents: 1182,
  orders,
  reason: null,
});

function expectCharged(world: World, ...domains: string[]): void {
  const charges = world.porkbun.account.charges.map(({ domain, cents }) => [domain, cents]).sort();
  expect(charges).toEqual(domains.map((domain) => [domain, 1182]));
}

test("an approved batch is bought at the quoted prices, one domain in ten seconds", async () => {
  await using world = await createWorld();
  const { sql } = world;
  const batch = await approved(sql, ...two);
  await world.work();
  expectCharged(world, ...two);
  expect(await purchasesOf(sql, batch)).toEqual(two.map((domain) => bought(domain)));
  expect(await batchOf(sql, batch)).toEqual({
    status: "completed",
    domain_count: 2,
    total_cost: 23.64,
    approved_cents: 2364,
  });
  const [first, second] = world.porkbun.account.charges;
  expect(second!.at.getTime() - first!.at.getTime()).toBeGreaterThanOrEqual(10_000);
  expect(await noticesOf(sql)).toEqual(["domain_batch_done"]);
  expect(
    await sql`
    select domain_name, status, purchase_price::float, client from public.domain_inventory order by 1`,
  ).toEqual(
    two.map((domain_name) => ({ domain_name, status: "configured", purchase_price: 11.82, client: "Acme" })),
  );
});

test("a batch that waits or is rejected buys nothing, and a rejected one frees its names", async () => {
  await using world = await createWorld();
  const { sql } = world;
  await quoted(sql, ...two);
  const batch = await proposed(sql, ...two);
  await expect(proposed(sql, two[0]!)).rejects.toThrow("in another batch");
  await world.work();
  await decide(sql, batch, "rejected");
  await decide(sql, batch, "approved");
  await world.work();
  expectCharged(world);
  expect((await purchasesOf(sql, batch)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await proposed(sql, ...two)).toBeTruthy();
});

test.for(
  [
    ["the answer never arrives", (world: World) => world.porkbun.losses.add({ path: "/domain/create", answer: gone })],
    [
      "it never arrives three times",
      (world: World) => world.porkbun.losses.add({ path: "/domain/create", answer: gone, times: 3 }),
    ],
    [
      "the registrar fails before it sells",
      (world: World) => world.porkbun.faults.add({ path: "/domain/create", answer: failing(500), times: 2 }),
    ],
    [
      "the registrar asks us to wait",
      (world: World) => world.porkbun.faults.add({ path: "/domain/create", answer: limited(429), times: 1 }),
    ],
    [
      "it does so under HTTP 200",
      (world: World) => world.porkbun.faults.add({ path: "/domain/create", answer: limited(200), times: 1 }),
    ],
    [
      "nobody says whether the domain is ours",
      (world: World) => {
        world.porkbun.losses.add({ path: "/domain/create", answer: gone });
        world.porkbun.faults.add({ path: "/domain/getNs", answer: failing(500), times: 2 });
      },
    ],
    [
      "only the listing says whether it is ours",
      (world: World) => {
        world.porkbun.losses.add({ path: "/domain/create", answer: gone });
        world.porkbun.faults.add({ path: "/domain/getNs", answer: refusing, times: 1 });
      },
    ],
  ] as const,
)("when %s, the domain is bought once all the same", async ([, fault]) => {
  await using world = await createWorld();
  fault(world);
  const batch = await approved(world.sql, two[0]!);
  await world.work();
  expectCharged(world, two[0]!);
  expect(await purchasesOf(world.sql, batch)).toEqual([bought(two[0]!)]);
  expect(await batchOf(world.sql, batch)).toMatchObject({ status: "completed", total_cost: 11.82 });
});

const gone = () => new Response("<html>Bad Gateway</html>", { status: 502 });
const failing = (status: number) => () => new Response("oops", { status });
const refusing = () =>
  Response.json({ status: "ERROR", code: "SOMETHING", message: "API access is off." }, { status: 400 });
const limited = (status: number) => () =>
  Response.json({ status: "ERROR", code: "RATE_LIMIT_EXCEEDED", message: "Slow down.", ttlRemaining: 30 }, { status });

test("a price that rose since the quote is not paid", async () => {
  await using world = await createWorld();
  const batch = await approved(world.sql, ...two);
  world.porkbun.account.prices.co!.registration = "11.83";
  await world.work();
  expectCharged(world);
  expect(await purchasesOf(world.sql, batch)).toMatchObject([
    { status: "refused", paid_cents: null, reason: expect.stringContaining("INVALID_COST") },
    { status: "refused" },
  ]);
  expect(await batchOf(world.sql, batch)).toMatchObject({ status: "completed", domain_count: 0, total_cost: 0 });
  // The old quote is not offered again.
  await expect(proposed(world.sql, two[0]!)).rejects.toThrow("cannot be bought as it is");
});

test("a price that fell is not taken either: a person approves the new one", async () => {
  await using world = await createWorld();
  const batch = await approved(world.sql, two[0]!);
  world.porkbun.account.prices.co!.registration = "9.00";
  await world.work();
  expectCharged(world);
  expect(await purchasesOf(world.sql, batch)).toMatchObject([{ status: "refused" }]);
});

test("a name that somebody else took meanwhile is refused, the others are bought", async () => {
  await using world = await createWorld();
  const batch = await approved(world.sql, ...two);
  world.porkbun.account.taken.add(two[0]!);
  await world.work();
  expectCharged(world, two[1]!);
  expect((await purchasesOf(world.sql, batch)).map(({ status }) => status)).toEqual(["refused", "bought"]);
  expect(await batchOf(world.sql, batch)).toMatchObject({ domain_count: 1, total_cost: 11.82 });
});

test("without credit nothing is bought, a person is told what to do, and it goes on from there", async () => {
  await using world = await createWorld({ cents: 1_200 });
  const { sql } = world;
  const batch = await approved(sql, ...two);
  await world.work();
  // Which one the credit is for is not promised.
  const [charge] = world.porkbun.account.charges;
  expectCharged(world, charge!.domain);
  expect((await purchasesOf(sql, batch)).find(({ domain_name }) => domain_name !== charge!.domain)).toMatchObject({
    status: "approved",
    reason: expect.stringContaining("Top up the account at Porkbun."),
  });
  expect(await noticesOf(sql)).toContain("domain_purchase_stopped");
  world.porkbun.account.cents = 5_000;
  await sql`select public.resume_purchase_batch(${batch})`;
  await world.work();
  expectCharged(world, ...two);
  expect(await batchOf(sql, batch)).toMatchObject({ status: "completed", total_cost: 23.64 });
});

test("with a wrong key nothing is bought, and a person is told to renew it", async () => {
  await using world = await createWorld({ apiKey: "pk1_other" });
  const batch = await approved(world.sql, two[0]!);
  await world.work();
  expectCharged(world);
  expect(await purchasesOf(world.sql, batch)).toMatchObject([
    { status: "approved", reason: expect.stringContaining("Renew the API key of Porkbun.") },
  ]);
});

test("ten domains are bought in a day, the eleventh a day later", async () => {
  await using world = await createWorld();
  const eleven = Array.from({ length: 11 }, (_, n) => `acme-${String.fromCharCode(97 + n)}.co`);
  await approved(world.sql, ...eleven);
  await world.work(1_000);
  expect(world.porkbun.account.charges).toHaveLength(10);
  await world.work(100_000);
  expectCharged(world, ...eleven);
  const times = world.porkbun.account.charges.map(({ at }) => at.getTime());
  expect(times[10]! - times[0]!).toBeGreaterThanOrEqual(86_400_000);
});

test("an order whose job gave up is asked about by a schedule", async () => {
  await using world = await createWorld();
  const { sql } = world;
  const batch = await approved(sql, two[0]!);
  world.porkbun.losses.add({ path: "/domain/create", answer: gone });
  await world.work(1);
  await sql`update outbound.job_queue set status = 'failed' where job_type = 'buy_domain'`;
  await sql`select private.run_schedule('resume-domain-orders')`;
  await world.work(1);
  expect(await purchasesOf(sql, batch)).toMatchObject([{ status: "ordering" }]);
  await world.pass(3_700);
  await sql`select private.run_schedule('resume-domain-orders')`;
  await world.work();
  expectCharged(world, two[0]!);
  expect(await purchasesOf(sql, batch)).toEqual([bought(two[0]!)]);
});

test("an order without an answer is not sent again: the registrar is asked", async () => {
  await using world = await createWorld();
  world.porkbun.losses.add({ path: "/domain/create", answer: gone });
  await approved(world.sql, two[0]!);
  await world.work();
  const about = world.porkbun.requests.filter((path) => /create|getNs/.test(path) && path.startsWith("/domain"));
  expect(about.slice(0, 2)).toEqual(["/domain/create/try-acme.co", "/domain/getNs/try-acme.co"]);
  expect(about.filter((path) => path.includes("create"))).toHaveLength(1);
});

test("two jobs about one domain at once buy it once", async () => {
  await using world = await createWorld({ secondsBetweenOrders: 0 });
  const { sql } = world;
  await sql`delete from outbound.job_limits where job_type = 'buy_domain'`;
  const batch = await approved(sql, two[0]!);
  const hold = Promise.withResolvers<void>();
  world.porkbun.losses.add({ path: "/domain/create", answer: () => hold.promise.then(gone) });
  setTimeout(() => hold.resolve(), 300);
  await sql`
    select outbound.enqueue_job('domains', 'buy_domain', jsonb_build_object('purchase', id))
    from public.domain_purchases, generate_series(1, 4)`;
  await world.work();
  expectCharged(world, two[0]!);
  expect(await purchasesOf(sql, batch)).toEqual([bought(two[0]!)]);
});
