// A simulated Calendly: organizations, the events that they raise, and the signed webhooks that carry them out.
import { createHmac } from "node:crypto";
import { Hono } from "hono";
import { Courier, type Delivery, type DeliveryRule } from "../courier.ts";
import { NotThere } from "../errors.ts";
import { Faults } from "../faults.ts";
import { micros, stableUuid } from "../format.ts";
import { createCalendlyControl } from "./control.ts";
import { Tokens } from "./oauth.ts";
import { type CalendlyEvent, Organization, type OrganizationInput } from "./organization.ts";
import { type EventName, EVENTS } from "./parts.ts";
import { createRestApp, notFound } from "./rest.ts";

export interface Subscription {
  uri: string;
  callback_url: string;
  created_at: string;
  updated_at: string;
  retry_started_at: string | null;
  state: "active" | "disabled";
  events: EventName[];
  scope: "organization" | "user" | "group";
  organization: string;
  user: string | null;
  creator: string;
}

export interface CalendlyOptions {
  organizations?: OrganizationInput[];
  /** The time of the events; deliveries and their signatures always use the real clock. */
  clock?: () => Date;
  firstId?: number;
  delivery?: Partial<Pick<DeliveryRule, "timeoutMs" | "retryWaitsMs">>;
  /** REST calls a minute and token. */
  rateLimit?: number;
  oauth?: { clientId: string; clientSecret: string };
}

const MINUTE = 60_000;
/** Exponential over 24 hours: 1, 2, 4 ... 512 minutes, and once more at the end. */
const RETRY_WAITS = [...Array.from({ length: 10 }, (_, power) => 2 ** power), 417].map((minutes) => minutes * MINUTE);

export class CalendlySimulator {
  readonly organizations = new Map<string, Organization>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly events: CalendlyEvent[] = [];
  readonly faults = new Faults();
  readonly tokens: Tokens;
  readonly now: () => Date;
  readonly rateLimit: number;
  readonly app: Hono;
  readonly #courier: Courier;
  readonly #signingKeys = new Map<string, string>();
  readonly #lastIds = new Map<string, number>();
  readonly #firstId: number;

  constructor(options: CalendlyOptions = {}) {
    this.now = options.clock ?? (() => new Date());
    this.rateLimit = options.rateLimit ?? 500;
    this.tokens = new Tokens(options.oauth ?? { clientId: "demo-client", clientSecret: "demo-secret" }, this.now);
    this.#firstId = options.firstId ?? 1;
    this.#courier = new Courier({
      timeoutMs: options.delivery?.timeoutMs ?? 10_000,
      retryWaitsMs: options.delivery?.retryWaitsMs ?? RETRY_WAITS,
      isSuccess: (status) => status >= 200 && status < 300,
    });
    for (const organization of options.organizations ?? []) this.addOrganization(organization);
    this.app = new Hono().route("/_simulator", createCalendlyControl(this)).route("/", createRestApp(this)).notFound(
      notFound,
    );
  }

  addOrganization(input: OrganizationInput): Organization {
    const organization = new Organization(input, this);
    this.organizations.set(input.slug, organization);
    this.tokens.addPersonal(input.accessToken, organization);
    return organization;
  }

  organization(slug: string): Organization {
    const organization = this.organizations.get(slug);
    if (!organization) throw new NotThere(`There is no organization ${slug}.`);
    return organization;
  }

  /** Null: this url and scope are subscribed already. */
  subscribe(
    organization: Organization,
    what: { url: string; signingKey: string; events?: EventName[]; scope?: Subscription["scope"] },
  ): Subscription | null {
    const scope = what.scope ?? "organization";
    const own = [...this.subscriptions.values()].filter((one) => one.organization === organization.uri);
    if (own.some((one) => one.callback_url === what.url && one.scope === scope)) return null;
    const now = micros(this.now());
    const subscription: Subscription = {
      uri: `https://api.calendly.com/webhook_subscriptions/${
        stableUuid(`subscription ${this.nextId("subscription")}`)
      }`,
      callback_url: what.url,
      created_at: now,
      updated_at: now,
      retry_started_at: null,
      state: "active",
      events: what.events ?? [...EVENTS],
      scope,
      organization: organization.uri,
      user: scope === "user" ? organization.user : null,
      creator: organization.user,
    };
    this.subscriptions.set(subscription.uri, subscription);
    this.#signingKeys.set(subscription.uri, what.signingKey);
    return subscription;
  }

  /** As the settings of an app do, which signs with a key of its own. */
  sign(uri: string, key: string): void {
    this.#signingKeys.set(uri, key);
  }

  signingKeyOf(uri: string): string | undefined {
    return this.#signingKeys.get(uri);
  }

  /** Ends an organization's subscriptions as a day of failures does; answers how many. */
  switchOff(organization: Organization): number {
    const own = [...this.subscriptions.values()].filter((one) => one.organization === organization.uri);
    for (const one of own) Object.assign(one, { state: "disabled", updated_at: micros(this.now()) });
    return own.length;
  }

  nextId(kind: string): number {
    const id = (this.#lastIds.get(kind) ?? this.#firstId - 1) + 1;
    this.#lastIds.set(kind, id);
    return id;
  }

  record(organization: Organization, event: EventName, payload: object): CalendlyEvent {
    const id = this.nextId("event");
    const recorded = { id, organization, event, payload: structuredClone(payload), at: this.now() };
    this.events.push(recorded);
    return recorded;
  }

  /** One delivery to each active subscription that wants the event, all at the same instant, `times` over. */
  deliver(event: CalendlyEvent, times = 1): Delivery[] {
    const targets = [...this.subscriptions.values()].filter((one) =>
      one.state === "active" && one.organization === event.organization.uri && one.events.includes(event.event)
    );
    return targets.flatMap((subscription) => Array.from({ length: times }, () => this.#send(event, subscription)));
  }

  body(event: CalendlyEvent): string {
    return JSON.stringify({
      created_at: micros(event.at),
      created_by: event.organization.user,
      event: event.event,
      payload: event.payload,
    });
  }

  async idle(): Promise<void> {
    await this.#courier.idle();
  }

  async close(): Promise<void> {
    await this.#courier.close();
  }

  #send(event: CalendlyEvent, subscription: Subscription): Delivery {
    const body = this.body(event);
    const key = this.#signingKeys.get(subscription.uri) ?? "";
    return this.#courier.deliver({
      url: subscription.callback_url,
      body,
      headers: () => ({ "calendly-webhook-signature": signature(body, key, new Date()) }),
      onAttempt: (_, ok) =>
        subscription.retry_started_at = ok ? null : subscription.retry_started_at ?? micros(new Date()),
      onGivenUp: () => Object.assign(subscription, { state: "disabled", updated_at: micros(new Date()) }),
    });
  }
}

export function createCalendlySimulator(options: CalendlyOptions = {}): CalendlySimulator {
  return new CalendlySimulator(options);
}

export function signature(body: string, key: string, at: Date): string {
  const t = Math.floor(at.getTime() / 1_000);
  return `t=${t},v1=${createHmac("sha256", key).update(`${t}.${body}`).digest("hex")}`;
}
