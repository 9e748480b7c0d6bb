import { expect, test } from "vitest";
import { createDatabase } from "../support/database.ts";
import { writeHostile } from "./hostile.ts";
import { load, states } from "./support.ts";

test("every row of a hostile file is accounted for, with its reason", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  const folder = await Deno.makeTempDir();
  const path = `${folder}/people.jsonl`;
  try {
    const count = 5_000;
    const expected = await writeHostile(path, count);
    const done = await load(database, path, { rowsAtOnce: 700 });
    expect(done.rows_done + expected.blank).toBe(count);
    expect([done.pending, done.duplicates, done.rejected]).toEqual([
      expected.promoted + expected.failed,
      expected.duplicate,
      expected.rejected,
    ]);

    const rejects = (await Deno.readTextFile(`${path}.rejects.csv`)).match(/^\d+,"(row|email)","[^"]+",/gm)!;
    expect(rejects).toHaveLength(expected.rejected);
    expect(new Set(rejects.map((line) => Number.parseInt(line))).size).toBe(expected.rejected);

    const [promoted] = await sql`select * from vault.f_promote_contacts()`;
    expect(promoted).toMatchObject({
      promoted_count: expected.promoted,
      updated_count: 0,
      failed_count: expected.failed,
    });
    expect(await states(sql)).toEqual({
      promoted: expected.promoted,
      failed: expected.failed,
      duplicate: expected.duplicate,
    });
    const [silent] = await sql`
      select count(*)::integer as count from intake.raw_loads where status = 'failed' and metadata ->> 'error' is null`;
    expect(silent!.count).toBe(0);
    expect((await sql`select count(*)::integer as count from intake.contacts`)[0]!.count).toBe(expected.promoted);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
