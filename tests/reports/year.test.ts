// A year of four clients through the functions, out of order and repeated; then every figure of every report is held
// against recount.ts. Part of the year waits unfolded, which no figure may show.

import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seeded } from "../functions/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { deliver, seedAgency, stopClock } from "./agency.ts";
import * as recount from "./recount.ts";
import { begin, clients, delivered, end, year } from "./year.ts";

let database: TestDatabase;
let sql: postgres.Sql;
const now = new Date(end).toISOString();
const today = now.slice(0, 10);
const first = new Date(begin - 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  await seedAgency(sql);
  await recount.createRecount(sql);
  const posts = year(150, 1);
  const outcomes = await deliver(database, delivered(posts, 0.15, 2));
  expect(outcomes.filter((outcome) => outcome === "duplicate").length).toBeGreaterThan(posts.length / 10);
  expect(new Set(outcomes)).toEqual(new Set(["processed", "duplicate"]));
  const [inbox] = await sql`select count(*)::integer as stored from integrations.webhook_events`;
  expect(inbox!.stored).toBe(posts.length);
  await stopClock(sql);
  await workByHand();
  await recount.refreshRecount(sql);
  // A third of the facts waits, corrections among them.
  await sql`
    select private.fold_counters((select count(*) * 2 / 3 from private.pending_events)::integer)`;
});
afterAll(() => database?.drop());

/** Milestones and deals, with what was done written down beside. */
async function workByHand(): Promise<void> {
  const next = seeded(3);
  const leads = await sql<{ id: string; client: string; email: string }[]>`
    select id, client, lower(email) as email from public.engaged_leads order by client, email`;
  expect(leads.length).toBeGreaterThan(50);
  const flags = ["showed_up_to_disco", "qualified", "demo_booked", "showed_up_to_demo", "proposal_sent", "closed"];
  for (const { id, client, email } of leads) {
    for (const flag of flags) {
      if (next() < 0.35) break;
      const at = new Date(begin + next() * (end - begin)).toISOString();
      await sql`select public.mark_engaged_lead(${id}, ${flag}, true, ${at})`;
      const isTakenBack = next() < 0.1;
      if (isTakenBack) await sql`select public.mark_engaged_lead(${id}, ${flag}, false)`;
      await sql`insert into recount.marks values (${client}, ${email}, ${flag}, ${isTakenBack ? null : at})`;
    }
  }
  // A second engaged lead of a person is the same person; one that is deleted is nobody.
  const [one, two] = leads;
  await sql`
    insert into public.engaged_leads (client, email, closed, closed_at)
    select client, upper(email), true, at from recount.marks where flag = 'showed_up_to_disco' and at is not null
    and (client, email) = (select client, email from recount.marks where flag = 'closed' and at is not null order by client, email limit 1)`;
  await sql`
    update recount.marks m set at = least(m.at, d.at)
    from (select client, email, at from recount.marks where flag = 'showed_up_to_disco' and at is not null) as d
    where m.flag = 'closed' and (m.client, m.email) = (d.client, d.email)
      and exists (select from public.engaged_leads e where e.client = m.client and e.email = upper(m.email))`;
  await sql`update public.engaged_leads set deleted_at = now() where id in (${one!.id}, ${two!.id})`;
  await sql`
    delete from recount.marks where (client, email) in ((${one!.client}, ${one!.email}), (${two!.client}, ${
    two!.email
  }))`;

  const stages = ["lead", "qualification", "discovery", "demo", "proposal", "negotiation", "won", "lost"];
  const chances = [10, 20, 30, 50, 70, 80, 100, 0];
  for (let n = 0; n < 120; n++) {
    const stage = Math.floor(next() * stages.length);
    const deal = {
      client: clients[n % clients.length]!.name,
      stage: stages[stage]!,
      currency: next() < 0.3 ? "EUR" : "USD",
      amount: Math.floor(next() * 10_000) / 4,
    };
    const isGone = next() < 0.1;
    await sql`
      insert into public.crm_deals (client, stage, currency, amount, name, index, deleted_at)
      values (${deal.client}, ${deal.stage}, ${deal.currency}, ${deal.amount}, ${`Deal ${n}`}, ${n % 7},
        ${isGone ? now : null})`;
    if (!isGone) await sql`insert into recount.deals ${sql({ ...deal, probability: chances[stage]! })}`;
  }
}

const whole = { from: first, to: today };
const isEmpty = (row: Record<string, unknown>) =>
  Object.values(recount.rollupNames).every((name) => Number(row[name]) === 0);

async function checkRollups(): Promise<void> {
  for (const period of ["day", "week", "month"]) {
    for (const by of ["total", "client", "campaign"]) {
      if (by === "campaign" && period === "day") continue;
      for (const client of by === "campaign" ? clients.map(({ name }) => name) : [null, "Cedar"]) {
        for (const { from, to } of [whole, { from: "2024-03-08", to: "2024-04-08" }]) {
          const expected = await recount.rollup(sql, { client, period, by, from, to });
          const columns = Object.keys(expected[0]!).filter((name) =>
            !["client", "campaign_id", "starts_on"].includes(name)
          );
          const found = await sql.unsafe(
            `select client, campaign_id::text, starts_on::text, ${columns.map((name) => `${name}::float8::text`)}
             from public.report_rollup($1, $2, $3, $4::text::date, $5::text::date)
             order by starts_on, client, campaign_id`,
            [client, period, by, from, to],
          );
          expect(found.length).toBeGreaterThan(0);
          expect({ period, by, client, from, rows: found.filter((row) => !isEmpty(row)) })
            .toEqual({ period, by, client, from, rows: expected });
        }
      }
    }
  }
}

async function checkQuickView(): Promise<void> {
  const statuses = new Set<string>();
  const starts = Array.from({ length: 5 }, (_, n) => new Date(begin - 86_400_000 + n * 80 * 86_400_000));
  for (const start of starts) {
    const from = start.toISOString().slice(0, 10);
    const last = new Date(Math.min(start.getTime() + 79 * 86_400_000, end + 2 * 86_400_000));
    const to = last.toISOString().slice(0, 10);
    const expected = await recount.quickView(sql, from, to, now);
    const found = await sql`
      select client, date::text, metric, target::float8, expected::float8, actual::float8, status
      from public.report_quick_view(null, ${from}, ${to}) order by client, date, metric`;
    expect(found.length).toBeGreaterThan(1_000);
    expect([...found]).toEqual([...expected]);
    for (const { status } of found) statuses.add(status);
  }
  expect(statuses).toEqual(new Set(["on_track", "behind", "over_limit", "no_target"]));
  // Today, for each client its own.
  const running = await sql`
    select client, date::text, metric, target::float8, expected::float8, actual::float8, status
    from public.report_quick_view() order by client, date, metric`;
  const around = await recount.quickView(sql, "2024-12-16", "2024-12-19", now);
  expect([...running]).toEqual(
    around.filter(({ client, date }) => date === running.find((r) => r.client === client)?.date),
  );
  expect(new Set(running.map(({ date }) => date))).toEqual(new Set(["2024-12-17", "2024-12-18"]));
}

async function checkFunnels(): Promise<void> {
  const ranges = [whole, { from: "2024-03-31", to: "2024-03-31" }, { from: "2024-11-03", to: "2024-11-03" }, {
    from: "2024-02-01",
    to: "2024-02-29",
  }];
  for (const { from, to } of ranges) {
    const expected = await recount.funnel(sql, from, to);
    const each = await sql<{ client: string; step: string; amount: number }[]>`
      select client, step, amount::float8 from public.report_funnel(null, ${from}, ${to}, 'client')`;
    expect([...each]).toEqual([...expected]);

    const total = await sql`
      select client, step, amount::float8, conversion::float8, of_contacted::float8
      from public.report_funnel(null, ${from}, ${to})`;
    const sums = [...new Set(expected.map(({ step }) => step))].map((step) => ({
      step,
      amount: expected.filter((row) => row.step === step).reduce((sum, { amount }) => sum + amount, 0),
    }));
    const share = (part: number, of: number) => of === 0 ? 0 : Math.round(part * 10_000 / of) / 100;
    expect([...total]).toEqual(sums.map(({ step, amount }, n) => ({
      client: null,
      step,
      amount,
      conversion: n === 0 ? null : share(amount, sums[n - 1]!.amount),
      of_contacted: n === 0 ? null : share(amount, sums[1]!.amount),
    })));
    if (from === first) expect(sums.every(({ amount }) => amount > 0)).toBe(true);
  }
}

/** The two-sided probability of a normal variable, by adding up its density. */
function tail(z: number): number {
  const [steps, most] = [20_000, 12];
  if (Math.abs(z) > most) return 0;
  const width = (most - Math.abs(z)) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.exp(-((Math.abs(z) + (i + 0.5) * width) ** 2) / 2);
  return 2 * sum * width / Math.sqrt(2 * Math.PI);
}

async function checkSteps(): Promise<void> {
  const verdicts = new Set<string>();
  await sql`update integrations.settings set value = 15 where name = 'ab_test.minimum_sample'`;
  await sql`update integrations.settings set value = 2 where name = 'ab_test.minimum_expected'`;
  await sql`update integrations.settings set value = 60 where name = 'ab_test.confidence'`;
  for (const { name } of clients) {
    for (const campaign of [400, 401]) {
      for (const outcome of ["opened", "replied", "interested", "bounced", "unsubscribed"]) {
        const sides = await recount.steps(sql, name, campaign, outcome);
        const found = await sql`
          select step_order as step, step_id, variant, is_control, leads::integer, outcomes::integer, rate::float8,
            z_score::float8, p_value::float8, verdict
          from public.report_step_comparison(${name}, ${campaign}, ${outcome})`;
        expect(found.length).toBe(6);
        expect(
          found.map(({ step, step_id, variant, leads, outcomes }) => ({ step, step_id, variant, leads, outcomes })),
        )
          .toEqual([...sides]);
        found.forEach((row) => {
          const control = sides.find(({ step }) => step === row.step)!;
          expect(row.is_control).toBe(row.variant === control.variant);
          expect(row.rate).toBeCloseTo(Math.round(row.outcomes * 10_000 / row.leads) / 100, 6);
          verdicts.add(row.verdict);
          if (row.is_control) return expect([row.verdict, row.z_score]).toEqual(["control", null]);
          const [p, q] = [row.outcomes / row.leads, control.outcomes / control.leads];
          const pooled = (row.outcomes + control.outcomes) / (row.leads + control.leads);
          const error = Math.sqrt(pooled * (1 - pooled) / row.leads + pooled * (1 - pooled) / control.leads);
          const fewest = Math.min(row.leads, control.leads);
          const isFew = fewest < 15 || fewest * Math.min(pooled, 1 - pooled) < 2;
          if (error === 0) return expect([row.verdict, row.z_score]).toEqual(["too_few", null]);
          const z = (p - q) / error;
          expect(row.z_score).toBeCloseTo(z, 3);
          expect(row.p_value).toBeCloseTo(tail(z), 5);
          // Three variants: two comparisons.
          const surely = isFew ? "too_few" : tail(z) >= 0.4 / 2 ? "no_difference" : z > 0 ? "higher" : "lower";
          expect(row.verdict).toBe(surely);
        });
      }
    }
  }
  expect(verdicts).toEqual(new Set(["control", "too_few", "no_difference", "higher", "lower"]));
}

async function checkForecasts(): Promise<void> {
  const month = (n: number) => new Date(Date.UTC(2024, 11 - n, 1)).toISOString().slice(0, 10);
  const lastDay = (n: number) => new Date(Date.UTC(2024, 12 - n, 0)).toISOString().slice(0, 10);
  await sql`select private.refresh_funnel_forecasts()`;
  const found = await sql`
    select coalesce(client, 'all') as client, month, year, metric_key, estimate_low::float8 as low,
      estimate_avg::float8 as average, estimate_high::float8 as high, actual::float8, projected::float8
    from public.funnel_forecasts`;
  expect(found.length).toBe(2 * 11 * (clients.length + 1));
  const months = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => recount.funnel(sql, month(n), lastDay(n))));
  for (const row of found) {
    const age = row.month === "December" ? 0 : 1;
    expect([row.month, row.year]).toEqual([age === 0 ? "December" : "November", 2024]);
    const amounts = months.map((rows) =>
      rows.filter(({ client, step }) => step === row.metric_key && (row.client === "all" || row.client === client))
        .reduce((sum, { amount }) => sum + amount, 0)
    );
    const history = amounts.slice(age + 1, age + 7);
    const mean = history.reduce((sum, amount) => sum + amount, 0) / 6;
    const zone = clients.find(({ name }) => name === row.client)?.zone ?? "UTC";
    const wall = Date.parse(`${new Date(end).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`);
    const passed = age === 0 ? (wall - Date.UTC(2024, 11, 1)) / (31 * 86_400_000) : 1;
    expect(row).toMatchObject({ low: Math.min(...history), high: Math.max(...history), actual: amounts[age] });
    expect(row.average).toBeCloseTo(mean, 1);
    expect(row.projected).toBeCloseTo(amounts[age]! / passed, 1);
  }
  expect(found.filter(({ client, metric_key }) => client === "all" && metric_key === "emails_sent")[0]!.actual)
    .toBeGreaterThan(0);
}

async function checkPipeline(): Promise<void> {
  for (const client of [null, "Birch"]) {
    const found =
      await sql`select stage, deals::integer, amounts, cards from public.report_pipeline_board(${client}, 3)`;
    expect(found.length).toBe(8);
    for (const { stage, deals, amounts, cards } of found) {
      const sums = await sql`
        select currency, sum(amount)::float8 as amount, round(sum(amount * probability / 100), 2)::float8 as weighted_amount
        from recount.deals where stage = ${stage} and (${client}::text is null or client = ${client})
        group by currency order by currency`;
      expect(amounts).toEqual([...sums]);
      const [count] = await sql`
        select count(*)::integer as n from recount.deals
        where stage = ${stage} and (${client}::text is null or client = ${client})`;
      expect(deals).toBe(count!.n);
      expect(cards).toHaveLength(Math.min(3, deals));
      expect(cards.map(({ index }: { index: number }) => index)).toEqual(
        cards.map(({ index }: { index: number }) => index).toSorted(),
      );
    }
  }
}

async function checkInboxes(): Promise<void> {
  await sql`select private.fill_inbox_analytics(40)`;
  await sql`update integrations.settings set value = 1 where name in ('inbox_health.hour', 'inbox_health.least_sent')`;
  await sql`select private.check_inbox_health()`;
  const found = await sql`
    select client, inboxes::integer, connected::integer, unchecked::integer, worst
    from public.report_inbox_health(null, 10)`;
  expect(found.map(({ client }) => client)).toEqual(clients.map(({ name }) => name));
  for (const { client, inboxes, connected, unchecked, worst } of found) {
    expect([inboxes, connected, unchecked, worst.length]).toEqual([3, 3, 0, 3]);
    const zone = clients.find(({ name }) => name === client)!.zone;
    for (const { email, sent_count, bounce_rate, reply_rate } of worst) {
      const [counted] = await sql`
        with mine as (
          select f.* from recount.facts f
          where f.client = ${client} and f.inbox = ${/one(\d+)/.exec(email)![1]!}
            and f.day between cast(${now}::text::timestamptz at time zone ${zone} as date) - 14
              and cast(${now}::text::timestamptz at time zone ${zone} as date) - 1
        ),
        counts as (
          select sum((kind = 'sent')::int) as sent, sum((kind = 'bounced')::int) as bounced,
            sum((kind = 'replied')::int) as replied
          from mine
        )
        select coalesce(sent, 0)::integer as sent,
          coalesce(round(100.0 * bounced / nullif(sent, 0), 2), 0)::float8 as bounce_rate,
          coalesce(round(100.0 * replied / nullif(sent, 0), 2), 0)::float8 as reply_rate
        from counts`;
      expect({ email, sent: sent_count, bounce_rate, reply_rate }).toEqual({ email, ...counted });
    }
  }
}

describe.each(["while a third of the facts waits", "after all are folded"])("every figure, %s:", (stage) => {
  beforeAll(async () => {
    if (stage.startsWith("after")) await sql`select private.fold_all_counters(), private.fold_milestones()`;
    const [waiting] = await sql`select count(*)::integer as facts from private.pending_events`;
    if (stage.startsWith("after")) expect(waiting!.facts).toBe(0);
    else expect(waiting!.facts).toBeGreaterThan(500);
    expect(await sql`select * from private.rollup_differences()`).toHaveLength(0);
  });

  test("rollups by day, week and month, of all together, clients and campaigns", checkRollups);
  test("Quick View of every day", checkQuickView);
  test("the funnel of the year, of a month, of days on which clocks change", checkFunnels);
  test("variants of steps", checkSteps);
  test("forecasts", checkForecasts);
  test("the pipeline", checkPipeline);
});

test("the board of inboxes", checkInboxes);
