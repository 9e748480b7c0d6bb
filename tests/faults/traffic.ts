// Deliveries of a campaign under way, and what must be in the tables once they are all in: counted here, in plain
// TypeScript, from what was sent.

import { bisonEvent, type BisonType } from "../fixtures/bison.ts";
import { seeded } from "../functions/support.ts";

export interface Delivery {
  serial: number;
  type: BisonType;
  body: string;
}

/** Counters of one person in one campaign. */
export interface LeadFigures {
  emails_sent: number;
  opens: number;
  replies: number;
  bounces: number;
}

export interface Expected {
  deliveries: number;
  /** By `<address> <campaign>`. */
  leads: Map<string, LeadFigures>;
  /** Sums over the days and campaigns of campaign_reporting. */
  reporting: Record<string, number>;
  replies: number;
  bounces: number;
  engaged: number;
}

export interface Traffic {
  /** So many deliveries, no two of them the same. */
  next(count: number): Delivery[];
  /** What all of them together come to. */
  expected(): Expected;
}

/** Of a hundred deliveries so many are of this type. */
const shares: [BisonType, number][] = [
  ["EMAIL_SENT", 45],
  ["EMAIL_OPENED", 12],
  ["LEAD_REPLIED", 15],
  ["LEAD_INTERESTED", 8],
  ["LEAD_UNSUBSCRIBED", 6],
  ["EMAIL_BOUNCED", 6],
  ["LEAD_FIRST_CONTACTED", 5],
  ["MANUAL_EMAIL_SENT", 3],
];
const people = 400;
const campaigns = 3;
const inboxes = 4;

interface Fact {
  type: BisonType;
  lead: string;
  email: string;
}

export function createTraffic(seed: number): Traffic {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const facts: Fact[] = [];

  function one(): Delivery {
    const serial = facts.length + 1;
    const type = pick(random() * 100);
    const person = below(people);
    const campaign = 1 + below(campaigns);
    const email = `person.${person}@company-${person % 40}.example`;
    facts.push({ type, lead: `${email} ${campaign}`, email });
    return { serial, type, body: JSON.stringify(bodyOf(type, serial, person, campaign, 1 + below(inboxes))) };
  }
  return { next: (count) => Array.from({ length: count }, one), expected: () => count(facts) };
}

function pick(draw: number): BisonType {
  for (const [type, share] of shares) {
    draw -= share;
    if (draw < 0) return type;
  }
  return "EMAIL_SENT";
}

/** Every event at a time of its own, over some days. */
function bodyOf(type: BisonType, serial: number, person: number, campaign: number, inbox: number) {
  const event = bisonEvent(type, { serial });
  const parts = event.data as Record<string, Record<string, unknown>>;
  const at = new Date(Date.UTC(2026, 2, 2) + serial * 7_000).toISOString();
  const email = `person.${person}@company-${person % 40}.example`;
  const own: Record<string, Record<string, unknown>> = {
    campaign_event: { created_at: at },
    lead: { id: 1_000 + person, email },
    campaign: { id: campaign, name: `Campaign ${campaign}` },
    sender_email: { id: inbox, email: `robin.${inbox}@mail.example` },
    reply: {
      date_received: at,
      created_at: at,
      updated_at: at,
      ...(type.startsWith("LEAD_") && { from_email_address: email }),
    },
  };
  return {
    event: event.event,
    data: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part, ...own[name] }])),
  };
}

function count(facts: Fact[]): Expected {
  const leads = new Map<string, LeadFigures>();
  const of = (...types: BisonType[]) => facts.filter(({ type }) => types.includes(type));
  const leadsOf = (...types: BisonType[]) => new Set(of(...types).map(({ lead }) => lead)).size;
  for (const { type, lead } of facts) {
    const figures = leads.get(lead) ?? { emails_sent: 0, opens: 0, replies: 0, bounces: 0 };
    leads.set(lead, figures);
    if (type === "EMAIL_SENT") figures.emails_sent++;
    if (type === "EMAIL_OPENED") figures.opens++;
    if (type === "LEAD_REPLIED" || type === "LEAD_INTERESTED") figures.replies++;
    if (type === "EMAIL_BOUNCED") figures.bounces++;
  }
  return {
    deliveries: facts.length,
    leads,
    reporting: {
      emails_sent: of("EMAIL_SENT").length,
      total_leads_contacted: leadsOf("EMAIL_SENT"),
      opened: of("EMAIL_OPENED").length,
      unique_opens_per_contact: leadsOf("EMAIL_OPENED"),
      unique_replies_per_contact: leadsOf("LEAD_REPLIED", "LEAD_INTERESTED"),
      bounced: of("EMAIL_BOUNCED").length,
      unsubscribed: leadsOf("LEAD_UNSUBSCRIBED"),
      interested: leadsOf("LEAD_INTERESTED"),
    },
    replies: of("LEAD_REPLIED", "LEAD_INTERESTED").length,
    bounces: of("EMAIL_BOUNCED").length,
    engaged: new Set(of("LEAD_INTERESTED").map(({ email }) => email)).size,
  };
}
