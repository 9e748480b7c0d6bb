import { sqlFault } from "../../../shared/errors.ts";

type Status = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;

/** An answer other than success. `code` is stable, `message` says what to do; neither may hold anything secret. */
export class HttpError extends Error {
  constructor(
    readonly status: Status,
    readonly code: string,
    message: string,
    readonly options: { headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
  }
}

/** 503: the sender shall come back. `cause` is logged, not told. */
export function unavailable(cause: unknown): HttpError {
  const headers = { "Retry-After": "1" };
  return new HttpError(503, "unavailable", "The database does not answer now. Try again.", { headers, cause });
}

/** The answer to an error that nobody foresaw: what its SQLSTATE says, else 500. */
export function toHttpError(error: Error & { code?: unknown }): HttpError {
  if (error instanceof HttpError) return error;
  const fault = sqlFault(typeof error.code === "string" ? error.code : undefined);
  if (fault.kind === "retry") return unavailable(error);
  if (fault.kind === "caller") return new HttpError(fault.code.status, fault.code.name, "The request was refused.");
  return new HttpError(500, "internal_error", "Something is wrong on our side.", { cause: error });
}

/** What may be logged of an error. Details, parameters and the driver's stack may not: they quote rows. */
export function describe(cause: unknown): Record<string, unknown> {
  if (!(cause instanceof Error)) return { message: String(cause) };
  const { code, routine } = cause as { code?: unknown; routine?: unknown };
  return { name: cause.name, code, routine, message: cause.message };
}
