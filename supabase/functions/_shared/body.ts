import { createDeadline } from "./deadline.ts";
import { HttpError } from "./errors.ts";

/** Bytes of the largest body that is accepted: 1 MiB. */
export const bodyLimit = 1_048_576;

// Senders that talk on after the limit are listened to for so long, as they may not hear an answer before they are done.
const discardLimit = 8 * bodyLimit;

/**
 * Reads the whole body, never holding more than the limit in memory.
 * Throws 413 beyond 1 MiB, 408 when it takes longer than `slowest` ms, 400 when the sender breaks off.
 */
export function createBodyReader(slowest: number): (request: Request) => Promise<Uint8Array> {
  const inTime = createDeadline(slowest, () => final(408, "too_slow", "The body took too long."));
  return async (request) => {
    try {
      return await inTime(read(request));
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw new HttpError(400, "incomplete_body", "The body broke off. Send it again.", { cause: error });
    }
  };
}

/** Reads a body that may take 10 s. */
export const readBody = createBodyReader(10_000);

/** Reads a body of which nothing is wanted: an answer given before that may not reach the sender. */
export async function discardBody(request: Request): Promise<void> {
  if (request.body !== null) await readBody(request).catch(() => {});
}

async function read(request: Request): Promise<Uint8Array> {
  const length = Number(request.headers.get("content-length") ?? NaN);
  if (!(length <= bodyLimit)) return await collect(request, length > bodyLimit);
  // The server holds a sender to the length it told, so this cannot grow beyond it.
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.byteLength > bodyLimit) throw tooLarge();
  return body;
}

async function collect(request: Request, isTooLarge: boolean): Promise<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > discardLimit) throw tooLarge();
    if (isTooLarge || length > bodyLimit) chunks = [];
    else chunks.push(chunk);
  }
  if (isTooLarge || length > bodyLimit) throw tooLarge();
  const body = new Uint8Array(length);
  chunks.reduce((at, chunk) => (body.set(chunk, at), at + chunk.byteLength), 0);
  return body;
}

function tooLarge(): HttpError {
  return final(413, "too_large", `The body is larger than ${bodyLimit} bytes. Nothing was stored.`);
}

/** An answer after which the connection, with whatever is still on its way, is closed. */
function final(status: 408 | 413, code: string, message: string): HttpError {
  return new HttpError(status, code, message, { headers: { Connection: "close" } });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Strict UTF-8, without a byte order mark; undefined when the bytes are anything else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const jsonType = /^\s*(application\/(json|[\w.+-]+\+json)|text\/json)\s*(;|$)/i;

/** True for application/json and its relatives, and when the sender does not say. */
export function saysJson(contentType: string | null): boolean {
  return contentType === null || jsonType.test(contentType);
}
