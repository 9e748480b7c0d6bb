// Tags of inboxes at EmailBison. Its webhooks are skipped: they would tell us what we have just told it.

import { z } from "zod";
import { softError } from "./bison.ts";
import { callProvider, providerUrl } from "./call.ts";

export interface TagPush {
  /** The client's instance, such as https://dedi.emailbison.com. */
  instanceUrl: string;
  key: string;
  tag: number;
  signal: AbortSignal;
}

export async function attachTag(push: TagPush, inboxes: number[]): Promise<void> {
  await tell(push, "attach-to-sender-emails", inboxes);
}

export async function removeTag(push: TagPush, inboxes: number[]): Promise<void> {
  await tell(push, "remove-from-sender-emails", inboxes);
}

async function tell({ instanceUrl, key, tag, signal }: TagPush, what: string, inboxes: number[]): Promise<void> {
  if (inboxes.length === 0) return;
  await callProvider({
    provider: "EmailBison",
    url: `${providerUrl("bison", `${instanceUrl.replace(/\/$/, "")}/api`)}/tags/${what}`,
    headers: { authorization: `Bearer ${key}` },
    body: { tag_ids: [tag], sender_email_ids: inboxes, skip_webhooks: true },
    signal,
    schema: z.object({}),
    softError,
  });
}
