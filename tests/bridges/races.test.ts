// Two at once, with sessions of their own.

import { expect, test } from "vitest";
import { addresses, client, inCampaign, openWorld } from "./support.ts";

test("two lists for two campaigns, pushed at once, share nobody", async () => {
  await using world = await openWorld();
  const { database, sql, workspace, work } = world;
  await sql`
    insert into public.master_contacts_db (email, source) select e, 'apollo' from unnest(${
    addresses(60)
  }::text[]) as e`;
  const build = async (campaign: string) =>
    (await sql`select public.build_contact_list(${client}, ${campaign}, 'A list') as id`)[0]!.id;
  const lists = [await build("301"), await build("302")];
  const queued = await Promise.all(lists.map(async (list) => {
    const own = database.sql("postgres", { max: 1 });
    return Number((await own`select public.push_contact_list(${list}) as queued`)[0]!.queued);
  }));
  expect(queued.toSorted((one, other) => one - other)).toEqual([0, 60]);
  await work();
  expect(inCampaign(workspace, 301).length + inCampaign(workspace, 302).length).toBe(60);
});

test("one list pushed twice at once is queued once", async () => {
  await using world = await openWorld();
  const { database, sql } = world;
  await sql`
    insert into public.master_contacts_db (email, source) select e, 'apollo' from unnest(${
    addresses(60)
  }::text[]) as e`;
  const [list] = await sql`select public.build_contact_list(${client}, '301', 'A list') as id`;
  const queued = await Promise.all([1, 2].map(async () => {
    const own = database.sql("postgres", { max: 1 });
    return Number((await own`select public.push_contact_list(${list!.id}) as queued`)[0]!.queued);
  }));
  expect(queued.toSorted((one, other) => one - other)).toEqual([0, 60]);
  expect(await sql`select count(*)::int from "Master".bison_queue`).toEqual([{ count: 60 }]);
});

test("two workers on one campaign take different contacts", async () => {
  await using world = await openWorld();
  const { database, push } = world;
  await push(addresses(40));
  const claims = await Promise.all(["one", "two"].map(async (worker) => {
    const own = database.sql("job_worker", { max: 1 });
    return await own.begin(async (own) => {
      const [claim] = await own`
        select contacts from integrations.claim_push(${client}, '301', ${worker}, 20)`;
      return claim!.contacts.map(({ email }: { email: string }) => email) as string[];
    });
  }));
  expect(new Set(claims.flat()).size).toBe(40);
});

test("two ticks at once make each row once", async () => {
  await using world = await openWorld();
  const { database, sql } = world;
  await sql`insert into people.master (email) select e from unnest(${addresses(50)}::text[]) as e`;
  await sql`
    insert into public.meetings_booked (client, email, created_time) select ${client}, e, now() from unnest(${
    addresses(50)
  }::text[]) as e`;
  await Promise.all([1, 2].map(async () => {
    const own = database.sql("postgres", { max: 1 });
    for (let round = 0; round < 4; round++) await own`select * from private.feed_marketing(20)`;
  }));
  while ((await sql`select has_more from private.feed_marketing()`)[0]!.has_more);
  expect(await sql`select count(*)::int, count(distinct person_id)::int as people from marketing.attribution`).toEqual([
    { count: 50, people: 50 },
  ]);
});
