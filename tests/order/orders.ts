// Plays the same deliveries in many orders and says what state each one ends in.

import { createHash } from "node:crypto";
import type postgres from "postgres";
import { readBison } from "../../shared/bison.ts";
import { readCalendly } from "../../shared/calendly.ts";
import type { Delivery } from "../../shared/delivery.ts";
import { bisonEvent, bisonInstance, type BisonType, bisonWorkspace } from "../fixtures/bison.ts";
import { calendlyEvent, type CalendlyType } from "../fixtures/calendly.ts";

type Json = Record<string, unknown>;

/** One delivery and the endpoint that it comes to. */
export interface Play {
  endpoint: "bison" | "calendly";
  delivery: Delivery;
  /** The changes that the body was made with. */
  payload: Json;
}

export const client = "Northwind Robotics";
const host = new URL(bisonInstance).host;
const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const context = { receivedAt: 0, digest };

/** An EmailBison event as the function hands it in. */
export function bison(type: BisonType, data: Json, serial = 0): Play {
  const text = JSON.stringify(merged(bisonEvent(type, { serial }), { data }));
  const reading = readBison(
    JSON.parse(text),
    text,
    { instanceHost: host, workspaceId: String(bisonWorkspace) },
    context,
  );
  if (reading.kind !== "event") throw new Error(`${type} is ${reading.kind}`);
  return { endpoint: "bison", delivery: reading.delivery, payload: data };
}

/** The time of an event that has a `campaign_event`. */
export function at(time: string) {
  return { campaign_event: { created_at: time } };
}

/** A mail that came in: its id, its time, and the event of twenty seconds later that says so. */
export function received(id: number, time: string) {
  return {
    ...at(new Date(Date.parse(time) + 20_000).toISOString()),
    reply: { id, date_received: time, created_at: time, updated_at: time },
  };
}

/** A mail that came in and was marked interested later. */
export function markedInterested(id: number, time: string, marked: string) {
  return { ...at(marked), reply: { ...received(id, time).reply, updated_at: marked } };
}

/** A Calendly event as the function hands it in. */
export function calendly(type: CalendlyType, at: string, payload: Json, serial = 0): Play {
  const text = JSON.stringify(merged(calendlyEvent(type, { serial }), { created_at: at, payload }));
  const reading = readCalendly(JSON.parse(text), text, {}, context);
  if (reading.kind !== "event") throw new Error(`${type} is ${reading.kind}`);
  return { endpoint: "calendly", delivery: reading.delivery, payload };
}

interface Booking {
  email?: string;
  start?: string;
  movedFrom?: string;
  movedTo?: string;
}

const uriOf = (name: string | undefined) => name === undefined ? null : `https://api.calendly.com/invitees/${name}`;

/** A booking, made at `time`. */
export function booked(name: string, time: string, { email, start, movedFrom, movedTo }: Booking = {}): Play {
  return calendly("invitee.created", time, {
    uri: uriOf(name),
    created_at: time,
    old_invitee: uriOf(movedFrom),
    new_invitee: uriOf(movedTo),
    ...(email ? { email } : {}),
    scheduled_event: { uri: `event of ${name}`, ...(start ? { start_time: start } : {}) },
  });
}

/** The cancellation, at `time`, of a booking made at `made`. */
export function canceled(name: string, made: string, time: string, booking: Booking = {}): Play {
  return calendly("invitee.canceled", time, {
    ...booked(name, made, booking).payload,
    rescheduled: booking.movedTo !== undefined,
    cancellation: { created_at: time },
  });
}

/** Objects are merged at every depth; everything else is replaced. */
function merged(body: Json, changes: Json): Json {
  const result = { ...body };
  for (const [key, value] of Object.entries(changes)) {
    const known = result[key];
    result[key] = isObject(known) && isObject(value) ? merged(known, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const inboxOf = (column: string) =>
  `'${column}', (select i.bison_inbox_id from public.inboxes i where i.id = t.${column})`;

/** Everything that events write, without what differs from run to run. */
const state = `
  select jsonb_build_object(
    'all_leads', (
      select jsonb_agg(
        to_jsonb(t) - '{id,created_time}'::text[] || jsonb_build_object(
          ${
  ["first_contacted", "first_opened", "first_reply", "engaged", "unsubscribed"].map((kind) => inboxOf(`${kind}_inbox`))
}
        )
        order by t.email, t.campaign_id)
      from public.all_leads t),
    'replies', (
      select jsonb_agg(to_jsonb(t) - '{created_at,updated_at}'::text[] order by t.reply_id) from public.replies t),
    'engaged_leads', (
      select jsonb_agg(to_jsonb(t) - '{id,created_at,updated_at}'::text[] order by t.email) from public.engaged_leads t),
    'crm_contacts', (
      select jsonb_agg(
        to_jsonb(t) - '{id,created_at,updated_at,company_id,synced_revision}'::text[] || jsonb_build_object(
          'company', (select c.company_domain from public.master_companies_db c where c.id = t.company_id)
        )
        order by t.email)
      from public.crm_contacts t),
    'meetings_booked', (
      select jsonb_agg(to_jsonb(t) - '{id,updated_at}'::text[] order by t.email) from public.meetings_booked t),
    'calendly_invitees', (
      select jsonb_agg(to_jsonb(t) - '{created_at,updated_at}'::text[] order by t.invitee_uri)
      from public.calendly_invitees t),
    'campaign_reporting_current', (
      select jsonb_agg(
        -- The steps are compared as campaign_step_stats; the column is refreshed now and then.
        to_jsonb(t) - '{id,created_at,updated_at,sequence_step_stats}'::text[] order by t.campaign_id, t.date)
      from public.campaign_reporting_current t
      where (t.emails_sent, t.total_leads_contacted, t.opened, t.unique_opens_per_contact, t.unique_replies_per_contact,
        t.bounced, t.unsubscribed, t.interested) <> (0, 0, 0, 0, 0, 0, 0, 0)),
    'inboxes_current', (
      select jsonb_agg(to_jsonb(t) - '{id}'::text[] order by t.bison_inbox_id) from public.inboxes_current t),
    'bounces', (select jsonb_agg(to_jsonb(t) - '{created_at}'::text[] order by t.reply_id) from public.bounces t),
    'Campaigns', (
      select jsonb_agg(to_jsonb(t) - '{uuid,created_at,last_event_at}'::text[] order by t.campaign_id)
      from public."Campaigns" t),
    'campaign_step_stats', (
      select jsonb_agg(to_jsonb(t) order by t.campaign_id, t.date, t.step_order, t.step_id, t.variant)
      from public.campaign_step_stats t)
  )`;

/** What a recount of the stored bodies says of each campaign's days, in words of its own. */
const recounted = `
  with raw as (
    select
      e.id, e.event_type as type, (e.payload #>> '{data,campaign,id}')::integer as campaign,
      lower(btrim(e.payload #>> '{data,lead,email}')) as lead, e.payload #>> '{data,reply,id}' as reply, e.occurred_at as at,
      (e.payload #>> '{data,reply,date_received}')::timestamptz as received_at,
      coalesce((e.payload #>> '{data,reply,automated_reply}')::boolean, false) as automated,
      e.payload #>> '{data,reply,type}' = 'Bounced' as is_bounce
    from integrations.webhook_events e
    where e.provider = 'bison' and e.status = 'processed' and e.payload #>> '{data,campaign,id}' is not null
  ),
  facts as (
    select 'sent' as kind, campaign, lead, at from raw where type = 'EMAIL_SENT'
    union all select 'opened', campaign, lead, at from raw where type = 'EMAIL_OPENED'
    union all select 'unsubscribed', campaign, lead, at from raw where type = 'LEAD_UNSUBSCRIBED'
    union all
    select 'interested', campaign, lead, at from raw where type = 'LEAD_INTERESTED' and not automated and not is_bounce
    union all
    select distinct 'replied', campaign, lead, received_at
    from raw
    where type in ('LEAD_REPLIED', 'LEAD_INTERESTED') and not automated and not is_bounce
    union all
    select 'bounced', min(campaign), min(lead), min(at)
    from raw
    where is_bounce
    group by reply
  ),
  days as (
    select
      f.campaign, f.kind, (f.at at time zone t.time_zone)::date as day,
      row_number() over (partition by f.campaign, f.lead, f.kind order by f.at) = 1 as is_first
    from facts f
    cross join integrations.tenants t
  )
  select
    campaign as campaign_id, day::text as date, count(*) filter (where kind = 'sent')::integer as emails_sent,
    count(*) filter (where kind = 'sent' and is_first)::integer as total_leads_contacted,
    count(*) filter (where kind = 'opened')::integer as opened,
    count(*) filter (where kind = 'opened' and is_first)::integer as unique_opens_per_contact,
    count(*) filter (where kind = 'replied' and is_first)::integer as unique_replies_per_contact,
    count(*) filter (where kind = 'bounced')::integer as bounced,
    count(*) filter (where kind = 'unsubscribed' and is_first)::integer as unsubscribed,
    count(*) filter (where kind = 'interested' and is_first)::integer as interested
  from days
  group by campaign, day
  having bool_or(is_first) or count(*) filter (where kind in ('sent', 'opened', 'bounced')) > 0`;

/** The same columns as `recount`, as the database counted. */
const counted = `
  select
    campaign_id, date::text, emails_sent::integer, total_leads_contacted::integer, opened::integer,
    unique_opens_per_contact::integer, unique_replies_per_contact::integer, bounced::integer, unsubscribed::integer,
    interested::integer
  from public.campaign_reporting_current
  where emails_sent + total_leads_contacted + opened + unique_opens_per_contact + unique_replies_per_contact + bounced
    + unsubscribed + interested <> 0`;

/** The client, its two endpoints and its time zone; and what plays deliveries inside the database. */
export async function setUp(sql: postgres.Sql, timeZone = "America/New_York"): Promise<void> {
  await sql.unsafe(`
    insert into public."Clients" ("Business") values ('${client}');
    update integrations.tenants set time_zone = '${timeZone}';
    insert into integrations.webhook_endpoints (provider, client, token_hash, instance_url, workspace_id)
    values
      ('bison', '${client}', sha256('b'), '${bisonInstance}', '${bisonWorkspace}'),
      ('calendly', '${client}', sha256('c'), null, null);

    create schema orders;
    create sequence orders.leaves;
    create table orders.plays (n integer primary key, endpoint text, key text, type text, payload text, at timestamptz);

    create function orders.state() returns jsonb language plpgsql as $$ begin return (${state}); end $$;

    -- What is wrong with the counters; null when nothing is.
    create function orders.complaint() returns text language plpgsql as $$
    declare
      v_wrong jsonb := (
        with ours as (${counted}), independent as (${recounted})
        select jsonb_build_object('ours', jsonb_agg(to_jsonb(o)), 'independent', jsonb_agg(to_jsonb(i)))
        from ours o
        full join independent i on to_jsonb(i) = to_jsonb(o)
        where o is null or i is null
        having count(*) > 0
      );
    begin
      return coalesce(
        'counted otherwise than an independent recount: ' || v_wrong::text,
        'recount_counters(): ' || (select jsonb_agg(to_jsonb(r))::text from private.recount_counters() r)
      );
    end $$;

    create function orders.deliver(p_n integer) returns text language plpgsql as $$
    declare
      v_play orders.plays := (select p from orders.plays p where p.n = p_n);
      v_answer record;
    begin
      select * into v_answer
      from integrations.receive_webhook(
        (select e.id from integrations.webhook_endpoints e where e.provider = v_play.endpoint),
        v_play.key, v_play.type, v_play.payload, v_play.at
      );
      if v_answer.outcome = 'failed' then
        raise exception '% failed: %', v_play.type, (
          select e.last_sqlstate || ' ' || e.last_error from integrations.webhook_events e where e.id = v_answer.event_id
        );
      end if;
      return v_answer.outcome;
    end $$;

    -- Every order of the deliveries p_left, after those of p_done; undone as it goes, so that equal beginnings are
    -- played once.
    create function orders.walk(p_left integer[], p_done integer[] default '{}')
    returns table (played integer[], state text, complaint text) language plpgsql as $$
    declare
      v_n integer;
      v_found jsonb := '[]';
    begin
      if cardinality(p_left) = 0 then
        -- The recount is half of the time, hence of every eighth order only.
        return query
        select
          p_done, md5(orders.state()::text),
          case when nextval('orders.leaves') % 8 = 0 then orders.complaint() end;
        return;
      end if;
      foreach v_n in array p_left loop
        begin
          perform orders.deliver(v_n);
          select v_found || jsonb_agg(to_jsonb(w)) into v_found
          from orders.walk(array_remove(p_left, v_n), p_done || v_n) w;
          raise exception using errcode = 'ZZ999';
        exception when sqlstate 'ZZ999' then null;
        end;
      end loop;
      return query
      select w.played, w.state, w.complaint
      from jsonb_to_recordset(v_found) as w (played integer[], state text, complaint text);
    end $$;
  `).simple();
}

/** What the deliveries end in. */
export interface State {
  /** Rows by table. */
  tables: Record<string, Json[] | null>;
  outcomes: string[];
  /** What is wrong with the counters, if anything. */
  complaint: string | null;
}

/** Plays the deliveries in this order and undoes them. */
export async function play(sql: postgres.Sql, plays: readonly Play[], order = plays.map((_, n) => n)): Promise<State> {
  await write(sql, plays);
  const results = await sql.unsafe([
    "begin",
    ...order.map((n) => `select orders.deliver(${n}) as outcome`),
    "select orders.state() as tables",
    "select orders.complaint() as complaint",
    "rollback",
  ].join(";\n")).simple() as unknown as Json[][];
  const answers = results.flat(); // a statement without rows has no result
  return Object.assign(
    { outcomes: answers.slice(0, order.length).map(({ outcome }) => String(outcome)) },
    ...answers.slice(order.length),
  ) as State;
}

async function write(sql: postgres.Sql, plays: readonly Play[]): Promise<void> {
  const values = plays.map(({ endpoint, delivery: { key, type, payload, occurredAt } }, n) => ({
    n,
    endpoint,
    key,
    type,
    payload,
    at: occurredAt ?? null,
  }));
  await sql`truncate orders.plays`;
  await sql`insert into orders.plays ${sql(values)}`;
}

/**
 * Plays the deliveries in every order. Answers the state they all end in; throws, with the columns, when two orders
 * differ or the counters of one are wrong.
 */
export async function playEveryOrder(sql: postgres.Sql, plays: readonly Play[]): Promise<State> {
  const first = await play(sql, plays);
  const all = plays.map((_, n) => n);
  const walked = (await Promise.all(all.flatMap((a) => all.filter((b) => b !== a).map((b) => walk(sql, all, [a, b])))))
    .flat();
  const factorial = plays.reduce((product, _, n) => product * (n + 1), 1);
  if (walked.length !== factorial) throw new Error(`${walked.length} orders were played instead of ${factorial}`);
  const wrong = walked.find(({ complaint }) => complaint !== null);
  if (wrong) throw new Error(`${names(plays, wrong.played)}: ${wrong.complaint}`);
  const odd = walked.filter(({ state }) => state !== walked[0]!.state);
  const columns = new Map<string, string>();
  for (const { played } of odd.slice(0, 50)) {
    for (const difference of differences(first, await play(sql, plays, played))) {
      const column = difference.split(":")[0]!;
      if (!columns.has(column)) columns.set(column, `${difference}\n    after ${names(plays, played)}`);
    }
  }
  if (odd.length) throw new Error(`${odd.length} orders end in another state:\n${[...columns.values()].join("\n")}`);
  return first;
}

interface Walked {
  played: number[];
  state: string;
  complaint: string | null;
}

/** Every order that begins so. Not all in one transaction: its dead rows would slow it down more and more. */
async function walk(sql: postgres.Sql, all: readonly number[], beginning: readonly number[]): Promise<Walked[]> {
  const rest = all.filter((n) => !beginning.includes(n));
  const results = await sql.unsafe([
    "begin",
    ...beginning.map((n) => `select orders.deliver(${n})`),
    `select * from orders.walk('{${rest}}', '{${beginning}}')`,
    "rollback",
  ].join(";\n")).simple() as unknown as Walked[][];
  return results.flat().filter((row) => "played" in row);
}

function names(plays: readonly Play[], order: readonly number[]): string {
  return order.map((n) => `${plays[n]!.delivery.type} ${plays[n]!.delivery.occurredAt}`).join(", ");
}

/** Where two states differ, column by column; empty when they are one. */
export function differences(a: State, b: State): string[] {
  return Object.keys(a.tables).flatMap((table) => {
    const [left, right] = [a.tables[table] ?? [], b.tables[table] ?? []];
    if (left.length !== right.length) return [`${table}: ${left.length} rows or ${right.length}`];
    return left.flatMap((row, i) =>
      Object.keys({ ...row, ...right[i] })
        .filter((column) => JSON.stringify(row[column]) !== JSON.stringify(right[i]![column]))
        .map((column) => `${table}.${column}: ${JSON.stringify(row[column])} or ${JSON.stringify(right[i]![column])}`)
    );
  });
}

/** A seeded generator of numbers from 0 to below 1, so that a failing order can be played again. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
