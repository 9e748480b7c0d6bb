import { createHash, randomBytes } from "node:crypto";
import { RunPayload, withRun } from "../../_shared/enrichment_jobs.ts";
import { functionsUrl } from "../../_shared/env.ts";
import { defineJob, type JobContext } from "../../_shared/jobs.ts";
import { NeedsPerson } from "../../_shared/providers/call.ts";
import { CompanyEnrich } from "../../_shared/providers/companyenrich.ts";

/**
 * Orders many companies at CompanyEnrich. When an earlier attempt got no answer, the order is looked for among the
 * account's own before anything is ordered twice.
 */
export const orderEnrichment = defineJob({
  type: "order_enrichment",
  payload: RunPayload,
  run({ run_id }, context) {
    const token = randomBytes(32).toString("base64url");
    const hash = createHash("sha256").update(token).digest();
    return withRun(run_id, context, async ({ domains, was_asked }, key) => {
      const provider = new CompanyEnrich(key, context.signal);
      if (was_asked && await isThere(run_id, provider, context)) return;
      const jobId = await provider.order(domains, `${functionsUrl()}/enrichment-callback/${token}`);
      await context.sql`select integrations.record_order(${run_id}, ${jobId})`;
    }, hash);
  },
});

/** Finds the order that an attempt made whose answer was lost. */
export async function isThere(runId: string, provider: CompanyEnrich, { sql }: JobContext): Promise<boolean> {
  const orders = JSON.stringify(await provider.orders());
  const [answer] = await sql<[{ outcome: string }]>`
    select integrations.adopt_order(${runId}, ${orders}::text::jsonb) as outcome`;
  if (answer.outcome === "unsure") {
    throw new NeedsPerson("Several orders at CompanyEnrich fit: look which is ours before asking again.");
  }
  return answer.outcome !== "not_there";
}
