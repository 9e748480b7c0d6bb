// Jobs, the audit log, schedules, mailboxes, domains, rebatches and calls, on tables without statistics: what is done for
// many rows reads a few tuples for each, with the plans that a session made while the tables were small.

import type postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { excessiveReads, onOwnServer } from "./reads.ts";

onOwnServer();

let database: TestDatabase;
let sql: postgres.Sql;

beforeEach(async () => {
  database = await createDatabase();
  sql = database.sql("postgres", { max: 1 });
  await sql`insert into public."Clients" ("Business", "Website") values ('Acme', 'acme.example'), ('Bluebird', null)`;
});
afterEach(() => database.drop());

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const sealed = `v1.test.${"A".repeat(16)}.${"0".repeat(22)}`;

/** As often as it takes until a session keeps a plan. */
async function warmUp(work: (n: number) => Promise<unknown>): Promise<void> {
  for (const n of numbers(8)) await work(n);
}

test("jobs that fail, are handed back, or start anew are found by their id", async () => {
  const started = async (count: number) => {
    await sql`select outbound.enqueue_jobs(${sql.json(numbers(count).map(() => ({ queue: "q", type: "t" })))})`;
    return await sql<{ id: string; attempt: number }[]>`
      select id, attempt from outbound.claim_jobs('q', 'w', ${count})`;
  };
  const end = async (jobs: { id: string; attempt: number }[]) => {
    const [dead, back] = [jobs.filter((_, i) => i % 2 === 0), jobs.filter((_, i) => i % 2 === 1)];
    for (const job of dead) await sql`select outbound.fail_job(${job.id}, ${job.attempt}, 'No.', null, true)`;
    await sql`
      select outbound.hand_back_jobs(${back.map(({ id }) => id)}, ${back.map(({ attempt }) => attempt)}::integer[])`;
  };
  const retry = async (jobs: { id: string }[]) => await sql`select outbound.retry_dead(${jobs.map(({ id }) => id)})`;
  await warmUp(async () => {
    const jobs = await started(2);
    await end(jobs);
    await retry(jobs);
  });

  const jobs = await started(400);
  expect(await excessiveReads(sql, jobs.length, () => end(jobs))).toEqual({});
  expect(await excessiveReads(sql, jobs.length / 2, () => retry(jobs))).toEqual({});
});

test("jobs that need an allowance do not count all that run", async () => {
  await sql`insert into outbound.rate_limits (name, amount, per, burst, concurrency)
    values ('many', 1000, '1 second', 1000, 3)`;
  await sql`insert into outbound.job_limits (job_type, rate_limit, key_field) values ('limited', 'many', 'key')`;
  const enqueue = (from: number, count: number) =>
    sql`select outbound.enqueue_jobs(${
      sql.json(numbers(count, from).map((key) => ({ queue: "limited", type: "limited", payload: { key } })))
    })`;
  const claim = () => sql`select outbound.claim_jobs('limited', 'w', 1)`;
  await warmUp(async (n) => {
    await enqueue(n, 1);
    await claim();
  });
  await sql`select outbound.enqueue_jobs(${sql.json(numbers(500).map(() => ({ queue: "q", type: "t" })))})`;
  await sql`select outbound.claim_jobs('q', 'w', 500)`;
  await enqueue(100, 50);

  const claimAll = async () => {
    for (const _ of numbers(50)) await claim();
  };
  const reads = await excessiveReads(sql, 50, claimAll, 60);
  expect(Object.keys(reads)).not.toContain("outbound.job_queue_lease_expires_at_idx");
});

test("whose an audited row is costs one lookup", async () => {
  const add = (n: number) => sql`insert into public."Clients" ("Business") values (${`Client ${n}`})`;
  await warmUp((n) => add(-1 - n));
  expect(
    await excessiveReads(sql, 100, async () => {
      for (const n of numbers(100)) await add(n);
    }),
  ).toEqual({});
});

test("a sweep of schedule runs reads none that is kept", async () => {
  await sql`
    insert into integrations.schedule_runs (job, started_at, finished_at)
    select 'fold-counters', now() - n * interval '10 seconds', now() from generate_series(1, 2000) as n`;
  expect(await excessiveReads(sql, 1, () => sql`select private.sweep_schedule_runs()`, 200)).toEqual({});
});

const addInboxes = (from: number, count: number) =>
  sql`
    insert into public.inboxes (client, bison_inbox_id, name, email, lifecycle_status)
    select 'Acme', n, 'x', format('a%s@d%s.example', n, n / 3), 'insurance'
    from generate_series(${from}::integer, ${from + count - 1}::integer) as n`;

test("a tag is put on many inboxes in one go", async () => {
  const [tag] = await sql`
    insert into public.inbox_tags (client, bison_tag_id, name) values ('Acme', 1, 'one') returning id`;
  const move = async (ids: string[], attach: boolean) => {
    await sql`select public.tag_inboxes(${tag!.id}, ${ids}, ${attach})`;
    for (;;) {
      const [push] = await sql`select versions from integrations.inbox_tag_push(${tag!.id})`;
      if (!push) break;
      await sql`select integrations.inbox_tags_pushed(${tag!.id}, ${push.versions}::bigint[])`;
    }
  };
  const ids = async () => (await sql<{ id: string }[]>`select id from public.inboxes`).map(({ id }) => id);
  await addInboxes(-8, 8);
  for (const id of await ids()) {
    await move([id], true);
    await move([id], false);
  }
  await addInboxes(0, 600);
  const all = await ids();
  for (const attach of [true, false]) {
    expect(await excessiveReads(sql, all.length, () => move(all, attach))).toEqual({});
  }
});

test("the check of inboxes reads the window of each alone", async () => {
  await sql`update integrations.tenants set time_zone = 'Etc/GMT' || case when extract(hour from now()) < 12 then '-8' else '+1' end`;
  const addDays = () =>
    sql`
      insert into public.inbox_analytics (client, inbox_id, provider, date, emails_sent)
      select i.client, i.bison_inbox_id, 'bison', current_date - n, 10
      from public.inboxes i
      cross join generate_series(2, 6) as n
      on conflict do nothing`;
  await warmUp(async (n) => {
    await addInboxes(-1 - n, 1);
    await addDays();
    await sql`select private.check_inbox_health()`;
  });
  await addInboxes(0, 400);
  await addDays();
  let checked = 0;
  expect(
    await excessiveReads(sql, 400, async () => {
      [{ checked }] = await sql`select checked from private.check_inbox_health()` as unknown as [{ checked: number }];
    }),
  ).toEqual({});
  expect(checked).toBe(400);
});

test("an update of many inboxes or mailboxes compares no row with every other", async () => {
  const removed: number[] = [];
  const admin = database.sql("supabase_admin", {
    max: 1,
    onnotice: ({ message }) => {
      for (const [, count] of String(message).matchAll(/Rows Removed by Join Filter: (\d+)/g)) {
        removed.push(Number(count));
      }
    },
  });
  await admin.unsafe(`
    load 'auto_explain';
    set auto_explain.log_min_duration = 0;
    set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on;
    set auto_explain.log_level = notice;
    set client_min_messages = notice`);
  await sql`insert into public.provider_orders (provider, order_type, client, quantity)
    values ('inboxkit', 'mailboxes', 'Acme', 300)`;
  await sql`
    insert into public.ordered_mailboxes (
      client, order_id, provider, domain, email, username, first_name, last_name, platform
    )
    select 'Acme', o.id, 'inboxkit', 'd.example', n || '@d.example', n, 'A', 'B', 'google'
    from public.provider_orders o, generate_series(1, 300) as n`;
  await addInboxes(0, 300);
  await admin`update public.inboxes set status = 'Disconnected' where bison_inbox_id = 1`;
  await admin`update public.ordered_mailboxes set status = 'ordered' where username = '1'`;
  removed.length = 0;
  await admin`update public.inboxes set status = 'Disconnected'`;
  await admin`update public.ordered_mailboxes set status = 'ordered'`;
  expect(Math.max(0, ...removed)).toBeLessThan(2_000);
});

test("mailboxes are ordered, found again and given up by their address", async () => {
  await sql`insert into public.inbox_providers (provider_name, api_key, workspace_id) values ('inboxkit', ${sealed}, 'w')`;
  const names = [{ first_name: "Ann", last_name: "Bee" }, { first_name: "Tim", last_name: "Ash" }];
  const order = async (domains: string[]) => {
    const [{ id }] = await sql`
      select public.draft_mailbox_order('Acme', 'inboxkit', ${domains}, ${sql.json(names)}) as id` as unknown as [
      { id: string },
    ];
    await sql`select public.export_mailbox_order(${id})`;
    await sql`select public.submit_mailbox_order(${id})`;
    for (const part of await sql`select id from public.inbox_orders where order_id = ${id}`) {
      const [{ mailboxes }] = await sql`
        select mailboxes from integrations.start_mailbox_submission(${part.id})` as unknown as [
        { mailboxes: { email: string }[] },
      ];
      const told = mailboxes.map(({ email }) => ({ email, uid: `u ${email}`, state: "active" }));
      await sql`select integrations.finish_mailbox_submission(${part.id}, 'x', ${sql.json(told)})`;
      await sql`select integrations.record_mailbox_poll(${part.id}, ${sql.json(told)})`;
    }
    return id;
  };
  const arrive = async (order: string) => {
    for (const { email } of await sql`select email from public.ordered_mailboxes where order_id = ${order}`) {
      await sql`
        insert into public.inboxes (client, bison_inbox_id, name, email)
        values ('Acme', nextval('public.inboxes_id_seq'), 'x', ${email})`;
    }
  };
  const look = async (order: string) => {
    const boxes = await sql<{ id: string; email: string }[]>`
      select id, email from public.ordered_mailboxes where order_id = ${order}`;
    const page = boxes.map(({ email }) => ({ email, uid: `n ${email}`, renewal_date: "2027-05-01" }));
    await sql`select integrations.store_mailbox_page('inboxkit', 1, 2, ${sql.json(page)})`;
    for (const { id } of boxes) await sql`select integrations.store_mailbox_health(${id}, 1, 10)`;
  };
  const giveUp = async (order: string) => {
    await sql`select public.cancel_mailbox_order(${order})`;
    for (const { id } of await sql`select id from public.ordered_mailboxes where order_id = ${order}`) {
      await sql`select integrations.finish_mailbox_cancellation(${[id]}::uuid[])`;
    }
  };
  await warmUp(async (n) => {
    const id = await order([`small${n}.example`]);
    for (const step of [arrive, look, giveUp]) await step(id);
  });

  let id = "";
  const domains = numbers(80).map((n) => `d${n}.example`);
  const steps = [async () => void (id = await order(domains)), () => arrive(id), () => look(id), () => giveUp(id)];
  for (const step of steps) expect(await excessiveReads(sql, 240, step)).toEqual({});
});

test("a domain is set up, looked at and given up by its name", async () => {
  await sql`insert into public.domain_providers (provider_name, api_key, api_secret) values ('porkbun', ${sealed}, ${sealed})`;
  const add = (from: number, count: number) =>
    sql`
      select integrations.store_domain_page(0, now(), now(), jsonb_agg(jsonb_build_object(
        'domain', format('d%s.example', n), 'registered_on', '2026-01-01', 'expires_on', '2099-01-01', 'id', n
      )), true)
      from generate_series(${from}::integer, ${from + count - 1}::integer) as n`;
  const setUp = async (n: number) => {
    const domain = `d${n}.example`;
    await sql`select private.request_domain_setup(${domain})`;
    for (const { record_id } of await sql`select * from integrations.plan_dns_changes(${domain}, '[]')`) {
      await sql`select integrations.note_dns_change(${record_id}, ${`p${record_id}`})`;
    }
    const answers = [{ name: domain, type: "TXT", answers: ["v=spf1 -all"] }];
    await sql`select integrations.record_dns_look(${domain}, ${sql.json(answers)})`;
    await sql`update public.domain_inventory set cancelled_at = now() where domain_name = ${domain}`;
    await sql`select integrations.start_renewal_stop(${domain})`;
  };
  await warmUp(async (n) => {
    await add(1_000 + n, 1);
    await setUp(1_000 + n);
  });
  await add(0, 300);
  expect(
    await excessiveReads(sql, 100, async () => {
      for (const n of numbers(100)) await setUp(n);
    }),
  ).toEqual({});
});

test("a rebatch looks at the inboxes of its domains alone", async () => {
  await sql`insert into public.client_targets (client, emails_per_day) values ('Acme', 100000)`;
  await sql`update integrations.settings set value = 0 where name = 'rebatch.most_bought'`;
  const grow = async (from: number, count: number) => {
    await addInboxes(from, count);
    await sql`
      insert into public.domain_inventory (domain_name, client, status)
      select distinct split_part(email, '@', 2), 'Acme', 'in_use' from public.inboxes on conflict do nothing`;
  };
  const run = async () => {
    const [plan] = await sql`select id from private.request_rebatch('Acme')`;
    const [approval] = await sql`select id from integrations.approvals where subject_id = ${plan!.id}`;
    await sql`select integrations.decide_approval(${approval!.id}, 'approved', 'user:x')`;
    const steps = await sql`
      select id from public.rebatch_steps where run_id = ${plan!.id} and action = 'start' order by position`;
    for (const { id } of steps) {
      await sql`select integrations.start_rebatch_step(${id})`;
      await sql`select integrations.finish_rebatch_step(${id})`;
    }
    const [{ status }] = await sql`select status from public.rebatch_runs where id = ${plan!.id}` as unknown as [
      { status: string },
    ];
    expect(status).toBe("executed");
  };
  await warmUp(async (n) => {
    await grow(3_000 + 3 * n, 3);
    await run();
  });
  await grow(0, 240);
  expect(await excessiveReads(sql, 320, run, 60)).toEqual({});
});

test("whose a call is is found by its guests", async () => {
  const [account] = await sql`
    insert into integrations.fathom_accounts (name, api_key, created_by, sync_at)
    values ('Robin', ${sealed}, 'user:x', now()) returning id`;
  const meeting = (n: number, domain: string) => ({
    recording_id: n,
    title: "Chat",
    recording_start_time: "2026-03-02T10:00:00Z",
    calendar_invitees: [{ name: "G", email: `g${n}@${domain}`, email_domain: domain, is_external: true }],
    action_items: [{ description: "Call back", completed: n % 2 === 0, recording_timestamp: "00:01:00" }],
  });
  const store = (from: number, count: number) => {
    const page = numbers(count, from).map((n) => meeting(n, n % 2 === 0 ? "acme.example" : `stranger${n}.example`));
    return sql`select integrations.store_fathom_page(${account!.id}, ${sql.json(page)}, now(), null, null, null)`;
  };
  await warmUp(async (n) => {
    for (const _ of [1, 2]) await store(10_000 + n, 1);
  });
  await sql`
    insert into public.crm_contacts (client, email, first_name)
    select 'Acme', format('c%s@x.example', n), 'C' from generate_series(1, 1000) as n`;
  for (const _ of ["new", "again"]) expect(await excessiveReads(sql, 200, () => store(0, 200), 40)).toEqual({});
});
