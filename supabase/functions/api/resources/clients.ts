import { defineResource } from "../core/resource.ts";

export const clients = defineResource({
  path: "clients",
  name: "Client",
  about: "The agency's clients. A new one gets its tenant, project and team by itself.",
  table: 'public."Clients"',
  scope: "clients",
  columns: { text: "name website bison_workspace_id bison_url" },
  stored: {
    name: "Business",
    website: "Website",
    bison_workspace_id: "Client ID - Bison",
    bison_url: "App URL- Bison",
  },
  present: "name",
  notes: {
    name: "The value of `client` everywhere else.",
    bison_url: "The EmailBison instance, such as https://dedi.emailbison.com.",
  },
  key: "name",
  clientColumn: "Business",
  sorts: "name",
  write: "staff",
  create: "name website bison_workspace_id bison_url",
  required: "name",
  update: "website bison_workspace_id bison_url",
});

export const targets = defineResource({
  path: "targets",
  name: "Target",
  about: "What a client is promised a day: one row a client.",
  table: "public.client_targets",
  scope: "clients",
  columns: {
    integer: "id",
    text: "client",
    number: "emails_per_day prospects_per_day replies_per_day bounces_per_day meetings_per_day " +
      "interested_replies_per_day monthly_contract_value",
    timestamp: "created_at updated_at",
  },
  stored: { interested_replies_per_day: "interested_replies_per day" },
  present: "id client",
  notes: { bounces_per_day: "A ceiling; every other number is a goal." },
  sorts: "client",
  write: "staff",
  create: "client emails_per_day prospects_per_day replies_per_day bounces_per_day meetings_per_day " +
    "interested_replies_per_day monthly_contract_value",
  required: "client",
  update: "emails_per_day prospects_per_day replies_per_day bounces_per_day meetings_per_day " +
    "interested_replies_per_day monthly_contract_value",
  delete: "row",
});
