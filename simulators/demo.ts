// `npm run demo [-- --date 2026-11-20]`: plays one working day of the demo agency over HTTP, then shows what became of it
// and whether every figure is what it must be; then what the agency does beside its campaigns, chapter by chapter. The day's date decides everything: playing it again sends the same events,
// all of them duplicates by then; another date brings other people.
import { parseFlags } from "../local/flags.ts";
import { connect } from "../local/platform.ts";
import { fail } from "../local/report.ts";
import { agency, createAgencySimulators } from "./agency.ts";
import { chapters } from "./demo/chapters/mod.ts";
import { check, type Result } from "./demo/check.ts";
import { Day, hasOwnId, type Line } from "./demo/day.ts";
import { eventsOf } from "./demo/figures.ts";
import { type Answered, play } from "./demo/play.ts";
import { type DayRows, readDay } from "./demo/read.ts";
import { report } from "./demo/report.ts";
import { findStage, type Stage } from "./demo/stack.ts";
import { tellStory } from "./demo/story.ts";
import { bold, dim, green, red } from "./demo/table.ts";

const usage = "npm run demo -- [--date YYYY-MM-DD]";

try {
  const day = new Day(dateOf(parseFlags(usage, { date: { type: "string" } }).date));
  const stage = await findStage(console.log);
  let ok = false;
  try {
    ok = await playOn(stage, day);
    ok = await playChapters(stage) && ok;
  } finally {
    await stage.stop();
  }
  Deno.exit(ok ? 0 : 1);
} catch (error) {
  fail(error);
}

async function playOn(stage: Stage, day: Day): Promise<boolean> {
  const simulators = createAgencySimulators(stage.functions, {
    clock: () => day.now,
    // A thousand ids of every kind for each day: the same ones whenever it is played.
    firstId: day.number * 1_000,
    delivery: { retryWaitsMs: [200, 500, 1_000, 2_000, 4_000] },
  });
  tellStory(day, simulators);
  console.log(
    `\n${bold(`${longDate(day.date)}: a working day of the demo agency`)}\n${
      dim(`Played on ${stage.what}, ${stage.functions}`)
    }\n`,
  );

  const sql = connect(stage.database);
  try {
    await expectAgency(sql);
    console.log(dim(" UTC    Client    local"));
    const since = await now(sql);
    const answers = await play(day, (line) => console.log(told(line)));
    const rows = await readDay(sql, question(day, answers, since));
    console.log(report(day, answers, rows));
    return conclude(day, answers, rows, check(day, answers, rows));
  } finally {
    await sql.end();
    await Promise.all([simulators.bison.close(), simulators.calendly.close()]);
  }
}

/** What the agency does beside the campaigns of the day, each with figures of its own. */
async function playChapters(stage: Stage): Promise<boolean> {
  if (!stage.simulators) {
    console.log(dim("\n The other chapters need the simulated providers of `npm start`."));
    return true;
  }
  let checked = 0;
  const differences: string[] = [];
  for (const play of chapters) {
    for (const result of await play(stage)) {
      checked += result.checked;
      differences.push(...result.differences);
    }
  }
  console.log(
    differences.length === 0
      ? `\n ${green("✓")} ${checked} further figures checked: every one is as expected.`
      : `\n ${red("✗")} ${differences.length} of ${checked} further figures differ:\n   ${differences.join("\n   ")}`,
  );
  return differences.length === 0;
}

/** The last working day that is over everywhere, or the one asked for. */
function dateOf(wanted?: string): string {
  if (wanted !== undefined) {
    if (/^\d{4}-\d\d-\d\d$/.test(wanted) && new Date(`${wanted}T00:00:00Z`).toJSON()?.startsWith(wanted)) return wanted;
    throw new Error(`--date must be a day such as 2026-11-20, not ${JSON.stringify(wanted)}.`);
  }
  const day = new Date(Date.now() - 30 * 3_600_000);
  while (day.getUTCDay() % 6 === 0) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

async function expectAgency(sql: ReturnType<typeof connect>): Promise<void> {
  const names = agency.map(({ name }) => name);
  const [found] = await sql`
    select count(distinct client)::integer as clients from integrations.webhook_endpoints where client = any(${names})`;
  if (found?.clients === names.length) return;
  throw new Error("This database does not have the demo agency: run supabase/seed.sql on it, or start with a new one.");
}

async function now(sql: ReturnType<typeof connect>): Promise<Date> {
  const [row] = await sql`select clock_timestamp() as now`;
  return row!.now;
}

function question(day: Day, answers: Answered[], since: Date) {
  return {
    date: day.date,
    since,
    clients: agency.map(({ name }) => name),
    emails: day.expectations.map(({ email }) => email),
    eventIds: answers.flatMap(({ eventId }) => eventId ?? []),
    replyIds: eventsOf(day).flatMap(({ payload }) => (payload.data.reply as { id: number } | undefined)?.id ?? []),
  };
}

function told({ at, desk, text }: Line): string {
  const { name, timeZone } = desk.client;
  const clock = at.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return ` ${dim(at.toISOString().slice(11, 16))}  ${name.split(" ")[0]!.padEnd(9)} ${bold(clock)}  ${text}`;
}

function longDate(date: string): string {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString("en-GB", options);
}

function conclude(day: Day, answers: Answered[], rows: DayRows, { checked, differences }: Result): boolean {
  const events = new Set(answers.map(({ post }) => post.event));
  const duplicates = answers.filter(({ outcome }) => outcome === "duplicate").length;
  const late = answers.filter(({ post }) => post.arrives > post.event.at).length;
  console.log(
    `\n ${events.size} events in ${answers.length} deliveries, of which ${duplicates} were duplicates and ${late} came late.`,
  );
  if (wasPlayedBefore(answers, rows)) {
    console.log(
      dim(` ${day.date} was played here before, so nothing was added. Events without an id of their own (tags,`),
    );
    console.log(dim(" accounts, warm-up) are stored again after five minutes, to the same effect. For another day:"));
    console.log(dim(" npm run demo -- --date YYYY-MM-DD"));
  }
  if (differences.length === 0) {
    console.log(` ${green("✓")} ${checked} figures checked: every one is as sent.`);
    return true;
  }
  console.log(` ${red("✗")} ${differences.length} of ${checked} figures differ from what was sent:`);
  for (const difference of differences) console.log(`   ${difference}`);
  return false;
}

function wasPlayedBefore(answers: Answered[], rows: DayRows): boolean {
  const old = new Set(rows.events.filter(({ is_new }) => !is_new).map(({ id }) => Number(id)));
  return answers.some(({ post, eventId }) => hasOwnId(post.event) && eventId !== null && old.has(eventId));
}
