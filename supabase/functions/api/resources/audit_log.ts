import { defineResource } from "../core/resource.ts";

export const auditLog = defineResource({
  path: "audit-log",
  name: "AuditEntry",
  about: "Who did what to the sensitive tables. It is only appended to.",
  table: "integrations.audit_log",
  scope: "admin",
  columns: { integer: "id", timestamp: "at", text: "actor action table_name", uuid: "tenant", json: "row_key old new" },
  present: "id at actor action",
  notes: {
    actor: "user:<id>, key:<id>, webhook:<endpoint>, cron:<job>, service:<name> or role:<login>.",
    old: "The columns that changed, as they were; a secret is shown as [secret].",
  },
  clientColumn: null,
  filters: "actor table_name tenant",
  sorts: "-at",
  read: "staff",
});
