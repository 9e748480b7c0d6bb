// Puts an address into every column of every table that can hold one. Tables and columns are found in the catalogue.

import type postgres from "postgres";

interface Column {
  name: string;
  type: string;
  category: string;
  element: string;
  length: number;
  required: boolean;
}

/** Columns with a client's name, which is a key of ours. */
const names = ["client", "last_client", "old_client", "Business", "business", "client_name"];

/** One row a table; answers the tables. What holds rows together or checks them is taken off the database first. */
export async function plantEverywhere(sql: postgres.Sql, address: string): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name
    from pg_class c
    where c.relkind = 'r'
      and c.relowner = 'postgres'::regrole
      and c.relnamespace::regnamespace::text not in ('supabase_migrations', 'tests')
      and c.oid <> all(
        select to_regclass(table_name) from private.personal_data where action = 'nothing'
        union all values ('private.personal_data'::regclass)
      )
    order by 1`;
  const secrets = new Set(
    (await sql`select table_name || '.' || column_name as name from private.secret_columns`).map(({ name }) => name),
  );
  const planted: string[] = [];
  let number = 20_000; // above those that rows have which are there already
  for (const { name } of tables) {
    await loosen(sql, name);
    const columns = await columnsOf(sql, name);
    const row: Record<string, unknown> = {};
    let holds = false;
    for (const column of columns) {
      const value = secrets.has(`${name}.${column.name}`)
        ? sealed(column)
        : names.includes(column.name)
        ? "Planted"
        : sample(column, address, number++);
      if (value === undefined) continue;
      row[column.name] = value;
      if (JSON.stringify(value).includes(address)) holds = true;
    }
    if (!holds) continue;
    const list = sql.unsafe(Object.keys(row).map((column) => `"${column.replaceAll('"', '""')}"`).join(", "));
    await sql`
      insert into ${sql.unsafe(name)} (${list}) overriding system value
      select ${list} from jsonb_populate_record(null::${sql.unsafe(name)}, ${JSON.stringify(row)}::text::jsonb)`;
    planted.push(name);
  }
  return planted;
}

async function loosen(sql: postgres.Sql, table: string): Promise<void> {
  await sql.unsafe(`alter table ${table} disable trigger user`);
  const constraints = await sql<{ name: string }[]>`
    select quote_ident(conname) as name from pg_constraint
    where conrelid = ${table}::regclass and contype in ('c', 'f') and conname not like '%is_sealed'`;
  for (const { name } of constraints) await sql.unsafe(`alter table ${table} drop constraint ${name}`);
}

async function columnsOf(sql: postgres.Sql, table: string): Promise<Column[]> {
  return await sql<Column[]>`
    select a.attname as name, a.atttypid::regtype::text as type, t.typcategory as category,
      t.typelem::regtype::text as element, a.atttypmod - 4 as length, a.attnotnull as required
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`;
}

function sealed({ type }: Column): unknown {
  const text = `v1.test.${"A".repeat(16)}.${"A".repeat(22)}`;
  return type === "jsonb" ? { A: text } : text;
}

/** A value with the address in it where the type allows, else something of the type where it is required. */
function sample(
  { type, category, element, length, required }: Column,
  address: string,
  number: number,
): unknown {
  const upper = address.toUpperCase();
  if (category === "S" && length > 0 && length < address.length) return required ? "x" : undefined;
  if (category === "S") return length > 0 && length < 200 ? address : `To <${upper}>, ${address}; not x${address}`;
  if (type === "jsonb") return { [`key ${address}`]: [{ deep: `mailto:${address}?x` }], other: upper };
  if (category === "A" && /text|character varying/.test(element)) return ["first", `a ${address} b`];
  if (!required) return undefined;
  if (category === "A") return [];
  if (category === "N") return length > 0 ? number % 1_000 : number;
  if (category === "B") return false;
  if (category === "D") return "2026-03-02T10:00:00Z";
  if (category === "T") return "1 day";
  if (type === "uuid") return crypto.randomUUID();
  if (type === "bytea") return `\\x${crypto.randomUUID().replaceAll("-", "")}`;
  return "77"; // xid8 and the like
}
