import { defineResource } from "../core/resource.ts";
import { personFilter } from "./person.ts";

export const leads = defineResource({
  path: "leads",
  name: "Lead",
  about: "A person in a campaign, and what came of it.",
  table: "public.all_leads",
  scope: "leads",
  columns: {
    uuid: "id",
    text: "email campaign_id client first_name last_name full_name campaign_name job_title seniority_level company " +
      "company_domain company_linkedin industry company_size annual_revenue company_hq_city company_hq_state " +
      "company_hq_country business_model funding_stage tech_stack growth_score profile_url status",
    timestamp: "created_time first_reply_date engaged_date booked_date first_contacted_at first_opened_at bounced_at " +
      "unsubscribed_at last_event_at",
    integer: "lead_id year_founded emails_sent replies unique_replies opens unique_opens bounces",
    boolean: "is_hiring replied engaged meeting_booked",
    object: "custom_variables_jsonb",
    list: "tags",
  },
  present: "id email campaign_id client tags",
  notes: { lead_id: "EmailBison's id; the same person has it in every campaign of the workspace." },
  large: "custom_variables_jsonb",
  filters: "campaign_id",
  customFilters: {
    email: personFilter("all_leads", "all_leads_client_email_idx"),
    lead_id: {
      kind: "integer",
      about: "EmailBison's id.",
      index: "all_leads_client_lead_id_idx",
      condition: (value) => `t.id = any((select private.ids_of_lead(${value}::numeric))::uuid[])`,
      finds: true,
    },
  },
  sorts: "-created_time",
});

export const replies = defineResource({
  path: "replies",
  name: "Reply",
  about: "Replies that people sent. Bounces and our own mails are none.",
  table: "public.replies",
  scope: "leads",
  columns: {
    integer: "reply_id lead_id campaign_id sequence_step_order sequence_step_id bison_inbox_id parent_id",
    text: "instance_url type subject category text_body html_body from_email from_name primary_to_email client " +
      "sequence_step_variant message_id folder lead_email",
    date: "date_received",
    timestamp: "received_at interested_at created_at updated_at",
    boolean: "interested automated",
  },
  present: "reply_id instance_url interested automated",
  notes: { category: "Interested, Not Interested, OOO, Referral, Unsubscribe or another word." },
  key: "instance_url reply_id",
  large: "text_body html_body",
  filters: "campaign_id",
  customFilters: {
    email: {
      kind: "text",
      about: "The person who wrote it, in any case.",
      index: "replies_client_person_idx",
      condition: (value) => `t.ctid = any((select private.replies_of_person(${value}))::tid[])`,
      finds: true,
    },
  },
  sorts: "-received_at",
  write: "staff",
  update: "category",
});
