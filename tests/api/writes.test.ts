// Idempotency, optimistic concurrency, rates and failures, over real connections.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSessions } from "../../supabase/functions/api/core/sessions.ts";
import { createApp } from "../../supabase/functions/api/app.ts";
import { moveClock, stopClock } from "../jobs/support.ts";
import { untilWaiting } from "../races/sessions.ts";
import { createWorld, people, tokenOf, type World } from "./support.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.drop());

const deal = { client: "Acme", name: "Deal" };
const count = async (name: string) =>
  (await world.sql`select count(*)::integer as n from public.crm_deals where name = ${name}`)[0]!.n;

describe("Idempotency-Key", () => {
  const create = (key: string, body: Record<string, unknown>, who: "member" | "manager" = "member") =>
    world.ask(who, "POST", "/crm/deals", { body, headers: { "idempotency-key": key } });

  test("does a request once and answers the same again", async () => {
    const body = { ...deal, name: "once" };
    const [first, second] = [await create("once", body), await create("once", body)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect([first, second].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(second.headers.get("etag")).toBe(first.headers.get("etag"));
    expect(await count("once")).toBe(1);
  });

  test("is the caller's own, and of one request", async () => {
    await create("own", { ...deal, name: "own" });
    expect((await create("own", { ...deal, name: "own" }, "manager")).headers.has("idempotency-replayed")).toBe(false);
    const other = await create("own", { ...deal, name: "other" });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await count("other")).toBe(0);
  });

  test("stays free when the request was refused", async () => {
    expect((await create("refused", { ...deal, client: "Birch", name: "refused" })).status).toBe(403);
    expect((await create("refused", { ...deal, name: "refused" })).status).toBe(201);
  });

  test("holds under twenty requests at once", async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => create("race", { ...deal, name: "race" })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect(replies.filter(({ headers }) => !headers.has("idempotency-replayed"))).toHaveLength(1);
    expect(await count("race")).toBe(1);
  });

  test("waits for one that is running, and goes on when that one fails", async () => {
    // Another request of this caller under this key, in the middle of its transaction.
    const running = await world.sql.reserve();
    await running`begin`;
    await running`
      select * from integrations.claim_api_request(${`user:${people.member.id}`}, 'wait', sha256('other'::bytea))`;
    const waiting = create("wait", { ...deal, name: "wait" });
    await untilWaiting(world.sql, 1);
    await running`rollback`;
    running.release();
    expect((await waiting).status).toBe(201);
    expect(await count("wait")).toBe(1);
  });

  test("answers 409 when the one that is running takes too long", async () => {
    const running = await world.sql.reserve();
    await running`begin`;
    await running`
      select * from integrations.claim_api_request(${`user:${people.member.id}`}, 'slow', sha256('other'::bytea))`;
    const reply = await create("slow", { ...deal, name: "slow" });
    await running`rollback`;
    running.release();
    expect([reply.status, reply.body.code, reply.headers.get("retry-after")]).toEqual([
      409,
      "request_in_progress",
      "1",
    ]);
    expect(await count("slow")).toBe(0);
  });

  test("never keeps a secret: the second answer says that it was shown", async () => {
    const ask = () =>
      world.ask("member", "POST", "/api-keys", {
        body: { name: "mine", scopes: ["crm:read"] },
        headers: { "idempotency-key": "key" },
      });
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.status, second.body.code]).toEqual([201, 409, "already_done"]);
    const kept = await world.sql`select * from private.api_idempotency`;
    expect(JSON.stringify(kept)).not.toContain(first.body.key);
    expect((await world.ask({ key: first.body.key }, "GET", "/crm/deals")).status).toBe(200);
    expect((await world.ask({ key: first.body.key }, "POST", "/crm/deals", { body: deal })).status).toBe(403);
    await world.ask("member", "DELETE", `/api-keys/${first.body.id}`);
    expect((await world.ask({ key: first.body.key }, "GET", "/crm/deals")).status).toBe(401);
  });

  test("a deletion is answered again as well", async () => {
    const made = await world.ask("member", "POST", "/crm/deals", { body: deal });
    const remove = () =>
      world.ask("member", "DELETE", `/crm/deals/${made.body.id}`, { headers: { "idempotency-key": "gone" } });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect((await world.ask("member", "DELETE", `/crm/deals/${made.body.id}`)).status).toBe(404);
  });
});

describe("If-Match", () => {
  test("refuses to overwrite what somebody changed since", async () => {
    const made = await world.ask("member", "POST", "/crm/deals", { body: deal });
    const path = `/crm/deals/${made.body.id}`;
    const tag = made.headers.get("etag")!;
    expect((await world.ask("member", "GET", path)).headers.get("etag")).toBe(tag);
    const change = (amount: number, match: string) =>
      world.ask("member", "PATCH", path, { body: { amount }, headers: { "if-match": match } });
    const first = await change(1, tag);
    expect(first.status).toBe(200);
    const late = await change(2, tag);
    expect([late.status, late.body.code, late.headers.get("etag")]).toEqual([
      412,
      "changed_since",
      first.headers.get("etag"),
    ]);
    expect((await world.ask("member", "DELETE", path, { headers: { "if-match": tag } })).status).toBe(412);
    expect((await change(3, `"x", ${first.headers.get("etag")}`)).status).toBe(200);
    expect((await change(4, "*")).body.amount).toBe(4);
  });

  test("knows a tag that a proxy has marked as weak", async () => {
    const made = await world.ask("member", "POST", "/crm/deals", { body: deal });
    const path = `/crm/deals/${made.body.id}`;
    const weak = `W/${made.headers.get("etag")}`;
    expect((await world.ask("member", "GET", path, { headers: { "if-none-match": weak } })).status).toBe(304);
    const change = () => world.ask("member", "PATCH", path, { body: { amount: 7 }, headers: { "if-match": weak } });
    expect((await change()).status).toBe(200);
    expect((await change()).status).toBe(412);
  });

  test("lets one of many win", async () => {
    const made = await world.ask("member", "POST", "/crm/deals", { body: deal });
    const headers = { "if-match": made.headers.get("etag")! };
    const replies = await Promise.all(
      Array.from(
        { length: 12 },
        (_, amount) =>
          world.ask("member", "PATCH", `/crm/deals/${made.body.id}`, { body: { amount: amount + 1 }, headers }),
      ),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, ...Array(11).fill(412)]);
  });

  test("a row that is unknown stays unknown", async () => {
    const headers = { "if-match": '"x"' };
    const reply = await world.ask("member", "PATCH", `/crm/deals/${crypto.randomUUID()}`, {
      body: { amount: 1 },
      headers,
    });
    expect(reply.status).toBe(404);
  });

  test("what is read again is not sent again", async () => {
    const made = await world.ask("member", "POST", "/crm/deals", { body: deal });
    const headers = { "if-none-match": made.headers.get("etag")! };
    const reply = await world.ask("member", "GET", `/crm/deals/${made.body.id}`, { headers });
    expect([reply.status, reply.body]).toEqual([304, ""]);
  });
});

describe("the rate of a key", () => {
  // Nothing is refilled meanwhile.
  beforeAll(() => stopClock(world.sql, new Date()));
  afterAll(() => moveClock(world.sql, 0));

  test("is kept, and a caller is told when to come back", async () => {
    const { key } = await world.keyOf("member", ["crm:read"], { rate: 5 });
    const replies = [];
    for (let i = 0; i < 6; i++) replies.push(await world.ask({ key }, "GET", "/crm/deals"));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(replies[0]!.headers.get("ratelimit-policy")).toBe('"minute";q=5;w=60');
    expect(replies[3]!.headers.get("ratelimit")).toMatch(/^"minute";r=1;t=\d+$/);
    const { headers, body } = replies[5]!;
    expect(body.code).toBe("rate_limited");
    expect(headers.get("retry-after")).toBe("12");
    // Another caller is not concerned.
    expect((await world.ask("member", "GET", "/crm/deals")).status).toBe(200);
  });

  test("lets nobody through more often who asks at once", async () => {
    const { key } = await world.keyOf("member", ["crm:read"], { rate: 8 });
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => world.ask({ key }, "GET", "/crm/deals?limit=1")),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(8);
  });
});

describe("a key", () => {
  test("for one client sees that client only, whoever's it is", async () => {
    const { key } = await world.keyOf("admin", ["admin"], { client: "Acme" });
    await world.ask("stranger", "POST", "/crm/deals", { body: { client: "Birch", name: "Theirs" } });
    const own = await world.ask({ key }, "POST", "/crm/deals", { body: { ...deal, name: "Own" } });
    expect(own.status).toBe(201);
    const { body } = await world.ask({ key }, "GET", "/crm/deals?limit=200");
    expect(new Set(body.data.map(({ client }: { client: string }) => client))).toEqual(new Set(["Acme"]));
    for (const path of ["/tenants", "/members", "/companies", "/jobs", "/audit-log", "/webhook-events"]) {
      expect([path, (await world.ask({ key }, "GET", path)).status]).toEqual([path, 403]);
    }
    const wider = { name: "wider", scopes: ["admin"] };
    expect((await world.ask({ key }, "POST", "/api-keys", { body: wider })).status).toBe(403);
    const body2 = { client: "Birch", name: "No" };
    expect((await world.ask({ key }, "POST", "/crm/deals", { body: body2 })).status).toBe(403);
  });

  test("may read what it may write, and nothing else", async () => {
    const { key } = await world.keyOf("member", ["crm:write"]);
    expect((await world.ask({ key }, "GET", "/crm/deals")).status).toBe(200);
    expect((await world.ask({ key }, "GET", "/leads")).status).toBe(403);
    const header = await world.ask(null, "GET", "/crm/deals", { headers: { "x-api-key": key } });
    expect(header.status).toBe(200);
  });

  test("writes the audit log as itself", async () => {
    const { key, id } = await world.keyOf("admin", ["admin"]);
    await world.ask({ key }, "POST", "/members", {
      body: { user_id: people.nobody.id, client: "Acme", role: "viewer" },
    });
    const [entry] = await world.sql`select actor from integrations.audit_log order by id desc limit 1`;
    expect(entry!.actor).toBe(`key:${id}`);
    await world.sql`delete from integrations.memberships where user_id = ${people.nobody.id}`;
  });
});

describe("tokens", () => {
  const answerTo = async (token: string) => (await world.ask({ key: token }, "GET", "/clients")).status;

  test.each([
    ["of another role", { role: "service_role" }],
    ["of anon", { role: "anon" }],
    ["without a user", { sub: undefined }],
    ["of a user that is no uuid", { sub: "1; drop" }],
  ])("are refused %s", async (_, claims) => {
    expect(await answerTo(await tokenOf({ sub: people.admin.id, ...claims }))).toBe(401);
  });

  test("are refused unsigned, and with claims that were changed", async () => {
    const encode = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, "");
    const body = { sub: people.admin.id, role: "authenticated", aud: "authenticated", exp: 4e9 };
    expect(await answerTo(`${encode({ alg: "none" })}.${encode(body)}.`)).toBe(401);
    const [head, , signature] = (await tokenOf({ sub: people.member.id })).split(".");
    expect(await answerTo(`${head}.${encode(body)}.${signature}`)).toBe(401);
  });
});

describe("the database", () => {
  test("away: 503 at once", async () => {
    const sessions = createSessions("postgres://nobody:x@127.0.0.1:1/none", {
      size: 2,
      // Who waited for it would not be done in the time of the test.
      deadline: 3_600_000,
      mostWaiting: 5,
    });
    const app = createApp({ ...world.deps, sessions });
    const headers = { authorization: `Bearer ${await tokenOf({ sub: people.admin.id })}` };
    const response = await app.fetch(new Request("http://localhost/api/v1/clients", { headers }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await response.json()).code).toBe("unavailable");
  });

  test("connections that were cut are not noticed by callers", async () => {
    await Promise.all(Array.from({ length: 6 }, () => world.ask("admin", "GET", "/clients")));
    const admin = world.database.sql("supabase_admin");
    const cut = await admin`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'millrace-api' and datname = current_database()`;
    expect(cut.length).toBeGreaterThan(0);
    const replies = await Promise.all(Array.from({ length: 12 }, () => world.ask("admin", "GET", "/clients")));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("leaves nothing of one caller to the next on the same connection", async () => {
    const one = createSessions(world.database.url("api_gateway"), { size: 1, deadline: 60_000, mostWaiting: 5 });
    const app = createApp({ ...world.deps, sessions: one });
    const names = async (person: "admin" | "member" | "nobody") => {
      const headers = { authorization: `Bearer ${await tokenOf({ sub: people[person].id })}` };
      const response = await app.fetch(new Request("http://localhost/api/v1/clients", { headers }));
      return (await response.json()).data.map(({ name }: { name: string }) => name);
    };
    for (let i = 0; i < 3; i++) {
      expect(await names("admin")).toEqual(["Acme", "Birch"]);
      expect(await names("member")).toEqual(["Acme"]);
      expect(await names("nobody")).toEqual([]);
    }
    const [left] = await one.once(
      "select current_user::text as user, current_setting('millrace.actor', true) as actor",
    );
    expect(left).toEqual({ user: "api_gateway", actor: "" });
    await one.end();
  });

  test("too many at once: some wait, the rest hear 503 at once", async () => {
    const small = createSessions(world.database.url("api_gateway"), { size: 1, deadline: 60_000, mostWaiting: 2 });
    const replies = await Promise.allSettled(
      Array.from({ length: 6 }, () => small.transaction(({ query }) => query("select pg_sleep(0.05)"))),
    );
    expect(replies.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    await small.end();
  });

  test("writers that collide both get through", async () => {
    const made = await Promise.all([1, 2].map(() => world.ask("member", "POST", "/crm/deals", { body: deal })));
    const [a, b] = made.map(({ body }) => body.id as string);
    let tries = 0;
    let holding = 0;
    const bothHold = Promise.withResolvers<void>();
    const touch = (first: string, second: string) =>
      world.deps.sessions.transaction(async (transaction) => {
        tries++;
        await transaction.become({ claims: { sub: people.member.id, role: "authenticated" }, actor: "user:test" });
        const raise = "update public.crm_deals set index = index + 1 where id = $1::text::uuid";
        // They wait for each other until Postgres sees it.
        await transaction.query("select set_config('lock_timeout', '0', true)");
        await transaction.query(raise, [first]);
        if (++holding === 2) bothHold.resolve();
        await bothHold.promise;
        await transaction.query(raise, [second]);
      });
    await Promise.all([touch(a!, b!), touch(b!, a!)]);
    expect(tries).toBeGreaterThan(2);
    const rows = await world.sql`select index from public.crm_deals where id = any(${[a!, b!]}::uuid[])`;
    expect(rows.map(({ index }) => index)).toEqual([2, 2]);
  });
});

test("nothing personal or secret is logged", async () => {
  await world.ask("member", "POST", "/crm/contacts", {
    body: { client: "Birch", email: "secret.person@example.test" },
  });
  expect(world.lines.join("\n")).not.toMatch(/@|Bearer|eyJ|mr_/);
  expect(world.lines.length).toBeGreaterThan(0);
});
