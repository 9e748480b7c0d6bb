// A worker as a process of its own, to be killed.

import { createLog } from "../../supabase/functions/_shared/log.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { connectQueue } from "../../supabase/functions/jobs/queue.ts";
import { handlers } from "../../supabase/functions/jobs/registry.ts";
import { createWorker, defaults } from "../../supabase/functions/jobs/worker.ts";
import { keys } from "../jobs/support.ts";

const queue = connectQueue({
  url: Deno.env.get("JOBS_DATABASE_URL")!,
  queue: null,
  worker: "child",
  lease: 30,
  connections: 4,
  deadline: 30_000,
  prepare: true,
});
const deps = { queue, handlers, secrets: createSecretBox(keys), log: createLog("error"), now: Date.now };
await createWorker(deps, { ...defaults, poll: 50 }).run(new AbortController().signal);
