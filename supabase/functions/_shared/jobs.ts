// What a job is to its handler: one file in functions/jobs/handlers, one line in functions/jobs/registry.ts.

import type postgres from "postgres";
import type { z } from "zod";
import type { Log } from "./log.ts";
import type { SecretBox } from "./secrets.ts";

/** What a handler may use. Nothing else: a test gives its own. Some members are getters, which a spread would lose. */
export interface JobContext {
  readonly job: {
    readonly id: string;
    readonly type: string;
    /** 1 at the first start. */
    readonly attempt: number;
    readonly maxAttempts: number;
  };
  /** The database as `job_worker`: handlers call SQL functions with it. */
  readonly sql: postgres.Sql;
  readonly secrets: SecretBox;
  readonly log: Log;
  /** Aborted when the job's lease is lost or the worker stops: give it to every `fetch`. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * One kind of work. A job is started at least once: a worker may die between the effect and its being noted, so what is
 * sent to others carries the job's id as its idempotency key.
 */
export interface JobDefinition<Payload> {
  /** `job_type` in `outbound.job_queue`. */
  readonly type: string;
  /** A payload of another form makes the job dead at once, and the reason says where it differs. */
  readonly payload: z.ZodType<Payload>;
  /** Resolves when the work is done. RetryLater and GiveUp say what else; any other error is tried again with back-off. */
  run(payload: Payload, context: JobContext): Promise<void>;
}

/** A job definition whose payload is not looked at yet. */
export interface JobHandler {
  readonly type: string;
  run(payload: unknown, context: JobContext): Promise<void>;
}

/** A handler that knows its payload. */
export function defineJob<Payload>({ type, payload: schema, run }: JobDefinition<Payload>): JobHandler {
  return {
    type,
    async run(payload, context) {
      const parsed = schema.safeParse(payload);
      if (!parsed.success) throw new GiveUp(`The payload is not as expected: ${differences(parsed.error)}`);
      await run(parsed.data, context);
    },
  };
}

/** Paths and codes only: messages may quote what stands there. */
function differences({ issues }: z.ZodError): string {
  return issues.slice(0, 5).map(({ path, code }) => `${path.join(".") || "(root)"} ${code}`).join(", ");
}

/** Try again after so many seconds, as a Retry-After says. It counts as an attempt. */
export class RetryLater extends Error {
  constructor(readonly seconds: number, reason: string) {
    super(reason);
  }
}

/** Trying again would not help: the job is dead at once, with this reason. */
export class GiveUp extends Error {}
