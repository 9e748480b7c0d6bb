// The thresholds of the rules, and where a client has its own.

import { defineResource } from "../core/resource.ts";

export const settings = defineResource({
  path: "settings",
  name: "Setting",
  about: "The thresholds of every rule, each with its unit and its bounds. A value outside them is refused.",
  table: "integrations.settings",
  scope: "settings",
  key: "name",
  clientColumn: null,
  columns: { text: "name unit meaning", number: "value lowest highest", timestamp: "updated_at" },
  present: "name unit meaning value lowest highest updated_at",
  sorts: "name",
  read: "agency",
  write: "staff",
  update: "value",
});

export const clientSettings = defineResource({
  path: "client-settings",
  name: "ClientSetting",
  about: "Where a client's threshold differs from the general one. Without its row, the general one holds again.",
  table: "integrations.client_settings",
  scope: "settings",
  key: "client name",
  columns: { text: "client name", number: "value", timestamp: "updated_at" },
  present: "client name value updated_at",
  notes: { name: "Of a setting.", value: "Within the bounds of the setting." },
  sorts: "name",
  write: "staff",
  create: "client name value",
  required: "client name value",
  update: "value",
  delete: "row",
});
