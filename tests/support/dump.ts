import type postgres from "postgres";

/** Every row of every table of the database as text, as a dump would have it. `sql` is a superuser's. */
export async function dump(sql: postgres.Sql): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name
    from pg_class c
    where c.relkind in ('r', 'm')
      and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql<{ row: string }[]>`select t::text as row from ${sql.unsafe(name)} as t`;
    parts.push(`-- ${name}`, ...rows.map(({ row }) => row));
  }
  return parts.join("\n");
}
