// How the benches print: a line per measurement, with its spread, and the goal it is held against.

import { median, type Pairs, ratios } from "./pairs.ts";
import { show, spreadOf } from "./statistics.ts";

export interface Goal {
  /** The ratio may be at most this. */
  most: number;
}

/** A run fails when it misses the goal by more than a fifth, which is more than a busy machine explains. */
export function misses(pairs: Pairs, { most }: Goal): boolean {
  return median(ratios(pairs)) > most / 0.8;
}

export function reportPairs(name: string, pairs: Pairs, goal?: Goal): string {
  const ratio = spreadOf(ratios(pairs));
  const verdict = goal ? `   goal at most ${goal.most}: ${ratio.median <= goal.most ? "met" : "missed"}` : "";
  const times = `${milliseconds(pairs.base)} -> ${milliseconds(pairs.full)}`;
  return `${name.padEnd(44)} ${times.padEnd(20)} ratio ${show(ratio)}${verdict}`;
}

function milliseconds(values: number[]): string {
  return `${Math.round(median(values)).toLocaleString("en")} ms`;
}
