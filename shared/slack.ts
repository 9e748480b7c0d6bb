// What Slack sends: buttons and views as the form field `payload`, slash commands as form fields, events as JSON.

import { z } from "zod";

/** Somebody did something. */
export interface SlackAct {
  kind: "click" | "view" | "command";
  workspaceId: string;
  /** Null where Slack does not say it. */
  appId: string | null;
  userId: string;
  /** What it is known by, however often it comes. */
  key: string;
  input: { approval?: string; decision?: string; reason?: string; channel?: string; text?: string };
  /** Opens a view within three seconds. */
  triggerId: string;
}

export type SlackRequest =
  | SlackAct
  /** Slack wants to know whether somebody listens. */
  | { kind: "probe" }
  | { kind: "challenge"; challenge: string }
  /** A view that was sent without what it asks for. */
  | { kind: "incomplete"; block: string; message: string }
  /** Something that Millrace does not act on. */
  | { kind: "other"; type: string };

const User = z.object({ id: z.string(), team_id: z.string().optional() });
const Interaction = z.object({
  type: z.string(),
  team: z.object({ id: z.string() }).nullish(),
  user: User,
  api_app_id: z.string(),
  trigger_id: z.string().default(""),
});
const Click = Interaction.extend({
  container: z.object({ channel_id: z.string().optional(), message_ts: z.string().optional() }),
  actions: z.array(z.object({ action_id: z.string(), action_ts: z.string(), value: z.string().optional() })).min(1),
});
const View = Interaction.extend({
  view: z.object({
    id: z.string(),
    hash: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))) }),
  }),
});
const Question = z.object({ approval: z.string(), decision: z.string() });
const Command = z.object({
  team_id: z.string(),
  api_app_id: z.string().nullable().default(null),
  user_id: z.string(),
  command: z.string(),
  text: z.string().default(""),
  trigger_id: z.string(),
});
const Event = z.object({ type: z.string(), challenge: z.string().optional() });

/** Understands a body. @throws ZodError or SyntaxError when it is nothing that Slack would send. */
export function readSlack(text: string, isJson: boolean): SlackRequest {
  if (isJson) return readEvent(JSON.parse(text));
  const form = new URLSearchParams(text);
  const payload = form.get("payload");
  if (payload !== null) return readInteraction(JSON.parse(payload));
  if (form.get("ssl_check") === "1") return { kind: "probe" };
  return readCommand(Object.fromEntries(form));
}

function readEvent(body: unknown): SlackRequest {
  const { type, challenge } = Event.parse(body);
  return type === "url_verification" ? { kind: "challenge", challenge: challenge ?? "" } : { kind: "other", type };
}

function readInteraction(body: unknown): SlackRequest {
  const { type } = Interaction.parse(body);
  if (type === "block_actions") return readClick(Click.parse(body));
  if (type === "view_submission") return readView(View.parse(body));
  return { kind: "other", type };
}

function readClick(body: z.infer<typeof Click>): SlackRequest {
  const { container, actions: [action] } = body;
  const [, decision] = /^decide:(.+)$/.exec(action!.action_id) ?? [];
  if (decision === undefined) return { kind: "other", type: action!.action_id };
  const act = actOf("click", body);
  return {
    ...act,
    key: ["click", act.workspaceId, container.channel_id, container.message_ts, action!.action_ts, act.userId].join(
      "|",
    ),
    input: { approval: action!.value, decision, channel: container.channel_id },
  };
}

function readView(body: z.infer<typeof View>): SlackRequest {
  const { view } = body;
  if (view.callback_id !== "decide") return { kind: "other", type: view.callback_id };
  const reason = view.state.values.reason?.text?.value?.trim();
  if (!reason) return { kind: "incomplete", block: "reason", message: "Please say why." };
  const { approval, decision } = Question.parse(JSON.parse(view.private_metadata));
  return { ...actOf("view", body), key: `view|${view.id}|${view.hash}`, input: { approval, decision, reason } };
}

function actOf(kind: "click" | "view", { team, user, api_app_id, trigger_id }: z.infer<typeof Interaction>) {
  const workspaceId = team?.id ?? user.team_id ?? "";
  return { kind, workspaceId, appId: api_app_id, userId: user.id, triggerId: trigger_id };
}

function readCommand(form: unknown): SlackRequest {
  const { team_id, api_app_id, user_id, text, trigger_id } = Command.parse(form);
  return {
    kind: "command",
    workspaceId: team_id,
    appId: api_app_id,
    userId: user_id,
    key: `command|${trigger_id}`,
    input: { text },
    triggerId: trigger_id,
  };
}
