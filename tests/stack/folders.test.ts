import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, wipe } from "../../local/postgres.ts";

let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "millrace-folders-" });
  await Deno.chmod(folder, 0o755);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

test("a folder of somebody's files is neither emptied nor taken for data", async () => {
  const letters = `${folder}/letters`;
  await Deno.mkdir(letters);
  await Deno.writeTextFile(`${letters}/one`, "dear");
  for (const use of [() => wipe(letters), () => startPostgres({ folder: letters, port: 0 })]) {
    await expect(use()).rejects.toThrow("has other files (one) and no database: choose a folder with --data");
  }
  const file = `${letters}/one`;
  for (const use of [() => wipe(file), () => startPostgres({ folder: file, port: 0 })]) {
    await expect(use()).rejects.toThrow("is no folder: choose another one with --data.");
  }
  expect(await Deno.readTextFile(file)).toBe("dear");
  expect([...Deno.readDirSync(letters)].map(({ name }) => name)).toEqual(["one"]);
});

test("data of another Postgres are refused with what to do, and may be emptied", async () => {
  const old = `${folder}/old`;
  await Deno.mkdir(old);
  await Deno.writeTextFile(`${old}/PG_VERSION`, "15\n");
  await expect(startPostgres({ folder: old, port: 0 })).rejects.toThrow(
    "was made by Postgres 15, and this is Postgres 17: choose another folder with --data",
  );
  await wipe(old);
  await expect(Deno.stat(old)).rejects.toBeInstanceOf(Deno.errors.NotFound);
});
