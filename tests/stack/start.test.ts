import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { migrationFiles } from "../../local/migrate.ts";
import { reservePort } from "../support/ports.ts";
import { allGone, type Command, commandLine, killAll, patience, run } from "./command.ts";

// Each starts the whole stack, some of them twice.
vi.setConfig({ testTimeout: 4 * patience, hookTimeout: 2 * patience });

let folder: string;
let ports: { api: number; database: number; simulators: number };
const started: Command[] = [];

beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "millrace-stack-" });
  await Deno.chmod(folder, 0o755);
  ports = { api: reservePort(), database: reservePort(), simulators: reservePort() };
});

afterEach(async () => {
  for (const command of started.splice(0)) {
    const pids = [command.pid, ...command.descendants()];
    command.signalGroup("SIGTERM");
    await allGone(pids);
  }
});

afterAll(() => Deno.remove(folder, { recursive: true }));

function start(...args: string[]): Command {
  const flags = ["--data", `${folder}/data`, "--port", `${ports.api}`];
  flags.push("--database-port", `${ports.database}`, "--simulator-port", `${ports.simulators}`);
  const command = run("start", [...flags, ...args]);
  started.push(command);
  return command;
}

const url = () => `postgres://postgres:postgres@127.0.0.1:${ports.database}/postgres`;

async function query<T>(text: string): Promise<T[]> {
  const sql = postgres(url(), { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text) as unknown as T[];
  } finally {
    await sql.end();
  }
}

async function isHealthy(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${ports.api}/functions/v1/health`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

const processOf = (command: Command, script: string) =>
  command.descendants().find((pid) => commandLine(pid).includes(script));

const postmaster = async () => Number((await Deno.readTextFile(`${folder}/data/postmaster.pid`)).split("\n")[0]);

describe.skipIf(Deno.build.os !== "linux")("npm start", () => {
  test.each([300, 900])("Ctrl-C after %i ms of starting leaves no process", async (milliseconds) => {
    const stack = start();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const pids = [stack.pid, ...stack.descendants()];
    stack.signalGroup("SIGINT");
    await stack.status;
    await allGone(pids);
  });

  test("is ready however far these came, and Ctrl-C leaves no process", async () => {
    const stack = start();
    await stack.says("Millrace is ready");
    expect(await query("select count(*)::int from supabase_migrations.schema_migrations")).toEqual([
      { count: migrationFiles().length },
    ]);
    expect(await query("select count(*)::int from integrations.tenants")).toEqual([{ count: 3 }]);
    expect(await isHealthy()).toBe(true);
    await stack.says(/GET +health +200/);
    const [, providers] = /Providers +(\S+)/.exec(stack.output())!;
    expect((await fetch(`${providers}/bison/_simulator/state`)).status).toBeLessThan(500);
    await query("create table public.kept (id integer); insert into public.kept values (7)");

    const pids = stack.descendants();
    expect(pids.length).toBeGreaterThan(4);
    stack.signalGroup("SIGINT");
    expect((await stack.status).code).toBe(0);
    await allGone(pids);
    expect(stack.output()).toContain("Stopped.");
    expect(stack.output()).not.toMatch(/error|uncaught|deno/i);
  });

  test("keeps the data, and brings back what is killed", async () => {
    const stack = start();
    await stack.says("Millrace is ready");
    expect(stack.output()).toContain("migrations: up to date");
    expect(stack.output()).toContain("demo agency: there already");
    expect(await query("select id from public.kept")).toEqual([{ id: 7 }]);

    Deno.kill(processOf(stack, "local/gateway.ts")!, "SIGKILL");
    await stack.says("The functions' process ended by itself");
    await vi.waitFor(async () => expect(await isHealthy()).toBe(true), patience);

    Deno.kill(await postmaster(), "SIGKILL");
    await stack.says("Postgres ended by itself");
    await vi.waitFor(async () => expect(await query("select id from public.kept")).toEqual([{ id: 7 }]), patience);
  });

  test("takes its children along when it is killed itself", async () => {
    const stack = start();
    await stack.says("Millrace is ready");
    const pids = stack.descendants();
    Deno.kill(processOf(stack, "local/start.ts")!, "SIGKILL");
    await allGone(pids);
  });

  test("starts again after a kill -9 of everything", async () => {
    const first = start();
    await first.says("Millrace is ready");
    const pids = first.descendants();
    await killAll([first.pid, ...pids]);

    // Meanwhile another program has the postmaster's number, and two of the ports are taken.
    const lines = (await Deno.readTextFile(`${folder}/data/postmaster.pid`)).split("\n");
    await Deno.writeTextFile(`${folder}/data/postmaster.pid`, [Deno.pid, ...lines.slice(1)].join("\n"));
    const taken = [ports.api, ports.database].map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
    try {
      const second = start();
      await second.says("Millrace is ready");
      expect(second.output()).toContain(`Port ${ports.database} is taken: Postgres listens on`);
      expect(second.output()).toContain(`Port ${ports.api} is taken: the functions answer on`);
    } finally {
      taken.forEach((listener) => listener.close());
    }
  });

  test("stops the Postgres that a killed run left behind", async () => {
    const first = start();
    await first.says("Millrace is ready");
    const pids = first.descendants();
    const postgres = pids.filter((pid) => /^\S+bin\/postgres -D|^postgres: /.test(commandLine(pid)));
    const others = [first.pid, ...pids].filter((pid) => !postgres.includes(pid));
    await killAll(others);

    const second = start();
    await second.says("Millrace is ready");
    expect(second.output()).toMatch(/A Postgres of an earlier run \(process \d+\) still has/);
    await allGone(postgres);
  });

  test("does not start twice on one folder", async () => {
    await start().says("Millrace is ready");
    const second = start();
    expect((await second.status).code).toBe(1);
    expect(second.output()).toMatch(/already running on .*: stop it first\./);
  });
});

describe.skipIf(Deno.build.os !== "linux")("npm run db", () => {
  test("prints the URL first, and --fresh begins anew", async () => {
    const database = run("db", ["--data", `${folder}/data`, "--port", `${ports.database}`, "--fresh", "--no-seed"]);
    started.push(database);
    await database.says("Ctrl-C stops it.");
    expect(database.output().split("\n")[0]).toBe(url());
    expect(await query(`select "Business" from public."Clients"`)).toEqual([]);
    expect(await query("select to_regclass('public.kept') is null as gone")).toEqual([{ gone: true }]);
    const pids = database.descendants();
    database.signalGroup("SIGINT");
    await allGone(pids);
  });
});

describe("a mistake is told in one sentence", () => {
  test.each([
    ["start", ["--prot", "1"], {}, /Unknown option '--prot'\. Usage: npm start/],
    ["start", ["--port", "99999"], {}, /--port must be a port number from 1 to 65535, not "99999"\./],
    ["db", ["--port", "x"], {}, /--port must be a port number/],
    ["db", ["--fresh"], { DATABASE_URL: "postgres://a@127.0.0.1:1/b" }, /--fresh only empties the embedded Postgres/],
    ["db", [], { DATABASE_URL: "localhost:5432" }, /DATABASE_URL is no Postgres URL: write it as postgres:\/\//],
    [
      "db",
      [],
      { DATABASE_URL: "postgres://a:b@127.0.0.1:1/c" },
      /DATABASE_URL cannot be used \(.*\): correct it, or unset it/,
    ],
    ["reset", ["--data", ""], {}, /--data must be a path, and is empty\./],
    [
      "reset",
      [],
      { npm_config_data: "/srv/x", npm_lifecycle_event: "db:reset" },
      /`npm run db:reset -- --data \.\.\.`/,
    ],
    ["hub:load", ["a.csv"], { npm_config_promote: "true" }, /npm kept --promote for itself: put -- before the flags/],
    ["hub:load", ["nothing.csv"], { INIT_CWD: "/srv" }, /There is no file \/srv\/nothing\.csv\. Usage/],
    ["hub:load", ["a.csv", "--format", "xml"], {}, /--format is csv or jsonl\. Usage/],
    ["reset", [], { DATABASE_URL: "postgres://a:b@127.0.0.1:1/c" }, /db:reset only resets the embedded Postgres/],
    ["frobnicate", [], {}, /There is no command frobnicate: use one of start, test/],
  ])("%s %j %j", async (command, args, env, sentence) => {
    const { status, output } = run(command, args, env as Record<string, string>);
    expect((await status).success).toBe(false);
    expect(output()).toMatch(sentence);
    expect(output().trim().split("\n").length).toBe(1);
  });
});
