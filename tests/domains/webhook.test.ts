// Porkbun's webhooks from its account to the tables: signed, once each, and none that is not theirs.

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createPorkbunSimulator, signedHeaders } from "../../simulators/porkbun/mod.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { isSignedByPorkbun } from "../../supabase/functions/_shared/signatures/porkbun.ts";
import { createApp } from "../../supabase/functions/porkbun-webhook/app.ts";
import { createDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";
import { createWorld, secrets } from "./support.ts";

const secret = "a-webhook-secret";

async function createReceiver(now: () => number = Date.now) {
  const database = await createDatabase();
  const sql = database.sql();
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`
    insert into integrations.webhook_endpoints (provider, client, token_hash, require_signature, signing_secret)
    values ('porkbun', 'Acme', ${createHash("sha256").update("token").digest()}, true, ${await secrets.seal(secret)})`;
  const { call, end } = openPatientPool(database.url("webhook_receiver"));
  const app = createApp({ call, secrets, log: createLog("error", () => {}), now });
  const deliver = async (body: string, headers: Record<string, string>, token = "token") => {
    const request = new Request(`http://h/porkbun-webhook/${token}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
    const response = await app.fetch(request);
    return [response.status, (await response.json()).outcome];
  };
  const dispose = async () => {
    await end();
    await database.drop();
  };
  return { sql, app, deliver, [Symbol.asyncDispose]: dispose };
}

const body = JSON.stringify({
  event: "domain.renewed",
  id: "0199c1d2-7a10-7c3e-9f00-5d1b6a2e4c11",
  createdAt: "2026-03-02T09:30:00Z",
  data: { domain: "Try-Acme.CO", tld: "co", expireDate: "2027-03-01 18:45:12" },
});
const signed = (text = body, at = new Date(), key = secret) => signedHeaders("domain.renewed", "id", text, key, at);

test("a delivery is stored once, however often it is sent again", async () => {
  await using receiver = await createReceiver();
  expect(await receiver.deliver(body, signed())).toEqual([200, "processed"]);
  expect(await receiver.deliver(body, signed())).toEqual([200, "duplicate"]);
  expect(await receiver.sql`select domain_name, expiration_date::text from public.domains`).toEqual([
    { domain_name: "try-acme.co", expiration_date: "2027-03-01" },
  ]);
  const [event] = await receiver.sql`select event_type, occurred_at, duplicate_count from integrations.webhook_inbox`;
  expect(event).toEqual({
    event_type: "domain.renewed",
    occurred_at: new Date("2026-03-02T09:30:00Z"),
    duplicate_count: 1,
  });
});

test("what is not signed by Porkbun, or was too long ago, is refused and leaves nothing", async () => {
  const now = Date.parse("2026-03-02T09:30:00Z");
  await using receiver = await createReceiver(() => now);
  const ago = (seconds: number) => new Date(now - seconds * 1_000);
  const { "x-porkbun-webhook-timestamp": _, ...untimed } = signed(body, ago(0));
  for (
    const headers of [
      {},
      signed(body, ago(0), "other"),
      signed(`${body} `, ago(0)),
      signed(body, ago(301)),
      signed(body, ago(-301)),
      untimed,
    ]
  ) expect((await receiver.deliver(body, headers))[0]).toBe(401);
  expect((await receiver.deliver(body, signed(body, ago(0)), "another"))[0]).toBe(403);
  expect((await receiver.deliver("{", signed("{", ago(0))))[0]).toBe(400);
  expect(await receiver.sql`select status from integrations.webhook_events`).toEqual([{ status: "dead" }]);
  expect(await receiver.deliver(body, signed(body, ago(300)))).toEqual([200, "processed"]);
});

test.each([
  ["as documented", {}, true],
  ["in upper case", { "x-porkbun-signature": (hex: string) => `sha256=${hex.slice(7).toUpperCase()}` }, true],
  ["without its prefix", { "x-porkbun-signature": (hex: string) => hex.slice(7) }, false],
  ["cut", { "x-porkbun-signature": (hex: string) => hex.slice(0, -2) }, false],
  ["with a time that is none", { "x-porkbun-webhook-timestamp": () => "soon" }, false],
])("a signature %s", (_, changes: Record<string, (text: string) => string>, isGood) => {
  const headers = new Headers(signed());
  for (const [name, change] of Object.entries(changes)) headers.set(name, change(headers.get(name)!));
  expect(isSignedByPorkbun(headers, new TextEncoder().encode(body), [secret], Date.now())).toBe(isGood);
});

test("a signature that was computed elsewhere is right", () => {
  const headers = new Headers({
    "X-Porkbun-Webhook-Timestamp": "1772443805",
    "X-Porkbun-Signature": "sha256=ba81a2aa15ed1f33115f2b483c8effa5ca8049943da1749d3e980d4a8b72c0f0",
  });
  const bytes = new TextEncoder().encode(body);
  const keys = ["older", "elsewhere-secret"];
  expect(isSignedByPorkbun(headers, bytes, keys, 1_772_443_805_000)).toBe(true);
  expect(isSignedByPorkbun(headers, bytes, ["older"], 1_772_443_805_000)).toBe(false);
});

test("a webhook is made in the account, and made anew; what the first one still sends is taken for a week", async () => {
  await using world = await createWorld();
  Deno.env.set("FUNCTIONS_URL", "http://127.0.0.1:1/functions/v1");
  const connectWebhook = async () => {
    await world.sql`select public.connect_registrar_webhook(id) from public.domain_providers`;
    await world.work();
    return [...world.porkbun.webhooks.values()].at(-1)!;
  };
  const { call, end } = openPatientPool(world.database.url("webhook_receiver"));
  const app = createApp({ call, secrets, log: createLog("error", () => {}), now: Date.now });
  const deliver = async ({ url, secret }: { url: string; secret: string }, text: string) => {
    const path = new URL(url).pathname.replace("/functions/v1", "");
    const headers = signed(text, new Date(), secret);
    return (await app.fetch(
      new Request(`http://h${path}`, {
        method: "POST",
        body: text,
        headers: { "content-type": "application/json", ...headers },
      }),
    )).status;
  };
  const first = await connectWebhook();
  expect(await deliver(first, body)).toBe(200);
  const second = await connectWebhook();
  expect(world.porkbun.webhooks.size).toBe(1);
  expect(second.url).not.toBe(first.url);
  expect(await deliver(second, body.replace("4c11", "4c12"))).toBe(200);
  expect(await deliver(first, body.replace("4c11", "4c13"))).toBe(200);
  expect(await deliver({ ...second, secret: "another" }, body)).toBe(401);
  const rows = await world.sql`
    select t.is_agency, count(*)::int as events
    from integrations.webhook_events e join integrations.tenants t on t.business = e.client group by 1`;
  expect(rows).toEqual([{ is_agency: true, events: 3 }]);
  Deno.env.delete("FUNCTIONS_URL");
  await end();
});

test("everything that happens in an account arrives, with or without an answer in between", async () => {
  await using receiver = await createReceiver();
  const { promise, resolve } = Promise.withResolvers<number>();
  let refusals = 1;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => resolve(port) }, (request) => {
    return refusals-- > 0 ? new Response("", { status: 503 }) : receiver.app.fetch(request);
  });
  const url = `http://127.0.0.1:${await promise}/porkbun-webhook/token`;
  const porkbun = createPorkbunSimulator({
    webhook: { url, secret },
    delivery: { timeoutMs: 60_000, retryWaitsMs: [10, 10] },
  });
  const { account } = porkbun;
  account.buy("one.co", 1182);
  account.renew("one.co");
  account.tellExpiry("one.co", new Date("2030-01-02"));
  account.transferIn("two.co");
  const { id } = account.addRecord("one.co", { name: "a", type: "A", content: "192.0.2.1", ttl: 600, prio: null });
  account.editRecord("one.co", id, { name: "a", type: "A", content: "192.0.2.2", ttl: 600, prio: null });
  account.deleteRecord("one.co", id);
  account.test();
  for (const event of porkbun.deliverNew()) porkbun.deliver(event);
  await porkbun.idle();
  await server.shutdown();

  const rows = await receiver.sql`
    select event_type, status, duplicate_count from integrations.webhook_inbox order by event_type`;
  expect(rows.map(({ event_type, status }) => `${event_type} ${status}`)).toEqual([
    "dns.record.created ignored",
    "dns.record.deleted ignored",
    "dns.record.updated ignored",
    expect.stringMatching(/^domain.expiring (processed|ignored)$/),
    expect.stringMatching(/^domain.registered (processed|ignored)$/),
    expect.stringMatching(/^domain.renewed (processed|ignored)$/),
    "domain.transfer.completed processed",
    "webhook.test processed",
  ]);
  expect(rows.every(({ duplicate_count }) => duplicate_count === 1)).toBe(true);
  const [row] = await receiver.sql`select status from public.domains where domain_name = 'one.co'`;
  expect(row!.status).toBe("active");
  await porkbun.close();
});
