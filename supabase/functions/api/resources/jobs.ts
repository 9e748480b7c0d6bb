import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

export const jobs = defineResource({
  path: "jobs",
  name: "Job",
  about: "Jobs that are dead, the last due first: they failed for good, with the reason in last_error.",
  table: "outbound.job_queue",
  scope: "jobs",
  columns: {
    uuid: "id",
    text: "queue_name job_type status last_error dedupe_key worker",
    object: "payload",
    integer: "attempts max_attempts priority",
    timestamp: "scheduled_at started_at completed_at created_at lease_expires_at",
  },
  present: "id queue_name job_type payload",
  notes: { status: "failed is dead." },
  clientColumn: null,
  large: "payload",
  sorts: "-scheduled_at",
  // The only state with an index in order of time; one job is found in any state.
  listWhere: "t.status = 'failed'",
  read: "agency",
  verbs: [{
    path: "/{id}/retry",
    name: "retryJob",
    about: "Have a dead job tried again, with all its attempts",
    right: "staff",
    answer: z.object({ outcome: z.literal("retried") }).openapi("RetryOutcome"),
    run: async ({ id, query }) => (await query("select outbound.request_retry($1::text::uuid) as outcome", [id!]))[0],
  }],
});
