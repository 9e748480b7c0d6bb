// Goals, and how near a measured figure is to each.

import { ratioOf, show, type Spread } from "./statistics.ts";

export interface Verdict {
  /** The rate `a` against the rate `b`, pair by pair. */
  atLeast(name: string, a: number[], b: number[], goal: number): void;
  atMost(name: string, value: Spread, goal: number): void;
  /** Says how it went; false when a figure is not even within 0.8 of its goal. */
  close(): boolean;
}

export function createVerdict(): Verdict {
  const count = { reached: 0, near: 0, missed: 0 };
  const judge = (name: string, value: Spread, goal: number, share: number, sign: string) => {
    const word = share >= 1 ? "reached" : share >= 0.8 ? "near" : "missed";
    count[word]++;
    console.log(`  ${name.padEnd(52)} ${show(value).padEnd(26)} goal ${sign} ${goal}: ${word}`);
  };
  return {
    atLeast(name, a, b, goal) {
      const ratio = ratioOf(a, b);
      judge(name, ratio, goal, ratio.median / goal, ">=");
    },
    atMost: (name, value, goal) => judge(name, value, goal, goal / value.median, "<="),
    close() {
      console.log(`\n${count.reached} goals reached, ${count.near} nearly (within 0.8), ${count.missed} missed`);
      return count.missed === 0;
    },
  };
}
