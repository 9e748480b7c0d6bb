import { RunPayload, withRun } from "../../_shared/enrichment_jobs.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { StoreLeads } from "../../_shared/providers/storeleads.ts";

/** Fetches a page of stores from StoreLeads, or all of them as soon as they are put together. */
export const fetchStores = defineJob({
  type: "fetch_stores",
  payload: RunPayload,
  run: ({ run_id }, context) =>
    withRun(run_id, context, async ({ kind, filters, page }, key) => {
      const { sql, signal } = context;
      const provider = new StoreLeads(key, signal);
      const answer = kind === "all_stores" ? await provider.all(filters) : await provider.page(filters, page);
      if (answer === null) {
        await sql`select integrations.poll_again(${run_id})`;
      } else {
        const stores = JSON.stringify(answer.stores);
        await sql`select integrations.store_stores(${run_id}, ${stores}::text::jsonb, ${answer.hasMore}, ${page})`;
      }
    }),
});
