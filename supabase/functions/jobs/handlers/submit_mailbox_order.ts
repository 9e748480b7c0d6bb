import { z } from "zod";
import { failingAt, openAccount, providerNamed, switchedOff } from "../../_shared/mailbox_jobs.ts";
import { defineJob, GiveUp, type JobContext, RetryLater } from "../../_shared/jobs.ts";
import type { KnownMailbox, WantedMailbox } from "../../_shared/providers/mailbox_provider.ts";

const Payload = z.object({ inbox_order_id: z.guid(), provider: z.string() });

interface Start {
  outcome: "submit" | "done" | "busy" | "switched_off" | "gone";
  retry_in: number;
  api_key: string;
  workspace_id: string | null;
  domain: string;
  look_first: boolean;
  mailboxes: WantedMailbox[];
}

/** An attempt is over by then, as the database was told: whoever comes next must find what it did. */
const attemptMs = 100_000;

/** Orders the mailboxes of one domain, each once, however often it is tried. */
export const submitMailboxOrder = defineJob({
  type: "submit_mailbox_order",
  payload: Payload,
  run: (payload, context) =>
    failingAt("submit", payload.inbox_order_id, context, async () => {
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(attemptMs)]);
      const [start] = await context.sql<[Start]>`
        select * from integrations.start_mailbox_submission(${payload.inbox_order_id}, '2 minutes')`;
      if (start.outcome === "done") return;
      if (start.outcome === "gone") throw new GiveUp("The order is gone.");
      if (start.outcome === "switched_off") throw switchedOff(payload.provider);
      if (start.outcome === "busy") throw new RetryLater(start.retry_in, "An earlier attempt may still run.");
      const { orderId, mailboxes } = await order(payload.provider, start, { secrets: context.secrets, signal });
      await context.sql`
        select integrations.finish_mailbox_submission(
          ${payload.inbox_order_id}, ${orderId}, ${JSON.stringify(mailboxes)}::text::jsonb
        )`;
    }),
});

async function order(
  name: string,
  { domain, look_first, mailboxes, ...keys }: Start,
  context: Pick<JobContext, "secrets" | "signal">,
) {
  const provider = providerNamed(name);
  const account = await openAccount(keys, context);
  const there: KnownMailbox[] = look_first ? await provider.find(account, domain) : [];
  const missing = mailboxes.filter(({ email }) => !there.some((one) => one.email === email && one.state !== "failed"));
  const ordered = missing.length > 0
    ? await provider.order(account, domain, missing)
    : { orderId: null, mailboxes: [] };
  return { orderId: ordered.orderId, mailboxes: [...there, ...ordered.mailboxes] };
}
