import { z } from "zod";
import { failingAt, openAccount, providerNamed, switchedOff } from "../../_shared/mailbox_jobs.ts";
import { defineJob, GiveUp } from "../../_shared/jobs.ts";

interface Poll {
  outcome: "poll" | "done" | "switched_off";
  api_key: string;
  workspace_id: string | null;
  domain: string;
  provider_order_id: string | null;
  emails: string[] | null;
}

/** Asks how far the mailboxes of one domain are. What follows, the database says. */
export const pollMailboxOrder = defineJob({
  type: "poll_mailbox_order",
  payload: z.object({ inbox_order_id: z.guid(), provider: z.string() }),
  run: ({ inbox_order_id, provider }, context) =>
    failingAt("process", inbox_order_id, context, async () => {
      const [poll] = await context.sql<Poll[]>`select * from integrations.get_mailbox_poll(${inbox_order_id})`;
      if (poll === undefined) throw new GiveUp("The order is gone.");
      if (poll.outcome === "done") return;
      if (poll.outcome === "switched_off") throw switchedOff(provider);
      const account = await openAccount(poll, context);
      const { domain, provider_order_id: orderId, emails } = poll;
      const mailboxes = await providerNamed(provider).progress(account, { domain, orderId, emails: emails ?? [] });
      await context.sql`
        select integrations.record_mailbox_poll(${inbox_order_id}, ${JSON.stringify(mailboxes)}::text::jsonb)`;
    }),
});
