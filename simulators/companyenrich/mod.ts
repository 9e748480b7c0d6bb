// A simulated CompanyEnrich: it knows every company and person but those whose name begins with "unknown", and an order is
// done some looks after it was made.
//   POST /_simulator/finish {"job_id": "..."}     done now; its call-back is sent
import { Hono } from "hono";
import { z } from "zod";
import { Faults } from "../faults.ts";
import { stableUuid } from "../format.ts";
import { createProviderControl, MinuteLimit } from "../provider_control.ts";

export interface CompanyEnrichOptions {
  apiKey?: string;
  credits?: number;
  clock?: () => Date;
  /** An order is completed once it was looked at so often. */
  looks?: number;
  perMinute?: number;
  /** Where it is served below its origin, for the addresses it gives out. */
  mountedAt?: string;
}

export interface Order {
  job_id: string;
  domains: string[];
  webhook_url: string | null;
  created_at: string;
  looks: number;
  charged: number;
  failed?: string;
}

const steps = ["pending", "processing", "completing", "completed"] as const;

export class CompanyEnrichSimulator {
  readonly orders: Order[] = [];
  readonly faults = new Faults();
  readonly app: Hono;
  readonly now: () => Date;
  losses = 0;
  used = 0;
  /** How often each path was called. */
  readonly calls = new Map<string, number>();
  readonly #limit: MinuteLimit;

  constructor(readonly options: CompanyEnrichOptions = {}) {
    this.now = options.clock ?? (() => new Date());
    this.#limit = new MinuteLimit(options.perMinute ?? 300, () => this.now().getTime());
    const control = createProviderControl(this, { "401": () => problem(401, "Unauthorized") });
    control.post("/finish", async (c) => c.json(await this.finish(Order.parse(await c.req.json()).job_id)));
    this.app = new Hono().route("/_simulator", control).route("/", this.#api());
  }

  state() {
    const orders = this.orders.map(({ domains, ...order }) => ({ ...order, total_domains: domains.length }));
    return { credits: { used: this.used, total: this.#total }, orders, calls: Object.fromEntries(this.calls) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Has an order done now, and calls back. */
  async finish(jobId: string): Promise<unknown> {
    const order = this.orders.find(({ job_id }) => job_id === jobId);
    if (!order) return { error: "There is no such order." };
    order.looks = this.#looks * 10;
    this.#charge(order);
    if (!order.webhook_url) return { called: null };
    const response = await fetch(order.webhook_url, { method: "POST", body: JSON.stringify({ job_id: jobId }) });
    return { called: response.status, answer: await response.text() };
  }

  get #total(): number {
    return this.options.credits ?? 1000;
  }

  get #looks(): number {
    return this.options.looks ?? 1;
  }

  #api(): Hono {
    const api = new Hono();
    api.use(async (c, next) => {
      const path = c.req.path.replace(/^.*?(?=\/(companies|people|me|results))/, "");
      this.calls.set(path, (this.calls.get(path) ?? 0) + 1);
      const fault = this.faults.take(path);
      if (fault) return await fault;
      const { apiKey = "demo-companyenrich-key" } = this.options;
      if (c.req.header("authorization") !== `Bearer ${apiKey}`) return problem(401, "Unauthorized");
      if (!this.#limit.allows()) return problem(429, "Too many requests", { "retry-after": "7" });
      await next();
    });
    api.get("/me", (c) => c.json({ userId: stableUuid("user"), credits: { used: this.used, total: this.#total } }));
    api.get("/companies/enrich", (c) => this.#one(c.req.query("domain") ?? ""));
    api.post("/companies/enrich/bulk", async (c) => this.#order(await c.req.json()));
    api.get("/companies/enrich/bulk/jobs", (c) => c.json({ items: this.orders.map((order) => this.#listed(order)) }));
    api.get("/companies/enrich/bulk/:id", (c) => this.#status(c.req.param("id"), c.req.url));
    api.post("/people/lookup", async (c) => this.#person((await c.req.json()).email ?? "", c.req.query("expand")));
    api.get("/results/:id", (c) => this.#results(c.req.param("id")));
    api.notFound(() => problem(404, "Not found"));
    return api;
  }

  #one(domain: string): Response {
    if (!isKnown(domain)) return problem(404, "Company not found");
    if (this.used >= this.#total) return problem(402, "Not enough credits");
    this.used++;
    return Response.json(companyOf(domain));
  }

  #person(email: string, expand?: string): Response {
    if (!email.includes("@")) return problem(422, "An e-mail address is needed");
    if (email.startsWith("unknown")) return problem(404, "Person not found");
    const cost = expand === "education" ? 6 : 5;
    if (this.used + cost > this.#total) return problem(402, "Not enough credits");
    this.used += cost;
    const { education, ...person } = personOf(email);
    return Response.json(expand === "education" ? { ...person, education } : person);
  }

  #order(body: { domains?: string[]; webhook_url?: string }): Response {
    const domains = [...new Set(body.domains ?? [])];
    if (domains.length < 1 || domains.length > 10_000) return problem(422, "Between 1 and 10,000 domains");
    const order = {
      job_id: crypto.randomUUID(),
      domains,
      webhook_url: body.webhook_url ?? null,
      created_at: this.now().toISOString(),
      looks: 0,
      charged: 0,
    };
    this.orders.unshift(order);
    if (this.losses > 0) {
      this.losses--;
      return new Response("upstream connect error", { status: 500 });
    }
    return Response.json({
      job_id: order.job_id,
      status: "pending",
      total_domains: domains.length,
      estimated_credits: domains.length,
    });
  }

  #status(id: string, url: string): Response {
    const order = this.orders.find(({ job_id }) => job_id === id);
    if (!order) return problem(404, "Job not found");
    order.looks++;
    if (this.#stateOf(order) === "completed") this.#charge(order);
    const found = order.domains.filter(isKnown).length;
    const isDone = this.#stateOf(order) === "completed";
    return Response.json({
      ...this.#listed(order),
      success_count: isDone ? found : 0,
      failed_count: isDone ? order.domains.length - found : 0,
      credits_charged: order.charged,
      results_url: isDone ? `${new URL(url).origin}${this.options.mountedAt ?? ""}/results/${id}` : null,
      error_message: order.failed ?? null,
    });
  }

  #results(id: string): Response {
    const order = this.orders.find(({ job_id }) => job_id === id);
    return order ? Response.json(order.domains.filter(isKnown).map(companyOf)) : problem(404, "Not found");
  }

  #listed(order: Order) {
    const { job_id, domains, created_at } = order;
    return { job_id, status: this.#stateOf(order), total_domains: domains.length, created_at };
  }

  #stateOf({ looks, failed }: Order): string {
    if (failed) return "failed";
    return steps[Math.min(steps.length - 1, Math.floor((looks / this.#looks) * (steps.length - 1)))]!;
  }

  #charge(order: Order): void {
    if (order.charged) return;
    order.charged = order.domains.filter(isKnown).length;
    this.used += order.charged;
  }
}

const Order = z.object({ job_id: z.string() });

export function createCompanyEnrichSimulator(options: CompanyEnrichOptions = {}): CompanyEnrichSimulator {
  return new CompanyEnrichSimulator(options);
}

const isKnown = (domain: string) => domain.includes(".") && !domain.startsWith("unknown");

/** Always the same for a domain. */
export function companyOf(domain: string) {
  const word = domain.split(".")[0]!;
  const name = word[0]!.toUpperCase() + word.slice(1);
  const place = { latitude: 0, longitude: 0 };
  return {
    id: stableUuid(domain),
    name,
    domain,
    website: `https://${domain}`,
    type: "private",
    industry: "Retail",
    industries: ["Retail"],
    categories: ["b2c", "e-commerce"],
    employees: "11-50",
    revenue: "1m-10m",
    description: `${name} sells online.`,
    keywords: [],
    technologies: ["shopify", "klaviyo"],
    subsidiaries: [],
    founded_year: 2000 + (domain.length % 20),
    naics_codes: ["4541"],
    location: {
      country: { code: "US", name: "United States", ...place },
      state: { id: 1, name: "Ohio", code: "OH", ...place },
      city: { id: 1, name: "Columbus", ...place },
      address: null,
      postal_code: null,
      phone: null,
    },
    financial: { stock_symbol: null, stock_exchange: null, total_funding: null, funding_stage: null, funding: [] },
    socials: { linkedin_url: `https://www.linkedin.com/company/${word}`, linkedin_id: null },
    page_rank: 3.1,
    logo_url: null,
    updated_at: "2026-02-17T00:16:33.225Z",
  };
}

/** Always the same for an address. */
export function personOf(email: string) {
  const [name, domain] = email.split("@") as [string, string];
  const { id, name: companyName } = companyOf(domain);
  return {
    id: name.length + 1000,
    name,
    first_name: name,
    last_name: null,
    location: { country: { code: "US", name: "United States", latitude: 0, longitude: 0 }, address: "Columbus, Ohio" },
    socials: { linkedin_url: `https://www.linkedin.com/in/${name}-${domain.split(".")[0]}` },
    experiences: [{
      type: "company",
      company: { id, name: companyName, domain, logo_url: null },
      startDate: "2024-02-01",
      endDate: null,
      isCurrent: true,
      isMatched: true,
      position: "Head of Sales",
    }],
    education: [{ school: "Ohio State University", endDate: "2015-06-30" }],
    position: "Head of Sales",
    seniority: "director",
    department: "sales",
    image_url: null,
  };
}

function problem(status: number, title: string, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ type: "about:blank", title, status, detail: title, instance: null });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
