// Slots in one go, one by one, by two sessions at once and with one of them killed: the same companies and people.

import { expect, test } from "vitest";
import type postgres from "postgres";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { random } from "./random.ts";

/** Companies and people who come again and again under several domains and addresses, each time with something new. */
function slots(count: number) {
  const next = random(29);
  const pick = (most: number) => Math.floor(next() * most);
  const companies = Array.from({ length: count }, (_, n) => {
    const company = pick(count / 8);
    const domain = `Company${company}.${["com", "de", "io"][pick(3)]}`;
    return {
      domain: n % 3 ? domain : `https://www.${domain.toUpperCase()}/about`,
      linkedin_url: company % 2 ? `https://linkedin.com/company/company-${company}` : null,
      ...(company % 2 ? {} : { name: `Company ${company} GmbH`, location: "Bonn" }),
      industry: n % 4 ? `Industry ${n}` : " ",
      employee_count: n % 5 ? n : null,
    };
  });
  const people = Array.from({ length: count }, (_, n) => {
    const person = pick(count / 8);
    return {
      email: `${["P", "q"][pick(2)]}${person}@company${person % 20}.com`,
      linkedin_url: person % 3 ? `https://linkedin.com/in/p-${person}` : null,
      name: `Person X${person}`,
      title: n % 3 ? `Title ${n}` : null,
      phone: n % 4 ? null : `+49 ${n}`,
      ...(n % 50 ? {} : { enriched_at: "soon" }),
    };
  });
  return { companies, people };
}

async function stage(sql: postgres.Sql, { companies, people }: ReturnType<typeof slots>): Promise<void> {
  await sql`select company.stage_companies(${JSON.stringify(companies)}::text::jsonb, 'test')`;
  await sql`select people.stage_people(${JSON.stringify(people)}::text::jsonb, 'test')`;
}

const kinds = ["company", "people"] as const;

/** Until nothing is left; answers how many were promoted. */
async function promote(sql: postgres.Sql, kind: typeof kinds[number], atOnce: number): Promise<number> {
  for (let promoted = 0;;) {
    const [done] = await sql.unsafe(`select * from ${kind}.promote_slots(${atOnce})`);
    promoted += done!.promoted;
    if (!done!.has_more) return promoted;
  }
}

/** What is known, without what differs between two runs. */
async function knowledge(sql: postgres.Sql): Promise<unknown> {
  return {
    companies: await sql`
      select m.domain, m.name, m.industry, m.employee_count, m.location, m.linkedin_url, m.status, k.domain as kept
      from company.master m left join company.master k on k.id = m.merged_into order by 1`,
    people: await sql`
      select m.email, m.name, m.title, m.phone, m.linkedin_url, m.status, k.email as kept, c.domain
      from people.master m
      left join people.master k on k.id = m.merged_into
      left join company.master c on c.id = m.company_id
      order by 1`,
    slots: await sql`
      select kind, validation_status, count(*)::integer
      from (
        select 'company' as kind, validation_status from company.slot
        union all select 'people', validation_status from people.slot
      ) s
      group by 1, 2 order by 1, 2`,
  };
}

/** One session, all at once. */
async function cleanRun(given: ReturnType<typeof slots>): Promise<unknown> {
  await using database = await createDatabase();
  const sql = database.sql();
  await stage(sql, given);
  for (const kind of kinds) await promote(sql, kind, 10_000);
  return await knowledge(sql);
}

test("in how many calls slots are promoted does not matter", async () => {
  const given = slots(240);
  const wanted = await cleanRun(given);
  for (const atOnce of [1, 37]) {
    await using database = await createDatabase();
    const sql = database.sql();
    await stage(sql, given);
    for (const kind of kinds) await promote(sql, kind, atOnce);
    expect(await knowledge(sql)).toEqual(wanted);
  }
});

test("four promoters at once, one killed before it commits, end as one clean run", async () => {
  const given = slots(2_000);
  const wanted = await cleanRun(given);
  await using database = await createDatabase();
  const sql = database.sql();
  await stage(sql, given);
  await die(database, "company");
  const promoted = await Promise.all(
    [1, 2].map(() => promote(database.sql("postgres", { max: 1 }), "company", 150)),
  );
  await die(database, "people");
  promoted.push(
    ...await Promise.all([
      ...[1, 2, 3].map(() => promote(database.sql("postgres", { max: 1 }), "people", 150)),
      promote(database.sql("postgres", { max: 1 }), "company", 150),
    ]),
  );
  expect(promoted.reduce((sum, count) => sum + count)).toBe(3_960);
  expect(await knowledge(sql)).toEqual(wanted);
});

test("who began first and came later is not the older one", async () => {
  const given = slots(240);
  const wanted = await cleanRun(given);
  await using database = await createDatabase();
  const [waiting, passing] = [1, 2].map(() => database.sql("postgres", { max: 1 }));
  await stage(database.sql(), given);
  for (const kind of kinds) {
    await waiting!.begin(async (sql) => {
      await sql`select now()`;
      await passing!.unsafe(`select from ${kind}.promote_slots(100)`);
      await sql.unsafe(`select from ${kind}.promote_slots()`);
    });
  }
  expect(await knowledge(database.sql())).toEqual(wanted);
});

/** Does its work, and is killed before it may commit. */
async function die(database: TestDatabase, kind: string): Promise<void> {
  const admin = database.sql("supabase_admin", { max: 1 });
  const session = await database.sql("postgres", { max: 1 }).reserve();
  await session`begin`;
  const [{ pid }] = await session<[{ pid: number }]>`select pg_backend_pid() as pid`;
  await session.unsafe(`select * from ${kind}.promote_slots(500)`);
  await admin`select pg_terminate_backend(${pid})`;
  while ((await admin`select from pg_stat_activity where pid = ${pid}`).length);
}

test("who brings people and goes on to companies does not cross who promotes people", async () => {
  await using database = await createDatabase();
  const [one, other] = await Promise.all([1, 2].map(() => database.sql("postgres", { max: 1 }).reserve()));
  await one!`begin`;
  await one!`select people.stage_people('[{"email": "ann@a.com"}]', 'test')`;
  await other!`begin`;
  await other!`select * from people.promote_slots()`;
  const waiting = one!`select * from company.promote_slots()`.execute();
  await until(database, "Lock");
  await other!`commit`;
  await waiting;
  expect(await one!`select * from people.promote_slots()`).toEqual([{ promoted: 1, rejected: 0, has_more: false }]);
  await one!`commit`;
});

test("nobody is brought back by a slot that comes while a person is forgotten", async () => {
  await using database = await createDatabase();
  const [forgetting, bringing] = await Promise.all([1, 2].map(() => database.sql("postgres", { max: 1 }).reserve()));
  await forgetting!`begin`;
  await forgetting!`select from integrations.erase_person('ann@a.com')`;
  const late = bringing!`select people.stage_people('[{"email": "Ann@A.com"}]', 'test') as stored`.execute();
  await until(database, "Lock");
  await forgetting!`commit`;
  expect(await late).toEqual([{ stored: 0 }]);
});

/** Waits until a session of the database waits for a lock. */
async function until(database: TestDatabase, event: string): Promise<void> {
  const admin = database.sql("supabase_admin", { max: 1 });
  const waits = () =>
    admin`select from pg_stat_activity where datname = ${database.name} and wait_event_type = ${event}`;
  while (!(await waits()).length);
}
