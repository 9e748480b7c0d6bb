import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { serverUser } from "../../local/paths.ts";
import { reservePort } from "../support/ports.ts";
import { allGone, patience, run } from "./command.ts";

vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience });

/** A Postgres that knows nothing of Supabase, if the machine has one. */
const bin = [18, 17, 16, 15].map((version) => `/usr/lib/postgresql/${version}/bin`).find(hasServer);

/** The clients may be there alone. */
function hasServer(path: string): boolean {
  try {
    return Deno.statSync(`${path}/initdb`).isFile;
  } catch {
    return false;
  }
}

describe.skipIf(!bin)("npm start with DATABASE_URL", () => {
  let folder: string;
  let url: string;

  async function control(program: string, ...args: string[]): Promise<void> {
    const { success, stderr } = await new Deno.Command(`${bin}/${program}`, {
      args: ["-D", `${folder}/data`, ...args],
      cwd: folder,
      ...serverUser,
      detached: true,
      stdin: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  beforeAll(async () => {
    folder = await Deno.makeTempDir({ prefix: "millrace-external-" });
    if (serverUser) await Deno.chown(folder, serverUser.uid, serverUser.gid);
    const port = reservePort();
    await control("initdb", "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8");
    const settings = `-p ${port} -c unix_socket_directories=`;
    await control("pg_ctl", "-w", "-t", "300", "-l", `${folder}/log`, "-o", settings, "start");
    url = `postgres://owner@127.0.0.1:${port}/postgres`;
  });

  afterAll(async () => {
    await control("pg_ctl", "-m", "immediate", "stop");
    await Deno.remove(folder, { recursive: true });
  });

  test("brings the stand-ins along, and runs", async () => {
    const ports = ["--port", `${reservePort()}`, "--simulator-port", `${reservePort()}`];
    const stack = run("start", ports, { DATABASE_URL: url });
    try {
      await stack.says("Millrace is ready");
      const functions = /Functions +(\S+)/.exec(stack.output())![1];
      const response = await fetch(`${functions}/health/ready`);
      expect([response.status, (await response.json()).status]).toEqual([200, "ready"]);

      const sql = postgres(url, { max: 1, onnotice: () => {} });
      const [row] = await sql`
        select
          (select count(*)::integer from cron.job) > 0 as scheduled,
          has_table_privilege('service_role', 'public."Clients"', 'select') as served,
          (select rolsuper from pg_roles where rolname = 'authenticator') as risky`;
      await sql.end();
      expect(row).toEqual({ scheduled: true, served: true, risky: false });
    } finally {
      const pids = [stack.pid, ...stack.descendants()];
      stack.signalGroup("SIGINT");
      await allGone(pids);
    }
  });
});
