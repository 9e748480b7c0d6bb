import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { Refused } from "../../_shared/providers/call.ts";
import { useBison } from "./sync_bison.ts";

interface Access {
  instance_url: string | null;
  api_key: string | null;
  asked_at: Date;
}

/** Looks up one inbox that a list did not show: it is gone, or the list shifted under the reader. */
export const syncInbox = defineJob({
  type: "sync_inbox",
  payload: z.object({ client: z.string(), id: z.int() }),
  async run({ client, id }, context) {
    const { sql } = context;
    const [access] = await sql<Access[]>`
      select instance_url, api_key, asked_at from integrations.bison_access(${client})`;
    if (access === undefined) return;
    const row = await useBison({ client, ...access }, context, (bison) => bison.sender(id)).catch((error) => {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    });
    await sql`
      select integrations.store_inbox(${client}, ${id}, ${
      row === null ? null : sql.json(row as never)
    }, ${access.asked_at})`;
  },
});
