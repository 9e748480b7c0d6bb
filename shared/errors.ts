/** An error that Millrace's SQL raises itself: what it is called in answers, and the HTTP status that says it. */
export interface ErrorCode {
  readonly name: string;
  readonly status: 400 | 403 | 404 | 409 | 422 | 429;
}

/** Every SQLSTATE of class MR. The same list as `private.error_codes`; a test compares the two. */
export const errorCodes = {
  MR001: { name: "not_found", status: 404 },
  MR002: { name: "invalid_input", status: 400 },
  MR003: { name: "conflict", status: 409 },
  MR004: { name: "not_allowed", status: 403 },
  MR005: { name: "invalid_event", status: 422 },
  MR006: { name: "rate_limited", status: 429 },
} as const satisfies Record<string, ErrorCode>;

/** What an SQL error means to the caller: its own fault (a name and a 4xx), worth trying again, or a bug of ours. */
export type SqlFault =
  | { kind: "caller"; code: ErrorCode }
  | { kind: "retry" }
  | { kind: "bug" };

const notAllowed: ErrorCode = { name: "not_allowed", status: 403 };
const invalidInput: ErrorCode = { name: "invalid_input", status: 400 };
const conflict: ErrorCode = { name: "conflict", status: 409 };

// Lost connections (08, 57P0x), exhausted resources (53), system errors (58), conflicts with other transactions (40,
// 55P03), time-outs (57014), and what the driver and the operating system call the same.
const passing = /^(08...|40...|53...|58...|55P03|57014|57P0[1-5]|CONNECT.*|DEADLINE|E[A-Z_]{4,})$/;

/** Sorts an error of the database or its driver by its code: a SQLSTATE, or the driver's own word for it. */
export function sqlFault(code: string | undefined): SqlFault {
  if (code === undefined) return { kind: "bug" };
  if (Object.hasOwn(errorCodes, code)) {
    return { kind: "caller", code: errorCodes[code as keyof typeof errorCodes] };
  }
  if (passing.test(code)) return { kind: "retry" };
  if (code === "42501") return { kind: "caller", code: notAllowed };
  if (code === "22023") return { kind: "caller", code: invalidInput };
  if (code === "23505" || code === "23503") return { kind: "caller", code: conflict };
  return { kind: "bug" };
}
