// The registrar's listing: page by page, against a listing that changes meanwhile.

import { expect, test } from "vitest";
import { createWorld, noticesOf, type World } from "./support.ts";

async function listed({ sql }: World) {
  const rows = await sql<{ domain_name: string; status: string }[]>`
    select domain_name, status from public.domains order by 1`;
  return Object.fromEntries(rows.map(({ domain_name, status }) => [domain_name, status]));
}

async function sync(world: World): Promise<void> {
  await world.sql`select private.request_domain_sync()`;
  await world.work();
  await world.pass(86_400);
}

test("2,500 domains are read in three pages, each stored by one statement", async () => {
  await using world = await createWorld();
  const { sql, porkbun } = world;
  for (let n = 0; n < 2_500; n++) porkbun.account.add(`acme-${n}.co`);
  await sync(world);
  expect(porkbun.requests).toEqual(["/domain/listAll", "/domain/listAll", "/domain/listAll"]);
  const [row] = await sql`
    select count(*)::int as domains, count(expiration_date)::int as dated, bool_and(status = 'active') as are_active,
      (select count(*)::int from public.domain_inventory where status = 'purchased' and registrar = 'porkbun') as ours
    from public.domains`;
  expect(row).toEqual({ domains: 2_500, dated: 2_500, are_active: true, ours: 2_500 });
});

test("what is missing once may have moved between pages; missing twice it is gone, and a person is told", async () => {
  await using world = await createWorld();
  const { account } = world.porkbun;
  account.add("one.co");
  account.add("two.co");
  await sync(world);
  account.domains.delete("two.co");
  await sync(world);
  expect(await listed(world)).toEqual({ "one.co": "active", "two.co": "active" });
  await sync(world);
  expect(await listed(world)).toEqual({ "one.co": "active", "two.co": "transferred" });
  await sync(world);
  expect(await noticesOf(world.sql)).toEqual(["domain_gone"]);
  account.add("two.co");
  await sync(world);
  expect(await listed(world)).toEqual({ "one.co": "active", "two.co": "active" });
});

test("a listing keeps what is ours: the client of a domain, and a fresher webhook", async () => {
  await using world = await createWorld();
  const { sql, porkbun } = world;
  porkbun.account.add("one.co", { expires: new Date("2030-01-01") });
  await sql`insert into public.domains (domain_name, provider, client, status, expiration_date, last_event_at)
    values ('one.co', 'porkbun', 'Acme', 'active', '2031-01-01', now() + interval '1 hour')`;
  await sync(world);
  const row = async () => (await sql`select client, expiration_date::text from public.domains`)[0];
  expect(await row()).toEqual({ client: "Acme", expiration_date: "2031-01-01" });
  await sync(world);
  expect(await row()).toEqual({ client: "Acme", expiration_date: "2030-01-01" });
});

test("a page that fails is read again, and nothing is taken for gone meanwhile", async () => {
  await using world = await createWorld();
  const { account, faults } = { account: world.porkbun.account, faults: world.porkbun.faults };
  account.add("one.co");
  await sync(world);
  faults.add({ path: "/domain/listAll", times: 2, answer: () => new Response("", { status: 500 }) });
  await sync(world);
  await sync(world);
  expect(await listed(world)).toEqual({ "one.co": "active" });
});
