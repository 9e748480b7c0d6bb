import { expect, test } from "vitest";
import { createDatabase } from "../support/database.ts";

test("sessions that tag the same inboxes at once neither lose a count nor deadlock", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  const tags = (await sql<{ id: string }[]>`
    insert into public.inbox_tags (client, bison_tag_id, name)
    select 'Acme', i, 'Tag ' || i from generate_series(1, 6) as i
    returning id`).map((tag) => tag.id);

  // Each session has its own inboxes, and takes the tags in its own order.
  const session = async (number: number) => {
    const order = number % 2 ? tags : tags.toReversed();
    for (let round = 0; round < 15; round++) {
      const first = number * 100_000 + round * 1000;
      await sql`
        insert into public.inbox_tag_assignments (inbox_id, tag_id)
        select ${first} + i, tag
        from generate_series(1, 20) as i, unnest(${order}::uuid[]) with ordinality as t (tag, place)
        order by place`;
      await sql`
        update public.inbox_tag_assignments set tag_id = ${order[round % 6]!}
        where inbox_id between ${first} + 1 and ${first} + 10 and tag_id = ${order[(round + 1) % 6]!}
          and not exists (
            select from public.inbox_tag_assignments o
            where o.inbox_id = inbox_tag_assignments.inbox_id and o.tag_id = ${order[round % 6]!}
          )`;
      await sql`delete from public.inbox_tag_assignments where inbox_id between ${first} + 5 and ${first} + 15`;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, number) => session(number)));

  const counted = await sql<{ kept: number; actual: number }[]>`
    select t.inbox_count as kept, count(a.id)::integer as actual
    from public.inbox_tags t
    left join public.inbox_tag_assignments a on a.tag_id = t.id
    group by t.id`;
  for (const { kept, actual } of counted) expect(kept).toBe(actual);
  expect(counted.reduce((sum, { actual }) => sum + actual, 0)).toBe(8 * 15 * 6 * 9);
});
