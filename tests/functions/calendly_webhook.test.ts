import { beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../supabase/functions/calendly-webhook/app.ts";
import { calendlyEvent, calendlyTypes } from "../fixtures/calendly.ts";
import { type Bench, box, calendlySignature, createBench, encode, endpointRow, noon, post } from "./support.ts";

let bench: Bench;
const url = "/calendly-webhook/path-token";
const key = "calendly-key-1";

async function useSecrets(...secrets: string[]): Promise<void> {
  const signing_secrets = await Promise.all(secrets.map((secret) => box.seal(secret)));
  bench.database.endpoints.set(
    "calendly/path-token",
    endpointRow({ instance_url: null, workspace_id: null, signing_secrets }),
  );
}

let app: ReturnType<typeof createApp>;
beforeEach(async () => {
  bench = createBench();
  await useSecrets(key);
  app = createApp(bench.deps);
});

async function deliver(
  body: string | Uint8Array<ArrayBuffer>,
  signature?: string,
): Promise<[number, Record<string, unknown>]> {
  const header = signature ?? calendlySignature(key, body);
  const response = await app.fetch(post(url, body, header === "" ? {} : { "Calendly-Webhook-Signature": header }));
  return [response.status, await response.json()];
}

const booking = JSON.stringify(calendlyEvent("invitee.created"));

describe("a signed delivery", () => {
  it.each(calendlyTypes)("of %s is stored in one call", async (type) => {
    const body = JSON.stringify(calendlyEvent(type));
    expect(await deliver(body)).toEqual([200, { outcome: "processed", event_id: 1, request_id: expect.any(String) }]);
    expect(bench.database.received).toEqual([{
      endpointId: 1,
      key: expect.stringContaining(`${type}|https://api.calendly.com/`),
      type,
      payload: body,
      occurredAt: "2026-03-03T09:15:02.482113Z",
      rejection: null,
      raw: null,
    }]);
  });

  it("of an unknown type is stored too", async () => {
    const [status] = await deliver(booking.replace('"invitee.created"', '"meeting.summarised"'));
    expect(status).toBe(200);
    expect(bench.database.received[0]?.type).toBe("meeting.summarised");
  });

  it.each([
    ["{", "invalid_json"],
    ["[]", "invalid_payload"],
    ['{"event":{"type":"invitee.created"}}', "invalid_payload"],
  ])("that is %s is refused and kept", async (body, error) => {
    expect(await deliver(body)).toMatchObject([400, { error }]);
    expect(bench.database.received).toMatchObject([{ rejection: error, raw: encode(body) }]);
  });
});

describe("an unsigned delivery", () => {
  it.each([
    ["without the header", ""],
    ["with another key's signature", calendlySignature("other", booking)],
    ["with another body's signature", calendlySignature(key, `${booking} `)],
    ["with a signature of 181 s ago", calendlySignature(key, booking, noon - 181_000)],
    ["with a signature of 181 s ahead", calendlySignature(key, booking, noon + 181_000)],
  ])("%s is answered with 401 and leaves nothing behind", async (_name, signature) => {
    expect(await deliver(booking, signature)).toEqual([401, {
      error: "invalid_signature",
      message: expect.any(String),
      request_id: expect.any(String),
    }]);
    expect(bench.database.received).toEqual([]);
  });

  it.each(["{", "", "\0", "[]", "x".repeat(1_048_576)])("is refused before its body is looked at", async (body) => {
    expect((await deliver(body, ""))[0]).toBe(401);
    expect(bench.database.received).toEqual([]);
  });

  it("is refused when the endpoint has no secret at all", async () => {
    await useSecrets();
    expect((await deliver(booking))[0]).toBe(401);
    await useSecrets("");
    expect((await deliver(booking, calendlySignature("", booking)))[0]).toBe(401);
  });
});

describe("rotating the secret", () => {
  it("works at once: the new one is accepted although the old one is remembered", async () => {
    expect((await deliver(booking))[0]).toBe(200);
    await useSecrets("calendly-key-2", key);
    expect((await deliver(booking, calendlySignature("calendly-key-2", booking)))[0]).toBe(200);
    expect((await deliver(booking))[0]).toBe(200);
    expect(bench.database.lookups).toBe(2);
  });

  it("ends the old one once the new one was seen", async () => {
    await deliver(booking);
    await useSecrets("calendly-key-2");
    await deliver(booking, calendlySignature("calendly-key-2", booking));
    expect((await deliver(booking))[0]).toBe(401);
  });

  it("asks the database once for each wrong signature, and not at all for right ones", async () => {
    await deliver(booking);
    for (let i = 0; i < 5; i++) await deliver(booking, "t=1,v1=00");
    expect(bench.database.lookups).toBe(6);
    for (let i = 0; i < 5; i++) await deliver(booking);
    expect(bench.database.lookups).toBe(6);
  });

  it("lets the sender come back when our keys do not open the secret", async () => {
    const [row] = bench.database.endpoints.values();
    row!.signing_secrets = row!.signing_secrets.map((sealed) => sealed.replace("v1.dev.", "v1.lost."));
    expect(await deliver(booking)).toMatchObject([503, { error: "unavailable" }]);
    expect(bench.lines.join()).toContain("signing secret cannot be opened");
  });
});
