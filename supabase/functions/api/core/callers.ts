// Who calls: a person with Supabase's token, or a program with an API key. Both are held to a rate.

import { createHash } from "node:crypto";
import { ProblemError } from "./problems.ts";
import type { Identity, Sessions } from "./sessions.ts";
import type { VerifyToken } from "./tokens.ts";

export interface Caller extends Identity {
  /** What an API key is for; undefined for a person, who may whatever row-level security lets them. */
  scopes?: readonly string[];
  rate: Rate;
}

interface Rate {
  perMinute: number;
  remaining: number;
}

export interface CallerDeps {
  sessions: Sessions;
  verifyToken: VerifyToken;
  /** Requests a minute, unless a key has its own rate. */
  perMinute: number;
}

interface Taken {
  allowed: boolean;
  remaining: number;
  retry_after: number;
}

interface KeyRow extends Taken {
  user_id: string | null;
  key_id: string;
  scopes: string[];
  client: string | null;
  rate_limit: number | null;
}

const keyStatement = `
  select k.user_id, k.key_id, to_jsonb(k.scopes) as scopes, k.client, k.rate_limit,
    t.allowed, t.remaining, t.retry_after
  from integrations.authenticate_api_key($1::text) k
  cross join lateral integrations.take_api_token('key:' || k.key_id, coalesce(k.rate_limit, $2::text::integer)) t
  where k.user_id is not null`;

const personStatement = "select * from integrations.take_api_token($1::text, $2::text::integer)";

const keyShape = /^mr_[\w-]{1,200}$/;

/** Finds the caller of a request. Throws 401 for nobody, 429 for one who calls too often. */
export function createCallers({ sessions, verifyToken, perMinute }: CallerDeps): (headers: Headers) => Promise<Caller> {
  return (headers) => {
    const bearer = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    const credential = headers.get("x-api-key") ?? bearer;
    if (credential === undefined) throw unauthorized("Send an access token or an API key.");
    return keyShape.test(credential) ? programOf(credential) : personOf(credential);
  };

  async function programOf(key: string): Promise<Caller> {
    const hash = createHash("sha256").update(key).digest("hex");
    const [row] = await sessions.once<KeyRow>(keyStatement, [hash, `${perMinute}`]);
    if (!row) throw unauthorized("The API key is unknown, expired or revoked.");
    const rate = held(row, row.rate_limit ?? perMinute);
    const client = row.client === null ? {} : { millrace_client: row.client };
    return {
      claims: { sub: row.user_id!, role: "authenticated", aud: "authenticated", key_id: row.key_id, ...client },
      actor: `key:${row.key_id}`,
      scopes: row.scopes,
      rate,
    };
  }

  async function personOf(token: string): Promise<Caller> {
    const claims = await verifyToken(token);
    if (!claims) throw unauthorized("The access token is not valid, or no longer.");
    const actor = `user:${claims.sub}`;
    const [taken] = await sessions.once<Taken>(personStatement, [actor, `${perMinute}`]);
    return { claims, actor, rate: held(taken!, perMinute) };
  }
}

function held({ allowed, remaining, retry_after }: Taken, perMinute: number): Rate {
  const rate = { perMinute, remaining };
  if (allowed) return rate;
  throw new ProblemError(429, "rate_limited", `At most ${perMinute} requests a minute.`, {
    headers: { "Retry-After": `${retry_after}`, ...rateHeaders(rate) },
  });
}

/** What the caller has left, as the IETF draft on RateLimit header fields says it. */
export function rateHeaders({ perMinute, remaining }: Rate): Record<string, string> {
  return {
    "RateLimit-Policy": `"minute";q=${perMinute};w=60`,
    RateLimit: `"minute";r=${Math.max(remaining, 0)};t=${Math.ceil((perMinute - remaining) * 60 / perMinute)}`,
  };
}

/** `leads:write` lets read as well, `admin` everything. */
export function hasScope({ scopes }: Caller, scope: string, act: "read" | "write"): boolean {
  if (scopes === undefined || scopes.includes("admin") || scopes.includes(`${scope}:write`)) return true;
  return act === "read" && scopes.includes(`${scope}:read`);
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError(401, "unauthorized", detail, { headers: { "WWW-Authenticate": "Bearer" } });
}
