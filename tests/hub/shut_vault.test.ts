// On Supabase nobody creates in `vault` but its owner: the same migrations must do without.

import { expect, test } from "vitest";
import { migrate } from "../../local/migrate.ts";
import { connect, preparePlatform } from "../../local/platform.ts";
import { password } from "../../local/postgres.ts";
import { portVariable } from "../support/server.ts";

test("where vault is shut, its table and function are in intake", async () => {
  const name = `shut_${crypto.randomUUID().slice(0, 8)}`;
  const url = (database: string, user: string) =>
    `postgres://${user}:${password}@127.0.0.1:${Deno.env.get(portVariable)}/${database}`;
  const server = connect(url("postgres", "supabase_admin"));
  await server.unsafe(`create database ${name}`);
  try {
    await preparePlatform(url(name, "supabase_admin"));
    const admin = connect(url(name, "supabase_admin"));
    await admin.unsafe(`alter database ${name} owner to postgres; revoke create on schema vault from postgres`)
      .simple();
    await admin.end();
    await migrate(url(name, "postgres"));

    const sql = connect(url(name, "postgres"));
    const [found] = await sql`
      select to_regclass('vault.contacts') as table, to_regproc('vault.f_promote_contacts') as function,
        has_schema_privilege('authenticated', 'vault', 'usage') as opened`;
    expect(found).toEqual({ table: null, function: null, opened: false });
    await sql`select from intake.f_ingest_json('[{"email": "ann@example.com"}, {"email": "bob@example.com"}]'::jsonb, 's', 'b')`;
    expect(await sql`select promoted_count from intake.f_promote_contacts()`).toEqual([{ promoted_count: 2 }]);
    await sql`select integrations.erase_person('ann@example.com')`;
    expect(await sql`select email from intake.contacts`).toEqual([{ email: "bob@example.com" }]);
    await sql`set role service_role`;
    await expect(sql`update intake.contacts set score = 1`).rejects.toMatchObject({ code: "42501" });
    await sql.end();
  } finally {
    await server.unsafe(`drop database ${name} with (force)`);
    await server.end();
  }
});
