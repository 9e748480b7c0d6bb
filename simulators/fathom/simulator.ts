// A simulated Fathom: recorded meetings, its REST interface, and the signed webhook that tells of each one.
import { createHmac } from "node:crypto";
import { Hono } from "hono";
import { Courier, type Delivery, type DeliveryRule } from "../courier.ts";
import { Faults } from "../faults.ts";
import { createFathomControl } from "./control.ts";
import { makeMeeting, type Meeting, type RecordedMeeting } from "./meeting.ts";
import { createRestApp } from "./rest.ts";

export type { RecordedMeeting } from "./meeting.ts";

export interface Webhook {
  id: string;
  url: string;
  secret: string;
  created_at: string;
  include_transcript: boolean;
  include_summary: boolean;
  include_action_items: boolean;
  include_crm_matches: boolean;
  triggered_for: string[];
}

export interface FathomEvent {
  id: number;
  meeting: Meeting;
}

export interface FathomOptions {
  keys?: string[];
  user?: { name: string; email: string };
  clock?: () => Date;
  firstId?: number;
  /** Calls in 60 s. */
  rateLimit?: number;
  /** Called before a page of meetings is answered, with its number. */
  beforePage?: (page: number) => void;
  delivery?: Partial<Pick<DeliveryRule, "timeoutMs" | "retryWaitsMs">>;
}

const second = 1_000;
const hour = 3_600_000;
const retryWaits = [5 * second, 300 * second, hour / 2, 2 * hour, 5 * hour, 10 * hour, 10 * hour];

export class FathomSimulator {
  readonly meetings: Meeting[] = [];
  readonly webhooks = new Map<string, Webhook>();
  readonly events: FathomEvent[] = [];
  readonly faults = new Faults();
  readonly keys: Set<string>;
  readonly now: () => Date;
  readonly rateLimit: number;
  beforePage: (page: number) => void;
  readonly app: Hono;
  readonly #user: { name: string; email: string };
  readonly #courier: Courier;
  #lastId: number;

  constructor(options: FathomOptions = {}) {
    this.keys = new Set(options.keys ?? ["fathom-key"]);
    this.now = options.clock ?? (() => new Date());
    this.rateLimit = options.rateLimit ?? 60;
    this.beforePage = options.beforePage ?? (() => {});
    this.#user = options.user ?? { name: "Robin Vale", email: "robin@agency.example" };
    this.#lastId = (options.firstId ?? 1) - 1;
    this.#courier = new Courier({
      timeoutMs: options.delivery?.timeoutMs ?? 15_000,
      retryWaitsMs: options.delivery?.retryWaitsMs ?? retryWaits,
      isSuccess: (status) => status >= 200 && status < 300,
    });
    this.app = new Hono().route("/_simulator", createFathomControl(this))
      .route("/external/v1", createRestApp(this));
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** A meeting that has just become ready. */
  record(input: RecordedMeeting): { meeting: Meeting; events: FathomEvent[] } {
    const meeting = makeMeeting(input, this.nextId(), this.#user, this.now());
    this.meetings.push(meeting);
    return { meeting, events: [this.tell(meeting)] };
  }

  /** Its content became ready again, as after an edit. */
  tell(meeting: Meeting): FathomEvent {
    const event = { id: this.nextId(), meeting };
    this.events.push(event);
    return event;
  }

  addWebhook(what: Partial<Webhook> & { url: string }): Webhook {
    const { id = `webhook-${this.nextId()}` } = what;
    const webhook: Webhook = {
      id,
      secret: `whsec_${btoa(`secret of ${id}`)}`,
      created_at: this.now().toISOString(),
      include_transcript: true,
      include_summary: true,
      include_action_items: true,
      include_crm_matches: false,
      triggered_for: ["my_recordings"],
      ...what,
    };
    this.webhooks.set(id, webhook);
    return webhook;
  }

  /** One delivery to each webhook, all at the same instant, `times` over. The id stays the same on every try. */
  deliver(event: FathomEvent, times = 1): Delivery[] {
    return [...this.webhooks.values()].flatMap((webhook) => {
      const body = this.body(event, webhook);
      const id = `msg_${event.id}_${webhook.id}`;
      const post = { url: webhook.url, body, headers: () => signedHeaders(id, body, webhook.secret, new Date()) };
      return Array.from({ length: times }, () => this.#courier.deliver(post));
    });
  }

  body({ meeting }: FathomEvent, webhook: Webhook): string {
    return JSON.stringify({
      ...meeting,
      transcript: webhook.include_transcript ? meeting.transcript : null,
      default_summary: webhook.include_summary ? meeting.default_summary : null,
      action_items: webhook.include_action_items ? meeting.action_items : null,
      crm_matches: null,
    });
  }

  async idle(): Promise<void> {
    await this.#courier.idle();
  }

  async close(): Promise<void> {
    await this.#courier.close();
  }
}

export function createFathomSimulator(options: FathomOptions = {}): FathomSimulator {
  return new FathomSimulator(options);
}

/** The headers of a Standard Webhook. */
export function signedHeaders(id: string, body: string, secret: string, at: Date): Record<string, string> {
  const time = `${Math.floor(at.getTime() / 1_000)}`;
  const key = Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  const signature = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
}
