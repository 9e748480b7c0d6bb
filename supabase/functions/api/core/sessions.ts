// Database connections for transactions. Lessons of _shared/db.ts hold here as well: the driver alone queues while the
// database is away, waits out its own back-off and never gives up a silent connection.
//
// So a connection is a client of its own, lent to one request at a time; one that breaks or is late is thrown away with
// everything that was sent to it. Nothing that one request sent can ever meet another request's answer.

import type postgres from "postgres";
import { within } from "../../_shared/deadline.ts";
import { codeOf, failure, openClient } from "../../_shared/driver.ts";
import { integerEnv } from "../../_shared/env.ts";
import type { Claims } from "./tokens.ts";

/** Runs one statement; arguments are texts that the statement casts. */
export type Query = <Row>(text: string, args?: (string | null)[]) => Promise<Row[]>;

/** In whose name a transaction runs. */
export interface Identity {
  claims: Claims;
  /** `user:<uuid>` or `key:<uuid>`, for the audit log. */
  actor: string;
}

export interface Transaction {
  /** As api_gateway itself: functions only. Before `become`, or after `leave`. */
  query: Query;
  /** From here on everything runs as this caller. */
  become(identity: Identity): Promise<void>;
  leave(): Promise<void>;
}

export interface Sessions {
  /** One statement as api_gateway, in a transaction of its own. It may be run again when its connection was gone. */
  once: Query;
  /** Work that is committed as a whole. It is run again when it collided with another transaction. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, seconds?: number): Promise<T>;
  end(): Promise<void>;
}

export interface SessionOptions {
  /** Connections. */
  size: number;
  /** Milliseconds within which a transaction must be done, waiting for a connection included. */
  deadline: number;
  /** Requests that may wait for a connection; more fail at once. */
  mostWaiting: number;
}

/** From DATABASE_POOL_SIZE and API_DEADLINE_MS. */
export function sessionOptionsFromEnv(): SessionOptions {
  return {
    size: Math.max(1, integerEnv("DATABASE_POOL_SIZE", 10)),
    deadline: integerEnv("API_DEADLINE_MS", 8_000),
    mostWaiting: 200,
  };
}

interface Waiting {
  give: (client: postgres.Sql) => void;
}

export function createSessions(url: string, options: SessionOptions): Sessions {
  const { size, deadline, mostWaiting } = options;
  const idle: postgres.Sql[] = [];
  const waiting = new Set<Waiting>();
  let lent = 0;

  function borrow(): Promise<postgres.Sql> {
    if (lent < size) {
      lent++;
      return Promise.resolve(idle.pop() ?? open(url));
    }
    if (waiting.size >= mostWaiting) throw failure("53300", "Too many requests wait for the database.");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(turn);
        reject(failure("DEADLINE", "No connection became free in time."));
      }, deadline);
      const turn: Waiting = { give: (client) => (clearTimeout(timer), waiting.delete(turn), resolve(client)) };
      waiting.add(turn);
    });
  }

  function giveBack(client: postgres.Sql | undefined): void {
    const [next] = waiting;
    if (next) return next.give(client ?? open(url));
    lent--;
    if (client) idle.push(client);
  }

  async function lend<T>(until: number, work: (client: postgres.Sql) => Promise<T>): Promise<T> {
    const client = await borrow();
    try {
      const result = await within(until - Date.now(), work(client), () => failure("DEADLINE", "Not done in time."));
      giveBack(client);
      return result;
    } catch (error) {
      const isUsable = isFromServer(error) && !isBroken(error);
      giveBack(isUsable ? client : undefined);
      if (!isUsable) client.end({ timeout: 0 }).catch(() => {});
      throw error;
    }
  }

  async function insist<T>(
    work: (client: postgres.Sql, begun: () => void) => Promise<T>,
    milliseconds = deadline,
  ): Promise<T> {
    const until = Date.now() + milliseconds;
    for (let attempt = 1;; attempt++) {
      let hasBegun = false;
      try {
        return await lend(until, (client) => work(client, () => (hasBegun = true)));
      } catch (error) {
        // An idle connection that was cut shows only now; a commit that was sent may have been done.
        const isHarmless = isCollision(error) || isBroken(error) && !hasBegun;
        if (!isHarmless || attempt === 4 || Date.now() > until) throw error;
      }
    }
  }

  return {
    once: (text, args = []) => insist((client) => client.unsafe(text, args, { prepare: false }) as never),
    transaction: (work, seconds) => {
      const milliseconds = seconds === undefined ? deadline : seconds * 1_000;
      return insist((client, begun) =>
        client.begin((sql) => {
          begun();
          return work(transactionOn(sql, Math.round(milliseconds * 0.75)));
        }) as never, milliseconds);
    },
    end: async () => {
      await Promise.all(idle.splice(0).map((client) => client.end({ timeout: 1 })));
    },
  };
}

function transactionOn(sql: postgres.TransactionSql, statementTimeout: number): Transaction {
  const query: Query = (text, args = []) => sql.unsafe(text, args, { prepare: false }) as never;
  return {
    query,
    become: async ({ claims, actor }) => {
      await query(
        `select
          set_config('statement_timeout', $1::text, true), set_config('lock_timeout', '3s', true),
          set_config('timezone', 'UTC', true), set_config('request.jwt.claims', $2::text, true),
          set_config('millrace.actor', $3::text, true), set_config('role', 'authenticated', true)`,
        [`${statementTimeout}`, JSON.stringify(claims), actor],
      );
    },
    leave: async () => {
      await query("select set_config('role', 'none', true)");
    },
  };
}

const open = (url: string) => openClient(url, { name: "millrace-api", size: 1, prepare: false, idleTimeout: 60 });

const brokenConnection = /^(57P0[1-3]|08...|CONNECT.*|ECONN.*|EPIPE|DEADLINE)$/;

const isBroken = (error: unknown) => brokenConnection.test(codeOf(error));
const isCollision = (error: unknown) => ["40001", "40P01"].includes(codeOf(error));

/** Not a failure of the connection or driver: a word of the server, or an error of our own code between statements. */
function isFromServer(error: unknown): boolean {
  return error instanceof Error && !/^(CONNECT|UNSAFE|NOT_TAGGED|E[A-Z]{4,})/.test(codeOf(error));
}
