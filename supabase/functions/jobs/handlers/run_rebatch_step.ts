import { z } from "zod";
import { defineJob, GiveUp, type JobContext } from "../../_shared/jobs.ts";
import { setDailyLimit } from "../../_shared/providers/bison_limits.ts";
import { NeedsPerson } from "../../_shared/providers/call.ts";

interface Step {
  outcome: "call" | "gone" | "not_connected" | "done";
  app_url: string | null;
  api_key: string | null;
  bison_inbox_id: number | null;
  daily_limit: number | null;
}

/** One step of a rebatch. When nothing more is tried, the run stops and says at which step. */
export const runRebatchStep = defineJob({
  type: "run_rebatch_step",
  payload: z.object({ step: z.guid(), client: z.string() }),
  async run({ step, client }, context) {
    const { sql, job } = context;
    const [todo] = await sql<[Step]>`
      select outcome, app_url, api_key, bison_inbox_id, daily_limit from integrations.start_rebatch_step(${step})`;
    if (todo.outcome === "done") return;
    try {
      if (todo.outcome !== "gone") await tellBison(todo, client, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof GiveUp || job.attempt >= job.maxAttempts) {
        await sql`select integrations.fail_rebatch_step(${step}, ${(error as Error).message})`;
      }
      throw error;
    }
    await sql`select integrations.finish_rebatch_step(${step})`;
  },
});

async function tellBison(step: Step, client: string, { secrets, signal }: JobContext): Promise<void> {
  const { app_url: instanceUrl, api_key } = step;
  if (!instanceUrl || !api_key) {
    throw new NeedsPerson(`Set "App URL- Bison" and "Api Key - Bison" of ${client}, then resume the run.`);
  }
  const key = await secrets.open(api_key);
  await setDailyLimit({ instanceUrl, key, signal }, step.bison_inbox_id!, step.daily_limit!);
}
