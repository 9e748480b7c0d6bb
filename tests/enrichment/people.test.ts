// LinkedIn data of people: renewed before it is stale, asked for by hand, bad days, and who is forgotten meanwhile.

import { afterAll, expect, test } from "vitest";
import { setUp, tearDown } from "./support.ts";

afterAll(tearDown);

type World = Awaited<ReturnType<typeof setUp>>;
const day = 24 * 60;

/** People of the hub whose LinkedIn data was fetched just now. */
async function withPeople({ sql }: World, ...emails: string[]): Promise<void> {
  await sql`insert into people.master (email) select e from unnest(${emails}::text[]) as e`;
  await sql`select people.store_intelligence(e, '{"about": "old"}') from unnest(${emails}::text[]) as e`;
}

/** What is shown now, and of whom. */
const shown = ({ sql }: World) =>
  sql`
    select m.email, i.linkedin_data ->> 'about' as about, i.linkedin_data ->> 'position' as position,
      i.education #>> '{0,school}' as school, i.experience #>> '{0,position}' as last
    from people.intelligence i join people.master m on m.id = i.person_id
    where i.stale_at > private.clock()
    order by m.email`;

const renew = async ({ sql }: World) => (await sql`select private.renew_intelligence() as outcome`)[0]!.outcome;

test("what is soon stale is renewed by a job, and stays shown when its thirty days are over", async () => {
  await using world = await setUp();
  await withPeople(world, "ann@acme.test", "unknown@acme.test");
  await world.work(28 * day);
  expect(await renew(world)).toBe("requested");
  expect(await world.work(3 * day)).toMatchObject({ completed: 2, failed: 0 });
  expect(await shown(world)).toEqual([{
    email: "ann@acme.test",
    about: null,
    position: "Head of Sales",
    school: "Ohio State University",
    last: "Head of Sales",
  }]);
  expect(await world.runs()).toMatchObject([
    { kind: "person", status: "completed", problem: null, reserved_credits: 0 },
    { kind: "person", status: "completed", problem: null, reserved_credits: 0 },
  ]);
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 0, charged: 6 }]);
  expect(world.companyenrich.used).toBe(6);
  await world.sql`select from people.sweep_intelligence()`;
  expect(await world.sql`select count(*)::integer as rows from people.intelligence`).toEqual([{ rows: 1 }]);
  expect(await renew(world)).toBe("nothing_to_do");
  await world.sql`select from people.promote_slots()`;
  const people = await world.sql`select email, title, seniority, location from people.master order by email`;
  expect(people).toEqual([
    { email: "ann@acme.test", title: "Head of Sales", seniority: "director", location: "Columbus, Ohio" },
    { email: "unknown@acme.test", title: null, seniority: null, location: null },
  ]);
});

const days: [string, () => Response, string, RegExp | null][] = [
  ["429", () => Response.json({}, { status: 429, headers: { "retry-after": "7" } }), "asked", null],
  ["500", () => new Response("oops", { status: 500 }), "asked", null],
  ["another shape", () => Response.json({ surprise: 1 }), "asked", null],
  ["401", () => Response.json({ detail: "no" }, { status: 401 }), "failed", /Renew the credentials of CompanyEnrich/],
  ["402", () => Response.json({ detail: "no" }, { status: 402 }), "failed", /Top up the account at CompanyEnrich/],
];
test.each(days)("%s: tried again, or a clear reason and the credits back", async (_, answer, status, problem) => {
  await using world = await setUp();
  await withPeople(world, "ann@acme.test");
  await world.work(28 * day);
  await renew(world);
  world.companyenrich.faults.add({ path: "/people/lookup", answer, times: 1 });
  await world.work();
  const [run] = await world.runs();
  expect([run!.status, run!.charged_credits, run!.reserved_credits]).toEqual([status, 0, problem ? 0 : 6]);
  if (problem) expect(run!.problem).toMatch(problem);
  expect(await shown(world)).toMatchObject([{ about: "old" }]);
  if (problem) expect(await renew(world)).toBe("requested");
  await world.work();
  expect(await shown(world)).toMatchObject([{ about: null, position: "Head of Sales" }]);
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 0, charged: 6 }]);
});

test("of who is forgotten while the provider answers nothing is kept", async () => {
  await using world = await setUp();
  await world.sql`insert into people.master (email) values ('ann@acme.test')`;
  await world.sql`select * from people.request_intelligence('{ann@acme.test}')`;
  world.companyenrich.faults.add({
    path: "/people/lookup",
    answer: async () => {
      await world.sql`select from integrations.erase_person('ann@acme.test')`;
      return Response.json({ id: 1, name: "Ann", position: "CEO" });
    },
    times: 1,
  });
  await world.work();
  expect(await world.runs()).toMatchObject([{ status: "completed", found: 0, missing: 1, charged_credits: 6 }]);
  const left = await world.sql`
    select email from people.slot where email like 'ann%' union select linkedin_data::text from people.intelligence`;
  expect(left).toEqual([]);
  await world.sql`select integrations.lift_suppression('ann@acme.test')`;
});

test("who is forgotten before the job starts is not asked for", async () => {
  await using world = await setUp();
  await world.sql`insert into people.master (email) values ('ann@acme.test')`;
  await world.sql`select * from people.request_intelligence('{ann@acme.test}')`;
  await world.sql`delete from people.master`;
  await world.work();
  expect(world.companyenrich.calls.get("/people/lookup")).toBe(undefined);
  expect(await world.runs()).toMatchObject([{ status: "completed", charged_credits: 0, reserved_credits: 0 }]);
});

test("requests at once ask for a person once, and never pass the budget", async () => {
  await using world = await setUp();
  await world.sql`update integrations.settings set value = 32 where name = 'companyenrich.monthly_credits'`;
  const emails = Array.from({ length: 10 }, (_, n) => `p${n}@acme.test`);
  await world.sql`insert into people.master (email) select e from unnest(${emails}::text[]) as e`;
  const sessions = world.database.sql("postgres", { max: 4 });
  const asked = await Promise.all(
    Array.from({ length: 4 }, () => sessions`select people from people.request_intelligence(${emails}::text[])`),
  );
  expect(asked.reduce((sum, [row]) => sum + row!.people, 0)).toBe(5);
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 30, charged: 0 }]);
  await world.work();
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 0, charged: 30 }]);
  expect(world.companyenrich.used).toBe(30);
});
