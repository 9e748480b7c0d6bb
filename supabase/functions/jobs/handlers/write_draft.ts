import { z } from "zod";
import { configuredAi, type DraftRequest } from "../../_shared/ai.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { withLastWord } from "../../_shared/last_word.ts";

/** Writes a draft through the AI port; without an AI, the database makes an extract of the calls. */
export const writeDraft = defineJob({
  type: "write_draft",
  payload: z.object({ draft_id: z.guid() }),
  async run({ draft_id }, context) {
    const { sql, signal } = context;
    const ai = configuredAi();
    await withLastWord(
      context,
      async () => {
        if (ai === undefined) {
          await sql`select integrations.extract_draft(${draft_id})`;
          return;
        }
        const [request] = await sql<DraftRequest[]>`
          select kind, client, shape, instructions, known, calls from integrations.get_draft(${draft_id})`;
        if (request === undefined) return;
        const { content, prompt } = await ai.draft(request, signal);
        await sql`
          select integrations.store_draft(
            ${draft_id}, ${JSON.stringify(content)}::text::jsonb, 'ai', ${ai.model}, ${prompt}
          )`;
      },
      (reason) => sql`select integrations.fail_draft(${draft_id}, ${reason})`,
    );
  },
});
