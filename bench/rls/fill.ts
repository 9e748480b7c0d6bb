// Rows for the tables that data.ts has none for: the least that a table takes, and a value in every column by which the
// API sorts or filters. Checks of these tables are dropped, as they ask for rows that make sense.

import type postgres from "postgres";
import { identifier } from "../../supabase/functions/api/core/columns.ts";
import type { Resource } from "../../supabase/functions/api/core/resource.ts";

interface Column {
  name: string;
  type: string;
  is_needed: boolean;
  /** Of an enumeration, written as a check. */
  words: string[] | null;
}

/** Fills what is empty; views are left as they are. */
export async function fillEmpty(sql: postgres.Sql, resources: readonly Resource[], rows: number): Promise<void> {
  await sql`set session_replication_role = replica`;
  for (const { table, clientKey, sortColumns, filterColumns, list } of resources) {
    if (list === false) continue;
    const [{ isEmpty }] = await sql.unsafe<[{ isEmpty: boolean }]>(
      `select not exists (select from ${table}) and relkind = 'r' as "isEmpty" from pg_class where oid = $1::regclass`,
      [table],
    );
    if (!isEmpty) continue;
    const wanted = new Set([...sortColumns, ...filterColumns, ...clientKey ? [clientKey] : []]);
    const all = await columnsOf(sql, table);
    const needed = all.filter(({ name, is_needed }) => is_needed || wanted.has(name));
    const columns = needed.length > 0 ? needed : all.slice(0, 1);
    await dropChecks(sql, table);
    await sql.unsafe(`
      insert into ${table} (${columns.map(({ name }) => identifier(name)).join(", ")})
      select ${
      columns.map((column) => column.name === clientKey ? "'Client ' || 1 + n % 8" : valueOf(column)).join(", ")
    }
      from generate_series(1, ${rows}) as n
      on conflict do nothing`).catch((error) => {
      throw new Error(`${table}: ${error.message}`);
    });
  }
  await sql`set session_replication_role = origin`;
  await sql`vacuum analyze`;
}

async function columnsOf(sql: postgres.Sql, table: string): Promise<Column[]> {
  return await sql.unsafe<Column[]>(
    `select a.attname as name, format_type(a.atttypid, null) as type,
       a.attnotnull and not a.atthasdef as is_needed,
       (
         select array(select (regexp_matches(pg_get_constraintdef(c.oid), '''([^'']+)''::text', 'g'))[1])
         from pg_constraint c
         where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum]
           and pg_get_constraintdef(c.oid) ~ '= ANY \\(+ARRAY'
         limit 1
       ) as words
     from pg_attribute a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''`,
    [table],
  );
}

async function dropChecks(sql: postgres.Sql, table: string): Promise<void> {
  const checks = await sql.unsafe<{ name: string }[]>(
    "select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'c'",
    [table],
  );
  for (const { name } of checks) await sql.unsafe(`alter table ${table} drop constraint ${identifier(name)}`);
}

function valueOf({ type, words }: Column): string {
  // The last word of a status is one that many rows may have.
  if (words?.length) return `'${words.at(-1)}'`;
  if (type.startsWith("timestamp")) return "timestamptz '2026-01-01' + n * interval '17 seconds'";
  if (type === "date") return "date '2024-01-01' + n % 700";
  if (type === "uuid") return "md5((n % 1000)::text)::uuid";
  if (type === "boolean") return "n % 2 = 0";
  if (type === "jsonb") return "'{}'";
  if (type === "bytea") return "sha256(n::text::bytea)";
  if (type.endsWith("[]")) return "'{}'";
  return /^(text|character varying)$/.test(type) ? "'value ' || n" : `n::${type}`;
}
