// Deliveries while the gateway, a backend or the whole of Postgres is killed with kill -9.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Outcome, playCycle } from "./cycle.ts";
import { tableOf } from "./report.ts";
import { createTraffic } from "./traffic.ts";
import { openWorld, victims, type World } from "./world.ts";

let world: World;
const traffic = createTraffic(20260302);

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.stop());

function expectNothingLost(outcome: Outcome): void {
  // The sender insisted: what hangs does so until the test's time is over.
  expect(outcome.findings).toEqual({ lost: 0, early: 0, missing: 0, doubled: 0, recount: 0, details: [] });
}

test("2,000 deliveries survive a kill of the gateway and of Postgres", async () => {
  const outcome = await playCycle(world, traffic, ["gateway", "postmaster"], { deliveries: 2_000 });
  console.log(tableOf([outcome]));
  expectNothingLost(outcome);
  expect(outcome.acked).toBe(2_000);
}, 600_000);

test("30 kills of the gateway, a backend and Postgres in turn lose and double nothing", async () => {
  const outcomes: Outcome[] = [];
  for (let number = 0; number < 30; number++) {
    const victim = victims[number % victims.length]!;
    const outcome = await playCycle(world, traffic, [victim], { deliveries: 120, repeated: 0.2, seed: number });
    expectNothingLost(outcome);
    outcomes.push(outcome);
  }
  console.log(tableOf(outcomes));
}, 1_800_000);
