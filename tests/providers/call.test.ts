import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { GiveUp, RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import {
  callProvider,
  NeedsPerson,
  type ProviderError,
  providerUrl,
  Refused,
} from "../../supabase/functions/_shared/providers/call.ts";

const morning = Date.parse("2026-03-02T09:30:00Z");
const Answer = z.object({ id: z.number() });
let server: Deno.HttpServer<Deno.NetAddr> | undefined;
const requests: { method: string; url: string; headers: Headers; body: string }[] = [];

function answer(make: () => Response | Promise<Response>): string {
  server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers, body: await request.text() });
    return await make();
  });
  return `http://127.0.0.1:${server.addr.port}/v1/thing?email=ada@stone.example`;
}

afterEach(async () => {
  vi.useRealTimers();
  requests.length = 0;
  await server?.shutdown();
  server = undefined;
});

const call = (url: string, more = {}) => callProvider({ provider: "Acme", url, schema: Answer, ...more });
const failure = async (url: string, more = {}) => {
  const error = await call(url, more).then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error.message).not.toContain("ada@stone.example");
  return error;
};

test("an answer of the right shape is returned, NUL characters left out", async () => {
  const url = answer(() => new Response('{"id": 7, "name": "a\\u0000b"}'));
  const schema = z.object({ id: z.number(), name: z.string() });
  expect(await callProvider({ provider: "Acme", url, schema })).toEqual({ id: 7, name: "ab" });
  expect(requests[0]!.method).toBe("GET");
});

test("a body is sent as JSON, a form as a form", async () => {
  const url = answer(() => Response.json({ id: 1 }));
  await call(url, { body: { a: 1 }, headers: { authorization: "Bearer x" } });
  await call(url, { form: { grant_type: "refresh" } });
  await call(url, { method: "PATCH", body: {} });
  expect(requests.map(({ method, body }) => [method, body])).toEqual([
    ["POST", '{"a":1}'],
    ["POST", "grant_type=refresh"],
    ["PATCH", "{}"],
  ]);
  expect(requests[0]!.headers.get("authorization")).toBe("Bearer x");
  expect(requests[1]!.headers.get("content-type")).toContain("application/x-www-form-urlencoded");
});

test.each([
  ["seconds", { "retry-after": "17" }, 17],
  ["a date", { "retry-after": new Date(morning + 90_000).toUTCString() }, 90],
  ["seconds until the reset", { "x-ratelimit-reset": "30" }, 30],
  ["the moment of the reset", { "ratelimit-reset": `${morning / 1_000 + 40}` }, 40],
  ["nothing", {}, 60],
])("429 that names %s is waited out", async (_, headers, seconds) => {
  vi.useFakeTimers({ toFake: ["Date"], now: morning });
  const error = await failure(answer(() => new Response("", { status: 429, headers: headers as HeadersInit })));
  expect(error).toBeInstanceOf(RetryLater);
  expect(error.seconds).toBe(seconds);
});

test.each([
  [401, /Renew the credentials of Acme/],
  [402, /Top up the account at Acme/],
  [403, /the right they lack/],
])("%i names what a person must do", async (status, what) => {
  const error = await failure(answer(() => Response.json({ message: "Unauthenticated." }, { status })));
  expect(error).toBeInstanceOf(NeedsPerson);
  expect(error.message).toMatch(what);
  expect(error.message).toContain("Unauthenticated.");
});

test("404 and 422 are given up with the provider's reason", async () => {
  const error = await failure(answer(() => Response.json({ message: "No such thing." }, { status: 422 })));
  expect(error).toBeInstanceOf(Refused);
  expect(error.status).toBe(422);
  expect(error.message).toContain("No such thing.");
});

test("a soft error of status 200 is given up", async () => {
  const url = answer(() => Response.json({ data: { success: "false", message: "Not yours" } }));
  const softError = (json: unknown) => (json as { data: { message?: string } }).data.message;
  const error = await failure(url, { softError });
  expect(error).toBeInstanceOf(Refused);
  expect(error.message).toContain("Not yours");
});

test("a provider's own error decides before its status, and is told with its code", async () => {
  const errorIn = (json: unknown) => (json as { error?: ProviderError } | undefined)?.error;
  const told = async (error: object, status = 200) =>
    await failure(answer(() => Response.json({ id: 1, error }, { status })), { errorIn });
  const refused = await told({ code: "TAKEN", message: "It is taken." }, 409);
  expect(refused).toBeInstanceOf(Refused);
  expect(refused).toMatchObject({
    status: 409,
    code: "TAKEN",
    message: "Acme /v1/thing answered 409: TAKEN: It is taken.",
  });
  await server!.shutdown();
  expect(await told({ code: "TAKEN", message: "It is taken." })).toMatchObject({ status: 200, code: "TAKEN" });
  await server!.shutdown();
  const unpaid = await told({ code: "NO_CREDIT", message: "Too little.", remedy: "Top up." }, 400);
  expect(unpaid).toBeInstanceOf(NeedsPerson);
  expect(unpaid).toMatchObject({ code: "NO_CREDIT", message: expect.stringMatching(/Too little. Top up.$/) });
  await server!.shutdown();
  expect(await told({ message: "Slow down.", waitSeconds: 7 })).toMatchObject({ seconds: 7 });
  await server!.shutdown();
  expect((await told({ message: "Busy.", mayPass: true }, 404)).constructor).toBe(Error);
});

test.each([
  ["500", () => new Response("oops", { status: 500 }), /answered 500/],
  ["408", () => new Response("", { status: 408 }), /answered 408/],
  ["a redirect", () => new Response("", { status: 302, headers: { location: "http://10.0.0.1/" } }), /answered 302/],
  ["HTML", () => new Response("<html>"), /no JSON/],
  ["another shape", () => Response.json({ id: "seven" }), /another shape/],
])("%s is tried again with back-off", async (_, make, message) => {
  const error = await failure(answer(make));
  expect(error).not.toBeInstanceOf(GiveUp);
  expect(error).not.toBeInstanceOf(RetryLater);
  expect(error.message).toMatch(message);
});

test("503 is waited out", async () => {
  expect(await failure(answer(() => new Response("", { status: 503 })))).toBeInstanceOf(RetryLater);
});

test("who never answers, breaks off or is not there is tried again", async () => {
  const hanging = Promise.withResolvers<Response>();
  const silent = await failure(answer(() => hanging.promise), { timeoutMs: 50 });
  expect(silent.message).toContain("did not answer within 0.05 s");
  hanging.resolve(new Response());
  await server!.shutdown();

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const breaking = failure(`http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/v1`);
  const connection = await listener.accept();
  // What is left unread at the end would be answered with a reset, which overtakes the answer.
  await connection.read(new Uint8Array(4_096));
  await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
  connection.close();
  listener.close();
  expect((await breaking).message).toContain("broke off");
  expect((await failure("http://127.0.0.1:1/v1")).message).toContain("is not reached");
});

test("who stops the call gets its own reason", async () => {
  const hanging = Promise.withResolvers<Response>();
  const stopping = new AbortController();
  const calling = call(answer(() => hanging.promise), { signal: stopping.signal });
  stopping.abort(new Error("the lease is lost"));
  await expect(calling).rejects.toThrow("the lease is lost");
  hanging.resolve(new Response());
});

test("PROVIDER_URLS replaces a base URL", () => {
  const before = Deno.env.get("PROVIDER_URLS");
  try {
    Deno.env.set("PROVIDER_URLS", '{"acme": "http://127.0.0.1:9/"}');
    expect(providerUrl("acme", "https://api.acme.test/v1")).toBe("http://127.0.0.1:9");
    expect(providerUrl("other", "https://api.other.test/v1/")).toBe("https://api.other.test/v1");
  } finally {
    if (before === undefined) Deno.env.delete("PROVIDER_URLS");
    else Deno.env.set("PROVIDER_URLS", before);
  }
});
