import { defineResource } from "../core/resource.ts";

export const campaigns = defineResource({
  path: "campaigns",
  name: "Campaign",
  about: "Campaigns, as EmailBison names them.",
  table: 'public."Campaigns"',
  scope: "campaigns",
  columns: {
    uuid: "id",
    text: "campaign_id campaign_name client status",
    timestamp: "created_at last_event_at",
    list: "tags",
  },
  stored: { id: "uuid" },
  present: "id campaign_name created_at tags",
  notes: { campaign_id: "EmailBison's id, unique within the client." },
  filters: "campaign_id",
  sorts: "-created_at",
  write: "staff",
  update: "campaign_name status",
});

const counts = "emails_sent total_leads_contacted opened unique_opens_per_contact unique_replies_per_contact bounced " +
  "unsubscribed interested";
const shares = "opened_percentage unique_opens_per_contact_percentage unique_replies_per_contact_percentage " +
  "bounced_percentage unsubscribed_percentage interested_percentage";

export const campaignReports = defineResource({
  path: "campaigns/reporting",
  name: "CampaignReport",
  about: "A campaign's figures of one day, current to the last webhook. Days are the client's.",
  table: "public.campaign_reporting_current",
  scope: "campaigns",
  columns: {
    text: "client campaign_name",
    integer: "campaign_id",
    date: "date",
    number: `${counts} ${shares}`,
    list: "sequence_step_stats",
  },
  present: "client campaign_id date",
  key: "client campaign_id date",
  where: "t.campaign_id is not null",
  filters: "campaign_id",
  sorts: "-date",
  single: false,
});
