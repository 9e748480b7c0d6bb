import { expect, test } from "vitest";
import { createDatabase } from "../support/database.ts";

interface Answer {
  outcome: string;
}

test("two people who place one call at the same instant place it once, and the second is told", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await sql`insert into public."Clients" ("Business") values ('Acme'), ('Birch')`;
  for (let round = 1; round <= 10; round++) {
    const meeting = {
      recording_id: round,
      title: "Intro",
      action_items: [{ description: "Do it" }],
      calendar_invitees: [{ email: "sam@gmail.com", email_domain: "gmail.com", is_external: true }],
    };
    await sql`select private.store_call(${sql.json(meeting)}, now(), null)`;
    const [held] = await sql<{ id: string; approval: string }[]>`
      select u.id, a.id as approval
      from integrations.unmatched_calls u
      join integrations.approvals a on a.subject_id = u.id
      where u.recording_id = ${`${round}`}`;
    const { id, approval } = held!;
    const answers = await Promise.all([
      sql<Answer[]>`select outcome from integrations.decide_approval(${approval}, 'Acme', 'user:1')`.catch(codeOf),
      sql<Answer[]>`select integrations.place_unmatched_call(${id}, 'Birch') as outcome`.catch(codeOf),
    ]);
    const [click, call] = answers.map((answer) => typeof answer === "string" ? answer : answer[0]!.outcome);
    const [placed] = await sql`
      select c.client, count(t.task_id)::int as tasks
      from public.client_fathom_calls c
      left join integrations.call_tasks t on t.call_id = c.id
      where c.fathom_call_id = ${`${round}`}
      group by c.client`;
    expect(placed).toMatchObject({ tasks: 1 });
    expect([click, call]).toEqual(
      placed!.client === "Acme"
        ? ["decided", expect.stringMatching(/^MR00[13]$/)]
        : [expect.stringMatching(/^(MR003|already_decided)$/), "placed"],
    );
  }
});

test("a webhook and a sync that store one recording at the same instant make one call and one task", async () => {
  await using database = await createDatabase();
  const sql = database.sql("postgres", { max: 4 });
  await sql`insert into public."Clients" ("Business", "Website") values ('Acme', 'acme.example')`;
  for (let round = 1; round <= 10; round++) {
    const meeting = {
      recording_id: round,
      title: "Weekly",
      action_items: [{ description: "Do it", recording_timestamp: "00:01:00" }],
      calendar_invitees: [{ email: "a@acme.example", email_domain: "acme.example", is_external: true }],
    };
    const store = () => sql<Answer[]>`select private.store_call(${sql.json(meeting)}, now(), null) as outcome`;
    const outcomes = (await Promise.all([store(), store(), store(), store()])).map(([row]) => row!.outcome);
    expect(outcomes.toSorted()).toEqual(["matched", "updated", "updated", "updated"]);
  }
  const [{ calls, tasks }] = await sql`
    select (select count(*)::int from public.client_fathom_calls) as calls,
      (select count(*)::int from public.crm_tasks) as tasks` as unknown as [{ calls: number; tasks: number }];
  expect([calls, tasks]).toEqual([10, 10]);
});

function codeOf(error: { code: string }): string {
  return error.code;
}
