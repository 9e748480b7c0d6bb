// The functions with a real database behind them.

import { createHash } from "node:crypto";
import type postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createApp as createBison } from "../../supabase/functions/bison-webhook/app.ts";
import { createApp as createCalendly } from "../../supabase/functions/calendly-webhook/app.ts";
import { createApp as createHealth } from "../../supabase/functions/health/app.ts";
import type { Pool } from "../../supabase/functions/_shared/db.ts";
import { errorCodes } from "../../shared/errors.ts";
import { bisonEvent, bisonInstance, bisonTypes, bisonWorkspace } from "../fixtures/bison.ts";
import { calendlyEvent, calendlyTypes } from "../fixtures/calendly.ts";
import { hostileCases } from "../fixtures/hostile.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";
import { box, calendlySignature, createBench, encode, post } from "./support.ts";

const client = "Northwind Robotics";
let database: TestDatabase;
let sql: postgres.Sql;
const pools: Pool[] = [];

/** An app with connections of its own, as another function server would have. */
function createServer(): (request: Request) => Promise<Response> {
  const pool = openPatientPool(database.url("webhook_receiver"));
  pools.push(pool);
  // Its clock stands still: keys of events without an id change every five minutes.
  const deps = { ...createBench().deps, call: pool.call };
  const apps = [createBison(deps), createCalendly(deps)] as const;
  return async (request) => await apps[request.url.includes("/bison") ? 0 : 1].fetch(request);
}

async function addEndpoint(values: Record<string, unknown>): Promise<void> {
  await sql`insert into integrations.webhook_endpoints ${sql({ client, ...values })}`;
}

function hash(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  await sql`insert into public."Clients" ("Business") values (${client})`;
  const workspace = { provider: "bison", instance_url: bisonInstance, workspace_id: `${bisonWorkspace}` };
  await addEndpoint({ ...workspace, token_hash: hash("bison-token") });
  await addEndpoint({
    provider: "calendly",
    token_hash: hash("calendly-token"),
    signing_secret: await box.seal("key"),
  });
});

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});
afterAll(() => database.drop());

function bisonRequest(body: unknown): Request {
  return post("/bison-webhook/bison-token", JSON.stringify(body));
}

function calendlyRequest(body: unknown): Request {
  const text = JSON.stringify(body);
  return post("/calendly-webhook/calendly-token", text, {
    "calendly-webhook-signature": calendlySignature("key", text),
  });
}

const deliveries: [string, () => Request][] = [
  ...bisonTypes.map((type): [string, () => Request] => [type, () => bisonRequest(bisonEvent(type))]),
  [
    "HOSTILE_UNKNOWN",
    () => bisonRequest({ event: { type: "HOSTILE_UNKNOWN", workspace_id: bisonWorkspace }, data: { id: 1 } }),
  ],
  ...calendlyTypes.map((type): [string, () => Request] => [type, () => calendlyRequest(calendlyEvent(type))]),
  [
    "meeting.summarised",
    () => calendlyRequest({ event: "meeting.summarised", payload: { uri: "https://api.calendly.com/m/1" } }),
  ],
];

describe("a delivery that comes twice at the same instant, over two servers", () => {
  it.each(deliveries)("%s: stored once, two 200s", async (type, request) => {
    const servers = [createServer(), createServer()];
    const responses = await Promise.all(servers.map((server) => server(request())));
    const answers = await Promise.all(responses.map((response) => response.json()));
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0].event_id).toBe(answers[1].event_id);

    const events = await sql`
      select id, client, status, duplicate_count, conflicting_payload, payload
      from integrations.webhook_inbox where event_type = ${type}`;
    const sent = await request().json();
    expect(events).toMatchObject([{ client, duplicate_count: 1, conflicting_payload: null, payload: sent }]);
    expect(["processed", "ignored"]).toContain(events[0]!.status);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(["duplicate", events[0]!.status]);
  });
});

describe("hostile bodies", () => {
  it("get the answer they must get, and none of them is lost", async () => {
    const server = createServer();
    const wrong: string[] = [];
    const kept = async () => Number((await sql`select count(*) as n from integrations.webhook_events`)[0]!.n);
    for (const { name, body, contentType, status, error } of hostileCases()) {
      const before = await kept();
      const request = post("/bison-webhook/bison-token", body);
      if (contentType === null) request.headers.delete("content-type");
      else request.headers.set("content-type", contentType);
      const response = await server(request);
      const answer = await response.json();
      if (response.status !== status || answer.error !== error) {
        wrong.push(`${name}: ${response.status} ${answer.error}`);
      }
      const isKept = answer.outcome === "duplicate" || await kept() === before + 1;
      if (isKept === (status === 413 || error === "empty_body")) wrong.push(`${name}: kept ${isKept}`);
    }
    expect(wrong).toEqual([]);
  });

  it("are dead letters with a reason and all their bytes", async () => {
    const invalid = hostileCases().find(({ name }) => name === "HTML")!;
    const [event] = await sql`
      select status, last_error, raw_body, event_type, payload from integrations.webhook_events
      where raw_body = ${invalid.body}`;
    expect(event).toEqual({
      status: "dead",
      last_error: "invalid_json",
      raw_body: Buffer.from(invalid.body),
      event_type: "unknown",
      payload: null,
    });
  });

  it("fail, if at all, for what is wrong with them", async () => {
    const others = await sql`
      select event_type, last_sqlstate, last_error from integrations.webhook_events
      where status = 'failed' and last_sqlstate <> 'MR005' and last_sqlstate not like '22%'`;
    expect(others).toEqual([]);
  });

  it("left the numbers of a wrapped body as they were", async () => {
    const [event] = await sql`
      select payload #>> '{data,w}' as digits from integrations.webhook_events where payload -> 'data' ->> 'w' like '90071992547%'`;
    expect(event?.digits).toBe("9007199254740993");
  });
});

describe("endpoints in the database", () => {
  it("serve a rotated secret at once, and the old one until it ends", async () => {
    const server = createServer();
    const deliver = async (secret: string, serial: number) => {
      const text = JSON.stringify(calendlyEvent("routing_form_submission.created", { serial }));
      const headers = { "calendly-webhook-signature": calendlySignature(secret, text) };
      return (await server(post("/calendly-webhook/calendly-token", encode(text), headers))).status;
    };
    expect(await deliver("key", 50)).toBe(200);
    await sql`
      update integrations.webhook_endpoints
      set signing_secret = ${await box.seal("new key")}, previous_signing_secret = signing_secret,
          previous_signing_secret_expires_at = now() + interval '1 day'
      where provider = 'calendly'`;
    expect(await deliver("new key", 51)).toBe(200);
    expect(await deliver("key", 52)).toBe(200);
    expect(await deliver("other key", 53)).toBe(401);
  });

  it("refuse from the moment they are switched off", async () => {
    await addEndpoint({ provider: "bison", token_hash: hash("short-lived") });
    const server = createServer();
    const deliver = async () =>
      (await server(post("/bison-webhook/short-lived", JSON.stringify(bisonEvent("EMAIL_SENT", { serial: 77 })))))
        .status;
    expect(await deliver()).toBe(200);
    await sql`update integrations.webhook_endpoints set is_active = false where token_hash = ${hash("short-lived")}`;
    expect(await deliver()).toBe(403);
  });
});

it("health is ready with the newest migration", async () => {
  const pool = openPatientPool(database.url("api_gateway"));
  pools.push(pool);
  const response = await createHealth({ call: pool.call, log: createBench().deps.log }).fetch(
    new Request("http://x/health/ready"),
  );
  const [newest] = await sql`select max(version) as version from supabase_migrations.schema_migrations`;
  expect(await response.json()).toEqual({ status: "ready", schema_version: newest!.version });
});

it("the error codes in TypeScript are the ones in SQL", async () => {
  const rows = await sql`select code, name, http_status as status from private.error_codes order by code`;
  expect(Object.fromEntries(rows.map(({ code, ...rest }) => [code, rest]))).toEqual(errorCodes);
});
