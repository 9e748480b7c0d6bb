import { median } from "./pairs.ts";

export interface Spread {
  median: number;
  lowest: number;
  highest: number;
}

export function spreadOf(values: number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

/** `a` against `b`, measured right after one another, pair by pair. */
export function ratioOf(a: number[], b: number[]): Spread {
  return spreadOf(a.map((value, i) => value / b[i]!));
}

export function show({ median, lowest, highest }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}
