// Slack's Web API as far as the app uses it. Errors are answers of status 200 with ok: false; only a rate limit is 429.
import { type Context, Hono } from "hono";
import type { Message, SlackSimulator, View } from "./simulator.ts";

type Body = Record<string, unknown>;
type Method = (body: Body) => object;

export function createSlackApi(slack: SlackSimulator): Hono {
  const app = new Hono();
  const spent = new Map<string, number>();

  const methods: Record<string, Method> = {
    "chat.postMessage": (body) => {
      const channel = String(body.channel);
      if (!slack.channels.has(channel)) return failed("channel_not_found");
      const { text, blocks, metadata } = body as unknown as Message;
      const message = slack.post({ channel, text, blocks: blocks ?? [], metadata });
      return { ok: true, channel, ts: message.ts, message: { type: "message", text, ts: message.ts } };
    },
    "chat.postEphemeral": ({ channel, user, text }) => {
      if (!slack.users.has(String(user))) return failed("user_not_in_channel");
      slack.whispers.push({ channel: String(channel), user: String(user), text: String(text) });
      return { ok: true, message_ts: "1.1" };
    },
    "chat.update": ({ channel, ts, text, blocks }) => {
      const message = slack.message(String(channel), String(ts));
      if (!message) return failed("message_not_found");
      Object.assign(message, { text, blocks: blocks ?? [], edits: message.edits + 1 });
      return { ok: true, channel, ts, text };
    },
    "conversations.history": (body) => {
      if (!slack.canReadHistory) return { ...failed("missing_scope"), needed: "channels:history" };
      return historyOf(slack, body);
    },
    "views.open": ({ trigger_id, view }) => {
      const opened = slack.openView(String(trigger_id), view as View["view"]);
      return opened ? { ok: true, view: { ...opened.view, id: opened.id } } : failed("expired_trigger_id");
    },
  };

  app.post("/:method", async (c) => {
    const name = c.req.param("method");
    const method = methods[name];
    if (!method) return c.json(failed("unknown_method"));
    if (c.req.header("authorization") !== `Bearer ${slack.botToken}`) return c.json(failed("invalid_auth"));
    const fault = slack.faults.take(`/${name}`);
    if (fault) return await fault;
    const body = await bodyOf(c);
    if (name.startsWith("chat.post") && !mayPost(String(body.channel))) return tooMany();
    const answer = method(body);
    if (name === "chat.postMessage" && slack.losses > 0) {
      slack.losses--;
      return c.text("upstream connect error", 500);
    }
    return c.json(answer);
  });
  return app;

  /** A bucket for each channel: `burst` messages, refilled by one a second. */
  function mayPost(channel: string): boolean {
    const now = slack.now().getTime();
    const busyUntil = Math.max(spent.get(channel) ?? 0, now);
    if (busyUntil - now > (slack.burst - 1) * 1_000) return false;
    spent.set(channel, busyUntil + 1_000);
    return true;
  }
}

export function tooMany(seconds?: number): Response {
  const headers: Record<string, string> = seconds === undefined
    ? { "retry-after": "1" }
    : { "retry-after": `${seconds}` };
  return Response.json({ ok: false, error: "ratelimited" }, { status: 429, headers });
}

function failed(error: string) {
  return { ok: false, error };
}

function historyOf(slack: SlackSimulator, { channel, oldest, limit, cursor, include_all_metadata }: Body): object {
  const from = Number(cursor || 0);
  const size = Number(limit ?? 100);
  const all = slack.messages.filter((one) => one.channel === channel && Number(one.ts) > Number(oldest ?? 0)).reverse();
  const messages = all.slice(from, from + size).map(({ ts, text, metadata }) => ({
    type: "message",
    ts,
    text,
    ...(include_all_metadata === "true" || include_all_metadata === true ? { metadata } : {}),
  }));
  const next = from + size < all.length ? String(from + size) : "";
  return { ok: true, messages, has_more: next !== "", response_metadata: { next_cursor: next } };
}

async function bodyOf(c: Context): Promise<Body> {
  const text = await c.req.text();
  return c.req.header("content-type")?.startsWith("application/json")
    ? JSON.parse(text)
    : Object.fromEntries(new URLSearchParams(text));
}
