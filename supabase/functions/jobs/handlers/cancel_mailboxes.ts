import { z } from "zod";
import { openAccount, providerNamed, switchedOff } from "../../_shared/mailbox_jobs.ts";
import { defineJob } from "../../_shared/jobs.ts";
import type { KnownMailbox, MailboxAccount, MailboxProvider } from "../../_shared/providers/mailbox_provider.ts";

interface Cancellation {
  outcome: "cancel" | "switched_off";
  api_key: string;
  workspace_id: string | null;
  mailboxes: Mailbox[];
}

interface Mailbox {
  email: string;
  domain: string;
  /** Null: it is not known whether the provider has it. */
  uid: string | null;
}

/** Gives mailboxes up at their provider. Those that are canceled already are not asked for again. */
export const cancelMailboxes = defineJob({
  type: "cancel_mailboxes",
  payload: z.object({ provider: z.string(), mailbox_ids: z.array(z.guid()) }),
  async run({ provider: name, mailbox_ids }, context) {
    const { sql } = context;
    const ids = `{${mailbox_ids.join(",")}}`;
    const [wanted] = await sql<Cancellation[]>`
      select * from integrations.get_mailbox_cancellation(${ids}::text::uuid[])`;
    if (wanted === undefined) return;
    if (wanted.outcome === "switched_off") throw switchedOff(name);
    const provider = providerNamed(name);
    const account = await openAccount(wanted, context);
    const there = await thoseThere(provider, account, wanted.mailboxes);
    if (there.length > 0) await provider.cancel(account, there);
    await sql`select integrations.finish_mailbox_cancellation(${ids}::text::uuid[])`;
  },
});

async function thoseThere(provider: MailboxProvider, account: MailboxAccount, mailboxes: Mailbox[]) {
  const unknown = new Set(mailboxes.filter(({ uid }) => uid === null).map(({ domain }) => domain));
  const found: KnownMailbox[] = [];
  for (const domain of unknown) found.push(...await provider.find(account, domain));
  return mailboxes.flatMap(({ email, uid }) => {
    const known = found.find((one) => one.email === email && one.state !== "failed");
    return uid !== null ? [{ email, uid }] : known ? [{ email, uid: known.uid }] : [];
  });
}
