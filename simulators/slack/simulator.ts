// A simulated Slack workspace with one app: what the app posts, and what people do with it, as signed requests.
import { createHmac } from "node:crypto";
import { Hono } from "hono";
import { NotThere } from "../errors.ts";
import { Faults } from "../faults.ts";
import { createSlackApi } from "./api.ts";
import { createSlackControl } from "./control.ts";

export interface SlackOptions {
  workspaceId?: string;
  appId?: string;
  botToken?: string;
  signingSecret?: string;
  /** Where the app's requests go: `<functions>/slack`. */
  requestUrl: string;
  channels?: string[];
  /** Slack user ids and names. */
  users?: Record<string, string>;
  clock?: () => Date;
  /** Messages a second and channel, after a burst of as many. */
  burst?: number;
  /** How long the app may take for an answer. */
  timeoutMs?: number;
}

export interface Message {
  channel: string;
  ts: string;
  text: string;
  blocks: Block[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  /** How often chat.update changed it. */
  edits: number;
}

export interface Block {
  type: string;
  elements?: { type: string; action_id?: string; value?: string; text?: unknown }[];
  [key: string]: unknown;
}

export interface View {
  id: string;
  hash: string;
  user: string;
  view: { callback_id: string; private_metadata: string; blocks: Block[]; [key: string]: unknown };
}

/** What came back from the app, for one request of Slack. */
export interface Answered {
  status: number;
  body: string;
}

export class SlackSimulator {
  readonly messages: Message[] = [];
  readonly whispers: { channel: string; user: string; text: string }[] = [];
  readonly views: View[] = [];
  readonly faults = new Faults();
  /** So many next posts take effect and are answered with 500. */
  losses = 0;
  readonly app: Hono;
  readonly now: () => Date;
  readonly workspaceId: string;
  readonly appId: string;
  readonly botToken: string;
  readonly burst: number;
  readonly channels: Set<string>;
  readonly users: Map<string, string>;
  /** Whether the app was given the scope to read channels. */
  canReadHistory = true;
  readonly #options: SlackOptions;
  #lastTs = 0;
  #triggers = new Map<string, string>();

  constructor(options: SlackOptions) {
    this.#options = options;
    this.now = options.clock ?? (() => new Date());
    this.workspaceId = options.workspaceId ?? "T0MILLRACE";
    this.appId = options.appId ?? "A0MILLRACE";
    this.botToken = options.botToken ?? "xoxb-demo-millrace";
    this.burst = options.burst ?? 3;
    this.channels = new Set(options.channels ?? ["C0APPROVALS", "C0NOTICES"]);
    this.users = new Map(Object.entries(options.users ?? { U0ADA: "ada", U0GRACE: "grace", U0GUEST: "guest" }));
    this.app = new Hono().route("/_simulator", createSlackControl(this)).route("/api", createSlackApi(this));
  }

  post(message: Pick<Message, "channel" | "text" | "blocks" | "metadata">): Message {
    const posted = { ...message, ts: this.#nextTs(), edits: 0 };
    this.messages.push(posted);
    return posted;
  }

  message(channel: string, ts: string): Message | undefined {
    return this.messages.find((one) => one.channel === channel && one.ts === ts);
  }

  openView(trigger: string, view: View["view"]): View | undefined {
    const user = this.#triggers.get(trigger);
    if (user === undefined) return undefined;
    this.#triggers.delete(trigger);
    const id = `V0${String(this.views.length + 1).padStart(6, "0")}`;
    const opened = { id, hash: `${this.#nextTs()}.hash`, user, view };
    this.views.push(opened);
    return opened;
  }

  /** A user presses a button of a message: the one whose action ends in `choice`. */
  async click(message: Message, user: string, choice: string, actionTs = this.#nextTs()): Promise<Answered> {
    const action = message.blocks.flatMap(({ elements }) => elements ?? []).find(({ action_id }) =>
      action_id?.endsWith(`:${choice}`)
    );
    if (!action) throw new NotThere(`The message has no button ${choice}.`);
    return await this.press(message, user, action, actionTs);
  }

  /** The same with a button that may no longer be shown, as an open window still has it. */
  async press(message: Message, user: string, action: object, actionTs = this.#nextTs()): Promise<Answered> {
    const { channel, ts, text, blocks } = message;
    return await this.send({
      payload: JSON.stringify({
        ...this.#interaction("block_actions", user),
        container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
        channel: { id: channel, name: "approvals" },
        message: { type: "message", ts, text, blocks, app_id: this.appId, team: this.workspaceId },
        state: { values: {} },
        response_url: `https://hooks.slack.test/actions/${this.workspaceId}/1/x`,
        actions: [{ ...action, block_id: "decision", action_ts: actionTs }],
      }),
    });
  }

  /** The user of a view fills it in and sends it. */
  async submit({ id, hash, user, view }: View, values: Record<string, string>): Promise<Answered> {
    const state = Object.fromEntries(
      Object.entries(values).map(([block, value]) => [block, { text: { type: "plain_text_input", value } }]),
    );
    return await this.send({
      payload: JSON.stringify({
        ...this.#interaction("view_submission", user),
        view: { ...view, id, hash, team_id: this.workspaceId, state: { values: state } },
        response_urls: [],
      }),
    });
  }

  async command(user: string, text: string): Promise<Answered> {
    return await this.send({
      token: "legacy",
      team_id: this.workspaceId,
      team_domain: "demo-agency",
      channel_id: "C0APPROVALS",
      channel_name: "approvals",
      user_id: user,
      user_name: this.users.get(user) ?? "somebody",
      command: "/millrace",
      text,
      api_app_id: this.appId,
      response_url: `https://hooks.slack.test/commands/${this.workspaceId}/1/x`,
      trigger_id: this.#trigger(user),
    });
  }

  /** A signed form, as Slack sends it. */
  async send(form: Record<string, string>, secret = this.#options.signingSecret ?? "demo-slack-signing-secret") {
    const body = new URLSearchParams(form).toString();
    const response = await fetch(this.#options.requestUrl, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...signedHeaders(body, secret, new Date()) },
      body,
      signal: AbortSignal.timeout(this.#options.timeoutMs ?? 3_000),
    });
    return { status: response.status, body: await response.text() };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #interaction(type: string, user: string) {
    return {
      type,
      team: { id: this.workspaceId, domain: "demo-agency" },
      user: { id: user, username: this.users.get(user), name: this.users.get(user), team_id: this.workspaceId },
      api_app_id: this.appId,
      token: "legacy",
      trigger_id: this.#trigger(user),
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  #trigger(user: string): string {
    const trigger = `${this.#nextTs()}.trigger`;
    this.#triggers.set(trigger, user);
    return trigger;
  }

  #nextTs(): string {
    this.#lastTs = Math.max(this.#lastTs + 1, this.now().getTime() * 1_000);
    return `${Math.floor(this.#lastTs / 1e6)}.${String(this.#lastTs % 1e6).padStart(6, "0")}`;
  }
}

export function createSlackSimulator(options: SlackOptions): SlackSimulator {
  return new SlackSimulator(options);
}

export function signedHeaders(body: string, secret: string, at: Date): Record<string, string> {
  const time = String(Math.floor(at.getTime() / 1_000));
  const digest = createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex");
  return { "x-slack-request-timestamp": time, "x-slack-signature": `v0=${digest}` };
}
