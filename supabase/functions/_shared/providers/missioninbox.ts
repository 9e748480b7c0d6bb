// MissionInbox. Mailboxes are made by tasks, which are asked until they are done. Its interface is not fully documented:
// where it is not, we take what clients in the wild do.

import { z } from "zod";
import { callProvider, NeedsPerson, providerUrl, Refused } from "./call.ts";
import { type KnownMailbox, type MailboxAccount, type MailboxProvider, pagesUntil } from "./mailbox_provider.ts";

const Task = z.object({ id: z.coerce.string(), status: z.string() });
const Page = z.object({
  data: z.array(z.object({ email: z.string(), status: z.string().nullish(), renewalDate: z.string().nullish() })),
  totalPages: z.int(),
});
const Domain = z.object({
  dnsRecords: z.array(z.object({
    type: z.string(),
    name: z.string(),
    value: z.string(),
    priority: z.coerce.number().int().min(0).max(65_535).nullish().catch(null),
  })).nullish(),
});

const pageSize = 100;

export const missioninbox: MailboxProvider = {
  async order(account, _domain, mailboxes) {
    const body = {
      projectId: account.workspaceId,
      mailboxes: mailboxes.map(({ email, first_name, last_name }) => ({
        email,
        firstName: first_name,
        lastName: last_name,
        password: password(),
      })),
    };
    const task = await call(account, "/mailboxes/bulk-create", Task, body);
    return { orderId: task.id, mailboxes: [] };
  },
  find: (account, domain) => pagesUntil((page) => list(account, page), domain),
  async progress(account, { domain, orderId, emails }) {
    if (orderId === null) return await missioninbox.find(account, domain);
    const { status } = await call(account, `/tasks/${encodeURIComponent(orderId)}`, Task);
    return emails.map((email) => ({ email, state: stateOf(status) }));
  },
  page: list,
  cancel(_account, mailboxes) {
    return Promise.reject(
      new NeedsPerson(
        `MissionInbox has no call that cancels mailboxes. Cancel ${mailboxes.length} of them there by hand.`,
      ),
    );
  },
  async records(account, domain) {
    const { dnsRecords } = await domainOf(account, domain);
    return (dnsRecords ?? []).map(({ type, name, value, priority }) => ({
      type,
      name,
      content: value,
      prio: priority ?? null,
    }));
  },
};

async function domainOf(account: MailboxAccount, domain: string): Promise<z.infer<typeof Domain>> {
  try {
    return await call(account, `/domains/${encodeURIComponent(domain)}`, Domain);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return {};
    throw error;
  }
}

async function list(account: MailboxAccount, page: number) {
  const { data, totalPages } = await call(account, `/mailboxes?page=${page}&limit=${pageSize}`, Page);
  const mailboxes = data.map(({ email, status, renewalDate }) => ({
    email: email.toLowerCase(),
    state: stateOf(status ?? "active"),
    renewal_date: renewalDate?.slice(0, 10),
  }));
  return { mailboxes, pages: totalPages };
}

async function call<T>({ key, signal }: MailboxAccount, path: string, schema: z.ZodType<T>, body?: unknown) {
  return await callProvider({
    provider: "MissionInbox",
    url: `${providerUrl("missioninbox", "https://api.v4.missioninbox.com/api")}${path}`,
    headers: { "x-server-api-key": key },
    body,
    signal,
    schema,
    softError,
  });
}

function softError(json: unknown): string | undefined {
  const { error, success, message } = json as Record<string, unknown>;
  if (!error && success !== false) return undefined;
  return String(message ?? (typeof error === "string" ? error : "no reason was given"));
}

function stateOf(status: string): KnownMailbox["state"] {
  const word = status.toUpperCase();
  if (["COMPLETED", "ACTIVE"].includes(word)) return "active";
  return ["FAILED", "ERROR", "CANCELLED", "SUSPENDED", "DISABLED"].includes(word) ? "failed" : "pending";
}

/** Nobody needs to know it: MissionInbox shows it to who is signed in. A `#` it would refuse. */
function password(): string {
  return `${crypto.randomUUID()}-Aa1`;
}
