import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { porkbunOf, type Sealed } from "../porkbun.ts";

interface Start extends Sealed {
  outcome: "check" | "fresh" | "owned" | "unknown";
}

/** Asks the registrar about one name. */
export const checkDomain = defineJob({
  type: "check_domain",
  payload: z.object({ domain: z.string() }),
  async run({ domain }, context) {
    const { sql } = context;
    const [start] = await sql<[Start]>`
      select outcome, api_key, api_secret from integrations.start_domain_check(${domain})`;
    if (start.outcome !== "check") return;

    const porkbun = await porkbunOf(start, context);
    const { isAvailable, price, renewalPrice, isPremium } = await porkbun.check(domain);
    await sql`
      select integrations.record_domain_check(
        ${domain}, ${isAvailable}, ${price}::text::numeric, ${renewalPrice}::text::numeric, ${isPremium}
      )`;
  },
});
