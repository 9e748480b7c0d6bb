// A simulated EmailBison instance: workspaces, the events that they raise, and the webhooks that carry them out.
import { Hono } from "hono";
import { Courier, type Delivery, type DeliveryRule } from "../courier.ts";
import { NotThere } from "../errors.ts";
import { idsAsStrings, seconds, stableUuid } from "../format.ts";
import { Faults } from "../faults.ts";
import { createBisonControl } from "./control.ts";
import { EVENT_IDS, EVENT_NAMES, type EventId } from "./parts.ts";
import { Changes, Rate } from "./rate.ts";
import { createRestApp, notFound } from "./rest.ts";
import { type BisonEvent, Workspace, type WorkspaceInput } from "./workspace.ts";

/** The forms of one body that have been seen in the wild. */
export interface BodyForm {
  ids: "number" | "string";
  customVariables: "array" | "object";
  /** `instance_url` is missing in older bodies. */
  instanceUrl: boolean;
  /** Some senders wrap the body once more. */
  wrap: "none" | "data" | "payload";
  /** A NUL character inside the text of every reply. */
  nul: boolean;
}

export interface WebhookUrl {
  id: number;
  workspace: number;
  name: string;
  url: string;
  events: EventId[];
  created_at: string;
  updated_at: string;
}

export interface BisonOptions {
  instanceUrl?: string;
  workspaces?: WorkspaceInput[];
  /** The time of the events; deliveries always use the real clock. */
  clock?: () => Date;
  firstId?: number;
  form?: Partial<BodyForm>;
  delivery?: Partial<Pick<DeliveryRule, "timeoutMs" | "retryWaitsMs">>;
  /** REST calls in any minute, a token. */
  rateLimit?: number;
}

const MINUTE = 60_000;

export class BisonSimulator {
  readonly instanceUrl: string;
  readonly form: BodyForm;
  readonly workspaces = new Map<number, Workspace>();
  readonly webhooks = new Map<number, WebhookUrl>();
  readonly events: BisonEvent[] = [];
  readonly faults = new Faults();
  readonly now: () => Date;
  readonly rate: Rate;
  /** What happens to a workspace between two requests. */
  readonly changes = new Changes();
  readonly app: Hono;
  readonly #courier: Courier;
  readonly #deliveries = new Map<BisonEvent, Delivery[]>();
  readonly #lastIds = new Map<string, number>();
  readonly #firstId: number;

  constructor(options: BisonOptions = {}) {
    this.instanceUrl = options.instanceUrl ?? "https://dedi.emailbison.test";
    this.form = {
      ids: "number",
      customVariables: "array",
      instanceUrl: true,
      wrap: "none",
      nul: false,
      ...options.form,
    };
    this.now = options.clock ?? (() => new Date());
    this.rate = new Rate(options.rateLimit ?? 3_000);
    this.#firstId = options.firstId ?? 1;
    this.#courier = new Courier({
      timeoutMs: options.delivery?.timeoutMs ?? 15_000,
      // Up to five retries within 24 hours; the provider does not tell the spacing.
      retryWaitsMs: options.delivery?.retryWaitsMs ?? [1, 10, 60, 240, 720].map((minutes) => minutes * MINUTE),
      isSuccess: (status) => status === 200,
    });
    for (const workspace of options.workspaces ?? []) this.addWorkspace(workspace);
    this.app = new Hono().route("/_simulator", createBisonControl(this)).route("/api", createRestApp(this)).notFound(
      notFound,
    );
  }

  addWorkspace(input: WorkspaceInput): Workspace {
    const workspace = new Workspace(input, this);
    this.workspaces.set(input.id, workspace);
    return workspace;
  }

  workspace(id: number): Workspace {
    const workspace = this.workspaces.get(id);
    if (!workspace) throw new NotThere(`There is no workspace ${id}.`);
    return workspace;
  }

  addWebhook(what: { workspace: number; url: string; name?: string; events?: EventId[] }): WebhookUrl {
    const now = seconds(this.now());
    const webhook: WebhookUrl = {
      id: this.nextId("webhook"),
      workspace: what.workspace,
      name: what.name ?? "Millrace",
      url: what.url,
      events: what.events ?? EVENT_IDS,
      created_at: now,
      updated_at: now,
    };
    this.webhooks.set(webhook.id, webhook);
    return webhook;
  }

  nextId(kind: string): number {
    const id = (this.#lastIds.get(kind) ?? this.#firstId - 1) + 1;
    this.#lastIds.set(kind, id);
    return id;
  }

  record(workspace: Workspace, type: EventId | Uppercase<string>, data: object): BisonEvent {
    const id = this.nextId("event");
    const event = {
      type: type.toUpperCase(),
      name: EVENT_NAMES[type as EventId] ?? type,
      ...(this.form.instanceUrl ? { instance_url: this.instanceUrl } : {}),
      workspace_id: workspace.input.id,
      workspace_name: workspace.input.name,
    };
    const recorded: BisonEvent = {
      id,
      uuid: stableUuid(`event ${this.instanceUrl} ${id}`),
      workspace,
      type: event.type,
      payload: this.#formed({ event, data: structuredClone(data) as Record<string, unknown> }),
      at: this.now(),
    };
    this.events.push(recorded);
    return recorded;
  }

  /** One delivery to each webhook of the workspace that wants this type, all at the same instant, `times` over. */
  deliver(event: BisonEvent, times = 1): Delivery[] {
    const body = this.body(event);
    const targets = [...this.webhooks.values()].filter((webhook) =>
      webhook.workspace === event.workspace.input.id && wants(webhook, event)
    );
    const deliveries = targets.flatMap(({ url }) =>
      Array.from({ length: times }, () => this.#courier.deliver({ url, body, headers: () => ({}) }))
    );
    this.#deliveries.set(event, [...this.deliveriesOf(event), ...deliveries]);
    return deliveries;
  }

  /** A new delivery of an attempt's event to the same url, as a person asks for it. */
  retryAttempt(attemptId: number): Delivery | null {
    for (const [event, deliveries] of this.#deliveries) {
      const of = deliveries.find(({ attempts }) => attempts.some(({ id }) => id === attemptId));
      if (!of) continue;
      const delivery = this.#courier.deliver({ url: of.url, body: this.body(event), headers: () => ({}) });
      deliveries.push(delivery);
      return delivery;
    }
    return null;
  }

  deliveriesOf(event: BisonEvent): Delivery[] {
    return this.#deliveries.get(event) ?? [];
  }

  body(event: BisonEvent): string {
    const { wrap } = this.form;
    return JSON.stringify(wrap === "none" ? event.payload : { [wrap]: event.payload });
  }

  async idle(): Promise<void> {
    await this.#courier.idle();
  }

  async close(): Promise<void> {
    await this.#courier.close();
  }

  #formed(payload: BisonEvent["payload"]): BisonEvent["payload"] {
    const { lead, reply } = payload.data as {
      lead?: { custom_variables: unknown } | null;
      reply?: { text_body: string };
    };
    if (lead && this.form.customVariables === "object") {
      const list = lead.custom_variables as { name: string; value: string }[];
      lead.custom_variables = Object.fromEntries(list.map(({ name, value }) => [name, value]));
    }
    if (reply && this.form.nul) reply.text_body += "\u0000";
    return this.form.ids === "string" ? idsAsStrings(payload) : payload;
  }
}

export function createBisonSimulator(options: BisonOptions = {}): BisonSimulator {
  return new BisonSimulator(options);
}

/** Types beyond the 17 go to every webhook: whether they can be subscribed to is not known. */
function wants(webhook: WebhookUrl, event: BisonEvent): boolean {
  const id = event.type.toLowerCase() as EventId;
  return webhook.events.includes(id) || !EVENT_IDS.includes(id);
}
