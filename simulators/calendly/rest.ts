// Calendly's REST interface (and its token endpoint), as far as receivers and sync jobs need it.
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, Hono } from "hono";
import type { Invitee, Organization } from "./organization.ts";
import { type EventName, EVENTS } from "./parts.ts";
import type { CalendlySimulator, Subscription } from "./simulator.ts";

type Env = { Variables: { organization: Organization } };

export function createRestApp(calendly: CalendlySimulator): Hono {
  const api = new Hono<Env>();
  const calls = new Map<string, number>();

  api.get("/oauth/authorize", (c) => authorize(c, calendly));
  api.post("/oauth/token", async (c) => {
    const fault = calendly.faults.take(c.req.path);
    if (fault) return await fault;
    const answer = calendly.tokens.answer(c.req.header("authorization"), new URLSearchParams(await c.req.text()));
    if (calendly.tokens.losses-- > 0) return c.text("Bad Gateway", 502);
    return c.json(answer.body, answer.status);
  });
  api.post("/oauth/revoke", async (c) => {
    calendly.tokens.revoke(new URLSearchParams(await c.req.text()).get("token") ?? "");
    return c.json({});
  });

  api.use(async (c, next) => {
    const token = c.req.header("authorization")?.match(/^Bearer (.+)$/)?.[1];
    const organization = token ? calendly.tokens.organizationOf(token) : null;
    if (!organization) return problem(c, 401, "Unauthenticated", "The access token is invalid");
    c.set("organization", organization);

    const minute = `${token} ${Math.floor(Date.now() / 60_000)}`;
    calls.set(minute, (calls.get(minute) ?? 0) + 1);
    const left = calendly.rateLimit - calls.get(minute)!;
    if (left < 0) return tooManyRequests(calendly.rateLimit);
    const fault = calendly.faults.take(c.req.path);
    return fault ? await fault : await next();
  });

  api.get("/users/me", (c) => c.json({ resource: userOf(c.var.organization) }));

  api.get("/event_types", (c) => collection(c, [...c.var.organization.eventTypes.values()]));

  api.get("/scheduled_events", (c) => {
    const { organization, user, status, sort, min_start_time, max_start_time } = c.req.query();
    const { uri, user: host, invitees } = c.var.organization;
    if (!organization && !user) return invalidArgument(c, "organization", "must be a valid URI");
    if ((organization && organization !== uri) || (user && user !== host)) return denied(c);
    const events = invitees.map(({ part }) => part.scheduled_event).filter((event) =>
      (!status || event.status === status) &&
      (!min_start_time || Date.parse(event.start_time) >= Date.parse(min_start_time)) &&
      (!max_start_time || Date.parse(event.start_time) <= Date.parse(max_start_time))
    ).sort((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time));
    return collection(c, sort === "start_time:desc" ? events.reverse() : events);
  });
  api.get("/scheduled_events/:uuid", (c) => {
    const [invitee] = inviteesOf(c);
    return invitee ? c.json({ resource: invitee.part.scheduled_event }) : notFound(c);
  });
  api.get("/scheduled_events/:uuid/invitees", (c) => {
    const invitees = inviteesOf(c);
    return invitees.length ? collection(c, invitees.map(withoutEvent)) : notFound(c);
  });
  api.post("/scheduled_events/:uuid/cancellation", async (c) => {
    const [invitee] = inviteesOf(c);
    if (!invitee) return notFound(c);
    if (invitee.part.status === "canceled") return denied(c);
    const { reason } = await c.req.json().catch(() => ({}));
    for (const event of c.var.organization.cancel(invitee, "host", reason ?? "").events) calendly.deliver(event);
    return c.json({ resource: invitee.part.cancellation }, 201);
  });

  api.post("/webhook_subscriptions", async (c) => await create(c, calendly));
  api.get("/webhook_subscriptions", (c) => {
    const { organization, scope } = c.req.query();
    if (!organization) return invalidArgument(c, "organization", "must be a valid URI");
    if (!scope) return invalidArgument(c, "scope", "must be one of organization, user, group");
    return collection(c, own(c, calendly).filter((one) => one.scope === scope));
  });
  api.get("/webhook_subscriptions/:uuid", (c) => {
    const subscription = own(c, calendly).find(({ uri }) => uri.endsWith(`/${c.req.param("uuid")}`));
    return subscription ? c.json({ resource: subscription }) : notFound(c);
  });
  api.delete("/webhook_subscriptions/:uuid", (c) => {
    const subscription = own(c, calendly).find(({ uri }) => uri.endsWith(`/${c.req.param("uuid")}`));
    if (!subscription) return notFound(c);
    calendly.subscriptions.delete(subscription.uri);
    return c.body(null, 204);
  });

  return new Hono().route("/", api);
}

const rateLimited = { title: "Too Many Requests", message: "Rate limit exceeded", details: [] };

export function tooManyRequests(limit: number): Response {
  const headers = { "x-ratelimit-limit": `${limit}`, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" };
  return Response.json(rateLimited, { status: 429, headers });
}

/** What a call may get on a bad day. */
export const badDays: Record<string, () => Response | Promise<Response>> = {
  "401": () => Response.json({ title: "Unauthenticated", message: "The access token is invalid" }, { status: 401 }),
  "403": () => Response.json({ title: "Permission Denied", message: "Please upgrade your account" }, { status: 403 }),
  "429 bare": () => Response.json(rateLimited, { status: 429 }),
  "500": () => Response.json({ title: "Internal Server Error", message: "Something went wrong" }, { status: 500 }),
  "200 error": () => Response.json({ title: "Internal Server Error", message: "Something went wrong" }),
  silence: async () => {
    await sleep(60_000, undefined, { ref: false });
    return new Response(null, { status: 504 });
  },
};

/** The consent page: nobody is asked, the browser goes back at once. */
function authorize(c: Context, calendly: CalendlySimulator): Response {
  const { client_id, response_type, redirect_uri = "", state } = c.req.query();
  if (client_id !== calendly.tokens.client.clientId || response_type !== "code" || !URL.canParse(redirect_uri)) {
    return c.json({ error: "invalid_request", error_description: "The client or the redirect is unknown." }, 400);
  }
  const { visitor = calendly.organizations.values().next().value } = calendly.tokens;
  const back = new URL(redirect_uri);
  if (visitor) back.searchParams.set("code", calendly.tokens.newCode(visitor));
  else back.searchParams.set("error", "access_denied");
  if (state) back.searchParams.set("state", state);
  return c.redirect(back.href, 302);
}

async function create(c: Context<Env>, calendly: CalendlySimulator): Promise<Response> {
  const body = await c.req.json().catch(() => ({})) as {
    url?: string;
    events?: EventName[];
    organization?: string;
    user?: string;
    scope?: Subscription["scope"];
    signing_key?: string;
  };
  const { organization } = c.var;
  if (!URL.canParse(body.url ?? "")) return invalidArgument(c, "url", "must be a valid URL");
  if (!body.events?.length || body.events.some((event) => !EVENTS.includes(event))) {
    return invalidArgument(c, "events", "contains an unknown event");
  }
  if (body.organization !== organization.uri) return invalidArgument(c, "organization", "must be a valid URI");
  if (!["organization", "user", "group"].includes(body.scope ?? "")) return invalidArgument(c, "scope", "is invalid");
  if (body.scope === "user" && body.user !== organization.user) {
    return invalidArgument(c, "user", "must be a valid URI");
  }
  if (organization.input.plan === "free") {
    return problem(c, 403, "Permission Denied", "Please upgrade your Calendly account to Standard");
  }
  const { url, events, scope, signing_key } = body;
  const subscription = calendly.subscribe(organization, { url: url!, events, scope, signingKey: signing_key ?? "" });
  if (!subscription) return problem(c, 409, "Already Exists", "Hook with this url already exists");
  return c.json({ resource: subscription }, 201);
}

function own(c: Context<Env>, calendly: CalendlySimulator): Subscription[] {
  return [...calendly.subscriptions.values()].filter((one) => one.organization === c.var.organization.uri);
}

function inviteesOf(c: Context<Env>): Invitee[] {
  return c.var.organization.invitees.filter(({ part }) => part.event.endsWith(`/${c.req.param("uuid")}`));
}

/** REST invitees do not carry the meeting; a webhook's do. */
function withoutEvent({ part }: Invitee) {
  const { scheduled_event: _, ...rest } = part;
  return rest;
}

function userOf({ input, user, uri }: Organization) {
  return {
    uri: user,
    name: input.host.name,
    slug: input.slug,
    email: input.host.email,
    scheduling_url: `https://calendly.com/${input.slug}`,
    timezone: input.timeZone ?? "America/New_York",
    avatar_url: null,
    current_organization: uri,
    resource_type: "User",
  };
}

function collection(c: Context, all: object[]): Response {
  const count = Math.min(Number(c.req.query("count") ?? 20), 100);
  const from = Number(atob(c.req.query("page_token") ?? "") || 0);
  const token = from + count < all.length ? btoa(`${from + count}`) : null;
  const next = new URL(c.req.url);
  if (token) next.searchParams.set("page_token", token);
  const pagination = {
    count: Math.min(count, Math.max(all.length - from, 0)),
    next_page: token && next.href,
    next_page_token: token,
    previous_page: null,
    previous_page_token: null,
  };
  return c.json({ collection: all.slice(from, from + count), pagination });
}

type Status = 400 | 401 | 403 | 404 | 409;

function problem(c: Context, status: Status, title: string, message: string, details: object[] = []): Response {
  return c.json({ title, message, details }, status);
}

function invalidArgument(c: Context, parameter: string, message: string): Response {
  return problem(c, 400, "Invalid Argument", "The supplied parameters are invalid.", [{ parameter, message }]);
}

function denied(c: Context): Response {
  return problem(c, 403, "Permission Denied", "You do not have permission to access this resource.");
}

export function notFound(c: Context): Response {
  return problem(c, 404, "Resource Not Found", "The server could not find the requested resource.");
}
