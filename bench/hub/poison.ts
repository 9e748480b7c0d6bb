// R7: ten thousand rows of which one is bad, for each way of being bad.

import { good } from "../../tests/hub/hostile.ts";

/** What becomes of the bad one, and what it is. */
export const poisons: Record<string, { becomes: "refused" | "failed"; row: unknown }> = {
  "no address": { becomes: "refused", row: { name: "Nobody" } },
  "an address that is none": { becomes: "refused", row: { email: "nobody" } },
  "an address of 3,000 signs": { becomes: "refused", row: { email: `${"x".repeat(3_000)}@example.com` } },
  "a number as address": { becomes: "refused", row: { email: 7 } },
  "no object": { becomes: "refused", row: [1, 2] },
  "an object as name": { becomes: "failed", row: { email: "poison@example.com", name: { first: "A" } } },
  "a list as title": { becomes: "failed", row: { email: "poison@example.com", title: ["a"] } },
  "an object as tags": { becomes: "failed", row: { email: "poison@example.com", tags: {} } },
  "a company of 3,000 signs": { becomes: "failed", row: { email: "poison@example.com", company: "x".repeat(3_000) } },
};

export function tenThousand(poison?: unknown): string {
  const rows = Array.from({ length: 10_000 }, (_, n) => good(n));
  if (poison) rows[5_000] = JSON.stringify(poison);
  return `[${rows.join(",")}]`;
}
