// The pool against a real server, and against one that refuses, falls silent or comes back.

import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createPool, type Pool, type PoolOptions } from "../../supabase/functions/_shared/db.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

/** The deadline is out of reach of a slow machine: it passes where a test lets it pass. */
const options: PoolOptions = { size: 4, deadline: 600_000, mostWaiting: 100, prepare: true };

const sealed = `v1.test.${"A".repeat(16)}.${"A".repeat(22)}`;

let database: TestDatabase;
let endpoint: number;
beforeAll(async () => {
  database = await createDatabase();
  const sql = database.sql();
  await sql`insert into public."Clients" ("Business") values ('Pool Test')`;
  const [row] = await sql`
    insert into integrations.webhook_endpoints (provider, client, token_hash, signing_secret)
    values ('bison', 'Pool Test', ${hash("pool-token")}, ${sealed}) returning id`;
  endpoint = Number(row!.id);
});
afterEach(() => void vi.useRealTimers());
afterAll(() => database.drop());

function stopTime(): void {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
}

function hash(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

async function withPool(url: string, changes: Partial<PoolOptions>, use: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = createPool(url, { ...options, ...changes });
  try {
    await use(pool);
  } finally {
    vi.useRealTimers();
    await pool.end();
  }
}

let serial = 0;
function store(pool: Pool): Promise<unknown> {
  return pool.call("integrations.receive_webhook", [endpoint, `pool-${++serial}`, "X", "{}", null, null, null]);
}

/** What a call came to: `ok`, or the error's code. */
function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(() => "ok", (error) => String(error.code));
}

describe.each([true, false])("calls, prepared statements %s", (prepare) => {
  it("hand over and bring back every type", async () => {
    await withPool(database.url("webhook_receiver"), { prepare }, async ({ call }) => {
      expect(await call("integrations.webhook_endpoint", ["bison", hash("pool-token")])).toMatchObject({
        endpoint_id: endpoint,
        client: "Pool Test",
        instance_url: null,
        workspace_id: null,
        require_signature: false,
        signing_secrets: [sealed],
      });
      expect(await call("integrations.webhook_endpoint", ["bison", hash("no token")])).toMatchObject({
        endpoint_id: null,
      });

      const key = `types-${prepare}`;
      const payload = '{"n": 9007199254740993}';
      const args = [endpoint, key, "X", payload, "2026-03-02T14:05:31.482113Z", null, null] as const;
      const stored = await call("integrations.receive_webhook", [...args]);
      expect(stored).toMatchObject({ event_id: expect.any(Number), outcome: "ignored" });
      expect(await call("integrations.receive_webhook", [...args])).toMatchObject({ outcome: "duplicate" });
      const raw = new Uint8Array([0, 255, 39, 92]);
      expect(await call("integrations.receive_webhook", [endpoint, key, "X", null, null, `reason ${prepare}`, raw]))
        .toMatchObject({ outcome: "rejected" });

      const sql = database.sql();
      const [event] = await sql`
        select payload::text, to_char(occurred_at at time zone 'utc', 'HH24:MI:SS.US') as occurred
        from integrations.webhook_events where delivery_key = ${key}`;
      expect(event).toEqual({ payload, occurred: "14:05:31.482113" });
      const [dead] = await sql`
        select raw_body, status from integrations.webhook_events where last_error = ${`reason ${prepare}`}`;
      expect(dead).toEqual({ raw_body: Buffer.from(raw), status: "dead" });
    });
    await withPool(database.url("api_gateway"), { prepare }, async ({ call }) => {
      const answer = await call("integrations.schema_version", []);
      expect(answer).toMatchObject({ schema_version: expect.stringMatching(/^\d{14}$/) });
    });
  });

  it("run many at once", async () => {
    await withPool(database.url("webhook_receiver"), { prepare }, async (pool) => {
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(store(pool))));
      expect(new Set(outcomes)).toEqual(new Set(["ok"]));
    });
  });
});

describe("a database that is away", () => {
  it("fails calls at once when it refuses connections", async () => {
    // Nobody is given port 1 to listen on.
    await withPool("postgres://x:x@127.0.0.1:1/x", {}, async (pool) => {
      for (let i = 0; i < 5; i++) expect(await outcome(store(pool))).toBe("ECONNREFUSED");
    });
  });

  it("fails them at the deadline when it is silent, and those that cannot even wait at once", async () => {
    await using proxy = startProxy(database.url("webhook_receiver"));
    await withPool(proxy.url, { size: 1, mostWaiting: 2 }, async (pool) => {
      await store(pool);
      proxy.silent = true;
      stopTime();
      const heard: string[] = [];
      const calls = Array.from({ length: 5 }, () => outcome(store(pool)).then((code) => heard.push(code)));
      await calls[4];
      await vi.advanceTimersByTimeAsync(options.deadline - 1);
      expect(heard).toEqual(["53300"]);
      await vi.advanceTimersByTimeAsync(1);
      expect(heard).toEqual(["53300", ...Array(4).fill("DEADLINE")]);
    });
  });

  it("is used again when it is back, although the connections of before never answer", async () => {
    await using proxy = startProxy(database.url("webhook_receiver"));
    await withPool(proxy.url, {}, async (pool) => {
      await Promise.all(Array.from({ length: 20 }, () => store(pool)));
      proxy.silent = true;
      stopTime();
      const unanswered = Array.from({ length: 8 }, () => outcome(store(pool)));
      // Another deadline on, a connection is given up.
      await vi.advanceTimersByTimeAsync(2 * options.deadline);
      expect(await Promise.all(unanswered)).toEqual(Array(8).fill("DEADLINE"));
      vi.useRealTimers();
      proxy.abandon();
      expect(await Promise.all(Array.from({ length: 20 }, () => outcome(store(pool))))).toEqual(Array(20).fill("ok"));
    });
  });

  it("gives up a statement that waits for a lock, and the connection serves on", async () => {
    await using proxy = startProxy(database.url("webhook_receiver"));
    await withPool(proxy.url, { size: 1, deadline: 500 }, async (pool) => {
      // Until it is connected, in as many attempts as a slow machine takes.
      while (await outcome(store(pool)) !== "ok");
      await database.sql().begin(async (sql) => {
        await sql`lock table integrations.webhook_events`;
        stopTime();
        expect(await outcome(store(pool))).toBe("57014");
      });
      // The server gives up before the deadline, which does not pass here.
      expect(proxy.greeting).toContain("\0statement_timeout\x00400\0");
      expect(await outcome(store(pool))).toBe("ok");
    });
  });

  it("does not show when it only cut the connections", async () => {
    await withPool(database.url("webhook_receiver"), {}, async (pool) => {
      await Promise.all(Array.from({ length: 20 }, () => store(pool)));
      await database.sql("supabase_admin")`
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'webhook_receiver' and datname = current_database()`;
      expect(await Promise.all(Array.from({ length: 20 }, () => outcome(store(pool))))).toEqual(Array(20).fill("ok"));
    });
  });
});

describe("an answer that is another call's", () => {
  it("is never taken for one's own", async () => {
    await using proxy = startProxy(database.url("webhook_receiver"));
    await withPool(proxy.url, { size: 1 }, async (pool) => {
      await store(pool);
      proxy.repeat = true;
      const calls = await Promise.all([1, 2].map(() => store(pool) as Promise<{ event_id: number }>));
      expect(proxy.repeat).toBe(false);
      expect(calls[0]!.event_id).not.toBe(calls[1]!.event_id);
      const stored = await database.sql()`
        select id from integrations.webhook_events where delivery_key = ${`pool-${serial}`}`;
      expect(calls[1]!.event_id).toBe(Number(stored[0]!.id));
    });
  });
});

interface Proxy extends AsyncDisposable {
  url: string;
  /** While true, what the server says is not passed on. */
  silent: boolean;
  /** Set to true: the server's next answer is passed on twice, as if it were that of the next call too. */
  repeat: boolean;
  /** What the first client said first: who it is, and its settings. */
  greeting: string;
  /** Leaves the connections there are without another word, and serves new ones again. */
  abandon(): void;
}

/** A TCP proxy before the server of a database URL, to make it fall silent. */
function startProxy(target: string): Proxy {
  const { hostname, port } = new URL(target);
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = new URL(target);
  url.port = `${(listener.addr as Deno.NetAddr).port}`;
  let gate = { silent: false, repeat: false, greeting: "" };
  const connections: Deno.Conn[] = [];

  async function pass(from: Deno.Conn, to: Deno.Conn, its: typeof gate, isAnswer: boolean): Promise<void> {
    const bytes = new Uint8Array(65_536);
    for (let read = await from.read(bytes); read !== null; read = await from.read(bytes)) {
      if (its.silent) continue;
      if (!isAnswer) its.greeting ||= new TextDecoder().decode(bytes.subarray(0, read));
      const answers = bytes.slice(0, read);
      if (isAnswer && its.repeat) {
        its.repeat = false;
        const first = firstAnswer(answers);
        await to.write(first);
        await to.write(first);
        await to.write(answers.slice(first.length));
      } else await to.write(answers);
    }
    to.close();
  }

  (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname, port: Number(port) });
      connections.push(client, server);
      for (const way of [pass(client, server, gate, false), pass(server, client, gate, true)]) way.catch(() => {});
    }
  })();

  return {
    url: url.href,
    get silent() {
      return gate.silent;
    },
    set silent(silent) {
      gate.silent = silent;
    },
    get repeat() {
      return gate.repeat;
    },
    set repeat(repeat) {
      gate.repeat = repeat;
    },
    get greeting() {
      return gate.greeting;
    },
    abandon: () => void (gate = { silent: false, repeat: false, greeting: "" }),
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // Already gone.
        }
      }
      await Promise.resolve();
    },
  };
}

/** The server's messages up to the first ReadyForQuery. */
function firstAnswer(messages: Uint8Array): Uint8Array {
  const view = new DataView(messages.buffer, messages.byteOffset);
  for (let at = 0; at < messages.length;) {
    const type = messages[at];
    at += 1 + view.getInt32(at + 1);
    if (type === "Z".charCodeAt(0)) return messages.slice(0, at);
  }
  throw new Error("no whole answer in one piece");
}
