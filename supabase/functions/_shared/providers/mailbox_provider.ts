/** How a provider is called: the opened key, and for the signal of the job. */
export interface MailboxAccount {
  key: string;
  /** InboxKit: the workspace; MissionInbox: the project. */
  workspaceId: string;
  signal: AbortSignal;
}

export interface WantedMailbox {
  email: string;
  username: string;
  first_name: string;
  last_name: string;
  platform: "google" | "microsoft" | "smtp";
}

/** A mailbox as the provider tells of it. */
export interface KnownMailbox {
  email: string;
  /** pending: it is being made. */
  state: "pending" | "active" | "failed";
  uid?: string;
  /** ISO date. */
  renewal_date?: string;
}

export interface MailboxProvider {
  /** Orders mailboxes of one domain. Twice is twice: ask `find` first when an earlier answer was lost. */
  order(account: MailboxAccount, domain: string, mailboxes: WantedMailbox[]): Promise<Ordered>;
  /** Those of a domain that the provider has, in any state. An answer that is no list is an error, never "none". */
  find(account: MailboxAccount, domain: string): Promise<KnownMailbox[]>;
  /** How far an order is. */
  progress(account: MailboxAccount, order: Placed): Promise<KnownMailbox[]>;
  /** One page of everything the account has. */
  page(account: MailboxAccount, page: number): Promise<{ mailboxes: KnownMailbox[]; pages: number }>;
  /** Gives mailboxes up. */
  cancel(account: MailboxAccount, mailboxes: { email: string; uid?: string }[]): Promise<void>;
  /** What the DNS records of a domain must be; none, as long as it does not know. Not every provider says. */
  records?(account: MailboxAccount, domain: string): Promise<NamedRecord[]>;
}

/** A DNS record as the provider writes it. */
export interface NamedRecord {
  /** `@`, below the domain, or in full. */
  name: string;
  type: string;
  content: string;
  prio: number | null;
}

export interface Ordered {
  /** What the provider calls the order. */
  orderId: string | null;
  mailboxes: KnownMailbox[];
}

export interface Placed {
  domain: string;
  orderId: string | null;
  emails: string[];
}

/** Everything about a domain, page after page. */
export async function pagesUntil(
  read: (page: number) => Promise<{ mailboxes: KnownMailbox[]; pages: number }>,
  domain: string,
): Promise<KnownMailbox[]> {
  const found: KnownMailbox[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const answer = await read(page);
    found.push(...answer.mailboxes.filter(({ email }) => email.endsWith(`@${domain}`)));
    pages = answer.pages;
  }
  return found;
}
