export interface Spread {
  median: number;
  lowest: number;
  highest: number;
}

export function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, lowest: sorted[0]!, highest: sorted.at(-1)! };
}

/** `a` against `b`, measured right after one another, pair by pair. */
export function ratioOf(a: number[], b: number[]): Spread {
  return spreadOf(a.map((value, i) => value / b[i]!));
}

export function show({ median, lowest, highest }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}
