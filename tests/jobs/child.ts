// A worker as a process of its own, to be killed. Its effects are rows of public.effects.

import { z } from "zod";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { defineJob } from "../../supabase/functions/_shared/jobs.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { connectQueue } from "../../supabase/functions/jobs/queue.ts";
import { createWorker, defaults } from "../../supabase/functions/jobs/worker.ts";
import { keys } from "./support.ts";

const name = Deno.env.get("NAME")!;
const queue = connectQueue({
  url: Deno.env.get("JOBS_DATABASE_URL")!,
  queue: null,
  worker: name,
  lease: 30,
  connections: 4,
  deadline: 60_000,
  prepare: true,
});

const effect = defineJob({
  type: "effect",
  payload: z.unknown(),
  async run(_, { job, sql }) {
    await sql`insert into public.started values (${job.id}, ${job.attempt}, ${name})`;
    for (;;) {
      const [gate] = await sql`select bool_or(is_open) as is_open from public.gate`;
      if (gate!.is_open) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The job's id is the idempotency key: a second attempt has no second effect.
    await sql`insert into public.effects values (${job.id}, ${job.attempt}) on conflict do nothing`;
  },
});

const poison = defineJob({
  type: "poison",
  payload: z.unknown(),
  run: () => {
    Deno.kill(Deno.pid, "SIGKILL");
    return new Promise<never>(() => {});
  },
});

const stopping = new AbortController();
Deno.addSignalListener("SIGTERM", () => stopping.abort());
const deps = {
  queue,
  handlers: [effect, poison],
  secrets: createSecretBox(keys),
  log: createLog("error"),
  now: Date.now,
};
const worker = createWorker(deps, { ...defaults, concurrency: 5, poll: 50, grace: 1_000 });
console.log(JSON.stringify(await worker.run(stopping.signal)));
Deno.exit(0);
