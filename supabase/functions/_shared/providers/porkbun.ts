// Porkbun's API, v3. An error is `{"status": "ERROR", code, message}`, also under HTTP 200, and its code decides what
// follows; numbers come as texts and flags as "yes" and "no".

import { z } from "zod";
import { callProvider, type ProviderError, providerUrl, Refused } from "./call.ts";

export interface Credentials {
  apiKey: string;
  apiSecret: string;
}

/** Prices are dollars as text, with two decimals. */
export interface Availability {
  isAvailable: boolean;
  isPremium: boolean;
  price: string | null;
  renewalPrice: string | null;
}

export interface Order {
  /** What it cost; null when Porkbun does not say. */
  cents: number | null;
  number: string | null;
  /** A day; null when not told. */
  expiresOn: string | null;
}

export interface DnsRecord {
  id: string;
  /** In full. */
  name: string;
  type: string;
  content: string;
  prio: number | null;
}

export interface DnsChange {
  /** Below the domain, empty for the domain itself. */
  name: string;
  type: string;
  content: string;
  ttl: number;
  prio: number | null;
}

export interface ListedDomain {
  domain: string;
  registered_on: string | null;
  expires_on: string | null;
  auto_renew: boolean;
  id: string | null;
}

const official = "https://api.porkbun.com/api/json/v3";
export const pageSize = 1_000;

const remedies: Record<string, string> = {
  INVALID_API_KEYS_001: "Renew the API key of Porkbun.",
  API_KEY_REQUIRED: "Store the API key of Porkbun.",
  INSUFFICIENT_FUNDS: "Top up the account at Porkbun.",
  API_ACCESS: "Look at the API access and the two-factor settings at Porkbun.",
};

const text = z.union([z.string(), z.number()]).transform(String);
const flag = z.union([z.string(), z.number(), z.boolean()]).transform((value) => /^(yes|1|true)$/i.test(`${value}`));
/** `1,234.50` is a price as well. */
const price = text.transform((value) => value.replaceAll(",", "")).pipe(z.string().regex(/^\d{1,7}(\.\d{1,2})?$/));
const day = z.string().regex(/^\d{4}-\d\d-\d\d/).transform((value) => value.slice(0, 10)).nullish().catch(null);

const Check = z.object({
  response: z.object({
    avail: flag,
    premium: flag.default(false),
    price: price.nullish().catch(null),
    additional: z.object({ renewal: z.object({ price: price.nullish().catch(null) }).nullish() }).nullish(),
  }),
});
// What is bought is bought, whatever else the answer says.
const Created = z.object({
  cost: z.coerce.number().int().nonnegative().nullish().catch(null),
  orderId: text.nullish().catch(null),
  expireDate: day,
});
const Records = z.object({
  records: z.array(z.object({
    id: text,
    name: z.string(),
    type: z.string(),
    content: z.string(),
    prio: z.coerce.number().int().nullish().catch(null),
  })),
});
const Page = z.object({
  domains: z.array(z.object({
    domain: z.string().transform((name) => name.trim().toLowerCase()),
    createDate: day,
    expireDate: day,
    autoRenew: flag.nullish(),
    id: text.nullish(),
  })),
});
const Changed = z.object({
  results: z.record(z.string(), z.object({ status: z.string(), message: z.string().optional() })).nullish(),
});
const Envelope = z.looseObject({
  status: z.string(),
  code: text.optional(),
  message: z.string().optional(),
  ttlRemaining: z.coerce.number().positive().optional().catch(undefined),
});

export type Porkbun = ReturnType<typeof createPorkbun>;

/** A client for one account. Every call throws what callProvider does; a refusal carries Porkbun's code. */
export function createPorkbun(credentials: Credentials, signal?: AbortSignal, timeoutMs = 30_000) {
  const call = <T>(path: string, schema: z.ZodType<T>, body: object = {}, headers = {}) =>
    callProvider({
      provider: "Porkbun",
      url: `${providerUrl("porkbun", official)}${path}`,
      method: "POST",
      headers: { "x-api-key": credentials.apiKey, "x-secret-api-key": credentials.apiSecret, ...headers },
      body,
      schema,
      errorIn,
      signal,
      timeoutMs,
    });
  const nothing = z.unknown();

  const porkbun = {
    async check(domain: string): Promise<Availability> {
      const { response } = await call(`/domain/checkDomain/${domain}`, Check);
      return {
        isAvailable: response.avail,
        isPremium: response.premium,
        price: response.price ?? null,
        renewalPrice: response.additional?.renewal?.price ?? null,
      };
    },
    /** Registers a domain for exactly so many cents; under one key it is bought once. */
    async order(domain: string, cents: number, key: string): Promise<Order> {
      const body = { cost: cents, agreeToTerms: "yes" };
      const made = await call(`/domain/create/${domain}`, Created, body, { "idempotency-key": key });
      return { cents: made.cost ?? null, number: made.orderId ?? null, expiresOn: made.expireDate ?? null };
    },
    /** Whether a domain is in the account. A refusal to say is no answer: then the listing decides. */
    async owns(domain: string): Promise<boolean> {
      try {
        await porkbun.nameServers(domain);
        return true;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      for (let start = 0;; start += pageSize) {
        const domains = await porkbun.list(start);
        if (domains.some((one) => one.domain === domain)) return true;
        if (domains.length < pageSize) return false;
      }
    },
    async list(start: number): Promise<ListedDomain[]> {
      const { domains } = await call("/domain/listAll", Page, { start: `${start}`, includeLabels: "yes" });
      return domains.map(({ domain, createDate, expireDate, autoRenew, id }) => ({
        domain,
        registered_on: createDate ?? null,
        expires_on: expireDate ?? null,
        auto_renew: autoRenew ?? false,
        id: id ?? null,
      }));
    },
    async nameServers(domain: string): Promise<string[]> {
      return (await call(`/domain/getNs/${domain}`, z.object({ ns: z.array(z.string()) }))).ns;
    },
    async setNameServers(domain: string, ns: string[]): Promise<void> {
      await call(`/domain/updateNs/${domain}`, nothing, { ns });
    },
    /** Whether it is renewed, and paid for, by itself. The answer tells of each domain that was asked about. */
    async setAutoRenew(domain: string, isOn: boolean): Promise<void> {
      const path = `/domain/updateAutoRenew/${domain}`;
      const { results } = await call(path, Changed, { status: isOn ? "on" : "off" });
      const { status, message = "" } = results?.[domain] ?? { status: "SUCCESS" };
      if (status !== "SUCCESS") throw new Refused(200, `Porkbun ${path}: ${message.slice(0, 200)}`, status);
    },
    async records(domain: string): Promise<DnsRecord[]> {
      const { records } = await call(`/dns/retrieve/${domain}`, Records);
      return records.map(({ prio, ...record }) => ({ ...record, prio: prio ?? null }));
    },
    async createRecord(domain: string, change: DnsChange): Promise<string> {
      return (await call(`/dns/create/${domain}`, z.object({ id: text }), dnsBody(change))).id;
    },
    /** A webhook for all events; the secret that signs them is told once. */
    async createWebhook(url: string): Promise<{ id: string; secret: string }> {
      return await call("/webhook/create", z.object({ id: text, secret: z.string().min(1) }), { url, events: ["*"] });
    },
    async deleteWebhook(id: string): Promise<void> {
      await call("/webhook/delete", nothing, { id });
    },
    async editRecord(domain: string, id: string, change: DnsChange): Promise<void> {
      await call(`/dns/edit/${domain}/${id}`, nothing, dnsBody(change));
    },
    async deleteRecord(domain: string, id: string): Promise<void> {
      await call(`/dns/delete/${domain}/${id}`, nothing);
    },
  };
  return porkbun;
}

function dnsBody({ name, type, content, ttl, prio }: DnsChange): object {
  return { name, type, content, ttl: `${ttl}`, ...(prio === null ? {} : { prio: `${prio}` }) };
}

/** What is not in Porkbun's form is of something in between, and says nothing about the request. */
function errorIn(json: unknown, status: number): ProviderError | undefined {
  const envelope = Envelope.safeParse(json).data;
  if (envelope?.status === "SUCCESS" && status < 300) return undefined;
  const { code = "", message = "", ttlRemaining } = envelope ?? {};
  if (code === "RATE_LIMIT_EXCEEDED" || status === 429 || status === 503) {
    const waitSeconds = ttlRemaining ?? (status < 429 ? 10 : undefined);
    return { code, message, waitSeconds: waitSeconds && Math.ceil(waitSeconds) };
  }
  if (remedies[code]) return { code, message, remedy: remedies[code] };
  if (status === 401 || status === 403) return { code, message, remedy: remedies.API_ACCESS };
  return { code, message, mayPass: status >= 500 || envelope?.status !== "ERROR" };
}
