// Bodies that were good once, damaged at random: the same ones for the same seed.

import { bisonEvent, bisonTypes } from "../fixtures/bison.ts";
import { seeded } from "../functions/support.ts";
import type { World } from "./world.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Answers {
  /** Answers by status; 0 stands for none. */
  statuses: Record<number, number>;
  /** Bodies of which neither a row nor a count is left, although they were not refused for their size. */
  unkept: number;
  /** The most that the gateway was seen to hold, in bytes. */
  memory: number;
}

export interface Posted {
  body: Bytes;
  contentType: string | null;
}

/** Posts damaged bodies and counts what became of them. */
export async function playMutations(world: World, count: number, seed: number): Promise<Answers> {
  const random = seeded(seed);
  const bodies = function* () {
    for (let i = 0; i < count; i++) yield { body: mutant(random), contentType: "application/json" };
  };
  return await postAll(world, bodies());
}

/** Posts bodies from several connections; `answered` gets each answer. */
export async function postAll<Body extends Posted>(
  world: World,
  bodies: Iterable<Body>,
  answered: (body: Body, status: number, error: string | undefined) => void = () => {},
): Promise<Answers> {
  const before = await countKept(world);
  const result: Answers = { statuses: {}, unkept: 0, memory: 0 };
  const rest = bodies[Symbol.iterator]();
  let due = 0;
  let number = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const { status, error } = await post(world.hook, next.value);
      result.statuses[status] = (result.statuses[status] ?? 0) + 1;
      if (status !== 413 && error !== "empty_body") due++;
      if (number++ % 200 === 0) result.memory = Math.max(result.memory, await world.gateway().memory());
      answered(next.value, status, error);
    }
  }));
  result.unkept = before + due - await countKept(world);
  return result;
}

async function post(url: string, { body, contentType }: Posted): Promise<{ status: number; error?: string }> {
  try {
    const headers = contentType === null ? undefined : { "content-type": contentType };
    const response = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(120_000) });
    const { error } = await response.json();
    return { status: response.status, error };
  } catch {
    return { status: 0 };
  }
}

async function countKept(world: World): Promise<number> {
  const [row] = await world.ask((sql) =>
    sql<{ kept: number }[]>`
      select (count(*) + coalesce(sum(duplicate_count), 0))::integer as kept
      from integrations.webhook_inbox
      where coalesce(payload, to_jsonb(encode(raw_body, 'base64'))) is not null`
  );
  return row!.kept;
}

// Damage ---------------------------------------------------------------------------------------------------------

const encoder = new TextEncoder();

/** Good JSON that breaks casts, time stamps and keys. */
const values = [
  "null",
  "true",
  "-1",
  "0",
  "-0",
  "1.5",
  "1e3",
  "1e400000",
  "9007199254740993",
  "99999999999999999999",
  "{}",
  "[]",
  '""',
  '"   "',
  '"a\\u0000b"',
  '"\\ud800"',
  '"infinity"',
  '"2026-02-30T25:61:00Z"',
  '"300000-01-01"',
  '"\'; drop table x; --"',
  '"%s%I%L"',
  '"Bounced"',
  '"MAILER-DAEMON@x"',
  `"${"x".repeat(3_000)}"`,
  `"${"9".repeat(400)}"`,
];
const fragments = [
  "\0",
  "\\",
  '"',
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "[".repeat(300),
  '{"a":'.repeat(50),
  "\u2028",
  "\ufeff",
];

type Random = () => number;
const below = (random: Random, limit: number) => Math.floor(random() * limit);

function mutant(random: Random): Bytes {
  const type = bisonTypes[below(random, bisonTypes.length)]!;
  const event = bisonEvent(type, { serial: below(random, 100_000) });
  let body: Bytes = encoder.encode(JSON.stringify(random() < 0.1 ? { payload: event } : event));
  for (let left = 1 + below(random, 3); left > 0; left--) body = damage(body, random);
  return body;
}

function damage(body: Bytes, random: Random): Bytes {
  const at = below(random, body.length + 1);
  const to = Math.min(body.length, at + below(random, 60));
  const value = values[below(random, values.length)]!;
  switch (below(random, 12)) {
    case 0: { // another byte
      const copy = body.slice();
      if (at < copy.length) copy[at] = below(random, 256);
      return copy;
    }
    case 1: // something missing
      return joined(body.subarray(0, at), body.subarray(to));
    case 2: // something twice
      return joined(body.subarray(0, to), body.subarray(at));
    case 3: // cut off
      return random() < 0.2 ? body.slice(0, at) : damage(body, random);
    case 4: // something in between
      return joined(
        body.subarray(0, at),
        encoder.encode(fragments[below(random, fragments.length)]!),
        body.subarray(at),
      );
    default: // another value of a member
      return withOtherValue(body, value, random);
  }
}

/** Mostly still JSON, so that it gets as far as the handlers. */
function withOtherValue(body: Bytes, value: string, random: Random): Bytes {
  const text = new TextDecoder().decode(body);
  const members = [...text.matchAll(/":(?=("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|null|true|false))/g)];
  const member = members[below(random, members.length)];
  if (!member) return body;
  const start = member.index + 2;
  return encoder.encode(text.slice(0, start) + value + text.slice(start + member[1]!.length));
}

function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
