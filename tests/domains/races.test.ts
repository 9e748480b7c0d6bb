// Two people at once.

import { expect, test } from "vitest";
import { client, createWorld, decide, proposed, purchasesOf, quoted } from "./support.ts";

test("of two batches with a name in common one is proposed, in whatever order the names are given", async () => {
  await using world = await createWorld();
  const { sql } = world;
  const names = ["a-one.co", "b-two.co", "c-three.co"];
  await quoted(sql, ...names);
  const results = await Promise.allSettled([
    proposed(sql, ...names),
    proposed(sql, ...names.toReversed()),
    proposed(sql, "c-three.co", "b-two.co"),
    proposed(sql, "b-two.co"),
  ]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results) {
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "MR003" });
  }
  const [row] = await sql`
    select count(*)::int as purchases, count(distinct domain_name)::int as names from public.domain_purchases`;
  expect(row!.purchases).toBe(row!.names);
});

test("of two decisions at once one holds: all is bought, or nothing is", async () => {
  await using world = await createWorld();
  const { sql, porkbun } = world;
  await quoted(sql, "a-one.co");
  const batch = await proposed(sql, "a-one.co");
  await Promise.all(["approved", "rejected", "approved"].map((decision) => decide(sql, batch, decision)));
  await world.work();
  const { status } = (await purchasesOf(sql, batch))[0]!;
  expect(["bought", "rejected"]).toContain(status);
  expect(porkbun.account.charges).toHaveLength(status === "bought" ? 1 : 0);
});

test("two runs of a template at once make each name once", async () => {
  await using world = await createWorld();
  const { sql } = world;
  const [template] = await sql<[{ id: string }]>`
    insert into public.domain_generation_templates (name, client, base_names) values ('Names', ${client}, '["acme"]')
    returning id`;
  const runs = await Promise.all([1, 2, 3].map(() =>
    sql<{ generated_count: number }[]>`
    select generated_count from public.generate_domains(${template.id}, 40)`
  ));
  const [row] = await sql`
    select count(*)::int as names, (select count(*)::int from outbound.job_queue) as jobs
    from public.domain_availability_checks`;
  expect(runs.flat().reduce((sum, { generated_count }) => sum + generated_count, 0)).toBe(row!.names);
  expect(row!.jobs).toBe(row!.names);
});
