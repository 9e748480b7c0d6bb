// What the jobs ask of a provider of mailboxes, whichever it is.

import type { MailboxProvider } from "./mailbox_provider.ts";
import { inboxkit } from "./inboxkit.ts";
import { missioninbox } from "./missioninbox.ts";

export const mailboxProviders: Record<string, MailboxProvider> = { inboxkit, missioninbox };
