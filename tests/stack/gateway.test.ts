import { relative } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { root } from "../../local/paths.ts";
import { type Service, startService } from "../../local/process.ts";
import { createTicker } from "../../local/ticker.ts";

describe("the gateway", () => {
  const lines: string[] = [];
  let gateway: Service | undefined;

  afterEach(async () => {
    await gateway?.stop();
    lines.splice(0);
  });

  /** On a database that nobody serves: what is asked here does not need one. */
  async function start(env: Record<string, string> = {}, script = "local/gateway.ts"): Promise<string> {
    gateway = await startService({
      script,
      env: { GATEWAY_PORT: "0", LOG_LEVEL: "error", ...env },
      line: (line) => lines.push(line),
      restarted: () => lines.push("restarted"),
    });
    return gateway.ready.url!;
  }

  const nowhere = "postgres://nobody@127.0.0.1:9/nothing";
  const env = {
    WEBHOOK_DATABASE_URL: nowhere,
    API_DATABASE_URL: nowhere,
    MILLRACE_SECRET_KEYS: "dev:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=",
  };

  test("serves the functions under their names, with a line for each event", async () => {
    const url = await start(env);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await vi.waitFor(
      () => expect(lines.join("\n")).toMatch(/^\d\d:\d\d:\d\d {2}GET +health +200 +\d+ ms/m),
      60_000,
    );
  });

  test.each(["local/gateway.ts", "simulators/main.ts"])(
    "%s ends when who started it is gone before",
    async (script) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", `--config=${root}/deno.json`, `${root}/${script}`],
        env: { ...env, GATEWAY_PORT: "0", SIMULATOR_PORT: "0", PARENT_PID: "4194305" },
        stdout: "null",
        stderr: "null",
      }).spawn();
      expect((await child.status).success).toBe(true);
    },
  );

  test("does so in a folder of any name", async () => {
    const folder = await Deno.makeTempDir({ prefix: "millrace #1 %41 " });
    for (const name of ["local", "shared", "supabase", "node_modules", "deno.json", "package.json"]) {
      await Deno.symlink(`${root}/${name}`, `${folder}/${name}`);
    }
    const url = await start(env, relative(root, `${folder}/local/gateway.ts`));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await Deno.remove(folder, { recursive: true });
  });

  test.each(["/nothing", "/", "/../health", "/_shared"])("answers 404 to %s and says what there is", async (path) => {
    const url = await start(env);
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: "not_found",
      message: expect.stringContaining(
        "bison-webhook, calendly-connect, calendly-webhook, enrichment-callback, fathom-webhook, health",
      ),
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("goes on without a function that does not load", async () => {
    const url = await start({ ...env, MILLRACE_SECRET_KEYS: "" });
    const response = await fetch(`${url}/bison-webhook/x`, { method: "POST" });
    expect([response.status, (await response.json()).error]).toEqual([503, "not_loaded"]);
    await vi.waitFor(
      () => expect(lines.join("\n")).toMatch(/function bison-webhook does not load: .*MILLRACE_SECRET_KEYS/),
      60_000,
    );
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

describe("the ticker", () => {
  test("shows what a person can read, and counts the rest", async () => {
    const lines: string[] = [];
    const ticker = createTicker((line) => lines.push(line));
    vi.useFakeTimers({ now: 1_000_000 });
    try {
      for (let i = 0; i < 100; i++) ticker.tick(() => `event ${i}`);
      await vi.advanceTimersByTimeAsync(1_000);
      ticker.tick(() => "the next second");
      await vi.advanceTimersByTimeAsync(0);
    } finally {
      vi.useRealTimers();
    }
    expect(lines.length).toBe(27);
    expect(lines[24]).toContain("event 24");
    expect(lines[25]).toContain("... and 75 more");
    expect(lines[26]).toContain("the next second");
  });
});
