// Fathom's REST interface: X-Api-Key, 60 calls in 60 s, ten meetings a page, the newest first.
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { FathomSimulator } from "./simulator.ts";

const pageSize = 10;
const windowMs = 60_000;

const Wish = z.object({
  destination_url: z.url(),
  triggered_for: z.array(
    z.enum(["my_recordings", "shared_external_recordings", "my_shared_with_team_recordings", "shared_team_recordings"]),
  ).min(1),
  include_transcript: z.boolean().default(false),
  include_summary: z.boolean().default(false),
  include_action_items: z.boolean().default(false),
  include_crm_matches: z.boolean().default(false),
});

export function createRestApp(fathom: FathomSimulator): Hono {
  const api = new Hono();
  const calls = new Map<string, number[]>();

  api.use(async (c, next) => {
    const key = c.req.header("x-api-key") ?? "";
    if (!fathom.keys.has(key)) return c.body(null, 401);
    const since = Date.now() - windowMs;
    const recent = [...(calls.get(key) ?? []).filter((at) => at > since), Date.now()];
    calls.set(key, recent);
    const reset = Math.ceil((recent[0]! + windowMs - Date.now()) / 1_000);
    const headers = {
      "RateLimit-Limit": `${fathom.rateLimit}`,
      "RateLimit-Remaining": `${Math.max(fathom.rateLimit - recent.length, 0)}`,
      "RateLimit-Reset": `${reset}`,
    };
    if (recent.length > fathom.rateLimit) return c.body(null, 429, headers);
    const fault = fathom.faults.take(c.req.path.replace(/^.*\/external\/v1/, ""));
    if (fault) return await fault;
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  });

  api.get("/meetings", (c) => {
    const { created_after, created_before, cursor } = c.req.query();
    const page = cursor ? JSON.parse(atob(cursor)).page_num : 1;
    fathom.beforePage(page);
    const all = fathom.meetings.filter(({ created_at }) =>
      (!created_after || Date.parse(created_at) > Date.parse(created_after)) &&
      (!created_before || Date.parse(created_at) < Date.parse(created_before))
    ).toReversed();
    const wanted = (name: string) => c.req.query(`include_${name}`) === "true";
    const items = all.slice((page - 1) * pageSize, page * pageSize).map((meeting) => ({
      ...meeting,
      transcript: wanted("transcript") ? meeting.transcript : null,
      default_summary: wanted("summary") ? meeting.default_summary : null,
      action_items: wanted("action_items") ? meeting.action_items : null,
    }));
    const next_cursor = all.length > page * pageSize ? btoa(JSON.stringify({ page_num: page + 1 })) : null;
    return c.json({ limit: pageSize, next_cursor, items });
  });

  api.get("/recordings/:id/transcript", (c) => {
    const meeting = meetingOf(fathom, c);
    return meeting?.transcript ? c.json({ transcript: meeting.transcript }) : c.body(null, 404);
  });
  api.get("/recordings/:id/summary", (c) => {
    const meeting = meetingOf(fathom, c);
    return meeting?.default_summary ? c.json({ summary: meeting.default_summary }) : c.body(null, 404);
  });

  api.post("/webhooks", async (c) => {
    const wish = Wish.safeParse(await c.req.json().catch(() => null));
    if (!wish.success || !Object.entries(wish.data).some(([name, value]) => name.startsWith("include_") && value)) {
      return c.body(null, 400);
    }
    const { destination_url: url, ...rest } = wish.data;
    return c.json(fathom.addWebhook({ url, ...rest }), 201);
  });
  api.delete("/webhooks/:id", (c) => c.body(null, fathom.webhooks.delete(c.req.param("id")) ? 204 : 404));

  return api;
}

function meetingOf(fathom: FathomSimulator, c: Context) {
  return fathom.meetings.find(({ recording_id }) => `${recording_id}` === c.req.param("id"));
}
