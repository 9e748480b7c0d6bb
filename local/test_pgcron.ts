// `npm run test:pgcron`: the migrations and schedules on Debian's Postgres 15 with the real pg_cron, in a folder of its own.
// Installs nothing: it says what is missing. Takes a little over a minute, as that is how often they run there.

import { onDebian } from "./debian.ts";
import { parseFlags } from "./flags.ts";
import { migrate } from "./migrate.ts";
import { connect } from "./platform.ts";
import { fail } from "./report.ts";

try {
  parseFlags("npm run test:pgcron", {});
  await onDebian({ pg_cron: "postgresql-15-cron" }, async (url) => {
    const { applied } = await migrate(url);
    console.log(`${applied} migrations applied; waiting for the minute`);
    await watch(url);
  });
} catch (error) {
  fail(error);
}

/** Waits until all that run each minute have succeeded twice, and says how they are. */
async function watch(url: string): Promise<void> {
  const sql = connect(url);
  const due = Date.now() + 150_000;
  for (;;) {
    const [state] = await sql`
      select count(*) filter (where runs < 2)::int as missing, (select extversion from pg_extension where extname = 'pg_cron') as version
      from (
        select s.job, count(r.id) filter (where r.outcome = 'succeeded') as runs
        from integrations.schedules s
        left join integrations.schedule_runs r on r.job = s.job
        where s.schedule = '* * * * *'
        group by s.job
      ) as runs_of_each`;
    if (state!.missing === 0) {
      console.log(`pg_cron ${state!.version}: every schedule of a minute ran twice`);
      break;
    }
    if (Date.now() > due) break;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const health = await sql`
    select
      job, schedule, last_outcome, last_error, extract(epoch from late)::int as late,
      round(extract(epoch from last_duration) * 1000)::int as milliseconds
    from integrations.schedule_health
    where schedule = '* * * * *' or last_outcome is not null
    order by job`;
  const failed = await sql`select jobid, return_message from cron.job_run_details where status = 'failed'`;
  await sql.end();
  for (const { job, schedule, last_outcome, milliseconds, late, last_error } of health) {
    const state = `${last_outcome ?? "never ran"}${late > 0 ? `, ${late} s late` : ""}`;
    console.log(
      `  ${job.padEnd(24)} ${schedule.padEnd(14)} ${state.padEnd(22)} ${milliseconds ?? "-"} ms ${last_error ?? ""}`,
    );
  }
  for (const { jobid, return_message } of failed) console.log(`  cron job ${jobid}: ${return_message}`);
  const bad = health.filter(({ last_outcome, late }) => last_outcome !== "succeeded" || late > 0);
  if (bad.length || failed.length) throw new Error("Not every schedule runs as it should.");
}
