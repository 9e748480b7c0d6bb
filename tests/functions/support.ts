// A database that answers as ours does, in memory, and requests as providers make them.

import { createHash, createHmac } from "node:crypto";
import type { Call, EndpointRow, Outcome } from "../../supabase/functions/_shared/db.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import type { WebhookDeps } from "../../supabase/functions/_shared/webhook.ts";

export const box = createSecretBox("dev:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=");

/** When the tests take place, in milliseconds since 1970. */
export const noon = Date.parse("2026-03-03T12:00:00Z");

/** One call of `integrations.receive_webhook`, by the names of its parameters. */
export interface Received {
  endpointId: number;
  key: string;
  type: string;
  payload: string | null;
  occurredAt: string | null;
  rejection: string | null;
  raw: Uint8Array | null;
}

export interface FakeDatabase {
  call: Call;
  /** Endpoints by provider and token; change them as an operator would. */
  endpoints: Map<string, EndpointRow>;
  /** What was received, refused calls included. */
  received: Received[];
  /** How often an endpoint was asked for. */
  lookups: number;
  /** Decides what a receive call does: an outcome, or an error. */
  answer: (received: Received) => Outcome | Error;
}

export function sqlError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

export function createDatabase(): FakeDatabase {
  const keys = new Set<string>();
  const database: FakeDatabase = {
    endpoints: new Map(),
    received: [],
    lookups: 0,
    answer: ({ key, rejection, raw, payload }) => {
      const whole = rejection === null ? key : `${rejection}|${sha256(raw ?? payload ?? "")}`;
      if (keys.has(whole)) return "duplicate";
      keys.add(whole);
      return rejection === null ? "processed" : "rejected";
    },
    call: (async (name: string, args: unknown[]) => {
      await Promise.resolve();
      if (name === "integrations.webhook_endpoint") return lookUp(database, args);
      if (name === "integrations.receive_webhook") return receive(database, args);
      if (name === "integrations.receive_webhooks") return receiveTogether(database, args[0] as string);
      return { schema_version: "20260101000901" };
    }) as Call,
  };
  return database;
}

function lookUp(database: FakeDatabase, [provider, hash]: unknown[]): EndpointRow | { endpoint_id: null } {
  database.lookups++;
  for (const [name, row] of database.endpoints) {
    const [owner, token = ""] = name.split("/");
    if (owner === provider && sha256(token) === toHex(hash as Uint8Array)) return row;
  }
  return { endpoint_id: null };
}

/** All or none, as the database does it: nothing counts as received when one of them is refused. */
function receiveTogether(database: FakeDatabase, deliveries: string): { stored: unknown[] } {
  const before = database.received.length;
  try {
    return {
      stored: JSON.parse(deliveries).map((delivery: Record<string, unknown>) =>
        receive(database, [
          delivery.endpoint_id,
          delivery.delivery_key,
          delivery.event_type,
          JSON.stringify(delivery.payload),
          delivery.occurred_at,
          null,
          null,
        ])
      ),
    };
  } catch (error) {
    database.received.length = before;
    throw error;
  }
}

function receive(database: FakeDatabase, args: unknown[]): { event_id: number; outcome: Outcome } {
  const [endpointId, key, type, payload, occurredAt, rejection, raw] = args;
  const received = { endpointId, key, type, payload, occurredAt, rejection, raw } as Received;
  database.received.push(received);
  const outcome = database.answer(received);
  if (outcome instanceof Error) throw outcome;
  return { event_id: database.received.length, outcome };
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Bench {
  database: FakeDatabase;
  deps: WebhookDeps;
  /** Everything that was logged. */
  lines: string[];
  clock: { now: number };
}

/** A fake database and the dependencies around it; the clock stands at noon until it is moved. */
export function createBench(): Bench {
  const database = createDatabase();
  const lines: string[] = [];
  const clock = { now: noon };
  const log = createLog("debug", (line) => lines.push(line));
  return { database, lines, clock, deps: { call: database.call, secrets: box, log, now: () => clock.now } };
}

/** An endpoint as the database gives it: EmailBison workspace 11, or Calendly, without secrets unless told. */
export function endpointRow(changes: Partial<EndpointRow> = {}): EndpointRow {
  return {
    endpoint_id: 1,
    client: "Northwind Robotics",
    instance_url: "https://dedi.emailbison.test",
    workspace_id: "11",
    require_signature: false,
    signing_secrets: [],
    ...changes,
  };
}

export function encode(body: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** The header that Calendly would send; `at` in milliseconds since 1970. */
export function calendlySignature(secret: string, body: Uint8Array | string, at = noon): string {
  const time = Math.floor(at / 1000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.`).update(body).digest("hex")}`;
}

/** A request as a provider makes it. */
export function post(
  path: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = {},
): Request {
  const bytes = encodeBody(body);
  return new Request(`http://localhost${path}`, {
    method: "POST",
    body: bytes,
    headers: { "content-type": "application/json", "content-length": `${bytes.byteLength}`, ...headers },
  });
}

function encodeBody(body: Uint8Array<ArrayBuffer> | string): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? encode(body) : body;
}

/** A small seeded random generator (mulberry32): the same numbers every run. */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
