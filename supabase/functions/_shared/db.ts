import type postgres from "postgres";
import { codeOf, failure, openClient } from "./driver.ts";
import { integerEnv } from "./env.ts";

/** The SQL functions that the edge functions call: their arguments in order, and the row that they answer with. */
export interface SqlFunctions {
  "integrations.webhook_endpoint": {
    args: [provider: string, tokenHash: Uint8Array];
    row: EndpointRow | { endpoint_id: null };
  };
  "integrations.receive_webhook": {
    args: [
      endpointId: number,
      deliveryKey: string,
      eventType: string,
      payload: string | null,
      occurredAt: string | null,
      rejection: string | null,
      raw: Uint8Array | null,
    ];
    row: Stored;
  };
  "integrations.receive_webhooks": { args: [deliveries: string]; row: { stored: Stored[] } };
  "integrations.schema_version": { args: []; row: { schema_version: string | null } };
  "integrations.hint_enrichment": { args: [tokenHash: Uint8Array]; row: { known: boolean } };
  "integrations.start_calendly_connection": {
    args: [tokenHash: Uint8Array, stateHash: Uint8Array];
    row: { outcome: "started" | "unknown" | "used" | "expired" };
  };
  "integrations.claim_calendly_connection": { args: [stateHash: Uint8Array]; row: { link: string | null } };
  "integrations.store_calendly_connection": {
    args: [
      link: string,
      accessToken: string,
      refreshToken: string,
      expiresAt: string,
      userUri: string,
      userEmail: string,
      organizationUri: string,
    ];
    row: { outcome: "connected" | "used" };
  };
  "integrations.slack_app": { args: []; row: { signing_secrets: string[] | null } };
  "integrations.receive_slack": {
    args: [kind: string, workspaceId: string, appId: string | null, userId: string, key: string, input: string];
    row: SlackAnswer;
  };
}

/** What `integrations.receive_slack` made of something that a person did in Slack. */
export interface SlackAnswer {
  outcome: string;
  message: string | null;
  /** A view to open, with the sealed token that may. */
  view: unknown;
  bot_token: string | null;
}

/** What `integrations.receive_webhook` did with a delivery. */
export type Outcome = "processed" | "ignored" | "duplicate" | "failed" | "dead" | "rejected";

/** What became of a delivery. */
export interface Stored {
  event_id: number;
  outcome: Outcome;
}

/** An active endpoint; the signing secrets are sealed. */
export interface EndpointRow {
  endpoint_id: number;
  client: string;
  instance_url: string | null;
  workspace_id: string | null;
  require_signature: boolean;
  signing_secrets: string[];
}

/** Calls one SQL function. Everything that the edge functions want of the database goes through this. */
export type Call = <Name extends keyof SqlFunctions>(
  name: Name,
  args: SqlFunctions[Name]["args"],
) => Promise<SqlFunctions[Name]["row"]>;

// $1 comes back as call_id. Arrays as jsonb and times as text, as the driver would ask for the types of arrays at every
// connect and cut times to milliseconds.
const statements: Record<keyof SqlFunctions, string> = {
  "integrations.webhook_endpoint": `
    select $1::int as call_id, endpoint_id, client, instance_url, workspace_id, require_signature,
      to_jsonb(signing_secrets) as signing_secrets
    from (values (true)) as always
    left join integrations.webhook_endpoint($2, $3) on true`,
  "integrations.receive_webhook": `
    select $1::int as call_id, event_id, outcome
    from integrations.receive_webhook($2, $3, $4, $5, $6::text::timestamptz, $7, $8)`,
  "integrations.receive_webhooks":
    "select $1::int as call_id, integrations.receive_webhooks($2::text::jsonb) as stored",
  "integrations.schema_version": "select $1::int as call_id, integrations.schema_version() as schema_version",
  "integrations.hint_enrichment": "select $1::int as call_id, integrations.hint_enrichment($2) as known",
  "integrations.start_calendly_connection":
    "select $1::int as call_id, integrations.start_calendly_connection($2, $3) as outcome",
  "integrations.claim_calendly_connection":
    "select $1::int as call_id, integrations.claim_calendly_connection($2) as link",
  "integrations.store_calendly_connection": `
    select $1::int as call_id, integrations.store_calendly_connection(
      $2::uuid, $3, $4, $5::text::timestamptz, $6, $7, $8
    ) as outcome`,
  "integrations.slack_app": `
    select $1::int as call_id, to_jsonb(signing_secrets) as signing_secrets
    from (values (true)) as always
    left join integrations.slack_app() on true`,
  "integrations.receive_slack": `
    select $1::int as call_id, outcome, message, view, bot_token
    from integrations.receive_slack($2, $3, $4, $5, $6, $7::text::jsonb)`,
};

/** How a pool behaves. */
export interface PoolOptions {
  /** Connections. More than about ten on two cores is slower. */
  size: number;
  /** A call that has no answer after so many milliseconds fails, so that a sender hears 503 while it still listens. */
  deadline: number;
  /** Calls that may wait for their turn; more fail at once. */
  mostWaiting: number;
  /** Prepared statements. Off behind a pooler in transaction mode. */
  prepare: boolean;
}

/** A call port and the way to close what is behind it. */
export interface Pool {
  call: Call;
  end(): Promise<void>;
}

/** Pool options from DATABASE_POOL_SIZE, DATABASE_DEADLINE_MS and DATABASE_PREPARE ("false" turns it off). */
export function poolOptionsFromEnv(): PoolOptions {
  return {
    size: Math.max(1, integerEnv("DATABASE_POOL_SIZE", 10)),
    deadline: integerEnv("DATABASE_DEADLINE_MS", 3000),
    mostWaiting: 1000,
    prepare: Deno.env.get("DATABASE_PREPARE") !== "false",
  };
}

const pools = new Map<string, Pool>();

/** The call port for a database URL. Functions that are served by one process share its pool. */
export function connect(url: string): Call {
  const pool = pools.get(url) ?? createPool(url, poolOptionsFromEnv());
  pools.set(url, pool);
  return pool.call;
}

interface Job {
  id: number;
  text: string;
  args: unknown[];
  resolve: (row: never) => void;
  reject: (error: unknown) => void;
  timer?: ReturnType<typeof setTimeout>;
  connection?: Connection;
}

/** A client of the driver with one connection, and the calls on it. */
interface Connection {
  sql: postgres.Sql;
  jobs: Set<Job>;
}

/**
 * A pool that fails fast and cannot mix up answers. The driver alone queues calls while the database is away, waits out
 * its own back-off, and never gives up a connection that has gone silent. So it is given only what it can send; other
 * calls wait here, every call has a deadline, and a connection that does not answer is replaced.
 *
 * A call that the driver writes to a connection which is just breaking is forgotten there, and on the next connection
 * takes the answer of the call after it. So a client is replaced when its connection breaks, and each call has an id
 * that its row must bring back.
 *
 * The driver's own pool takes connections in turn. Here the first that is free is taken: what its server process needs
 * is then still in the processor's caches, which saves a fifth of its time.
 */
export function createPool(url: string, options: PoolOptions): Pool {
  // Two calls a connection, so that a server process finds its next one as soon as it has answered: a fifth more calls.
  const mostJobs = options.prepare ? 2 : 1;
  let connections: Connection[] = [];
  let waiting: Job[] = [];
  let lastId = 0;

  function submit(text: string, args: unknown[], milliseconds: number): Promise<never> {
    lastId = lastId % 2_147_483_647 + 1;
    return new Promise((resolve, reject) => {
      const job: Job = { id: lastId, text, args, resolve, reject };
      const connection = findConnection();
      if (connection === undefined && waiting.length >= options.mostWaiting) {
        return reject(failure("53300", "Too many calls wait for the database."));
      }
      job.timer = setTimeout(() => expire(job), milliseconds);
      if (connection !== undefined) start(job, connection);
      else waiting.push(job);
    });
  }

  function findConnection(): Connection | undefined {
    return connections.find(({ jobs }) => jobs.size === 0) ?? addConnection() ??
      connections.find(({ jobs }) => jobs.size < mostJobs);
  }

  function addConnection(): Connection | undefined {
    if (connections.length === options.size) return undefined;
    const connection = { sql: open(url, options), jobs: new Set<Job>() };
    connections.push(connection);
    return connection;
  }

  function start(job: Job, connection: Connection): void {
    job.connection = connection;
    connection.jobs.add(job);
    connection.sql.unsafe(job.text, [job.id, ...job.args] as never[], { prepare: options.prepare }).then(
      ([row]) => row?.call_id === job.id ? settle(job, () => job.resolve(row as never)) : abandon(connection),
      (error) => {
        if (isBroken(error)) retire(connection);
        settle(job, () => job.reject(error));
      },
    );
  }

  function settle(job: Job, answer: () => void): void {
    clearTimeout(job.timer);
    answer();
    if (!job.connection?.jobs.delete(job) || waiting.length === 0) return;
    const connection = findConnection();
    if (connection !== undefined) start(waiting.shift()!, connection);
  }

  function expire(job: Job): void {
    const { connection } = job;
    job.reject(failure("DEADLINE", `No answer from the database within ${options.deadline} ms.`));
    if (connection === undefined) waiting = waiting.filter((other) => other !== job);
    // statement_timeout is shorter, so a server that lives has answered by then.
    else job.timer = setTimeout(() => abandon(connection), options.deadline);
  }

  /** Starts no more calls on any connection: what broke one has most likely broken all. */
  function retire(broken: Connection): void {
    if (connections.includes(broken)) close(options.deadline / 1000);
  }

  function close(seconds: number): Promise<unknown> {
    const old = connections;
    connections = [];
    return Promise.all(old.map(({ sql }) => sql.end({ timeout: seconds }).catch(() => {})));
  }

  /** Expects no more answers on a connection. */
  function abandon(connection: Connection): void {
    retire(connection);
    for (const job of connection.jobs) {
      settle(job, () => job.reject(failure("CONNECTION_LOST", "The connection was given up.")));
    }
  }

  return {
    call: async (name, args) => {
      const until = Date.now() + options.deadline;
      for (let attempt = 1;; attempt++) {
        try {
          return await submit(statements[name], args, until - Date.now());
        } catch (error) {
          if (attempt === 3 || !isWorthRepeating(error)) throw error;
        }
      }
    },
    end: async () => void await close(1),
  };
}

const brokenConnection = new Set(["57P01", "57P02", "CONNECTION_CLOSED", "CONNECTION_LOST", "ECONNRESET", "EPIPE"]);

function isBroken(error: unknown): boolean {
  return brokenConnection.has(codeOf(error));
}

/**
 * Every function called here may be called again: what it did is known by its key. A connection that was cut while idle
 * shows only when it is used, and transactions that collide (40) succeed the next time.
 */
function isWorthRepeating(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error)) || isBroken(error);
}

function open(url: string, { deadline, prepare }: PoolOptions): postgres.Sql {
  const parameters = { statement_timeout: Math.round(deadline * 0.8) };
  const connectTimeout = Math.ceil(deadline / 1_500); // two thirds of it, in seconds
  return openClient(url, { name: "millrace", size: 1, prepare, parameters, connectTimeout });
}
