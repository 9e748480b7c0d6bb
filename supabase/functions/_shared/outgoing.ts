// Sends what customers asked for: signed as Standard Webhooks says, to a checked address, for a bounded time, and
// reading a bounded part of the answer.

import http from "node:http";
import https from "node:https";
import { Webhook } from "standardwebhooks";
import { findTarget, type Target, type TargetRules } from "./targets.ts";

export interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}

/** What came back. Redirects are answers like others: they are not followed. */
export interface Answer {
  /** Null: nobody answered, and `error` says why. */
  status: number | null;
  /** At most `bodyLimit` bytes of it. */
  body: string;
  milliseconds: number;
  error: string | null;
  /** Seconds that the receiver asked us to wait. */
  retryAfter: number | null;
}

export interface SendOptions extends TargetRules {
  /** Aborts without an answer: the caller is stopped, which says nothing about the receiver. */
  signal?: AbortSignal;
  now?: () => number;
  /** Trusted besides the usual authorities. */
  ca?: string;
}

const bodyLimit = 16_384;

/** Headers of a signed message. All secrets sign, so that a receiver may know the old or the new one. */
export function signedHeaders(id: string, body: string, secrets: string[], now: number): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(now), body));
  return {
    "webhook-id": id,
    "webhook-timestamp": `${Math.floor(now / 1000)}`,
    ...(signatures.length ? { "webhook-signature": signatures.join(" ") } : {}),
  };
}

/** Posts a message. Whatever the receiver does is an answer; only an aborted signal throws. */
export async function send(message: Message, options: SendOptions = {}): Promise<Answer> {
  const { signal, now = Date.now } = options;
  const start = performance.now();
  const deadline = AbortSignal.timeout(message.timeoutMs);
  const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    stop.throwIfAborted();
    const target = await unlessAborted(findTarget(message.url, options), stop);
    const { status, headers, body } = await post(target, message, stop, options.ca);
    return {
      status,
      body,
      milliseconds: Math.round(performance.now() - start),
      error: status < 300 ? null : `It answered ${status}.`,
      retryAfter: secondsOf(headers["retry-after"], now()),
    };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      status: null,
      body: "",
      milliseconds: Math.round(performance.now() - start),
      error: deadline.aborted ? `No answer within ${message.timeoutMs / 1000} s.` : (error as Error).message,
      retryAfter: null,
    };
  }
}

interface Received {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/**
 * Connects to the address that was checked, not to the name, which might lead elsewhere by now. TLS and Host keep the
 * name: a certificate for another one is refused.
 */
function post({ url, address }: Target, message: Message, signal: AbortSignal, ca?: string): Promise<Received> {
  const isTls = url.protocol === "https:";
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const request = (isTls ? https : http).request({
      host: address,
      port: url.port || (isTls ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method: "POST",
      agent: false,
      ...(isTls && name !== address ? { servername: name } : {}),
      ...(ca ? { ca } : {}),
      headers: {
        ...message.headers,
        host: url.host,
        "content-type": "application/json",
        "content-length": `${new TextEncoder().encode(message.body).length}`,
        "user-agent": "Millrace",
        connection: "close",
      },
    });
    const abort = () => {
      request.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    request.on("error", reject);
    request.on("response", async (response) => {
      signal.removeEventListener("abort", abort);
      const body = await readSome(response, signal);
      resolve({ status: response.statusCode!, headers: response.headers, body });
      request.destroy();
    });
    request.end(message.body);
  });
}

/** The start of a body, at most `bodyLimit` bytes. What the status says stands, also if the rest never comes. */
async function readSome(response: http.IncomingMessage, signal: AbortSignal): Promise<string> {
  const bytes = new Uint8Array(bodyLimit);
  let size = 0;
  const chunks = (response as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const next = () => unlessAborted(chunks.next(), signal);
  try {
    for (let part = await next(); !part.done && size < bodyLimit; part = await next()) {
      const chunk = part.value.subarray(0, bodyLimit - size);
      bytes.set(chunk, size);
      size += chunk.length;
    }
  } catch {
    // It broke off, or takes too long.
  }
  // Postgres stores no NUL.
  return new TextDecoder().decode(bytes.subarray(0, size)).replaceAll("\0", "");
}

/** A Retry-After: seconds, or a date. */
export function secondsOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, Math.ceil(seconds));
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true })),
  ]);
}
