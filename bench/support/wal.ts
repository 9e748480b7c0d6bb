import type { TestDatabase } from "../../tests/support/database.ts";

const segments = 128;

/**
 * Gives a new server the WAL files of one that has run for a while: it then uses old files again. Making one stalls
 * every commit for 30 to 50 ms, which would be most of what a p99 shows.
 */
export async function seasonWal(database: TestDatabase): Promise<void> {
  const admin = database.sql("supabase_admin", { max: 1 });
  for (let made = 0; made < segments; made++) {
    await admin.unsafe("select pg_logical_emit_message(false, '', repeat(' ', 16 * 1024 * 1024))");
  }
  await admin.unsafe("checkpoint");
}
