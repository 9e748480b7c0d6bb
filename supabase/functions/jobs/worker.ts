// The worker: claims ahead of its handlers as far as they keep up, runs a bounded number of jobs at once, completes them
// in batches, extends the leases of what takes long, and gives back what it cannot finish.

import { describe } from "../_shared/errors.ts";
import { createHands, type HandsDeps, type Summary } from "./hands.ts";

export type { Summary };
export type WorkerDeps = HandsDeps;

export interface WorkerOptions {
  /** Jobs that run at once. */
  concurrency: number;
  /** Jobs that may be claimed and not started yet; at most twice as many as have ended since the last claim. */
  ahead: number;
  /** Milliseconds; as the queue's lease. */
  lease: number;
  /** Milliseconds between two looks at a queue that showed nothing. */
  poll: number;
  /** Milliseconds that running jobs have to end by themselves when the worker stops. */
  grace: number;
  /** Milliseconds that `drain` waits for a provider's allowance before it leaves the rest to the next call. */
  patience: number;
}

export const defaults: WorkerOptions = {
  concurrency: 10,
  ahead: 1_000,
  lease: 30_000,
  poll: 1_000,
  grace: 5_000,
  patience: 2_000,
};

export interface Worker {
  /** Works until nothing is ready and nothing runs, or `signal` aborts. */
  drain(signal: AbortSignal): Promise<Summary>;
  /** Works until `signal` aborts. */
  run(signal: AbortSignal): Promise<Summary>;
  /** There is work: looks at once. */
  wake(): void;
}

export function createWorker(deps: WorkerDeps, options: WorkerOptions = defaults): Worker {
  let wakeUp = () => {};
  let isAwake = false;
  const wake = () => {
    isAwake = true;
    wakeUp();
  };
  /** Until somebody wakes the worker, or so many milliseconds. */
  const sleep = async (milliseconds: number) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (!isAwake) {
      await new Promise<void>((resolve) => {
        wakeUp = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
    }
    clearTimeout(timer);
    isAwake = false;
  };
  return {
    wake,
    drain: (signal) => work(deps, options, { signal, wake, sleep, untilEmpty: true }),
    run: (signal) => work(deps, options, { signal, wake, sleep, untilEmpty: false }),
  };
}

interface Shift {
  signal: AbortSignal;
  wake: () => void;
  sleep: (milliseconds: number) => Promise<void>;
  untilEmpty: boolean;
}

async function work(deps: WorkerDeps, options: WorkerOptions, shift: Shift): Promise<Summary> {
  const { queue, log } = deps;
  const { signal, wake, sleep, untilEmpty } = shift;
  const hands = createHands(deps, options, wake);
  const upkeep = [
    every(options.lease / 3, () => hands.extend()),
    every(10_000, () => queue.requeueExpired()),
  ];
  signal.addEventListener("abort", wake);

  for (let pause = 100; !signal.aborted;) {
    const wanted = hands.wanted();
    const done = wanted > 0 ? hands.takeDone() : [];
    try {
      const { jobs, lost } = wanted > 0 ? await queue.claim(wanted, done) : { jobs: [], lost: [] };
      hands.noted(done, lost);
      hands.take(jobs);
      pause = 100;
      if (jobs.length > 0) continue;
      if (!untilEmpty || !hands.areEmpty()) {
        await sleep(options.poll);
        continue;
      }
      const wait = await queue.limitedWait();
      if (wait === undefined || wait > options.patience) break;
      await sleep(Math.min(Math.max(wait, 100), options.poll));
    } catch (error) {
      hands.noted(done, undefined);
      log.error("no jobs", { cause: describe(error) });
      if (untilEmpty && hands.areEmpty()) break;
      await sleep(pause = Math.min(pause * 2, 5_000));
    }
  }

  signal.removeEventListener("abort", wake);
  await hands.finish(options.grace);
  upkeep.forEach((stop) => stop());
  return hands.summary;

  function every(milliseconds: number, action: () => Promise<unknown>): () => void {
    const timer = setInterval(() => {
      action().catch((error) => log.error("no upkeep", { cause: describe(error) }));
    }, milliseconds);
    return () => clearInterval(timer);
  }
}
