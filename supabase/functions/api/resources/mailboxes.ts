// Inboxes, their sets, health and figures; orders of mailboxes at the providers, and the agency's accounts there.

import { z } from "@hono/zod-openapi";
import { defineResource, type VerbCall } from "../core/resource.ts";

const counts = "emails_sent_count total_replied_count total_opened_count unique_replied_count unique_opened_count " +
  "total_leads_contacted_count interested_leads_count bounced_count unsubscribed_count";
const recommendations = ["keep", "watch", "rotate", "cancel"];
const providers = ["missioninbox", "inboxkit"] as const;

export const inboxes = defineResource({
  path: "inboxes",
  name: "Inbox",
  about: "Mailboxes that send, as EmailBison has them, with their totals (a few seconds behind) and their last check.",
  table: "public.inboxes",
  scope: "inboxes",
  columns: {
    integer: `id bison_inbox_id daily_limit warmup_days health_score ${counts}`,
    text:
      "client name email domain type status lifecycle_status assigned_campaign_id provider_inbox_id recommendation " +
      "warmup_disabled_reason",
    uuid: "inbox_set_id",
    number: "warmup_reputation deliverability_score",
    boolean: "warmup_enabled",
    date: "renewal_date",
    timestamp:
      "warmup_started_at warmup_disabled_at disconnected_at removed_at last_health_check ordered_at created_at " +
      "updated_at",
    list: "tags",
  },
  present: "id bison_inbox_id name email",
  choices: { recommendation: recommendations },
  notes: { bison_inbox_id: "EmailBison's id, unique within the client." },
  filters: "inbox_set_id",
  sorts: "-created_at",
});

const moved = z.object({ status: z.string() }).openapi("InboxSetMove");
const move = (to: string) => async ({ id, input, query }: VerbCall) =>
  (await query("select public.move_inbox_set($1::text::uuid, $2::text, $3::text) as status", [
    id!,
    to,
    (input.campaign_id as string | undefined) ?? null,
  ]))[0];
const moveVerb = (path: string, name: string, about: string, to: string) => ({
  path: `/{id}/${path}`,
  name,
  about,
  right: "staff" as const,
  answer: moved,
  run: move(to),
});

const setWork = "name domain quantity warmup_target_days notes tags";

export const inboxSets = defineResource({
  path: "inbox-sets",
  name: "InboxSet",
  about: "Inboxes that were ordered together: ordered, warming, ready, deployed, paused, archived.",
  table: "public.inbox_sets",
  scope: "inboxes",
  columns: {
    uuid: "id",
    text: "name client provider domain status notes",
    integer: "quantity connected_count warmup_target_days",
    number: "avg_warmup_reputation avg_deliverability_score",
    timestamp: "ordered_at warmup_started_at ready_at deployed_at paused_at archived_at created_at updated_at",
    list: "tags",
  },
  present: "id name client quantity",
  choices: {
    provider: ["google", "microsoft", "smtp"],
    status: ["ordered", "warming", "ready", "deployed", "paused", "archived"],
  },
  filters: "status",
  sorts: "-created_at",
  write: "staff",
  create: `client provider ${setWork}`,
  required: "client name",
  update: setWork,
  verbs: [
    {
      ...moveVerb("deploy", "deployInboxSet", "Let a ready set send, for a campaign if one is named", "deployed"),
      body: z.strictObject({ campaign_id: z.string().max(100).optional() }).openapi("InboxSetDeploy"),
    },
    moveVerb("pause", "pauseInboxSet", "Stop a set for a while", "paused"),
    moveVerb("resume", "resumeInboxSet", "Take a set up where it was paused", "resumed"),
    moveVerb("archive", "archiveInboxSet", "Put a set away for good", "archived"),
  ],
});

const tagging = z.strictObject({
  inboxes: z.array(z.int()).min(1).max(1_000).openapi({ description: "`id` of inboxes of the tag's client." }),
}).openapi("InboxTagging");
const tagVerb = (path: string, name: string, about: string, attach: boolean) => ({
  path: `/{id}/${path}`,
  name,
  about,
  right: "staff" as const,
  body: tagging,
  answer: z.object({ changed: z.int() }).openapi("InboxTagged"),
  run: async ({ id, input, query }: VerbCall) =>
    (await query(
      "select public.tag_inboxes($1::text::uuid, array(select jsonb_array_elements_text($2::text::jsonb)::bigint), " +
        "$3::text::boolean) as changed",
      [id!, JSON.stringify(input.inboxes), String(attach)],
    ))[0],
});

export const inboxTags = defineResource({
  path: "inbox-tags",
  name: "InboxTag",
  about: "Tags of inboxes, the same here and in EmailBison.",
  table: "public.inbox_tags",
  scope: "inboxes",
  columns: {
    uuid: "id",
    integer: "bison_tag_id inbox_count",
    text: "name client",
    boolean: "is_default",
    timestamp: "synced_at created_at updated_at",
  },
  present: "id bison_tag_id name client",
  sorts: "bison_tag_id",
  verbs: [
    tagVerb("attach", "attachInboxTag", "Put a tag on inboxes; a job tells EmailBison", true),
    tagVerb("remove", "removeInboxTag", "Take a tag off inboxes; a job tells EmailBison", false),
  ],
});

export const inboxHealthChecks = defineResource({
  path: "inbox-health-checks",
  name: "InboxHealthCheck",
  about: "The daily verdict on each inbox. The rules are in docs/mailboxes.md, their thresholds are settings.",
  table: "public.inbox_health_checks",
  scope: "inboxes",
  columns: {
    uuid: "id",
    text: "inbox_email inbox_id domain client recommendation",
    texts: "reasons",
    integer: "sent_count reply_count bounce_count spam_count health_score",
    number: "reply_rate bounce_rate spam_rate",
    date: "checked_on",
    timestamp: "checked_at created_at",
  },
  present: "id inbox_email domain client reasons",
  choices: { recommendation: recommendations },
  notes: { inbox_id: "bison_inbox_id of the inbox." },
  filters: "recommendation inbox_id",
  sorts: "-checked_at",
});

export const inboxAnalytics = defineResource({
  path: "inbox-analytics",
  name: "InboxDay",
  about: "An inbox on one day of its client's calendar, counted from the facts or as its provider says.",
  table: "public.inbox_analytics",
  scope: "inboxes",
  columns: {
    uuid: "id",
    integer: "inbox_id emails_sent replies_received bounce_count warmup_sent warmup_spam",
    text: "client provider",
    number: "bounce_rate deliverability_score",
    date: "date",
    timestamp: "created_at",
  },
  present: "id date warmup_sent warmup_spam",
  choices: { provider: ["missioninbox", "inboxkit", "bison"] },
  notes: { inbox_id: "bison_inbox_id of the inbox." },
  filters: "inbox_id",
  sorts: "-date",
});

const draft = z.strictObject({
  client: z.string().min(1).max(1_000),
  provider: z.enum(providers),
  domains: z.array(z.string().min(3).max(253)).min(1).max(500),
  names: z.array(z.strictObject({ first_name: z.string().max(100), last_name: z.string().max(100) })).min(1).max(500),
  per_domain: z.int().min(1).max(50).default(3),
  platform: z.enum(["google", "microsoft", "smtp"]).optional().openapi({
    description: "InboxKit: google (unless told) or microsoft; MissionInbox: smtp.",
  }),
  notes: z.string().max(20_000).optional(),
}).openapi("ProviderOrderDraft");

const stepped = z.object({ status: z.string() }).openapi("ProviderOrderStep");
const step = (path: string, about: string) => ({
  path: `/{id}/${path}`,
  name: `${path}ProviderOrder`,
  about,
  right: "staff" as const,
  answer: stepped,
  run: async ({ id, query }: VerbCall) =>
    (await query(`select public.${path}_mailbox_order($1::text::uuid) as status`, [id!]))[0],
});

export const providerOrders = defineResource({
  path: "provider-orders",
  name: "ProviderOrder",
  about: "Orders of mailboxes: draft, exported (csv_data to look at), submitted, processing, completed or failed.",
  table: "public.provider_orders",
  scope: "inboxes",
  columns: {
    uuid: "id",
    text: "order_ref provider order_type client csv_data status notes failed_step failure_reason",
    integer: "quantity",
    boolean: "milestone_30d_notified milestone_60d_notified milestone_90d_notified renewal_notified",
    date: "renewal_date",
    timestamp: "exported_at submitted_at completed_at activated_at cancelled_at failed_at created_at updated_at",
    list: "domains",
    object: "mailbox_config",
  },
  present: "id provider order_type client quantity",
  choices: {
    provider: providers,
    order_type: ["domains", "mailboxes", "both"],
    status: ["draft", "exported", "submitted", "processing", "completed", "failed"],
    failed_step: ["submit", "process", "canceled"],
  },
  large: "csv_data",
  filters: "status",
  sorts: "-created_at",
  write: "staff",
  update: "notes renewal_date",
  verbs: [
    {
      path: "",
      name: "draftProviderOrder",
      about: "Plan mailboxes: nothing is ordered yet",
      right: "staff",
      body: draft,
      status: 201,
      answer: "row",
      run: async ({ input, query, row }) => {
        const { client, provider, domains, names, per_domain, platform, notes } = input as z.infer<typeof draft>;
        const [made] = await query<{ id: string }>(
          `select public.draft_mailbox_order(
            $1::text, $2::text, array(select jsonb_array_elements_text($3::text::jsonb)), $4::text::jsonb,
            $5::text::integer, $6::text, $7::text
          ) as id`,
          [
            client,
            provider,
            JSON.stringify(domains),
            JSON.stringify(names),
            String(per_domain),
            platform ?? null,
            notes ?? null,
          ],
        );
        return await row(made!.id);
      },
    },
    step("export", "Write csv_data, to be looked at before money is spent"),
    step("submit", "Order what was exported; jobs do it, and a repetition orders nothing"),
    step("retry", "Take up an order that failed, once its cause is mended"),
    {
      ...step("cancel", "Cancel an order: before it is submitted, or all its mailboxes afterwards"),
      body: z.strictObject({ reason: z.string().max(1_000).optional() }).openapi("ProviderOrderCancel"),
      run: async ({ id, input, query }) =>
        (await query("select public.cancel_mailbox_order($1::text::uuid, $2::text) as status", [
          id!,
          (input.reason as string | undefined) ?? null,
        ]))[0],
    },
  ],
});

export const inboxOrders = defineResource({
  path: "inbox-orders",
  name: "InboxOrder",
  about: "The part of an order that is about one domain: one request to the provider, and one inbox set.",
  table: "public.inbox_orders",
  scope: "inboxes",
  columns: {
    uuid: "id order_id inbox_set_id",
    text: "order_number provider client domain status provider_order_id failed_step failure_reason",
    integer: "quantity inboxes_created",
    number: "total_cost",
    object: "order_data",
    timestamp: "submitted_at next_look_at created_at updated_at completed_at",
  },
  present: "id order_number provider quantity status",
  choices: { provider: providers, status: ["pending", "processing", "completed", "failed"] },
  filters: "order_id",
  sorts: "-created_at",
});

export const orderedMailboxes = defineResource({
  path: "ordered-mailboxes",
  name: "OrderedMailbox",
  about: "The mailboxes of an order. Once EmailBison knows one, it is an inbox of the same address.",
  table: "public.ordered_mailboxes",
  scope: "inboxes",
  columns: {
    uuid: "id order_id inbox_order_id",
    text: "client provider domain email username first_name last_name platform status provider_uid",
    date: "renewal_date",
    timestamp: "created_at updated_at",
  },
  present:
    "id order_id client provider domain email username first_name last_name platform status created_at updated_at",
  choices: {
    provider: providers,
    platform: ["google", "microsoft", "smtp"],
    status: ["planned", "ordered", "active", "failed", "canceling", "canceled"],
  },
  filters: "order_id",
  sorts: "-created_at",
});

const account = z.strictObject({
  provider_name: z.enum(providers),
  api_key: z.string().min(1).max(10_000).openapi({ description: "It is sealed before it is stored." }),
  workspace_id: z.string().max(200).optional().openapi({
    description: "InboxKit: the workspace. MissionInbox: the project that new mailboxes belong to.",
  }),
  rate_limit_per_minute: z.int().min(1).max(100_000).optional(),
}).openapi("InboxProviderConnect");

export const inboxProviders = defineResource({
  path: "inbox-providers",
  name: "InboxProvider",
  about: "The agency's accounts at those who make mailboxes. Keys go in, and are never shown.",
  table: "public.inbox_providers",
  scope: "admin",
  columns: {
    uuid: "id",
    text: "provider_name workspace_id",
    boolean: "is_active",
    integer: "rate_limit_per_minute",
    timestamp: "last_sync_at created_at updated_at",
  },
  present: "id provider_name",
  choices: { provider_name: providers },
  clientColumn: null,
  sorts: "provider_name",
  read: "agency",
  write: "staff",
  update: "workspace_id is_active rate_limit_per_minute",
  verbs: [{
    path: "",
    name: "connectInboxProvider",
    about: "Add an account, or give the one that is there a new key",
    right: "staff",
    body: account,
    status: 201,
    answer: "row",
    run: async ({ input, query, seal, row }) => {
      const { provider_name, api_key, workspace_id, rate_limit_per_minute } = input as z.infer<typeof account>;
      const [made] = await query<{ id: string }>(
        "select public.connect_inbox_provider($1::text, $2::text, $3::text, $4::text::integer) as id",
        [provider_name, await seal(api_key), workspace_id ?? null, rate_limit_per_minute?.toString() ?? null],
      );
      return await row(made!.id);
    },
  }],
});
