import { describe, expect, it } from "vitest";
import { createApp as createBison } from "../../supabase/functions/bison-webhook/app.ts";
import { createApp as createCalendly } from "../../supabase/functions/calendly-webhook/app.ts";
import { bisonEvent, bisonTypes } from "../fixtures/bison.ts";
import { type HostileCase, hostileCases } from "../fixtures/hostile.ts";
import {
  type Bench,
  box,
  calendlySignature,
  createBench,
  encode,
  endpointRow,
  post,
  seeded,
  sha256,
  sqlError,
} from "./support.ts";

const cases = hostileCases();

function request(path: string, { body, contentType }: HostileCase, headers: Record<string, string> = {}): Request {
  const request = post(path, body, headers);
  if (contentType === null) request.headers.delete("content-type");
  else request.headers.set("content-type", contentType);
  return request;
}

/** What must hold of everything that reached the database. */
function expectStorable({ database }: Bench): void {
  for (const { payload, key, raw, rejection } of database.received) {
    expect(key.length).toBeLessThanOrEqual(500);
    expect(raw === null || rejection !== null).toBe(true);
    if (payload === null) continue;
    expect(payload).not.toContain("\0");
    for (const text of textsOf(JSON.parse(payload))) expect(text.isWellFormed() && !text.includes("\0")).toBe(true);
  }
}

/** Every key and string in a value; without recursion, as the value may be deeper than the stack. */
function* textsOf(value: unknown): Generator<string> {
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === "string") yield next;
    if (typeof next !== "object" || next === null) continue;
    if (!Array.isArray(next)) yield* Object.keys(next);
    for (const member of Object.values(next)) rest.push(member);
  }
}

describe("the hostile corpus", () => {
  it("has at least 500 bodies, no two of them alike", () => {
    expect(cases.length).toBeGreaterThanOrEqual(500);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(new Set(cases.map(({ body, contentType }) => `${contentType} ${sha256(body)}`)).size).toBe(cases.length);
  });

  it.each(cases)("EmailBison, $name: $status", async (hostile) => {
    const bench = createBench();
    bench.database.endpoints.set("bison/token", endpointRow());
    bench.database.answer = ({ payload, rejection }) => {
      if (payload !== null && hostile.refusal) return sqlError(hostile.refusal);
      return rejection === null ? "processed" : "rejected";
    };
    const response = await createBison(bench.deps).fetch(request("/bison-webhook/token", hostile));
    const { error } = await response.json();
    expect([response.status, error]).toEqual([hostile.status, hostile.error]);
    expectKept(bench, hostile);
  });

  it.each(cases.filter(({ anyProvider }) => anyProvider))("Calendly, $name: $status", async (hostile) => {
    const bench = createBench();
    bench.database.endpoints.set("calendly/token", endpointRow({ signing_secrets: [await box.seal("key")] }));
    const headers = { "calendly-webhook-signature": calendlySignature("key", hostile.body) };
    const response = await createCalendly(bench.deps).fetch(request("/calendly-webhook/token", hostile, headers));
    const { error } = await response.json();
    expect([response.status, error]).toEqual([hostile.status, hostile.error]);
    expectKept(bench, hostile);
  });
});

/** Accepted bodies are stored once; refused ones are kept, byte for byte where they could not be read. */
function expectKept(bench: Bench, { status, error, body, refusal }: HostileCase): void {
  const last = bench.database.received.at(-1);
  if (status === 413 || error === "empty_body") expect(last).toBeUndefined();
  else if (status === 200) expect(bench.database.received).toMatchObject([{ rejection: null, raw: null }]);
  else if (error === "workspace_mismatch" && !refusal) expect(last).toMatchObject({ rejection: error, raw: null });
  else expect(last).toMatchObject({ rejection: error, raw: body, payload: null });
  if (!refusal) expectStorable(bench);
}

it("5,000 seeded mutations of good bodies: no 5xx, nothing lost, nothing stored that Postgres would refuse", async () => {
  const random = seeded(98_765);
  const bench = createBench();
  bench.database.endpoints.set("bison/token", endpointRow());
  const app = createBison(bench.deps);
  const seen: Record<number, number> = {};
  for (let i = 0; i < 5_000; i++) {
    const before = bench.database.received.length;
    const type = bisonTypes[Math.floor(random() * bisonTypes.length)]!;
    const body = mutate(encode(bisonEvent(type, { serial: i })), random);
    const { status } = await app.fetch(post("/bison-webhook/token", body));
    seen[status] = (seen[status] ?? 0) + 1;
    expect(bench.database.received.length).toBe(body.byteLength === 0 ? before : before + 1);
  }
  expect(Object.keys(seen).map(Number).sort()).toEqual([200, 400, 403]);
  expectStorable(bench);
});

const splinters = ["\\u0000", "\\ud83d", "\\", '"', "{", "}", "[", "]", "null", "-", "1e9", "\0", "\u00e9", ",", ":"];

function mutate(body: Uint8Array<ArrayBuffer>, random: () => number): Uint8Array<ArrayBuffer> {
  let mutant = body;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const at = Math.floor(random() * mutant.length);
    const splinter = random() < 0.2
      ? new Uint8Array([Math.floor(random() * 256)])
      : encode(splinters[Math.floor(random() * splinters.length)]!);
    const cut = random() < 0.5 ? 0 : Math.floor(random() * 6);
    mutant = new Uint8Array([...mutant.subarray(0, at), ...splinter, ...mutant.subarray(at + cut)]);
  }
  return mutant;
}
