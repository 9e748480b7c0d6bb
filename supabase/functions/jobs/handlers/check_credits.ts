import { z } from "zod";
import { defineJob, GiveUp } from "../../_shared/jobs.ts";
import { CompanyEnrich } from "../../_shared/providers/companyenrich.ts";

/** Asks CompanyEnrich what is left of the account. */
export const checkCredits = defineJob({
  type: "check_credits",
  payload: z.object({ provider: z.literal("companyenrich") }),
  async run({ provider }, { sql, secrets, signal }) {
    const [found] = await sql<
      [{ api_key: string | null }]
    >`select integrations.key_of_provider(${provider}) as api_key`;
    if (found.api_key === null) throw new GiveUp("There is no key of this provider.");
    const { used, total } = await new CompanyEnrich(await secrets.open(found.api_key), signal).credits();
    await sql`select integrations.record_credits(${provider}, ${used}, ${total})`;
  },
});
