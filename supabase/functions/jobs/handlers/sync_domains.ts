import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { pageSize } from "../../_shared/providers/porkbun.ts";
import { porkbunOf, type Sealed } from "../porkbun.ts";

/** Reads one page of the registrar's listing; the database enqueues the next. */
export const syncDomains = defineJob({
  type: "sync_domains",
  payload: z.object({ start: z.int().nonnegative(), run: z.string().optional() }),
  async run({ start, run }, context) {
    const { sql } = context;
    const [account] = await sql<[Sealed & { asked_at: string }]>`
      select api_key, api_secret, asked_at::text from integrations.get_registrar_account()`;
    const porkbun = await porkbunOf(account, context);
    const domains = await porkbun.list(start);
    await sql`
      select integrations.store_domain_page(
        ${start}, ${run ?? null}::text::timestamptz, ${account.asked_at}::text::timestamptz, ${
      sql.json(domains as never)
    }, ${domains.length >= pageSize}
      )`;
  },
});
