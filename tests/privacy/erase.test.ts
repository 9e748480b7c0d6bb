import { expect, test } from "vitest";
import { at, bison, type Play } from "../order/orders.ts";
import { workingDay } from "../order/working_day.ts";
import { atOnce, openSessions, untilWaiting } from "../races/sessions.ts";
import { createDatabase } from "../support/database.ts";
import { dump } from "../support/dump.ts";
import { plantEverywhere } from "./plant.ts";

const address = "casey.o+spam@fabrikam-mail.test";

/** An address that ends in another person's is that other person's. */
function places(text: string): string[] {
  return text.toLowerCase().replaceAll(`x${address}`, "").split("\n-- ")
    .filter((part) => part.includes(address) || part.includes("%40fabrikam-mail.test"))
    .map((part) => part.split("\n")[0]!);
}

test("an address planted in every column of every table is nowhere after an erasure", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 1 });
  const admin = database.sql("supabase_admin", { max: 1 });
  const planted = await plantEverywhere(sql, address);
  expect(planted.length).toBeGreaterThan(40);
  await sql`
    update integrations.webhook_events set raw_body = ${new TextEncoder().encode(`{"a": "${address}", \u00e9\n`)}`;
  expect(places(await dump(admin))).toHaveLength(planted.length);

  const [{ done }] = await sql<[{ done: { table_name: string; rows: number }[] }]>`
    select integrations.erase_person(${address.toUpperCase()}) as done`;
  expect(places(await dump(admin))).toEqual([]);
  const touched = new Set(done.map(({ table_name }) => table_name.replace(/^public\./, "")));
  expect(planted.filter((table) => !touched.has(table))).toEqual([]);
  // Whose address only ends alike is still there.
  expect((await dump(admin)).toLowerCase()).toContain(`x${address}`);
});

test("deliveries that come while a person is erased bring nothing back, and others do not wait", async () => {
  await using database = await createDatabase();
  const { sql, sessions, receive } = await openSessions(database, 4);
  const [person, other] = ["lead1@company1.example", "lead2@company2.example"];
  const day = workingDay(2, 7);
  for (const play of day) await receive(sessions[0]!, play);
  const eraser = database.sql("postgres", { max: 1 });

  let isErased = false;
  const outcomes = await atOnce(sql, sessions, async (session, number) => {
    if (number === 0) {
      await eraser`select integrations.erase_person(${person})`;
      isErased = true;
      return [];
    }
    const answers: string[] = [];
    for (let round = 0, isLast = false; !isLast; round++) {
      isLast = isErased;
      for (const play of day) answers.push((await receive(session, again(play, `${number}-${round}`))).outcome);
    }
    return answers;
  });
  expect(outcomes.flat().filter((outcome) => outcome !== "processed" && outcome !== "ignored")).toEqual([]);
  expect(outcomes.flat()).toContain("ignored");

  const text = (await dump(database.sql("supabase_admin"))).replaceAll(`deputy.${person}`, "");
  expect(text).toContain(other);
  expect(text).not.toContain(person);
  expect(await sql`select * from private.recount_counters()`).toEqual([]);
});

test("a delivery that waited for an erasure is emptied", async () => {
  await using database = await createDatabase();
  const { sql, sessions, receive } = await openSessions(database, 1);
  const mail = bison("EMAIL_SENT", { ...at("2026-03-02T10:00:00Z"), lead: { email: address } });
  const eraser = database.sql("postgres", { max: 1 });

  let receiving: Promise<{ outcome: string }> | undefined;
  await eraser.begin(async (erasing) => {
    await erasing`select integrations.erase_person(${address})`;
    receiving = receive(sessions[0]!, mail);
    await untilWaiting(sql, 1);
  });
  expect(await receiving).toMatchObject({ outcome: "ignored" });
  expect(await sql`select event_type, payload from integrations.webhook_events`).toEqual([
    { event_type: "suppressed", payload: null },
  ]);
});

test("a tick that brings a person's mails while they are erased leaves none of them", async () => {
  await using database = await createDatabase();
  const { sql, sessions, receive } = await openSessions(database, 1);
  const [kept, merged] = ["kept@fabrikam-mail.test", address];
  await sql`insert into people.master (email, name) values (${kept}, 'Casey O'), (${merged}, 'Casey O')`;
  await sql`
    select people.merge_people(k.id, m.id)
    from people.master k, people.master m where k.email = ${kept} and m.email = ${merged}`;
  await receive(sessions[0]!, bison("EMAIL_SENT", { ...at("2026-03-02T10:00:00Z"), lead: { email: merged } }));
  await sql`select private.fold_counters()`;

  let erasing: Promise<unknown> | undefined;
  await database.sql("postgres", { max: 1 }).begin(async (ticking) => {
    expect(await ticking`select outreach from private.feed_marketing()`).toEqual([{ outreach: 1 }]);
    erasing = database.sql("postgres", { max: 1 })`select integrations.erase_person(${merged})`.execute();
    await untilWaiting(sql, 1);
  });
  await erasing;
  expect(await sql`select from marketing.outreach_history`).toEqual([]);
});

/** The same as a delivery of its own. */
function again(play: Play, suffix: string): Play {
  return { ...play, delivery: { ...play.delivery, key: `${play.delivery.key}|${suffix}` } };
}
