// `npm run test:pgcron`: the migrations and schedules on Debian's Postgres 15 with the real pg_cron, in a folder of its own.
// Installs nothing: it says what is missing. Takes a little over a minute, as that is how often they run there.

import { migrate } from "./migrate.ts";
import { serverUser } from "./paths.ts";
import { connect, preparePlatform } from "./platform.ts";
import { freePort } from "./ports.ts";
import { fail } from "./report.ts";
import { exists } from "./runtime.ts";

const bin = "/usr/lib/postgresql/15/bin";
const library = "/usr/lib/postgresql/15/lib/pg_cron.so";

try {
  const missing = [
    ...(await exists(`${bin}/postgres`) ? [] : ["postgresql-15"]),
    ...(await exists(library) ? [] : ["postgresql-15-cron"]),
  ];
  if (missing.length) {
    throw new Error(`This needs ${missing.join(" and ")} of Debian 12: apt-get install ${missing.join(" ")}`);
  }
  await run();
} catch (error) {
  fail(error);
}

async function run(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "millrace-pgcron-" });
  if (serverUser) await Deno.chown(folder, serverUser.uid, serverUser.gid);
  const port = freePort(0);
  const start = await startCluster(folder, port);
  try {
    // pg_cron 1.4 connects like anybody else, so the local user is trusted.
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await preparePlatform(url);
    const { applied } = await migrate(url);
    console.log(`${applied} migrations applied; waiting for the minute`);
    await watch(url);
  } finally {
    await start.stop();
    await Deno.remove(folder, { recursive: true });
  }
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

async function startCluster(folder: string, port: number): Promise<{ stop(): Promise<void> }> {
  const data = `${folder}/data`;
  await command([`${bin}/initdb`, "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    shared_preload_libraries: "pg_cron",
    "cron.database_name": "postgres",
    "cron.host": "127.0.0.1",
    fsync: "off",
    timezone: "UTC",
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`).join(" ");
  await command([`${bin}/pg_ctl`, "start", "-D", data, "-w", "-l", `${folder}/log`, "-o", flags]);
  return { stop: () => command([`${bin}/pg_ctl`, "stop", "-D", data, "-m", "fast", "-w"]) };
}

async function command([name, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name!, {
    args,
    ...(serverUser ? { uid: serverUser.uid, gid: serverUser.gid } : {}),
    cwd: "/tmp",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${name} failed: ${new TextDecoder().decode(stderr).trim().slice(-500)}`);
}
