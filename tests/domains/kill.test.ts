// A worker that is killed at each step of a purchase, and of setting up DNS; another one takes over when the lease is over.

import type postgres from "postgres";
import { expect, test } from "vitest";
import { until } from "../jobs/support.ts";
import { hold, startWorker, untilBlocked } from "../support/child_worker.ts";
import { approved, batchOf, createWorld, purchasesOf, type World } from "./support.ts";

const domain = "try-acme.co";

/** The dead worker's jobs are back, and somebody else does everything that is left. */
async function takeOver(world: World): Promise<void> {
  await world.pass(45);
  await world.sql`select private.run_schedule('requeue-expired-jobs')`;
  await world.work();
}

/** What the next such call does is done; it is answered when somebody says so. */
function heldAnswer({ porkbun }: World, path: string): PromiseWithResolvers<Response> {
  const answer = Promise.withResolvers<Response>();
  porkbun.losses.add({ path, answer: () => answer.promise });
  return answer;
}

const sold = () => Response.json({ status: "SUCCESS", domain, cost: 1182, orderId: 1 });
const statusOf = async (sql: postgres.Sql, batch: string) => (await purchasesOf(sql, batch))[0]!.status;

/** Each kills the worker at one step and answers how often the order was then started. */
const steps: Record<string, (world: World, batch: string) => Promise<number>> = {
  "before it notes that it orders": async (world) => {
    const letGo = await hold(world.sql, "select from public.purchase_batches for update");
    await using child = startWorker(world.database, world.urls);
    await untilBlocked(world.sql);
    await child.kill();
    await letGo();
    return 1;
  },
  "between that note and the order": async (world, batch) => {
    const never = Promise.withResolvers<Response>();
    world.porkbun.faults.add({ path: "/domain/create", answer: () => never.promise });
    await using child = startWorker(world.database, world.urls);
    await until(() => world.porkbun.requests.includes("/domain/create/try-acme.co"));
    expect(await statusOf(world.sql, batch)).toBe("ordering");
    await child.kill();
    never.resolve(new Response());
    return 1;
  },
  "between the registrar's sale and its answer": async (world, batch) => {
    const answer = heldAnswer(world, "/domain/create");
    await using child = startWorker(world.database, world.urls);
    await until(() => world.porkbun.account.charges.length === 1);
    expect(await statusOf(world.sql, batch)).toBe("ordering");
    await child.kill();
    answer.resolve(sold());
    return 1;
  },
  "between the answer and its being noted": async (world, batch) => {
    const answer = heldAnswer(world, "/domain/create");
    await using child = startWorker(world.database, world.urls);
    await until(() => world.porkbun.account.charges.length === 1);
    const letGo = await hold(world.sql, "select from public.purchase_batches for update");
    answer.resolve(sold());
    await untilBlocked(world.sql);
    await child.kill();
    await letGo();
    expect(await statusOf(world.sql, batch)).toBe("ordering");
    return 1;
  },
  "between the note of the sale and the end of the job": async (world, batch) => {
    const answer = heldAnswer(world, "/domain/create");
    await using child = startWorker(world.database, world.urls);
    await until(() => world.porkbun.account.charges.length === 1);
    const letGo = await hold(
      world.sql,
      "select from outbound.job_queue where job_type = 'buy_domain' for no key update",
    );
    answer.resolve(sold());
    await until(async () => await statusOf(world.sql, batch) === "bought");
    await child.kill();
    await letGo();
    return 1;
  },
};

test.each(Object.keys(steps))("a worker killed %s buys the domain once", async (step) => {
  await using world = await createWorld();
  const { sql } = world;
  const batch = await approved(sql, domain);
  const orders = await steps[step]!(world, batch);
  await takeOver(world);
  expect(world.porkbun.account.charges.map(({ domain, cents }) => [domain, cents])).toEqual([[domain, 1182]]);
  expect(await purchasesOf(sql, batch)).toMatchObject([{ status: "bought", paid_cents: 1182, orders }]);
  expect(await batchOf(sql, batch)).toMatchObject({ status: "completed", domain_count: 1, total_cost: 11.82 });
  const [row] = await sql`select dns_configured, spf_configured, dmarc_configured from public.domains`;
  expect(row).toEqual({ dns_configured: true, spf_configured: true, dmarc_configured: true });
});

test("a worker killed at each record that it writes leaves no record twice", async () => {
  await using world = await createWorld();
  const { sql, porkbun } = world;
  porkbun.account.add(domain);
  await sql`insert into public.domains (domain_name, provider, client, status)
    values (${domain}, 'porkbun', 'Acme', 'active')`;
  await sql`select public.set_domain_records(${domain}, ${
    sql.json([
      { purpose: "spf", name: "", type: "TXT", content: "v=spf1 include:mail.test ~all" },
      { purpose: "mx", name: "", type: "MX", content: "mx.mail.test", prio: 10 },
      { purpose: "dkim", name: "k1._domainkey", type: "CNAME", content: "k1.mail.test" },
    ])
  })`;
  for (const written of [1, 2, 3, 4]) {
    const answer = heldAnswer(world, "/dns/create");
    await using child = startWorker(world.database, world.urls);
    await until(() => porkbun.account.owned(domain).records.length === 2 + written);
    await child.kill();
    answer.resolve(new Response());
    await world.pass(45);
    await sql`select private.run_schedule('requeue-expired-jobs')`;
  }
  await takeOver(world);
  const { records } = porkbun.account.owned(domain);
  expect(records.map(({ type, content }) => `${type} ${content}`).sort()).toEqual([
    "ALIAS pixie.porkbun.com",
    "CNAME k1.mail.test",
    "CNAME pixie.porkbun.com",
    "MX mx.mail.test",
    "TXT v=DMARC1; p=reject;",
    "TXT v=spf1 include:mail.test ~all",
  ]);
  expect(await sql`select distinct status from public.domain_dns_records`).toEqual([{ status: "verified" }]);
}, 300_000);
