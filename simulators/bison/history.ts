// A past for a workspace: campaigns with figures of every day, many inboxes, leads. Made of hashes, so that the same
// workspace always has the same one.
import { createHash } from "node:crypto";
import type { DayFigures, Workspace } from "./workspace.ts";

export interface History {
  campaigns: number;
  days: number;
  inboxes: number;
  /** In each campaign; nobody has written to them yet. */
  leads?: number;
}

const DAY = 86_400_000;

/** `now` is today, which has no figures. Ids go on from `firstId`. */
export function giveHistory(workspace: Workspace, history: History, now: Date, firstId: number): void {
  for (let n = 0; n < history.inboxes; n++) {
    const id = firstId + n;
    const { part, tags } = workspace.addSender({
      id,
      name: `Sender ${n + 1}`,
      email: `sender${n + 1}@mail${n % 40}.workspace-${workspace.input.id}.example`,
      daily_limit: 20 + n % 10,
    });
    Object.assign(part, { emails_sent: 40 + n % 500, replied: n % 17, unique_replies: n % 13, bounced: n % 5 });
    const [first] = workspace.tags.values();
    if (first && n % 3 === 0) tags.add(first);
  }
  for (let n = 0; n < history.campaigns; n++) {
    const id = firstId + n;
    const created = new Date(now.getTime() - history.days * DAY);
    const senders = history.inboxes > 0 ? [firstId + n % history.inboxes] : [];
    workspace.addCampaign({ id, name: `Campaign ${n + 1}`, senders, createdAt: created });
    for (let day = 1; day <= history.days; day++) {
      const date = dayBefore(now, day);
      workspace.history.set(`${id} ${date}`, figures(`${id} ${date}`));
    }
    for (let lead = 0; lead < (history.leads ?? 0); lead++) {
      workspace.addLead({ email: `lead${lead + 1}@campaign${n + 1}.example`, first_name: "Kim", company: "Ltd" }, id);
    }
  }
}

function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * DAY).toISOString().slice(0, 10);
}

function figures(name: string): DayFigures {
  const byte = createHash("sha256").update(name).digest();
  const sent = 40 + byte[0]!;
  return {
    sent,
    contacted: Math.ceil(sent * 0.7),
    opened: Math.floor(sent * 0.4),
    uniqueOpens: Math.floor(sent * 0.3),
    replied: byte[1]! % 12,
    bounced: byte[2]! % 6,
    unsubscribed: byte[3]! % 4,
    interested: byte[4]! % 5,
  };
}
