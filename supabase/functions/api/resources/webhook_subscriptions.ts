// Webhooks to customers: where their events go, and what came of each delivery.

import { randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { notAllowed } from "../core/problems.ts";
import { defineResource, type VerbCall } from "../core/resource.ts";

const wish = z.strictObject({
  client: z.string().min(1).max(1_000),
  name: z.string().min(1).max(200),
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  events: z.array(z.string().max(100)).min(1).max(100).openapi({
    description: "Types of the event catalogue, `lead.*`, or `*`.",
    example: ["lead.interested", "meeting.*"],
  }),
}).openapi("SubscriptionCreate");

const changes = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  url: wish.shape.url.optional(),
  events: wish.shape.events.optional(),
  active: z.boolean().optional().openapi({ description: "True also ends a disabling." }),
}).refine((body) => Object.keys(body).length > 0, "Name at least one column.").openapi("SubscriptionUpdate");

const replay = z.strictObject({
  event_ids: z.array(z.guid()).min(1).max(1_000).optional().openapi({ description: "These events." }),
  failed_since: z.iso.datetime({ offset: true }).optional().openapi({
    description: "All that were tried since then and never delivered.",
  }),
}).refine(({ event_ids, failed_since }) => (event_ids === undefined) !== (failed_since === undefined), {
  message: "Give event_ids or failed_since.",
}).openapi("DeliveryReplay");

const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

export const subscriptions = defineResource({
  path: "webhook-subscriptions",
  name: "Subscription",
  about: "Endpoints that are sent a client's events, signed as Standard Webhooks says.",
  table: "integrations.event_endpoints",
  scope: "webhooks",
  columns: {
    uuid: "id",
    text: "kind client name url disabled_reason",
    texts: "events",
    boolean: "active",
    timestamp: "failing_since disabled_at last_triggered_at created_at",
  },
  present: "id kind url",
  notes: { disabled_at: "It was switched off by itself: it answered 410, or failed for days." },
  reach: "all",
  sorts: "id",
  verbs: [
    {
      path: "",
      name: "createSubscription",
      about: "Subscribe a URL to events; the signing secret is shown this once",
      right: "staff",
      body: wish,
      status: 201,
      answer: z.object({ id: z.guid(), secret: z.string() }).openapi("NewSubscription"),
      secret: true,
      run: subscribe,
    },
    {
      path: "/{id}",
      method: "patch",
      name: "updateSubscription",
      about: "Change a subscription, or switch it on or off",
      right: "staff",
      body: changes,
      answer: "row",
      run: change,
    },
    {
      path: "/{id}",
      method: "delete",
      name: "deleteSubscription",
      about: "End a subscription",
      right: "staff",
      answer: z.object({ outcome: z.literal("deleted") }).openapi("DeleteOutcome"),
      run: async (call) => {
        await write(
          call,
          `update shared.webhook_subscriptions set active = false, deleted_at = private.clock()
           where id = $1::text::uuid and deleted_at is null returning id`,
          [],
          "delete from outbound.webhooks where id = $1::text::uuid returning id",
          [],
        );
        return { outcome: "deleted" };
      },
    },
    {
      path: "/{id}/rotate-secret",
      name: "rotateSubscriptionSecret",
      about: "Get a new signing secret, shown this once; the old one signs beside it for 24 hours",
      right: "staff",
      answer: z.object({ secret: z.string() }).openapi("NewSecret"),
      secret: true,
      run: async ({ id, query, seal, row }) => {
        await row(id!);
        const secret = newSecret();
        await query("select integrations.rotate_endpoint_secret($1::text::uuid, $2::text)", [id!, await seal(secret)]);
        return { secret };
      },
    },
    {
      path: "/{id}/replay",
      name: "replayDeliveries",
      about: "Have events delivered again, now",
      right: "staff",
      body: replay,
      answer: z.object({ replayed: z.int() }).openapi("ReplayedDeliveries"),
      run: async ({ id, input, query, row }) => {
        await row(id!);
        const { event_ids, failed_since } = input as z.infer<typeof replay>;
        const [answer] = event_ids
          ? await query(
            `select integrations.replay_deliveries(
              $1::text::uuid, array(select jsonb_array_elements_text($2::text::jsonb)::uuid)
            ) as replayed`,
            [id!, JSON.stringify(event_ids)],
          )
          : await query(
            "select integrations.replay_failed_deliveries($1::text::uuid, $2::text::timestamptz) as replayed",
            [id!, failed_since!],
          );
        return answer;
      },
    },
  ],
});

async function subscribe({ input, query, seal }: VerbCall): Promise<unknown> {
  const { client, name, url, events } = input as z.infer<typeof wish>;
  const secret = newSecret();
  const [made] = await query<{ id: string }>(
    `insert into shared.webhook_subscriptions (tenant_id, name, url, events, secret)
     select t.tenant_id, $2::text, $3::text, array(select jsonb_array_elements_text($4::text::jsonb)), $5::text
     from integrations.tenants t
     where t.business = $1::text
     returning id`,
    [client, name, url, JSON.stringify(events), await seal(secret)],
  );
  if (!made) throw notAllowed();
  return { id: made.id, secret };
}

async function change(call: VerbCall): Promise<unknown> {
  const { name, url, events, active } = call.input as z.infer<typeof changes>;
  const common = `
    url = coalesce($2::text, url),
    events = case when $3::text is null then events else array(select jsonb_array_elements_text($3::text::jsonb)) end,
    active = coalesce($4::text::boolean, active)`;
  const args = [url ?? null, events ? JSON.stringify(events) : null, active === undefined ? null : `${active}`];
  await write(
    call,
    `update shared.webhook_subscriptions set ${common}, name = coalesce($5::text, name)
     where id = $1::text::uuid and deleted_at is null returning id`,
    [...args, name ?? null],
    `update outbound.webhooks set ${common} where id = $1::text::uuid returning id`,
    args,
  );
  return await call.row(call.id!);
}

type Arguments = (string | null)[];

/** The endpoint is in one of two tables. */
async function write(
  { id, query, row }: VerbCall,
  subscription: string,
  subscriptionArgs: Arguments,
  webhook: string,
  webhookArgs: Arguments,
): Promise<void> {
  if ((await query(subscription, [id!, ...subscriptionArgs])).length) return;
  if ((await query(webhook, [id!, ...webhookArgs])).length) return;
  await row(id!);
  throw notAllowed();
}

export const deliveries = defineResource({
  path: "webhook-deliveries",
  name: "Delivery",
  about: "Each attempt to deliver an event to an endpoint, for 30 days.",
  table: "integrations.delivery_attempts",
  scope: "webhooks",
  columns: {
    uuid: "id endpoint_id event_id",
    text: "event response_body error_message",
    integer: "attempt response_status response_time_ms",
    boolean: "success",
    object: "payload",
    timestamp: "created_at",
  },
  present: "id endpoint_id event_id event attempt payload",
  large: "payload",
  clientColumn: null,
  filters: "endpoint_id",
  sorts: "-created_at",
});
