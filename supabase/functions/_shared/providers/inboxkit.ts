// InboxKit. Errors come in two forms, {code, message} of its gateway and {error: true, message} of the application, and
// the second one also with status 200. It knows no idempotency keys.

import { z } from "zod";
import { callProvider, providerUrl } from "./call.ts";
import { type KnownMailbox, type MailboxAccount, type MailboxProvider, pagesUntil } from "./mailbox_provider.ts";

const Mailbox = z.object({
  uid: z.string(),
  domain_name: z.string(),
  username: z.string(),
  status: z.string().nullish(),
  renewal_date: z.string().nullish(),
});
const Bought = z.object({ mailboxes: z.array(Mailbox) });
const Page = z.object({ mailboxes: z.array(Mailbox), pages: z.int() });
const Health = z.object({
  data: z.object({ bounce_rate_30d: z.number().nullish(), total_30d: z.int().nullish() }),
});

const pageSize = 100;

export const inboxkit: MailboxProvider = {
  async order(account, domain, mailboxes) {
    const body = {
      use_wallet_balance: true,
      mailboxes: mailboxes.map(({ first_name, last_name, username, platform }) => ({
        first_name,
        last_name,
        username,
        platform: platform.toUpperCase(),
        domain_name: domain,
      })),
    };
    const bought = (await call(account, "/mailboxes/buy", Bought, body)).mailboxes.map(known);
    return { orderId: bought[0]?.uid ?? null, mailboxes: bought };
  },
  find: (account, domain) => pagesUntil((page) => list(account, { page, keyword: domain }), domain),
  progress: (account, { domain }) => inboxkit.find(account, domain),
  page: (account, page) => list(account, { page }),
  async cancel(account, mailboxes) {
    await call(account, "/mailboxes/cancel", z.object({}), { uids: mailboxes.map(({ uid }) => uid) });
  },
};

/** Of the last 30 days: the bounce rate in percent, and how many mails there were. */
export async function mailboxHealth(
  account: MailboxAccount,
  uid: string,
): Promise<{ bounceRate: number; mails: number }> {
  const { data } = await call(account, `/email-insights/mailbox/${encodeURIComponent(uid)}/health`, Health);
  return { bounceRate: data.bounce_rate_30d ?? 0, mails: data.total_30d ?? 0 };
}

async function list(account: MailboxAccount, query: { page: number; keyword?: string }) {
  const { mailboxes, pages } = await call(account, "/mailboxes/list", Page, { ...query, limit: pageSize });
  return { mailboxes: mailboxes.map(known), pages };
}

async function call<T>(
  { key, workspaceId, signal }: MailboxAccount,
  path: string,
  schema: z.ZodType<T>,
  body?: unknown,
) {
  return await callProvider({
    provider: "InboxKit",
    url: `${providerUrl("inboxkit", "https://api.inboxkit.com/v1/api")}${path}`,
    headers: { authorization: `Bearer ${key}`, "x-workspace-id": workspaceId },
    body,
    signal,
    schema,
    softError,
  });
}

function softError(json: unknown): string | undefined {
  const { error, success, code, message } = json as Record<string, unknown>;
  const failed = error === true || success === false || Number(code) >= 400;
  return failed ? String(message ?? "no reason was given") : undefined;
}

function known({ uid, domain_name, username, status, renewal_date }: z.infer<typeof Mailbox>): KnownMailbox {
  return {
    email: `${username}@${domain_name}`.toLowerCase(),
    state: stateOf(status),
    uid,
    // `0001-01-01T00:00:00Z` is its word for never.
    renewal_date: renewal_date && !renewal_date.startsWith("0001") ? renewal_date.slice(0, 10) : undefined,
  };
}

function stateOf(status: string | null | undefined): KnownMailbox["state"] {
  const word = status?.toLowerCase() ?? "";
  if (word === "active") return "active";
  return ["failed", "error", "rejected", "cancelled", "canceled", "deleted"].includes(word) ? "failed" : "pending";
}
