// Pages, order, filters, fields: what a list answers, and what it does not let through.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resources } from "../../supabase/functions/api/registry.ts";
import { createWorld, type Json, people, type Person, type World } from "./support.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  for (const client of ["Acme", "Birch"]) {
    await world.sql`
      insert into public.crm_tasks (client, text, due_date, created_at)
      select ${client}, 'Task ' || n, case when n <= 30 then timestamptz '2026-03-01' + (n / 3) * interval '1 hour' end,
        now() from generate_series(1, 45) as n`;
    await world.sql`
      insert into public.all_leads (client, campaign_id, email, lead_id, created_time)
      select ${client}, (n % 3)::text, 'Person' || n || '@Lead.test', n, timestamptz '2026-03-01' + n * interval '1 second'
      from generate_series(1, 40) as n`;
  }
});
afterAll(() => world?.drop());

/** All pages; `between` is called before each but the first. */
async function walk(who: Person, path: string, between: () => Promise<unknown> = async () => {}): Promise<Json[]> {
  const rows: Json[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    if (cursor) await between();
    const { status, body } = await world.ask(who, "GET", `${path}${cursor ? `&cursor=${cursor}` : ""}`);
    expect([status, body.code]).toEqual([200, undefined]);
    rows.push(...body.data);
    cursor = body.next_cursor;
  }
  return rows;
}

async function codeOf(path: string, who: Person = "member"): Promise<unknown> {
  const { status, body } = await world.ask(who, "GET", path);
  return [status, body.code];
}

describe("pages", () => {
  test.each(["due_date", "-due_date"])("hold every row once by %s, those without a value last", async (sort) => {
    for (const [who, count] of [["member", 45], ["admin", 90]] as const) {
      const rows = await walk(who, `/crm/tasks?limit=7&sort=${sort}`);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
      const dates = rows.map(({ due_date }) => due_date);
      const known = dates.filter((date) => date !== null);
      expect(dates.slice(known.length).every((date) => date === null)).toBe(true);
      expect(known).toEqual(sort.startsWith("-") ? known.toSorted().reverse() : known.toSorted());
    }
  });

  test("neither repeat nor leave out a row while others are inserted", async () => {
    const before = (await walk("member", "/leads?limit=100")).map(({ id }) => id);
    let number = 0;
    const rows = await walk("member", "/leads?limit=6", async () => {
      number++;
      await world.sql`
        insert into public.all_leads (client, campaign_id, email, created_time)
        values ('Acme', 'new', ${`new${number}@lead.test`}, timestamptz '2026-03-01' + ${number} * interval '2.5 seconds')`;
    });
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(before.filter((id) => !ids.includes(id))).toEqual([]);
    const times = rows.map(({ created_time }) => created_time);
    expect(times).toEqual(times.toSorted().reverse());
    await world.sql`delete from public.all_leads where campaign_id = 'new'`;
  });

  test("end with the last row, also when it fills the page", async () => {
    const { body } = await world.ask("member", "GET", "/leads?limit=40");
    expect([body.data.length, body.next_cursor]).toEqual([40, null]);
  });

  test("refuse a cursor of another order, another list or none of ours", async () => {
    const { body } = await world.ask("member", "GET", "/leads?limit=5");
    const cursor = body.next_cursor;
    expect(await codeOf(`/leads?sort=created_time&cursor=${cursor}`)).toEqual([400, "invalid_cursor"]);
    expect(await codeOf(`/crm/deals?cursor=${cursor}`)).toEqual([400, "invalid_cursor"]);
    const forged = (value: unknown) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_");
    for (
      const bad of [
        "x",
        "%00",
        forged(null),
        forged(["-created_time", "' or true --", ["x"]]),
        forged(["-created_time", "2026-03-01 00:00:00+00", ["'; drop table public.all_leads; --"]]),
        forged(["-created_time", "2026-03-01 00:00:00+00", []]),
        forged(["-created_time) desc; select 1; --", null, [crypto.randomUUID()]]),
        forged(["-created_time", { $gt: "" }, [crypto.randomUUID()]]),
      ]
    ) expect([bad, await codeOf(`/leads?cursor=${bad}`)]).toEqual([bad, [400, "invalid_cursor"]]);
  });
});

describe("filters", () => {
  test("narrow by value, several values and ranges", async () => {
    expect(await walk("member", "/leads?campaign_id=1&limit=50")).toHaveLength(14);
    expect(await walk("member", "/leads?campaign_id=1&campaign_id=2&limit=50")).toHaveLength(27);
    expect(await walk("admin", "/leads?campaign_id=1&client=Birch&limit=50")).toHaveLength(14);
    const from = "created_time.gte=2026-03-01T00:00:10Z&created_time.lt=2026-03-01T00:00:20Z";
    expect(await walk("member", `/leads?${from}`)).toHaveLength(10);
  });

  test("find a person in any case, among the own clients only", async () => {
    for (const email of ["person7@lead.test", "PERSON7@LEAD.TEST"]) {
      expect((await walk("member", `/leads?email=${email}`)).map(({ client }) => client)).toEqual(["Acme"]);
      expect(await walk("admin", `/leads?email=${email}`)).toHaveLength(2);
      expect(await walk("nobody", `/leads?email=${email}`)).toEqual([]);
    }
    expect((await walk("member", "/leads?lead_id=7")).map(({ email }) => email)).toEqual(["Person7@Lead.test"]);
  });

  test("do not reach another client", async () => {
    expect(await walk("member", "/leads?client=Birch")).toEqual([]);
    expect(await walk("member", "/leads?client=Nobody")).toEqual([]);
  });

  test("read client by client for a client's users, and everything for the agency", async () => {
    await world.sql`
      insert into integrations.notice_kinds (kind, description, severity) values ('either', 'Of a test.', 'info')`;
    await world.sql`
      insert into integrations.notices (kind, client, dedupe_key, text)
      select 'either', case n % 3 when 0 then 'Acme' when 1 then 'Birch' end, n::text, 'x' from generate_series(1, 30) as n`;
    const clientsOf = async (who: Person) =>
      (await walk(who, "/notices?kind=either&limit=4")).map(({ client }) => client).toSorted();
    const of = (client: string | null) => Array<string | null>(10).fill(client);
    for (const who of ["admin", "viewer"] as const) {
      expect(await clientsOf(who)).toEqual([...of("Acme"), ...of("Birch"), ...of(null)].toSorted());
    }
    expect(await clientsOf("member")).toEqual(of("Acme"));
    expect(await clientsOf("stranger")).toEqual(of("Birch"));
    expect(await clientsOf("nobody")).toEqual([]);
    const both = await world.sql`
      insert into integrations.memberships (user_id, client, role)
      values (${people.nobody.id}, 'Acme', 'viewer'), (${people.nobody.id}, 'Birch', 'viewer') returning id`;
    expect(await clientsOf("nobody")).toEqual([...of("Acme"), ...of("Birch")]);
    const { key } = await world.keyOf("admin", ["admin"], { client: "Birch" });
    const { body } = await world.ask({ key }, "GET", "/notices?kind=either&limit=50");
    expect(body.data.map(({ client }: Json) => client)).toEqual(of("Birch"));
    await world.sql`delete from integrations.memberships where id = any(${both.map(({ id }) => id)})`;
  });

  test.each([
    "/leads?company=x",
    "/leads?status=x",
    "/leads?sort=email",
    "/leads?sort=created_time desc; drop table x",
    "/leads?sort=created_time&sort=id",
    "/leads?limit=0",
    "/leads?limit=201",
    "/leads?limit=1;drop",
    "/leads?created_time.gte=yesterday",
    "/leads?created_time.like=2026",
    "/leads?id' or '1'='1=1",
    "/leads?email=a&email=b",
    "/crm/deals?stage=' or 1=1 --",
    "/crm/deals?contact_id=1",
    "/webhook-events?status=processed",
    "/leads?constructor=1",
    "/leads?__proto__=1",
  ])("refuse %s", async (path) => {
    expect(await codeOf(path, "admin")).toEqual([400, "invalid_request"]);
  });

  test("take every sign for what it is", async () => {
    for (
      const text of ["%", "_", "' or true --", "\\", '"', "{a,b}", "$1", "'); drop table public.all_leads; --", "😀"]
    ) {
      const value = encodeURIComponent(text);
      expect(await walk("admin", `/leads?campaign_id=${value}&campaign_id=${value}x`)).toEqual([]);
      expect(await walk("admin", `/leads?email=${value}`)).toEqual([]);
      expect(await walk("admin", `/leads?client=${value}`)).toEqual([]);
    }
    expect(await codeOf("/leads?campaign_id=%00")).toEqual([400, "invalid_request"]);
  });
});

describe("fields", () => {
  test("show only what is asked for, in any order", async () => {
    const { body } = await world.ask("member", "GET", "/leads?fields=email,id&limit=1");
    expect(Object.keys(body.data[0]).toSorted()).toEqual(["email", "id"]);
  });

  test("large columns come when asked for", async () => {
    const plain = await world.ask("member", "GET", "/leads?limit=1");
    expect(plain.body.data[0]).not.toHaveProperty("custom_variables_jsonb");
    const asked = await world.ask("member", "GET", "/leads?limit=1&fields=custom_variables_jsonb");
    expect(asked.body.data).toEqual([{ custom_variables_jsonb: {} }]);
  });

  test.each(["nothing", "id,nothing", "", "id; select 1", "provider_lead", "t.*", "id as x", "constructor", '"id"'])(
    "refuse %s",
    async (fields) => {
      expect(await codeOf(`/leads?fields=${encodeURIComponent(fields)}`)).toEqual([400, "unknown_field"]);
    },
  );

  test("a secret column is no field of anything", () => {
    const names = resources.flatMap(({ path, columns }) =>
      Object.values(columns).map(({ stored }) => `${path} ${stored}`)
    );
    expect(names.filter((name) => /secret|hash|token|password|api key/i.test(name))).toEqual([]);
  });
});

// Views are looked up by hand: their tables' indexes answer.
const views: Record<string, string[]> = {
  "intake.contacts": ["vault.contacts"],
  "public.company_signals": ['"Signals".company_signals'],
  "public.campaign_reporting_current": ["public.campaign_reporting"],
  "integrations.webhook_inbox": ["integrations.webhook_events"],
  "integrations.event_endpoints": ["outbound.webhooks", "shared.webhook_subscriptions"],
  "integrations.schedule_health": ["integrations.schedules"],
  "integrations.delivery_attempts": ["outbound.webhook_logs", "shared.webhook_subscription_logs"],
};
const renamed: Record<string, string[]> = { endpoint_id: ["webhook_id", "subscription_id"] };

describe.each(resources.filter(({ list }) => list !== false).map((resource) => [resource.path, resource] as const))(
  "%s",
  (_, resource) => {
    const { table, columns, reach, clientKey, sortColumns, filterColumns, customFilters = {} } = resource;

    /** The column lists of a table's indexes, with what limits each. */
    async function indexesOf(name: string): Promise<{ columns: string[]; name: string; where: string | null }[]> {
      return await world.sql`
        select c.relname as name, pg_get_expr(i.indpred, i.indrelid) as where,
          array(select pg_get_indexdef(i.indexrelid, k, false) from generate_series(1, i.indnkeyatts) as k) as columns
        from pg_index i
        join pg_class c on c.oid = i.indexrelid
        join pg_am m on m.oid = c.relam and m.amname = 'btree'
        where i.indrelid = ${name}::regclass and i.indisvalid`;
    }

    async function isIndexed(column: string, orderly: boolean): Promise<boolean> {
      const { stored } = columns[column]!;
      for (const name of views[table] ?? [table]) {
        const names = [stored, ...(views[table] ? renamed[stored] ?? [] : [])].flatMap((each) => [each, `"${each}"`]);
        const client = [clientKey ?? "", `"${clientKey}"`];
        // A column that has one value in the whole list.
        const [, fixed, value] = /^t\.(\w+) = ('\w+')$/.exec(resource.listWhere ?? "") ?? [];
        const found = (await indexesOf(name)).some((index) => {
          const isFor = index.where === null ||
            [resource.where, resource.listWhere].some((each) =>
              each !== undefined && normal(index.where!).startsWith(normal(each))
            ) || fixed !== undefined && index.columns[0] === fixed && index.where.includes(value!);
          const [first = "", second = ""] = index.columns.filter((each) => each !== fixed);
          if (!isFor) return false;
          if (names.includes(first)) return true;
          if (!client.includes(first)) return false;
          // A day of a campaign is among the few rows of its client.
          return names.includes(second) || !orderly && index.columns.some((each) => names.includes(each)) ||
            table === "public.campaign_reporting_current" && index.columns.some((each) => names.includes(each));
        });
        if (!found) return false;
      }
      return true;
    }

    const normal = (condition: string) => condition.replace(/t\.|[()]|::[\w.]+/g, "").toLowerCase();

    test("sorts by indexed columns only", async () => {
      for (const column of sortColumns) expect([column, await isIndexed(column, true)]).toEqual([column, true]);
    });

    test("filters by indexed columns only", async () => {
      for (const column of filterColumns) expect([column, await isIndexed(column, false)]).toEqual([column, true]);
      for (const { index } of Object.values(customFilters)) {
        const indexes = await indexesOf(views[table]?.[0] ?? table);
        expect([index, indexes.some(({ name }) => name === index)]).toEqual([index, true]);
      }
      if (reach === "clients") expect(clientKey).not.toBeNull();
    });

    test("names columns that are there, of the kinds that they are", async () => {
      const found = await world.sql<{ name: string; type: string; nullable: boolean }[]>`
        select attname as name, format_type(atttypid, null) as type, not attnotnull as nullable
        from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`;
      const types: Record<string, RegExp> = {
        uuid: /^uuid$/,
        text: /^(text|character varying|outbound\.job_status|interval)$/,
        timestamp: /^timestamp with time zone$/,
        date: /^date$/,
        integer: /^(integer|bigint|smallint|numeric)$/,
        number: /^(numeric|double precision)$/,
        boolean: /^boolean$/,
        object: /^jsonb$/,
        list: /^jsonb$/,
        json: /^jsonb$/,
        texts: /^(text|character varying)\[\]$/,
      };
      for (const [name, { kind, stored }] of Object.entries(columns)) {
        const column = found.find((each) => each.name === stored);
        expect([name, column?.type]).toEqual([name, expect.stringMatching(types[kind]!)]);
      }
    });
  },
);
