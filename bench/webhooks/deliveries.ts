// The agency that the measurements play, and the deliveries that its providers send. A delivery is made from its kind and
// its number alone, so that whoever seeds the database and whoever sends agree without talking.

import { createHmac } from "node:crypto";
import { type BisonChoices, bisonEvent, bisonInstance, type BisonType } from "../../tests/fixtures/bison.ts";

export const kinds = ["sent", "replied", "interested", "customer"] as const;
export type Kind = typeof kinds[number];

/** Where the deliveries of a kind fall. hot: all in one campaign and one inbox. */
export type Spread = "many" | "hot";

export interface Delivery {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export const clients = Array.from({ length: 8 }, (_, i) => ({
  name: `Bench Client ${i}`,
  token: `bench-token-${i}`,
  workspace: 100 + i,
}));
const campaigns = 5;
const inboxes = 20;
/** Leads that the database knows, of each spread: the first are engaged, the next change, the others stay as they are. */
export const knownLeads = 40_000;
export const engagedLeads = 400;
const changingLeads = 4_000;
export const customers = 10_000;
export const secret = "whsec_the_bench_signs_with_this";

/** What a hundred deliveries of a kind are, for the report. */
export const mixes: Record<"sent" | "replied", string> = {
  sent: "75 to a lead that is known, 20 to a new one (a first mail), 5 to a known one whose particulars changed",
  replied: "80 of a person, 10 of a machine, 5 marked interested (a new CRM contact), 5 of somebody already engaged",
};

interface Lead {
  client: number;
  campaign: { id: number; name: string };
  body: Record<string, unknown>;
}

/** A lead as EmailBison describes it. Numbers from `knownLeads` on are of leads that nobody has seen before. */
export function lead(number: number, spread: Spread): Lead {
  const isHot = spread === "hot";
  const client = isHot ? 0 : number % clients.length;
  const id = isHot ? 900 : 100 * client + Math.floor(number / clients.length) % campaigns;
  const { lead: body } = bisonEvent("EMAIL_SENT", { serial: number }).data as { lead: Record<string, unknown> };
  const email = `casey.${number}@${isHot ? "hot" : "company"}-${number % 5_000}.example`;
  return { client, campaign: { id, name: `Campaign ${id}` }, body: { ...body, id: number + (isHot ? 5e6 : 0), email } };
}

export function inbox(client: number, number: number, spread: Spread): Record<string, unknown> {
  const id = spread === "hot" ? 900 : 1 + 1000 * client + number % inboxes;
  const { sender_email } = bisonEvent("EMAIL_SENT").data;
  return { ...(sender_email as Record<string, unknown>), id, email: `robin.${id}@mail.example` };
}

/** The delivery with this number. Two deliveries are the same only if kind, spread and number are. */
export function delivery(kind: Kind, number: number, spread: Spread): Delivery {
  return kind === "customer" ? customerUpdated(number) : bisonDelivery(kind, number, spread);
}

function bisonDelivery(kind: "sent" | "replied" | "interested", number: number, spread: Spread): Delivery {
  const chosen = kind === "sent" ? sent(number, spread) : replied(kind, number, spread);
  const { client, campaign, body: person } = chosen.lead;
  const id = 10 * number + (spread === "hot" ? 1 : 0);
  const time = timeOf(number);
  const { data, event } = bisonEvent(chosen.type, { serial: id });
  const own = { workspace_id: clients[client]!.workspace, instance_url: bisonInstance };
  const parts = data as Record<string, Record<string, unknown>>;
  const body = JSON.stringify({
    event: { ...event, ...own, workspace_name: clients[client]!.name },
    data: {
      ...data,
      ...(parts.reply && {
        reply: {
          ...parts.reply,
          from_email_address: person.email,
          date_received: time,
          ...chosen.data?.reply as object,
        },
      }),
      scheduled_email: { ...parts.scheduled_email, lead_id: person.id, sent_at: time },
      campaign_event: { ...parts.campaign_event, created_at: time },
      lead: person,
      campaign,
      sender_email: inbox(client, number, spread),
    },
  });
  return {
    path: `/functions/v1/bison-webhook/${clients[client]!.token}`,
    headers: { "signature": sign(body), "webhook-id": `${chosen.type}-${id}` },
    body,
  };
}

/** Of today, later for higher numbers, and always the same: a provider that sends again sends the very same body. */
function timeOf(number: number): string {
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  return new Date(today + number % 86_400_000).toISOString().replace("Z", "000Z");
}

interface Chosen {
  type: BisonType;
  lead: Lead;
  data?: BisonChoices["data"];
}

function sent(number: number, spread: Spread): Chosen {
  const share = shareOf(number);
  if (share < 20) return { type: "EMAIL_SENT", lead: lead(knownLeads + number, spread) };
  if (share >= 25) return { type: "EMAIL_SENT", lead: lead(scatter(number, changingLeads, knownLeads), spread) };
  const changed = lead(scatter(number, engagedLeads, changingLeads), spread);
  changed.body.title = `Head of Operations ${number}`;
  return { type: "EMAIL_SENT", lead: changed };
}

function replied(kind: "replied" | "interested", number: number, spread: Spread): Chosen {
  const share = shareOf(number);
  if (kind === "interested") return { type: "LEAD_INTERESTED", lead: lead(number % engagedLeads, spread) };
  const isEngaged = share < 5;
  const who = isEngaged ? scatter(number, 0, engagedLeads) : scatter(number, changingLeads, knownLeads);
  return {
    type: "LEAD_REPLIED",
    lead: lead(who, spread),
    data: { reply: { interested: share >= 5 && share < 10, automated_reply: share >= 10 && share < 20 } },
  };
}

/** Which of a hundred deliveries this one is. They come mixed: neighbours in the mix are far apart. */
function shareOf(number: number): number {
  return 37 * number % 100;
}

/** A number that looks random, of [from, to). */
function scatter(number: number, from: number, to: number): number {
  return from + (Math.imul(number, 0x9e3779b1) >>> 0) % (to - from);
}

function sign(text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** Each one newer than the one before of its customer, as it would not be written otherwise. */
function customerUpdated(number: number): Delivery {
  const time = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: `evt_${number}`,
    object: "event",
    api_version: "2020-08-27",
    created: 1_700_000_000 + number,
    type: "customer.updated",
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: { object: customer(number % customers, number), previous_attributes: { description: `Order ${number - 1}` } },
  });
  return { path: "/stripe", headers: { "stripe-signature": `t=${time},v1=${sign(`${time}.${body}`)}` }, body };
}

function customer(id: number, number: number) {
  return {
    id: `cus_${id}`,
    object: "customer",
    address: { city: "Bremen", country: "DE", line1: "Am Markt 1", line2: null, postal_code: "28195", state: null },
    balance: 0,
    created: 1_700_000_000,
    currency: "eur",
    default_source: null,
    delinquent: false,
    description: `Order ${number}`,
    discount: null,
    email: `casey.${id}@company.example`,
    invoice_prefix: "AB12CD3",
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: { workspace: "Bench Client 0", campaign: "Campaign 100", lead: `${id}` },
    name: "Casey Morgan",
    next_invoice_sequence: 1,
    phone: "+49 421 000000",
    preferred_locales: ["de"],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
}
