import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

const outcome = z.object({ outcome: z.enum(["processed", "ignored", "failed", "dead"]) }).openapi("ReplayOutcome");

export const webhookEvents = defineResource({
  path: "webhook-events",
  name: "WebhookEvent",
  about: "The inbox of the providers' webhooks: every delivery once, with what became of it.",
  table: "integrations.webhook_inbox",
  scope: "webhooks",
  columns: {
    integer: "id endpoint_id attempts duplicate_count",
    text: "provider client event_type delivery_key status last_sqlstate last_error",
    json: "payload conflicting_payload",
    timestamp: "occurred_at received_at last_duplicate_at next_attempt_at",
  },
  present: "id endpoint_id attempts duplicate_count provider client event_type delivery_key status received_at",
  choices: { status: ["processed", "ignored", "failed", "dead"] },
  large: "payload conflicting_payload",
  reach: "all",
  customFilters: {
    status: {
      kind: "text",
      about: "Events that wait for another attempt (failed) or for a person (dead).",
      choices: ["failed", "dead"],
      index: "webhook_events_status_next_attempt_at_unhandled_idx",
      condition: (value) => `t.status = ${value} and t.status in ('failed', 'dead')`,
    },
  },
  sorts: "-id",
  read: "agency",
  verbs: [{
    path: "/{id}/replay",
    name: "replayWebhookEvent",
    about: "Have a failed, dead or ignored event handled now, with a corrected payload if given",
    right: "staff",
    body: z.strictObject({ payload: z.record(z.string(), z.unknown()).optional() }).openapi("Replay"),
    answer: outcome,
    run: async ({ id, input, query }) => {
      const payload = input.payload === undefined ? null : JSON.stringify(input.payload);
      const [row] = await query(
        "select integrations.request_replay($1::text::bigint, $2::text::jsonb) as outcome",
        [id!, payload],
      );
      return row;
    },
  }],
});
