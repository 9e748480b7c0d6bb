import { defineResource } from "../core/resource.ts";

export const members = defineResource({
  path: "members",
  name: "Membership",
  about: "Which user may see which client, and as what. Without a client: the agency's people, for every client.",
  table: "integrations.memberships",
  scope: "admin",
  columns: { integer: "id", uuid: "user_id", text: "client role", timestamp: "created_at" },
  present: "id user_id role created_at",
  choices: { role: ["admin", "manager", "member", "viewer"] },
  reach: "all",
  filters: "user_id client",
  sorts: "id",
  read: "admin",
  write: "admin",
  create: "user_id client role",
  required: "user_id role",
  update: "role",
  delete: "row",
});
