import { expect, test } from "vitest";
import { migrate } from "../../local/migrate.ts";
import { createDatabase } from "../support/database.ts";

test("a database made of files that were renumbered since is not patched up: the advice is to make it anew", async () => {
  await using database = await createDatabase();
  const sql = database.sql();
  for (
    const change of [
      "delete from supabase_migrations.schema_migrations where version = '20260101000202'",
      `insert into supabase_migrations.schema_migrations (version, name, statements)
       values ('20260101000202', 'portal_campaigns', '{}'), ('20260101000999', 'gone', '{}')`,
    ]
  ) {
    await sql.unsafe(change);
    await expect(migrate(database.url())).rejects.toThrow("`npm run db:reset` makes it anew");
  }
});
