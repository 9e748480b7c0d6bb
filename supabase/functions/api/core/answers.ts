// One request, one transaction: idempotency, the caller's rights, the work, the answer.

import { createHash } from "node:crypto";
import type { Context } from "hono";
import type { Env } from "../../_shared/http.ts";
import { type Caller, rateHeaders } from "./callers.ts";
import { ProblemError } from "./problems.ts";
import type { Query, Sessions, Transaction } from "./sessions.ts";

export interface ApiEnv extends Env {
  Variables: Env["Variables"] & {
    caller: Caller;
    /** The body's bytes, empty when there is none. */
    body: Uint8Array;
  };
}

export type ApiContext = Context<ApiEnv>;

export interface Answer {
  status: 200 | 201 | 204 | 304;
  /** JSON text; undefined for none. */
  body?: string;
  headers?: Record<string, string>;
}

export interface AnswerOptions {
  /** The answer holds what is shown once. */
  secret?: boolean;
  /** How long it may take, when that is more than usual. */
  seconds?: number;
}

/** Does the work as the caller, in one transaction, and answers. A write that was done under the same key is not redone. */
export async function answer(
  c: ApiContext,
  sessions: Sessions,
  work: (query: Query) => Promise<Answer>,
  { secret = false, seconds }: AnswerOptions = {},
): Promise<Response> {
  const caller = c.get("caller");
  const key = c.req.method === "GET" ? undefined : c.req.header("idempotency-key");
  const { status, body, headers } = await sessions.transaction(async (transaction) => {
    const known = key === undefined ? undefined : await claim(transaction, caller, key, requestHash(c));
    if (known) return known;
    await transaction.become(caller);
    const done = await work(transaction.query);
    if (key !== undefined) await keep(transaction, caller, key, done, secret);
    return done;
  }, seconds);
  const all = { ...rateHeaders(caller.rate), ...headers };
  if (body === undefined) return c.body(null, status as 204, all);
  return c.body(body, status as 200, { "Content-Type": "application/json", ...all });
}

interface Claimed {
  outcome: "new" | "replay" | "mismatch";
  status: Answer["status"] | null;
  headers: Record<string, string> | null;
  body: string | null;
}

/** The answer that was given to this request before; undefined when it is new. Waits for one that is still running. */
async function claim(
  { query }: Transaction,
  { actor }: Caller,
  key: string,
  hash: string,
): Promise<Answer | undefined> {
  await query("select set_config('lock_timeout', '3s', true)");
  const [row] = await query<Claimed>(
    "select * from integrations.claim_api_request($1::text, $2::text, decode($3::text, 'hex'))",
    [actor, key, hash],
  ).catch((error) => {
    if (error.code === "55P03") throw inProgress();
    throw error;
  });
  if (!row) throw inProgress();
  if (row.outcome === "new") return undefined;
  if (row.outcome === "mismatch") {
    throw new ProblemError(422, "idempotency_key_reused", "This Idempotency-Key was used for another request.");
  }
  if (row.body === null) {
    throw new ProblemError(409, "already_done", "This was done; its answer held a secret, which is shown once.");
  }
  return {
    status: row.status!,
    ...(row.body === "" ? {} : { body: row.body }),
    headers: { ...row.headers, "Idempotency-Replayed": "true" },
  };
}

async function keep(
  { query, leave }: Transaction,
  { actor }: Caller,
  key: string,
  { status, headers, body = "" }: Answer,
  secret: boolean,
): Promise<void> {
  await leave();
  await query(
    "select integrations.keep_api_answer($1::text, $2::text, $3::text::integer, $4::text::jsonb, $5::text)",
    [actor, key, `${status}`, JSON.stringify(headers ?? {}), secret ? null : body],
  );
}

function inProgress(): ProblemError {
  return new ProblemError(409, "request_in_progress", "A request with this Idempotency-Key is running.", {
    headers: { "Retry-After": "1" },
  });
}

function requestHash(c: ApiContext): string {
  const { pathname, search } = new URL(c.req.url);
  const head = [c.req.method, pathname + search, c.req.header("if-match") ?? "", ""].join("\n");
  return createHash("sha256").update(head).update(c.get("body")).digest("hex");
}

/** A tag of exactly this representation. */
export function etagOf(body: string): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
}

/** Whether a header such as If-Match names the tag. A proxy that compresses on the way has marked it as weak (`W/`). */
export function names(header: string, tag: string): boolean {
  return header.trim() === "*" || header.split(",").some((each) => each.trim().replace(/^W\//, "") === tag);
}
