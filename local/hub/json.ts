// A row as text that Postgres takes for jsonb, or the reason why it cannot be one. One row that jsonb refuses would spoil
// the COPY of thousands.

/** Characters; what is larger is no row about a person. */
export const longest = 1_048_576;
const deepest = 64;

export type Checked = { text: string } | { reason: string };

/** With `mayStay` a line that has an email is sent as it came, if it can be. */
export function checkLine(
  line: string,
  rename: (row: Record<string, unknown>) => Record<string, unknown>,
  mayStay: boolean,
): Checked {
  if (line.length > longest) return { reason: "is larger than 1 MiB" };
  if (isNestedTooDeeply(line)) return { reason: `is nested more than ${deepest} deep` };
  let value: unknown;
  try {
    value = /[0-9.]{16}/.test(line) ? JSON.parse(line, asWritten as () => unknown) : JSON.parse(line);
  } catch (error) {
    return { reason: `is no JSON: ${(error as Error).message.slice(0, 100)}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { reason: "is no object" };
  if (hasHugeNumber(line)) return { reason: "has a number that is out of range" };
  const row = value as Record<string, unknown>;
  const isPlain = mayStay && "email" in row;
  if (isPlain && !/\\u0000|\\u[dD][89a-fA-F]|\r/.test(line)) return { text: line };
  return { text: toText(isPlain ? row : rename(row)) };
}

/** Without NULs, and with every half of a surrogate pair replaced. */
export function toText(row: Record<string, unknown>): string {
  const text = JSON.stringify(row);
  if (!/\\u0000|\\ud[89a-f]/.test(text)) return text;
  return JSON.stringify(row, (_, value) => {
    if (typeof value === "string") return clean(value);
    if (typeof value !== "object" || value === null || Array.isArray(value) || raw.isRawJSON(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [clean(name), each]));
  });
}

const clean = (text: string) => text.replaceAll("\0", "").toWellFormed();

/** Not yet in the library's types. */
const raw = JSON as unknown as { rawJSON(text: string): unknown; isRawJSON(value: unknown): boolean };

/** A number that JavaScript would round (the id of a profile) goes on as it was written. */
function asWritten(_: string, value: unknown, { source }: { source: string }): unknown {
  return typeof value === "number" && source.length > 15 ? raw.rawJSON(source) : value;
}

function hasHugeNumber(line: string): boolean {
  return /[0-9][eE]\+?[0-9]{3}/.test(line) && /[:,[]\s*-?[0-9.]+[eE]\+?[0-9]{3}/.test(line) ||
    line.length > 1_000 && /[0-9]{1000}/.test(line);
}

/** Counts brackets only where there are many. */
function isNestedTooDeeply(line: string): boolean {
  if (!hasMore(line, "[") && !hasMore(line, "{")) return false;
  let depth = 0;
  let isText = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (isText) {
      if (char === "\\") i++;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === "[" || char === "{") {
      if (++depth > deepest) return true;
    } else if (char === "]" || char === "}") depth--;
  }
  return false;
}

function hasMore(line: string, char: string): boolean {
  let count = 0;
  for (let at = line.indexOf(char); at >= 0 && count <= deepest / 2; at = line.indexOf(char, at + 1)) count++;
  return count > deepest / 2;
}
