// EmailBison's lists that syncs read: statistics, leads, warm-up, tags.
import { type Context, Hono } from "hono";
import { daysBetween, seriesRows, statsRow } from "./figures.ts";
import { cursorPage, page } from "./pages.ts";
import { type Env, invalid, notFound } from "./rest.ts";
import { leadRow, tagRow, warmupRow } from "./rows.ts";
import type { BisonSimulator } from "./simulator.ts";
import type { Workspace } from "./workspace.ts";

const DATE = /^\d{4}-\d\d-\d\d$/;

export function createListApp(bison: BisonSimulator): Hono<Env> {
  const api = new Hono<Env>();

  api.post("/campaigns/:id/stats", async (c) => {
    const campaign = c.var.workspace.campaigns.get(Number(c.req.param("id")));
    if (!campaign) return notFound(c);
    const days = daysAsked(await c.req.json().catch(() => ({})));
    return days ? c.json({ data: statsRow(bison, c.var.workspace, campaign, days) }) : datesMissing(c);
  });
  api.get("/campaign-events/stats", (c) => {
    const ids = c.req.queries("campaign_ids[]")?.map(Number);
    const days = daysAsked(c.req.query());
    if (!days) return datesMissing(c);
    const { workspace } = c.var;
    const campaigns = [...workspace.campaigns.values()].filter(({ input }) => !ids || ids.includes(input.id));
    return c.json({ data: seriesRows(bison, workspace, campaigns, days) });
  });
  api.get("/campaigns/:id/leads", (c) => {
    const campaign = c.var.workspace.campaigns.get(Number(c.req.param("id")));
    if (!campaign) return notFound(c);
    const leads = leadsOf(c.var.workspace).filter((lead) => c.var.workspace.campaignsOf(lead).includes(campaign));
    const row = leadRow(c.var.workspace);
    return c.req.query("pagination_type") === "cursor" ? cursorPage(c, leads, row) : page(c, leads, row);
  });

  // The total is that of all leads, whatever the filter.
  api.get("/leads", (c) => {
    const since = c.req.query("filters[updated_at][value]");
    const leads = leadsOf(c.var.workspace).filter(({ updated_at }) => !since || updated_at.slice(0, 10) >= since);
    return page(c, leads, leadRow(c.var.workspace));
  });

  api.get("/tags", (c) => page(c, [...c.var.workspace.tags.values()], tagRow));

  for (const [path, what] of [["attach-to", "add"], ["remove-from", "delete"]] as const) {
    api.post(`/tags/${path}-sender-emails`, async (c) => {
      const { tag_ids = [], sender_email_ids = [] } = await c.req.json().catch(() => ({}));
      const { tags, senders } = c.var.workspace;
      const chosen = [...tags.values()].filter(({ id }) => tag_ids.includes(id));
      if (chosen.length < tag_ids.length || sender_email_ids.some((id: number) => !senders.has(id))) return notFound(c);
      for (const id of sender_email_ids) for (const tag of chosen) senders.get(id)!.tags[what](tag);
      return c.json({ data: { success: true, message: "The tags were changed." } });
    });
  }

  api.get("/warmup/sender-emails", (c) => {
    const days = daysAsked(c.req.query());
    if (!days) return datesMissing(c);
    const senders = [...c.var.workspace.senders.values()].filter(({ removed }) => !removed);
    return page(c, senders, warmupRow(days));
  });
  api.get("/warmup/sender-emails/:id", (c) => {
    const days = daysAsked(c.req.query());
    if (!days) return datesMissing(c);
    const sender = c.var.workspace.senders.get(Number(c.req.param("id")));
    return sender && !sender.removed ? c.json({ data: warmupRow(days)(sender) }) : notFound(c);
  });
  return api;
}

function leadsOf(workspace: Workspace) {
  return [...workspace.leads.values()].reverse();
}

function daysAsked({ start_date, end_date }: Record<string, unknown>): string[] | undefined {
  const [from, to] = [String(start_date).slice(0, 10), String(end_date).slice(0, 10)];
  return DATE.test(from) && DATE.test(to) ? daysBetween(from, to) : undefined;
}

function datesMissing(c: Context): Response {
  return invalid(c, {
    start_date: "The start date field is required.",
    end_date: "The end date field is required.",
  });
}
