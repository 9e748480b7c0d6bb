import { integerEnv, requiredEnv } from "../_shared/env.ts";
import { createLog, levelOf } from "../_shared/log.ts";
import { createSecretBox } from "../_shared/secrets.ts";
import { connectQueue } from "./queue.ts";
import { handlers } from "./registry.ts";
import { defaults, type WorkerDeps, type WorkerOptions } from "./worker.ts";

/**
 * A worker's dependencies from the environment: JOBS_DATABASE_URL, MILLRACE_SECRET_KEYS, LOG_LEVEL, and, if they are
 * set, JOBS_QUEUE (one queue instead of all), JOBS_CONCURRENCY and JOBS_LEASE_SECONDS.
 */
export function workerDeps(name: string): { deps: WorkerDeps; options: WorkerOptions } {
  const concurrency = integerEnv("JOBS_CONCURRENCY", defaults.concurrency);
  const lease = integerEnv("JOBS_LEASE_SECONDS", defaults.lease / 1000);
  const queue = connectQueue({
    url: requiredEnv("JOBS_DATABASE_URL"),
    queue: Deno.env.get("JOBS_QUEUE") || null,
    worker: name,
    lease,
    connections: integerEnv("DATABASE_POOL_SIZE", 10),
    deadline: 10_000,
    prepare: Deno.env.get("DATABASE_PREPARE") !== "false",
  });
  const deps = {
    queue,
    handlers,
    secrets: createSecretBox(requiredEnv("MILLRACE_SECRET_KEYS")),
    log: createLog(levelOf(Deno.env.get("LOG_LEVEL"))),
    now: Date.now,
  };
  return { deps, options: { ...defaults, concurrency, lease: lease * 1000 } };
}
