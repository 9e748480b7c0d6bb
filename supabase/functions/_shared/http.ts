import { type Context, Hono } from "hono";
import { discardBody } from "./body.ts";
import { describe, HttpError, toHttpError } from "./errors.ts";
import type { Log } from "./log.ts";

/** What handlers may keep in a request's context. */
export interface Env {
  Variables: { requestId: string };
}

/**
 * An app whose routes live below `/<name>`, as Supabase leaves a function's name in the path. Whatever goes wrong in
 * it is answered as `{error, message, request_id}` and logged.
 */
export function createRouter(name: string, log: Log): Hono<Env> {
  const app = new Hono<Env>({ getPath: pathOf }).basePath(`/${name}`);
  app.onError((error, c) => {
    const { status, code, message, options } = toHttpError(error);
    const cause = status < 500 ? {} : { cause: describe(options.cause ?? error) };
    log[status < 500 ? "warn" : "error"]("refused", {
      function: name,
      request_id: requestId(c),
      status,
      code,
      ...cause,
    });
    return c.json({ error: code, message, request_id: requestId(c) }, status, options.headers);
  });
  app.notFound(async (c) => {
    await discardBody(c.req.raw);
    return c.json({ error: "not_found", message: "There is nothing here.", request_id: requestId(c) }, 404);
  });
  return app;
}

/** The path without `/functions/v1`, which only the gateway in front of the functions knows. */
function pathOf({ url }: Request): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const path = start < 0 ? "/" : url.slice(start).replace(/[?#].*$/s, "");
  return path.startsWith("/functions/v1/") ? path.slice("/functions/v1".length) : path;
}

/** Answers 405 to every method but the ones given. Register it after the routes of the path. */
export function onlyMethods(...methods: string[]): (c: Context<Env>) => Promise<never> {
  const allowed = methods.join(", ");
  return async (c) => {
    await discardBody(c.req.raw);
    throw new HttpError(405, "method_not_allowed", `Use ${allowed}.`, { headers: { Allow: allowed } });
  };
}

/** The id that this request's answer and log lines carry. */
export function requestId(c: Context<Env>): string {
  const known = c.get("requestId");
  if (known !== undefined) return known;
  const id = crypto.randomUUID();
  c.set("requestId", id);
  return id;
}
