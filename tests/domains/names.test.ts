// From a template to names that can be bought: one question in ten seconds, one for each name.

import { expect, test } from "vitest";
import { client, createWorld, type World } from "./support.ts";

async function template(world: World): Promise<string> {
  const { sql } = world;
  const [row] = await sql<[{ id: string }]>`
    insert into public.domain_generation_templates (name, client, base_names, prefixes, suffixes, tlds)
    values ('Names', ${client}, '["Acme"]', '["try", "use"]', '["hq"]', '[".co", ".info"]') returning id`;
  return row.id;
}

const questions = (world: World) => world.porkbun.requests.filter((path) => path.startsWith("/domain/checkDomain/"));

test("each name is asked about once, within the registrar's rate", async () => {
  await using world = await createWorld();
  const { sql, porkbun } = world;
  porkbun.account.taken.add("try-acme.co");
  porkbun.account.taken.add("tryacme.co");
  porkbun.account.premium.add("useacme.co");
  const id = await template(world);
  const [run] = await sql`select * from public.generate_domains(${id})`;
  expect(run).toMatchObject({ base_name: "acme", generated_count: 10, known_count: 0, refused_count: 0 });
  await world.work();

  expect(questions(world)).toHaveLength(10);
  expect(new Set(questions(world)).size).toBe(10);
  const [generation] = await sql`
    select generated_count, available_count, checked_at is not null as is_done from public.domain_generations`;
  expect(generation).toEqual({ generated_count: 10, available_count: 8, is_done: true });
  expect(
    await sql`select domain_name, is_available, is_premium, price::float from public.domain_availability_checks
      where domain_name in ('tryacme.co', 'useacme.co', 'acmehq.info') order by 1`,
  ).toEqual([
    { domain_name: "acmehq.info", is_available: true, is_premium: false, price: 3.86 },
    { domain_name: "tryacme.co", is_available: false, is_premium: false, price: 11.82 },
    { domain_name: "useacme.co", is_available: true, is_premium: true, price: 11.82 },
  ]);
  // Nothing new to make, nothing new to ask.
  expect(await sql`select generated_count, known_count from public.generate_domains(${id})`).toEqual([
    { generated_count: 0, known_count: 10 },
  ]);
  await world.work();
  expect(questions(world)).toHaveLength(10);
});

test("within the hour an answer is not asked for again, after it is", async () => {
  await using world = await createWorld();
  const { sql } = world;
  const check = () => sql`select public.check_domains(${client}, array['Use-Acme.co', 'use-acme.co '])`;
  await check();
  await world.work();
  await world.pass(3_590);
  await check();
  await world.work(5);
  expect(questions(world)).toEqual(["/domain/checkDomain/use-acme.co"]);
  await world.pass(20);
  await check();
  await world.work();
  expect(questions(world)).toHaveLength(2);
});

test("a name that is enqueued twice, before and after its answer, is asked about once", async () => {
  await using world = await createWorld();
  const { sql } = world;
  await sql`select public.check_domains(${client}, array['use-acme.co'])`;
  await sql`select outbound.enqueue_job('domains', 'check_domain', '{"domain": "use-acme.co"}')`;
  await world.work();
  expect(questions(world)).toHaveLength(1);
});

test("when the registrar asks us to wait, the question is asked later", async () => {
  await using world = await createWorld();
  const { sql, porkbun } = world;
  const limited = () =>
    Response.json({ status: "ERROR", code: "RATE_LIMIT_EXCEEDED", ttlRemaining: 7 }, { status: 400 });
  porkbun.faults.add({ path: "/domain/checkDomain", times: 2, answer: limited });
  await sql`select public.check_domains(${client}, array['use-acme.co'])`;
  await world.work();
  expect(questions(world)).toHaveLength(3);
  const [row] = await sql`select is_available from public.domain_availability_checks`;
  expect(row!.is_available).toBe(true);
});
