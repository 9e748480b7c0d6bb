import { afterAll, beforeAll, test } from "vitest";
import { createDatabase, type TestDatabase } from "./support/database.ts";
import { listTapFiles, prepareForTap, runTapFile } from "./support/pgtap.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
  await prepareForTap(database);
});

afterAll(() => database?.drop());

for (const file of listTapFiles()) {
  test(file, () => runTapFile(database, file), 120_000);
}
