import { defineResource } from "../core/resource.ts";

export const schedules = defineResource({
  path: "schedules",
  name: "Schedule",
  about: "What runs by the clock: its last run, its last success, and how late the next one is.",
  table: "integrations.schedule_health",
  scope: "jobs",
  columns: {
    text: "job schedule last_outcome last_duration last_error late",
    object: "last_did",
    timestamp: "last_started_at last_success_at",
  },
  present: "job schedule",
  notes: { late: "How long the next success has been due; 00:00:00 when all is well." },
  key: "job",
  clientColumn: null,
  sorts: "job",
  read: "agency",
});
