import { RunPayload, withRun } from "../../_shared/enrichment_jobs.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { CompanyEnrich } from "../../_shared/providers/companyenrich.ts";

/** Asks CompanyEnrich for what LinkedIn says of one person. */
export const fetchIntelligence = defineJob({
  type: "fetch_intelligence",
  payload: RunPayload,
  run: ({ run_id }, context) =>
    withRun(run_id, context, async (_run, key) => {
      const { sql, signal } = context;
      const [{ email }] = await sql<[{ email: string | null }]>`select integrations.address_of_run(${run_id}) as email`;
      // Who was forgotten meanwhile is not told to anybody.
      const person = email === null ? null : await new CompanyEnrich(key, signal).person(email);
      const answer = person && JSON.stringify(person);
      await sql`select integrations.store_person(${run_id}, ${answer}::text::jsonb)`;
    }),
});
