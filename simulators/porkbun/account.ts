// One Porkbun account: its domains, their records, its credit, what names cost, and the events that follow.
import { NotThere } from "../errors.ts";

export interface ZoneRecord {
  id: number;
  /** In full. */
  name: string;
  type: string;
  content: string;
  ttl: number;
  prio: number | null;
  since: Date;
}

export interface Owned {
  domain: string;
  created: Date;
  expires: Date;
  autoRenew: boolean;
  ns: string[];
  records: ZoneRecord[];
}

/** Money that left the account. */
export interface Charge {
  domain: string;
  cents: number;
  at: Date;
}

export interface PorkbunEvent {
  id: number;
  event: string;
  at: Date;
  data: Record<string, unknown>;
}

/** A refusal, as it is answered. */
export class Refusal extends Error {
  constructor(readonly code: string, message: string, readonly status = 400, readonly more: object = {}) {
    super(message);
  }
}

export interface Prices {
  [tld: string]: { registration: string; renewal: string };
}

export const nameServers = ["curitiba", "fortaleza", "maceio", "salvador"].map((host) => `${host}.ns.porkbun.com`);
const types = ["A", "AAAA", "ALIAS", "CAA", "CNAME", "HTTPS", "MX", "NS", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"];
const yearMs = 365 * 86_400_000;

export class Account {
  readonly domains = new Map<string, Owned>();
  /** Registered by somebody else. */
  readonly taken = new Set<string>();
  readonly premium = new Set<string>();
  readonly charges: Charge[] = [];
  readonly events: PorkbunEvent[] = [];
  #lastRecord = 106_926_000;
  #lastEvent = 0;

  constructor(readonly prices: Prices, public cents: number, private readonly now: () => Date) {}

  owned(domain: string): Owned {
    const owned = this.domains.get(domain);
    if (!owned) throw new Refusal("INVALID_DOMAIN", "Invalid domain.");
    return owned;
  }

  priceOf(domain: string): { registration: string; renewal: string } {
    const price = this.prices[tldOf(domain)];
    if (!price) throw new Refusal("INVALID_DOMAIN", "This TLD is not supported.");
    return price;
  }

  isFree(domain: string): boolean {
    return !this.domains.has(domain) && !this.taken.has(domain);
  }

  buy(domain: string, cents: number): Charge {
    const price = Math.round(Number(this.priceOf(domain).registration) * 100);
    if (!this.isFree(domain)) throw new Refusal("DOMAIN_NOT_AVAILABLE", "The domain is not available.");
    if (this.premium.has(domain)) throw new Refusal("PREMIUM_DOMAIN", "Premium domains cannot be registered here.");
    if (price !== cents) throw new Refusal("INVALID_COST", "The cost does not match the price of the domain.");
    if (this.cents < cents) throw new Refusal("INSUFFICIENT_FUNDS", "Your account credit is too low.");
    this.cents -= cents;
    const charge = { domain, cents, at: this.now() };
    this.charges.push(charge);
    this.add(domain);
    this.#raise("domain.registered", this.#facts(domain));
    return charge;
  }

  /** A domain with the records that a new one is parked with. */
  add(domain: string, { created = this.now(), expires = new Date(created.getTime() + yearMs) } = {}): Owned {
    const owned = { domain, created, expires, autoRenew: false, ns: [...nameServers], records: [] as ZoneRecord[] };
    this.domains.set(domain, owned);
    this.addRecord(domain, { name: "", type: "ALIAS", content: "pixie.porkbun.com", ttl: 600, prio: null }, false);
    this.addRecord(domain, { name: "*", type: "CNAME", content: "pixie.porkbun.com", ttl: 600, prio: null }, false);
    return owned;
  }

  renew(domain: string): void {
    const owned = this.#mine(domain);
    owned.expires = new Date(owned.expires.getTime() + yearMs);
    this.#raise("domain.renewed", this.#facts(domain));
  }

  tellExpiry(domain: string, expires: Date): void {
    this.#mine(domain).expires = expires;
    this.#raise("domain.expiring", this.#facts(domain));
  }

  transferIn(domain: string): void {
    this.add(domain);
    this.#raise("domain.transfer.completed", this.#facts(domain));
  }

  test(): void {
    this.#raise("webhook.test", { message: "This is a test webhook." });
  }

  addRecord(domain: string, record: Omit<ZoneRecord, "id" | "since">, tell = true): ZoneRecord {
    const { records } = this.owned(domain);
    if (!types.includes(record.type)) throw new Refusal("INVALID_TYPE", "Invalid type.");
    if (record.ttl < 600) throw new Refusal("INVALID_TTL", "The minimum TTL is 600 seconds.");
    const name = record.name === "" ? domain : `${record.name}.${domain}`;
    if (records.some((one) => one.name === name && one.type === record.type && one.content === record.content)) {
      throw new Refusal("DUPLICATE_RECORD", "A record with the same content exists.");
    }
    const made = { ...record, name, id: ++this.#lastRecord, since: this.now() };
    records.push(made);
    if (tell) this.#raise("dns.record.created", { domain, record: told(made) });
    return made;
  }

  editRecord(domain: string, id: number, change: Omit<ZoneRecord, "id" | "since">): void {
    const record = this.#record(domain, id);
    const name = change.name === "" ? domain : `${change.name}.${domain}`;
    Object.assign(record, { ...change, name, since: this.now() });
    this.#raise("dns.record.updated", { domain, record: told(record) });
  }

  deleteRecord(domain: string, id: number): void {
    const record = this.#record(domain, id);
    const owned = this.owned(domain);
    owned.records = owned.records.filter((one) => one !== record);
    this.#raise("dns.record.deleted", { domain, record: told(record) });
  }

  #record(domain: string, id: number): ZoneRecord {
    const record = this.owned(domain).records.find((one) => one.id === id);
    if (!record) throw new Refusal("INVALID_RECORD_ID", "Invalid record ID.");
    return record;
  }

  #mine(domain: string): Owned {
    const owned = this.domains.get(domain);
    if (!owned) throw new NotThere(`${domain} is not in the account.`);
    return owned;
  }

  #facts(domain: string) {
    return { domain, tld: tldOf(domain), expireDate: stamp(this.owned(domain).expires) };
  }

  #raise(event: string, data: Record<string, unknown>): void {
    this.events.push({ id: ++this.#lastEvent, event, at: this.now(), data: structuredClone(data) });
  }
}

export function tldOf(domain: string): string {
  return domain.slice(domain.indexOf(".") + 1);
}

/** 2026-11-20 09:30:00 */
export function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace("T", " ");
}

/** A record as it is answered: numbers are texts. */
export function told({ id, name, type, content, ttl, prio }: ZoneRecord) {
  return { id: `${id}`, name, type, content, ttl: `${ttl}`, prio: `${prio ?? 0}`, notes: "" };
}
