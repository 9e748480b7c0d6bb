// Hostile bodies against the real gateway and database: no 5xx, nothing from a valid token lost, no session crashed.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostileCase, hostileCases } from "../fixtures/hostile.ts";
import { sha256 } from "../functions/support.ts";
import { playMutations, postAll } from "./mutations.ts";
import { openWorld, type World } from "./world.ts";

/** Far above what is seen (see `npm run drill`), far below what a body that is kept three times over would take. */
const mostMemory = 600 * 2 ** 20;

let world: World;
beforeAll(async () => {
  // On a slow machine as well, only a fault brings a 503.
  world = await openWorld({ durable: false, env: { DATABASE_DEADLINE_MS: "60000" } });
});
afterAll(() => world?.stop());

async function expectNoCrash(): Promise<void> {
  expect(await world.log()).not.toMatch(/PANIC|terminated by signal|terminated by exception/);
}

/** Handlers may refuse what is written into an event, but nothing may go wrong inside them, nor with the counters. */
async function expectSoundTables(): Promise<void> {
  const failures = await world.ask((sql) =>
    sql`
      select distinct e.event_type, e.last_sqlstate, e.last_error
      from integrations.webhook_events e
      where e.status = 'failed' and e.last_sqlstate !~ '^(22|MR)'`
  );
  expect([...failures]).toEqual([]);
  expect([...await world.ask((sql) => sql`select * from private.recount_counters()`)]).toEqual([]);
}

test("the hostile corpus is answered as it should be, and kept", async () => {
  const wrong: string[] = [];
  const refused: HostileCase[] = [];
  const answers = await postAll(world, hostileCases(), (hostile, status, error) => {
    if (status !== hostile.status || error !== hostile.error) wrong.push(`${hostile.name}: ${status} ${error}`);
    if (status !== 200 && status !== 413 && error !== "empty_body") refused.push(hostile);
  });
  expect(wrong).toEqual([]);
  expect(answers.unkept).toBe(0);
  expect(answers.memory).toBeLessThan(mostMemory);
  const kept = await world.ask((sql) =>
    sql<{ hash: string }[]>`
      select encode(sha256(e.raw_body), 'hex') as hash from integrations.webhook_events e where e.raw_body is not null`
  );
  const hashes = new Set(kept.map(({ hash }) => hash));
  // An event of somebody else is kept as an event.
  const missing = refused.filter(({ body, error }) => error !== "workspace_mismatch" && !hashes.has(sha256(body)));
  expect(missing.map(({ name }) => name)).toEqual([]);
  await expectNoCrash();
  await expectSoundTables();
});

test("3,000 mutated bodies bring no 5xx, and are kept", async () => {
  const { statuses, unkept, memory } = await playMutations(world, 3_000, 1);
  expect(Object.keys(statuses).filter((status) => !["200", "400", "403", "413", "415"].includes(status))).toEqual([]);
  expect(statuses[200]).toBeGreaterThan(500);
  expect(statuses[400]).toBeGreaterThan(500);
  expect(unkept).toBe(0);
  expect(memory).toBeLessThan(mostMemory);
  await expectNoCrash();
  await expectSoundTables();
});
