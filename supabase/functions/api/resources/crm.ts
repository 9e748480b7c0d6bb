// Contacts, deals, notes, tasks and tags. Members of a client write what is theirs.

import { defineResource } from "../core/resource.ts";
import { personFilter } from "./person.ts";

const author = { created_by: "coalesce(auth.jwt() ->> 'email', auth.jwt() ->> 'sub')" };

const person = "first_name last_name email phone lead_phone avatar_url title job_title seniority_level department " +
  "linkedin_url profile_url";
const company = "company_name company_domain company_linkedin company_phone company_website company_size " +
  "company_industry annual_revenue company_hq_city company_hq_state company_hq_country business_model funding_stage " +
  "growth_score company_logo_url company_address company_postal_code company_sector";
const contactWork = "stage context assignee notes background";

export const contacts = defineResource({
  path: "crm/contacts",
  name: "Contact",
  about: "People in a client's CRM. Engaged leads arrive here by themselves.",
  table: "public.crm_contacts",
  scope: "crm",
  columns: {
    uuid: "id company_id",
    text: `client ${person} full_name ${company} ${contactWork} status meeting_link rescheduling_link lead_source ` +
      "campaign_name campaign_id created_by",
    texts: "tech_stack additional_emails",
    integer: "year_founded num_locations",
    number: "epv",
    boolean: "is_hiring",
    timestamp: "next_touch last_contacted_at meeting_date created_at updated_at last_event_at",
    list: "tags",
    object: "custom_variables_jsonb pipeline_progress",
  },
  present: "id client",
  choices: { status: ["cold", "warm", "hot", "in-contract", "customer", "inactive"] },
  notes: {
    additional_emails:
      "Lower case. An address that you correct stays here: its leads mean this contact, the filter email finds it.",
  },
  large: "custom_variables_jsonb",
  filters: "status",
  customFilters: { email: personFilter("crm_contacts", "crm_contacts_client_email_key") },
  sorts: "-created_at",
  where: "t.deleted_at is null",
  write: "member",
  create:
    `client ${person} additional_emails ${company} ${contactWork} status epv next_touch tags tech_stack lead_source`,
  required: "client",
  update:
    `${person} additional_emails ${company} ${contactWork} status epv next_touch tags tech_stack last_contacted_at`,
  onCreate: author,
  delete: "mark",
});

const dealColumns = "name description stage amount currency probability expected_close_date close_reason owner_id " +
  "index tags";

export const deals = defineResource({
  path: "crm/deals",
  name: "Deal",
  about: "Opportunities. The stage sets probability and closing day, and is recorded.",
  table: "public.crm_deals",
  scope: "crm",
  columns: {
    uuid: "id contact_id",
    text: "client name description stage currency close_reason owner_id created_by",
    number: "amount",
    integer: "probability index",
    date: "expected_close_date actual_close_date",
    timestamp: "created_at updated_at",
    list: "tags",
  },
  present: "id client name",
  choices: { stage: ["lead", "qualification", "discovery", "demo", "proposal", "negotiation", "won", "lost"] },
  notes: { probability: "Percent; the stage's own unless you set another." },
  filters: "stage contact_id",
  sorts: "-created_at",
  where: "t.deleted_at is null",
  write: "member",
  create: `client contact_id ${dealColumns}`,
  required: "client name",
  update: `contact_id ${dealColumns}`,
  onCreate: author,
  delete: "mark",
});

export const notes = defineResource({
  path: "crm/notes",
  name: "Note",
  about: "What was written about a contact or deal, by people and by the system.",
  table: "public.crm_notes",
  scope: "crm",
  columns: {
    uuid: "id contact_id deal_id",
    text: "client text type created_by",
    list: "attachments",
    timestamp: "created_at updated_at",
  },
  present: "id client text",
  choices: {
    type: [
      "note",
      "email",
      "call",
      "meeting",
      "status_change",
      "deal_created",
      "deal_won",
      "deal_lost",
      "task_completed",
    ],
  },
  filters: "contact_id deal_id",
  sorts: "-created_at",
  write: "member",
  create: "client contact_id deal_id text type attachments",
  required: "client text",
  update: "text type attachments",
  onCreate: author,
  delete: "row",
});

export const tasks = defineResource({
  path: "crm/tasks",
  name: "Task",
  about: "Something to do about a contact or deal. Finishing it writes a note.",
  table: "public.crm_tasks",
  scope: "crm",
  columns: {
    uuid: "id contact_id deal_id",
    text: "client type text assigned_to created_by",
    boolean: "done",
    timestamp: "due_date done_at created_at updated_at",
  },
  present: "id client text",
  choices: { type: ["task", "call", "email", "meeting", "follow_up", "reminder"] },
  filters: "contact_id deal_id",
  sorts: "due_date",
  write: "member",
  create: "client contact_id deal_id type text due_date assigned_to done",
  required: "client text",
  update: "contact_id deal_id type text due_date assigned_to done",
  onCreate: author,
  delete: "row",
});

export const tags = defineResource({
  path: "crm/tags",
  name: "Tag",
  about: "The tags that a client's contacts, companies and deals may have.",
  table: "public.crm_tags",
  scope: "crm",
  columns: { uuid: "id", text: "client name color entity_type", timestamp: "created_at" },
  present: "id client name entity_type",
  choices: { entity_type: ["company", "contact", "deal"] },
  filters: "entity_type",
  sorts: "entity_type",
  write: "member",
  create: "client name color entity_type",
  required: "client name entity_type",
  update: "name color",
  delete: "row",
});
