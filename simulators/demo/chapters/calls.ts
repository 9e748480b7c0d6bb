// Two recorded calls: one whose client is clear, with the tasks that it left, and one that a person in Slack is asked
// about.
import { connect } from "../../../local/platform.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";

const clear = {
  title: "Northwind weekly",
  invitees: [{ name: "Maya Chen", email: "maya@northwind-robotics.example" }],
  said: [
    ["Robin Vale", "The Midwest list is through. Where do we go next?"],
    ["Maya Chen", "Ohio. Forty plants there run a night shift."],
  ],
  summary: "## Summary\nThe Midwest list is through; Ohio is next.\n",
  action_items: [{ description: "Send the Ohio market map", assignee: "Robin Vale" }],
};
const unclear = {
  title: "Intro with Sam",
  invitees: [{ name: "Sam Doe", email: "sam.doe@gmail.com" }],
  said: [["Sam Doe", "I was told to speak with you."]],
};

interface Row {
  recording: string;
  client: string | null;
  confidence: number | null;
  reason: string;
  tasks: number;
  question: string | null;
}

export async function playCalls(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const sql = connect(stage.database);
  try {
    console.log("\n Two calls were recorded in Fathom");
    const [sure, unsure] = [await record(stage.simulators, clear), await record(stage.simulators, unclear)];
    const rows = await sql<Row[]>`
      select
        c.fathom_call_id as recording, c.client, c.match_confidence as confidence, c.match_reason as reason,
        (select count(*)::int from integrations.call_tasks t where t.call_id = c.id) as tasks, null as question
      from public.client_fathom_calls c
      where c.fathom_call_id = any(${[sure, unsure]})
      union all
      select u.recording_id, null, null, u.reason, 0, (
        select a.title from integrations.approvals a where a.subject_id = u.id and a.status = 'open'
      )
      from integrations.unmatched_calls u
      where u.recording_id = any(${[sure, unsure]})`;
    const [placed, held] = [sure, unsure].map((id) => rows.find(({ recording }) => recording === id));
    console.log(`   "${clear.title}" is ${placed?.client}'s (${Math.round(100 * (placed?.confidence ?? 0))} %)`);
    console.log(`     ${placed?.reason} ${placed?.tasks} task in its CRM`);
    console.log(`   "${unclear.title}" is nobody's yet: ${held?.reason}`);
    console.log(`     Slack asks: ${held?.question}`);
    return [compare({
      "client of the clear call": [placed?.client, "Northwind Robotics"],
      "tasks of the clear call": [placed?.tasks, 1],
      "client of the unclear call": [held?.client, null],
      "question about the unclear call": [held?.question, `Whose call is "${unclear.title}"?`],
    })];
  } finally {
    await sql.end();
  }
}

/** Has a call recorded and told to our webhook, twice at once; answers the recording's id. */
async function record(simulators: string, meeting: object): Promise<string> {
  const response = await fetch(`${simulators}/fathom/_simulator/record`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...meeting, deliver: { times: 2 } }),
  });
  const { events: [event] } = await response.json();
  const state = await (await fetch(`${simulators}/fathom/_simulator`)).json();
  const wrong = event.deliveries.find(({ status }: { status: number }) => status !== 200);
  if (wrong) throw new Error(`The call was answered with ${wrong.status}: ${wrong.answer}`);
  return `${state.state.meetings.at(-1).recording_id}`;
}

function compare(facts: Record<string, [found: unknown, expected: unknown]>): Result {
  const wrong = Object.entries(facts).filter(([, [found, expected]]) => found !== expected);
  return {
    checked: Object.keys(facts).length,
    differences: wrong.map(([what, [found, expected]]) => `${what}: ${found} instead of ${expected}`),
  };
}
