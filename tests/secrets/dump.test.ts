// Every secret is set in every way there is, then the whole database is written out as text and searched.

import { expect, test } from "vitest";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { box } from "../functions/support.ts";
import { createDatabase } from "../support/database.ts";
import { dump } from "../support/dump.ts";
import { setSecrets } from "./rows.ts";

test("a dump of a database with every secret set holds no plain secret", async () => {
  await using database = await createDatabase();
  const sql = database.sql("supabase_admin", { max: 1 });
  const secrets = await setSecrets(sql, box, "Acme");
  // A change moves the old value to where audits look.
  for (const table of ['public."Clients"', "shared.credentials"]) {
    const column = table === "shared.credentials" ? "encrypted_value_ciphertext" : '"Api Key - Bison"';
    const secret = `changed-${crypto.randomUUID()}`;
    secrets.push(secret);
    await sql`update ${sql.unsafe(table)} set ${sql.unsafe(column)} = ${await box.seal(secret)}`;
  }
  const key = `mr_abcd1234_${crypto.randomUUID()}`;
  secrets.push(key, key.split("_")[2]!);
  await sql`
    with person as (
      insert into auth.users (id, email) values (gen_random_uuid(), 'admin@millrace.test') returning id
    )
    insert into integrations.memberships (user_id, role) select id, 'admin' from person`;
  await sql`
    select integrations.create_api_key(
      (select user_id from integrations.memberships), 'Script', '{admin}', encode(sha256(${key}::text::bytea), 'hex'),
      'abcd1234'
    )`;

  const text = await dump(sql);
  expect(text).toContain("admin@millrace.test");
  for (const secret of secrets) {
    const bytes = new TextEncoder().encode(secret);
    for (const form of [secret, btoa(secret).replace(/=+$/, ""), bytes.toHex()]) expect(text).not.toContain(form);
  }
  await expect(createSecretBox(`other:${btoa("x".repeat(32))}`).open(await box.seal("x"))).rejects.toThrow();
});
