// A simulated InboxKit: one workspace whose mailboxes are scheduled when they are bought, and active some looks later.
import { Hono } from "hono";
import { Faults } from "../faults.ts";
import { createProviderControl, MinuteLimit } from "../provider_control.ts";

export interface InboxkitOptions {
  apiKey?: string;
  workspaceId?: string;
  credits?: number;
  clock?: () => Date;
  /** A mailbox is active once it was listed so often. */
  looks?: number;
  perMinute?: number;
}

export interface Mailbox {
  uid: string;
  domain_name: string;
  first_name: string;
  last_name: string;
  username: string;
  platform: string;
  status: string;
  renewal_date: string;
  renewal_cycle: "monthly";
  createdAt: string;
  updatedAt: string;
}

interface Bought {
  mailboxes?: { first_name: string; last_name: string; username: string; platform: string; domain_name: string }[];
}

const DAY = 86_400_000;

export class InboxkitSimulator {
  readonly mailboxes: Mailbox[] = [];
  readonly faults = new Faults();
  readonly app: Hono;
  readonly now: () => Date;
  losses = 0;
  credits: number;
  /** How often each path was called. */
  readonly calls = new Map<string, number>();
  readonly #looks = new Map<string, number>();
  readonly #limit: MinuteLimit;

  constructor(readonly options: InboxkitOptions = {}) {
    this.now = options.clock ?? (() => new Date());
    this.credits = options.credits ?? 500;
    this.#limit = new MinuteLimit(options.perMinute ?? 60, () => this.now().getTime());
    this.app = new Hono()
      .route("/_simulator", createProviderControl(this, { "200-error": softError, "401": jwtMalformed }))
      .route("/v1/api", this.#api());
  }

  state() {
    return { credits: this.credits, mailboxes: this.mailboxes, calls: Object.fromEntries(this.calls) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #api(): Hono {
    const { apiKey = "demo-inboxkit-key", workspaceId = "ws_demo" } = this.options;
    const api = new Hono();
    api.use(async (c, next) => {
      const path = c.req.path.slice(c.req.path.indexOf("/v1/api") + 7);
      this.calls.set(path, (this.calls.get(path) ?? 0) + 1);
      const fault = this.faults.take(path);
      if (fault) return await fault;
      if (c.req.header("authorization") !== `Bearer ${apiKey}`) return jwtMalformed();
      if (c.req.header("x-workspace-id") !== workspaceId) return problem("Workspace not found", 404);
      if (!this.#limit.allows()) return Response.json({ code: 429, message: "Too many requests" }, { status: 429 });
      await next();
    });
    api.post("/mailboxes/buy", async (c) => this.#buy(await c.req.json()));
    api.post("/mailboxes/list", async (c) => this.#list(await c.req.json()));
    api.post("/mailboxes/cancel", async (c) => this.#cancel(await c.req.json()));
    api.get("/email-insights/mailbox/:uid/health", (c) => this.#health(c.req.param("uid")));
    api.get("/billing/wallet", (c) =>
      c.json({
        error: false,
        message: "Wallet Details",
        total_credits: this.options.credits ?? 500,
        credits_used: (this.options.credits ?? 500) - this.credits,
        credits_remaining: this.credits,
        auto_topup_enabled: false,
      }));
    api.notFound(() => Response.json({ code: 404, message: "Not found" }, { status: 404 }));
    return api;
  }

  #buy({ mailboxes = [] }: Bought): Response {
    const taken = mailboxes.find((wanted) => this.#live().some((one) => address(one) === address(wanted)));
    if (taken) return problem(`Mailbox ${address(taken)} already exists`, 409);
    if (mailboxes.some(({ username }) => !/^[a-z.]+$/.test(username))) return problem("Username is invalid", 400);
    // As the real one does: an error with status 200.
    if (mailboxes.length > this.credits) return softError("Insufficient wallet balance");
    const now = this.now();
    const bought = mailboxes.map((wanted): Mailbox => ({
      uid: `mbx_${crypto.randomUUID()}`,
      ...wanted,
      status: "scheduled",
      renewal_date: new Date(now.getTime() + 30 * DAY).toISOString(),
      renewal_cycle: "monthly",
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    }));
    this.mailboxes.push(...bought);
    this.credits -= bought.length;
    if (this.losses > 0) {
      this.losses--;
      return new Response("upstream connect error", { status: 500 });
    }
    return Response.json({ error: false, message: "Mailboxes ordered", mailboxes: bought });
  }

  #list({ page = 1, limit = 50, keyword = "" }: { page?: number; limit?: number; keyword?: string }): Response {
    const found = this.mailboxes.filter((one) => address(one).includes(keyword));
    for (const one of found.filter(({ status }) => status === "scheduled")) {
      const looks = (this.#looks.get(one.uid) ?? 0) + 1;
      this.#looks.set(one.uid, looks);
      if (looks >= (this.options.looks ?? 2)) one.status = "active";
    }
    return Response.json({
      error: false,
      message: "Mailboxes",
      mailboxes: found.slice((page - 1) * limit, page * limit),
      total: found.length,
      pages: Math.max(1, Math.ceil(found.length / limit)),
      current_page: page,
      limit,
    });
  }

  #cancel({ uids = [] }: { uids?: string[] }): Response {
    if (uids.some((uid) => !this.mailboxes.some((one) => one.uid === uid))) return softError("Mailbox not found");
    for (const one of this.mailboxes) if (uids.includes(one.uid)) one.status = "cancelled";
    return Response.json({ error: false, message: "Mailboxes cancelled" });
  }

  #health(uid: string): Response {
    const known = this.mailboxes.some((one) => one.uid === uid);
    if (!known) return Response.json({ success: false, message: "Mailbox not found" }, { status: 404 });
    const data = { status: "active", bounce_rate_30d: 1.8, total_7d: 40, total_30d: 160, last_event_at: this.now() };
    return Response.json({ success: true, data });
  }

  #live(): Mailbox[] {
    return this.mailboxes.filter(({ status }) => status !== "cancelled");
  }
}

export function createInboxkitSimulator(options: InboxkitOptions = {}): InboxkitSimulator {
  return new InboxkitSimulator(options);
}

function address({ username, domain_name }: { username: string; domain_name: string }): string {
  return `${username}@${domain_name}`;
}

function problem(message: string, status: number): Response {
  return Response.json({ error: true, message }, { status });
}

function softError(message: unknown = "Something went wrong"): Response {
  return Response.json({ error: true, message: String(message) });
}

function jwtMalformed(): Response {
  return Response.json({ code: 401, message: "jwt malformed" }, { status: 401 });
}
