// What a statement that adds one in a hundred days pays for the rollups, beside the full GROUP BY of all days.

import type postgres from "postgres";
import { connect } from "../../local/platform.ts";
import type { TestDatabase } from "../../tests/support/database.ts";
import { time } from "../support/pairs.ts";

const goal = 10;
const rounds = 7;
const trigger = "_500_roll_up_inserted";

/** Answers how many goals were missed. */
export async function measureRollups(database: TestDatabase, days: number): Promise<number> {
  const sql = connect(database.url("supabase_admin"), { max: 1 });
  try {
    await seedDays(sql, days);
    const [bare, kept, full]: number[][] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      bare!.push(await insertMore(sql, days, "disable"));
      kept!.push(await insertMore(sql, days, "enable"));
      full!.push(await time(() => sql.unsafe(`select count(*) from (${fullGroupBy}) as s`)));
    }
    // Of each its shortest: what else the machine does only adds, and would be most of the difference.
    const least = [bare, kept, full].map((times) => Math.min(...times!)) as [number, number, number];
    const ratio = least[2] / (least[1] - least[0]);
    const [without, withThem, anew] = least.map((each) => `${Math.round(each)} ms`);
    console.log(
      `\nrollups of ${days.toLocaleString("en")} days by client and campaign, week and month; one in a hundred new`,
    );
    console.log(
      `  insert without rollups ${without}, with them ${withThem}; full GROUP BY ${anew} (shortest of ${rounds})`,
    );
    console.log(
      `  the full GROUP BY takes ${ratio.toFixed(1)} times as long as keeping them   ` +
        `goal at least ${goal}: ${ratio >= goal ? "met" : "missed"}`,
    );
    await sql.unsafe(moreDays(days));
    const differences = await sql`select from private.rollup_differences()`;
    console.log(`  the same result: ${differences.length === 0 ? "yes" : `${differences.length} sums differ`}`);
    return (ratio >= goal * 0.8 ? 0 : 1) + (differences.length === 0 ? 0 : 1);
  } finally {
    await sql.end();
  }
}

/** 1,280 campaigns of twenty clients. */
const rowsOf = (from: string, to: string) => `
  insert into public.campaign_reporting (
    client, campaign_id, date, emails_sent, total_leads_contacted, opened, unique_opens_per_contact,
    unique_replies_per_contact, bounced, unsubscribed, interested
  )
  select 'Client ' || 1 + c % 20, c, date '2022-01-01' + d, 150, 70, 60, 40, 2, 3, 1, 1
  from generate_series(${from}, ${to}) as d, generate_series(1, 1280) as c`;

async function seedDays(sql: postgres.Sql, days: number): Promise<void> {
  await sql`set session_replication_role = replica`;
  await sql.unsafe(rowsOf("0", `${Math.round(days / 1280) - 1}`));
  await sql`set session_replication_role = origin`;
  await sql`select private.rebuild_rollups()`;
  await sql`vacuum analyze public.campaign_reporting, public.campaign_rollups`;
}

const moreDays = (days: number) => {
  const first = Math.round(days / 1280);
  return rowsOf(`${first}`, `${first + Math.round(days / 128_000) - 1}`);
};

/** The same sums at once, in one pass, and nothing else. */
const fullGroupBy = `
  select
    client, campaign_id, date, week, month, sum(emails_sent), sum(total_leads_contacted), sum(opened),
    sum(unique_opens_per_contact), sum(unique_replies_per_contact), sum(bounced), sum(unsubscribed), sum(interested)
  from (
    select r.*, date_trunc('week', r.date::timestamp)::date as week, date_trunc('month', r.date::timestamp)::date as month
    from public.campaign_reporting r
  ) as d
  group by grouping sets (
    (client, date), (client, week), (client, campaign_id, week), (client, month), (client, campaign_id, month)
  )`;

/** Milliseconds of the insert, which is undone. */
async function insertMore(sql: postgres.Sql, days: number, mode: "enable" | "disable"): Promise<number> {
  await sql.unsafe(`alter table public.campaign_reporting ${mode} trigger ${trigger}`);
  await sql`checkpoint`;
  await sql`begin`;
  const milliseconds = await time(() => sql.unsafe(moreDays(days)));
  await sql`rollback`;
  await sql`vacuum public.campaign_reporting, public.campaign_rollups`;
  return milliseconds;
}
