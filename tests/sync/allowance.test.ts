import { expect, test } from "vitest";
import { giveHistory } from "../../simulators/bison/mod.ts";
import { openWorld } from "./world.ts";

test("one call of functions/jobs reads on at the provider's rate until all is read", async () => {
  await using world = await openWorld();
  const { sql, bison, workspace, work, start, list } = world;
  giveHistory(workspace, { campaigns: 0, days: 0, inboxes: 130 }, new Date(), 1000);
  await sql`update outbound.rate_limits set amount = 20, per = '1 second', burst = 1 where name = 'bison'`;
  const began = performance.now();
  await start("inboxes");
  await work();
  expect(await list("warmup")).toMatchObject({ state: "idle", pages: 9 });
  // No more than 20 a second, the first at once.
  expect(performance.now() - began).toBeGreaterThan(((bison.rate.requests - 2) / 20) * 1_000);
});

test("a provider that is busy for longer leaves the rest to the next call", async () => {
  await using world = await openWorld();
  const { sql, work, start, list } = world;
  await sql`update outbound.rate_limits set amount = 1, per = '1 hour', burst = 1 where name = 'bison'`;
  await start("tags");
  await start("replies");
  await work();
  const states = [(await list("tags")).state, (await list("replies")).state].sort();
  expect(states).toEqual(["idle", "running"]);
});
