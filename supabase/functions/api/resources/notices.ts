// What people are told, what they decide, and where in Slack.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

export const notices = defineResource({
  path: "notices",
  name: "Notice",
  about: "What people were told, once each; with or without a message in Slack.",
  table: "integrations.notices",
  scope: "notices",
  columns: { uuid: "id message_id", text: "kind client dedupe_key text", object: "details", timestamp: "created_at" },
  present: "id kind dedupe_key text details created_at",
  reach: "either",
  filters: "client kind",
  sorts: "-created_at",
});

export const noticeKinds = defineResource({
  path: "notice-kinds",
  name: "NoticeKind",
  about: "The kinds of notices. Of one that is not enabled, notices are kept and not posted.",
  table: "integrations.notice_kinds",
  scope: "notices",
  key: "kind",
  clientColumn: null,
  columns: { text: "kind description severity", boolean: "enabled" },
  present: "kind description severity enabled",
  choices: { severity: ["info", "warning", "urgent"] },
  reach: "all",
  sorts: "kind",
  read: "agency",
  write: "staff",
  update: "enabled severity",
});

export const approvals = defineResource({
  path: "approvals",
  name: "Approval",
  about: "What waits for a decision, and what was decided by whom, in Slack or here.",
  table: "integrations.approvals",
  scope: "approvals",
  columns: {
    uuid: "id subject_id message_id",
    text: "kind client title status decision decided_by reason result progress",
    object: "details",
    timestamp: "decided_at created_at updated_at",
  },
  present: "id subject_id kind title status details created_at updated_at",
  choices: { status: ["open", "decided", "withdrawn"] },
  notes: {
    details: "choices: what can be decided; without it approved or rejected.",
    decided_by: "slack:<id>, user:<id> or key:<id>.",
    progress: "What became of it since.",
  },
  reach: "either",
  filters: "client status",
  sorts: "-created_at",
  verbs: [{
    path: "/{id}/decide",
    name: "decideApproval",
    about: "Decide, unless somebody else has; the answer says who",
    right: "staff",
    body: z.strictObject({
      decision: z.string().min(1).max(100),
      reason: z.string().max(1_000).optional(),
    }).openapi("Decision"),
    answer: z.object({
      outcome: z.enum(["decided", "already_decided", "unknown", "not_allowed"]),
      decided_by: z.string().nullable(),
      message: z.string(),
    }).openapi("DecisionOutcome"),
    run: async ({ id, input, query }) => {
      const [row] = await query(
        "select outcome, decided_by, message from integrations.decide($1::text::uuid, $2::text, $3::text)",
        [id!, input.decision as string, (input.reason as string | undefined) ?? null],
      );
      return row;
    },
  }],
});

const workspace = z.strictObject({
  workspace_id: z.string().regex(/^T[A-Z0-9]+$/),
  app_id: z.string().regex(/^A[A-Z0-9]+$/),
  name: z.string().min(1).max(200),
  bot_token: z.string().min(1).max(500),
  signing_secret: z.string().min(1).max(500),
}).openapi("SlackConnect");

export const slackWorkspaces = defineResource({
  path: "slack-workspaces",
  name: "SlackWorkspace",
  about: "The agency's Slack workspace and our app in it. Token and secret are written, never read.",
  table: "integrations.slack_workspaces",
  scope: "admin",
  key: "workspace_id",
  clientColumn: null,
  columns: {
    text: "workspace_id app_id name",
    boolean: "is_active",
    timestamp: "created_at updated_at",
  },
  present: "workspace_id app_id name is_active created_at updated_at",
  reach: "all",
  sorts: "workspace_id",
  read: "agency",
  verbs: [{
    path: "",
    name: "connectSlack",
    about: "Connect a workspace, or give it a new token and signing secret",
    right: "admin",
    body: workspace,
    answer: "row",
    run: async ({ input, query, seal, row }) => {
      const { workspace_id, app_id, name, bot_token, signing_secret } = input as z.infer<typeof workspace>;
      const [made] = await query<{ id: string }>(
        "select integrations.connect_slack($1::text, $2::text, $3::text, $4::text, $5::text) as id",
        [workspace_id, app_id, name, await seal(bot_token), await seal(signing_secret)],
      );
      return await row(made!.id);
    },
  }],
});

export const slackUsers = defineResource({
  path: "slack-users",
  name: "SlackUser",
  about: "Who may use Millrace in Slack, and who may decide there.",
  table: "integrations.slack_users",
  scope: "admin",
  key: "slack_id",
  clientColumn: null,
  columns: {
    text: "slack_id name",
    uuid: "user_id",
    boolean: "may_decide is_active",
    timestamp: "created_at updated_at",
  },
  present: "slack_id name may_decide is_active created_at updated_at",
  reach: "all",
  sorts: "-created_at",
  read: "agency",
  write: "staff",
  create: "slack_id name user_id may_decide",
  update: "name user_id may_decide is_active",
  required: "slack_id name",
});

export const slackChannels = defineResource({
  path: "slack-channels",
  name: "SlackChannel",
  about: "Where what is posted: of a kind, of a client, of both, or all the rest.",
  table: "integrations.slack_channels",
  scope: "notices",
  columns: { integer: "id", text: "kind client channel", timestamp: "created_at" },
  present: "id channel created_at",
  notes: { kind: "Of a notice or an approval; null: every kind.", client: "Null: every client." },
  reach: "either",
  sorts: "-created_at",
  write: "staff",
  create: "kind client channel",
  update: "channel",
  required: "channel",
  delete: "row",
});
