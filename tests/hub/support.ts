import type postgres from "postgres";
import { loadFile, type LoadOptions } from "../../local/hub/load.ts";
import { mappings } from "../../local/hub/mappings.ts";
import { jsonLines } from "../../local/hub/records.ts";
import type { TestDatabase } from "../support/database.ts";

export async function load(database: TestDatabase, path: string, options: Partial<LoadOptions> = {}) {
  const open = () => database.sql("postgres", { max: 1 });
  return await loadFile({
    path,
    source: "manual",
    rejectsPath: `${path}.rejects.csv`,
    records: jsonLines(mappings.plain!),
    connections: [open(), open()],
    ...options,
  });
}

/** How many loads there are in each state. */
export async function states(sql: postgres.Sql): Promise<Record<string, number>> {
  const rows = await sql<{ status: string; count: number }[]>`
    select status, count(*)::integer from intake.raw_loads group by status`;
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** What the hub knows, without what differs between two runs. */
export async function knowledge(sql: postgres.Sql): Promise<unknown> {
  const [row] = await sql`
    select
      (
        select md5(string_agg(
          concat_ws('|', email, name, phone, company, title, source, tags, custom_fields, score, status), E'\n' order by email
        ))
        from intake.contacts
      ) as contacts,
      (select jsonb_object_agg(s.status, s.count) from (select status, count(*) from intake.raw_loads group by 1) s) as loads,
      (
        select jsonb_object_agg(a.action, a.count)
        from (
          select action, sum(coalesce((details ->> 'contacts')::integer, 1)) as count
          from intake.audit_log where action in ('contact_promoted', 'contact_updated') group by 1
        ) a
      ) as audited,
      (select count(*)::integer from intake.pending_ranges) as waiting`;
  return row;
}

export const readLines = async (path: string) => (await Deno.readTextFile(path)).trimEnd().split("\n");

/** Answers the path. */
export async function writeFile(path: string, content: string | Uint8Array): Promise<string> {
  await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
  return path;
}

export async function gzip(text: string): Promise<Uint8Array> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
