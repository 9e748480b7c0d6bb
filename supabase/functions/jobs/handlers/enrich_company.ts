import { RunPayload, withRun } from "../../_shared/enrichment_jobs.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { CompanyEnrich } from "../../_shared/providers/companyenrich.ts";

/** Asks CompanyEnrich for one company. */
export const enrichCompany = defineJob({
  type: "enrich_company",
  payload: RunPayload,
  run: ({ run_id }, context) =>
    withRun(run_id, context, async ({ domains }, key) => {
      const [domain] = domains;
      const company = await new CompanyEnrich(key, context.signal).company(domain!);
      // Under the name we know it by: the provider may answer with the one it moved to.
      const answers = company ? [{ ...company, domain }] : [];
      await context.sql`select integrations.store_companies(${run_id}, ${JSON.stringify(answers)}::text::jsonb)`;
    }),
});
