// JSON text on its way into jsonb. The text travels as it came wherever possible, because JSON.parse changes numbers
// (9007199254740993 becomes ...992) and Postgres does not.

const unstorable = /\\u(?:0000|[dD][89a-fA-F])/;
// A backslash pair is a token of its own, so that in "\\u0000" (a literal backslash before u0000) nothing is found.
const escapes = /\\(?:\\|u0000|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2})/g;

/**
 * Makes JSON text storable as jsonb: NUL characters, raw or escaped, are removed, and escaped surrogates without a
 * partner become U+FFFD. Everything else, the digits of numbers and a literal `\\u0000` included, stays as it is.
 */
export function storableJson(text: string): string {
  const clean = text.includes("\0") ? text.replaceAll("\0", "") : text;
  if (!clean.includes("\\u") || !unstorable.test(clean)) return clean;
  return clean.replace(escapes, (token) => {
    if (token === "\\u0000") return "";
    return token.length === 6 ? "\\ufffd" : token;
  });
}

interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}
const exact = JSON as unknown as ExactJson;

/**
 * Serialises what `pick` takes from the parsed text, each number with the digits it came with.
 * Undefined when the text is nested too deeply for the stack.
 */
function reserialize(
  text: string,
  pick: (value: unknown) => unknown,
  ofObject = (object: Record<string, unknown>) => object,
): string | undefined {
  try {
    return JSON.stringify(pick(exact.parse(text, (_key, value, { source }) => {
      if (typeof value === "number" && source !== undefined) return exact.rawJSON(source);
      return isObject(value) ? ofObject(value) : value;
    })));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The text of one member of the object that `text` is; undefined when it is nested too deeply for the stack. */
export function memberText(text: string, member: string): string | undefined {
  return reserialize(text, (value) => (value as Record<string, unknown>)[member]);
}

/** One text for equal JSON: keys sorted, no spaces. Text that is nested too deeply for that is returned as it is. */
export function canonicalJson(text: string): string {
  const sortKeys = (object: Record<string, unknown>) => Object.fromEntries(Object.entries(object).sort(byKey));
  return reserialize(text, (value) => value, sortKeys) ?? text;
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** What parsed JSON has at a path of member names; undefined where there is no such member. */
export function memberAt(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((at, name) => isObject(at) ? at[name] : undefined, value);
}

/** A text without spaces around it; undefined when it is none, blank or longer than `longest`. */
export function textOf(value: unknown, longest = Infinity): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text.length > 0 && text.length <= longest ? text : undefined;
}

/** An id, which providers send as a whole number or as a text; undefined when it is anything else. */
export function idOf(value: unknown, longest = Infinity): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : textOf(value, longest);
}

/** True for a JSON object: no array, no null, no scalar. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
