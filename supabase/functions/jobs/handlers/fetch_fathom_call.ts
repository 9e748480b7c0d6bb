import { z } from "zod";
import { defineJob, RetryLater } from "../../_shared/jobs.ts";
import { withFathom } from "../../_shared/providers/fathom.ts";

/** Fetches what a webhook or list left out of a call. */
export const fetchFathomCall = defineJob({
  type: "fetch_fathom_call",
  payload: z.object({ account: z.guid(), recording_id: z.string() }),
  run: ({ account, recording_id }, context) =>
    withFathom(account, context, async (fathom) => {
      const askedAt = new Date(context.now()).toISOString();
      const transcript = await fathom.transcript(recording_id);
      const summary = await fathom.summary(recording_id);
      await context.sql`
        select integrations.store_fathom_content(
          ${recording_id}, ${JSON.stringify(transcript)}::text::jsonb, ${JSON.stringify(summary)}::text::jsonb,
          ${askedAt}::text::timestamptz
        )`;
      if (transcript === null || summary === null) {
        throw new RetryLater(600, "Fathom has no transcript or summary of the call yet.");
      }
    }),
});
