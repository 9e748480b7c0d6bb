// `npm run worker`: the worker of functions/jobs as a process that stays. Several may run, on several machines.
// It publishes domain events as well, which else wait for the schedule. Ends on SIGTERM and SIGINT: what has not been
// finished then is given back.

import { hostname } from "node:os";
import { runRelay } from "../supabase/functions/_shared/relay.ts";
import { providerUrls } from "../simulators/providers.ts";
import { workerDeps } from "../supabase/functions/jobs/deps.ts";
import { createWorker } from "../supabase/functions/jobs/worker.ts";
import { describe, isLocal, loginUrl } from "./database.ts";
import { parseFlags } from "./flags.ts";
import { listenForJobs } from "./listener.ts";
import { connect } from "./platform.ts";
import { fail } from "./report.ts";
import { developmentKeys, runningStack } from "./stack.ts";

try {
  parseFlags("npm run worker", {});
  await completeEnvironment();
  const url = Deno.env.get("JOBS_DATABASE_URL")!;
  await describe(url, "JOBS_DATABASE_URL");
  const name = `${hostname()} ${Deno.pid}`;
  const { deps, options } = workerDeps(name);
  const worker = createWorker(deps, options);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);

  const listener = await listenForJobs(url, name, worker.wake, deps.log);
  const relay = runRelay(() => connect(url), deps.log, stopping.signal);
  deps.log.info("worker started", { worker: name, handlers: deps.handlers.map(({ type }) => type) });
  const summary = await worker.run(stopping.signal);
  await Promise.all([listener.stop(), relay]);
  await deps.queue.end();
  deps.log.info("worker stopped", { worker: name, ...summary });
  Deno.exit(0);
} catch (error) {
  fail(error);
}

/** Without variables it works for the stack that `npm start` runs here. */
async function completeEnvironment(): Promise<void> {
  const set = (name: string, value: string) => Deno.env.get(name) || Deno.env.set(name, value);
  const running = Deno.env.get("DATABASE_URL") ? undefined : await runningStack();
  const database = Deno.env.get("DATABASE_URL") || running?.database;
  if (running?.simulators) set("PROVIDER_URLS", JSON.stringify(providerUrls(running.simulators)));
  if (!Deno.env.get("JOBS_DATABASE_URL")) {
    if (!database || !isLocal(database)) {
      throw new Error("Set JOBS_DATABASE_URL (see .env.example), or run `npm start` in another terminal.");
    }
    set("JOBS_DATABASE_URL", loginUrl(database, "job_worker"));
  }
  if (isLocal(Deno.env.get("JOBS_DATABASE_URL")!)) set("MILLRACE_SECRET_KEYS", developmentKeys);
}
