import type { Hono } from "hono";
import { discardBody } from "../_shared/body.ts";
import { HttpError } from "../_shared/errors.ts";
import { createRouter, type Env, onlyMethods, requestId } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { isSecret } from "./secret.ts";
import type { Worker } from "./worker.ts";

/** What the jobs function needs from outside. */
export interface JobsDeps {
  worker: Worker;
  /** What pg_net sends as the bearer token, `jobs_secret` in the vault. */
  secret: string;
  /** Milliseconds that one call may work on. */
  budget: number;
  /** Keeps the process alive until a promise settles. */
  background: (work: Promise<void>) => void;
  log: Log;
}

/** `POST /jobs`: wakes the worker, which works on after the answer until nothing is ready or its time is up. */
export function createApp({ worker, secret, budget, background, log }: JobsDeps): Hono<Env> {
  const app = createRouter("jobs", log);
  let working = false;
  let again = false;

  app.post("/", async (c) => {
    await discardBody(c.req.raw);
    const [, token = ""] = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (!isSecret(token, secret)) throw new HttpError(401, "invalid_secret", "The secret is missing or wrong.");
    const outcome = working ? "working" : "awake";
    again = true;
    worker.wake();
    if (!working) background(work());
    return c.json({ outcome, request_id: requestId(c) }, 202);
  });
  app.all("/", onlyMethods("POST"));
  return app;

  async function work(): Promise<void> {
    working = true;
    const signal = AbortSignal.timeout(budget);
    // Who calls while the worker finds nothing left, and before it has ended, is not forgotten.
    while (again && !signal.aborted) {
      again = false;
      const summary = await worker.drain(signal);
      if (Object.values(summary).some((count) => count > 0)) log.info("worked", { ...summary });
    }
    working = false;
  }
}
