import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Customer, startCustomer } from "../../simulators/customer.ts";
import { secondsOf, send, signedHeaders } from "../../supabase/functions/_shared/outgoing.ts";

let customer: Customer;
beforeAll(() => {
  customer = startCustomer();
});
afterAll(() => customer.close());

const post = (path: string, options = {}, timeoutMs = 60_000) =>
  send({ url: customer.url + path, headers: { "x-own": "1" }, body: '{"a":1}', timeoutMs }, {
    allowPrivate: true,
    ...options,
  });

test("the signature is that of the documented example", () => {
  const headers = signedHeaders(
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    '{"test": 2432232314}',
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    1614265330_000,
  );
  expect(headers).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("every secret signs; without one there is no signature", () => {
  const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
  const headers = signedHeaders("1", "{}", secrets, Date.now());
  for (const secret of secrets) new Webhook(secret).verify("{}", headers);
  expect(signedHeaders("1", "{}", [], Date.now())).not.toHaveProperty("webhook-signature");
});

test.each([
  ["120", 120],
  [" 0 ", 0],
  ["Wed, 04 Mar 2026 12:00:30 GMT", 30],
  ["Wed, 04 Mar 2026 11:00:00 GMT", 0],
  ["soon", null],
  ["-5", 0],
  [undefined, null],
])("Retry-After %s is %s seconds", (header, seconds) => {
  expect(secondsOf(header, Date.parse("2026-03-04T12:00:00Z"))).toBe(seconds);
});

test("the answer brings status, body and how long it took", async () => {
  const answer = await post("/500");
  expect(answer).toMatchObject({ status: 500, body: '{"ok":false}', error: "It answered 500.", retryAfter: null });
  expect(answer.milliseconds).toBeGreaterThanOrEqual(0);
  expect(customer.received.at(-1)).toMatchObject({ path: "/500", body: '{"a":1}' });
  expect(customer.received.at(-1)!.headers["x-own"]).toBe("1");
});

test("of a large body only the start is read", async () => {
  const { status, body } = await post("/large");
  expect([status, body.length]).toEqual([200, 16_384]);
});

test("a receiver that says nothing is given up", async () => {
  expect(await post("/never", {}, 300)).toMatchObject({ status: null, error: "No answer within 0.3 s." });
});

test("a resolver that says nothing is given up, too", async () => {
  const url = "http://hooks.test/";
  const resolve = () => new Promise<string[]>(() => {});
  const answer = await send({ url, headers: {}, body: "", timeoutMs: 200 }, { resolve, allowPrivate: true });
  expect(answer).toMatchObject({ status: null, error: "No answer within 0.2 s." });
});

test("a receiver that starts to answer and then stalls has answered", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(1000));
      await connection.write(new TextEncoder().encode("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\npartly\0"));
    }
  })();
  const url = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/`;
  const answer = await send({ url, headers: {}, body: "", timeoutMs: 5_000 }, { allowPrivate: true });
  expect(answer).toMatchObject({ status: 202, body: "partly", error: null });
  listener.close();
  await serving.catch(() => {});
});

test("who is stopped meanwhile gets no answer, as nothing is known", async () => {
  const stop = new AbortController();
  const sending = post("/never", { signal: stop.signal });
  setTimeout(() => stop.abort(new Error("The worker stops.")), 100);
  await expect(sending).rejects.toThrow("The worker stops.");
});

test("who was stopped before sends nothing", async () => {
  const before = customer.received.length;
  const signal = AbortSignal.abort(new Error("The worker stops."));
  await expect(post("/200", { signal })).rejects.toThrow("The worker stops.");
  expect(customer.received.length).toBe(before);
});
