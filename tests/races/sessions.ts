// Real sessions that start at one instant.

import type postgres from "postgres";
import type { TestDatabase } from "../support/database.ts";
import { type Play, setUp } from "../order/orders.ts";

export interface Answer {
  event_id: string;
  outcome: string;
}

/** A database with the client of tests/order, its endpoints and `count` sessions of the receiver. */
export async function openSessions(database: TestDatabase, count: number) {
  const sql = database.sql("postgres", { max: 4 });
  await setUp(sql);
  const endpoints = new Map<string, string>();
  for (
    const { id, provider } of await sql<
      { id: string; provider: string }[]
    >`select * from integrations.webhook_endpoints`
  ) {
    endpoints.set(provider, id);
  }
  // As patient as the machine is slow.
  const patience = { statement_timeout: 600_000, lock_timeout: 600_000, idle_in_transaction_session_timeout: 600_000 };
  const receiver = database.sql("webhook_receiver", { max: count, connection: patience });
  const sessions = await Promise.all(Array.from({ length: count }, () => receiver.reserve()));
  return {
    sql,
    sessions,
    receive: (session: postgres.Sql, play: Play) => receive(session, endpoints, play),
    receiveBatch: (session: postgres.Sql, plays: readonly Play[]) => receiveBatch(session, endpoints, plays),
  };
}

async function receive(session: postgres.Sql, endpoints: Map<string, string>, play: Play): Promise<Answer> {
  const { key, type, payload, occurredAt } = play.delivery;
  const [answer] = await session<Answer[]>`
    select event_id, outcome
    from integrations.receive_webhook(
      ${endpoints.get(play.endpoint)!}, ${key}, ${type}, ${payload}, ${occurredAt ?? null}
    )`;
  return answer!;
}

async function receiveBatch(
  session: postgres.Sql,
  endpoints: Map<string, string>,
  plays: readonly Play[],
): Promise<Answer[]> {
  const deliveries = plays.map(({ endpoint, delivery: { key, type, payload, occurredAt } }) => ({
    endpoint_id: Number(endpoints.get(endpoint)),
    delivery_key: key,
    event_type: type,
    payload: JSON.parse(payload),
    occurred_at: occurredAt ?? null,
  }));
  try {
    const [row] = await session<{ stored: Answer[] }[]>`
      select integrations.receive_webhooks(${JSON.stringify(deliveries)}::text::jsonb) as stored`;
    return row!.stored;
  } catch (error) {
    // As the functions do: what could not be stored together is stored one by one.
    if ((error as { code: string }).code !== "MR003") throw error;
    const answers: Answer[] = [];
    for (const play of plays) answers.push(await receive(session, endpoints, play));
    return answers;
  }
}

/** Takes everything away that deliveries left, so that tests can share a database. */
export async function clear(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`truncate integrations.webhook_events, private.pending_events, private.person_marks,
    public.campaign_events, public.campaign_reporting, public.inboxes, public.all_leads, public.replies, public.bounces,
    public.engaged_leads, public.crm_contacts, public.meetings_booked, public.calendly_invitees cascade`);
}

/** Lets every session do its work as soon as all of them stand at the line. */
export async function atOnce<T>(
  sql: postgres.Sql,
  sessions: readonly postgres.Sql[],
  work: (session: postgres.Sql, number: number) => Promise<T>,
): Promise<T[]> {
  const starter = await sql.reserve();
  await starter`select pg_advisory_lock(4711)`;
  const running = sessions.map(async (session, number) => {
    await session`select pg_advisory_lock_shared(4711)`;
    return await work(session, number);
  });
  await untilWaiting(sql, sessions.length);
  await starter`select pg_advisory_unlock(4711)`;
  const answers = await Promise.all(running);
  await Promise.all(sessions.map((session) => session`select pg_advisory_unlock_shared(4711)`));
  starter.release();
  return answers;
}

/** Returns when so many sessions of this database wait for a lock. */
export async function untilWaiting(sql: postgres.Sql, count: number): Promise<void> {
  for (;;) {
    const [found] = await sql<{ waiting: number }[]>`
      select count(*)::integer as waiting
      from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (found!.waiting >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The status of all events, counted. */
export async function statuses(sql: postgres.Sql): Promise<Record<string, number>> {
  const rows = await sql<{ status: string; count: number }[]>`
    select status, count(*)::integer from integrations.webhook_events group by status`;
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
