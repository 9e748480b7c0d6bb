// One kill cycle: deliveries are under way, something is killed, it comes back, the sender insists until all are in; then
// the tables are compared with what was sent.

import type postgres from "postgres";
import { seeded } from "../functions/support.ts";
import { type Ack, send } from "./sender.ts";
import type { Delivery, Expected, LeadFigures, Traffic } from "./traffic.ts";
import { pause, type Victim, type World } from "./world.ts";

export interface CycleOptions {
  deliveries: number;
  /** Share of the deliveries that is sent twice, anywhere in the order. */
  repeated?: number;
  seed?: number;
}

export interface Outcome {
  victims: Victim[];
  acked: number;
  retries: number;
  /** The longest time without a 200 after each kill, in milliseconds. */
  recoveries: number[];
  /** The longest time of these in which Postgres itself took no connection. */
  absences: number[];
  findings: Findings;
}

/** Nothing but zeros when all is well. */
export interface Findings {
  /** Deliveries answered with 200 that have no row, or another delivery's, or were not processed. */
  lost: number;
  /** Answers of 200 whose row was not committed at that moment (every tenth is looked at). */
  early: number;
  /** Effects that are not there, and effects that are there too often, over all tables and counters. */
  missing: number;
  doubled: number;
  /** Rows of private.recount_counters(). */
  recount: number;
  /** The first of the differences, in words. */
  details: string[];
}

/** Kills one victim after the other, evenly over the deliveries. */
export async function playCycle(
  world: World,
  traffic: Traffic,
  victims: Victim[],
  { deliveries, repeated = 0, seed = 1 }: CycleOptions,
): Promise<Outcome> {
  const fresh = traffic.next(deliveries);
  const order = shuffled(fresh, repeated, seed);
  const killing: Promise<number>[] = [];
  const looks: Promise<boolean | undefined>[] = [];
  let watch: { stop(): Promise<number[]> } | undefined;
  const { acks, retries } = await send(world.hook, order, {
    acked: ({ eventId }, count) => {
      if (count % 10 === 0) looks.push(world.holds(eventId));
      const number = killing.length;
      if (number === victims.length || count < order.length * (number + 1) / (victims.length + 1)) return;
      killing.push(world.kill(victims[number]!));
      watch ??= watchDatabase(world);
    },
  });
  const kills = await Promise.all(killing);
  const pauses = (times: number[]) => kills.map((at, i) => longestPause(times, at, kills[i + 1]));
  const recoveries = pauses(acks.map(({ at }) => at));
  const absences = pauses(await watch!.stop());
  const early = (await Promise.all(looks)).filter((isHeld) => isHeld === false).length;
  const findings = { early, ...await examine(world, acks, traffic.expected()) };
  return { victims, acked: acks.length, retries, recoveries, absences, findings };
}

/** Requests in flight may still be answered for a moment, so the time to the next answer would say too little. */
function longestPause(answers: number[], from: number, to = Infinity): number {
  const times = [from, ...answers.filter((at) => at > from && at < to).sort((a, b) => a - b)];
  return Math.max(...times.map((at, i) => at - (times[i - 1] ?? at)));
}

function watchDatabase(world: World): { stop(): Promise<number[]> } {
  const times: number[] = [];
  let stopping = false;
  const watching = (async () => {
    for (; !stopping; await pause(10)) if (await world.answers()) times.push(performance.now());
  })();
  return { stop: () => (stopping = true, watching.then(() => times)) };
}

/** A fifth of the deliveries again, and neighbours swapped: as senders do that have several workers. */
function shuffled(fresh: Delivery[], repeated: number, seed: number): Delivery[] {
  if (!repeated) return fresh;
  const random = seeded(seed);
  const twice = fresh.filter(() => random() < repeated);
  return [...fresh, ...twice].map((delivery) => ({ delivery, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ delivery }) => delivery);
}

async function examine(world: World, acks: Ack[], expected: Expected): Promise<Omit<Findings, "early">> {
  return {
    lost: await countLost(world, acks),
    recount: await world.ask(async (sql) => (await sql`select from private.recount_counters()`).length),
    ...compare(await world.ask(readTables), expected),
  };
}

/** Every event id that was answered must be the row of that very delivery. */
async function countLost(world: World, acks: Ack[]): Promise<number> {
  const told = acks.map(({ eventId, delivery: { type, body } }) => ({ id: eventId, type, payload: JSON.parse(body) }));
  const [row] = await world.ask((sql) =>
    sql<{ lost: number }[]>`
      select count(*)::integer as lost
      from jsonb_to_recordset(${sql.json(told as never)}) as a (id bigint, type text, payload jsonb)
      where not exists (
        select from integrations.webhook_events e
        where e.id = a.id and e.event_type = a.type and e.payload = a.payload and e.status = 'processed'
      )`
  );
  return row!.lost;
}

function compare(found: Tables, expected: Expected): Pick<Findings, "missing" | "doubled" | "details"> {
  const result = { missing: 0, doubled: 0, details: [] as string[] };
  const expect = (what: string, is: number, should: number) => {
    if (is === should) return;
    if (is < should) result.missing += should - is;
    else result.doubled += is - should;
    if (result.details.length < 10) result.details.push(`${what}: ${is}, expected ${should}`);
  };
  expect("webhook_events", found.events, expected.deliveries);
  expect("events processed", found.processed, expected.deliveries);
  expect("replies", found.replies, expected.replies);
  expect("bounces", found.bounces, expected.bounces);
  expect("engaged_leads", found.engaged, expected.engaged);
  expect("crm_contacts", found.contacts, expected.engaged);
  expect("all_leads", found.leads.length, expected.leads.size);
  for (const [name, should] of Object.entries(expected.reporting)) expect(name, found.reporting[name]!, should);
  for (const { lead, ...figures } of found.leads) {
    const should = expected.leads.get(lead) ?? { emails_sent: 0, opens: 0, replies: 0, bounces: 0 };
    for (const name of Object.keys(should) as (keyof LeadFigures)[]) {
      expect(`${lead} ${name}`, figures[name], should[name]);
    }
  }
  return result;
}

interface Tables {
  events: number;
  processed: number;
  replies: number;
  bounces: number;
  engaged: number;
  contacts: number;
  reporting: Record<string, number>;
  leads: ({ lead: string } & LeadFigures)[];
}

/** Read through the views, which add what is not folded yet. */
async function readTables(sql: postgres.Sql): Promise<Tables> {
  const [counts] = await sql`
    select
      (select count(*)::integer from integrations.webhook_events) as events,
      (select count(*)::integer from integrations.webhook_events where status = 'processed') as processed,
      (select count(*)::integer from public.replies) as replies,
      (select count(*)::integer from public.bounces) as bounces,
      (select count(*)::integer from public.engaged_leads) as engaged,
      (select count(*)::integer from public.crm_contacts) as contacts`;
  const [reporting] = await sql`
    select
      sum(r.emails_sent)::integer as emails_sent,
      sum(r.total_leads_contacted)::integer as total_leads_contacted,
      sum(r.opened)::integer as opened,
      sum(r.unique_opens_per_contact)::integer as unique_opens_per_contact,
      sum(r.unique_replies_per_contact)::integer as unique_replies_per_contact,
      sum(r.bounced)::integer as bounced,
      sum(r.unsubscribed)::integer as unsubscribed,
      sum(r.interested)::integer as interested
    from public.campaign_reporting_current r`;
  const leads = await sql`
    select l.email || ' ' || l.campaign_id as lead, l.emails_sent, l.opens, l.replies, l.bounces
    from public.all_leads l`;
  return { ...counts, reporting, leads } as unknown as Tables;
}
