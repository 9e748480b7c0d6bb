import { z } from "zod";
import { defineJob, type JobContext } from "../../_shared/jobs.ts";
import { NeedsPerson } from "../../_shared/providers/call.ts";
import { type Content, createSlack, type Slack } from "../../_shared/providers/slack.ts";

interface Posting {
  outcome: "post" | "look_up" | "posted" | "gone" | "not_connected";
  channel: string;
  content: Content;
  revision: number;
  sending_since: Date;
  bot_token: string | null;
}

interface Update {
  outcome: "update" | "current" | "gone" | "not_connected";
  channel: string;
  ts: string;
  content: Content;
  revision: number;
  bot_token: string | null;
}

/** Clocks differ: a message that was posted may be older for Slack than its posting is for us. */
const clockSlack = 120_000;

const Payload = z.object({ message: z.guid(), channel: z.string().optional() });

/** Posts a message once: a try whose outcome nobody knows is looked up in the channel before the next. */
export const postSlackMessage = defineJob({
  type: "post_slack_message",
  payload: Payload,
  async run({ message }, context) {
    const { sql } = context;
    const [posting] = await sql<[Posting]>`
      select outcome, channel, content, revision, sending_since, bot_token
      from integrations.start_slack_message(${message})`;
    const { outcome, channel, content, revision } = posting;
    if (outcome === "posted" || outcome === "gone") return;
    const slack = await connect(posting.bot_token, context);
    const found = outcome === "look_up"
      ? await slack.find(channel, message, posting.sending_since.getTime() - clockSlack)
      : undefined;
    const posted = found ?? { ts: await slack.post(channel, content, message, revision), revision };
    await sql`select integrations.finish_slack_message(${message}, ${posted.ts}, ${posted.revision})`;
  },
});

/** Has a posted message show its present content. */
export const updateSlackMessage = defineJob({
  type: "update_slack_message",
  payload: Payload,
  async run({ message }, context) {
    const { sql } = context;
    const [update] = await sql<[Update]>`
      select outcome, channel, ts, content, revision, bot_token from integrations.get_slack_update(${message})`;
    const { outcome, channel, ts, content, revision } = update;
    if (outcome === "current" || outcome === "gone") return;
    const slack = await connect(update.bot_token, context);
    await slack.update(channel, ts, content);
    await sql`select integrations.finish_slack_update(${message}, ${revision})`;
  },
});

/** Tells one person something in a channel. */
export const whisperSlackMessage = defineJob({
  type: "whisper_slack_message",
  payload: z.object({ channel: z.string(), user: z.string(), text: z.string() }),
  async run({ channel, user, text }, context) {
    const [{ token }] = await context.sql<[{ token: string | null }]>`select integrations.slack_bot_token() as token`;
    await (await connect(token, context)).whisper(channel, user, text);
  },
});

async function connect(sealed: string | null, { secrets, signal }: JobContext): Promise<Slack> {
  if (sealed === null) throw new NeedsPerson("Slack is not connected. Add a workspace, then retry this job.");
  return createSlack(await secrets.open(sealed), signal);
}
