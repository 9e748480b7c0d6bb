import { z } from "zod";
import { openAccount, providerNamed, switchedOff } from "../../_shared/mailbox_jobs.ts";
import { defineJob, GiveUp } from "../../_shared/jobs.ts";

interface Look {
  outcome: "ask" | "switched_off";
  api_key: string;
  workspace_id: string | null;
}

/** Asks a provider of mailboxes what the DNS records of a domain must be. What follows, the database says. */
export const fetchDomainRecords = defineJob({
  type: "fetch_domain_records",
  payload: z.object({ provider: z.string(), domain: z.string() }),
  async run({ provider: name, domain }, context) {
    const [look] = await context.sql<Look[]>`select * from integrations.start_record_look(${domain})`;
    if (look === undefined) return;
    if (look.outcome === "switched_off") throw switchedOff(name);
    const provider = providerNamed(name);
    if (!provider.records) throw new GiveUp(`${name} has no call that says the records of a domain.`);
    const records = await provider.records(await openAccount(look, context), domain);
    await context.sql`
      select integrations.record_provider_records(${domain}, ${JSON.stringify(records)}::text::jsonb)`;
  },
});
