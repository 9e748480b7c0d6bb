// One EmailBison workspace: its campaigns, leads, inboxes and replies, and what can happen to them. Every happening moves
// the counters as the provider does and returns the events that it raises, not yet delivered.
import { NotThere } from "../errors.ts";
import { seconds } from "../format.ts";
import {
  bounceNotice,
  type LeadInput,
  type Message,
  newLead,
  newMail,
  newReply,
  newSender,
  personOf,
  type SenderInput,
  type Step,
} from "./make.ts";
import type {
  CampaignEventPart,
  EventId,
  LeadPart,
  MailPart,
  ReplyPart,
  SenderPart,
  Taggable,
  TagPart,
} from "./parts.ts";

export interface CampaignInput {
  id: number;
  name: string;
  senders: number[];
  steps?: Step[];
  status?: string;
  /** False: the provider sends no lead_replied for an automated reply. */
  includeAutoReplies?: boolean;
  createdAt?: Date;
}

export interface WorkspaceInput {
  id: number;
  name: string;
  apiToken: string;
  timeZone?: string;
  campaigns?: CampaignInput[];
  senders?: SenderInput[];
  tags?: Pick<Tag, "id" | "name">[];
}

export interface Tag {
  id: number;
  name: string;
}

/** What a campaign's day counted. */
export interface DayFigures {
  sent: number;
  contacted: number;
  opened: number;
  uniqueOpens: number;
  replied: number;
  bounced: number;
  unsubscribed: number;
  interested: number;
}

export interface Campaign {
  input: CampaignInput & { steps: Step[] };
  contacted: Set<number>;
  tags: Set<Tag>;
  created_at: string;
}

export interface Lead {
  part: LeadPart;
  tags: Set<Tag>;
  created_at: string;
  updated_at: string;
}

export interface Sender {
  part: SenderPart;
  tags: Set<Tag>;
  removed: boolean;
  warmup: boolean;
}

export interface Mail {
  part: MailPart;
  lead: Lead;
  campaign: Campaign;
  sender: Sender;
  unsubscribed: boolean;
}

export interface Reply {
  part: ReplyPart;
  sender: Sender;
  mail: Mail | null;
}

export interface BisonEvent {
  id: number;
  uuid: string;
  workspace: Workspace;
  /** Upper case, as delivered. */
  type: string;
  payload: { event: Record<string, unknown>; data: Record<string, unknown> };
  at: Date;
}

/** What a workspace needs of the instance around it. */
export interface Instance {
  now(): Date;
  nextId(kind: string): number;
  record(workspace: Workspace, type: EventId | Uppercase<string>, data: object): BisonEvent;
}

export class Workspace {
  readonly campaigns = new Map<number, Campaign>();
  readonly senders = new Map<number, Sender>();
  readonly leads = new Map<string, Lead>();
  readonly mails: Mail[] = [];
  readonly replies = new Map<number, Reply>();
  readonly tags = new Map<string, Tag>();
  /** Days before the first event, by campaign and date. */
  readonly history = new Map<string, DayFigures>();
  readonly #waiting: [Lead, Campaign][] = [];

  constructor(readonly input: WorkspaceInput, private readonly instance: Instance) {
    for (const sender of input.senders ?? []) this.addSender(sender);
    for (const campaign of input.campaigns ?? []) this.addCampaign(campaign);
    for (const tag of input.tags ?? []) this.tags.set(tag.name, tag);
  }

  addCampaign(input: CampaignInput): Campaign {
    const steps = input.steps ?? [{ id: input.id * 10 + 1, subject: "{COMPANY}", body: "<p>Hi {FIRST_NAME}</p>" }];
    const created_at = seconds(input.createdAt ?? this.instance.now());
    const campaign: Campaign = { input: { ...input, steps }, contacted: new Set(), tags: new Set(), created_at };
    this.campaigns.set(input.id, campaign);
    return campaign;
  }

  addSender(input: SenderInput): Sender {
    const sender: Sender = {
      part: newSender(input, this.instance.now()),
      tags: new Set(),
      removed: false,
      warmup: true,
    };
    this.senders.set(input.id, sender);
    return sender;
  }

  /** A lead that waits in a campaign for its first mail. */
  addLead(input: LeadInput, campaign: number): Lead {
    const lead = this.#leadOf(input);
    this.#waiting.push([lead, must(this.campaigns.get(campaign), `campaign ${campaign}`)]);
    return lead;
  }

  /** The campaigns that a lead is in. */
  campaignsOf(lead: Lead): Campaign[] {
    const waiting = this.#waiting.filter(([one]) => one === lead).map(([, campaign]) => campaign);
    return [...new Set([...waiting, ...this.mails.filter((mail) => mail.lead === lead).map((mail) => mail.campaign)])];
  }

  /** A campaign mail: `lead_first_contacted` with the first one to this lead in the workspace, then `email_sent`. */
  send(
    what: { campaign: number; lead: LeadInput; sender?: number; step?: number },
  ): { mail: Mail; events: BisonEvent[] } {
    const mail = this.#addMail(what);
    const { lead, campaign, sender } = mail;
    const isFirst = lead.part.emails_sent === 0;
    if (!campaign.contacted.has(lead.part.id)) sender.part.total_leads_contacted++;
    campaign.contacted.add(lead.part.id);
    sender.part.emails_sent++;
    lead.part.emails_sent++;

    const data = this.#mailData(mail, "sent");
    const first = isFirst ? this.#raise("lead_first_contacted", data) : [];
    return { mail, events: [...first, ...this.#raise("email_sent", data)] };
  }

  open(mail: Mail): { events: BisonEvent[] } {
    const { part, lead, sender } = mail;
    if (lead.part.opens === 0) sender.part.unique_opens++;
    part.unique_opens = lead.part.unique_opens = 1;
    part.opens++;
    lead.part.opens++;
    sender.part.opened++;
    return { events: this.#raise("email_opened", this.#mailData(mail, "open")) };
  }

  reply(mail: Mail, what: { text: string; automated?: boolean }): { reply: Reply; events: BisonEvent[] } {
    const automated = what.automated ?? false;
    const reply = this.#addReply(mail.sender, mail, {
      type: "Tracked Reply",
      subject: `${automated ? "Automatic reply" : "Re"}: ${mail.part.email_subject}`,
      text: what.text,
      from: personOf(mail.lead.part),
      to: { name: null, address: mail.sender.part.email },
      automated_reply: automated,
    });
    if (automated && mail.campaign.input.includeAutoReplies === false) return { reply, events: [] };
    if (!automated) countReply(mail);
    return { reply, events: this.#raise("lead_replied", this.#replyData(reply, mail, "replied")) };
  }

  /** Marks a reply as interested, which raises the event the first time only. */
  interested(reply: Reply): { events: BisonEvent[] } {
    const mail = must(reply.mail, "the mail of an untracked reply");
    if (reply.part.interested) return { events: [] };
    reply.part.interested = true;
    reply.part.updated_at = seconds(this.instance.now());
    mail.part.interested = true;
    mail.sender.part.interested++;
    return { events: this.#raise("lead_interested", this.#replyData(reply, mail, "interested")) };
  }

  bounce(mail: Mail): { reply: Reply; events: BisonEvent[] } {
    const notice = bounceNotice(mail.lead.part.email, mail.sender.part);
    const reply = this.#addReply(mail.sender, mail, { ...notice, type: "Bounced", folder: "Bounced" });
    mail.lead.part.bounces++;
    mail.sender.part.bounced++;
    return { reply, events: this.#raise("email_bounced", this.#replyData(reply, mail, "bounce")) };
  }

  unsubscribe(mail: Mail): { events: BisonEvent[] } {
    mail.sender.part.unsubscribed++;
    mail.unsubscribed = true;
    return { events: this.#raise("lead_unsubscribed", this.#mailData(mail, "unsubscribed")) };
  }

  /** An answer written by hand; the campaign's parts come with it when the reply was a tracked one. */
  manual(to: Reply, text: string): { reply: Reply; events: BisonEvent[] } {
    const { mail, sender, part } = to;
    const reply = this.#addReply(sender, mail, {
      type: "Outgoing Email",
      subject: part.email_subject.replace(/^(Re: )?/, "Re: "),
      text,
      from: { name: sender.part.name, address: sender.part.email },
      to: { name: part.from_name, address: part.from_email_address },
      folder: "Sent",
      parent_id: part.id,
    });
    const data = {
      reply: reply.part,
      lead: mail?.lead.part ?? null,
      campaign: mail ? campaignPart(mail.campaign) : null,
      scheduled_email: mail?.part ?? null,
      sender_email: sender.part,
    };
    return { reply, events: this.#raise("manual_email_sent", data) };
  }

  /** A mail that answers none of ours. */
  untracked(
    what: { sender: number; from: string; name?: string; text: string },
  ): { reply: Reply; events: BisonEvent[] } {
    return this.#untracked(this.sender(what.sender), {
      subject: "Your mail",
      text: what.text,
      from: { name: what.name ?? null, address: what.from.toLowerCase() },
      to: { name: null, address: this.sender(what.sender).part.email },
    });
  }

  /** A bounce notice that the provider could not match to a mail. */
  untrackedBounce(what: { sender: number; lost: string }): { reply: Reply; events: BisonEvent[] } {
    const sender = this.sender(what.sender);
    return this.#untracked(sender, bounceNotice(what.lost, sender.part));
  }

  account(senderId: number, what: "added" | "removed" | "disconnected" | "reconnected"): { events: BisonEvent[] } {
    const sender = this.sender(senderId);
    if (what === "disconnected") sender.part.status = "disconnected";
    if (what === "reconnected") sender.part.status = "connected";
    sender.removed = what === "removed";
    sender.part.updated_at = seconds(this.instance.now());
    return { events: this.#raise(`email_account_${what}`, { sender_email: sender.part }) };
  }

  warmupDisabled(senderId: number, why: "causing" | "receiving"): { events: BisonEvent[] } {
    this.sender(senderId).warmup = false;
    return { events: this.#raise(`warmup_disabled_${why}_bounces`, { sender_email: this.sender(senderId).part }) };
  }

  tag(name: string, type: Taggable, id: number, attached = true): { events: BisonEvent[] } {
    const tag = this.tags.get(name) ?? { id: this.instance.nextId("tag"), name };
    this.tags.set(name, tag);
    const tags = this.#tagsOf(type, id);
    if (attached) tags.add(tag);
    else tags.delete(tag);
    const data: TagPart = { tag_id: tag.id, tag_name: name, taggable_id: id, taggable_type: type };
    return { events: this.#raise(attached ? "tag_attached" : "tag_removed", data) };
  }

  /** A type that no subscription list knows yet. */
  other(type: Uppercase<string>, data: object = {}): { events: BisonEvent[] } {
    return { events: this.#raise(type, data) };
  }

  sender(id: number): Sender {
    return must(this.senders.get(id), `sender email ${id}`);
  }

  /** The newest mail to this address. */
  mailTo(email: string): Mail {
    return must(this.mails.findLast((mail) => mail.lead.part.email === email.toLowerCase()), `mail to ${email}`);
  }

  /** The newest reply of this address. */
  replyFrom(email: string): Reply {
    const ofAddress = [...this.replies.values()].filter((reply) =>
      reply.part.from_email_address === email.toLowerCase()
    );
    return must(ofAddress.at(-1), `reply of ${email}`);
  }

  #raise(type: EventId | Uppercase<string>, data: object): BisonEvent[] {
    const lead = this.leads.get((data as { lead?: LeadPart | null }).lead?.email ?? "");
    if (lead) lead.updated_at = seconds(this.instance.now());
    return [this.instance.record(this, type, data)];
  }

  #addMail(what: { campaign: number; lead: LeadInput; sender?: number; step?: number }): Mail {
    const campaign = must(this.campaigns.get(what.campaign), `campaign ${what.campaign}`);
    const { steps, senders } = campaign.input;
    const order = what.step ?? 1;
    const step = must(steps[order - 1], `step ${order} of campaign ${what.campaign}`);
    const sender = this.sender(what.sender ?? senders[this.mails.length % senders.length] ?? 0);
    const lead = this.#leadOf(what.lead);
    const parts = { lead: lead.part, sender: sender.part, step, order, zone: this.input.timeZone ?? "UTC" };
    const part = newMail(this.instance.nextId("mail"), parts, this.instance.now());
    const mail: Mail = { part, lead, campaign, sender, unsubscribed: false };
    this.mails.push(mail);
    return mail;
  }

  #leadOf(input: LeadInput): Lead {
    const email = input.email.toLowerCase();
    const known = this.leads.get(email);
    if (known) return known;
    const part = newLead(this.instance.nextId("lead"), input);
    const now = seconds(this.instance.now());
    const lead: Lead = { part, tags: new Set(), created_at: now, updated_at: now };
    this.leads.set(email, lead);
    return lead;
  }

  #addReply(sender: Sender, mail: Mail | null, message: Message): Reply {
    const part = newReply(this.instance.nextId("reply"), message, this.instance.now());
    const reply: Reply = { part, sender, mail };
    this.replies.set(part.id, reply);
    return reply;
  }

  #untracked(sender: Sender, message: Omit<Message, "type">): { reply: Reply; events: BisonEvent[] } {
    const reply = this.#addReply(sender, null, { ...message, type: "Untracked Reply" });
    const data = { reply: reply.part, sender_email: sender.part };
    return { reply, events: this.#raise("untracked_reply_received", data) };
  }

  #campaignEvent(type: CampaignEventPart["type"]): CampaignEventPart {
    const now = seconds(this.instance.now());
    const zone = this.input.timeZone ?? "UTC";
    const id = this.instance.nextId("campaign event");
    return { id, type, created_at_local: now, local_timezone: zone, created_at: now };
  }

  #mailData(mail: Mail, type: CampaignEventPart["type"]) {
    return {
      scheduled_email: mail.part,
      campaign_event: this.#campaignEvent(type),
      lead: mail.lead.part,
      campaign: campaignPart(mail.campaign),
      sender_email: mail.sender.part,
    };
  }

  #replyData(reply: Reply, mail: Mail, type: CampaignEventPart["type"]) {
    return { reply: reply.part, ...this.#mailData(mail, type) };
  }

  #tagsOf(type: Taggable, id: number): Set<Tag> {
    if (type === "Campaign") return must(this.campaigns.get(id), `campaign ${id}`).tags;
    if (type === "SenderEmail") return this.sender(id).tags;
    return must([...this.leads.values()].find((lead) => lead.part.id === id), `lead ${id}`).tags;
  }
}

function countReply({ part, lead, sender }: Mail): void {
  if (lead.part.replies === 0) sender.part.unique_replies++;
  part.unique_replies = lead.part.unique_replies = 1;
  part.replies++;
  lead.part.replies++;
  sender.part.replied++;
}

function campaignPart({ input }: Campaign): { id: number; name: string } {
  return { id: input.id, name: input.name };
}

function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new NotThere(`There is no ${what}.`);
  return value;
}
