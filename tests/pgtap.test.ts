import { afterAll, beforeAll, test } from "vitest";
import { createDatabase, type TestDatabase } from "./support/database.ts";
import { listTapFiles, openTapSession, prepareForTap, type TapSession } from "./support/pgtap.ts";

let database: TestDatabase;
let session: TapSession;

beforeAll(async () => {
  database = await createDatabase();
  await prepareForTap(database);
  session = openTapSession(database);
});

afterAll(async () => {
  await session?.end();
  await database?.drop();
});

for (const file of listTapFiles()) {
  test(file, () => session.run(file), 600_000);
}
