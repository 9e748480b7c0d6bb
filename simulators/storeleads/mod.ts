// A simulated StoreLeads: a fixed number of stores, listed by page or all at once after some looks. Filters: f:cc, f:p.
import { Hono } from "hono";
import { Faults } from "../faults.ts";
import { createProviderControl, MinuteLimit } from "../provider_control.ts";

export interface StoreLeadsOptions {
  apiKey?: string;
  clock?: () => Date;
  stores?: number;
  /** All stores are put together once they were asked for so often. */
  looks?: number;
  perMinute?: number;
}

const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "iris", "juniper"];
const goods = ["candles", "boots", "tea", "lamps", "bikes", "soap", "toys"];
const countries = [["US", "Ohio"], ["GB", "London"], ["DE", "Berlin"], ["US", "Texas"]] as const;

export class StoreLeadsSimulator {
  readonly faults = new Faults();
  readonly app: Hono;
  readonly now: () => Date;
  losses = 0;
  calls = 0;
  readonly #looks = new Map<string, number>();
  readonly #limit: MinuteLimit;

  constructor(readonly options: StoreLeadsOptions = {}) {
    this.now = options.clock ?? (() => new Date());
    this.#limit = new MinuteLimit(options.perMinute ?? 300, () => this.now().getTime());
    this.app = new Hono()
      .route(
        "/_simulator",
        createProviderControl(this, {
          "401": () => problem("Unauthorized", 401),
          "200-error": () => problem("Invalid filter", 200),
        }),
      )
      .route("/json/api/v1", this.#api());
  }

  state() {
    return { stores: this.options.stores ?? 120, calls: this.calls };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #api(): Hono {
    const api = new Hono();
    api.use(async (c, next) => {
      this.calls++;
      const fault = this.faults.take(c.req.path.slice(c.req.path.indexOf("/all")));
      if (fault) return await fault;
      const { apiKey = "demo-storeleads-key" } = this.options;
      if (c.req.header("authorization") !== `Bearer ${apiKey}`) return problem("Unauthorized", 401);
      if (!this.#limit.allows()) {
        return problem("Too many requests, please back off. See Retry-After header.", 429, { "retry-after": "7" });
      }
      await next();
    });
    api.get("/all/domain/:name", (c) => {
      const store = this.#stores({}).find(({ name }) => name === c.req.param("name"));
      return store ? c.json({ domain: store }) : problem("Domain not found", 404);
    });
    api.get("/all/domain", (c) => this.#list(c.req.query()));
    api.notFound(() => problem("Not found", 404));
    return api;
  }

  #list(query: Record<string, string>): Response {
    const stores = this.#stores(query);
    const page = Number(query.page ?? 0);
    if (page === -1) return this.#all(query, stores);
    const size = Math.min(Number(query.page_size ?? 50), 50);
    const domains = stores.slice(page * size, (page + 1) * size);
    return Response.json({ domains, has_next_page: (page + 1) * size < stores.length });
  }

  #all(query: Record<string, string>, stores: unknown[]): Response {
    const key = JSON.stringify(query);
    const looks = (this.#looks.get(key) ?? 0) + 1;
    this.#looks.set(key, looks);
    if (looks <= (this.options.looks ?? 1)) return new Response(null, { status: 202 });
    this.#looks.delete(key);
    return Response.json({ domains: stores });
  }

  #stores(query: Record<string, string>) {
    return Array.from({ length: this.options.stores ?? 120 }, (_, n) => storeOf(n)).filter((store) =>
      (!query["f:cc"] || query["f:cc"] === store.country_code) && (!query["f:p"] || query["f:p"] === store.platform)
    );
  }
}

export function createStoreLeadsSimulator(options: StoreLeadsOptions = {}): StoreLeadsSimulator {
  return new StoreLeadsSimulator(options);
}

/** Always the same for a number. Every seventh is closed, every fifth has no address. */
export function storeOf(n: number) {
  const [word, good] = [words[n % words.length]!, goods[Math.floor(n / words.length) % goods.length]!];
  const name = `${word}-${good}${n < 70 ? "" : n}.example`;
  const [country_code, city] = countries[n % countries.length]!;
  const contacts = n % 5 === 0 ? [] : [{ type: "email", value: `hello@${name}` }];
  return {
    name,
    merchant_name: `${word[0]!.toUpperCase()}${word.slice(1)} ${good}`,
    description: `Handmade ${good}.`,
    state: n % 7 === 3 ? "Inactive" : "Active",
    platform: n % 3 ? "shopify" : "woocommerce",
    country_code,
    city,
    location: `${city}, ${country_code}`,
    estimated_sales: 250_000 + n * 10_000,
    estimated_sales_yearly: 12 * (250_000 + n * 10_000),
    contact_page: `https://${name}/pages/contact`,
    contact_info: [...contacts, { type: "instagram", value: `https://instagram.com/${word}${good}`, followers: n }],
  };
}

function problem(error: string, status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers });
}
