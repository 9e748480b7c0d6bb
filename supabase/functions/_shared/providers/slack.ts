// Slack's Web API, as little of it as we use. Not @slack/web-api: that retries on its own, and a message that is posted
// again without a look at what became of the first try is posted twice.

import { z } from "zod";
import { GiveUp, RetryLater } from "../jobs.ts";
import { callProvider, NeedsPerson, providerUrl } from "./call.ts";

/** text and blocks, as chat.postMessage takes them. */
export type Content = Record<string, unknown>;

/** A message that Slack has. */
export interface Posted {
  ts: string;
  revision: number;
}

export interface Slack {
  /** Posts a message that carries our id and revision as metadata; answers its ts. */
  post(channel: string, content: Content, id: string, revision: number): Promise<string>;
  /** The message of ours with this id, if Slack has it in the channel since then (milliseconds). */
  find(channel: string, id: string, since: number): Promise<Posted | undefined>;
  update(channel: string, ts: string, content: Content): Promise<void>;
  /** Says something that only this user sees. */
  whisper(channel: string, user: string, text: string): Promise<void>;
  openView(triggerId: string, view: unknown): Promise<void>;
}

const eventType = "millrace_message";
const pageSize = 200;
/** 2,000 messages in one channel between two tries of one job: then a person should look. */
const mostPages = 10;

const Answer = z.looseObject({ ok: z.boolean(), error: z.string().optional(), needed: z.string().optional() });
const Message = z.looseObject({
  ts: z.string(),
  metadata: z.looseObject({
    event_type: z.string(),
    event_payload: z.looseObject({ id: z.string().optional(), revision: z.number().optional() }),
  }).optional(),
});
const PostAnswer = z.object({ ts: z.string() });
const History = z.object({
  messages: z.array(Message),
  response_metadata: z.object({ next_cursor: z.string() }).partial().nullish(),
});

/** What a person has to do about an error that repeating does not mend. */
const remedies: Record<string, string> = {
  invalid_auth: "Store a valid bot token",
  not_authed: "Store a valid bot token",
  token_revoked: "Install the app again and store its bot token",
  token_expired: "Install the app again and store its bot token",
  account_inactive: "Install the app again and store its bot token",
  missing_scope: "Give the app the scope it lacks and install it again",
  not_in_channel: "Invite the app to the channel",
  channel_not_found: "Correct the channel in integrations.slack_channels, or invite the app to it",
  is_archived: "Name another channel in integrations.slack_channels",
  restricted_action: "Let the app post to the channel",
};
const passing = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

/** The API with a bot token. */
export function createSlack(token: string, signal?: AbortSignal, timeoutMs?: number): Slack {
  async function call<T>(method: string, schema: z.ZodType<T>, ask: { body?: unknown; form?: Record<string, string> }) {
    const json = await callProvider({
      provider: "Slack",
      url: `${providerUrl("slack", "https://slack.com/api")}/${method}`,
      headers: { authorization: `Bearer ${token}` },
      schema: Answer,
      signal,
      timeoutMs,
      ...ask,
    });
    if (!json.ok) throw refusal(method, json);
    return schema.parse(json);
  }

  return {
    async post(channel, content, id, revision) {
      const metadata = { event_type: eventType, event_payload: { id, revision } };
      return (await call("chat.postMessage", PostAnswer, { body: { channel, ...content, metadata } })).ts;
    },
    async find(channel, id, since) {
      const oldest = String(since / 1000);
      let cursor = "";
      for (let page = 0; page < mostPages; page++) {
        const form = { channel, oldest, limit: String(pageSize), include_all_metadata: "true", cursor };
        const history = await call("conversations.history", History, { form });
        for (const { ts, metadata } of history.messages) {
          if (metadata?.event_type === eventType && metadata.event_payload.id === id) {
            return { ts, revision: metadata.event_payload.revision ?? 0 };
          }
        }
        cursor = history.response_metadata?.next_cursor ?? "";
        if (cursor === "") return undefined;
      }
      throw new GiveUp(
        `Slack has too many messages in ${channel} to tell whether ours is among them. Look, then retry.`,
      );
    },
    async update(channel, ts, content) {
      await call("chat.update", Answer, { body: { channel, ts, ...content } });
    },
    async whisper(channel, user, text) {
      await call("chat.postEphemeral", Answer, { body: { channel, user, text } });
    },
    async openView(triggerId, view) {
      await call("views.open", Answer, { body: { trigger_id: triggerId, view } });
    },
  };
}

function refusal(method: string, { error = "unknown_error", needed }: z.infer<typeof Answer>): Error {
  const said = `Slack ${method}: ${error}${needed ? ` (${needed})` : ""}`;
  if (error === "ratelimited" || error === "rate_limited") return new RetryLater(30, said);
  if (passing.has(error)) return new Error(said);
  const remedy = remedies[error];
  return remedy ? new NeedsPerson(`${said}. ${remedy}.`) : new GiveUp(said);
}
