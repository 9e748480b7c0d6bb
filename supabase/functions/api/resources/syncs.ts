import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

export const syncs = defineResource({
  path: "syncs",
  name: "Sync",
  about: "Lists that are read from a client's EmailBison: how far each has come, and what keeps it.",
  table: "integrations.sync_cursors",
  scope: "jobs",
  columns: {
    uuid: "id",
    text: "client resource scope state last_error",
    integer: "pages rows found total pass",
    timestamp: "done_until since started_at finished_at created_at",
  },
  present: "id client resource scope state pages rows found pass created_at",
  choices: { state: ["idle", "running", "blocked"] },
  notes: {
    scope: "What of the resource, such as one campaign; blank: all.",
    done_until: "Everything that EmailBison had then is stored.",
    found: "Of events: how many had not come by webhook.",
    last_error: "Of a blocked list: what a person must do.",
  },
  sorts: "resource",
  verbs: [{
    path: "/{id}/start",
    name: "startSync",
    about: "Have a list read now",
    right: "staff",
    answer: z.object({ outcome: z.enum(["started", "running", "off"]) }).openapi("SyncOutcome"),
    run: async ({ id, query }) =>
      (await query("select integrations.request_sync($1::text::uuid) as outcome", [id!]))[0],
  }],
});
