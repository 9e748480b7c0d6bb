import { z } from "zod";
import { defineJob, GiveUp } from "../../_shared/jobs.ts";
import { Refused } from "../../_shared/providers/call.ts";
import { porkbunOf, type Sealed } from "../porkbun.ts";

/** Has a domain that was given up not renewed. Where that cannot be, a person is told. */
export const stopRenewal = defineJob({
  type: "stop_renewal",
  payload: z.object({ domain: z.string() }),
  async run({ domain }, context) {
    const { sql, job, signal } = context;
    const [account] = await sql<Sealed[]>`select * from integrations.start_renewal_stop(${domain})`;
    if (account === undefined) return;
    try {
      await (await porkbunOf(account, context)).setAutoRenew(domain, false);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GiveUp) && job.attempt < job.maxAttempts) throw error;
      await sql`select integrations.finish_renewal_stop(${domain}, ${(error as Error).message})`;
      if (error instanceof Refused) return;
      throw error;
    }
    await sql`select integrations.finish_renewal_stop(${domain})`;
  },
});
