import { expect, test } from "vitest";
import { createDatabase } from "../support/database.ts";
import { differences, play, random, setUp, shuffled } from "./orders.ts";
import { workingDay } from "./working_day.ts";

test("a working day ends in one state, however it is shuffled and repeated", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 1 });
  await setUp(sql);
  const day = workingDay(40, 1);
  const next = random(2);
  const inOrder = await play(sql, day);
  expect(inOrder.complaint).toBeNull();
  expect(new Set(inOrder.outcomes)).toEqual(new Set(["processed"]));
  expect(inOrder.tables.engaged_leads!.length).toBeGreaterThan(10);

  for (let round = 1; round <= 8; round++) {
    const all = day.map((_, n) => n);
    const repeated = all.filter(() => next() < 0.2);
    const order = shuffled([...all, ...repeated], next);
    const state = await play(sql, day, order);
    expect(differences(inOrder, state), `shuffle ${round}`).toEqual([]);
    expect(state.complaint, `shuffle ${round}`).toBeNull();
    expect(state.outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(repeated.length);
  }
});
