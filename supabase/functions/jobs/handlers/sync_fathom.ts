import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { withFathom } from "../../_shared/providers/fathom.ts";

/** Fetches one page of an account's meetings; the first one says from when on. */
export const syncFathom = defineJob({
  type: "sync_fathom",
  payload: z.object({
    account: z.guid(),
    cursor: z.string().optional(),
    created_after: z.string().optional(),
    newest: z.string().nullish(),
  }),
  run: ({ account, cursor, created_after, newest = null }, context) =>
    withFathom(account, context, async (fathom, createdAfter) => {
      const since = created_after ?? createdAfter;
      const askedAt = new Date(context.now()).toISOString();
      const { items, next_cursor = null } = await fathom.meetings(since, cursor);
      await context.sql`
        select integrations.store_fathom_page(
          ${account}::uuid, ${JSON.stringify(items)}::text::jsonb, ${askedAt}::text::timestamptz,
          ${since}::text::timestamptz, ${newest}::text::timestamptz, ${next_cursor}
        )`;
    }),
});
