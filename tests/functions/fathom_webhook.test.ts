import { beforeEach, expect, it } from "vitest";
import { createApp } from "../../supabase/functions/fathom-webhook/app.ts";
import { signedHeaders } from "../../simulators/fathom/simulator.ts";
import { isStandardWebhook } from "../../supabase/functions/_shared/signatures/standard_webhooks.ts";
import { type Bench, box, createBench, encode, endpointRow, noon, post } from "./support.ts";

const secret = "whsec_x6EV6NIAAz3ldclszNJTwrow";
const body = JSON.stringify({ recording_id: 7, title: "Weekly", created_at: "2026-03-03T11:59:00Z" });
let bench: Bench;
let app: ReturnType<typeof createApp>;

beforeEach(async () => {
  bench = createBench();
  bench.database.endpoints.set(
    "fathom/path-token",
    endpointRow({ instance_url: null, workspace_id: null, signing_secrets: [await box.seal(secret)] }),
  );
  app = createApp(bench.deps);
});

async function deliver(text: string, headers: Record<string, string>): Promise<[number, Record<string, unknown>]> {
  const response = await app.fetch(post("/fathom-webhook/path-token", text, headers));
  return [response.status, await response.json()];
}
const signed = (text = body, id = "msg_1", at = noon, key = secret) => signedHeaders(id, text, key, new Date(at));

it("stores a meeting under the delivery's id", async () => {
  expect(await deliver(body, signed())).toMatchObject([200, { outcome: "processed" }]);
  expect(bench.database.received).toMatchObject([{
    key: "new_meeting_content_ready|msg_1",
    type: "new_meeting_content_ready",
    payload: body,
    occurredAt: "2026-03-03T11:59:00Z",
  }]);
  expect(await deliver(body, signed(body, "msg_1", noon + 60_000))).toMatchObject([200, { outcome: "duplicate" }]);
  expect(await deliver(body, signed(body, "msg_2"))).toMatchObject([200, { outcome: "processed" }]);
});

it.each([
  ["no headers", {}],
  ["another key", signed(body, "msg_1", noon, "whsec_b3RoZXIga2V5IG9mIG91cnM=")],
  ["another body", signed(`${body} `)],
  ["another id", { ...signed(), "webhook-id": "msg_9" }],
  ["a time 301 s ago", signed(body, "msg_1", noon - 301_000)],
  ["a time 301 s ahead", signed(body, "msg_1", noon + 301_000)],
  ["a signature of another version", {
    ...signed(),
    "webhook-signature": signed()["webhook-signature"]!.replace("v1", "v2"),
  }],
  ["half a signature", { ...signed(), "webhook-signature": signed()["webhook-signature"]!.slice(0, 20) }],
])("with %s it is answered with 401 and leaves nothing behind", async (_, headers) => {
  expect(await deliver(body, headers as Record<string, string>)).toMatchObject([401, { error: "invalid_signature" }]);
  expect(bench.database.received).toEqual([]);
});

it("a body that is no meeting is refused and kept", async () => {
  const text = JSON.stringify({ hello: "world" });
  expect(await deliver(text, signed(text))).toMatchObject([400, { error: "invalid_payload" }]);
  expect(bench.database.received).toMatchObject([{ rejection: "invalid_payload" }]);
});

it("one right signature among others is enough, and the specification's example is right", () => {
  const headers = new Headers(signed());
  headers.set(
    "webhook-signature",
    `v1,${btoa("nothing that matches, thirty-two")} ${headers.get("webhook-signature")}`,
  );
  expect(isStandardWebhook(headers, encode(body), ["whsec_YQ==", secret], noon)).toBe(true);
  const example = new Headers({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
  const example_body = encode('{"test": 2432232314}');
  expect(isStandardWebhook(example, example_body, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], 1614265330_000)).toBe(
    true,
  );
  expect(isStandardWebhook(example, example_body, [""], 1614265330_000)).toBe(false);
});
