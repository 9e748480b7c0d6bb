// How the typed client (client.ts) talks to the API: credentials, problems, repetition.

export interface Connection {
  /** Of the functions, such as https://<project>.supabase.co/functions/v1. */
  url: string;
  /** An API key or an access token; a function is asked before each request, as tokens expire. */
  key: string | (() => string | Promise<string>);
  /** How often a request is repeated that was refused for now (429, 503, still running) or got no answer; 3 unless told. */
  retries?: number;
  fetch?: typeof fetch;
  /** Waits so many milliseconds. */
  sleep?: (milliseconds: number) => Promise<unknown>;
}

export interface WriteOptions {
  /** The request is done once under this key; a key of its own is made unless told. */
  idempotencyKey?: string;
  /** The row as it was read, or its ETag: refused with 412 when it changed since. */
  ifMatch?: object | string;
  signal?: AbortSignal;
}

export interface ReadOptions {
  signal?: AbortSignal;
}

export interface Page<Row> {
  data: Row[];
  /** Null: this was the last page. */
  next_cursor: string | null;
}

/** An answer other than success. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    /** Stable, such as `not_found`. */
    readonly code: string,
    detail: string,
    readonly hint?: string,
    readonly requestId?: string,
    readonly errors?: readonly { path: string; message: string }[],
  ) {
    super(detail);
  }
}

export interface Transport {
  read<Answer>(path: string, query?: object, options?: ReadOptions): Promise<Answer>;
  write<Answer>(method: string, path: string, body: unknown, options?: WriteOptions): Promise<Answer>;
}

const tags = new WeakMap<object, string>();

export function createTransport(connection: Connection): Transport {
  const { url, key, retries = 3 } = connection;
  const { fetch = globalThis.fetch, sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = connection;

  async function send<Answer>(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Answer> {
    for (let attempt = 0;; attempt++) {
      const credential = typeof key === "string" ? key : await key();
      const headers = { ...init.headers, Authorization: `Bearer ${credential}` };
      const response = await fetch(`${url}/api${path}`, { ...init, headers }).catch((error) => {
        if (attempt >= retries || init.signal?.aborted) throw error;
      });
      if (response?.ok) return await read(response);
      const error = response && await toError(response);
      if (error && (attempt >= retries || !isForNow(error))) throw error;
      await sleep(1_000 * (Number(response?.headers.get("retry-after")) || 2 ** attempt / 4));
    }
  }

  return {
    read: (path, query = {}, { signal } = {}) => send(path + toSearch(query), { headers: {}, signal }),
    write: (method, path, body, { idempotencyKey = crypto.randomUUID(), ifMatch, signal } = {}) => {
      const tag = typeof ifMatch === "object" ? tags.get(ifMatch) : ifMatch;
      if (ifMatch !== undefined && tag === undefined) throw new TypeError("ifMatch is no row that the API answered.");
      const headers = {
        "Idempotency-Key": idempotencyKey,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(tag === undefined ? {} : { "If-Match": tag }),
      };
      return send(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
    },
  };
}

// deno-lint-ignore no-explicit-any -- any list function
type List = (query?: any) => Promise<Page<any>>;

/** The rows of all pages of a list, read as they are needed. */
export async function* each<L extends List>(
  list: L,
  query: Parameters<L>[0],
): AsyncGenerator<Awaited<ReturnType<L>>["data"][number]> {
  let cursor: string | undefined;
  do {
    const page = await list({ ...query, cursor });
    yield* page.data;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

async function read<Answer>(response: Response): Promise<Answer> {
  if (response.status === 204) return undefined as Answer;
  const answer = await response.json();
  const tag = response.headers.get("etag");
  if (tag !== null && typeof answer === "object") tags.set(answer, tag);
  return answer;
}

/** `request_in_progress`: an earlier try, whose answer did not come, is still being done. */
function isForNow({ status, code }: ApiError): boolean {
  return status === 429 || status === 503 || code === "request_in_progress";
}

async function toError(response: Response): Promise<ApiError> {
  const { status } = response;
  const { code = "unknown", detail = `The API answered ${status}.`, hint, request_id, errors } = await response.json()
    .catch(() => ({}));
  return new ApiError(status, code, detail, hint, request_id, errors);
}

function toSearch(query: object): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (name === "fields") search.set(name, (value as string[]).join(","));
    else for (const each of [value].flat()) search.append(name, String(each));
  }
  const text = search.toString();
  return text && `?${text}`;
}
