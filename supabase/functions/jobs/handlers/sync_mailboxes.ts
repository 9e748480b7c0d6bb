// What the providers say of mailboxes day by day: which there are, when they are renewed, how their mails fare.

import { z } from "zod";
import { openAccount, providerNamed, switchedOff } from "../../_shared/mailbox_jobs.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { mailboxHealth } from "../../_shared/providers/inboxkit.ts";

interface Account {
  api_key: string;
  workspace_id: string | null;
}

/** One page; the database has the next one read. */
export const syncMailboxes = defineJob({
  type: "sync_mailboxes",
  payload: z.object({ provider: z.string(), page: z.int().min(1) }),
  async run({ provider, page }, context) {
    const [keys] = await context.sql<Account[]>`select * from integrations.get_mailbox_account(${provider})`;
    if (keys === undefined) throw switchedOff(provider);
    const answer = await providerNamed(provider).page(await openAccount(keys, context), page);
    await context.sql`
      select integrations.store_mailbox_page(
        ${provider}, ${page}, ${answer.pages}, ${JSON.stringify(answer.mailboxes)}::text::jsonb
      )`;
  },
});

/** One mailbox at InboxKit. */
export const syncMailboxHealth = defineJob({
  type: "sync_mailbox_health",
  payload: z.object({ provider: z.literal("inboxkit"), mailbox_id: z.guid() }),
  async run({ mailbox_id }, context) {
    const [mailbox] = await context.sql<(Account & { uid: string })[]>`
      select * from integrations.get_mailbox_health(${mailbox_id})`;
    if (mailbox === undefined) return;
    const { bounceRate, mails } = await mailboxHealth(await openAccount(mailbox, context), mailbox.uid);
    await context.sql`select integrations.store_mailbox_health(${mailbox_id}, ${bounceRate}, ${mails})`;
  },
});
