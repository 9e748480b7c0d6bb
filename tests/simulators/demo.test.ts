import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../local/platform.ts";
import { root } from "../../local/paths.ts";
import { startStack } from "../../local/stack.ts";
import { createAgencySimulators } from "../../simulators/agency.ts";
import { EVENT_IDS } from "../../simulators/bison/mod.ts";
import { EVENTS } from "../../simulators/calendly/mod.ts";
import { Day } from "../../simulators/demo/day.ts";
import { campaignDays } from "../../simulators/demo/figures.ts";
import { person } from "../../simulators/demo/people.ts";
import { tellStory } from "../../simulators/demo/story.ts";
import { reservePort } from "../support/ports.ts";

function dayOf(date: string): Day {
  const day = new Day(date);
  tellStory(day, createAgencySimulators("http://127.0.0.1:1", { clock: () => day.now, firstId: day.number * 1_000 }));
  return day;
}

function bodies(day: Day): unknown[] {
  return day.posts.map(({ event, arrives, times }) => [event.payload, arrives, times]);
}

describe("the story of a day", () => {
  const day = dayOf("2026-11-20");

  test("has every type of both providers, and one that nobody knows", () => {
    const types = new Set(day.posts.map(({ type }) => type));
    expect(types).toEqual(new Set([...EVENT_IDS.map((id) => id.toUpperCase()), ...EVENTS, "BLACKLISTED_EMAIL_ADDED"]));
  });

  test("is the same whenever it is told, and another one on another date", () => {
    expect(bodies(dayOf("2026-11-20"))).toEqual(bodies(day));
    const emails = (of: Day) => of.expectations.map(({ client, email }) => `${client} ${email}`);
    const next = new Set(emails(dayOf("2026-11-23")));
    expect(emails(day).filter((email) => next.has(email)).map((email) => email.split(" ").at(-1))).toEqual([
      "sam.field@applicant.example",
    ]);
  });

  test("delivers events twice at once, again later, late and in both orders of a reschedule", () => {
    expect(day.posts.some(({ times }) => times > 1)).toBe(true);
    const byEvent = [...Map.groupBy(day.posts, ({ event }) => event).values()];
    expect(byEvent.some((posts) => posts.length > 1)).toBe(true);
    expect(day.posts.some(({ event, arrives }) => arrives > event.at)).toBe(true);
    const moves = day.posts.filter(({ event }) => {
      const payload = event.payload as { rescheduled?: boolean; old_invitee?: string | null };
      return payload.rescheduled === true || typeof payload.old_invitee === "string";
    });
    const order = moves.sort((a, b) => a.arrives.getTime() - b.arrives.getTime()).map(({ type }) => type);
    expect(order).toEqual(["invitee.canceled", "invitee.created", "invitee.created", "invitee.canceled"]);
  });

  test("is told in lines that fit the screen", () => {
    const days = Array.from(
      { length: 30 },
      (_, index) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    );
    const lengths = days.flatMap((date) => dayOf(date).lines.map(({ text }) => text.length));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(74);
  });

  test("figures are counted from the events", () => {
    expect(campaignDays(day).find(({ campaign_id }) => campaign_id === 301)).toMatchObject({
      emails_sent: 21,
      total_leads_contacted: 18,
      unique_opens_per_contact: 10,
      unique_replies_per_contact: 7,
      interested: 6,
      unsubscribed: 2,
      bounced: 0,
    });
  });

  test("people are different ones for years", () => {
    const people = Array.from({ length: 20_000 }, (_, index) => person("factory", index).email);
    expect(new Set(people).size).toBe(people.length);
  });
});

describe("npm run demo", () => {
  let stack: Awaited<ReturnType<typeof startStack>>;
  let folder: string;

  beforeAll(async () => {
    folder = await Deno.makeTempDir({ prefix: "millrace-demo-test-" });
    await Deno.chmod(folder, 0o755);
    const report = { step: <T>(_: string, run: (say: () => void) => Promise<T>) => run(() => {}), note: () => {} };
    const ports = { apiPort: reservePort(), databasePort: reservePort(), simulators: false };
    stack = await startStack({ folder: `${folder}/data`, ...ports, report });
  });
  afterAll(async () => {
    await stack?.stop();
    await Deno.remove(folder, { recursive: true });
  });

  async function demo(...args: string[]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", `--config=${root}/deno.json`, `${root}/simulators/demo.ts`, ...args],
      env: { FUNCTIONS_URL: stack.urls.functions, DATABASE_URL: stack.urls.database, NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  }

  test("plays a day, plays it again without effect, and plays another one", async () => {
    const first = await demo("--date", "2026-11-20");
    expect(first.code, `${first.out}\n${first.err}`).toBe(0);
    expect(first.out).toContain("every one is as sent");
    const again = await demo("--date", "2026-11-20");
    expect(again.code, `${again.out}\n${again.err}`).toBe(0);
    expect(again.out).toContain("was played here before");

    const other = await demo("--date", "2026-11-19");
    expect(other.code, `${other.out}\n${other.err}`).toBe(0);
    expect(other.out).not.toContain("was played here before");
    const widths = [first, again, other].flatMap(({ out }) => out.split("\n").map((line) => [...line].length));
    expect(Math.max(...widths)).toBeLessThanOrEqual(100);
  });

  test("finds a figure that is wrong", async () => {
    const sql = connect(stack.urls.database);
    await sql`select private.fold_all_counters()`;
    await sql`update public.campaign_reporting set opened = opened + 1 where campaign_id = 401 and date = '2026-11-20'`;
    await sql`update public.meetings_booked set status = 'no_show' where client = 'Bluebird Logistics'`;
    await sql.end();
    const { code, out } = await demo("--date", "2026-11-20");
    expect(code).toBe(1);
    expect(out).toContain("campaign 401, opened: 8 instead of 7");
    expect(out).toMatch(/meeting \S+ of Bluebird Logistics: no_show instead of booked/);
  });

  test("says what is wrong with its arguments", async () => {
    expect(await demo("--date", "yesterday")).toMatchObject({ code: 1, out: "" });
  });
});
