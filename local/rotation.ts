// Seals every secret of the database anew with the first key. Each batch is one short transaction that changes only
// values that are still what was read, so it may be killed, run again, or run beside writers.

import type postgres from "postgres";
import type { SecretBox } from "../supabase/functions/_shared/secrets.ts";

export interface RotationOptions {
  sql: postgres.Sql;
  box: SecretBox;
  /** Secrets a transaction. */
  batch: number;
  say: (line: string) => void;
}

export interface Rotation {
  resealed: number;
  /** Secrets that no key opens, as words for a person. */
  unreadable: string[];
  /** Secrets that came under another key than the first while it ran. */
  left: number;
}

interface Column {
  /** Quoted as SQL wants it, like the others. */
  table: string;
  column: string;
  type: string;
}

/** A column's content: one sealed text, or an object of several as JSON. */
interface Secret {
  place: string;
  content: string;
}

const sealed = String.raw`v1\.([\w-]{1,40})\.[\w-]{16}\.[\w-]{22,}`;

/** Throws when a key is missing, before anything is changed. */
export async function rotateSecrets(options: RotationOptions): Promise<Rotation> {
  const columns = await options.sql<Column[]>`
    select table_name::text as table, quote_ident(column_name) as column, type
    from private.secret_columns
    order by 1, 2`;
  await requireKeys(options, columns);
  const rotation: Rotation = { resealed: 0, unreadable: [], left: 0 };
  for (const column of columns) await rotateColumn(options, column, rotation);
  return rotation;
}

async function requireKeys({ sql, box }: RotationOptions, columns: readonly Column[]): Promise<void> {
  const missing: string[] = [];
  for (const { table, column } of columns) {
    const keys = await sql<{ id: string; count: string }[]>`
      select found[1] as id, count(*)
      from ${sql.unsafe(table)} as t
      cross join regexp_matches(t.${sql.unsafe(column)}::text, ${sealed}, 'g') as found
      group by 1 order by 1`;
    for (const { id, count } of keys.filter(({ id }) => !box.has(id))) {
      missing.push(`${count} of ${table}.${column} want the key ${JSON.stringify(id)}`);
    }
  }
  if (missing.length) {
    throw new Error(
      `MILLRACE_SECRET_KEYS lacks a key, so nothing was changed: ${missing.join("; ")}. Put it behind the first one.`,
    );
  }
}

async function rotateColumn(options: RotationOptions, column: Column, rotation: Rotation): Promise<void> {
  const { say } = options;
  const name = `${column.table}.${column.column}`;
  const unreadable = new Map<string, string>();
  let done = 0;
  // What a writer moved away under our hands is found by the next pass.
  for (let pass = 1; pass <= 5; pass++) {
    let place = "(0,0)";
    for (;;) {
      const secrets = await readBatch(options, column, place);
      if (!secrets.length) break;
      place = secrets.at(-1)!.place;
      const changed = await resealBatch(options, column, secrets, unreadable);
      done += changed;
      if (changed) say(`${name}: ${done} sealed anew`);
    }
    const count = await countStale(options, column);
    if (count <= unreadable.size) break;
    if (pass === 5) rotation.left += count - unreadable.size;
  }
  await openSealed(options, column, unreadable);
  rotation.resealed += done;
  for (const reason of unreadable.values()) rotation.unreadable.push(`${name}: ${reason}`);
}

/** A key that was replaced under its old name seals nothing anew: so what has the first key's name is opened, too. */
async function openSealed(options: RotationOptions, column: Column, unreadable: Map<string, string>): Promise<void> {
  const { box } = options;
  const current = sealed.replace(String.raw`([\w-]{1,40})`, `(${box.sealingId})`);
  for (let place = "(0,0)";;) {
    const secrets = await readBatch(options, column, place, current);
    if (!secrets.length) return;
    place = secrets.at(-1)!.place;
    for (const { place, content } of secrets) {
      const opening = [...content.matchAll(new RegExp(current, "g"))].map(([text]) => box.open(text));
      const isOpen = (await Promise.allSettled(opening)).every(({ status }) => status === "fulfilled");
      if (!isOpen) unreadable.set(content, `row ${place} does not open with the key ${box.sealingId}`);
    }
  }
}

function readBatch(
  options: RotationOptions,
  { table, column }: Column,
  after: string,
  pattern = stale(options),
): Promise<Secret[]> {
  const { sql, batch } = options;
  return sql<Secret[]>`
    select ctid::text as place, ${sql.unsafe(column)}::text as content
    from ${sql.unsafe(table)}
    where ${sql.unsafe(column)}::text ~ ${pattern} and ctid > ${after}::tid
    order by ctid
    limit ${batch}`;
}

async function countStale(options: RotationOptions, { table, column }: Column): Promise<number> {
  const { sql } = options;
  const [row] = await sql<[{ count: number }]>`
    select count(*)::integer from ${sql.unsafe(table)} where ${sql.unsafe(column)}::text ~ ${stale(options)}`;
  return row.count;
}

/** Finds what another key than the first one sealed. */
function stale({ box }: RotationOptions): string {
  return sealed.replace("(", `(?!${box.sealingId}\\.)(`);
}

async function resealBatch(
  { sql, box }: RotationOptions,
  { table, column, type }: Column,
  secrets: readonly Secret[],
  unreadable: Map<string, string>,
): Promise<number> {
  const anew: { place: string; was: string; becomes: string }[] = [];
  for (const { place, content } of secrets) {
    try {
      anew.push({ place, was: content, becomes: await resealAll(box, content) });
    } catch {
      const ids = [...content.matchAll(new RegExp(sealed, "g"))].map(([, id]) => id);
      unreadable.set(content, `row ${place} does not open with the key ${ids.join(", ")}`);
    }
  }
  const result = await sql`
    update ${sql.unsafe(table)} as t
    set ${sql.unsafe(column)} = n.becomes::${sql.unsafe(type)}
    from unnest(
      ${anew.map((secret) => secret.place)}::tid[],
      ${anew.map((secret) => secret.was)}::text[],
      ${anew.map((secret) => secret.becomes)}::text[]
    ) as n (place, was, becomes)
    where t.ctid = n.place and t.${sql.unsafe(column)}::text = n.was`;
  return result.count;
}

async function resealAll(box: SecretBox, content: string): Promise<string> {
  let result = content;
  for (const [text] of content.matchAll(new RegExp(sealed, "g"))) result = result.replace(text, await box.reseal(text));
  return result;
}
