// Porkbun's API v3, as far as it is used: POST with credentials in the body or in headers, every answer with a status.
import { type Context, Hono } from "hono";
import { type Account, Refusal, stamp, tldOf, told } from "./account.ts";
import type { PorkbunSimulator } from "./simulator.ts";

type Env = { Variables: { body: Record<string, unknown> } };

const daySeconds = 86_400;

export function createRestApp(porkbun: PorkbunSimulator): Hono<Env> {
  const { account } = porkbun;
  const api = new Hono<Env>();

  api.use(async (c, next) => {
    const path = pathOf(c);
    porkbun.requests.push(path);
    const body = await c.req.json().catch(() => ({}));
    c.set("body", body);
    const fault = porkbun.faults.take(path);
    if (fault) return await fault;
    if (path !== "/pricing/get") authenticate(porkbun, c.req.raw.headers, body);
    await next();
    // What it did stays done.
    const loss = porkbun.losses.take(path);
    if (loss) c.res = await loss;
  });

  api.post("/ping", (c) => success(c, { yourIp: "192.0.2.10", credentialsValid: true }));
  api.post("/pricing/get", (c) => {
    const pricing = Object.entries(account.prices).map(([tld, { registration, renewal }]) => [
      tld,
      { registration, renewal, transfer: renewal, coupons: {} },
    ]);
    return success(c, { pricing: Object.fromEntries(pricing) });
  });

  api.post("/domain/checkDomain/:domain", (c) => {
    const ttl = porkbun.options.secondsBetweenChecks;
    if (!porkbun.checks.allow(ttl)) {
      throw rateLimit("1 out of 1 checks within 10 seconds used.", porkbun.checks.wait(ttl));
    }
    return success(c, {
      response: availability(account, domainOf(c)),
      limits: { TTL: `${ttl}`, limit: "1", used: 1, naturalLanguage: `1 out of 1 checks within ${ttl} seconds used.` },
    });
  });
  api.post("/domain/create/:domain", (c) => create(c, porkbun));
  api.post("/domain/listAll", (c) => {
    const start = Number(c.var.body.start ?? 0);
    const page = [...account.domains.values()].slice(start, start + porkbun.options.pageSize);
    return success(c, { domains: page.map(listed) });
  });
  api.post("/domain/getNs/:domain", (c) => success(c, { ns: account.owned(domainOf(c)).ns }));
  api.post("/domain/updateNs/:domain", (c) => {
    account.owned(domainOf(c)).ns = c.var.body.ns as string[];
    return success(c);
  });
  api.post("/domain/updateAutoRenew/:domain", (c) => {
    const { status } = c.var.body;
    if (status !== "on" && status !== "off") throw new Refusal("INVALID_STATUS", "status must be on or off.");
    const domain = domainOf(c);
    account.owned(domain).autoRenew = status === "on";
    return success(c, { results: { [domain]: { status: "SUCCESS", message: `Auto renew is ${status}.` } } });
  });

  api.post("/dns/retrieve/:domain", (c) => {
    return success(c, { cloudflare: "enabled", records: account.owned(domainOf(c)).records.map(told) });
  });
  api.post("/dns/create/:domain", (c) => {
    const { id } = account.addRecord(domainOf(c), recordOf(c.var.body));
    porkbun.deliverNew();
    // Some answers have a number here.
    return success(c, { id: id % 2 ? id : `${id}` });
  });
  api.post("/dns/edit/:domain/:id", (c) => {
    account.editRecord(domainOf(c), Number(c.req.param("id")), recordOf(c.var.body));
    porkbun.deliverNew();
    return success(c);
  });
  api.post("/dns/delete/:domain/:id", (c) => {
    account.deleteRecord(domainOf(c), Number(c.req.param("id")));
    porkbun.deliverNew();
    return success(c);
  });

  api.post("/webhook/create", (c) => success(c, porkbun.subscribe(String(c.var.body.url))));
  api.post("/webhook/delete", (c) => {
    if (!porkbun.webhooks.delete(String(c.var.body.id))) throw new Refusal("INVALID_WEBHOOK", "Invalid webhook.");
    return success(c);
  });

  api.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, status, more } = error;
    return c.json({ status: "ERROR", code, message, ...more }, status as 400);
  });
  api.notFound((c) => c.json({ status: "ERROR", code: "NOT_FOUND", message: "Invalid endpoint." }, 404));
  return api;
}

function success(c: Context, body: object = {}): Response {
  return c.json({ status: "SUCCESS", ...body });
}

export function rateLimit(message: string, ttlRemaining: number, status = 429): Refusal {
  return new Refusal("RATE_LIMIT_EXCEEDED", message, status, { ttlRemaining });
}

function authenticate(porkbun: PorkbunSimulator, headers: Headers, body: Record<string, unknown>): void {
  const key = body.apikey ?? headers.get("x-api-key");
  const secret = body.secretapikey ?? headers.get("x-secret-api-key");
  if (!key || !secret) throw new Refusal("API_KEY_REQUIRED", "API key required.");
  const { apiKey, apiSecret } = porkbun.options;
  if (key !== apiKey || secret !== apiSecret) throw new Refusal("INVALID_API_KEYS_001", "Invalid API key.");
}

function availability(account: Account, domain: string) {
  const { registration, renewal } = account.priceOf(domain);
  const offer = (type: string, price: string) => ({ type, price, regularPrice: price });
  return {
    avail: account.isFree(domain) ? "yes" : "no",
    type: "registration",
    price: registration,
    firstYearPromo: registration === renewal ? "no" : "yes",
    regularPrice: renewal,
    premium: account.premium.has(domain) ? "yes" : "no",
    additional: { renewal: offer("renewal", renewal), transfer: offer("transfer", renewal) },
  };
}

function create(c: Context<Env>, porkbun: PorkbunSimulator): Response {
  const { account, replays } = porkbun;
  const key = c.req.header("idempotency-key");
  const { cost, agreeToTerms, dryRun } = c.var.body;
  const domain = domainOf(c);
  const asked = JSON.stringify([domain, cost]);
  const known = key === undefined ? undefined : replays.get(key);
  if (known && porkbun.now().getTime() - known.at.getTime() < daySeconds * 1000) {
    if (known.asked !== asked) throw new Refusal("IDEMPOTENCY_KEY_REUSED", "This key was used for another request.");
    return c.json(known.answer, 200, { "idempotent-replayed": "true" });
  }
  if (!Number.isInteger(cost)) throw new Refusal("INVALID_COST", "cost must be an integer in cents.");
  if (agreeToTerms !== "yes") throw new Refusal("TERMS_NOT_AGREED", "You must agree to the terms.");
  const between = porkbun.options.secondsBetweenOrders;
  if (!porkbun.attempts.allow(between)) {
    throw rateLimit("1 out of 1 registration attempts within 10 seconds used.", porkbun.attempts.wait(between));
  }
  const since = porkbun.now().getTime() - daySeconds * 1000;
  if (account.charges.filter(({ at }) => at.getTime() > since).length >= porkbun.options.ordersADay) {
    throw rateLimit("10 out of 10 registrations within 24 hours used.", 3_600);
  }
  if (dryRun === "yes" || dryRun === true) return success(c, { dryRun: true, domain, cost });

  const { cents } = account.buy(domain, cost as number);
  const { expires } = account.owned(domain);
  const orderId = 9_000_000 + account.charges.length;
  const answer = { status: "SUCCESS", domain, cost: `${cents}`, orderId, expireDate: stamp(expires) };
  if (key !== undefined) replays.set(key, { asked, answer, at: porkbun.now() });
  porkbun.deliverNew();
  return c.json(answer);
}

function listed({ domain, created, expires, autoRenew }: ReturnType<Account["owned"]>) {
  return {
    domain,
    status: "ACTIVE",
    tld: tldOf(domain),
    createDate: stamp(created),
    expireDate: stamp(expires),
    securityLock: "1",
    whoisPrivacy: "1",
    autoRenew: autoRenew ? "1" : 0,
    notLocal: 0,
    labels: [],
  };
}

function recordOf(body: Record<string, unknown>) {
  const { name = "", type, content, ttl = 600, prio } = body;
  return {
    name: String(name),
    type: String(type),
    content: String(content),
    ttl: Number(ttl),
    prio: prio === undefined ? null : Number(prio),
  };
}

const domainOf = (c: Context) => c.req.param("domain")!.toLowerCase();

/** Below the API's base. */
function pathOf(c: Context): string {
  return c.req.path.replace(/^.*\/api\/json\/v3/, "");
}
