// A simulated MissionInbox: tasks that make mailboxes, done after some looks, and what the DNS of their domains must be.
import { Hono } from "hono";
import { Faults } from "../faults.ts";
import { createProviderControl, MinuteLimit } from "../provider_control.ts";

export interface MissioninboxOptions {
  apiKey?: string;
  projectId?: string;
  clock?: () => Date;
  /** A task is completed once it was asked for so often. */
  looks?: number;
  perMinute?: number;
  /** The records of a domain are named once it was asked for so often. */
  recordLooks?: number;
}

interface Domain {
  looks: number;
  dkim: string;
}

interface Wanted {
  email: string;
  firstName: string;
  lastName: string;
  password: string;
}

interface Task {
  id: string;
  status: "PENDING" | "COMPLETED" | "FAILED";
  wanted: Wanted[];
  looks: number;
}

export class MissioninboxSimulator {
  readonly mailboxes: { email: string; status: string }[] = [];
  readonly tasks: Task[] = [];
  /** By name; known once mailboxes were ordered there. */
  readonly domains = new Map<string, Domain>();
  readonly faults = new Faults();
  readonly app: Hono;
  readonly now: () => Date;
  losses = 0;
  readonly #limit: MinuteLimit;

  constructor(readonly options: MissioninboxOptions = {}) {
    this.now = options.clock ?? (() => new Date());
    this.#limit = new MinuteLimit(options.perMinute ?? 60, () => this.now().getTime());
    this.app = new Hono()
      .route("/_simulator", createProviderControl(this, { "200-error": softError, "401": unauthorized }))
      .route("/api", this.#api());
  }

  state() {
    return { mailboxes: this.mailboxes, tasks: this.tasks.map(({ id, status }) => ({ id, status })) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #api(): Hono {
    const { apiKey = "demo-missioninbox-key", projectId = "project_demo" } = this.options;
    const api = new Hono();
    api.use(async (c, next) => {
      const path = c.req.path.slice(c.req.path.indexOf("/api/") + 4);
      const fault = this.faults.take(path);
      if (fault) return await fault;
      // A bearer token is no key here.
      if (c.req.header("x-server-api-key") !== apiKey) return unauthorized();
      if (!this.#limit.allows()) return Response.json({ message: "Too many requests" }, { status: 429 });
      await next();
    });
    api.get("/projects", (c) => c.json({ data: [{ id: projectId, name: "Demo" }] }));
    api.post("/mailboxes/bulk-create", async (c) => {
      const body: { projectId: string; mailboxes: Wanted[] } = await c.req.json();
      return body.projectId === projectId ? this.#create(body.mailboxes) : refuse("Project not found", 404);
    });
    api.get("/tasks/:id", (c) => this.#task(c.req.param("id")));
    api.get("/domains/:name", (c) => this.#domain(c.req.param("name")));
    api.get("/mailboxes/statistic", (c) => c.json({ ready: this.mailboxes.length, warming: 0, unused: 0 }));
    api.get("/mailboxes", (c) => this.#list(Number(c.req.query("page") ?? 1), Number(c.req.query("limit") ?? 20)));
    api.notFound(() => refuse("Not found", 404));
    return api;
  }

  #create(wanted: Wanted[]): Response {
    if (wanted.some(({ password }) => password.includes("#"))) return refuse("Password must not contain #", 400);
    const known = wanted.find(({ email }) => this.mailboxes.some((one) => one.email === email));
    if (known) return refuse(`Mailbox ${known.email} already exists`, 409);
    const task: Task = { id: `task_${crypto.randomUUID()}`, status: "PENDING", wanted, looks: 0 };
    this.tasks.push(task);
    this.mailboxes.push(...wanted.map(({ email }) => ({ email, status: "CREATING" })));
    for (const name of new Set(wanted.map(({ email }) => email.split("@")[1]!))) {
      if (!this.domains.has(name)) this.domains.set(name, { looks: 0, dkim: btoa(`first key of ${name}`) });
    }
    if (this.losses > 0) {
      this.losses--;
      return new Response("upstream connect error", { status: 500 });
    }
    return Response.json({ id: task.id, status: task.status }, { status: 201 });
  }

  #task(id: string): Response {
    const task = this.tasks.find((one) => one.id === id);
    if (!task) return refuse("Task not found", 404);
    if (task.status === "PENDING" && ++task.looks >= (this.options.looks ?? 2)) this.#complete(task);
    return Response.json({ id, status: task.status });
  }

  #domain(name: string): Response {
    const domain = this.domains.get(name);
    if (!domain) return refuse("Domain not found", 404);
    const isReady = ++domain.looks >= (this.options.recordLooks ?? 2);
    const txt = (name: string, value: string) => ({ type: "TXT", name, value });
    const dnsRecords = [
      { type: "MX", name: "@", value: "mx.missioninbox.test", priority: 10 },
      txt("@", "v=spf1 include:spf.missioninbox.test ~all"),
      txt(`dkim._domainkey.${name}`, `v=DKIM1; k=rsa; p=${domain.dkim}`),
      txt("_dmarc", "v=DMARC1; p=none"),
    ];
    return Response.json({
      domainName: name,
      status: isReady ? "ACTIVE" : "PENDING",
      dnsRecords: isReady ? dnsRecords : [],
    });
  }

  #list(page: number, limit: number): Response {
    for (const task of this.tasks) if (task.status === "PENDING" && ++task.looks > 5) this.#complete(task);
    return Response.json({
      data: this.mailboxes.slice((page - 1) * limit, page * limit),
      totalPages: Math.max(1, Math.ceil(this.mailboxes.length / limit)),
    });
  }

  #complete(task: Task): void {
    task.status = "COMPLETED";
    for (const one of this.mailboxes) if (task.wanted.some(({ email }) => email === one.email)) one.status = "ACTIVE";
  }
}

export function createMissioninboxSimulator(options: MissioninboxOptions = {}): MissioninboxSimulator {
  return new MissioninboxSimulator(options);
}

function refuse(message: string, status: number): Response {
  return Response.json({ message, statusCode: status }, { status });
}

function softError(): Response {
  return Response.json({ success: false, message: "Something went wrong" });
}

function unauthorized(): Response {
  return Response.json({ message: "Unauthorized", statusCode: 401 }, { status: 401 });
}
