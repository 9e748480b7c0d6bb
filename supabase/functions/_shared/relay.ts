// Publishes domain events out of the outbox: shared.relay_outbox does the work, this calls it at the right times.

import type postgres from "postgres";
import { within } from "./deadline.ts";
import { codeOf } from "./driver.ts";
import type { Log } from "./log.ts";

export interface RelayOptions {
  /** Events of one transaction. */
  batch?: number;
  /** Milliseconds between two calls, in which a burst becomes one batch: a call costs more than an event. */
  pause?: number;
  /** Milliseconds after which it looks without being woken, as a wake-up may be missed. */
  poll?: number;
  /** Milliseconds after which an answer of the database is no longer expected. */
  deadline?: number;
  /** How many events were published by a call. */
  published?: (count: number) => void;
}

interface Relayed {
  published: number;
  has_more: boolean;
}

async function relay(sql: postgres.Sql, batch: number): Promise<Relayed> {
  const [relayed] = await sql<[Relayed]>`select published, has_more from shared.relay_outbox(${batch})`;
  return relayed;
}

/**
 * Publishes events as they are committed, until the signal stops it. Of several relays one works at a time.
 *
 * @param open Makes a client of one connection, not through a pooler in transaction mode. It is made anew when anything
 * goes wrong: the driver may forget a call that it writes to a connection which is just breaking.
 */
export async function runRelay(
  open: () => postgres.Sql,
  log: Log,
  signal: AbortSignal,
  options: RelayOptions = {},
): Promise<void> {
  while (!signal.aborted) {
    const sql = open();
    try {
      await relayWhile(sql, signal, { ...defaults, ...options });
    } catch (error) {
      log.warn("relay failed", { code: codeOf(error), error: (error as Error).message });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}

const defaults = { batch: 500, pause: 10, poll: 1000, deadline: 20_000, published: () => {} };

async function relayWhile(sql: postgres.Sql, signal: AbortSignal, options: Required<RelayOptions>): Promise<void> {
  const alarm = createAlarm();
  signal.addEventListener("abort", alarm.ring);
  try {
    await answerWithin(options.deadline, sql.listen("outbox_events", alarm.ring));
    while (!signal.aborted) {
      await relayBurst(sql, options);
      await alarm.rung(options.poll);
    }
  } finally {
    signal.removeEventListener("abort", alarm.ring);
  }
}

/** While it holds the lock that a writer needs for its NOTIFY, nobody wakes it: it is awake. */
async function relayBurst(sql: postgres.Sql, { batch, pause, deadline, published }: Required<RelayOptions>) {
  const rest = () => new Promise((resolve) => setTimeout(resolve, pause));
  const relayOnce = async () => {
    const relayed = await answerWithin(deadline, relay(sql, batch));
    if (relayed.published) published(relayed.published);
    return relayed;
  };
  const [lock] = await answerWithin(
    deadline,
    sql`select pg_try_advisory_lock(hashtext('shared.outbox_events')) as held`,
  );
  for (let relayed = await relayOnce(); relayed.published || relayed.has_more; relayed = await relayOnce()) {
    if (!relayed.has_more) await rest();
  }
  if (!lock!.held) return;
  await answerWithin(deadline, sql`select pg_advisory_unlock(hashtext('shared.outbox_events'))`);
  // Who wrote before that has woken nobody, and may be about to commit.
  await rest();
  await relayOnce();
}

function answerWithin<T>(milliseconds: number, work: PromiseLike<T>): Promise<T> {
  return within(milliseconds, work, () => new Error(`No answer from the database within ${milliseconds} ms.`));
}

/** Rings that come while nobody waits are heard by the next who does. */
function createAlarm() {
  let isRinging = false;
  let wake = () => {};
  return {
    ring: () => {
      isRinging = true;
      wake();
    },
    /** Resolves when it rings, or after so many milliseconds. */
    rung: async (most: number) => {
      if (!isRinging) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, most);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isRinging = false;
    },
  };
}
