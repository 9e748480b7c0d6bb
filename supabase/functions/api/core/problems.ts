// What goes wrong, as application/problem+json (RFC 9457): `code` is stable, `detail` is for people.

import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { errorCodes } from "../../../../shared/errors.ts";
import { HttpError, toHttpError } from "../../_shared/errors.ts";
import { type Env, requestId } from "../../_shared/http.ts";

/** The body of every answer from 400 on. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().openapi({ description: "Stable, for programs.", example: "not_found" }),
  detail: z.string().openapi({ description: "For people; it may change." }),
  hint: z.string().optional(),
  request_id: z.string().openapi({ description: "Name it when you ask for help." }),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional().openapi({
    description: "What is wrong with the request, by field.",
  }),
}).openapi("Problem");

export type ProblemBody = z.infer<typeof Problem>;

/** A problem with more to say than an HttpError. */
export class ProblemError extends HttpError {
  constructor(
    status: HttpError["status"],
    code: string,
    detail: string,
    readonly more: { hint?: string; errors?: ProblemBody["errors"]; headers?: Record<string, string> } = {},
  ) {
    super(status, code, detail, { headers: more.headers });
  }
}

export const invalid = (code: string, detail: string) => new ProblemError(400, code, detail);
export const notFound = () => new ProblemError(404, "not_found", "There is nothing under this id that you may see.");
export const notAllowed = () => new ProblemError(403, "not_allowed", "You may not do this.");

/** 400 with each complaint of zod. */
export function invalidRequest({ issues }: z.ZodError): ProblemError {
  const errors = issues.slice(0, 20).map(({ path, message }) => ({ path: path.join("."), message }));
  return new ProblemError(400, "invalid_request", "The request is not as the reference says.", { errors });
}

const titles: Record<number, string> = {
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export function problemResponse(c: Context<Env>, error: HttpError): Response {
  const { hint, errors } = error instanceof ProblemError ? error.more : {};
  const body: ProblemBody = {
    type: "about:blank",
    title: titles[error.status] ?? "Error",
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(hint ? { hint } : {}),
    request_id: requestId(c),
    ...(errors ? { errors } : {}),
  };
  const headers = { ...error.options.headers, "Content-Type": "application/problem+json" };
  return c.body(JSON.stringify(body), error.status, headers);
}

interface SqlError extends Error {
  code?: string;
  hint?: string;
  constraint_name?: string;
  severity?: string;
}

// A value that its type or a rule of the table refuses, a row that another one is in the way of, or that is referred to.
const refusals: [RegExp, 400 | 403 | 409, string, string][] = [
  [/^(22\d\d.|22P..|23502|23514)$/, 400, "invalid_input", "The database refuses a value"],
  [/^(23505|23P01)$/, 409, "conflict", "There is one already"],
  [/^23503$/, 409, "conflict", "It names something that is not there, or something else still names it"],
  [/^42501$/, 403, "not_allowed", "You may not do this"],
];

/** What an error of any kind means to the caller. Only messages of ours (SQLSTATE MR...) are passed on. */
export function toProblem(error: Error): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof HTTPException) return fromHono(error);
  const { code = "", hint, constraint_name: rule } = error as SqlError;
  if (Object.hasOwn(errorCodes, code)) {
    const { name, status } = errorCodes[code as keyof typeof errorCodes];
    return new ProblemError(status, name, error.message, { hint });
  }
  const refusal = "severity" in error ? refusals.find(([pattern]) => pattern.test(code)) : undefined;
  if (!refusal) return toHttpError(error);
  const [, status, name, detail] = refusal;
  return new ProblemError(status, name, rule ? `${detail} (${rule}).` : `${detail}.`);
}

function fromHono({ status, message, cause }: HTTPException): HttpError {
  if (status === 415) return new ProblemError(415, "unsupported_media_type", "Send application/json.");
  if (status === 400) return invalid("invalid_json", "The body is no JSON.");
  return toHttpError(Object.assign(new Error(message), { cause }));
}
