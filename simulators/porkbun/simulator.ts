// A simulated Porkbun: one account, its API with the real limits, and the signed webhooks about what happens in it.
import { createHmac } from "node:crypto";
import { Hono } from "hono";
import { Courier, type Delivery, type DeliveryRule } from "../courier.ts";
import { Faults } from "../faults.ts";
import { stableUuid } from "../format.ts";
import { Account, type PorkbunEvent, type Prices } from "./account.ts";
import { createPorkbunControl } from "./control.ts";
import { createRestApp } from "./rest.ts";

export interface PorkbunOptions {
  apiKey?: string;
  apiSecret?: string;
  /** The account's credit in cents. */
  cents?: number;
  prices?: Prices;
  clock?: () => Date;
  /** Where webhooks go, and what signs them. */
  webhook?: { url: string; secret: string };
  delivery?: Partial<Pick<DeliveryRule, "timeoutMs" | "retryWaitsMs">>;
  secondsBetweenChecks?: number;
  secondsBetweenOrders?: number;
  ordersADay?: number;
  pageSize?: number;
}

const prices: Prices = {
  com: { registration: "9.73", renewal: "9.73" },
  co: { registration: "11.82", renewal: "28.12" },
  info: { registration: "3.86", renewal: "21.63" },
  io: { registration: "28.12", renewal: "49.96" },
};

/** One at a time, so many seconds apart. */
class Turnstile {
  #last = -Infinity;
  constructor(private readonly now: () => Date) {}

  allow(seconds: number): boolean {
    if (this.wait(seconds) > 0) return false;
    this.#last = this.now().getTime();
    return true;
  }

  wait(seconds: number): number {
    return Math.max(0, Math.ceil((this.#last + seconds * 1_000 - this.now().getTime()) / 1_000));
  }
}

export class PorkbunSimulator {
  readonly options: Required<Pick<PorkbunOptions, "apiKey" | "apiSecret">> & {
    secondsBetweenChecks: number;
    secondsBetweenOrders: number;
    ordersADay: number;
    pageSize: number;
  };
  readonly account: Account;
  readonly faults = new Faults();
  /** Calls that take effect and are answered otherwise: by an error of something in between, or never. */
  readonly losses = new Faults();
  /** Paths of all calls. */
  readonly requests: string[] = [];
  readonly replays = new Map<string, { asked: string; answer: object; at: Date }>();
  readonly checks: Turnstile;
  readonly attempts: Turnstile;
  readonly now: () => Date;
  readonly app: Hono;
  /** By id: where events go, and what signs them. */
  readonly webhooks = new Map<string, { url: string; secret: string }>();
  readonly #courier: Courier;
  #told = 0;

  constructor(options: PorkbunOptions = {}) {
    this.now = options.clock ?? (() => new Date());
    this.options = {
      apiKey: options.apiKey ?? "pk1_demo",
      apiSecret: options.apiSecret ?? "sk1_demo",
      secondsBetweenChecks: options.secondsBetweenChecks ?? 10,
      secondsBetweenOrders: options.secondsBetweenOrders ?? 10,
      ordersADay: options.ordersADay ?? 10,
      pageSize: options.pageSize ?? 1_000,
    };
    this.account = new Account(structuredClone(options.prices ?? prices), options.cents ?? 50_000, this.now);
    this.checks = new Turnstile(this.now);
    this.attempts = new Turnstile(this.now);
    if (options.webhook) this.webhooks.set("first", options.webhook);
    this.#courier = new Courier({
      timeoutMs: options.delivery?.timeoutMs ?? 10_000,
      retryWaitsMs: options.delivery?.retryWaitsMs ?? [5_000, 60_000, 600_000],
      isSuccess: (status) => status >= 200 && status < 300,
    });
    this.app = new Hono().route("/_simulator", createPorkbunControl(this)).route("/api/json/v3", createRestApp(this));
  }

  get events(): PorkbunEvent[] {
    return this.account.events;
  }

  subscribe(url: string): { id: string; secret: string } {
    const id = stableUuid(`porkbun webhook ${url}`);
    const secret = `whsec-${stableUuid(`porkbun secret ${url}`)}`;
    this.webhooks.set(id, { url, secret });
    return { id, secret };
  }

  /** Tells what was not told yet; answers the events. */
  deliverNew(): PorkbunEvent[] {
    const fresh = this.events.slice(this.#told);
    this.#told = this.events.length;
    for (const event of fresh) this.deliver(event);
    return fresh;
  }

  deliver(event: PorkbunEvent, times = 1): Delivery[] {
    const id = stableUuid(`porkbun event ${event.at.getTime()} ${event.id}`);
    const body = JSON.stringify({ event: event.event, id, createdAt: event.at.toISOString(), data: event.data });
    const deliver = ({ url, secret }: { url: string; secret: string }) =>
      this.#courier.deliver({ url, body, headers: () => signedHeaders(event.event, id, body, secret, new Date()) });
    return [...this.webhooks.values()].flatMap((webhook) => Array.from({ length: times }, () => deliver(webhook)));
  }

  async idle(): Promise<void> {
    await this.#courier.idle();
  }

  async close(): Promise<void> {
    await this.#courier.close();
  }
}

export function createPorkbunSimulator(options: PorkbunOptions = {}): PorkbunSimulator {
  return new PorkbunSimulator(options);
}

export function signedHeaders(event: string, id: string, body: string, secret: string, at: Date) {
  const time = `${Math.floor(at.getTime() / 1_000)}`;
  return {
    "x-porkbun-event": event,
    "x-porkbun-webhook-id": id,
    "x-porkbun-webhook-timestamp": time,
    "x-porkbun-signature": `sha256=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`,
  };
}
