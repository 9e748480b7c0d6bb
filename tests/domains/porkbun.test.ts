// The client of Porkbun's API against its faults.

import { afterEach, beforeEach, expect, test } from "vitest";
import { createPorkbunSimulator, type PorkbunSimulator } from "../../simulators/porkbun/mod.ts";
import { GiveUp, RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { NeedsPerson, Refused } from "../../supabase/functions/_shared/providers/call.ts";
import { createPorkbun } from "../../supabase/functions/_shared/providers/porkbun.ts";

let porkbun: PorkbunSimulator;
let server: Deno.HttpServer<Deno.NetAddr>;

beforeEach(() => {
  porkbun = createPorkbunSimulator({ secondsBetweenChecks: 0, secondsBetweenOrders: 0 });
  server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, porkbun.app.fetch);
  Deno.env.set("PROVIDER_URLS", JSON.stringify({ porkbun: `http://127.0.0.1:${server.addr.port}/api/json/v3` }));
});
afterEach(async () => {
  Deno.env.delete("PROVIDER_URLS");
  await server.shutdown();
});

const client = (apiKey = "pk1_demo") => createPorkbun({ apiKey, apiSecret: "sk1_demo" });

async function failure(answer: () => Response): Promise<Error> {
  porkbun.faults.add({ path: "/domain/checkDomain", answer });
  const error = await client().check("acme.co").then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error.message).not.toMatch(/[ps]k1_/);
  return error;
}

const said = (body: object, status = 200, headers = {}) => () => Response.json(body, { status, headers });
const limit = { status: "ERROR", code: "RATE_LIMIT_EXCEEDED", message: "Slow down." };

test("texts, flags and prices are understood", async () => {
  porkbun.account.prices.co!.registration = "1,234.50";
  expect(await client().check("acme.co")).toEqual({
    isAvailable: true,
    isPremium: false,
    price: "1234.50",
    renewalPrice: "28.12",
  });
  porkbun.account.add("acme.co", { expires: new Date("2030-05-06T07:08:09Z") }).autoRenew = true;
  expect(await client().list(0)).toMatchObject([{ domain: "acme.co", expires_on: "2030-05-06", auto_renew: true }]);
  const id = await client().createRecord("acme.co", { name: "", type: "MX", content: "mx.test", ttl: 600, prio: 10 });
  expect((await client().records("acme.co")).find((one) => one.id === id)).toEqual({
    id,
    name: "acme.co",
    type: "MX",
    content: "mx.test",
    prio: 10,
  });
});

test.each(
  [
    ["under 429, with ttlRemaining", said({ ...limit, ttlRemaining: 7 }, 429), 7],
    ["under 400", said({ ...limit, ttlRemaining: "9" }, 400), 9],
    ["under 200", said({ ...limit, ttlRemaining: 4 }), 4],
    ["with a header only", said(limit, 429, { "x-ratelimit-reset": "17" }), 17],
    ["with retry-after", said(limit, 429, { "retry-after": "21" }), 21],
    ["under 200, without a word", said(limit), 10],
    ["without a word", () => new Response("Too Many Requests", { status: 429 }), 60],
    ["as 503", () => new Response("", { status: 503 }), 60],
  ] as const,
)("a limit %s is waited out", async (_, answer, seconds) => {
  const error = await failure(answer);
  expect(error).toBeInstanceOf(RetryLater);
  expect((error as RetryLater).seconds).toBe(seconds);
});

test.each([
  [
    "a wrong key",
    said({ status: "ERROR", code: "INVALID_API_KEYS_001", message: "Invalid." }, 400),
    "Renew the API key",
  ],
  ["a wrong key under 200", said({ status: "ERROR", code: "INVALID_API_KEYS_001" }), "Renew the API key"],
  ["401", () => new Response("", { status: 401 }), "Look at the API access"],
  ["403", said({ status: "ERROR", message: "2FA is required." }, 403), "2FA is required. Look at"],
  ["no credit", said({ status: "ERROR", code: "INSUFFICIENT_FUNDS" }, 400), "Top up the account at Porkbun"],
])("%s names what a person must do", async (_, answer, words) => {
  const error = await failure(answer);
  expect(error).toBeInstanceOf(NeedsPerson);
  expect(error.message.replace("..", ".")).toContain(words);
});

test("a refusal keeps its code, also under HTTP 200", async () => {
  for (const status of [200, 400, 404]) {
    const error = await failure(said({ status: "ERROR", code: "INVALID_DOMAIN", message: "Invalid domain." }, status));
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ status, code: "INVALID_DOMAIN" });
  }
});

test.each([
  ["500", () => new Response("oops", { status: 500 })],
  ["500 in its own form", said({ status: "ERROR", message: "Internal." }, 500)],
  ["HTML under 200", () => new Response("<html>")],
  ["another shape", said({ status: "SUCCESS", response: {} })],
  ["a redirect", () => new Response("", { status: 302, headers: { location: "http://127.0.0.1:1/" } })],
  ["HTML under 404", () => new Response("<html>", { status: 404 })],
  ["408", () => new Response("", { status: 408 })],
])("%s is tried again with back-off", async (_, answer) => {
  const error = await failure(answer);
  expect(error).not.toBeInstanceOf(GiveUp);
  expect(error).not.toBeInstanceOf(RetryLater);
});

test("who never answers, or is not there, is tried again; who stops the call gets its own reason", async () => {
  const hanging = Promise.withResolvers<Response>();
  porkbun.faults.add({ path: "/domain/checkDomain", answer: () => hanging.promise });
  const impatient = createPorkbun({ apiKey: "pk1_demo", apiSecret: "sk1_demo" }, undefined, 50);
  const late = await impatient.check("acme.co").catch((error) => error);
  expect(late.message).toContain("did not answer within 0.05 s");
  expect(late).not.toBeInstanceOf(GiveUp);
  const stopping = new AbortController();
  porkbun.faults.add({ path: "/domain/checkDomain", answer: () => hanging.promise });
  const calling = createPorkbun({ apiKey: "pk1_demo", apiSecret: "sk1_demo" }, stopping.signal).check("acme.co");
  stopping.abort(new Error("the lease is lost"));
  await expect(calling).rejects.toThrow("the lease is lost");
  hanging.resolve(new Response());
  Deno.env.set("PROVIDER_URLS", '{"porkbun": "http://127.0.0.1:1"}');
  await expect(client().check("acme.co")).rejects.toThrow("is not reached");
});

test("an order is made once under one key, and what it cost is told", async () => {
  const order = () => client().order("acme.co", 1182, "key-1");
  const first = await order();
  expect(first).toMatchObject({ cents: 1182, number: expect.any(String), expiresOn: expect.stringMatching(/^\d{4}-/) });
  expect(await order()).toEqual(first);
  expect(porkbun.account.charges).toHaveLength(1);
  await expect(client().order("acme.co", 1182, "key-2")).rejects.toThrow("DOMAIN_NOT_AVAILABLE");
  await expect(client().order("other.co", 1181, "key-3")).rejects.toThrow("INVALID_COST");
  await expect(client("pk1_x").order("other.co", 1182, "key-4")).rejects.toThrow("Renew the API key");
  expect(porkbun.account.charges).toHaveLength(1);
});

test("whether a domain is ours, the listing says when nobody else does", async () => {
  porkbun.account.add("ours.co");
  expect(await client().owns("ours.co")).toBe(true);
  expect(await client().owns("theirs.co")).toBe(false);
  porkbun.faults.add({ path: "/domain/getNs", answer: said({ status: "ERROR", code: "API_ACCESS_OFF" }, 400) });
  expect(await client().owns("ours.co")).toBe(true);
  porkbun.faults.add({ path: "/domain/getNs", answer: () => new Response("", { status: 500 }) });
  await expect(client().owns("ours.co")).rejects.toThrow("answered 500");
});
