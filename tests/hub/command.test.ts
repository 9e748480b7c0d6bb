import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../stack/command.ts";

let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/people.csv`, "email\nann@acme.example\n");
  await Deno.writeFile(`${folder}/people.xlsx`, new Uint8Array([0x50, 0x4b, 3, 4, 0]));
  await Deno.symlink("people.csv", `${folder}/link.csv`);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

test.each([
  [["people.csv", "--rejects", "people.csv"], "--rejects must be another file"],
  [["people.csv", "--rejects", "link.csv"], "--rejects must be another file"],
  [["people.csv", "--rejects", "nowhere/x.csv"], "nowhere/x.csv cannot be written: name a file in a folder"],
  [["people.csv", "--rejects", "."], "cannot be written"],
  [["people.xlsx"], "people.xlsx is a workbook or an archive: save it as CSV first."],
  [["."], "is no file: a load that was cut off could not go on in it."],
])("%j is refused before anything is touched", async (args, sentence) => {
  const env = { INIT_CWD: folder, DATABASE_URL: "postgres://a:b@127.0.0.1:1/c" };
  const { status, output } = run("hub:load", args, env);
  expect((await status).success).toBe(false);
  expect(output()).toContain(sentence);
  expect(await Deno.readTextFile(`${folder}/people.csv`)).toBe("email\nann@acme.example\n");
});
