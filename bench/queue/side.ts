// What every queue under measurement can do. Rates are jobs a second.

export interface Side {
  /** Removes all jobs; tables are vacuumed and analysed, as in a system that has run for a while. */
  clear(): Promise<void>;
  /** So many writers enqueue one job a call, for so many seconds. */
  enqueue(writers: number, seconds: number): Promise<number>;
  /** One writer enqueues 1,000 jobs a call. */
  enqueueMany(seconds: number): Promise<number>;
  /** Enqueues so many and analyses. */
  fill(count: number): Promise<void>;
  /** Ten workers that each take one job at a time work through `count` jobs. */
  drainSingly(count: number): Promise<number>;
  /** The fastest way there is. */
  drain(count: number): Promise<number>;
  /** Milliseconds from before the call that enqueues to the start of the handler, one job at a time. */
  latencies?(samples: number): Promise<number[]>;
  stop(): Promise<void>;
}

/** `work` again and again in so many loops; how many a second it did. */
export async function rateOf(loops: number, seconds: number, work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  await Promise.all(Array.from({ length: loops }, async () => {
    while (performance.now() < end) {
      // Not in one expression: that would add to what the count was before.
      const some = await work();
      count += some;
    }
  }));
  return count / (performance.now() - start) * 1000;
}

/** So many loops of `work` until all of them find nothing; what they did a second. */
export async function drainBy(loops: number, count: number, work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: loops }, async () => {
    while (done < count) {
      const some = await work();
      if (some === 0) break;
      done += some;
    }
  }));
  if (done !== count) throw new Error(`${done} of ${count} jobs were done.`);
  return done / (performance.now() - start) * 1000;
}

export const batch = Array.from({ length: 1000 }, (_, id) => ({ id }));
