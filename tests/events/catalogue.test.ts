import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { createDatabase } from "../support/database.ts";

test("docs/events.md lists the events that there are", async () => {
  await using database = await createDatabase();
  const types = await database.sql()`select type from integrations.event_catalogue order by type`;

  const page = await Deno.readTextFile(`${root}/docs/events.md`);
  const section = page.slice(page.indexOf("## Domain events")).split("### ")[0]!;
  const listed: string[] = [];
  for (const [, cell] of section.matchAll(/^\| (`.*?) \|/gm)) {
    for (const [, thing, fact] of cell!.matchAll(/`(\w+)?\.(\w+)`/g)) {
      listed.push(`${thing ?? listed.at(-1)!.split(".")[0]}.${fact}`);
    }
  }
  expect(listed.sort()).toEqual(types.map(({ type }) => type));
});
