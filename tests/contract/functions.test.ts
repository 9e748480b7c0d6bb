// Every documented function of the portal is there under its name and its documented arguments, and can be called; the side
// schemas and the view have what the document tells of them.

import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let server: Deno.HttpServer<Deno.NetAddr>;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { method, headers } = request;
    return Response.json({ method, type: headers.get("content-type"), body: await request.text() });
  });
  await sql`insert into public."Clients" ("Business") values ('Acme')`;
  await sql`
    insert into integrations.storeleads_rows (domain, raw)
    select 'shop-' || i || '.test', jsonb_build_object('name', 'shop-' || i || '.test') from generate_series(1, 9) as i`;
});

afterAll(async () => {
  await server?.shutdown();
  await database?.drop();
});

const uri = () => `http://127.0.0.1:${server.addr.port}/`;

/** As a service would, without any search path but the usual one. */
async function called(statement: string): Promise<Record<string, unknown>[]> {
  return await sql.begin(async (sql) => {
    await sql`set local role service_role`;
    return [...await sql.unsafe(statement)];
  });
}

const user = "00000000-0000-4000-8000-000000000001";
const calls: [statement: string, expected: Record<string, unknown>[]][] = [
  [`select get_user_client(user_id => '${user}') as answer`, [{ answer: null }]],
  ["select normalize_domain(raw => 'https://www.Acme.com/x') as answer", [{ answer: "acme.com" }]],
  ["select get_or_create_company('acme.com') is not null as answer", [{ answer: true }]],
  ["select * from pull_storeleads_10k_batch(batch_size => 3)", [{ pulled: 3, skipped: 0, has_more: true }]],
  ["select * from pull_storeleads_10k_batch(batch_size => 50)", [{ pulled: 6, skipped: 0, has_more: false }]],
  ['select * from copy_storeleads_next_batch("limit" => 50)', [{ copied: 9, failed: 0, has_more: false }]],
  ["select count(*)::integer as answer from claim_unprocessed_rows(batch_size => 2)", [{ answer: 2 }]],
  ['select * from process_storeleads_batch("limit" => 50)', [{ processed: 7, contacts: 0, has_more: false }]],
  [`select urlencode(data => '{"a": "b c"}') as answer`, [{ answer: "a=b+c" }]],
];

test.each(calls)("%s", async (statement, expected) => {
  expect(await called(statement)).toEqual(expected);
});

test.each([
  ["http_get(uri => $)", "GET", null, ""],
  ["http_delete(uri => $)", "DELETE", null, ""],
  ["http_post(uri => $, content => 'ü', content_type => 'text/plain')", "POST", "text/plain", "ü"],
  ["http_put(uri => $, content => '{}', content_type => 'application/json')", "PUT", "application/json", "{}"],
  ["http_patch(uri => $, content => 'x', content_type => 'text/plain')", "PATCH", "text/plain", "x"],
  ["http(request => row('GET', $, null, null, null)::http.http_request)", "GET", null, ""],
])("%s", async (call, method, type, body) => {
  const [row] = await called(`select status, content from ${call.replace("$", `'${uri()}'`)}`);
  expect([row!.status, JSON.parse(row!.content as string)]).toEqual([200, { method, type, body }]);
});

test("http_head(uri)", async () => {
  expect(await called(`select status, content from http_head(uri => '${uri()}')`)).toEqual([{
    status: 200,
    content: "",
  }]);
});

test("what is sent cannot leave its place in the program's command line", async () => {
  const mark = await Deno.makeTempFile();
  await Deno.remove(mark);
  const hostile = `"; touch ${mark}; $(touch ${mark}) \`touch ${mark}\` | touch ${mark} '`;
  const [row] = await called(
    `select content from http_post(uri => '${uri()}', content => '${
      hostile.replaceAll("'", "''")
    }', content_type => 'a/b')`,
  );
  expect(JSON.parse(row!.content as string).body).toBe(hostile);
  expect(await Deno.stat(mark).catch(() => "not there")).toBe("not there");
  await expect(called("select http_get('file:///etc/passwd')")).rejects.toThrow(/not supported/);
});

test("an answer that does not come is an error after the time-out", async () => {
  const silent = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Promise<Response>(() => {}),
  );
  try {
    const call = `select set_config('http.curlopt_timeout_msec', '200', true);
      select http_get('http://127.0.0.1:${silent.addr.port}/')`;
    await expect(called(call)).rejects.toThrow(/Timeout/);
  } finally {
    // It would wait for the request that nobody answers.
    await Promise.race([silent.shutdown(), new Promise((resolve) => setTimeout(resolve, 200))]);
  }
});

test("no user sends requests through the database", async () => {
  for (const role of ["anon", "authenticated"]) {
    for (const call of [`public.http_get('${uri()}')`, `http.http_get('${uri()}')`, "public.urlencode('{}'::jsonb)"]) {
      const asked = sql.begin(async (sql) => {
        await sql.unsafe(`set local role ${role}`);
        await sql.unsafe(`select ${call}`);
      });
      await expect(asked).rejects.toMatchObject({ code: "42501" });
    }
  }
});

test("the side schemas refer to the portal as documented", async () => {
  const rows = await sql`
    select n.nspname || '.' || c.relname || '.' || a.attname as source, k.confrelid::regclass::text as target
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where k.contype = 'f' and n.nspname in ('Master', 'Signals') and k.confrelid::regclass::text like 'master_%'
    order by 1`;
  expect(rows.map(({ source, target }) => `${source} -> ${target}`)).toEqual([
    "Master.bison_queue.contact_id -> master_contacts_db",
    "Master.campaign_contact_db.company_id -> master_companies_db",
    "Master.campaign_contact_db.contact_id -> master_contacts_db",
    "Master.campaign_leads_db.company_id -> master_companies_db",
    "Master.campaign_leads_db.contact_id -> master_contacts_db",
    "Signals.company_signals.company_id -> master_companies_db",
  ]);
});

test("the view company_signals has the documented columns", async () => {
  const rows = await sql`
    select attname as name, format_type(atttypid, null) as type
    from pg_attribute
    where attrelid = 'public.company_signals'::regclass and attnum > 0
    order by attnum`;
  expect(rows.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "signal_id uuid",
    "company_id uuid",
    "signal_type text",
    "signal_source text",
    "signal_payload jsonb",
    "payload_hash text",
    "confidence_score numeric",
    "first_seen_at timestamp with time zone",
    "last_seen_at timestamp with time zone",
    "created_at timestamp with time zone",
  ]);
});
