// What two may do at the same instant.

import { expect, test } from "vitest";
import { stopClock } from "../jobs/support.ts";
import { createDatabase } from "../support/database.ts";

const sealed = `v1.test.${"A".repeat(16)}.${"A".repeat(22)}`;

test("two submissions of one order are one", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`insert into public.inbox_providers (provider_name, api_key) values ('inboxkit', ${sealed})`;
  const [{ id }] = await sql<[{ id: string }]>`
    select public.draft_mailbox_order('Acme', 'inboxkit', array['a.test', 'b.test'],
      '[{"first_name": "Ann", "last_name": "Bee"}]', 2) as id`;
  await sql`select public.export_mailbox_order(${id})`;
  await Promise.all(Array.from({ length: 8 }, () => sql`select public.submit_mailbox_order(${id})`));
  const [{ parts, sets, jobs }] = await sql<[{ parts: number; sets: number; jobs: number }]>`
    select (select count(*)::integer from public.inbox_orders) as parts,
      (select count(*)::integer from public.inbox_sets) as sets,
      (select count(*)::integer from outbound.job_queue where job_type = 'submit_mailbox_order') as jobs`;
  expect({ parts, sets, jobs }).toEqual({ parts: 2, sets: 2, jobs: 2 });

  // And two workers that were given one part: one of them orders.
  const [part] = await sql`select id from public.inbox_orders limit 1`;
  const starts = await Promise.all(
    Array.from({ length: 8 }, () => sql`select outcome from integrations.start_mailbox_submission(${part!.id})`),
  );
  expect(starts.flat().map(({ outcome }) => outcome).sort()).toEqual([...Array(7).fill("busy"), "submit"]);
});

test("both parts of an order that are done at once end it once", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`insert into public.inbox_providers (provider_name, api_key) values ('inboxkit', ${sealed})`;
  const domains = Array.from({ length: 8 }, (_, n) => `d${n}.test`);
  const [{ id }] = await sql<[{ id: string }]>`
    select public.draft_mailbox_order('Acme', 'inboxkit', ${domains}, '[{"first_name": "Ann", "last_name": "Bee"}]', 1) as id`;
  await sql`select public.export_mailbox_order(${id})`;
  await sql`select public.submit_mailbox_order(${id})`;
  const parts = await sql`select id, domain from public.inbox_orders`;
  await Promise.all(parts.map((part) => sql`select integrations.finish_mailbox_submission(${part.id}, 'x', '[]')`));
  await Promise.all(parts.map((part) => {
    const mailboxes = sql.json([{ email: `ann.bee@${part.domain}`, state: "active" }]);
    return sql`select integrations.record_mailbox_poll(${part.id}, ${mailboxes})`;
  }));
  expect(await sql`select status from public.provider_orders`).toEqual([{ status: "completed" }]);
  expect(await sql`select count(*)::integer as told from integrations.notices where kind = 'mailbox_order_completed'`)
    .toEqual([{ told: 1 }]);
});

test("ticks that run at once check each inbox and tell each milestone once", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 6 });
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`insert into public.inboxes (client, bison_inbox_id, name, email)
    select 'Acme', n, 'N', n || '@acme.test' from generate_series(1, 500) as n`;
  await sql`insert into public.provider_orders (provider, order_type, client, quantity, status, activated_at)
    select 'inboxkit', 'mailboxes', 'Acme', 3, 'completed', now() - interval '61 days' from generate_series(1, 20)`;
  // Noon of one day, whatever midnight passes.
  await stopClock(sql, new Date(new Date().setUTCHours(12, 0, 0, 0)));
  const ticks = Array.from({ length: 6 }, () => [
    sql`select * from private.check_inbox_health(100)`,
    sql`select * from private.tell_order_milestones()`,
    sql`select * from private.tend_inbox_sets()`,
  ]).flat();
  await Promise.all(ticks);
  while ((await sql`select has_more from private.check_inbox_health(100)`)[0]!.has_more);
  const [checks] = await sql`
    select count(*)::integer as checks, count(distinct inbox_id)::integer as inboxes from public.inbox_health_checks`;
  expect(checks).toEqual({ checks: 500, inboxes: 500 });
  const [told] = await sql`
    select count(*)::integer as told from integrations.notices where kind = 'mailbox_order_milestone'`;
  expect(told).toEqual({ told: 40 });
});

test("a set counts what sessions change in its inboxes at the same instant", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  const sets = await sql`insert into public.inbox_sets (name, client)
    select 'Set ' || n, 'Acme' from generate_series(1, 2) as n returning id`;
  await sql`insert into public.inboxes (client, bison_inbox_id, name, email, inbox_set_id, warmup_reputation)
    select 'Acme', n, 'N', n || '@acme.test', ${sets[0]!.id}, 0 from generate_series(1, 80) as n`;
  // Each session has its own inboxes, and moves them between the sets.
  await Promise.all(Array.from({ length: 8 }, async (_, session) => {
    const mine = [session * 10 + 1, session * 10 + 10];
    for (let round = 1; round <= 10; round++) {
      await sql`
        update public.inboxes
        set warmup_reputation = ${round * 10}, inbox_set_id = ${sets[(round + session) % 2]!.id},
          status = case when (bison_inbox_id + ${round}) % 3 = 0 then 'Disconnected' else 'Connected' end
        where bison_inbox_id between ${mine[0]!} and ${mine[1]!}`;
    }
  }));
  const wrong = await sql`
    select s.name
    from public.inbox_sets s
    left join public.inboxes i on i.inbox_set_id = s.id
    group by s.id
    having s.connected_count <> count(*) filter (where i.status = 'Connected')
      or s.avg_warmup_reputation is distinct from round(avg(i.warmup_reputation), 2)`;
  expect(wrong).toEqual([]);
});

test("a domain counts what sessions change in its inboxes and orders at the same instant", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 8 });
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`insert into public.domains (domain_name, provider, client, status)
    values ('a.test', 'porkbun', 'Acme', 'active'), ('b.test', 'porkbun', 'Acme', 'active')`;
  await sql`insert into public.inboxes (client, bison_inbox_id, name, email)
    select 'Acme', n, 'N', n || case when n % 2 = 0 then '@a.test' else '@b.test' end from generate_series(1, 80) as n`;
  const [order] = await sql`insert into public.provider_orders (provider, order_type, client, quantity)
    values ('inboxkit', 'mailboxes', 'Acme', 80) returning id`;
  const [part] = await sql`insert into public.inbox_orders (order_number, provider, client, quantity)
    values ('1', 'inboxkit', 'Acme', 80) returning id`;
  await sql`insert into public.ordered_mailboxes
      (client, order_id, inbox_order_id, provider, domain, email, username, first_name, last_name, platform, status)
    select 'Acme', ${order!.id}, ${
    part!.id
  }, 'inboxkit', split_part(i.email, '@', 2), i.email, 'x', 'X', 'X', 'google', 'active'
    from public.inboxes i`;
  await Promise.all(Array.from({ length: 8 }, async (_, session) => {
    const mine = [session * 10 + 1, session * 10 + 10];
    for (let round = 1; round <= 10; round++) {
      await sql`update public.inboxes
        set status = case when (bison_inbox_id + ${round}) % 3 = 0 then 'Disconnected' else 'Connected' end
        where bison_inbox_id between ${mine[0]!} and ${mine[1]!}`;
      await sql`update public.ordered_mailboxes
        set status = case when (split_part(email, '@', 1)::integer + ${round}) % 4 = 0 then 'failed' else 'active' end
        where split_part(email, '@', 1)::integer between ${mine[0]!} and ${mine[1]!}`;
    }
  }));
  const counted = await sql`
    select domain_name, inboxes_active, inboxes_ordered from public.domain_inventory order by domain_name`;
  const expected = await sql`
    select
      m.domain as domain_name, count(*) filter (where i.status = 'Connected')::integer as inboxes_active,
      count(*) filter (where m.status = 'active')::integer as inboxes_ordered
    from public.ordered_mailboxes m join public.inboxes i using (email) group by 1 order by 1`;
  expect([...counted]).toEqual([...expected]);
});
