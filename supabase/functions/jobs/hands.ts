import { setImmediate } from "node:timers";
import { describe } from "../_shared/errors.ts";
import { GiveUp, type JobContext, type JobHandler, RetryLater } from "../_shared/jobs.ts";
import { type Log, redact } from "../_shared/log.ts";
import type { SecretBox } from "../_shared/secrets.ts";
import type { ClaimedJob, Queue } from "./queue.ts";

export interface HandsDeps {
  queue: Queue;
  handlers: readonly JobHandler[];
  secrets: SecretBox;
  log: Log;
  now: () => number;
}

/** What a worker did. */
export interface Summary {
  completed: number;
  /** Attempts that failed and are followed by another one. */
  failed: number;
  dead: number;
  handed_back: number;
  /** Jobs that somebody else has by now, as their lease was over. */
  lost: number;
}

/** The jobs that a worker has: claimed, running, and done but not yet noted as completed. */
export interface Hands {
  readonly summary: Summary;
  /** How many more jobs should be claimed. */
  wanted(): number;
  take(jobs: readonly ClaimedJob[]): void;
  /** Jobs to note as completed with the next claim, if these are few; many are noted beside it. */
  takeDone(): readonly ClaimedJob[];
  /** What became of them; undefined when the call failed. */
  noted(jobs: readonly ClaimedJob[], lost: readonly string[] | undefined): void;
  areEmpty(): boolean;
  /** Asks for another lease for all of them. */
  extend(): Promise<void>;
  /** Gives back what has not been started, and after `grace` milliseconds what still runs. */
  finish(grace: number): Promise<void>;
}

/** A job that runs, as its handler sees it. */
class Attempt implements JobContext {
  readonly job: JobContext["job"];
  #abort?: AbortController;

  constructor(readonly claimed: ClaimedJob, readonly deps: HandsDeps) {
    const { id, type, attempt, maxAttempts } = claimed;
    this.job = { id, type, attempt, maxAttempts };
  }

  /** Another client, once a connection broke. */
  get sql() {
    return this.deps.queue.sql;
  }
  get secrets() {
    return this.deps.secrets;
  }
  get log() {
    return this.deps.log;
  }
  get now() {
    return this.deps.now;
  }
  get signal() {
    return this.#aborter().signal;
  }

  abort(reason: string): void {
    this.#aborter().abort(new Error(reason));
  }

  /** Made when somebody asks, as most jobs are over before. */
  #aborter(): AbortController {
    return (this.#abort ??= new AbortController());
  }
}

/** Completed together with a claim they save a transaction; more than that keep the claim waiting. */
const few = 20;

/** @param changed Called when a job has ended: there may be a hand free. */
export function createHands(
  deps: HandsDeps,
  { concurrency, ahead }: { concurrency: number; ahead: number },
  changed: () => void,
): Hands {
  const { queue, handlers, log } = deps;
  const known = new Map(handlers.map((handler) => [handler.type, handler]));
  const summary: Summary = { completed: 0, failed: 0, dead: 0, handed_back: 0, lost: 0 };
  const running = new Map<string, Attempt>();
  let waiting: ClaimedJob[] = [];
  let next = 0;
  let done: ClaimedJob[] = [];
  let noting: Promise<void> | undefined;
  let isStarting = false;
  let failing = 0;
  /** Since the last claim: so many at least will have to be at hand during the next one. */
  let ended = 0;

  function start(): void {
    while (running.size < concurrency && next < waiting.length) {
      const attempt = new Attempt(waiting[next++]!, deps);
      running.set(attempt.job.id, attempt);
      perform(attempt).then(() => end(attempt), (error) => end(attempt, error ?? new Error("No reason given.")));
    }
  }

  /** In the next turn of the event loop: jobs that never wait would keep a claim from being sent until all are done. */
  function startSoon(): void {
    if (isStarting || next === waiting.length) return;
    isStarting = true;
    setImmediate(() => {
      isStarting = false;
      start();
    });
  }

  async function perform(attempt: Attempt): Promise<void> {
    const { type, payload } = attempt.claimed;
    const handler = known.get(type);
    // A newer worker may know it.
    if (handler === undefined) throw new Error(`This worker has no handler for ${type}.`);
    await handler.run(payload, attempt);
  }

  function end(attempt: Attempt, error?: unknown): void {
    const job = attempt.claimed;
    // Given back or lost meanwhile: what it did is somebody else's matter.
    if (running.get(job.id) !== attempt) return;
    running.delete(job.id);
    ended++;
    if (error === undefined) {
      done.push(job);
      noting ??= note();
    } else {
      failing++;
      fail(job, error).catch((cause) => log.error("not noted", { job_id: job.id, cause: describe(cause) }))
        .finally(() => (failing--, changed()));
    }
    startSoon();
    changed();
  }

  /** Completes what no claim took along, all that came together in one call. A call that fails is made again. */
  async function note(): Promise<void> {
    for (let pause = 100;;) {
      await new Promise<void>((resolve) => setImmediate(() => resolve()));
      if (done.length === 0) break;
      const jobs = done;
      done = [];
      try {
        noted(jobs, await queue.complete(jobs));
        pause = 100;
      } catch (error) {
        log.error("not noted", { cause: describe(error) });
        noted(jobs, undefined);
        await new Promise((resolve) => setTimeout(resolve, pause = Math.min(pause * 2, 5_000)));
      }
    }
    noting = undefined;
    changed();
  }

  function noted(jobs: readonly ClaimedJob[], lost: readonly string[] | undefined): void {
    if (lost === undefined) {
      done = [...jobs, ...done];
      noting ??= note();
      return;
    }
    summary.completed += jobs.length - lost.length;
    summary.lost += lost.length;
    for (const id of lost) log.warn("lease was lost", { job_id: id });
  }

  async function fail(job: ClaimedJob, error: unknown): Promise<void> {
    const reason = redact(error instanceof Error ? error.message : String(error));
    const how = error instanceof RetryLater
      ? { retryAfter: error.seconds }
      : error instanceof GiveUp
      ? { giveUp: true }
      : {};
    const outcome = await queue.fail(job, reason, how);
    if (outcome === "dead") summary.dead++;
    else if (outcome === "lost") summary.lost++;
    else summary.failed++;
    const { id, type, attempt } = job;
    log[outcome === "dead" ? "error" : "warn"]("job failed", { job_id: id, type, attempt, outcome, reason });
  }

  function drop(id: string): void {
    running.get(id)?.abort("The job's lease is over.");
    running.delete(id);
    waiting = waiting.slice(next).filter((job) => job.id !== id);
    next = 0;
  }

  async function handBack(jobs: readonly ClaimedJob[]): Promise<void> {
    if (jobs.length === 0) return;
    summary.handed_back += jobs.length;
    // If this fails as well, their leases will end.
    await queue.handBack(jobs).catch((error) => log.error("not handed back", { cause: describe(error) }));
  }

  return {
    summary,
    wanted() {
      const left = waiting.length - next;
      const free = concurrency - running.size - left;
      const most = Math.min(ahead, 2 * ended);
      if (free <= 0 && left > most / 2) return 0;
      ended = 0;
      return Math.max(free + most, 0);
    },
    take(jobs) {
      waiting = waiting.slice(next).concat(jobs);
      next = 0;
      start();
    },
    takeDone() {
      if (done.length > few) return [];
      const jobs = done;
      done = [];
      return jobs;
    },
    noted,
    areEmpty: () => running.size + done.length + failing === 0 && next === waiting.length && noting === undefined,
    async extend() {
      const jobs = [...Array.from(running.values(), ({ claimed }) => claimed), ...waiting.slice(next)];
      if (jobs.length === 0) return;
      for (const id of await queue.extend(jobs)) {
        drop(id);
        summary.lost++;
        log.warn("lease was lost", { job_id: id });
      }
      start();
    },
    async finish(grace) {
      const unstarted = waiting.slice(next);
      waiting = [];
      next = 0;
      await handBack(unstarted);
      const until = Date.now() + grace;
      while (running.size + failing > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      const left = [...running.values()];
      running.clear();
      for (const attempt of left) attempt.abort("The worker stops.");
      await handBack(left.map(({ claimed }) => claimed));
      await noting;
    },
  };
}
