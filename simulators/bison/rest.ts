// EmailBison's REST interface, as far as receivers and sync jobs need it.
import { type Context, Hono } from "hono";
import { seconds } from "../format.ts";
import type { BisonSimulator, WebhookUrl } from "./simulator.ts";
import { createLeadWriteApp } from "./lead_writes.ts";
import { createListApp } from "./lists.ts";
import { cursorOrPage, cursorPage, page, PER_PAGE } from "./pages.ts";
import { EVENT_IDS, EVENT_NAMES, type EventId } from "./parts.ts";
import { campaignRow, eventRow, replyRow, senderRow, userOf, webhookRow } from "./rows.ts";
import type { Workspace } from "./workspace.ts";

export type Env = { Variables: { workspace: Workspace } };

const EVENTS_KEPT_MS = 10 * 86_400_000;

export function createRestApp(bison: BisonSimulator): Hono {
  const api = new Hono<Env>();

  api.use(async (c, next) => {
    const token = c.req.header("authorization")?.match(/^Bearer (.+)$/)?.[1];
    const workspace = [...bison.workspaces.values()].find(({ input }) => input.apiToken === token);
    if (!token || !workspace) return c.json({ message: "Unauthenticated." }, 401);
    c.set("workspace", workspace);

    const wait = bison.rate.take(token);
    if (wait > 0) return tooManyAttempts(wait);
    const fault = bison.faults.take(c.req.path);
    if (fault) return await fault;
    await bison.changes.before(c.req.path);
    return await next();
  });

  api.get("/users", (c) => c.json({ data: userOf(c.var.workspace) }));

  api.get("/events", (c) => {
    const { start_date, end_date, type } = c.req.query();
    if (!start_date !== !end_date) {
      const [missing, given] = start_date ? ["end date", "start date"] : ["start date", "end date"];
      return invalid(c, { [missing.replace(" ", "_")]: `The ${missing} field is required when ${given} is present.` });
    }
    const events = bison.events.filter((event) =>
      event.workspace === c.var.workspace &&
      bison.now().getTime() - event.at.getTime() < EVENTS_KEPT_MS &&
      (!type || event.type === type.toUpperCase()) &&
      (!start_date || !end_date || inDays(event.at, start_date, end_date))
    );
    return cursorPage(c, events.reverse(), (event) => eventRow(event, bison.deliveriesOf(event)));
  });

  api.post("/webhook-attempts/:id/retry", (c) => {
    const delivery = bison.retryAttempt(Number(c.req.param("id")));
    if (!delivery) return notFound(c);
    return c.json({ data: { success: true, message: "Webhook retry queued.", webhook_delivery_id: delivery.id } });
  });

  api.get("/webhook-url", (c) => {
    const own = [...bison.webhooks.values()].filter((webhook) => webhook.workspace === c.var.workspace.input.id);
    return c.json({ data: own.map(webhookRow) });
  });
  api.post("/webhook-url", async (c) => {
    const input = await webhookInput(c);
    if (!input.ok) return invalid(c, input.errors);
    const webhook = bison.addWebhook({ workspace: c.var.workspace.input.id, ...input.value });
    return c.json({ data: webhookRow(webhook) }, 201);
  });
  api.get("/webhook-url/:id", (c) => {
    const webhook = ownWebhook(bison, c);
    return webhook ? c.json({ data: webhookRow(webhook) }) : notFound(c);
  });
  api.put("/webhook-url/:id", async (c) => {
    const webhook = ownWebhook(bison, c);
    if (!webhook) return notFound(c);
    const input = await webhookInput(c);
    if (!input.ok) return invalid(c, input.errors);
    Object.assign(webhook, input.value, { updated_at: seconds(bison.now()) });
    return c.json({ data: webhookRow(webhook) });
  });
  api.delete("/webhook-url/:id", (c) => {
    const webhook = ownWebhook(bison, c);
    if (!webhook) return notFound(c);
    bison.webhooks.delete(webhook.id);
    return c.json({ data: { success: true, message: "Webhook deleted." } });
  });
  api.get(
    "/webhook-events/event-types",
    (c) => c.json({ data: EVENT_IDS.map((id) => ({ id, name: EVENT_NAMES[id] })) }),
  );

  api.get("/campaigns", (c) => {
    const { search, status } = c.req.query();
    const campaigns = [...c.var.workspace.campaigns.values()].filter(({ input }) =>
      (!search || input.name.toLowerCase().includes(search.toLowerCase())) &&
      (!status || (input.status ?? "Active").toLowerCase() === status.toLowerCase())
    );
    return page(c, campaigns, (campaign) => campaignRow(campaign, c.var.workspace));
  });
  api.get("/campaigns/:id", (c) => {
    const campaign = c.var.workspace.campaigns.get(Number(c.req.param("id")));
    return campaign ? c.json({ data: campaignRow(campaign, c.var.workspace) }) : notFound(c);
  });

  const senders = (c: Context<Env>) => [...c.var.workspace.senders.values()].filter(({ removed }) => !removed);
  api.get("/sender-emails", (c) => page(c, senders(c), senderRow, Number(c.req.query("per_page") ?? PER_PAGE)));
  api.get("/sender-emails/:id", (c) => {
    const id = c.req.param("id");
    const sender = senders(c).find(({ part }) => `${part.id}` === id || part.email === id);
    return sender ? c.json({ data: senderRow(sender) }) : notFound(c);
  });
  api.patch("/sender-emails/:id", async (c) => {
    const sender = senders(c).find(({ part }) => `${part.id}` === c.req.param("id"));
    if (!sender) return notFound(c);
    const { daily_limit } = await c.req.json();
    sender.part.daily_limit = Number(daily_limit);
    return c.json({ data: senderRow(sender) });
  });

  api.get("/replies", (c) => {
    const { folder, campaign_id, lead_id, sender_email_id } = c.req.query();
    const rows = [...c.var.workspace.replies.values()].reverse().filter(({ part, mail, sender }) =>
      (!folder || folder === "all" || part.folder.toLowerCase() === folder) &&
      (!campaign_id || `${mail?.campaign.input.id}` === campaign_id) &&
      (!lead_id || `${mail?.lead.part.id}` === lead_id) &&
      (!sender_email_id || `${sender.part.id}` === sender_email_id)
    );
    return cursorOrPage(c, rows, replyRow);
  });
  api.get("/replies/:id", (c) => {
    const reply = c.var.workspace.replies.get(Number(c.req.param("id")));
    return reply ? c.json({ data: replyRow(reply) }) : notFound(c);
  });

  api.route("/", createListApp(bison));
  api.route("/", createLeadWriteApp(bison));
  return new Hono().route("/", api);
}

export function tooManyAttempts(seconds = 60): Response {
  return Response.json({ message: "Too Many Attempts." }, { status: 429, headers: { "retry-after": `${seconds}` } });
}

export function notFound(c: Context): Response {
  return c.json({ data: { success: false, message: "The requested resource was not found." } }, 404);
}

export function invalid(c: Context, errors: Record<string, string>): Response {
  const lists = Object.fromEntries(Object.entries(errors).map(([field, message]) => [field, [message]]));
  return c.json({ message: "The given data was invalid.", errors: lists }, 422);
}

function ownWebhook(bison: BisonSimulator, c: Context<Env>): WebhookUrl | undefined {
  const webhook = bison.webhooks.get(Number(c.req.param("id")));
  return webhook?.workspace === c.var.workspace.input.id ? webhook : undefined;
}

type WebhookInput = Pick<WebhookUrl, "name" | "url" | "events">;

async function webhookInput(
  c: Context,
): Promise<{ ok: true; value: WebhookInput } | { ok: false; errors: Record<string, string> }> {
  const body = await c.req.json().catch(() => ({})) as Partial<WebhookInput>;
  const errors: Record<string, string> = {};
  if (!body.name) errors.name = "The name field is required.";
  if (!URL.canParse(body.url ?? "")) errors.url = "The url field must be a valid URL.";
  if (!Array.isArray(body.events) || body.events.length === 0) errors.events = "The events field is required.";
  else if (body.events.some((id) => !EVENT_IDS.includes(id))) errors.events = "The selected events.0 is invalid.";
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, value: { name: body.name!, url: body.url!, events: body.events as EventId[] } };
}

function inDays(at: Date, start: string, end: string): boolean {
  const day = seconds(at).slice(0, 10);
  return start.slice(0, 10) <= day && day <= end.slice(0, 10);
}
