// Two ways to do the same work, measured in turns: A B A B ... A ratio of two runs that stood side by side says more on
// a busy machine than two averages, and the median of the ratios is what a goal is held against.

export interface Pairs {
  /** Milliseconds of each run. */
  base: number[];
  full: number[];
}

/** Milliseconds of `base` and `full` in turns; each does its own preparation and returns the time that counts. */
export async function measurePairs(
  pairs: number,
  base: () => Promise<number>,
  full: () => Promise<number>,
): Promise<Pairs> {
  const result: Pairs = { base: [], full: [] };
  for (let i = 0; i < pairs; i++) {
    result.base.push(await base());
    result.full.push(await full());
  }
  return result;
}

export function ratios({ base, full }: Pairs): number[] {
  return full.map((time, i) => time / base[i]!);
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs `work` and returns its milliseconds. */
export async function time(work: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
