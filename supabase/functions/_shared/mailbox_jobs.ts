// What the jobs about mailboxes share: opening an account, and telling people where an order failed.

import { GiveUp, type JobContext } from "./jobs.ts";
import { withLastWord } from "./last_word.ts";
import { NeedsPerson } from "./providers/call.ts";
import type { MailboxAccount, MailboxProvider } from "./providers/mailbox_provider.ts";
import { mailboxProviders } from "./providers/mailboxes.ts";

interface Account {
  api_key: string;
  workspace_id: string | null;
}

export function providerNamed(name: string): MailboxProvider {
  const provider = mailboxProviders[name];
  if (provider === undefined) throw new GiveUp(`There is no provider ${name}.`);
  return provider;
}

export async function openAccount(
  { api_key, workspace_id }: Account,
  { secrets, signal }: Pick<JobContext, "secrets" | "signal">,
): Promise<MailboxAccount> {
  return { key: await secrets.open(api_key), workspaceId: workspace_id ?? "", signal };
}

export function switchedOff(provider: string): NeedsPerson {
  return new NeedsPerson(`There is no active account at ${provider}: add one, or switch it on.`);
}

/** When trying again is over, the order has failed at this step. */
export async function failingAt(
  step: "submit" | "process",
  inboxOrderId: string,
  context: JobContext,
  work: () => Promise<void>,
): Promise<void> {
  await withLastWord(
    context,
    work,
    (reason) => context.sql`select integrations.fail_mailbox_order(${inboxOrderId}, ${step}, ${reason})`,
  );
}
