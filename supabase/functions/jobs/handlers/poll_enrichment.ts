import { RunPayload, withRun } from "../../_shared/enrichment_jobs.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { CompanyEnrich } from "../../_shared/providers/companyenrich.ts";
import { isThere } from "./order_enrichment.ts";

/** Looks how far an order at CompanyEnrich is, and takes its results over. */
export const pollEnrichment = defineJob({
  type: "poll_enrichment",
  payload: RunPayload,
  run: ({ run_id }, context) =>
    withRun(run_id, context, async ({ provider_job_id }, key) => {
      const { sql } = context;
      const provider = new CompanyEnrich(key, context.signal);
      if (provider_job_id === null) {
        // A call-back was quicker than the answer to the order.
        await isThere(run_id, provider, context);
        return;
      }
      const { status, credits_charged, results_url, error_message } = await provider.status(provider_job_id);
      const charged = credits_charged ?? null;
      if (status === "failed" || status === "completed" && !results_url) {
        const reason = `CompanyEnrich's order failed: ${error_message ?? "it has no results"}.`;
        await sql`select integrations.fail_enrichment(${run_id}, ${reason}, ${charged ?? 0})`;
      } else if (status === "completed") {
        const results = JSON.stringify(await provider.results(results_url!));
        await sql`select integrations.store_companies(${run_id}, ${results}::text::jsonb, ${charged})`;
      } else {
        await sql`select integrations.poll_again(${run_id})`;
      }
    }),
});
