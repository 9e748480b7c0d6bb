import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { createDatabase } from "../support/database.ts";
import { good } from "./hostile.ts";
import { knowledge, load } from "./support.ts";

test("a loader that promotes, killed again and again, ends as one that was left alone", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/people.jsonl`;
  const lines = Array.from({ length: 30_000 }, (_, n) => n % 50 === 7 ? "broken" : good(n % 25_000));
  await Deno.writeTextFile(path, lines.join("\n"));
  try {
    await using clean = await createDatabase();
    await load(clean, path, { rejectsPath: `${folder}/clean.csv` });
    await clean.sql()`select * from vault.f_promote_contacts()`;

    await using database = await createDatabase();
    const sql = database.sql();
    const rowsDone = async () => Number((await sql`select rows_done from intake.file_loads`)[0]?.rows_done ?? 0);
    for (let kills = 0;; kills++) {
      const child = start(database.url(), path, `${folder}/rejects.csv`);
      const before = await rowsDone();
      const ended = child.status;
      let isOver = false;
      ended.then(() => (isOver = true));
      if (kills < 3) {
        while (!isOver && await rowsDone() <= before);
        try {
          child.kill("SIGKILL");
        } catch {
          // It is over already.
        }
      }
      const { success } = await ended;
      if (success) break;
      expect(kills).toBeLessThan(3);
    }
    expect(await rowsDone()).toBe(30_000);
    expect(await knowledge(sql)).toEqual(await knowledge(clean.sql()));
    expect(await Deno.readTextFile(`${folder}/rejects.csv`)).toBe(await Deno.readTextFile(`${folder}/clean.csv`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function start(database: string, path: string, rejects: string) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--config=${root}/deno.json`,
      `${root}/local/hub_load.ts`,
      path,
      "--rejects",
      rejects,
      "--promote",
    ],
    env: { DATABASE_URL: database },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}
