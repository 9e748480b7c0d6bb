// A file as the world sends it, and what must become of each of its rows.

import { random } from "./random.ts";

export interface Expected {
  promoted: number;
  duplicate: number;
  /** Stored, but no contact. */
  failed: number;
  rejected: number;
  blank: number;
}

interface Kind {
  /** Of a thousand rows. */
  share: number;
  becomes: keyof Expected;
  /** Its bytes without the newline; n is another number for each row. */
  make: (n: number) => string | Uint8Array<ArrayBuffer>;
}

export const good = (n: number, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    email: `person${n}@company${n % 500}.example`,
    name: `Person ${n}`,
    company: `Company ${n % 500}`,
    ...more,
  });

const kinds: Kind[] = [
  { share: 60, becomes: "duplicate", make: () => '{"email": "person0@company0.example"}' },
  { share: 30, becomes: "duplicate", make: () => '{"email": " PERSON0@Company0.Example\\t", "name": "Shouting"}' },
  { share: 30, becomes: "promoted", make: (n) => good(n, { email: `first.last+tag${n}@company.example` }) },
  { share: 20, becomes: "promoted", make: (n) => good(n, { email: `jürgen${n}@bücher.example` }) },
  { share: 10, becomes: "promoted", make: (n) => good(n, { email: `x${n}@xn--bcher-kva.example` }) },
  { share: 10, becomes: "promoted", make: (n) => good(n, { name: 'He said "hi", and left; \\ back\n next' }) },
  { share: 10, becomes: "promoted", make: (n) => good(n, { note: `NUL \0 inside` }) },
  { share: 5, becomes: "promoted", make: (n) => good(n).replace("}", ', "bad": "\\ud800 alone"}') },
  { share: 5, becomes: "promoted", make: (n) => good(n, { "ключ": "значение", 日本: "語", emoji: "👩‍👩‍👧" }) },
  { share: 5, becomes: "promoted", make: (n) => ` ${good(n)} \r` },
  { share: 10, becomes: "promoted", make: (n) => good(n, { phone: 4930123456, tags: "one" }) },
  { share: 10, becomes: "failed", make: (n) => good(n, { name: { first: "A" } }) },
  { share: 5, becomes: "failed", make: (n) => good(n, { title: ["a", "b"] }) },
  { share: 5, becomes: "failed", make: (n) => good(n, { phone: false }) },
  { share: 5, becomes: "failed", make: (n) => good(n, { tags: { a: 1 } }) },
  { share: 5, becomes: "failed", make: (n) => good(n, { company: "x".repeat(3_000) }) },
  { share: 20, becomes: "rejected", make: (n) => JSON.stringify({ name: `Nobody ${n}` }) },
  { share: 10, becomes: "rejected", make: () => '{"email": null}' },
  { share: 10, becomes: "rejected", make: () => '{"email": 42}' },
  { share: 10, becomes: "rejected", make: (n) => JSON.stringify({ email: `not an address ${n}` }) },
  { share: 5, becomes: "rejected", make: (n) => JSON.stringify({ email: `a${n}@localhost` }) },
  { share: 5, becomes: "rejected", make: (n) => JSON.stringify({ email: `${"x".repeat(3_000)}${n}@example.com` }) },
  {
    share: 5,
    becomes: "rejected",
    make: (n) => JSON.stringify({ email: `'; drop table intake.raw_loads; --${n}@x.y z` }),
  },
  { share: 10, becomes: "rejected", make: (n) => good(n).slice(0, -5) },
  { share: 5, becomes: "rejected", make: () => "[1, 2]" },
  { share: 5, becomes: "rejected", make: () => '"text"' },
  { share: 5, becomes: "rejected", make: () => '{"email": "a@example.com", "n": 1e400000}' },
  { share: 5, becomes: "rejected", make: (n) => `${good(n)} trailing` },
  { share: 10, becomes: "rejected", make: (n) => latin1(good(n, { name: "Müller" })) },
  {
    share: 5,
    becomes: "rejected",
    make: (n) => `{"email": "deep${n}@example.com", "a": ${"[".repeat(100)}${"]".repeat(100)}}`,
  },
  { share: 20, becomes: "blank", make: () => "" },
  { share: 5, becomes: "blank", make: () => "  \t " },
];

/** Rows that are too large to be many. */
const giants: Kind[] = [
  { share: 0, becomes: "promoted", make: (n) => good(n, { note: "long ".repeat(200_000) }) },
  { share: 0, becomes: "rejected", make: (n) => good(n, { note: "x".repeat(1_100_000) }) },
  { share: 0, becomes: "rejected", make: (n) => good(n, { note: "x".repeat(9_000_000) }) },
  { share: 0, becomes: "rejected", make: () => `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}` },
  { share: 0, becomes: "rejected", make: () => `{"email": "n@example.com", "n": ${"9".repeat(200_000)}}` },
];

/** Writes a file of so many lines; answers what is in it. */
export async function writeHostile(path: string, count: number, seed = 7): Promise<Expected> {
  const expected: Expected = { promoted: 0, duplicate: 0, failed: 0, rejected: 0, blank: 0 };
  const next = random(seed);
  const total = kinds.reduce((sum, { share }) => sum + share, 0);
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  const encoder = new TextEncoder();
  let waiting: Uint8Array[] = [encoder.encode("\ufeff")];
  const flush = async () => {
    for (const bytes of waiting) for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    waiting = [];
  };
  for (let n = 0; n < count; n++) {
    const kind = n === 0
      ? undefined
      : n > 1 && n % Math.floor(count / 7) === 1
      ? giants[n % giants.length]
      : pick(next() * 1_000);
    const bytes = kind ? kind.make(n) : good(n);
    expected[kind?.becomes ?? "promoted"]++;
    waiting.push(typeof bytes === "string" ? encoder.encode(bytes) : bytes, encoder.encode("\n"));
    if (waiting.length > 10_000) await flush();
  }
  await flush();
  return expected;

  /** What is left of a thousand is good rows. */
  function pick(at: number): Kind | undefined {
    if (at >= total) return undefined;
    for (const kind of kinds) if ((at -= kind.share) < 0) return kind;
  }
}

const latin1 = (text: string) => Uint8Array.from([...text], (char) => char.charCodeAt(0));
