import type postgres from "postgres";
import { within } from "../_shared/deadline.ts";
import { codeOf, failure, openClient } from "../_shared/driver.ts";

/** A job under this worker's lease. */
export interface ClaimedJob {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  /** What the database knows the lease by; 1 at the first start. */
  readonly attempt: number;
  readonly maxAttempts: number;
}

/** What became of a job that was not completed, as `outbound.fail_job` answers. */
export type Failure = "waiting" | "delayed" | "dead" | "superseded" | "lost";

/** `outbound.job_queue`, as a worker sees it. */
export interface Queue {
  /** For the handlers: another client after a connection broke. */
  readonly sql: postgres.Sql;
  /** Completes jobs, and claims others, in one transaction. */
  claim(
    most: number,
    done: readonly ClaimedJob[],
  ): Promise<{ jobs: ClaimedJob[]; lost: string[] }>;
  /** Asks for another lease. Resolves to the ids of jobs that are no longer ours. */
  extend(jobs: readonly ClaimedJob[]): Promise<string[]>;
  /** Resolves to the ids of jobs that were not ours any more: nothing was changed for them. */
  complete(jobs: readonly ClaimedJob[]): Promise<string[]>;
  fail(job: ClaimedJob, error: string, how: { retryAfter?: number; giveUp?: boolean }): Promise<Failure>;
  handBack(jobs: readonly ClaimedJob[]): Promise<void>;
  /** Frees jobs of workers that died. */
  requeueExpired(): Promise<void>;
  /** Milliseconds until a provider's allowance lets the next job start; undefined when none waits for one. */
  limitedWait(): Promise<number | undefined>;
  end(): Promise<void>;
}

/** Which jobs, and how. */
export interface QueueOptions {
  url: string;
  /** Null: jobs of every queue. */
  queue: string | null;
  worker: string;
  /** Seconds until a job that was neither finished nor extended goes to somebody else. */
  lease: number;
  connections: number;
  /** Milliseconds after which a statement without an answer has failed. */
  deadline: number;
  /** Prepared statements. Off behind a pooler in transaction mode. */
  prepare: boolean;
}

// $1 comes back as call_id. Ids and attempts as texts of arrays, as the driver would ask for their types at every connect.
const statements = {
  claim: `
    with noted as materialized (
      select to_jsonb(nullif(outbound.complete_jobs($2::text::uuid[], $3::text::int[]), '{}')) as lost
    )
    select $1::int as call_id, n.lost, c.id, c.job_type as type, c.payload, c.attempt, c.max_attempts as "maxAttempts"
    from noted as n
    left join outbound.claim_jobs($4, $5, $6::int, $7::float * interval '1 second') as c on true`,
  claimOnly: `
    select $1::int as call_id, null::jsonb as lost, c.id, c.job_type as type, c.payload, c.attempt,
      c.max_attempts as "maxAttempts"
    from (values (true)) as always
    left join outbound.claim_jobs($2, $3, $4::int, $5::float * interval '1 second') as c on true`,
  extend: `
    select $1::int as call_id,
      to_jsonb(outbound.extend_lease($2::text::uuid[], $3::text::int[], $4::float * interval '1 second')) as answer`,
  complete: `
    select $1::int as call_id, to_jsonb(outbound.complete_jobs($2::text::uuid[], $3::text::int[])) as answer`,
  fail: `
    select $1::int as call_id,
      outbound.fail_job($2, $3::int, $4, $5::float * interval '1 second', $6::text::boolean) as answer`,
  handBack: "select $1::int as call_id, outbound.hand_back_jobs($2::text::uuid[], $3::text::int[]) as answer",
  limitedWait: "select $1::int as call_id, outbound.limited_wait() * 1000 as answer",
  requeueExpired: "select $1::int as call_id, requeued as answer from outbound.requeue_expired()",
} satisfies Record<string, string>;

/**
 * The queue behind a database URL. A client is replaced as soon as one of its connections breaks or does not answer:
 * the driver can then give a call the answer of another one, so each row must bring its call's id back.
 */
export function connectQueue(options: QueueOptions): Queue {
  let client = open(options);
  let lastId = 0;

  async function call<Row>(name: keyof typeof statements, args: unknown[]): Promise<Row[]> {
    const id = lastId = lastId % 2_147_483_647 + 1;
    const used = client;
    try {
      const answer = used.unsafe(statements[name], [id, ...args] as never[], { prepare: options.prepare });
      const rows = await within(
        options.deadline,
        answer,
        () => late(options.deadline),
      ) as unknown as (Row & { call_id: number })[];
      if (rows[0]?.call_id !== id) throw failure("CONNECTION_LOST", "The answer was another call's.");
      return rows;
    } catch (error) {
      if (isBroken(error)) replace(used);
      throw error;
    }
  }

  function replace(used: postgres.Sql): void {
    if (used !== client) return;
    client = open(options);
    used.end({ timeout: 5 }).catch(() => {});
  }

  return {
    get sql() {
      return client;
    },
    async claim(most, done) {
      const args = [options.queue, options.worker, most, options.lease];
      const rows = done.length > 0
        ? await call<ClaimedRow>("claim", [...named(done), ...args])
        : await call<ClaimedRow>("claimOnly", args);
      return { jobs: rows[0]!.id === null ? [] : rows, lost: rows[0]!.lost ?? [] };
    },
    extend: (jobs) => call<Answer<string[]>>("extend", [...named(jobs), options.lease]).then(answerOf),
    complete: (jobs) => call<Answer<string[]>>("complete", named(jobs)).then(answerOf),
    fail: (
      { id, attempt },
      error,
      { retryAfter = null, giveUp = false }: { retryAfter?: number | null; giveUp?: boolean },
    ) => call<Answer<Failure>>("fail", [id, attempt, error, retryAfter, `${giveUp}`]).then(answerOf),
    handBack: (jobs) => call("handBack", named(jobs)).then(() => {}),
    requeueExpired: () => call("requeueExpired", []).then(() => {}),
    limitedWait: () => call<Answer<number | null>>("limitedWait", []).then(answerOf).then((wait) => wait ?? undefined),
    end: () => client.end({ timeout: 2 }),
  };
}

interface ClaimedRow extends ClaimedJob {
  /** The same in every row, and usually null. */
  lost: string[] | null;
}

interface Answer<T> {
  answer: T;
}

function answerOf<T>([row]: Answer<T>[]): T {
  return row!.answer;
}

function named(jobs: readonly ClaimedJob[]): [ids: string, attempts: string] {
  return [`{${jobs.map(({ id }) => id).join(",")}}`, `{${jobs.map(({ attempt }) => attempt).join(",")}}`];
}

function open({ url, connections, deadline, prepare }: QueueOptions): postgres.Sql {
  const parameters = { statement_timeout: Math.round(deadline * 0.8) };
  return openClient(url, { name: "millrace jobs", size: connections, prepare, parameters });
}

const late = (milliseconds: number) => failure("DEADLINE", `No answer within ${milliseconds} ms.`);

const broken = new Set(["57P01", "57P02", "CONNECTION_CLOSED", "CONNECTION_LOST", "ECONNRESET", "EPIPE", "DEADLINE"]);

function isBroken(error: unknown): boolean {
  return broken.has(codeOf(error));
}
