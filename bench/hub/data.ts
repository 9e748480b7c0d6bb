// A million scraped contacts, of which a tenth come twice, as a file and in the tables of both sides.

import type postgres from "postgres";

export interface Contacts {
  path: string;
  rows: number;
}

/** The bare side: the cheapest tables that hold the same. */
export async function setUp(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema bench;
    create table bench.rows (id bigint generated always as identity, batch_id integer, row jsonb);
    create table bench.stage (row jsonb);
    create table bench.golden (
      id bigint generated always as identity primary key, email text not null, first_name text, last_name text,
      company text, domain text, title text, country text, phone text, score integer, source text, tags jsonb,
      times_seen integer not null default 1, created_at timestamptz default now(), updated_at timestamptz default now()
    );
    create unique index golden_email on bench.golden (email);
    create table bench.loads (like intake.raw_loads);
    create table bench.ranges (like intake.pending_ranges);
  `).simple();
}

export async function writeContacts(path: string, rows: number): Promise<Contacts> {
  const titles = ["CEO", "CTO", "Head of Sales", "Engineer", "Buyer"];
  const countries = ["DE", "US", "GB", "FR", "NL"];
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  const encoder = new TextEncoder();
  for (let start = 0; start < rows; start += 10_000) {
    let text = "";
    for (let i = start; i < Math.min(start + 10_000, rows); i++) {
      const company = i % 5_000;
      text += JSON.stringify({
        email: `user${i % Math.ceil(rows * 0.9)}@company${company}.example`,
        first_name: `First${i % 1_000}`,
        last_name: `Last${i % 7_000}`,
        company: `Company ${company}`,
        domain: `company${company}.example`,
        title: titles[i % 5],
        country: countries[i % 5],
        phone: `+49${1_000_000_000 + i}`,
        score: i % 100,
        source: "import",
        tags: [`a${i % 10}`, `b${i % 20}`],
      }) + "\n";
    }
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  }
  return { path, rows };
}

/** The lines of the file, so many at a time, as JSON arrays. */
export async function* documents({ path }: Contacts, size: number): AsyncGenerator<string> {
  let rest = "";
  let lines: string[] = [];
  const file = await Deno.open(path);
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    for (const line of parts) {
      lines.push(line);
      if (lines.length < size) continue;
      yield `[${lines.join(",")}]`;
      lines = [];
    }
  }
  if (lines.length) yield `[${lines.join(",")}]`;
}

const golden = "email, first_name, last_name, company, domain, title, country, phone, score, source, tags";

/** The smallest statement that makes one row an address of staged rows. */
export const upsert = `
  insert into bench.golden (${golden})
  select distinct on (row ->> 'email')
    row ->> 'email', row ->> 'first_name', row ->> 'last_name', row ->> 'company', row ->> 'domain', row ->> 'title',
    row ->> 'country', row ->> 'phone', (row ->> 'score')::integer, row ->> 'source', row -> 'tags'
  from bench.stage
  order by row ->> 'email'
  on conflict (email) do update
  set first_name = excluded.first_name, last_name = excluded.last_name, company = excluded.company, title = excluded.title,
      phone = excluded.phone, score = excluded.score, tags = excluded.tags, times_seen = golden.times_seen + 1,
      updated_at = now()`;

/** The same that writes only what differs. */
export const guarded = `${upsert}
  where (golden.first_name, golden.last_name, golden.company, golden.title, golden.phone, golden.score, golden.tags)
    is distinct from
    (excluded.first_name, excluded.last_name, excluded.company, excluded.title, excluded.phone, excluded.score, excluded.tags)`;
