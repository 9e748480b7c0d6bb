// One way to ask a provider: bounded in time, checked in shape, and every failure told as what the job should do next.

import { z } from "zod";
import { GiveUp, RetryLater } from "../jobs.ts";
import { secondsOf } from "../outgoing.ts";

export interface ProviderCall<T> {
  /** For people: `EmailBison`. */
  provider: string;
  url: string | URL;
  /** GET, or POST when there is a body. */
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as a form. */
  form?: Record<string, string>;
  /** 20 s unless told. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** What the answer must look like. */
  schema: z.ZodType<T>;
  /** The provider's own words when an answer of status 200 is an error all the same. */
  softError?: (json: unknown) => string | undefined;
  /** For a provider whose codes decide more than its statuses: its error, if this is one. What is no JSON is undefined. */
  errorIn?: (json: unknown, status: number) => ProviderError | undefined;
}

/** What a provider said instead of an answer, and what follows from that before its status is looked at. */
export interface ProviderError {
  message: string;
  code?: string;
  /** What a person has to do about it. */
  remedy?: string;
  /** It was asked too often: seconds to wait. */
  waitSeconds?: number;
  /** It may be better in a moment. */
  mayPass?: boolean;
}

/** Trying again does not help until a person has done something; the message says what. */
export class NeedsPerson extends GiveUp {
  constructor(message: string, readonly status?: number, readonly code?: string) {
    super(message);
  }
}

/** A provider's refusal that is about this request: asking the same again gets the same. */
export class Refused extends GiveUp {
  constructor(readonly status: number, message: string, readonly code?: string) {
    super(message);
  }
}

const defaultTimeoutMs = 20_000;
/** Without a word of the provider on when to come back. */
const defaultPauseSeconds = 60;
const bodyLimit = 16 * 1024 * 1024;

/**
 * The provider's answer, as the schema has it.
 *
 * @throws RetryLater on 429 and 503, NeedsPerson on 401, 402 and 403, Refused on other 4xx and soft errors, Error on what
 * may be better in a moment: 5xx, 408, time-outs, an answer that is no JSON or of another shape. `errorIn` decides before
 * the status does. Messages name the provider, the path and the provider's code and reason, never what was sent.
 */
export async function callProvider<T>(call: ProviderCall<T>): Promise<T> {
  const where = `${call.provider} ${pathOf(call.url)}`;
  const response = await ask(call, where);
  const text = await readText(response, where);
  const said = call.errorIn?.(tryJson(text), response.status);
  if (!response.ok || said) throw failure(response, said ?? { message: reasonIn(text) }, call.provider, where);

  const json = text === "" ? null : parseJson(text, where);
  const soft = call.softError?.(json);
  if (soft !== undefined) throw new Refused(response.status, `${where}: ${shorten(soft)}`);
  const parsed = call.schema.safeParse(json);
  if (!parsed.success) {
    throw new Error(`${where} answered in another shape: ${z.prettifyError(parsed.error).slice(0, 300)}`);
  }
  return parsed.data;
}

/** The base URL of a provider's API; PROVIDER_URLS, JSON from provider to URL, replaces it in development. */
export function providerUrl(provider: string, official: string): string {
  const replaced: Record<string, string> = JSON.parse(Deno.env.get("PROVIDER_URLS") || "{}");
  return (replaced[provider] ?? official).replace(/\/$/, "");
}

async function ask(call: ProviderCall<unknown>, where: string): Promise<Response> {
  const { url, body, form, timeoutMs = defaultTimeoutMs, signal } = call;
  const deadline = AbortSignal.timeout(timeoutMs);
  const headers = new Headers({ accept: "application/json", "user-agent": "Millrace", ...call.headers });
  if (body !== undefined) headers.set("content-type", "application/json");
  try {
    return await fetch(url, {
      method: call.method ?? (body !== undefined || form ? "POST" : "GET"),
      headers,
      body: form ? new URLSearchParams(form) : body === undefined ? undefined : JSON.stringify(body),
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
  } catch {
    signal?.throwIfAborted();
    throw new Error(
      deadline.aborted ? `${where} did not answer within ${timeoutMs / 1000} s.` : `${where} is not reached.`,
    );
  }
}

async function readText(response: Response, where: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > bodyLimit) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Error(`${where} broke off in the middle of its answer.`);
  }
  if (size > bodyLimit) throw new Error(`${where} answered with more than ${bodyLimit / 1024 / 1024} MiB.`);
  // Postgres stores no NUL, neither raw nor escaped.
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).bytes()).replaceAll("\0", "");
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text, (_, value) => typeof value === "string" ? value.replaceAll("\0", "") : value);
  } catch {
    throw new Error(`${where} answered what is no JSON.`);
  }
}

function tryJson(text: string): unknown {
  try {
    return parseJson(text, "");
  } catch {
    return undefined;
  }
}

function failure(response: Response, error: ProviderError, provider: string, where: string): Error {
  const { status } = response;
  const { code, message, remedy, waitSeconds, mayPass } = error;
  const reason = [code, message && shorten(message)].filter(Boolean).join(": ");
  const said = `${where} answered ${status}${reason && `: ${reason}`}`;
  if (mayPass) return new Error(said);
  if (waitSeconds !== undefined || status === 429 || status === 503) {
    return new RetryLater(waitSeconds ?? pauseOf(response.headers), said);
  }
  const remedies: Record<number, string> = {
    401: `Renew the credentials of ${provider}.`,
    402: `Top up the account at ${provider}.`,
    403: `Give the credentials of ${provider} the right they lack.`,
  };
  const needed = remedy ?? remedies[status];
  if (needed) return new NeedsPerson(`${said.replace(/\.$/, "")}. ${needed}`, status, code);
  // An error that is told under 200 is one all the same.
  const isTheirs = status >= 500 || status === 408 || (status >= 300 && status < 400);
  return isTheirs ? new Error(said) : new Refused(status, said, code);
}

/** Seconds to wait, by the headers that providers use. */
function pauseOf(headers: Headers): number {
  const asked = secondsOf(headers.get("retry-after") ?? undefined, Date.now());
  if (asked !== null) return Math.max(1, asked);
  for (const name of ["x-ratelimit-reset", "ratelimit-reset"]) {
    const value = Number(headers.get(name) || NaN);
    // Some name a moment, some a distance.
    const seconds = value > 1e9 ? value - Date.now() / 1000 : value;
    if (seconds > 0) return Math.min(Math.ceil(seconds), 3600);
  }
  return defaultPauseSeconds;
}

/** The sentence that a refusal carries, wherever the provider puts it. */
function reasonIn(text: string): string {
  const json = tryJson(text) as Record<string, unknown> & { data?: { message?: unknown } } | null | undefined;
  const found = [json?.message, json?.data?.message, json?.error_description, json?.error, json?.detail, json?.title]
    .find((one) => typeof one === "string" && one !== "");
  return found as string ?? "";
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** Queries may hold addresses. */
function pathOf(url: string | URL): string {
  return new URL(url).pathname;
}
