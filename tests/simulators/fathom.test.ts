import { afterEach, expect, test } from "vitest";
import { createFathomSimulator, type FathomOptions } from "../../simulators/fathom/mod.ts";
import { startReceiver } from "./receiver.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function simulator(options: FathomOptions = {}) {
  const fathom = createFathomSimulator({
    keys: ["key"],
    delivery: { timeoutMs: 150_000, retryWaitsMs: [5] },
    ...options,
  });
  closers.push(() => fathom.close());
  const ask = (path: string, init: RequestInit = {}) =>
    fathom.app.request(`/external/v1${path}`, { ...init, headers: { "x-api-key": "key", ...init.headers } });
  return { fathom, ask };
}
const dana = { name: "Dana", email: "dana@acme.example" };

test("a meeting has the fields that Fathom documents", () => {
  const { fathom } = simulator();
  const { meeting } = fathom.record({ title: "Intro", invitees: [dana], said: [["Dana", "Hello"]] });
  expect(Object.keys(meeting).sort()).toEqual(
    ("action_items calendar_invitees calendar_invitees_domains_type created_at crm_matches default_summary " +
      "meeting_title recorded_by recording_end_time recording_id recording_start_time scheduled_end_time " +
      "scheduled_start_time share_url title transcript transcript_language url").split(" "),
  );
  expect(meeting.calendar_invitees).toMatchObject([{ is_external: false }, {
    is_external: true,
    email_domain: "acme.example",
    matched_speaker_display_name: "Dana",
  }]);
  expect(meeting.transcript).toEqual([{
    speaker: { display_name: "Dana", matched_calendar_invitee_email: "dana@acme.example" },
    text: "Hello",
    timestamp: "00:00:30",
  }]);
});

test("meetings come ten a page, the newest first, with what was asked for", async () => {
  const { fathom, ask } = simulator();
  for (let n = 0; n < 12; n++) fathom.record({ title: `${n}`, invitees: [dana], said: [["Dana", "Hello"]] });
  const first = await (await ask("/meetings?include_transcript=true")).json();
  expect(first.items.map(({ title }: { title: string }) => title)).toEqual("11 10 9 8 7 6 5 4 3 2".split(" "));
  expect(first.items[0]).toMatchObject({ transcript: [{ text: "Hello" }], default_summary: null, action_items: null });
  const second = await (await ask(`/meetings?cursor=${encodeURIComponent(first.next_cursor)}`)).json();
  expect(second).toMatchObject({ next_cursor: null, items: [{ title: "1", transcript: null }, { title: "0" }] });
});

test("a wrong key gets 401, and the calls beyond a minute's 429", async () => {
  const { ask } = simulator({ rateLimit: 2 });
  expect((await ask("/meetings", { headers: { "x-api-key": "other" } })).status).toBe(401);
  const answers = [await ask("/meetings"), await ask("/meetings"), await ask("/meetings")];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get("ratelimit-remaining"))).toEqual(["1", "0", "0"]);
});

test("a webhook is told its secret once, and each delivery keeps its id through its retries", async () => {
  const receiver = startReceiver(500, 200);
  closers.push(() => receiver.close());
  const { fathom, ask } = simulator();
  const wish = { destination_url: receiver.url, triggered_for: ["my_recordings"], include_summary: true };
  const made = await ask("/webhooks", { method: "POST", body: JSON.stringify(wish) });
  expect([made.status, await made.json()]).toEqual([
    201,
    expect.objectContaining({
      secret: expect.stringMatching(/^whsec_/),
      include_summary: true,
      include_transcript: false,
    }),
  ]);
  const { events: [event] } = fathom.record({ title: "Intro", invitees: [dana], said: [["Dana", "Hello"]] });
  const [delivery] = fathom.deliver(event!);
  expect((await delivery!.done).attempts.map(({ status }) => status)).toEqual([500, 200]);
  expect(JSON.parse(fathom.body(event!, [...fathom.webhooks.values()][0]!))).toMatchObject({ transcript: null });

  const nothing = await ask("/webhooks", { method: "POST", body: JSON.stringify({ ...wish, include_summary: false }) });
  expect(nothing.status).toBe(400);
});
