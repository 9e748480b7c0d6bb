// The two ways to run workers, as they are started in earnest. A job of a type that no worker knows shows who took it.

import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { createReport } from "../../local/report.ts";
import { startStack } from "../../local/stack.ts";
import { connect } from "../../local/platform.ts";
import { createDatabase } from "../support/database.ts";
import { reservePort } from "../support/ports.ts";
import { enqueue, jobsOf, keys, until } from "./support.ts";

test("npm run worker takes jobs as they come, also after its connections were cut, and ends on SIGTERM", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${root}/deno.json`, `${root}/local/worker.ts`],
    env: { JOBS_DATABASE_URL: database.url("job_worker"), MILLRACE_SECRET_KEYS: keys, LOG_LEVEL: "info" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = new Response(child.stdout).text();
  try {
    await enqueue(sql, "first");
    await until(async () => (await jobsOf(sql))[0]!.status === "delayed");
    const listening = async () =>
      (await sql`select pid from pg_stat_activity where application_name like 'millrace listener%'
        and datname = current_database()`).length;
    await until(async () => await listening() === 1);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'job_worker'`;
    await enqueue(sql, "second");
    await until(async () => (await jobsOf(sql))[1]!.status === "delayed");
    await until(async () => await listening() === 1);
  } finally {
    child.kill("SIGTERM");
  }
  expect((await child.status).code).toBe(0);
  expect(await output).toContain('"worker stopped"');
  expect(await jobsOf(sql)).toMatchObject([
    { last_error: "This worker has no handler for first." },
    { last_error: "This worker has no handler for second." },
  ]);
});

test("npm start: the database calls functions/jobs when a job arrives, once for many", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o755);
  const lines: string[] = [];
  const stack = await startStack({
    folder: `${folder}/data`,
    apiPort: reservePort(),
    databasePort: reservePort(),
    simulators: false,
    seed: false,
    report: createReport(() => {}),
    line: (line) => lines.push(line),
  });
  const sql = connect(stack.urls.database, { max: 2 });
  try {
    const start = Date.now();
    await sql`select outbound.enqueue_job('test', 'unknown') from generate_series(1, 50)`;
    await until(async () => (await jobsOf(sql)).every(({ status }) => status === "delayed"));
    expect((await jobsOf(sql))[0]!.worker).toMatch(/^functions\/jobs /);
    await until(() => lines.some((line) => line.includes(" jobs ")));
    const [{ kicks }] = await sql<[{ kicks: number }]>`select count(*)::int as kicks from private.job_kicks`;
    expect(kicks).toBeLessThanOrEqual(3 + (Date.now() - start) / 1000);
  } finally {
    await sql.end();
    await stack.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
