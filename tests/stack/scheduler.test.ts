import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nextRun, type Scheduler, startScheduler } from "../../local/scheduler.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { reservePort } from "../support/ports.ts";

describe("nextRun", () => {
  const after = (schedule: string, time: string) => new Date(nextRun(schedule, Date.parse(time))).toISOString();

  test.each([
    ["*/5 * * * *", "2026-03-01T10:02:30Z", "2026-03-01T10:05:00.000Z"],
    ["0 3 * * *", "2026-03-01T03:00:00Z", "2026-03-02T03:00:00.000Z"],
    ["30 seconds", "2026-03-01T10:00:10Z", "2026-03-01T10:00:40.000Z"],
    ["0 0 $ * *", "2028-02-10T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["@hourly", "2026-03-01T10:59:59Z", "2026-03-01T11:00:00.000Z"],
    ["@midnight", "2026-03-01T10:59:59Z", "2026-03-02T00:00:00.000Z"],
    ["0 9 1 * mon", "2026-03-03T00:00:00Z", "2026-03-09T09:00:00.000Z"],
  ])("%s after %s", (schedule, time, next) => {
    expect(after(schedule, time)).toBe(next);
  });

  test("@reboot is due at the start alone", () => {
    expect(nextRun("@reboot", 5, true)).toBe(5);
    expect(nextRun("@reboot", 5)).toBe(Infinity);
  });
});

describe("the scheduler", () => {
  let database: TestDatabase;
  let scheduler: Scheduler;
  let sql: postgres.Sql;
  let server: Deno.HttpServer<Deno.NetAddr>;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const said: string[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    sql = database.sql();
    await database.sql("supabase_admin")`delete from cron.job`;
    server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
    scheduler = await startScheduler({
      url: database.url("supabase_admin"),
      urlOf: (_, username) => database.url(username),
      say: (line) => said.push(line),
    });
  });

  afterAll(async () => {
    await scheduler?.stop();
    release();
    await server?.shutdown();
    await database?.drop();
  });

  async function answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/slow") await released;
    if (pathname === "/moved") return new Response(null, { status: 302, headers: { location: "/elsewhere" } });
    const echo = {
      method: request.method,
      search,
      key: request.headers.get("x-key"),
      type: request.headers.get("content-type"),
      body: await request.text(),
    };
    return Response.json(echo, { status: 201 });
  }

  /** The answer to a request that `call` queues. */
  async function sent(call: string) {
    const [row] = await sql.unsafe(`select ${call.replace("URL", `http://127.0.0.1:${server.addr.port}`)} as id`);
    return await vi.waitFor(async () => {
      const [response] = await sql`select * from net._http_response where id = ${row!.id}`;
      expect(response).toBeDefined();
      return response!;
    }, 60_000);
  }

  const runsOf = (name: string) =>
    sql`select d.* from cron.job_run_details d join cron.job j using (jobid) where j.jobname = ${name} order by runid`;

  test("runs a due job as its owner, again and again", async () => {
    await sql`select cron.schedule('tick', '1 seconds', 'create temp table t as select 1; select current_user, 2')`;
    await vi.waitFor(async () => expect((await runsOf("tick")).length).toBeGreaterThan(1), 60_000);
    await sql`select cron.alter_job(jobid, active := false) from cron.job where jobname = 'tick'`;
    const [run] = await runsOf("tick");
    expect(run).toMatchObject({ status: "succeeded", return_message: "1 row", username: "postgres" });
    expect(run!.end_time.getTime()).toBeGreaterThanOrEqual(run!.start_time.getTime());
  });

  test("keeps the message of a job that fails", async () => {
    await sql`select cron.schedule('broken', '1 seconds', 'select 1/0')`;
    await vi.waitFor(async () => expect((await runsOf("broken"))[0]?.status).toBe("failed"), 60_000);
    await sql`select cron.alter_job(jobid, active := false) from cron.job where jobname = 'broken'`;
    expect((await runsOf("broken"))[0]!.return_message).toBe("ERROR:  division by zero");
    expect(said).toContain("cron broken failed: division by zero");
  });

  test("never runs a job twice at once", async () => {
    await sql`create table public.probe (id integer generated always as identity, at timestamptz default clock_timestamp())`;
    await sql`select cron.schedule('slow', '1 seconds', 'insert into public.probe default values; select pg_sleep(1.3)')`;
    await vi.waitFor(async () => expect((await sql`select from public.probe`).length).toBeGreaterThan(1), 60_000);
    const runs = await runsOf("slow");
    await sql`select cron.alter_job(jobid, active := false) from cron.job where jobname = 'slow'`;
    expect(runs[1]!.start_time.getTime()).toBeGreaterThanOrEqual(runs[0]!.end_time.getTime());
  });

  test("leaves nothing behind after a tick", async () => {
    const removed = vi.spyOn(AbortSignal.prototype, "removeEventListener");
    await vi.waitFor(() => expect(removed.mock.calls.length).toBeGreaterThan(3), 60_000);
    removed.mockRestore();
  });

  test("sends a queued post", async () => {
    const response = await sent(`net.http_post('URL/x', '{"a": 1}', '{"q": "b c"}', '{"X-Key": "k"}')`);
    expect(response).toMatchObject({
      status_code: 201,
      content_type: "application/json",
      timed_out: false,
      error_msg: null,
    });
    expect(JSON.parse(response.content)).toEqual({
      method: "POST",
      search: "?q=b%20c",
      key: "k",
      type: "application/json",
      body: '{"a": 1}',
    });
    expect((await sql`select from net.http_request_queue`).length).toBe(0);
  });

  test("sends gets and deletes", async () => {
    expect(JSON.parse((await sent("net.http_get('URL/x')")).content).method).toBe("GET");
    expect(JSON.parse((await sent("net.http_delete('URL/x')")).content).method).toBe("DELETE");
  });

  test("follows no redirect", async () => {
    expect((await sent("net.http_get('URL/moved')")).status_code).toBe(302);
  });

  test("gives up when the time is over", async () => {
    const response = await sent("net.http_get('URL/slow', timeout_milliseconds => 200)");
    expect(response).toMatchObject({ timed_out: true, status_code: null, error_msg: "Timeout of 200 ms reached" });
  });

  test("keeps the reason when nobody answers", async () => {
    const response = await sent(`net.http_get('http://127.0.0.1:${reservePort()}/')`);
    expect(response).toMatchObject({ timed_out: false, status_code: null });
    expect(response.error_msg).toMatch(/refused|connect/i);
  });
});
