// Made by `npm run api:client` from the API's own document: do not edit.

import { type Connection, createTransport, type Page, type ReadOptions, type WriteOptions } from "./transport.ts";

export { ApiError, type Connection, each, type Page, type ReadOptions, type WriteOptions } from "./transport.ts";

export type Client = {
  /** The value of `client` everywhere else. */
  name: string;
  website: string | null;
  bison_workspace_id: string | null;
  /** The EmailBison instance, such as https://dedi.emailbison.com. */
  bison_url: string | null;
};

export type ClientCreate = {
  /** The value of `client` everywhere else. */
  name: string;
  website?: string | null;
  bison_workspace_id?: string | null;
  /** The EmailBison instance, such as https://dedi.emailbison.com. */
  bison_url?: string | null;
};

export type ClientUpdate = {
  website?: string | null;
  bison_workspace_id?: string | null;
  /** The EmailBison instance, such as https://dedi.emailbison.com. */
  bison_url?: string | null;
};

export type Target = {
  id: number;
  client: string;
  emails_per_day: number | null;
  prospects_per_day: number | null;
  replies_per_day: number | null;
  /** A ceiling; every other number is a goal. */
  bounces_per_day: number | null;
  meetings_per_day: number | null;
  interested_replies_per_day: number | null;
  monthly_contract_value: number | null;
  created_at: string | null;
  updated_at: string | null;
};

export type TargetCreate = {
  client: string;
  emails_per_day?: number | null;
  prospects_per_day?: number | null;
  replies_per_day?: number | null;
  /** A ceiling; every other number is a goal. */
  bounces_per_day?: number | null;
  meetings_per_day?: number | null;
  interested_replies_per_day?: number | null;
  monthly_contract_value?: number | null;
};

export type TargetUpdate = {
  emails_per_day?: number | null;
  prospects_per_day?: number | null;
  replies_per_day?: number | null;
  /** A ceiling; every other number is a goal. */
  bounces_per_day?: number | null;
  meetings_per_day?: number | null;
  interested_replies_per_day?: number | null;
  monthly_contract_value?: number | null;
};

export type CampaignReport = {
  id: string;
  client: string;
  campaign_name: string | null;
  campaign_id: number;
  date: string;
  emails_sent: number | null;
  total_leads_contacted: number | null;
  opened: number | null;
  unique_opens_per_contact: number | null;
  unique_replies_per_contact: number | null;
  bounced: number | null;
  unsubscribed: number | null;
  interested: number | null;
  opened_percentage: number | null;
  unique_opens_per_contact_percentage: number | null;
  unique_replies_per_contact_percentage: number | null;
  bounced_percentage: number | null;
  unsubscribed_percentage: number | null;
  interested_percentage: number | null;
  sequence_step_stats: (unknown)[] | null;
};

export type Campaign = {
  id: string;
  /** EmailBison's id, unique within the client. */
  campaign_id: string | null;
  campaign_name: string;
  client: string | null;
  status: string | null;
  created_at: string;
  last_event_at: string | null;
  tags: (unknown)[];
};

export type CampaignUpdate = {
  campaign_name?: string;
  status?: string | null;
};

export type Lead = {
  id: string;
  email: string;
  campaign_id: string;
  client: string;
  first_name: string | null;
  last_name: string | null;
  full_name: string | null;
  campaign_name: string | null;
  job_title: string | null;
  seniority_level: string | null;
  company: string | null;
  company_domain: string | null;
  company_linkedin: string | null;
  industry: string | null;
  company_size: string | null;
  annual_revenue: string | null;
  company_hq_city: string | null;
  company_hq_state: string | null;
  company_hq_country: string | null;
  business_model: string | null;
  funding_stage: string | null;
  tech_stack: string | null;
  growth_score: string | null;
  profile_url: string | null;
  status: string | null;
  created_time: string | null;
  first_reply_date: string | null;
  engaged_date: string | null;
  booked_date: string | null;
  first_contacted_at: string | null;
  first_opened_at: string | null;
  bounced_at: string | null;
  unsubscribed_at: string | null;
  last_event_at: string | null;
  /** EmailBison's id; the same person has it in every campaign of the workspace. */
  lead_id: number | null;
  year_founded: number | null;
  emails_sent: number | null;
  replies: number | null;
  unique_replies: number | null;
  opens: number | null;
  unique_opens: number | null;
  bounces: number | null;
  is_hiring: boolean | null;
  replied: boolean | null;
  engaged: boolean | null;
  meeting_booked: boolean | null;
  custom_variables_jsonb?: Record<string, unknown> | null;
  tags: (unknown)[];
};

export type Reply = {
  id: string;
  reply_id: number;
  lead_id: number | null;
  campaign_id: number | null;
  sequence_step_order: number | null;
  sequence_step_id: number | null;
  bison_inbox_id: number | null;
  parent_id: number | null;
  instance_url: string;
  type: string | null;
  subject: string | null;
  /** Interested, Not Interested, OOO, Referral, Unsubscribe or another word. */
  category: string | null;
  text_body?: string | null;
  html_body?: string | null;
  from_email: string | null;
  from_name: string | null;
  primary_to_email: string | null;
  client: string | null;
  sequence_step_variant: string | null;
  message_id: string | null;
  folder: string | null;
  lead_email: string | null;
  date_received: string | null;
  received_at: string | null;
  interested_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  interested: boolean;
  automated: boolean;
};

export type ReplyUpdate = {
  /** Interested, Not Interested, OOO, Referral, Unsubscribe or another word. */
  category?: string | null;
};

export type EngagedLead = {
  id: string;
  email: string;
  client: string | null;
  first_name: string | null;
  last_name: string | null;
  full_name: string | null;
  job_title: string | null;
  seniority_level: string | null;
  linkedin_url: string | null;
  lead_phone: string | null;
  company: string | null;
  company_domain: string | null;
  company_linkedin: string | null;
  company_phone: string | null;
  company_website: string | null;
  company_size: string | null;
  industry: string | null;
  annual_revenue: string | null;
  company_hq_city: string | null;
  company_hq_state: string | null;
  company_hq_country: string | null;
  business_model: string | null;
  funding_stage: string | null;
  main_product_service: string | null;
  stage: string | null;
  context: string | null;
  assignee: string | null;
  notes: string | null;
  current_stage: string | null;
  lead_source: string | null;
  meeting_link: string | null;
  rescheduling_link: string | null;
  campaign_name: string | null;
  campaign_id: string | null;
  tech_stack: (string)[] | null;
  year_founded: number | null;
  growth_score: number | null;
  num_locations: number | null;
  bison_lead_id: number | null;
  /** Expected pipeline value. */
  epv: number | null;
  is_hiring: boolean | null;
  meeting_booked: boolean | null;
  qualified: boolean | null;
  showed_up_to_disco: boolean | null;
  demo_booked: boolean | null;
  showed_up_to_demo: boolean | null;
  proposal_sent: boolean | null;
  closed: boolean | null;
  engaged: boolean | null;
  replied: boolean | null;
  lost: boolean | null;
  unsubscribed: boolean | null;
  meeting_booked_at: string | null;
  qualified_at: string | null;
  showed_up_to_disco_at: string | null;
  demo_booked_at: string | null;
  showed_up_to_demo_at: string | null;
  proposal_sent_at: string | null;
  closed_at: string | null;
  engaged_at: string | null;
  replied_at: string | null;
  lost_at: string | null;
  unsubscribed_at: string | null;
  last_contact: string | null;
  meeting_date: string | null;
  created_at: string | null;
  updated_at: string | null;
  last_event_at: string | null;
  next_touchpoint: string | null;
  date_created: string | null;
  custom_variables_jsonb?: Record<string, unknown> | null;
};

export type EngagedLeadCreate = {
  client: string;
  email: string;
  first_name?: string | null;
  last_name?: string | null;
  full_name?: string | null;
  job_title?: string | null;
  seniority_level?: string | null;
  linkedin_url?: string | null;
  lead_phone?: string | null;
  company?: string | null;
  company_domain?: string | null;
  company_linkedin?: string | null;
  company_phone?: string | null;
  company_website?: string | null;
  company_size?: string | null;
  industry?: string | null;
  annual_revenue?: string | null;
  company_hq_city?: string | null;
  company_hq_state?: string | null;
  company_hq_country?: string | null;
  business_model?: string | null;
  funding_stage?: string | null;
  main_product_service?: string | null;
  stage?: string | null;
  context?: string | null;
  assignee?: string | null;
  notes?: string | null;
  tech_stack?: (string)[] | null;
  /** Expected pipeline value. */
  epv?: number | null;
  next_touchpoint?: string | null;
  lead_source?: string | null;
};

export type EngagedLeadUpdate = {
  first_name?: string | null;
  last_name?: string | null;
  full_name?: string | null;
  job_title?: string | null;
  seniority_level?: string | null;
  linkedin_url?: string | null;
  lead_phone?: string | null;
  company?: string | null;
  company_domain?: string | null;
  company_linkedin?: string | null;
  company_phone?: string | null;
  company_website?: string | null;
  company_size?: string | null;
  industry?: string | null;
  annual_revenue?: string | null;
  company_hq_city?: string | null;
  company_hq_state?: string | null;
  company_hq_country?: string | null;
  business_model?: string | null;
  funding_stage?: string | null;
  main_product_service?: string | null;
  stage?: string | null;
  context?: string | null;
  assignee?: string | null;
  notes?: string | null;
  tech_stack?: (string)[] | null;
  /** Expected pipeline value. */
  epv?: number | null;
  next_touchpoint?: string | null;
};

export type Milestone = {
  /** False takes it back. */
  value?: boolean;
  /** When it happened; now unless told. */
  at?: string;
};

export type Meeting = {
  id: string;
  email: string;
  client: string | null;
  first_name: string | null;
  last_name: string | null;
  full_name: string | null;
  title: string | null;
  company: string | null;
  company_domain: string | null;
  profile_url: string | null;
  campaign_name: string | null;
  campaign_id: string | null;
  meeting_name: string | null;
  meeting_link: string | null;
  rescheduling_link: string | null;
  cancel_link: string | null;
  status: "booked" | "canceled" | "no_show";
  cancel_reason: string | null;
  event_type_uri: string | null;
  created_time: string | null;
  meeting_date: string | null;
  meeting_end: string | null;
  canceled_at: string | null;
  updated_at: string;
  reschedule_count: number;
  bison_lead_id: number | null;
  custom_variables_jsonb?: Record<string, unknown> | null;
};

export type Call = {
  id: string;
  account_id: string | null;
  client: string;
  fathom_call_id: string | null;
  title: string;
  transcript?: string | null;
  summary: string | null;
  call_type: "tam_map" | "opportunity_review" | "messaging_review" | "general" | "other" | null;
  /** pending: transcript or summary are not there yet. */
  status: "pending" | "processed" | "archived" | null;
  fathom_recording_url: string | null;
  match_reason: string | null;
  /** Who said whose call it is; null: the rules. */
  matched_by: string | null;
  call_date: string | null;
  created_at: string | null;
  updated_at: string | null;
  duration_seconds: number | null;
  /** From 0 to 1; 1 when a person said whose call it is. */
  match_confidence: number | null;
  auto_matched: boolean | null;
  participants?: (unknown)[] | null;
  action_items?: (unknown)[] | null;
  metadata?: Record<string, unknown> | null;
};

export type CallUpdate = {
  title?: string;
  call_type?: "tam_map" | "opportunity_review" | "messaging_review" | "general" | "other" | null;
  metadata?: Record<string, unknown> | null;
};

export type CallOwner = {
  client: string;
};

export type UnmatchedCall = {
  id: string;
  account_id: string | null;
  recording_id: string;
  title: string;
  status: "waiting" | "dismissed";
  reason: string;
  call_date: string | null;
  created_at: string;
  updated_at: string;
  /** [{client, confidence, reason}], the best first. */
  candidates: (unknown)[];
  meeting?: Record<string, unknown>;
};

export type PlacedCall = {
  outcome: "placed" | "dismissed";
};

export type FathomAccount = {
  id: string;
  name: string;
  status: "connected" | "disconnected";
  disconnect_reason: string | null;
  webhook_id: string | null;
  created_by: string | null;
  endpoint_id: number | null;
  disconnected_at: string | null;
  sync_at: string;
  synced_until: string | null;
  synced_at: string | null;
  created_at: string;
  updated_at: string;
};

export type ConnectedFathomAccount = {
  id: string;
};

export type FathomAccountConnect = {
  name: string;
  /** It is sealed before it is stored. */
  api_key: string;
};

export type CalendlyConnection = {
  id: string;
  client: string;
  status: "connected" | "disconnected";
  disconnect_reason: string | null;
  calendly_user_uri: string | null;
  calendly_user_email: string | null;
  organization_uri: string | null;
  webhook_subscription_uri: string | null;
  connected_by: string | null;
  endpoint_id: number | null;
  disconnected_at: string | null;
  /** Calendly cannot deliver since then; after a day it gives up. */
  webhook_retry_started_at: string | null;
  webhook_checked_at: string | null;
  /** All bookings up to then are here. */
  complete_until: string;
  connected_at: string | null;
  updated_at: string | null;
};

export type CalendlyLink = {
  /** Below /functions/v1; to be opened in a browser. Shown once. */
  path: string;
  expires_at: string;
};

export type CalendlyLinkWish = {
  client: string;
};

export type CalendlyCheck = {
  outcome: "enqueued";
};

export type Contact = {
  id: string;
  company_id: string | null;
  client: string;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  phone: string | null;
  lead_phone: string | null;
  avatar_url: string | null;
  title: string | null;
  job_title: string | null;
  seniority_level: string | null;
  department: string | null;
  linkedin_url: string | null;
  profile_url: string | null;
  full_name: string | null;
  company_name: string | null;
  company_domain: string | null;
  company_linkedin: string | null;
  company_phone: string | null;
  company_website: string | null;
  company_size: string | null;
  company_industry: string | null;
  annual_revenue: string | null;
  company_hq_city: string | null;
  company_hq_state: string | null;
  company_hq_country: string | null;
  business_model: string | null;
  funding_stage: string | null;
  growth_score: string | null;
  company_logo_url: string | null;
  company_address: string | null;
  company_postal_code: string | null;
  company_sector: string | null;
  stage: string | null;
  context: string | null;
  assignee: string | null;
  notes: string | null;
  background: string | null;
  status: "cold" | "warm" | "hot" | "in-contract" | "customer" | "inactive" | null;
  meeting_link: string | null;
  rescheduling_link: string | null;
  lead_source: string | null;
  campaign_name: string | null;
  campaign_id: string | null;
  created_by: string | null;
  tech_stack: (string)[] | null;
  /** Lower case. An address that you correct stays here: its leads mean this contact, the filter email finds it. */
  additional_emails: (string)[] | null;
  year_founded: number | null;
  num_locations: number | null;
  epv: number | null;
  is_hiring: boolean | null;
  next_touch: string | null;
  last_contacted_at: string | null;
  meeting_date: string | null;
  created_at: string | null;
  updated_at: string | null;
  last_event_at: string | null;
  tags: (unknown)[] | null;
  custom_variables_jsonb?: Record<string, unknown> | null;
  pipeline_progress: Record<string, unknown> | null;
};

export type ContactCreate = {
  client: string;
  first_name?: string | null;
  last_name?: string | null;
  email?: string | null;
  phone?: string | null;
  lead_phone?: string | null;
  avatar_url?: string | null;
  title?: string | null;
  job_title?: string | null;
  seniority_level?: string | null;
  department?: string | null;
  linkedin_url?: string | null;
  profile_url?: string | null;
  /** Lower case. An address that you correct stays here: its leads mean this contact, the filter email finds it. */
  additional_emails?: (string)[] | null;
  company_name?: string | null;
  company_domain?: string | null;
  company_linkedin?: string | null;
  company_phone?: string | null;
  company_website?: string | null;
  company_size?: string | null;
  company_industry?: string | null;
  annual_revenue?: string | null;
  company_hq_city?: string | null;
  company_hq_state?: string | null;
  company_hq_country?: string | null;
  business_model?: string | null;
  funding_stage?: string | null;
  growth_score?: string | null;
  company_logo_url?: string | null;
  company_address?: string | null;
  company_postal_code?: string | null;
  company_sector?: string | null;
  stage?: string | null;
  context?: string | null;
  assignee?: string | null;
  notes?: string | null;
  background?: string | null;
  status?: "cold" | "warm" | "hot" | "in-contract" | "customer" | "inactive" | null;
  epv?: number | null;
  next_touch?: string | null;
  tags?: (unknown)[] | null;
  tech_stack?: (string)[] | null;
  lead_source?: string | null;
};

export type ContactUpdate = {
  first_name?: string | null;
  last_name?: string | null;
  email?: string | null;
  phone?: string | null;
  lead_phone?: string | null;
  avatar_url?: string | null;
  title?: string | null;
  job_title?: string | null;
  seniority_level?: string | null;
  department?: string | null;
  linkedin_url?: string | null;
  profile_url?: string | null;
  /** Lower case. An address that you correct stays here: its leads mean this contact, the filter email finds it. */
  additional_emails?: (string)[] | null;
  company_name?: string | null;
  company_domain?: string | null;
  company_linkedin?: string | null;
  company_phone?: string | null;
  company_website?: string | null;
  company_size?: string | null;
  company_industry?: string | null;
  annual_revenue?: string | null;
  company_hq_city?: string | null;
  company_hq_state?: string | null;
  company_hq_country?: string | null;
  business_model?: string | null;
  funding_stage?: string | null;
  growth_score?: string | null;
  company_logo_url?: string | null;
  company_address?: string | null;
  company_postal_code?: string | null;
  company_sector?: string | null;
  stage?: string | null;
  context?: string | null;
  assignee?: string | null;
  notes?: string | null;
  background?: string | null;
  status?: "cold" | "warm" | "hot" | "in-contract" | "customer" | "inactive" | null;
  epv?: number | null;
  next_touch?: string | null;
  tags?: (unknown)[] | null;
  tech_stack?: (string)[] | null;
  last_contacted_at?: string | null;
};

export type Deal = {
  id: string;
  contact_id: string | null;
  client: string;
  name: string;
  description: string | null;
  stage: "lead" | "qualification" | "discovery" | "demo" | "proposal" | "negotiation" | "won" | "lost" | null;
  currency: string | null;
  close_reason: string | null;
  owner_id: string | null;
  created_by: string | null;
  amount: number | null;
  /** Percent; the stage's own unless you set another. */
  probability: number | null;
  index: number | null;
  expected_close_date: string | null;
  actual_close_date: string | null;
  created_at: string | null;
  updated_at: string | null;
  tags: (unknown)[] | null;
};

export type DealCreate = {
  client: string;
  contact_id?: string | null;
  name: string;
  description?: string | null;
  stage?: "lead" | "qualification" | "discovery" | "demo" | "proposal" | "negotiation" | "won" | "lost" | null;
  amount?: number | null;
  currency?: string | null;
  /** Percent; the stage's own unless you set another. */
  probability?: number | null;
  expected_close_date?: string | null;
  close_reason?: string | null;
  owner_id?: string | null;
  index?: number | null;
  tags?: (unknown)[] | null;
};

export type DealUpdate = {
  contact_id?: string | null;
  name?: string;
  description?: string | null;
  stage?: "lead" | "qualification" | "discovery" | "demo" | "proposal" | "negotiation" | "won" | "lost" | null;
  amount?: number | null;
  currency?: string | null;
  /** Percent; the stage's own unless you set another. */
  probability?: number | null;
  expected_close_date?: string | null;
  close_reason?: string | null;
  owner_id?: string | null;
  index?: number | null;
  tags?: (unknown)[] | null;
};

export type Note = {
  id: string;
  contact_id: string | null;
  deal_id: string | null;
  client: string;
  text: string;
  type:
    | "note"
    | "email"
    | "call"
    | "meeting"
    | "status_change"
    | "deal_created"
    | "deal_won"
    | "deal_lost"
    | "task_completed"
    | null;
  created_by: string | null;
  attachments: (unknown)[] | null;
  created_at: string | null;
  updated_at: string | null;
};

export type NoteCreate = {
  client: string;
  contact_id?: string | null;
  deal_id?: string | null;
  text: string;
  type?:
    | "note"
    | "email"
    | "call"
    | "meeting"
    | "status_change"
    | "deal_created"
    | "deal_won"
    | "deal_lost"
    | "task_completed"
    | null;
  attachments?: (unknown)[] | null;
};

export type NoteUpdate = {
  text?: string;
  type?:
    | "note"
    | "email"
    | "call"
    | "meeting"
    | "status_change"
    | "deal_created"
    | "deal_won"
    | "deal_lost"
    | "task_completed"
    | null;
  attachments?: (unknown)[] | null;
};

export type Task = {
  id: string;
  contact_id: string | null;
  deal_id: string | null;
  client: string;
  type: "task" | "call" | "email" | "meeting" | "follow_up" | "reminder" | null;
  text: string;
  assigned_to: string | null;
  created_by: string | null;
  done: boolean | null;
  due_date: string | null;
  done_at: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type TaskCreate = {
  client: string;
  contact_id?: string | null;
  deal_id?: string | null;
  type?: "task" | "call" | "email" | "meeting" | "follow_up" | "reminder" | null;
  text: string;
  due_date?: string | null;
  assigned_to?: string | null;
  done?: boolean | null;
};

export type TaskUpdate = {
  contact_id?: string | null;
  deal_id?: string | null;
  type?: "task" | "call" | "email" | "meeting" | "follow_up" | "reminder" | null;
  text?: string;
  due_date?: string | null;
  assigned_to?: string | null;
  done?: boolean | null;
};

export type Tag = {
  id: string;
  client: string;
  name: string;
  color: string | null;
  entity_type: "company" | "contact" | "deal";
  created_at: string | null;
};

export type TagCreate = {
  client: string;
  name: string;
  color?: string | null;
  entity_type: "company" | "contact" | "deal";
};

export type TagUpdate = {
  name?: string;
  color?: string | null;
};

export type Company = {
  id: string;
  number: number;
  company_name: string | null;
  company_domain: string | null;
  company_description?: string | null;
  company_linkedin: string | null;
  company_location: string | null;
  company_size: string | null;
  company_annual_revenue: string | null;
  company_year_founded: string | null;
  company_business_model: string | null;
  company_type: string | null;
  naics_code: string | null;
  naics_name: string | null;
  primary_industry_1: string | null;
  total_funding: string | null;
  last_client: string | null;
  last_enriched: string | null;
  created_at: string | null;
  companyenrich_raw_data?: Record<string, unknown> | null;
};

export type Load = {
  id: number;
  batch_id: string;
  source: string;
  status: "pending" | "promoted" | "failed" | "duplicate";
  created_at: string;
  promoted_at: string | null;
  raw_data?: Record<string, unknown>;
  /** error and field of a failed one, duplicate_of, file. */
  metadata: Record<string, unknown>;
};

export type IngestOutcome = {
  summary: string;
  load_ids: (number)[];
  errors: (string)[];
};

export type LoadRows = {
  source: string;
  batch_id: string;
  rows: (unknown)[];
};

export type HubContact = {
  id: number;
  load_id: number | null;
  email: string;
  name: string | null;
  phone: string | null;
  company: string | null;
  title: string | null;
  source: string;
  status: "active" | "inactive" | "bounced" | "unsubscribed";
  tags: (unknown)[];
  custom_fields?: Record<string, unknown>;
  /** Who named a field, if not source. */
  field_sources?: Record<string, unknown>;
  /** From 0 to 100, by the lead_score settings. */
  score: number;
  created_at: string;
  updated_at: string;
  last_activity_at: string | null;
};

export type PromoteOutcome = {
  promoted_count: number;
  updated_count: number;
  failed_count: number;
  message: string;
};

export type LoadIds = {
  load_ids?: (number)[];
};

export type HubCompany = {
  id: string;
  merged_into: string | null;
  domain: string;
  name: string | null;
  industry: string | null;
  location: string | null;
  linkedin_url: string | null;
  website: string | null;
  status: "active" | "inactive" | "archived";
  employee_count: number | null;
  revenue: number | null;
  created_at: string;
  updated_at: string;
  enriched_at: string | null;
};

export type HubPerson = {
  id: string;
  company_id: string | null;
  merged_into: string | null;
  email: string;
  name: string | null;
  first_name: string | null;
  last_name: string | null;
  title: string | null;
  linkedin_url: string | null;
  phone: string | null;
  location: string | null;
  seniority: string | null;
  department: string | null;
  status: "active" | "inactive" | "bounced";
  created_at: string;
  updated_at: string;
  enriched_at: string | null;
};

export type Opportunity = {
  id: number;
  client: string;
  opportunity_name: string;
  stage: "Lead" | "Qualification" | "Discovery" | "Demo" | "Proposal" | "Negotiation" | "Won" | "Lost";
  contact_name: string | null;
  contact_email: string | null;
  notes: string | null;
  value: number;
  expected_close_date: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type OpportunityCreate = {
  client: string;
  opportunity_name: string;
  stage?: "Lead" | "Qualification" | "Discovery" | "Demo" | "Proposal" | "Negotiation" | "Won" | "Lost";
  value?: number;
  expected_close_date?: string | null;
  contact_name?: string | null;
  contact_email?: string | null;
  notes?: string | null;
};

export type OpportunityUpdate = {
  opportunity_name?: string;
  stage?: "Lead" | "Qualification" | "Discovery" | "Demo" | "Proposal" | "Negotiation" | "Won" | "Lost";
  value?: number;
  expected_close_date?: string | null;
  contact_name?: string | null;
  contact_email?: string | null;
  notes?: string | null;
};

export type Forecast = {
  id: string;
  /** Null: all clients together. */
  client: string | null;
  month: string;
  metric_key: string;
  year: number;
  starts_on: string;
  estimate_low: number | null;
  estimate_avg: number | null;
  estimate_high: number | null;
  /** People's own, as estimate_2. */
  estimate_1: number | null;
  estimate_2: number | null;
  actual: number | null;
  projected: number | null;
  created_at: string | null;
  updated_at: string | null;
  refreshed_at: string | null;
};

export type ForecastUpdate = {
  /** People's own, as estimate_2. */
  estimate_1?: number | null;
  estimate_2?: number | null;
};

export type NightlyReport = {
  id: string;
  client: string;
  text: string;
  date: string;
  quick_view: (unknown)[];
  funnel: (unknown)[];
  made_at: string;
};

export type NightlyReportWanted = {
  client: string;
  /** A day that is over. */
  date: string;
};

export type Domain = {
  id: string;
  domain_name: string;
  provider: "porkbun" | "inboxkit" | "missioninbox" | "other";
  client: string | null;
  status: "active" | "expired" | "pending" | "transferred";
  health_status: "healthy" | "warning" | "critical" | "unknown" | null;
  porkbun_domain_id: string | null;
  /** Wanted; null: the registrar's. */
  name_servers: (string)[] | null;
  /** Worst first. */
  health_reasons: (string)[];
  dns_configured: boolean | null;
  spf_configured: boolean | null;
  dkim_configured: boolean | null;
  dmarc_configured: boolean | null;
  mx_configured: boolean;
  name_servers_configured: boolean;
  auto_renew: boolean;
  failed_dns_checks: number;
  expiration_date: string | null;
  registration_date: string | null;
  created_at: string | null;
  updated_at: string | null;
  synced_at: string | null;
  setup_started_at: string | null;
  dns_checked_at: string | null;
  dns_verified_at: string | null;
  health_checked_at: string | null;
};

export type DomainCreate = {
  domain_name: string;
  provider: "porkbun" | "inboxkit" | "missioninbox" | "other";
  client?: string | null;
  status?: "active" | "expired" | "pending" | "transferred";
  expiration_date?: string | null;
  registration_date?: string | null;
  /** Wanted; null: the registrar's. */
  name_servers?: (string)[] | null;
};

export type DomainUpdate = {
  client?: string | null;
  /** Wanted; null: the registrar's. */
  name_servers?: (string)[] | null;
};

export type Requested = {
  outcome: "requested";
};

export type WantedRecords = {
  records: number;
};

export type DomainRecordsSet = {
  records: (WantedRecord)[];
};

export type WantedRecord = {
  purpose: "spf" | "dkim" | "dmarc" | "mx" | "other";
  /** Below the domain; empty for the domain itself. */
  name?: string;
  type: "A" | "AAAA" | "CNAME" | "MX" | "TXT";
  content: string;
  ttl?: number;
  prio?: number;
};

export type DomainRecord = {
  id: string;
  domain_id: string;
  client: string | null;
  purpose: "spf" | "dkim" | "dmarc" | "mx" | "other";
  /** Below the domain; empty for the domain itself. */
  name: string;
  type: string;
  content: string;
  source: "template" | "exact";
  status: "wanted" | "conflict" | "written" | "verified" | "missing" | "unwanted";
  provider_record_id: string | null;
  ttl: number;
  prio: number | null;
  written_at: string | null;
  verified_at: string | null;
  created_at: string;
  updated_at: string;
};

export type InventoryDomain = {
  id: string;
  purchase_batch_id: string | null;
  domain_name: string;
  client: string | null;
  registrar: string | null;
  inbox_provider: "missioninbox" | "inboxkit" | "none" | null;
  status: "available" | "purchased" | "configured" | "in_use" | "expired" | "reserved" | null;
  notes: string | null;
  /** Dollars. */
  purchase_price: number | null;
  inboxes_ordered: number | null;
  inboxes_active: number | null;
  dns_configured: boolean | null;
  expires_at: string | null;
  renewal_date: string | null;
  purchased_at: string | null;
  assigned_to_provider_at: string | null;
  activated_at: string | null;
  cancelled_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  tags: (unknown)[] | null;
};

export type InventoryDomainUpdate = {
  inbox_provider?: "missioninbox" | "inboxkit" | "none" | null;
  notes?: string | null;
  tags?: (unknown)[] | null;
  renewal_date?: string | null;
  cancelled_at?: string | null;
};

export type DomainTemplate = {
  id: string;
  name: string;
  client: string | null;
  base_names: (unknown)[];
  prefixes: (unknown)[] | null;
  suffixes: (unknown)[] | null;
  tlds: (unknown)[] | null;
  use_count: number | null;
  last_used_at: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type DomainTemplateCreate = {
  name: string;
  client?: string | null;
  base_names: (unknown)[];
  prefixes?: (unknown)[] | null;
  suffixes?: (unknown)[] | null;
  tlds?: (unknown)[] | null;
};

export type DomainTemplateUpdate = {
  name?: string;
  client?: string | null;
  base_names?: (unknown)[];
  prefixes?: (unknown)[] | null;
  suffixes?: (unknown)[] | null;
  tlds?: (unknown)[] | null;
};

export type DomainsGenerated = {
  generations: ({
    generation_id: string;
    base_name: string;
    generated_count: number;
    /** Owned, made or asked about before. */
    known_count: number;
    /** Too long, or not legal. */
    refused_count: number;
  })[];
};

export type DomainGenerate = {
  limit?: number;
};

export type DomainGeneration = {
  id: string;
  template_id: string | null;
  client: string | null;
  base_name: string;
  prefixes: (unknown)[] | null;
  suffixes: (unknown)[] | null;
  tlds: (unknown)[];
  generated_count: number | null;
  available_count: number | null;
  checked_at: string | null;
  created_at: string | null;
};

export type DomainCheck = {
  id: string;
  generation_id: string | null;
  domain_name: string;
  client: string | null;
  provider: string | null;
  is_available: boolean | null;
  is_premium: boolean;
  /** Dollars for the first year. */
  price: number | null;
  renewal_price: number | null;
  checked_at: string | null;
  expires_at: string | null;
  created_at: string;
};

export type DomainChecksEnqueued = {
  enqueued: number;
};

export type DomainsCheck = {
  client: string;
  domains: (string)[];
};

export type PurchaseBatch = {
  id: string;
  approval_id: string | null;
  name: string | null;
  client: string;
  registrar: string | null;
  notes: string | null;
  status: "proposed" | "approved" | "rejected" | "completed";
  inbox_provider: "missioninbox" | "inboxkit" | "none";
  decided_by: string | null;
  domain_count: number | null;
  quoted_cents: number;
  /** The most that may be spent. */
  approved_cents: number | null;
  /** Dollars spent so far. */
  total_cost: number | null;
  purchased_at: string | null;
  created_at: string | null;
  decided_at: string | null;
  completed_at: string | null;
};

export type PurchaseBatchCreate = {
  client: string;
  domains: (string)[];
  inbox_provider?: "missioninbox" | "inboxkit" | "none";
  name?: string;
};

export type PurchasesResumed = {
  resumed: number;
};

export type DomainPurchase = {
  id: string;
  batch_id: string;
  client: string;
  domain_name: string;
  status: "quoted" | "approved" | "ordering" | "bought" | "refused" | "rejected";
  reason: string | null;
  registrar_order: string | null;
  quoted_cents: number;
  approved_cents: number | null;
  paid_cents: number | null;
  /** How often an order was started; more than once after an unknown outcome. */
  orders: number;
  ordering_at: string | null;
  bought_at: string | null;
  created_at: string;
  updated_at: string;
};

export type DomainProvider = {
  id: string;
  provider_name: "porkbun" | "other";
  webhook_id: string | null;
  is_active: boolean | null;
  name_servers: (string)[];
  last_sync_at: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type DomainProviderSet = {
  provider_name: "porkbun";
  api_key: string;
  api_secret: string;
};

export type DocumentVersion = {
  id: number;
  version: number;
  client: string;
  document: string;
  document_id: string;
  action: "created" | "changed" | "deleted" | "restored";
  author: string;
  changed: (string)[];
  content?: Record<string, unknown>;
  created_at: string;
};

export type RestoreOutcome = {
  outcome: "restored";
};

export type Draft = {
  id: string;
  document_id: string | null;
  client: string;
  kind: "opportunity_map" | "knowledge_base" | "copywriting" | "plan_of_action";
  status: "waiting" | "written" | "failed" | "accepted" | "discarded";
  instructions: string | null;
  title: string | null;
  /** ai; extract: sentences copied from the calls, nothing inferred. */
  generated_by: string | null;
  ai_model: string | null;
  problem: string | null;
  requested_by: string;
  decided_by: string | null;
  content?: Record<string, unknown> | null;
  created_at: string;
  finished_at: string | null;
};

export type DraftCreate = {
  client: string;
  kind: "opportunity_map" | "knowledge_base" | "copywriting" | "plan_of_action";
  /** The newest ones unless told. */
  calls?: (string)[];
  /** Of a map. */
  title?: string;
  instructions?: string;
};

export type AcceptedDraft = {
  document_id: string;
};

export type Draftdiscard = {
  outcome: "discarded";
};

export type Draftretry = {
  outcome: "waiting";
};

export type IterationLog = {
  id: number;
  client: string;
  action_type: string;
  description: string;
  created_by: string;
  campaign_name: string | null;
  /** Objects with slack_id and display_name. */
  mentioned_users: (unknown)[] | null;
  created_at: string | null;
};

export type IterationLogCreate = {
  client: string;
  action_type: string;
  description: string;
  campaign_name?: string | null;
  /** Objects with slack_id and display_name. */
  mentioned_users?: (unknown)[] | null;
};

export type IterationLogUpdate = {
  description?: string;
  campaign_name?: string | null;
  /** Objects with slack_id and display_name. */
  mentioned_users?: (unknown)[] | null;
};

export type KnowledgeBase = {
  id: string;
  client: string;
  last_updated_by: string | null;
  last_updated_section: string | null;
  created_at: string | null;
  updated_at: string | null;
  company: Record<string, unknown> | null;
  company_offer: Record<string, unknown> | null;
  prospect_companies: Record<string, unknown> | null;
  prospect_people: Record<string, unknown> | null;
  copy_variables: Record<string, unknown> | null;
  copy_variable_unique_data: Record<string, unknown> | null;
  data_quality_assurance: Record<string, unknown> | null;
  sending_technicalities: Record<string, unknown> | null;
  company_people: (unknown)[] | null;
  company_competition: (unknown)[] | null;
  copy_structures: (unknown)[] | null;
};

export type KnowledgeBaseCreate = {
  client: string;
  company?: Record<string, unknown> | null;
  company_offer?: Record<string, unknown> | null;
  prospect_companies?: Record<string, unknown> | null;
  prospect_people?: Record<string, unknown> | null;
  copy_variables?: Record<string, unknown> | null;
  copy_variable_unique_data?: Record<string, unknown> | null;
  data_quality_assurance?: Record<string, unknown> | null;
  sending_technicalities?: Record<string, unknown> | null;
  company_people?: (unknown)[] | null;
  company_competition?: (unknown)[] | null;
  copy_structures?: (unknown)[] | null;
};

export type KnowledgeBaseUpdate = {
  company?: Record<string, unknown> | null;
  company_offer?: Record<string, unknown> | null;
  prospect_companies?: Record<string, unknown> | null;
  prospect_people?: Record<string, unknown> | null;
  copy_variables?: Record<string, unknown> | null;
  copy_variable_unique_data?: Record<string, unknown> | null;
  data_quality_assurance?: Record<string, unknown> | null;
  sending_technicalities?: Record<string, unknown> | null;
  company_people?: (unknown)[] | null;
  company_competition?: (unknown)[] | null;
  copy_structures?: (unknown)[] | null;
};

export type Copywriting = {
  id: string;
  client: string;
  copy_structures: (unknown)[] | null;
  prompt_templates: (unknown)[] | null;
  clay_prompts: Record<string, unknown> | null;
  generated_from_kb: boolean | null;
  created_at: string | null;
  updated_at: string | null;
};

export type CopywritingCreate = {
  client: string;
  copy_structures?: (unknown)[] | null;
  prompt_templates?: (unknown)[] | null;
  clay_prompts?: Record<string, unknown> | null;
  generated_from_kb?: boolean | null;
};

export type CopywritingUpdate = {
  copy_structures?: (unknown)[] | null;
  prompt_templates?: (unknown)[] | null;
  clay_prompts?: Record<string, unknown> | null;
  generated_from_kb?: boolean | null;
};

export type OpportunityMap = {
  id: string;
  client: string;
  title: string;
  status: "draft" | "confirmed" | "archived" | null;
  pdf_url: string | null;
  /** ai; extract: sentences copied from calls, nothing inferred; or a person. */
  generated_by: string | null;
  ai_model: string | null;
  generation_prompt?: string | null;
  confirmed_by: string | null;
  version: number | null;
  confirmed_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  social_proof: Record<string, unknown> | null;
  campaign_architecture: Record<string, unknown> | null;
  content_json?: Record<string, unknown> | null;
  segments: (unknown)[] | null;
  geographies: (unknown)[] | null;
  company_size_bands: (unknown)[] | null;
  revenue_bands: (unknown)[] | null;
  events_conferences: (unknown)[] | null;
  next_steps: (unknown)[] | null;
};

export type OpportunityMapCreate = {
  client: string;
  title: string;
  pdf_url?: string | null;
  social_proof?: Record<string, unknown> | null;
  campaign_architecture?: Record<string, unknown> | null;
  content_json?: Record<string, unknown> | null;
  segments?: (unknown)[] | null;
  geographies?: (unknown)[] | null;
  company_size_bands?: (unknown)[] | null;
  revenue_bands?: (unknown)[] | null;
  events_conferences?: (unknown)[] | null;
  next_steps?: (unknown)[] | null;
};

export type OpportunityMapUpdate = {
  pdf_url?: string | null;
  social_proof?: Record<string, unknown> | null;
  campaign_architecture?: Record<string, unknown> | null;
  content_json?: Record<string, unknown> | null;
  segments?: (unknown)[] | null;
  geographies?: (unknown)[] | null;
  company_size_bands?: (unknown)[] | null;
  revenue_bands?: (unknown)[] | null;
  events_conferences?: (unknown)[] | null;
  next_steps?: (unknown)[] | null;
};

export type Mapconfirmed = {
  outcome: "confirmed";
};

export type Maparchived = {
  outcome: "archived";
};

export type PlanOfAction = {
  id: string;
  client: string;
  implementation_notes: string | null;
  created_at: string | null;
  updated_at: string | null;
  list_building_clay: Record<string, unknown> | null;
  table_structure: Record<string, unknown> | null;
  campaign_plan: Record<string, unknown> | null;
  tables_architecture: (unknown)[] | null;
  prompt_injections: (unknown)[] | null;
  expected_quality_outputs: (unknown)[] | null;
  connections: (unknown)[] | null;
  tasks: (unknown)[] | null;
  analysis_surface: (unknown)[] | null;
  analysis_effects: (unknown)[] | null;
};

export type PlanOfActionCreate = {
  client: string;
  implementation_notes?: string | null;
  list_building_clay?: Record<string, unknown> | null;
  table_structure?: Record<string, unknown> | null;
  campaign_plan?: Record<string, unknown> | null;
  tables_architecture?: (unknown)[] | null;
  prompt_injections?: (unknown)[] | null;
  expected_quality_outputs?: (unknown)[] | null;
  connections?: (unknown)[] | null;
  tasks?: (unknown)[] | null;
  analysis_surface?: (unknown)[] | null;
  analysis_effects?: (unknown)[] | null;
};

export type PlanOfActionUpdate = {
  implementation_notes?: string | null;
  list_building_clay?: Record<string, unknown> | null;
  table_structure?: Record<string, unknown> | null;
  campaign_plan?: Record<string, unknown> | null;
  tables_architecture?: (unknown)[] | null;
  prompt_injections?: (unknown)[] | null;
  expected_quality_outputs?: (unknown)[] | null;
  connections?: (unknown)[] | null;
  tasks?: (unknown)[] | null;
  analysis_surface?: (unknown)[] | null;
  analysis_effects?: (unknown)[] | null;
};

export type Store = {
  id: number;
  attempts: number;
  company_id: string | null;
  domain_norm: string | null;
  domain: string | null;
  company_name: string | null;
  company_location: string | null;
  description?: string | null;
  contact_page_url: string | null;
  emails: string | null;
  linkedin_url: string | null;
  facebook_url: string | null;
  instagram_url: string | null;
  twitter_url: string | null;
  status: "new" | "copied" | "processed" | "failed";
  problem: string | null;
  claimed_by: string | null;
  /** US dollars. */
  estimated_monthly_sales: number | null;
  claim_expires_at: string | null;
  created_at: string;
  copied_at: string | null;
  processed_at: string | null;
};

export type StoreProgress = {
  pulled: number;
  copied: number;
  processed: number;
  contacts: number;
  has_more: boolean;
};

export type StoreBatch = {
  limit?: number;
};

export type CompanySignal = {
  signal_id: string;
  company_id: string;
  signal_type: string;
  signal_source: string;
  signal_payload: Record<string, unknown>;
  /** From 0 to 1. */
  confidence_score: number | null;
  first_seen_at: string;
  last_seen_at: string;
  created_at: string;
};

export type MasterContact = {
  id: string;
  email: string | null;
  first_name: string | null;
  last_name: string | null;
  full_name: string | null;
  company_name: string | null;
  company_domain: string | null;
  company_linkedin: string | null;
  job_title: string | null;
  personal_linkedin: string | null;
  personal_location: string | null;
  phone_number: string | null;
  email_service_provider: string | null;
  contact_status: string | null;
  last_campaign_id: string | null;
  last_client: string | null;
  last_enriched: string | null;
  created_at: string | null;
};

export type EnrichmentRun = {
  id: string;
  provider: "companyenrich" | "storeleads";
  kind: "company" | "companies" | "person" | "stores" | "all_stores";
  /** asked: sent, not known to have arrived. stopped: the budget was used up before the end. */
  status: "queued" | "asked" | "running" | "completed" | "stopped" | "failed";
  provider_job_id: string | null;
  problem: string | null;
  requested_by: string;
  domains?: (string)[];
  filters: Record<string, unknown>;
  page: number;
  most_pages: number;
  reserved_credits: number;
  charged_credits: number;
  found: number;
  missing: number;
  credit_month: string;
  created_at: string;
  asked_at: string | null;
  finished_at: string | null;
  updated_at: string;
};

export type EnrichmentOutcome = {
  outcome: "requested" | "partly_requested" | "budget_exhausted" | "nothing_to_do";
  domains: number;
  run_ids: (string)[];
};

export type EnrichmentCreate = {
  /** Those that wait longest unless told. */
  domains?: (string)[];
  limit?: number;
};

export type PeopleOutcome = {
  outcome: "requested" | "partly_requested" | "budget_exhausted" | "nothing_to_do";
  people: number;
  run_ids: (string)[];
};

export type PeopleEnrich = {
  /** Without: whose data is stale soonest. */
  emails?: (string)[];
  limit?: number;
};

export type StoresOutcome = {
  outcome: "requested" | "budget_exhausted";
  run_id: string | null;
};

export type StoresCreate = {
  filters?: Record<string, string | number | boolean>;
  most_pages?: number;
  /** One answer with everything, which takes StoreLeads a while. */
  all?: boolean;
};

export type ProviderCredit = {
  id: string;
  provider: string;
  month: string;
  reserved: number;
  charged: number;
  account_used: number | null;
  account_total: number | null;
  checked_at: string | null;
};

export type ProviderKey = {
  provider: string;
  created_at: string;
  updated_at: string;
};

export type StoredProviderKey = {
  provider: string;
};

export type ProviderKeyCreate = {
  provider: "companyenrich" | "storeleads";
  /** It is sealed before it is stored. */
  api_key: string;
};

export type ContactList = {
  id: string;
  client: string;
  campaign_id: string;
  name: string;
  status: "built" | "pushed";
  created_by: string;
  filter: Record<string, unknown>;
  variables: Record<string, unknown>;
  /** How many were left out, by reason. */
  excluded: Record<string, unknown>;
  chosen: number;
  /** How many went into the queue to EmailBison. */
  queued: number;
  created_at: string;
  pushed_at: string | null;
};

export type ContactListCreate = {
  client: string;
  /** EmailBison's id. */
  campaign_id: string;
  name: string;
  filter?: {
    sources?: (string)[];
    domains?: (string)[];
    emails?: (string)[];
    /** Part of the job title. */
    title?: string;
    industry?: string;
    min_score?: number;
  };
  /** Custom variables of the leads, and the column that fills each. */
  variables?: Record<
    string,
    | "company_name"
    | "company_domain"
    | "company_linkedin"
    | "job_title"
    | "personal_linkedin"
    | "personal_location"
    | "phone_number"
    | "source"
  >;
  /** How many contacts are looked at; 1,000 unless told. */
  most?: number;
};

export type HubProgress = {
  staged: number;
  companies: number;
  people: number;
  bridged_companies: number;
  bridged_people: number;
  has_more: boolean;
};

export type PushRetried = {
  queued: number;
};

export type PushRetry = {
  client: string;
  campaign_id: string;
};

export type CampaignContact = {
  id: string;
  contact_id: string;
  company_id: string | null;
  created_at: string;
  client: string;
  campaign_id: string | null;
  status: "chosen" | "excluded" | "queued" | "in_campaign" | "removed";
  reason: string | null;
  chosen_by: string | null;
};

export type QueuedContact = {
  id: number;
  priority: number;
  attempts: number;
  bison_lead_id: number | null;
  contact_id: string;
  batch_id: string | null;
  client: string;
  campaign_id: string;
  status: "queued" | "pushing" | "pushed" | "attached" | "failed" | "skipped";
  problem: string | null;
  queued_by: string | null;
  custom_variables: Record<string, unknown>;
  queued_at: string;
  pushed_at: string | null;
  attached_at: string | null;
};

export type CampaignLead = {
  id: string;
  contact_id: string;
  company_id: string | null;
  pushed_at: string;
  created_at: string;
  bison_lead_id: number;
  queue_id: number | null;
  client: string;
  campaign_id: string;
  email: string;
  instance_url: string | null;
};

export type MarketingCampaign = {
  campaign_id: string;
  portal_campaign_id: string;
  name: string;
  type: "cold_outreach" | "nurture" | "follow_up";
  status: "draft" | "active" | "paused" | "completed";
  client: string;
  bison_campaign_id: string | null;
  target_count: number | null;
  sent_count: number;
  response_count: number;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
};

export type MarketingProgress = {
  campaigns: number;
  people: number;
  outreach: number;
  conversions: number;
  has_more: boolean;
};

export type Attribution = {
  id: string;
  person_id: string;
  campaign_id: string | null;
  first_campaign_id: string | null;
  subject_id: string;
  client: string;
  conversion_type: "meeting" | "demo" | "signup" | "sale";
  source: string | null;
  source_touchpoint: string | null;
  final_touchpoint: string | null;
  value: number | null;
  converted_at: string;
};

export type Outreach = {
  id: string;
  person_id: string;
  campaign_id: string | null;
  client: string;
  channel: "email" | "linkedin" | "phone";
  message_type: "initial" | "follow_up" | "reply";
  status: "sent" | "opened" | "replied" | "bounced";
  sent_at: string;
  opened_at: string | null;
  replied_at: string | null;
};

export type FeedbackReport = {
  id: string;
  campaign_id: string;
  /** The Sunday that ends the week. */
  report_date: string;
  client: string;
  insights: string | null;
  metrics: Record<string, unknown>;
  created_at: string;
};

export type Inbox = {
  id: number;
  /** EmailBison's id, unique within the client. */
  bison_inbox_id: number;
  daily_limit: number | null;
  warmup_days: number | null;
  health_score: number | null;
  emails_sent_count: number | null;
  total_replied_count: number | null;
  total_opened_count: number | null;
  unique_replied_count: number | null;
  unique_opened_count: number | null;
  total_leads_contacted_count: number | null;
  interested_leads_count: number | null;
  bounced_count: number | null;
  unsubscribed_count: number | null;
  client: string | null;
  name: string;
  email: string;
  domain: string | null;
  type: string | null;
  status: string | null;
  lifecycle_status: string | null;
  assigned_campaign_id: string | null;
  provider_inbox_id: string | null;
  recommendation: "keep" | "watch" | "rotate" | "cancel" | null;
  warmup_disabled_reason: string | null;
  inbox_set_id: string | null;
  warmup_reputation: number | null;
  deliverability_score: number | null;
  warmup_enabled: boolean | null;
  renewal_date: string | null;
  warmup_started_at: string | null;
  warmup_disabled_at: string | null;
  disconnected_at: string | null;
  removed_at: string | null;
  last_health_check: string | null;
  ordered_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  tags: (unknown)[] | null;
};

export type InboxSet = {
  id: string;
  name: string;
  client: string;
  provider: "google" | "microsoft" | "smtp" | null;
  domain: string | null;
  status: "ordered" | "warming" | "ready" | "deployed" | "paused" | "archived" | null;
  notes: string | null;
  quantity: number;
  connected_count: number | null;
  warmup_target_days: number | null;
  avg_warmup_reputation: number | null;
  avg_deliverability_score: number | null;
  ordered_at: string | null;
  warmup_started_at: string | null;
  ready_at: string | null;
  deployed_at: string | null;
  paused_at: string | null;
  archived_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  tags: (unknown)[] | null;
};

export type InboxSetCreate = {
  client: string;
  provider?: "google" | "microsoft" | "smtp" | null;
  name: string;
  domain?: string | null;
  quantity?: number;
  warmup_target_days?: number | null;
  notes?: string | null;
  tags?: (unknown)[] | null;
};

export type InboxSetUpdate = {
  name?: string;
  domain?: string | null;
  quantity?: number;
  warmup_target_days?: number | null;
  notes?: string | null;
  tags?: (unknown)[] | null;
};

export type InboxSetMove = {
  status: string;
};

export type InboxSetDeploy = {
  campaign_id?: string;
};

export type InboxTag = {
  id: string;
  bison_tag_id: number;
  inbox_count: number | null;
  name: string;
  client: string;
  is_default: boolean | null;
  synced_at: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type InboxTagged = {
  changed: number;
};

export type InboxTagging = {
  /** `id` of inboxes of the tag's client. */
  inboxes: (number)[];
};

export type InboxHealthCheck = {
  id: string;
  inbox_email: string;
  /** bison_inbox_id of the inbox. */
  inbox_id: string | null;
  domain: string;
  client: string;
  recommendation: "keep" | "watch" | "rotate" | "cancel" | null;
  reasons: (string)[];
  sent_count: number | null;
  reply_count: number | null;
  bounce_count: number | null;
  spam_count: number | null;
  health_score: number | null;
  reply_rate: number | null;
  bounce_rate: number | null;
  spam_rate: number | null;
  checked_on: string | null;
  checked_at: string | null;
  created_at: string | null;
};

export type InboxDay = {
  id: string;
  /** bison_inbox_id of the inbox. */
  inbox_id: number | null;
  emails_sent: number | null;
  replies_received: number | null;
  bounce_count: number | null;
  warmup_sent: number;
  warmup_spam: number;
  client: string | null;
  provider: "missioninbox" | "inboxkit" | "bison" | null;
  bounce_rate: number | null;
  deliverability_score: number | null;
  date: string;
  created_at: string | null;
};

export type ProviderOrder = {
  id: string;
  order_ref: string | null;
  provider: "missioninbox" | "inboxkit";
  order_type: "domains" | "mailboxes" | "both";
  client: string;
  csv_data?: string | null;
  status: "draft" | "exported" | "submitted" | "processing" | "completed" | "failed" | null;
  notes: string | null;
  failed_step: "submit" | "process" | "canceled" | null;
  failure_reason: string | null;
  quantity: number;
  milestone_30d_notified: boolean | null;
  milestone_60d_notified: boolean | null;
  milestone_90d_notified: boolean | null;
  renewal_notified: boolean | null;
  renewal_date: string | null;
  exported_at: string | null;
  submitted_at: string | null;
  completed_at: string | null;
  activated_at: string | null;
  cancelled_at: string | null;
  failed_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  domains: (unknown)[] | null;
  mailbox_config: Record<string, unknown> | null;
};

export type ProviderOrderUpdate = {
  notes?: string | null;
  renewal_date?: string | null;
};

export type ProviderOrderDraft = {
  client: string;
  provider: "missioninbox" | "inboxkit";
  domains: (string)[];
  names: ({
    first_name: string;
    last_name: string;
  })[];
  per_domain?: number;
  /** InboxKit: google (unless told) or microsoft; MissionInbox: smtp. */
  platform?: "google" | "microsoft" | "smtp";
  notes?: string;
};

export type ProviderOrderStep = {
  status: string;
};

export type ProviderOrderCancel = {
  reason?: string;
};

export type InboxOrder = {
  id: string;
  order_id: string | null;
  inbox_set_id: string | null;
  order_number: string;
  provider: "missioninbox" | "inboxkit";
  client: string | null;
  domain: string | null;
  status: "pending" | "processing" | "completed" | "failed";
  provider_order_id: string | null;
  failed_step: string | null;
  failure_reason: string | null;
  quantity: number;
  inboxes_created: number | null;
  total_cost: number | null;
  order_data: Record<string, unknown> | null;
  submitted_at: string | null;
  next_look_at: string | null;
  created_at: string | null;
  updated_at: string | null;
  completed_at: string | null;
};

export type OrderedMailbox = {
  id: string;
  order_id: string;
  inbox_order_id: string | null;
  client: string;
  provider: "missioninbox" | "inboxkit";
  domain: string;
  email: string;
  username: string;
  first_name: string;
  last_name: string;
  platform: "google" | "microsoft" | "smtp";
  status: "planned" | "ordered" | "active" | "failed" | "canceling" | "canceled";
  provider_uid: string | null;
  renewal_date: string | null;
  created_at: string;
  updated_at: string;
};

export type InboxProvider = {
  id: string;
  provider_name: "missioninbox" | "inboxkit";
  workspace_id: string | null;
  is_active: boolean | null;
  rate_limit_per_minute: number | null;
  last_sync_at: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type InboxProviderUpdate = {
  workspace_id?: string | null;
  is_active?: boolean | null;
  rate_limit_per_minute?: number | null;
};

export type InboxProviderConnect = {
  provider_name: "missioninbox" | "inboxkit";
  /** It is sealed before it is stored. */
  api_key: string;
  /** InboxKit: the workspace. MissionInbox: the project that new mailboxes belong to. */
  workspace_id?: string;
  rate_limit_per_minute?: number;
};

export type RebatchRun = {
  id: string;
  client: string;
  status: "preview" | "approved" | "executing" | "executed" | "failed" | "rejected" | "superseded" | null;
  slack_message_ts: string | null;
  /** Who approved it. */
  executed_by: string | null;
  error_message: string | null;
  decided_by: string | null;
  domains_to_cancel: (string)[] | null;
  domains_to_activate: (string)[] | null;
  daily_send_goal: number | null;
  active_domains: number | null;
  insurance_domains: number | null;
  domains_to_buy: number | null;
  inboxes_analyzed: number | null;
  capacity_now: number;
  capacity_planned: number;
  domains_coming: number;
  /** Percent, of the sending domains. */
  avg_reply_rate: number | null;
  /** For each domain to cancel: health, score or replies. */
  cancel_reasons: Record<string, unknown>;
  run_date: string;
  executed_at: string | null;
  decided_at: string | null;
  created_at: string | null;
  updated_at: string | null;
};

export type RebatchPlan = {
  client: string;
};

export type RebatchResumed = {
  status: "preview" | "approved" | "executing" | "executed" | "failed" | "rejected" | "superseded";
};

export type RebatchResume = {
  skip?: boolean;
};

export type RebatchStep = {
  id: string;
  run_id: string;
  client: string;
  action: "start" | "activate" | "stop" | "cancel" | "check_names" | "buy";
  domain: string | null;
  status: "waiting" | "running" | "done" | "failed" | "skipped";
  result: string | null;
  position: number;
  inbox_id: number | null;
  daily_limit: number | null;
  started_at: string | null;
  done_at: string | null;
  created_at: string;
};

export type Notice = {
  id: string;
  message_id: string | null;
  kind: string;
  client: string | null;
  dedupe_key: string;
  text: string;
  details: Record<string, unknown>;
  created_at: string;
};

export type NoticeKind = {
  kind: string;
  description: string;
  severity: "info" | "warning" | "urgent";
  enabled: boolean;
};

export type NoticeKindUpdate = {
  enabled?: boolean;
  severity?: "info" | "warning" | "urgent";
};

export type Approval = {
  id: string;
  subject_id: string;
  message_id: string | null;
  kind: string;
  client: string | null;
  title: string;
  status: "open" | "decided" | "withdrawn";
  decision: string | null;
  /** slack:<id>, user:<id> or key:<id>. */
  decided_by: string | null;
  reason: string | null;
  result: string | null;
  /** What became of it since. */
  progress: string | null;
  /** choices: what can be decided; without it approved or rejected. */
  details: Record<string, unknown>;
  decided_at: string | null;
  created_at: string;
  updated_at: string;
};

export type DecisionOutcome = {
  outcome: "decided" | "already_decided" | "unknown" | "not_allowed";
  decided_by: string | null;
  message: string;
};

export type Decision = {
  decision: string;
  reason?: string;
};

export type SlackWorkspace = {
  workspace_id: string;
  app_id: string;
  name: string;
  is_active: boolean;
  created_at: string;
  updated_at: string;
};

export type SlackConnect = {
  workspace_id: string;
  app_id: string;
  name: string;
  bot_token: string;
  signing_secret: string;
};

export type SlackUser = {
  slack_id: string;
  name: string;
  user_id: string | null;
  may_decide: boolean;
  is_active: boolean;
  created_at: string;
  updated_at: string;
};

export type SlackUserCreate = {
  slack_id: string;
  name: string;
  user_id?: string | null;
  may_decide?: boolean;
};

export type SlackUserUpdate = {
  name?: string;
  user_id?: string | null;
  may_decide?: boolean;
  is_active?: boolean;
};

export type SlackChannel = {
  id: number;
  /** Of a notice or an approval; null: every kind. */
  kind: string | null;
  /** Null: every client. */
  client: string | null;
  channel: string;
  created_at: string;
};

export type SlackChannelCreate = {
  /** Of a notice or an approval; null: every kind. */
  kind?: string | null;
  /** Null: every client. */
  client?: string | null;
  channel: string;
};

export type SlackChannelUpdate = {
  channel?: string;
};

export type WebhookEvent = {
  id: number;
  endpoint_id: number;
  attempts: number;
  duplicate_count: number;
  provider: string;
  client: string;
  event_type: string;
  delivery_key: string;
  status: "processed" | "ignored" | "failed" | "dead";
  last_sqlstate: string | null;
  last_error: string | null;
  payload?: unknown;
  conflicting_payload?: unknown;
  occurred_at: string | null;
  received_at: string;
  last_duplicate_at: string | null;
  next_attempt_at: string | null;
};

export type ReplayOutcome = {
  outcome: "processed" | "ignored" | "failed" | "dead";
};

export type Replay = {
  payload?: Record<string, unknown>;
};

export type Subscription = {
  id: string;
  kind: string;
  client: string | null;
  name: string | null;
  url: string;
  disabled_reason: string | null;
  events: (string)[] | null;
  active: boolean | null;
  failing_since: string | null;
  /** It was switched off by itself: it answered 410, or failed for days. */
  disabled_at: string | null;
  last_triggered_at: string | null;
  created_at: string | null;
};

export type NewSubscription = {
  id: string;
  secret: string;
};

export type SubscriptionCreate = {
  client: string;
  name: string;
  url: string;
  /** Types of the event catalogue, `lead.*`, or `*`. */
  events: (string)[];
};

export type SubscriptionUpdate = {
  name?: string;
  url?: string;
  /** Types of the event catalogue, `lead.*`, or `*`. */
  events?: (string)[];
  /** True also ends a disabling. */
  active?: boolean;
};

export type DeleteOutcome = {
  outcome: "deleted";
};

export type NewSecret = {
  secret: string;
};

export type ReplayedDeliveries = {
  replayed: number;
};

export type DeliveryReplay = {
  /** These events. */
  event_ids?: (string)[];
  /** All that were tried since then and never delivered. */
  failed_since?: string;
};

export type Delivery = {
  id: string;
  endpoint_id: string;
  event_id: string;
  event: string;
  response_body: string | null;
  error_message: string | null;
  attempt: number;
  response_status: number | null;
  response_time_ms: number | null;
  success: boolean | null;
  payload?: Record<string, unknown>;
  created_at: string | null;
};

export type Job = {
  id: string;
  queue_name: string;
  job_type: string;
  /** failed is dead. */
  status: string | null;
  last_error: string | null;
  dedupe_key: string | null;
  worker: string | null;
  payload?: Record<string, unknown>;
  attempts: number | null;
  max_attempts: number | null;
  priority: number | null;
  scheduled_at: string | null;
  started_at: string | null;
  completed_at: string | null;
  created_at: string | null;
  lease_expires_at: string | null;
};

export type RetryOutcome = {
  outcome: "retried";
};

export type Schedule = {
  job: string;
  schedule: string;
  last_outcome: string | null;
  last_duration: string | null;
  last_error: string | null;
  /** How long the next success has been due; 00:00:00 when all is well. */
  late: string | null;
  last_did: Record<string, unknown> | null;
  last_started_at: string | null;
  last_success_at: string | null;
};

export type Setting = {
  name: string;
  unit: string;
  meaning: string;
  value: number;
  lowest: number;
  highest: number;
  updated_at: string;
};

export type SettingUpdate = {
  value?: number;
};

export type ClientSetting = {
  id: string;
  client: string;
  /** Of a setting. */
  name: string;
  /** Within the bounds of the setting. */
  value: number;
  updated_at: string;
};

export type ClientSettingCreate = {
  client: string;
  /** Of a setting. */
  name: string;
  /** Within the bounds of the setting. */
  value: number;
};

export type ClientSettingUpdate = {
  /** Within the bounds of the setting. */
  value?: number;
};

export type Sync = {
  id: string;
  client: string;
  resource: string;
  /** What of the resource, such as one campaign; blank: all. */
  scope: string;
  state: "idle" | "running" | "blocked";
  /** Of a blocked list: what a person must do. */
  last_error: string | null;
  pages: number;
  rows: number;
  /** Of events: how many had not come by webhook. */
  found: number;
  total: number | null;
  pass: number;
  /** Everything that EmailBison had then is stored. */
  done_until: string | null;
  since: string | null;
  started_at: string | null;
  finished_at: string | null;
  created_at: string;
};

export type SyncOutcome = {
  outcome: "started" | "running" | "off";
};

export type Tenant = {
  id: string;
  client_id: string;
  team_id: string | null;
  business: string;
  time_zone: string;
  tenant_id: string | null;
  /** The agency itself, which is no client: what its own accounts tell belongs to it. */
  is_agency: boolean;
  created_at: string;
  updated_at: string;
};

export type NewTenant = {
  outcome: "created" | "kept";
  business: string;
  client_id: string;
  tenant_id: string;
  team_id: string;
  time_zone: string;
  endpoints: ({
    provider: string;
    id: number;
    outcome: "created" | "kept" | "replaced";
    /** Below /functions/v1. Shown once. */
    webhook_path?: string;
    /** Shown once. */
    signing_key?: string;
  })[];
};

export type TenantCreate = {
  business: string;
  time_zone?: string;
  website?: string;
  bison?: {
    instance_url?: string;
    workspace_id?: string;
    /** It is sealed before it is stored. */
    api_key?: string;
  };
  endpoints?: ({
    provider: "bison" | "calendly";
    /** EmailBison: the instance of the workspace. */
    instance_url?: string;
    workspace_id?: string;
    settings?: Record<string, unknown>;
    /** Gives an endpoint that is there a new URL and key; the old ones work for seven more days. */
    replace?: boolean;
  })[];
};

export type WebhookEndpoint = {
  id: number;
  provider: string;
  client: string;
  instance_url: string | null;
  workspace_id: string | null;
  require_signature: boolean;
  is_active: boolean;
  settings: Record<string, unknown>;
  created_at: string;
  updated_at: string;
};

export type Membership = {
  id: number;
  user_id: string;
  client: string | null;
  role: "admin" | "manager" | "member" | "viewer";
  created_at: string;
};

export type MembershipCreate = {
  user_id: string;
  client?: string | null;
  role: "admin" | "manager" | "member" | "viewer";
};

export type MembershipUpdate = {
  role?: "admin" | "manager" | "member" | "viewer";
};

export type ApiKey = {
  id: string;
  user_id: string | null;
  name: string;
  prefix: string;
  client: string | null;
  scopes: (string)[];
  active: boolean | null;
  rate_limit: number;
  last_used: string | null;
  expires_at: string | null;
  created_at: string | null;
  deleted_at: string | null;
};

export type NewApiKey = {
  id: string;
  key: string;
  prefix: string;
};

export type ApiKeyCreate = {
  name: string;
  /** `<scope>:read`, `<scope>:write` (reads as well), or `admin` for everything that the user may do. */
  scopes: (string)[];
  /** Only for this client. */
  client?: string;
  expires_at?: string;
  /** Requests a minute; 120 unless told. */
  rate_limit?: number;
  /** Whose key; yours unless told. Others' are for admins. */
  user_id?: string;
};

export type RevokeOutcome = {
  outcome: "revoked" | "already_revoked";
};

export type AuditEntry = {
  id: number;
  at: string;
  /** user:<id>, key:<id>, webhook:<endpoint>, cron:<job>, service:<name> or role:<login>. */
  actor: string;
  action: string;
  table_name: string | null;
  tenant: string | null;
  row_key?: unknown;
  /** The columns that changed, as they were; a secret is shown as [secret]. */
  old?: unknown;
  new?: unknown;
};

export type PersonExport = {
  email: string;
  exported_at: string;
  is_suppressed: boolean;
  data: Record<string, (unknown)[]>;
};

export type Person = {
  email: string;
};

export type PersonErasure = {
  done: (Record<string, unknown>)[];
};

export type QuickViewReport = {
  data: (QuickView)[];
};

export type QuickView = {
  client: string;
  metric: "emails" | "prospects" | "replies" | "interested_replies" | "meetings" | "bounces";
  status: "on_track" | "behind" | "over_limit" | "no_target";
  date: string;
  /** Of the day; of bounces a ceiling. */
  target: number;
  /** What the day asks for by now. */
  expected: number;
  actual: number;
};

export type FunnelStepReport = {
  data: (FunnelStep)[];
};

export type FunnelStep = {
  /** Null: all together. */
  client: string | null;
  step:
    | "emails_sent"
    | "leads_contacted"
    | "replied"
    | "interested"
    | "meetings_booked"
    | "disco_shows"
    | "qualified"
    | "demos_booked"
    | "demo_shows"
    | "proposals_sent"
    | "closed";
  amount: number;
  /** Percent of the step before. */
  conversion: number | null;
  /** Percent of the leads contacted. */
  of_contacted: number | null;
};

export type RollupReport = {
  data: (Rollup)[];
};

export type Rollup = {
  /** Null: all together. */
  client: string | null;
  campaign_name: string | null;
  /** Null: all campaigns. */
  campaign_id: number | null;
  starts_on: string;
  emails_sent: number;
  total_leads_contacted: number;
  opened: number;
  unique_opens_per_contact: number;
  unique_replies_per_contact: number;
  bounced: number;
  unsubscribed: number;
  interested: number;
  opened_percentage: number;
  unique_opens_per_contact_percentage: number;
  unique_replies_per_contact_percentage: number;
  bounced_percentage: number;
  unsubscribed_percentage: number;
  interested_percentage: number;
};

export type StepVariantReport = {
  data: (StepVariant)[];
};

export type StepVariant = {
  step_order: number | null;
  step_id: number | null;
  leads: number;
  outcomes: number;
  variant: string | null;
  verdict: "only_variant" | "control" | "too_few" | "no_difference" | "higher" | "lower";
  is_control: boolean;
  /** Percent of the leads. */
  rate: number;
  /** Percentage points above the control. */
  difference: number | null;
  z_score: number | null;
  /** How likely so great a difference is by chance alone. */
  p_value: number | null;
};

export type PipelineColumnReport = {
  data: (PipelineColumn)[];
};

export type PipelineColumn = {
  position: number;
  deals: number;
  stage: string;
  /** For each currency the amount, and the amount times the deals' probability. */
  amounts: (unknown)[];
  cards: (unknown)[];
};

export type InboxHealthReport = {
  data: (InboxHealth)[];
};

export type InboxHealth = {
  client: string;
  inboxes: number;
  connected: number;
  disconnected: number;
  keep: number;
  watch: number;
  rotate: number;
  cancel: number;
  unchecked: number;
  worst: (unknown)[];
};

export type OpportunityStageReport = {
  data: (OpportunityStage)[];
};

export type OpportunityStage = {
  /** Null: all together. */
  client: string | null;
  stage: string;
  probability: number;
  opportunities: number;
  value: number;
  weighted_value: number;
};
/** A client of the API. Everything that it answers is typed by the same schemas that the API checks. */
export function createClient(connection: Connection) {
  const api = createTransport(connection);
  return {
    /** List clients. */
    listClients: <F extends keyof Client = keyof Client>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "name" | "-name";
        client?: string | string[];
        "name.gt"?: string;
        "name.gte"?: string;
        "name.lt"?: string;
        "name.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Client, F>>>("/v1/clients", query, options),
    /** Create a client. */
    createClient: (body: ClientCreate, options?: WriteOptions) =>
      api.write<Client>("POST", "/v1/clients", body, options),
    /** Get one client. */
    getClient: (id: string | number, options?: ReadOptions) =>
      api.read<Client>(`/v1/clients/${encodeURIComponent(id)}`, {}, options),
    /** Change a client. */
    updateClient: (id: string | number, body: ClientUpdate, options?: WriteOptions) =>
      api.write<Client>("PATCH", `/v1/clients/${encodeURIComponent(id)}`, body, options),
    /** List targets. */
    listTargets: <F extends keyof Target = keyof Target>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "client" | "-client";
        client?: string | string[];
        "client.gt"?: string;
        "client.gte"?: string;
        "client.lt"?: string;
        "client.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Target, F>>>("/v1/targets", query, options),
    /** Create a target. */
    createTarget: (body: TargetCreate, options?: WriteOptions) =>
      api.write<Target>("POST", "/v1/targets", body, options),
    /** Get one target. */
    getTarget: (id: string | number, options?: ReadOptions) =>
      api.read<Target>(`/v1/targets/${encodeURIComponent(id)}`, {}, options),
    /** Change a target. */
    updateTarget: (id: string | number, body: TargetUpdate, options?: WriteOptions) =>
      api.write<Target>("PATCH", `/v1/targets/${encodeURIComponent(id)}`, body, options),
    /** Delete a target. */
    deleteTarget: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/targets/${encodeURIComponent(id)}`, undefined, options),
    /** List campaign reports. */
    listCampaignReports: <F extends keyof CampaignReport = keyof CampaignReport>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "date" | "-date";
        client?: string | string[];
        campaign_id?: string | string[];
        "date.gt"?: string;
        "date.gte"?: string;
        "date.lt"?: string;
        "date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<CampaignReport, F>>>("/v1/campaigns/reporting", query, options),
    /** List campaigns. */
    listCampaigns: <F extends keyof Campaign = keyof Campaign>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        campaign_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Campaign, F>>>("/v1/campaigns", query, options),
    /** Get one campaign. */
    getCampaign: (id: string | number, options?: ReadOptions) =>
      api.read<Campaign>(`/v1/campaigns/${encodeURIComponent(id)}`, {}, options),
    /** Change a campaign. */
    updateCampaign: (id: string | number, body: CampaignUpdate, options?: WriteOptions) =>
      api.write<Campaign>("PATCH", `/v1/campaigns/${encodeURIComponent(id)}`, body, options),
    /** List leads. */
    listLeads: <F extends keyof Lead = keyof Lead>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_time" | "-created_time";
        client?: string | string[];
        campaign_id?: string | string[];
        email?: string;
        lead_id?: string;
        "created_time.gt"?: string;
        "created_time.gte"?: string;
        "created_time.lt"?: string;
        "created_time.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Lead, F>>>("/v1/leads", query, options),
    /** Get one lead. */
    getLead: (id: string | number, options?: ReadOptions) =>
      api.read<Lead>(`/v1/leads/${encodeURIComponent(id)}`, {}, options),
    /** List replies. */
    listReplies: <F extends keyof Reply = keyof Reply>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "received_at" | "-received_at";
        client?: string | string[];
        campaign_id?: string | string[];
        email?: string;
        "received_at.gt"?: string;
        "received_at.gte"?: string;
        "received_at.lt"?: string;
        "received_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Reply, F>>>("/v1/replies", query, options),
    /** Get one reply. */
    getReply: (id: string | number, options?: ReadOptions) =>
      api.read<Reply>(`/v1/replies/${encodeURIComponent(id)}`, {}, options),
    /** Change a reply. */
    updateReply: (id: string | number, body: ReplyUpdate, options?: WriteOptions) =>
      api.write<Reply>("PATCH", `/v1/replies/${encodeURIComponent(id)}`, body, options),
    /** List engaged leads. */
    listEngagedLeads: <F extends keyof EngagedLead = keyof EngagedLead>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        email?: string;
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<EngagedLead, F>>>("/v1/engaged-leads", query, options),
    /** Create a engaged lead. */
    createEngagedLead: (body: EngagedLeadCreate, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", "/v1/engaged-leads", body, options),
    /** Get one engaged lead. */
    getEngagedLead: (id: string | number, options?: ReadOptions) =>
      api.read<EngagedLead>(`/v1/engaged-leads/${encodeURIComponent(id)}`, {}, options),
    /** Change a engaged lead. */
    updateEngagedLead: (id: string | number, body: EngagedLeadUpdate, options?: WriteOptions) =>
      api.write<EngagedLead>("PATCH", `/v1/engaged-leads/${encodeURIComponent(id)}`, body, options),
    /** Delete a engaged lead. */
    deleteEngagedLead: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/engaged-leads/${encodeURIComponent(id)}`, undefined, options),
    /** A meeting was booked. */
    bookEngagedLeadMeeting: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/book-meeting`, body, options),
    /** The lead showed up to the first call. */
    showUpEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/show-up`, body, options),
    /** The lead is qualified. */
    qualifyEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/qualify`, body, options),
    /** A demo was booked. */
    demoEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/demo`, body, options),
    /** The lead showed up to the demo. */
    showUpToDemoEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/show-up-to-demo`, body, options),
    /** A proposal was sent. */
    proposeEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/proposal`, body, options),
    /** The lead became a customer; it is not lost then. */
    closeEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/close`, body, options),
    /** The lead is lost; it is not closed then. */
    loseEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/lose`, body, options),
    /** The lead wants no more mail. */
    unsubscribeEngagedLead: (id: string | number, body: Milestone, options?: WriteOptions) =>
      api.write<EngagedLead>("POST", `/v1/engaged-leads/${encodeURIComponent(id)}/unsubscribe`, body, options),
    /** List meetings. */
    listMeetings: <F extends keyof Meeting = keyof Meeting>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "meeting_date" | "-meeting_date";
        client?: string | string[];
        email?: string;
        "meeting_date.gt"?: string;
        "meeting_date.gte"?: string;
        "meeting_date.lt"?: string;
        "meeting_date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Meeting, F>>>("/v1/meetings", query, options),
    /** Get one meeting. */
    getMeeting: (id: string | number, options?: ReadOptions) =>
      api.read<Meeting>(`/v1/meetings/${encodeURIComponent(id)}`, {}, options),
    /** List calls. */
    listCalls: <F extends keyof Call = keyof Call>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "call_date" | "-call_date";
        client?: string | string[];
        status?: "pending" | "processed" | "archived" | "pending" | "processed" | "archived"[];
        call_type?:
          | "tam_map"
          | "opportunity_review"
          | "messaging_review"
          | "general"
          | "other"
          | "tam_map"
          | "opportunity_review"
          | "messaging_review"
          | "general"
          | "other"[];
        "call_date.gt"?: string;
        "call_date.gte"?: string;
        "call_date.lt"?: string;
        "call_date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Call, F>>>("/v1/calls", query, options),
    /** Get one call. */
    getCall: (id: string | number, options?: ReadOptions) =>
      api.read<Call>(`/v1/calls/${encodeURIComponent(id)}`, {}, options),
    /** Change a call. */
    updateCall: (id: string | number, body: CallUpdate, options?: WriteOptions) =>
      api.write<Call>("PATCH", `/v1/calls/${encodeURIComponent(id)}`, body, options),
    /** Give a call, with its tasks, to another client. */
    assignCall: (id: string | number, body: CallOwner, options?: WriteOptions) =>
      api.write<Call>("POST", `/v1/calls/${encodeURIComponent(id)}/assign`, body, options),
    /** Put a call away. */
    archiveCall: (id: string | number, options?: WriteOptions) =>
      api.write<Call>("POST", `/v1/calls/${encodeURIComponent(id)}/archive`, undefined, options),
    /** Take an archived call back. */
    restoreCall: (id: string | number, options?: WriteOptions) =>
      api.write<Call>("POST", `/v1/calls/${encodeURIComponent(id)}/restore`, undefined, options),
    /** List unmatched calls. */
    listUnmatchedCalls: <F extends keyof UnmatchedCall = keyof UnmatchedCall>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        status?: "waiting" | "dismissed" | "waiting" | "dismissed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<UnmatchedCall, F>>>("/v1/unmatched-calls", query, options),
    /** Get one unmatched call. */
    getUnmatchedCall: (id: string | number, options?: ReadOptions) =>
      api.read<UnmatchedCall>(`/v1/unmatched-calls/${encodeURIComponent(id)}`, {}, options),
    /** Say that it is no client's call. */
    dismissUnmatchedCall: (id: string | number, options?: WriteOptions) =>
      api.write<PlacedCall>("POST", `/v1/unmatched-calls/${encodeURIComponent(id)}/dismiss`, undefined, options),
    /** Say whose call it is. */
    assignUnmatchedCall: (id: string | number, body: CallOwner, options?: WriteOptions) =>
      api.write<PlacedCall>("POST", `/v1/unmatched-calls/${encodeURIComponent(id)}/assign`, body, options),
    /** List fathom accounts. */
    listFathomAccounts: <F extends keyof FathomAccount = keyof FathomAccount>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<FathomAccount, F>>>("/v1/fathom-accounts", query, options),
    /** Store an account's API key, or a new key for one that is there; its webhook is made by a job. */
    connectFathomAccount: (body: FathomAccountConnect, options?: WriteOptions) =>
      api.write<ConnectedFathomAccount>("POST", "/v1/fathom-accounts", body, options),
    /** Get one fathom account. */
    getFathomAccount: (id: string | number, options?: ReadOptions) =>
      api.read<FathomAccount>(`/v1/fathom-accounts/${encodeURIComponent(id)}`, {}, options),
    /** List calendly connections. */
    listCalendlyConnections: <F extends keyof CalendlyConnection = keyof CalendlyConnection>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "connected_at" | "-connected_at";
        client?: string | string[];
        "connected_at.gt"?: string;
        "connected_at.gte"?: string;
        "connected_at.lt"?: string;
        "connected_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<CalendlyConnection, F>>>("/v1/calendly-connections", query, options),
    /** Make a link by which a person connects the client's Calendly, once. */
    createCalendlyLink: (body: CalendlyLinkWish, options?: WriteOptions) =>
      api.write<CalendlyLink>("POST", "/v1/calendly-connections", body, options),
    /** Get one calendly connection. */
    getCalendlyConnection: (id: string | number, options?: ReadOptions) =>
      api.read<CalendlyConnection>(`/v1/calendly-connections/${encodeURIComponent(id)}`, {}, options),
    /** Have the webhook subscription looked at now, and made anew if it is gone. */
    checkCalendlyConnection: (id: string | number, options?: WriteOptions) =>
      api.write<CalendlyCheck>("POST", `/v1/calendly-connections/${encodeURIComponent(id)}/check`, undefined, options),
    /** List contacts. */
    listContacts: <F extends keyof Contact = keyof Contact>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "cold"
          | "warm"
          | "hot"
          | "in-contract"
          | "customer"
          | "inactive"
          | "cold"
          | "warm"
          | "hot"
          | "in-contract"
          | "customer"
          | "inactive"[];
        email?: string;
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Contact, F>>>("/v1/crm/contacts", query, options),
    /** Create a contact. */
    createContact: (body: ContactCreate, options?: WriteOptions) =>
      api.write<Contact>("POST", "/v1/crm/contacts", body, options),
    /** Get one contact. */
    getContact: (id: string | number, options?: ReadOptions) =>
      api.read<Contact>(`/v1/crm/contacts/${encodeURIComponent(id)}`, {}, options),
    /** Change a contact. */
    updateContact: (id: string | number, body: ContactUpdate, options?: WriteOptions) =>
      api.write<Contact>("PATCH", `/v1/crm/contacts/${encodeURIComponent(id)}`, body, options),
    /** Delete a contact. */
    deleteContact: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/crm/contacts/${encodeURIComponent(id)}`, undefined, options),
    /** List deals. */
    listDeals: <F extends keyof Deal = keyof Deal>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        stage?:
          | "lead"
          | "qualification"
          | "discovery"
          | "demo"
          | "proposal"
          | "negotiation"
          | "won"
          | "lost"
          | "lead"
          | "qualification"
          | "discovery"
          | "demo"
          | "proposal"
          | "negotiation"
          | "won"
          | "lost"[];
        contact_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Deal, F>>>("/v1/crm/deals", query, options),
    /** Create a deal. */
    createDeal: (body: DealCreate, options?: WriteOptions) => api.write<Deal>("POST", "/v1/crm/deals", body, options),
    /** Get one deal. */
    getDeal: (id: string | number, options?: ReadOptions) =>
      api.read<Deal>(`/v1/crm/deals/${encodeURIComponent(id)}`, {}, options),
    /** Change a deal. */
    updateDeal: (id: string | number, body: DealUpdate, options?: WriteOptions) =>
      api.write<Deal>("PATCH", `/v1/crm/deals/${encodeURIComponent(id)}`, body, options),
    /** Delete a deal. */
    deleteDeal: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/crm/deals/${encodeURIComponent(id)}`, undefined, options),
    /** List notes. */
    listNotes: <F extends keyof Note = keyof Note>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        contact_id?: string | string[];
        deal_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Note, F>>>("/v1/crm/notes", query, options),
    /** Create a note. */
    createNote: (body: NoteCreate, options?: WriteOptions) => api.write<Note>("POST", "/v1/crm/notes", body, options),
    /** Get one note. */
    getNote: (id: string | number, options?: ReadOptions) =>
      api.read<Note>(`/v1/crm/notes/${encodeURIComponent(id)}`, {}, options),
    /** Change a note. */
    updateNote: (id: string | number, body: NoteUpdate, options?: WriteOptions) =>
      api.write<Note>("PATCH", `/v1/crm/notes/${encodeURIComponent(id)}`, body, options),
    /** Delete a note. */
    deleteNote: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/crm/notes/${encodeURIComponent(id)}`, undefined, options),
    /** List tasks. */
    listTasks: <F extends keyof Task = keyof Task>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "due_date" | "-due_date";
        client?: string | string[];
        contact_id?: string | string[];
        deal_id?: string | string[];
        "due_date.gt"?: string;
        "due_date.gte"?: string;
        "due_date.lt"?: string;
        "due_date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Task, F>>>("/v1/crm/tasks", query, options),
    /** Create a task. */
    createTask: (body: TaskCreate, options?: WriteOptions) => api.write<Task>("POST", "/v1/crm/tasks", body, options),
    /** Get one task. */
    getTask: (id: string | number, options?: ReadOptions) =>
      api.read<Task>(`/v1/crm/tasks/${encodeURIComponent(id)}`, {}, options),
    /** Change a task. */
    updateTask: (id: string | number, body: TaskUpdate, options?: WriteOptions) =>
      api.write<Task>("PATCH", `/v1/crm/tasks/${encodeURIComponent(id)}`, body, options),
    /** Delete a task. */
    deleteTask: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/crm/tasks/${encodeURIComponent(id)}`, undefined, options),
    /** List tags. */
    listTags: <F extends keyof Tag = keyof Tag>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "entity_type" | "-entity_type";
        client?: string | string[];
        entity_type?: "company" | "contact" | "deal" | "company" | "contact" | "deal"[];
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Tag, F>>>("/v1/crm/tags", query, options),
    /** Create a tag. */
    createTag: (body: TagCreate, options?: WriteOptions) => api.write<Tag>("POST", "/v1/crm/tags", body, options),
    /** Get one tag. */
    getTag: (id: string | number, options?: ReadOptions) =>
      api.read<Tag>(`/v1/crm/tags/${encodeURIComponent(id)}`, {}, options),
    /** Change a tag. */
    updateTag: (id: string | number, body: TagUpdate, options?: WriteOptions) =>
      api.write<Tag>("PATCH", `/v1/crm/tags/${encodeURIComponent(id)}`, body, options),
    /** Delete a tag. */
    deleteTag: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/crm/tags/${encodeURIComponent(id)}`, undefined, options),
    /** List companies. */
    listCompanies: <F extends keyof Company = keyof Company>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "number" | "-number";
        company_domain?: string | string[];
        "number.gt"?: string;
        "number.gte"?: string;
        "number.lt"?: string;
        "number.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Company, F>>>("/v1/companies", query, options),
    /** Get one company. */
    getCompany: (id: string | number, options?: ReadOptions) =>
      api.read<Company>(`/v1/companies/${encodeURIComponent(id)}`, {}, options),
    /** List loads. */
    listLoads: <F extends keyof Load = keyof Load>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Load, F>>>("/v1/hub/loads", query, options),
    /** Get one load. */
    getLoad: (id: string | number, options?: ReadOptions) =>
      api.read<Load>(`/v1/hub/loads/${encodeURIComponent(id)}`, {}, options),
    /** Store up to 10,000 rows; one whose address came in the last 30 days is kept as a duplicate. */
    ingestLoads: (body: LoadRows, options?: WriteOptions) =>
      api.write<IngestOutcome>("POST", "/v1/hub/loads/ingest", body, options),
    /** List hub contacts. */
    listHubContacts: <F extends keyof HubContact = keyof HubContact>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id" | "score" | "-score" | "created_at" | "-created_at";
        email?: string | string[];
        company?: string | string[];
        score?: string | string[];
        created_at?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
        "score.gt"?: string;
        "score.gte"?: string;
        "score.lt"?: string;
        "score.lte"?: string;
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<HubContact, F>>>("/v1/hub/contacts", query, options),
    /** Get one hub contact. */
    getHubContact: (id: string | number, options?: ReadOptions) =>
      api.read<HubContact>(`/v1/hub/contacts/${encodeURIComponent(id)}`, {}, options),
    /** Make contacts of pending loads: those named, or all that wait. */
    promoteLoads: (body: LoadIds, options?: WriteOptions) =>
      api.write<PromoteOutcome>("POST", "/v1/hub/contacts/promote", body, options),
    /** List hub companies. */
    listHubCompanies: <F extends keyof HubCompany = keyof HubCompany>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "domain" | "-domain";
        domain?: string | string[];
        name?: string | string[];
        industry?: string | string[];
        "domain.gt"?: string;
        "domain.gte"?: string;
        "domain.lt"?: string;
        "domain.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<HubCompany, F>>>("/v1/hub/companies", query, options),
    /** Get one hub company. */
    getHubCompany: (id: string | number, options?: ReadOptions) =>
      api.read<HubCompany>(`/v1/hub/companies/${encodeURIComponent(id)}`, {}, options),
    /** List hub persons. */
    listHubPersons: <F extends keyof HubPerson = keyof HubPerson>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "email" | "-email";
        email?: string | string[];
        company_id?: string | string[];
        linkedin_url?: string | string[];
        "email.gt"?: string;
        "email.gte"?: string;
        "email.lt"?: string;
        "email.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<HubPerson, F>>>("/v1/hub/people", query, options),
    /** Get one hub person. */
    getHubPerson: (id: string | number, options?: ReadOptions) =>
      api.read<HubPerson>(`/v1/hub/people/${encodeURIComponent(id)}`, {}, options),
    /** List opportunities. */
    listOpportunities: <F extends keyof Opportunity = keyof Opportunity>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        stage?:
          | "Lead"
          | "Qualification"
          | "Discovery"
          | "Demo"
          | "Proposal"
          | "Negotiation"
          | "Won"
          | "Lost"
          | "Lead"
          | "Qualification"
          | "Discovery"
          | "Demo"
          | "Proposal"
          | "Negotiation"
          | "Won"
          | "Lost"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Opportunity, F>>>("/v1/opportunities", query, options),
    /** Create a opportunity. */
    createOpportunity: (body: OpportunityCreate, options?: WriteOptions) =>
      api.write<Opportunity>("POST", "/v1/opportunities", body, options),
    /** Get one opportunity. */
    getOpportunity: (id: string | number, options?: ReadOptions) =>
      api.read<Opportunity>(`/v1/opportunities/${encodeURIComponent(id)}`, {}, options),
    /** Change a opportunity. */
    updateOpportunity: (id: string | number, body: OpportunityUpdate, options?: WriteOptions) =>
      api.write<Opportunity>("PATCH", `/v1/opportunities/${encodeURIComponent(id)}`, body, options),
    /** Delete a opportunity. */
    deleteOpportunity: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/opportunities/${encodeURIComponent(id)}`, undefined, options),
    /** List forecasts. */
    listForecasts: <F extends keyof Forecast = keyof Forecast>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "starts_on" | "-starts_on";
        starts_on?: string | string[];
        "starts_on.gt"?: string;
        "starts_on.gte"?: string;
        "starts_on.lt"?: string;
        "starts_on.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Forecast, F>>>("/v1/forecasts", query, options),
    /** Get one forecast. */
    getForecast: (id: string | number, options?: ReadOptions) =>
      api.read<Forecast>(`/v1/forecasts/${encodeURIComponent(id)}`, {}, options),
    /** Change a forecast. */
    updateForecast: (id: string | number, body: ForecastUpdate, options?: WriteOptions) =>
      api.write<Forecast>("PATCH", `/v1/forecasts/${encodeURIComponent(id)}`, body, options),
    /** List nightly reports. */
    listNightlyReports: <F extends keyof NightlyReport = keyof NightlyReport>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "date" | "-date";
        client?: string | string[];
        "date.gt"?: string;
        "date.gte"?: string;
        "date.lt"?: string;
        "date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<NightlyReport, F>>>("/v1/nightly-reports", query, options),
    /** Make a day's report now, or again. */
    makeNightlyReport: (body: NightlyReportWanted, options?: WriteOptions) =>
      api.write<NightlyReport>("POST", "/v1/nightly-reports", body, options),
    /** Get one nightly report. */
    getNightlyReport: (id: string | number, options?: ReadOptions) =>
      api.read<NightlyReport>(`/v1/nightly-reports/${encodeURIComponent(id)}`, {}, options),
    /** List domains. */
    listDomains: <F extends keyof Domain = keyof Domain>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?: "active" | "expired" | "pending" | "transferred" | "active" | "expired" | "pending" | "transferred"[];
        health_status?:
          | "healthy"
          | "warning"
          | "critical"
          | "unknown"
          | "healthy"
          | "warning"
          | "critical"
          | "unknown"[];
        domain_name?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Domain, F>>>("/v1/domains", query, options),
    /** Create a domain. */
    createDomain: (body: DomainCreate, options?: WriteOptions) =>
      api.write<Domain>("POST", "/v1/domains", body, options),
    /** Get one domain. */
    getDomain: (id: string | number, options?: ReadOptions) =>
      api.read<Domain>(`/v1/domains/${encodeURIComponent(id)}`, {}, options),
    /** Change a domain. */
    updateDomain: (id: string | number, body: DomainUpdate, options?: WriteOptions) =>
      api.write<Domain>("PATCH", `/v1/domains/${encodeURIComponent(id)}`, body, options),
    /** Have name servers and records written (again), and verified. */
    setUpDomain: (id: string | number, options?: WriteOptions) =>
      api.write<Requested>("POST", `/v1/domains/${encodeURIComponent(id)}/set-up`, undefined, options),
    /** Have resolvers asked now whether its records are seen. */
    verifyDomain: (id: string | number, options?: WriteOptions) =>
      api.write<Requested>("POST", `/v1/domains/${encodeURIComponent(id)}/verify`, undefined, options),
    /** Set the exact records that its inbox provider asks for; they replace ours of the same purposes. */
    setDomainRecords: (id: string | number, body: DomainRecordsSet, options?: WriteOptions) =>
      api.write<WantedRecords>("POST", `/v1/domains/${encodeURIComponent(id)}/records`, body, options),
    /** List domain records. */
    listDomainRecords: <F extends keyof DomainRecord = keyof DomainRecord>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        domain_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DomainRecord, F>>>("/v1/domain-records", query, options),
    /** Get one domain record. */
    getDomainRecord: (id: string | number, options?: ReadOptions) =>
      api.read<DomainRecord>(`/v1/domain-records/${encodeURIComponent(id)}`, {}, options),
    /** List inventory domains. */
    listInventoryDomains: <F extends keyof InventoryDomain = keyof InventoryDomain>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "available"
          | "purchased"
          | "configured"
          | "in_use"
          | "expired"
          | "reserved"
          | "available"
          | "purchased"
          | "configured"
          | "in_use"
          | "expired"
          | "reserved"[];
        purchase_batch_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InventoryDomain, F>>>("/v1/domain-inventory", query, options),
    /** Get one inventory domain. */
    getInventoryDomain: (id: string | number, options?: ReadOptions) =>
      api.read<InventoryDomain>(`/v1/domain-inventory/${encodeURIComponent(id)}`, {}, options),
    /** Change a inventory domain. */
    updateInventoryDomain: (id: string | number, body: InventoryDomainUpdate, options?: WriteOptions) =>
      api.write<InventoryDomain>("PATCH", `/v1/domain-inventory/${encodeURIComponent(id)}`, body, options),
    /** List domain templates. */
    listDomainTemplates: <F extends keyof DomainTemplate = keyof DomainTemplate>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DomainTemplate, F>>>("/v1/domain-templates", query, options),
    /** Create a domain template. */
    createDomainTemplate: (body: DomainTemplateCreate, options?: WriteOptions) =>
      api.write<DomainTemplate>("POST", "/v1/domain-templates", body, options),
    /** Get one domain template. */
    getDomainTemplate: (id: string | number, options?: ReadOptions) =>
      api.read<DomainTemplate>(`/v1/domain-templates/${encodeURIComponent(id)}`, {}, options),
    /** Change a domain template. */
    updateDomainTemplate: (id: string | number, body: DomainTemplateUpdate, options?: WriteOptions) =>
      api.write<DomainTemplate>("PATCH", `/v1/domain-templates/${encodeURIComponent(id)}`, body, options),
    /** Delete a domain template. */
    deleteDomainTemplate: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/domain-templates/${encodeURIComponent(id)}`, undefined, options),
    /** Make names and have each checked at the registrar, one in ten seconds. */
    generateDomains: (id: string | number, body: DomainGenerate, options?: WriteOptions) =>
      api.write<DomainsGenerated>("POST", `/v1/domain-templates/${encodeURIComponent(id)}/generate`, body, options),
    /** List domain generations. */
    listDomainGenerations: <F extends keyof DomainGeneration = keyof DomainGeneration>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        template_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DomainGeneration, F>>>("/v1/domain-generations", query, options),
    /** Get one domain generation. */
    getDomainGeneration: (id: string | number, options?: ReadOptions) =>
      api.read<DomainGeneration>(`/v1/domain-generations/${encodeURIComponent(id)}`, {}, options),
    /** List domain checks. */
    listDomainChecks: <F extends keyof DomainCheck = keyof DomainCheck>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        generation_id?: string | string[];
        domain_name?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DomainCheck, F>>>("/v1/domain-checks", query, options),
    /** Have names checked whose last answer no longer holds. */
    checkDomains: (body: DomainsCheck, options?: WriteOptions) =>
      api.write<DomainChecksEnqueued>("POST", "/v1/domain-checks", body, options),
    /** Get one domain check. */
    getDomainCheck: (id: string | number, options?: ReadOptions) =>
      api.read<DomainCheck>(`/v1/domain-checks/${encodeURIComponent(id)}`, {}, options),
    /** List purchase batchs. */
    listPurchaseBatchs: <F extends keyof PurchaseBatch = keyof PurchaseBatch>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "proposed"
          | "approved"
          | "rejected"
          | "completed"
          | "proposed"
          | "approved"
          | "rejected"
          | "completed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<PurchaseBatch, F>>>("/v1/purchase-batches", query, options),
    /** Propose domains at the prices quoted within the hour, and ask for approval. */
    createPurchaseBatch: (body: PurchaseBatchCreate, options?: WriteOptions) =>
      api.write<PurchaseBatch>("POST", "/v1/purchase-batches", body, options),
    /** Get one purchase batch. */
    getPurchaseBatch: (id: string | number, options?: ReadOptions) =>
      api.read<PurchaseBatch>(`/v1/purchase-batches/${encodeURIComponent(id)}`, {}, options),
    /** Take up the domains of an approved batch that are not bought yet. */
    resumePurchaseBatch: (id: string | number, options?: WriteOptions) =>
      api.write<PurchasesResumed>("POST", `/v1/purchase-batches/${encodeURIComponent(id)}/resume`, undefined, options),
    /** List domain purchases. */
    listDomainPurchases: <F extends keyof DomainPurchase = keyof DomainPurchase>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        batch_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DomainPurchase, F>>>("/v1/domain-purchases", query, options),
    /** Get one domain purchase. */
    getDomainPurchase: (id: string | number, options?: ReadOptions) =>
      api.read<DomainPurchase>(`/v1/domain-purchases/${encodeURIComponent(id)}`, {}, options),
    /** List domain providers. */
    listDomainProviders: <F extends keyof DomainProvider = keyof DomainProvider>(
      query: { limit?: number; cursor?: string; sort?: "provider_name" | "-provider_name" } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DomainProvider, F>>>("/v1/domain-providers", query, options),
    /** Set the API key of the account at a registrar. */
    setDomainProvider: (body: DomainProviderSet, options?: WriteOptions) =>
      api.write<DomainProvider>("POST", "/v1/domain-providers", body, options),
    /** Get one domain provider. */
    getDomainProvider: (id: string | number, options?: ReadOptions) =>
      api.read<DomainProvider>(`/v1/domain-providers/${encodeURIComponent(id)}`, {}, options),
    /** Have a webhook for all events made in the account, in place of the one before. */
    connectRegistrarWebhook: (id: string | number, options?: WriteOptions) =>
      api.write<Requested>(
        "POST",
        `/v1/domain-providers/${encodeURIComponent(id)}/connect-webhook`,
        undefined,
        options,
      ),
    /** List document versions. */
    listDocumentVersions: <F extends keyof DocumentVersion = keyof DocumentVersion>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        client?: string | string[];
        document_id?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<DocumentVersion, F>>>("/v1/document-versions", query, options),
    /** Get one document version. */
    getDocumentVersion: (id: string | number, options?: ReadOptions) =>
      api.read<DocumentVersion>(`/v1/document-versions/${encodeURIComponent(id)}`, {}, options),
    /** Give the document this content again; a new version says so. */
    restoreDocumentVersion: (id: string | number, options?: WriteOptions) =>
      api.write<RestoreOutcome>("POST", `/v1/document-versions/${encodeURIComponent(id)}/restore`, undefined, options),
    /** List drafts. */
    listDrafts: <F extends keyof Draft = keyof Draft>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "waiting"
          | "written"
          | "failed"
          | "accepted"
          | "discarded"
          | "waiting"
          | "written"
          | "failed"
          | "accepted"
          | "discarded"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Draft, F>>>("/v1/drafts", query, options),
    /** Ask for a draft; it is written by a job. */
    requestDraft: (body: DraftCreate, options?: WriteOptions) => api.write<Draft>("POST", "/v1/drafts", body, options),
    /** Get one draft. */
    getDraft: (id: string | number, options?: ReadOptions) =>
      api.read<Draft>(`/v1/drafts/${encodeURIComponent(id)}`, {}, options),
    /** Take a draft over: a map becomes a draft version, other documents get its sections. */
    acceptDraft: (id: string | number, options?: WriteOptions) =>
      api.write<AcceptedDraft>("POST", `/v1/drafts/${encodeURIComponent(id)}/accept`, undefined, options),
    /** Nobody wants this draft. */
    discardDraft: (id: string | number, options?: WriteOptions) =>
      api.write<Draftdiscard>("POST", `/v1/drafts/${encodeURIComponent(id)}/discard`, undefined, options),
    /** Have a failed draft written once more. */
    retryDraft: (id: string | number, options?: WriteOptions) =>
      api.write<Draftretry>("POST", `/v1/drafts/${encodeURIComponent(id)}/retry`, undefined, options),
    /** List iteration logs. */
    listIterationLogs: <F extends keyof IterationLog = keyof IterationLog>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        action_type?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<IterationLog, F>>>("/v1/iteration-logs", query, options),
    /** Create a iteration log. */
    createIterationLog: (body: IterationLogCreate, options?: WriteOptions) =>
      api.write<IterationLog>("POST", "/v1/iteration-logs", body, options),
    /** Get one iteration log. */
    getIterationLog: (id: string | number, options?: ReadOptions) =>
      api.read<IterationLog>(`/v1/iteration-logs/${encodeURIComponent(id)}`, {}, options),
    /** Change a iteration log. */
    updateIterationLog: (id: string | number, body: IterationLogUpdate, options?: WriteOptions) =>
      api.write<IterationLog>("PATCH", `/v1/iteration-logs/${encodeURIComponent(id)}`, body, options),
    /** List knowledge bases. */
    listKnowledgeBases: <F extends keyof KnowledgeBase = keyof KnowledgeBase>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "client" | "-client";
        client?: string | string[];
        "client.gt"?: string;
        "client.gte"?: string;
        "client.lt"?: string;
        "client.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<KnowledgeBase, F>>>("/v1/knowledge-bases", query, options),
    /** Create a knowledge base. */
    createKnowledgeBase: (body: KnowledgeBaseCreate, options?: WriteOptions) =>
      api.write<KnowledgeBase>("POST", "/v1/knowledge-bases", body, options),
    /** Get one knowledge base. */
    getKnowledgeBase: (id: string | number, options?: ReadOptions) =>
      api.read<KnowledgeBase>(`/v1/knowledge-bases/${encodeURIComponent(id)}`, {}, options),
    /** Change a knowledge base. */
    updateKnowledgeBase: (id: string | number, body: KnowledgeBaseUpdate, options?: WriteOptions) =>
      api.write<KnowledgeBase>("PATCH", `/v1/knowledge-bases/${encodeURIComponent(id)}`, body, options),
    /** List copywritings. */
    listCopywritings: <F extends keyof Copywriting = keyof Copywriting>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "client" | "-client";
        client?: string | string[];
        "client.gt"?: string;
        "client.gte"?: string;
        "client.lt"?: string;
        "client.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Copywriting, F>>>("/v1/copywriting", query, options),
    /** Create a copywriting. */
    createCopywriting: (body: CopywritingCreate, options?: WriteOptions) =>
      api.write<Copywriting>("POST", "/v1/copywriting", body, options),
    /** Get one copywriting. */
    getCopywriting: (id: string | number, options?: ReadOptions) =>
      api.read<Copywriting>(`/v1/copywriting/${encodeURIComponent(id)}`, {}, options),
    /** Change a copywriting. */
    updateCopywriting: (id: string | number, body: CopywritingUpdate, options?: WriteOptions) =>
      api.write<Copywriting>("PATCH", `/v1/copywriting/${encodeURIComponent(id)}`, body, options),
    /** List opportunity maps. */
    listOpportunityMaps: <F extends keyof OpportunityMap = keyof OpportunityMap>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?: "draft" | "confirmed" | "archived" | "draft" | "confirmed" | "archived"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<OpportunityMap, F>>>("/v1/opportunity-maps", query, options),
    /** Create a opportunity map. */
    createOpportunityMap: (body: OpportunityMapCreate, options?: WriteOptions) =>
      api.write<OpportunityMap>("POST", "/v1/opportunity-maps", body, options),
    /** Get one opportunity map. */
    getOpportunityMap: (id: string | number, options?: ReadOptions) =>
      api.read<OpportunityMap>(`/v1/opportunity-maps/${encodeURIComponent(id)}`, {}, options),
    /** Change a opportunity map. */
    updateOpportunityMap: (id: string | number, body: OpportunityMapUpdate, options?: WriteOptions) =>
      api.write<OpportunityMap>("PATCH", `/v1/opportunity-maps/${encodeURIComponent(id)}`, body, options),
    /** Confirm a draft, and archive the confirmed version before it. */
    confirmOpportunityMap: (id: string | number, options?: WriteOptions) =>
      api.write<Mapconfirmed>("POST", `/v1/opportunity-maps/${encodeURIComponent(id)}/confirm`, undefined, options),
    /** Archive a draft or a confirmed version. */
    archiveOpportunityMap: (id: string | number, options?: WriteOptions) =>
      api.write<Maparchived>("POST", `/v1/opportunity-maps/${encodeURIComponent(id)}/archive`, undefined, options),
    /** Make the next version, a draft with the same content. */
    reviseOpportunityMap: (id: string | number, options?: WriteOptions) =>
      api.write<OpportunityMap>("POST", `/v1/opportunity-maps/${encodeURIComponent(id)}/revise`, undefined, options),
    /** List plan of actions. */
    listPlanOfActions: <F extends keyof PlanOfAction = keyof PlanOfAction>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "client" | "-client";
        client?: string | string[];
        "client.gt"?: string;
        "client.gte"?: string;
        "client.lt"?: string;
        "client.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<PlanOfAction, F>>>("/v1/plans-of-action", query, options),
    /** Create a plan of action. */
    createPlanOfAction: (body: PlanOfActionCreate, options?: WriteOptions) =>
      api.write<PlanOfAction>("POST", "/v1/plans-of-action", body, options),
    /** Get one plan of action. */
    getPlanOfAction: (id: string | number, options?: ReadOptions) =>
      api.read<PlanOfAction>(`/v1/plans-of-action/${encodeURIComponent(id)}`, {}, options),
    /** Change a plan of action. */
    updatePlanOfAction: (id: string | number, body: PlanOfActionUpdate, options?: WriteOptions) =>
      api.write<PlanOfAction>("PATCH", `/v1/plans-of-action/${encodeURIComponent(id)}`, body, options),
    /** List stores. */
    listStores: <F extends keyof Store = keyof Store>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        status?: "new" | "copied" | "processed" | "failed" | "new" | "copied" | "processed" | "failed"[];
        domain_norm?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Store, F>>>("/v1/stores", query, options),
    /** Get one store. */
    getStore: (id: string | number, options?: ReadOptions) =>
      api.read<Store>(`/v1/stores/${encodeURIComponent(id)}`, {}, options),
    /** Take over, copy and process the next batch of stores now, not with the schedule. */
    advanceStores: (body: StoreBatch, options?: WriteOptions) =>
      api.write<StoreProgress>("POST", "/v1/stores/advance", body, options),
    /** List company signals. */
    listCompanySignals: <F extends keyof CompanySignal = keyof CompanySignal>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "last_seen_at" | "-last_seen_at";
        company_id?: string | string[];
        signal_type?: string | string[];
        "last_seen_at.gt"?: string;
        "last_seen_at.gte"?: string;
        "last_seen_at.lt"?: string;
        "last_seen_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<CompanySignal, F>>>("/v1/company-signals", query, options),
    /** Get one company signal. */
    getCompanySignal: (id: string | number, options?: ReadOptions) =>
      api.read<CompanySignal>(`/v1/company-signals/${encodeURIComponent(id)}`, {}, options),
    /** List master contacts. */
    listMasterContacts: <F extends keyof MasterContact = keyof MasterContact>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        company_domain?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<MasterContact, F>>>("/v1/master-contacts", query, options),
    /** Get one master contact. */
    getMasterContact: (id: string | number, options?: ReadOptions) =>
      api.read<MasterContact>(`/v1/master-contacts/${encodeURIComponent(id)}`, {}, options),
    /** List enrichment runs. */
    listEnrichmentRuns: <F extends keyof EnrichmentRun = keyof EnrichmentRun>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        status?:
          | "queued"
          | "asked"
          | "running"
          | "completed"
          | "stopped"
          | "failed"
          | "queued"
          | "asked"
          | "running"
          | "completed"
          | "stopped"
          | "failed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<EnrichmentRun, F>>>("/v1/enrichment-runs", query, options),
    /** Get one enrichment run. */
    getEnrichmentRun: (id: string | number, options?: ReadOptions) =>
      api.read<EnrichmentRun>(`/v1/enrichment-runs/${encodeURIComponent(id)}`, {}, options),
    /** Ask CompanyEnrich for companies, as far as the budget goes. */
    enrichCompanies: (body: EnrichmentCreate, options?: WriteOptions) =>
      api.write<EnrichmentOutcome>("POST", "/v1/enrichment-runs/companies", body, options),
    /** Ask CompanyEnrich for LinkedIn data of people in the hub, as far as the budget goes. */
    enrichPeople: (body: PeopleEnrich, options?: WriteOptions) =>
      api.write<PeopleOutcome>("POST", "/v1/enrichment-runs/people", body, options),
    /** Ask StoreLeads for stores, as far as the budget goes. */
    fetchStores: (body: StoresCreate, options?: WriteOptions) =>
      api.write<StoresOutcome>("POST", "/v1/enrichment-runs/stores", body, options),
    /** List provider credits. */
    listProviderCredits: <F extends keyof ProviderCredit = keyof ProviderCredit>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "provider" | "-provider";
        "provider.gt"?: string;
        "provider.gte"?: string;
        "provider.lt"?: string;
        "provider.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<ProviderCredit, F>>>("/v1/provider-credits", query, options),
    /** List provider keies. */
    listProviderKeies: <F extends keyof ProviderKey = keyof ProviderKey>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "provider" | "-provider";
        "provider.gt"?: string;
        "provider.gte"?: string;
        "provider.lt"?: string;
        "provider.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<ProviderKey, F>>>("/v1/provider-keys", query, options),
    /** Store the agency's key at a provider, in place of an earlier one. */
    storeProviderKey: (body: ProviderKeyCreate, options?: WriteOptions) =>
      api.write<StoredProviderKey>("POST", "/v1/provider-keys", body, options),
    /** List contact lists. */
    listContactLists: <F extends keyof ContactList = keyof ContactList>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?: "built" | "pushed" | "built" | "pushed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<ContactList, F>>>("/v1/contact-lists", query, options),
    /** Choose contacts for a campaign, without those whom the client must not write to. */
    buildContactList: (body: ContactListCreate, options?: WriteOptions) =>
      api.write<ContactList>("POST", "/v1/contact-lists", body, options),
    /** Get one contact list. */
    getContactList: (id: string | number, options?: ReadOptions) =>
      api.read<ContactList>(`/v1/contact-lists/${encodeURIComponent(id)}`, {}, options),
    /** Move promoted contacts on into the master database now and not with the schedule. */
    advanceHub: (options?: WriteOptions) =>
      api.write<HubProgress>("POST", "/v1/contact-lists/advance-hub", undefined, options),
    /** Queue the chosen contacts for their campaign in EmailBison; again: only those that still wait. */
    pushContactList: (id: string | number, options?: WriteOptions) =>
      api.write<ContactList>("POST", `/v1/contact-lists/${encodeURIComponent(id)}/push`, undefined, options),
    /** Queue contacts of a campaign again that EmailBison refused. */
    retryFailedPushes: (body: PushRetry, options?: WriteOptions) =>
      api.write<PushRetried>("POST", "/v1/contact-lists/retry-failed", body, options),
    /** List campaign contacts. */
    listCampaignContacts: <F extends keyof CampaignContact = keyof CampaignContact>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "chosen"
          | "excluded"
          | "queued"
          | "in_campaign"
          | "removed"
          | "chosen"
          | "excluded"
          | "queued"
          | "in_campaign"
          | "removed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<CampaignContact, F>>>("/v1/campaign-contacts", query, options),
    /** Get one campaign contact. */
    getCampaignContact: (id: string | number, options?: ReadOptions) =>
      api.read<CampaignContact>(`/v1/campaign-contacts/${encodeURIComponent(id)}`, {}, options),
    /** List queued contacts. */
    listQueuedContacts: <F extends keyof QueuedContact = keyof QueuedContact>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        client?: string | string[];
        status?:
          | "queued"
          | "pushing"
          | "pushed"
          | "attached"
          | "failed"
          | "skipped"
          | "queued"
          | "pushing"
          | "pushed"
          | "attached"
          | "failed"
          | "skipped"[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<QueuedContact, F>>>("/v1/bison-queue", query, options),
    /** Get one queued contact. */
    getQueuedContact: (id: string | number, options?: ReadOptions) =>
      api.read<QueuedContact>(`/v1/bison-queue/${encodeURIComponent(id)}`, {}, options),
    /** List campaign leads. */
    listCampaignLeads: <F extends keyof CampaignLead = keyof CampaignLead>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        bison_lead_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<CampaignLead, F>>>("/v1/campaign-leads", query, options),
    /** Get one campaign lead. */
    getCampaignLead: (id: string | number, options?: ReadOptions) =>
      api.read<CampaignLead>(`/v1/campaign-leads/${encodeURIComponent(id)}`, {}, options),
    /** List marketing campaigns. */
    listMarketingCampaigns: <F extends keyof MarketingCampaign = keyof MarketingCampaign>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?: "draft" | "active" | "paused" | "completed" | "draft" | "active" | "paused" | "completed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<MarketingCampaign, F>>>("/v1/marketing/campaigns", query, options),
    /** Get one marketing campaign. */
    getMarketingCampaign: (id: string | number, options?: ReadOptions) =>
      api.read<MarketingCampaign>(`/v1/marketing/campaigns/${encodeURIComponent(id)}`, {}, options),
    /** Take over what happened in the campaigns now and not with the schedule. */
    refreshMarketing: (options?: WriteOptions) =>
      api.write<MarketingProgress>("POST", "/v1/marketing/campaigns/refresh", undefined, options),
    /** List attributions. */
    listAttributions: <F extends keyof Attribution = keyof Attribution>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "converted_at" | "-converted_at";
        client?: string | string[];
        "converted_at.gt"?: string;
        "converted_at.gte"?: string;
        "converted_at.lt"?: string;
        "converted_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Attribution, F>>>("/v1/marketing/attribution", query, options),
    /** Get one attribution. */
    getAttribution: (id: string | number, options?: ReadOptions) =>
      api.read<Attribution>(`/v1/marketing/attribution/${encodeURIComponent(id)}`, {}, options),
    /** List outreachs. */
    listOutreachs: <F extends keyof Outreach = keyof Outreach>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "sent_at" | "-sent_at";
        client?: string | string[];
        "sent_at.gt"?: string;
        "sent_at.gte"?: string;
        "sent_at.lt"?: string;
        "sent_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Outreach, F>>>("/v1/marketing/outreach", query, options),
    /** Get one outreach. */
    getOutreach: (id: string | number, options?: ReadOptions) =>
      api.read<Outreach>(`/v1/marketing/outreach/${encodeURIComponent(id)}`, {}, options),
    /** List feedback reports. */
    listFeedbackReports: <F extends keyof FeedbackReport = keyof FeedbackReport>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "report_date" | "-report_date";
        client?: string | string[];
        "report_date.gt"?: string;
        "report_date.gte"?: string;
        "report_date.lt"?: string;
        "report_date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<FeedbackReport, F>>>("/v1/marketing/feedback-reports", query, options),
    /** Get one feedback report. */
    getFeedbackReport: (id: string | number, options?: ReadOptions) =>
      api.read<FeedbackReport>(`/v1/marketing/feedback-reports/${encodeURIComponent(id)}`, {}, options),
    /** List inboxs. */
    listInboxs: <F extends keyof Inbox = keyof Inbox>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        inbox_set_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Inbox, F>>>("/v1/inboxes", query, options),
    /** Get one inbox. */
    getInbox: (id: string | number, options?: ReadOptions) =>
      api.read<Inbox>(`/v1/inboxes/${encodeURIComponent(id)}`, {}, options),
    /** List inbox sets. */
    listInboxSets: <F extends keyof InboxSet = keyof InboxSet>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "ordered"
          | "warming"
          | "ready"
          | "deployed"
          | "paused"
          | "archived"
          | "ordered"
          | "warming"
          | "ready"
          | "deployed"
          | "paused"
          | "archived"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InboxSet, F>>>("/v1/inbox-sets", query, options),
    /** Create a inbox set. */
    createInboxSet: (body: InboxSetCreate, options?: WriteOptions) =>
      api.write<InboxSet>("POST", "/v1/inbox-sets", body, options),
    /** Get one inbox set. */
    getInboxSet: (id: string | number, options?: ReadOptions) =>
      api.read<InboxSet>(`/v1/inbox-sets/${encodeURIComponent(id)}`, {}, options),
    /** Change a inbox set. */
    updateInboxSet: (id: string | number, body: InboxSetUpdate, options?: WriteOptions) =>
      api.write<InboxSet>("PATCH", `/v1/inbox-sets/${encodeURIComponent(id)}`, body, options),
    /** Let a ready set send, for a campaign if one is named. */
    deployInboxSet: (id: string | number, body: InboxSetDeploy, options?: WriteOptions) =>
      api.write<InboxSetMove>("POST", `/v1/inbox-sets/${encodeURIComponent(id)}/deploy`, body, options),
    /** Stop a set for a while. */
    pauseInboxSet: (id: string | number, options?: WriteOptions) =>
      api.write<InboxSetMove>("POST", `/v1/inbox-sets/${encodeURIComponent(id)}/pause`, undefined, options),
    /** Take a set up where it was paused. */
    resumeInboxSet: (id: string | number, options?: WriteOptions) =>
      api.write<InboxSetMove>("POST", `/v1/inbox-sets/${encodeURIComponent(id)}/resume`, undefined, options),
    /** Put a set away for good. */
    archiveInboxSet: (id: string | number, options?: WriteOptions) =>
      api.write<InboxSetMove>("POST", `/v1/inbox-sets/${encodeURIComponent(id)}/archive`, undefined, options),
    /** List inbox tags. */
    listInboxTags: <F extends keyof InboxTag = keyof InboxTag>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "bison_tag_id" | "-bison_tag_id";
        client?: string | string[];
        "bison_tag_id.gt"?: string;
        "bison_tag_id.gte"?: string;
        "bison_tag_id.lt"?: string;
        "bison_tag_id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InboxTag, F>>>("/v1/inbox-tags", query, options),
    /** Get one inbox tag. */
    getInboxTag: (id: string | number, options?: ReadOptions) =>
      api.read<InboxTag>(`/v1/inbox-tags/${encodeURIComponent(id)}`, {}, options),
    /** Put a tag on inboxes; a job tells EmailBison. */
    attachInboxTag: (id: string | number, body: InboxTagging, options?: WriteOptions) =>
      api.write<InboxTagged>("POST", `/v1/inbox-tags/${encodeURIComponent(id)}/attach`, body, options),
    /** Take a tag off inboxes; a job tells EmailBison. */
    removeInboxTag: (id: string | number, body: InboxTagging, options?: WriteOptions) =>
      api.write<InboxTagged>("POST", `/v1/inbox-tags/${encodeURIComponent(id)}/remove`, body, options),
    /** List inbox health checks. */
    listInboxHealthChecks: <F extends keyof InboxHealthCheck = keyof InboxHealthCheck>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "checked_at" | "-checked_at";
        client?: string | string[];
        recommendation?: "keep" | "watch" | "rotate" | "cancel" | "keep" | "watch" | "rotate" | "cancel"[];
        inbox_id?: string | string[];
        "checked_at.gt"?: string;
        "checked_at.gte"?: string;
        "checked_at.lt"?: string;
        "checked_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InboxHealthCheck, F>>>("/v1/inbox-health-checks", query, options),
    /** Get one inbox health check. */
    getInboxHealthCheck: (id: string | number, options?: ReadOptions) =>
      api.read<InboxHealthCheck>(`/v1/inbox-health-checks/${encodeURIComponent(id)}`, {}, options),
    /** List inbox daies. */
    listInboxDaies: <F extends keyof InboxDay = keyof InboxDay>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "date" | "-date";
        client?: string | string[];
        inbox_id?: string | string[];
        "date.gt"?: string;
        "date.gte"?: string;
        "date.lt"?: string;
        "date.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InboxDay, F>>>("/v1/inbox-analytics", query, options),
    /** Get one inbox day. */
    getInboxDay: (id: string | number, options?: ReadOptions) =>
      api.read<InboxDay>(`/v1/inbox-analytics/${encodeURIComponent(id)}`, {}, options),
    /** List provider orders. */
    listProviderOrders: <F extends keyof ProviderOrder = keyof ProviderOrder>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "draft"
          | "exported"
          | "submitted"
          | "processing"
          | "completed"
          | "failed"
          | "draft"
          | "exported"
          | "submitted"
          | "processing"
          | "completed"
          | "failed"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<ProviderOrder, F>>>("/v1/provider-orders", query, options),
    /** Plan mailboxes: nothing is ordered yet. */
    draftProviderOrder: (body: ProviderOrderDraft, options?: WriteOptions) =>
      api.write<ProviderOrder>("POST", "/v1/provider-orders", body, options),
    /** Get one provider order. */
    getProviderOrder: (id: string | number, options?: ReadOptions) =>
      api.read<ProviderOrder>(`/v1/provider-orders/${encodeURIComponent(id)}`, {}, options),
    /** Change a provider order. */
    updateProviderOrder: (id: string | number, body: ProviderOrderUpdate, options?: WriteOptions) =>
      api.write<ProviderOrder>("PATCH", `/v1/provider-orders/${encodeURIComponent(id)}`, body, options),
    /** Write csv_data, to be looked at before money is spent. */
    exportProviderOrder: (id: string | number, options?: WriteOptions) =>
      api.write<ProviderOrderStep>("POST", `/v1/provider-orders/${encodeURIComponent(id)}/export`, undefined, options),
    /** Order what was exported; jobs do it, and a repetition orders nothing. */
    submitProviderOrder: (id: string | number, options?: WriteOptions) =>
      api.write<ProviderOrderStep>("POST", `/v1/provider-orders/${encodeURIComponent(id)}/submit`, undefined, options),
    /** Take up an order that failed, once its cause is mended. */
    retryProviderOrder: (id: string | number, options?: WriteOptions) =>
      api.write<ProviderOrderStep>("POST", `/v1/provider-orders/${encodeURIComponent(id)}/retry`, undefined, options),
    /** Cancel an order: before it is submitted, or all its mailboxes afterwards. */
    cancelProviderOrder: (id: string | number, body: ProviderOrderCancel, options?: WriteOptions) =>
      api.write<ProviderOrderStep>("POST", `/v1/provider-orders/${encodeURIComponent(id)}/cancel`, body, options),
    /** List inbox orders. */
    listInboxOrders: <F extends keyof InboxOrder = keyof InboxOrder>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        order_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InboxOrder, F>>>("/v1/inbox-orders", query, options),
    /** Get one inbox order. */
    getInboxOrder: (id: string | number, options?: ReadOptions) =>
      api.read<InboxOrder>(`/v1/inbox-orders/${encodeURIComponent(id)}`, {}, options),
    /** List ordered mailboxs. */
    listOrderedMailboxs: <F extends keyof OrderedMailbox = keyof OrderedMailbox>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        order_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<OrderedMailbox, F>>>("/v1/ordered-mailboxes", query, options),
    /** Get one ordered mailbox. */
    getOrderedMailbox: (id: string | number, options?: ReadOptions) =>
      api.read<OrderedMailbox>(`/v1/ordered-mailboxes/${encodeURIComponent(id)}`, {}, options),
    /** List inbox providers. */
    listInboxProviders: <F extends keyof InboxProvider = keyof InboxProvider>(
      query: { limit?: number; cursor?: string; sort?: "provider_name" | "-provider_name" } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<InboxProvider, F>>>("/v1/inbox-providers", query, options),
    /** Add an account, or give the one that is there a new key. */
    connectInboxProvider: (body: InboxProviderConnect, options?: WriteOptions) =>
      api.write<InboxProvider>("POST", "/v1/inbox-providers", body, options),
    /** Get one inbox provider. */
    getInboxProvider: (id: string | number, options?: ReadOptions) =>
      api.read<InboxProvider>(`/v1/inbox-providers/${encodeURIComponent(id)}`, {}, options),
    /** Change a inbox provider. */
    updateInboxProvider: (id: string | number, body: InboxProviderUpdate, options?: WriteOptions) =>
      api.write<InboxProvider>("PATCH", `/v1/inbox-providers/${encodeURIComponent(id)}`, body, options),
    /** List rebatch runs. */
    listRebatchRuns: <F extends keyof RebatchRun = keyof RebatchRun>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?:
          | "preview"
          | "approved"
          | "executing"
          | "executed"
          | "failed"
          | "rejected"
          | "superseded"
          | "preview"
          | "approved"
          | "executing"
          | "executed"
          | "failed"
          | "rejected"
          | "superseded"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<RebatchRun, F>>>("/v1/rebatch-runs", query, options),
    /** Plan a client's rebatch now, and ask for approval. */
    planRebatch: (body: RebatchPlan, options?: WriteOptions) =>
      api.write<RebatchRun>("POST", "/v1/rebatch-runs", body, options),
    /** Get one rebatch run. */
    getRebatchRun: (id: string | number, options?: ReadOptions) =>
      api.read<RebatchRun>(`/v1/rebatch-runs/${encodeURIComponent(id)}`, {}, options),
    /** Go on with a failed run, at the step that failed or after it. */
    resumeRebatch: (id: string | number, body: RebatchResume, options?: WriteOptions) =>
      api.write<RebatchResumed>("POST", `/v1/rebatch-runs/${encodeURIComponent(id)}/resume`, body, options),
    /** List rebatch steps. */
    listRebatchSteps: <F extends keyof RebatchStep = keyof RebatchStep>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        run_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<RebatchStep, F>>>("/v1/rebatch-steps", query, options),
    /** Get one rebatch step. */
    getRebatchStep: (id: string | number, options?: ReadOptions) =>
      api.read<RebatchStep>(`/v1/rebatch-steps/${encodeURIComponent(id)}`, {}, options),
    /** List notices. */
    listNotices: <F extends keyof Notice = keyof Notice>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        kind?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Notice, F>>>("/v1/notices", query, options),
    /** Get one notice. */
    getNotice: (id: string | number, options?: ReadOptions) =>
      api.read<Notice>(`/v1/notices/${encodeURIComponent(id)}`, {}, options),
    /** List notice kinds. */
    listNoticeKinds: <F extends keyof NoticeKind = keyof NoticeKind>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "kind" | "-kind";
        "kind.gt"?: string;
        "kind.gte"?: string;
        "kind.lt"?: string;
        "kind.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<NoticeKind, F>>>("/v1/notice-kinds", query, options),
    /** Get one notice kind. */
    getNoticeKind: (id: string | number, options?: ReadOptions) =>
      api.read<NoticeKind>(`/v1/notice-kinds/${encodeURIComponent(id)}`, {}, options),
    /** Change a notice kind. */
    updateNoticeKind: (id: string | number, body: NoticeKindUpdate, options?: WriteOptions) =>
      api.write<NoticeKind>("PATCH", `/v1/notice-kinds/${encodeURIComponent(id)}`, body, options),
    /** List approvals. */
    listApprovals: <F extends keyof Approval = keyof Approval>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        client?: string | string[];
        status?: "open" | "decided" | "withdrawn" | "open" | "decided" | "withdrawn"[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Approval, F>>>("/v1/approvals", query, options),
    /** Get one approval. */
    getApproval: (id: string | number, options?: ReadOptions) =>
      api.read<Approval>(`/v1/approvals/${encodeURIComponent(id)}`, {}, options),
    /** Decide, unless somebody else has; the answer says who. */
    decideApproval: (id: string | number, body: Decision, options?: WriteOptions) =>
      api.write<DecisionOutcome>("POST", `/v1/approvals/${encodeURIComponent(id)}/decide`, body, options),
    /** List slack workspaces. */
    listSlackWorkspaces: <F extends keyof SlackWorkspace = keyof SlackWorkspace>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "workspace_id" | "-workspace_id";
        "workspace_id.gt"?: string;
        "workspace_id.gte"?: string;
        "workspace_id.lt"?: string;
        "workspace_id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<SlackWorkspace, F>>>("/v1/slack-workspaces", query, options),
    /** Connect a workspace, or give it a new token and signing secret. */
    connectSlack: (body: SlackConnect, options?: WriteOptions) =>
      api.write<SlackWorkspace>("POST", "/v1/slack-workspaces", body, options),
    /** Get one slack workspace. */
    getSlackWorkspace: (id: string | number, options?: ReadOptions) =>
      api.read<SlackWorkspace>(`/v1/slack-workspaces/${encodeURIComponent(id)}`, {}, options),
    /** List slack users. */
    listSlackUsers: <F extends keyof SlackUser = keyof SlackUser>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<SlackUser, F>>>("/v1/slack-users", query, options),
    /** Create a slack user. */
    createSlackUser: (body: SlackUserCreate, options?: WriteOptions) =>
      api.write<SlackUser>("POST", "/v1/slack-users", body, options),
    /** Get one slack user. */
    getSlackUser: (id: string | number, options?: ReadOptions) =>
      api.read<SlackUser>(`/v1/slack-users/${encodeURIComponent(id)}`, {}, options),
    /** Change a slack user. */
    updateSlackUser: (id: string | number, body: SlackUserUpdate, options?: WriteOptions) =>
      api.write<SlackUser>("PATCH", `/v1/slack-users/${encodeURIComponent(id)}`, body, options),
    /** List slack channels. */
    listSlackChannels: <F extends keyof SlackChannel = keyof SlackChannel>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<SlackChannel, F>>>("/v1/slack-channels", query, options),
    /** Create a slack channel. */
    createSlackChannel: (body: SlackChannelCreate, options?: WriteOptions) =>
      api.write<SlackChannel>("POST", "/v1/slack-channels", body, options),
    /** Get one slack channel. */
    getSlackChannel: (id: string | number, options?: ReadOptions) =>
      api.read<SlackChannel>(`/v1/slack-channels/${encodeURIComponent(id)}`, {}, options),
    /** Change a slack channel. */
    updateSlackChannel: (id: string | number, body: SlackChannelUpdate, options?: WriteOptions) =>
      api.write<SlackChannel>("PATCH", `/v1/slack-channels/${encodeURIComponent(id)}`, body, options),
    /** Delete a slack channel. */
    deleteSlackChannel: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/slack-channels/${encodeURIComponent(id)}`, undefined, options),
    /** List webhook events. */
    listWebhookEvents: <F extends keyof WebhookEvent = keyof WebhookEvent>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        status?: "failed" | "dead";
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<WebhookEvent, F>>>("/v1/webhook-events", query, options),
    /** Get one webhook event. */
    getWebhookEvent: (id: string | number, options?: ReadOptions) =>
      api.read<WebhookEvent>(`/v1/webhook-events/${encodeURIComponent(id)}`, {}, options),
    /** Have a failed, dead or ignored event handled now, with a corrected payload if given. */
    replayWebhookEvent: (id: string | number, body: Replay, options?: WriteOptions) =>
      api.write<ReplayOutcome>("POST", `/v1/webhook-events/${encodeURIComponent(id)}/replay`, body, options),
    /** List subscriptions. */
    listSubscriptions: <F extends keyof Subscription = keyof Subscription>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Subscription, F>>>("/v1/webhook-subscriptions", query, options),
    /** Subscribe a URL to events; the signing secret is shown this once. */
    createSubscription: (body: SubscriptionCreate, options?: WriteOptions) =>
      api.write<NewSubscription>("POST", "/v1/webhook-subscriptions", body, options),
    /** Get one subscription. */
    getSubscription: (id: string | number, options?: ReadOptions) =>
      api.read<Subscription>(`/v1/webhook-subscriptions/${encodeURIComponent(id)}`, {}, options),
    /** Change a subscription, or switch it on or off. */
    updateSubscription: (id: string | number, body: SubscriptionUpdate, options?: WriteOptions) =>
      api.write<Subscription>("PATCH", `/v1/webhook-subscriptions/${encodeURIComponent(id)}`, body, options),
    /** End a subscription. */
    deleteSubscription: (id: string | number, options?: WriteOptions) =>
      api.write<DeleteOutcome>("DELETE", `/v1/webhook-subscriptions/${encodeURIComponent(id)}`, undefined, options),
    /** Get a new signing secret, shown this once; the old one signs beside it for 24 hours. */
    rotateSubscriptionSecret: (id: string | number, options?: WriteOptions) =>
      api.write<NewSecret>(
        "POST",
        `/v1/webhook-subscriptions/${encodeURIComponent(id)}/rotate-secret`,
        undefined,
        options,
      ),
    /** Have events delivered again, now. */
    replayDeliveries: (id: string | number, body: DeliveryReplay, options?: WriteOptions) =>
      api.write<ReplayedDeliveries>(
        "POST",
        `/v1/webhook-subscriptions/${encodeURIComponent(id)}/replay`,
        body,
        options,
      ),
    /** List deliveries. */
    listDeliveries: <F extends keyof Delivery = keyof Delivery>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "created_at" | "-created_at";
        endpoint_id?: string | string[];
        "created_at.gt"?: string;
        "created_at.gte"?: string;
        "created_at.lt"?: string;
        "created_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Delivery, F>>>("/v1/webhook-deliveries", query, options),
    /** Get one delivery. */
    getDelivery: (id: string | number, options?: ReadOptions) =>
      api.read<Delivery>(`/v1/webhook-deliveries/${encodeURIComponent(id)}`, {}, options),
    /** List jobs. */
    listJobs: <F extends keyof Job = keyof Job>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "scheduled_at" | "-scheduled_at";
        "scheduled_at.gt"?: string;
        "scheduled_at.gte"?: string;
        "scheduled_at.lt"?: string;
        "scheduled_at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Job, F>>>("/v1/jobs", query, options),
    /** Get one job. */
    getJob: (id: string | number, options?: ReadOptions) =>
      api.read<Job>(`/v1/jobs/${encodeURIComponent(id)}`, {}, options),
    /** Have a dead job tried again, with all its attempts. */
    retryJob: (id: string | number, options?: WriteOptions) =>
      api.write<RetryOutcome>("POST", `/v1/jobs/${encodeURIComponent(id)}/retry`, undefined, options),
    /** List schedules. */
    listSchedules: <F extends keyof Schedule = keyof Schedule>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "job" | "-job";
        "job.gt"?: string;
        "job.gte"?: string;
        "job.lt"?: string;
        "job.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Schedule, F>>>("/v1/schedules", query, options),
    /** Get one schedule. */
    getSchedule: (id: string | number, options?: ReadOptions) =>
      api.read<Schedule>(`/v1/schedules/${encodeURIComponent(id)}`, {}, options),
    /** List settings. */
    listSettings: <F extends keyof Setting = keyof Setting>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "name" | "-name";
        "name.gt"?: string;
        "name.gte"?: string;
        "name.lt"?: string;
        "name.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Setting, F>>>("/v1/settings", query, options),
    /** Get one setting. */
    getSetting: (id: string | number, options?: ReadOptions) =>
      api.read<Setting>(`/v1/settings/${encodeURIComponent(id)}`, {}, options),
    /** Change a setting. */
    updateSetting: (id: string | number, body: SettingUpdate, options?: WriteOptions) =>
      api.write<Setting>("PATCH", `/v1/settings/${encodeURIComponent(id)}`, body, options),
    /** List client settings. */
    listClientSettings: <F extends keyof ClientSetting = keyof ClientSetting>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "name" | "-name";
        client?: string | string[];
        "name.gt"?: string;
        "name.gte"?: string;
        "name.lt"?: string;
        "name.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<ClientSetting, F>>>("/v1/client-settings", query, options),
    /** Create a client setting. */
    createClientSetting: (body: ClientSettingCreate, options?: WriteOptions) =>
      api.write<ClientSetting>("POST", "/v1/client-settings", body, options),
    /** Get one client setting. */
    getClientSetting: (id: string | number, options?: ReadOptions) =>
      api.read<ClientSetting>(`/v1/client-settings/${encodeURIComponent(id)}`, {}, options),
    /** Change a client setting. */
    updateClientSetting: (id: string | number, body: ClientSettingUpdate, options?: WriteOptions) =>
      api.write<ClientSetting>("PATCH", `/v1/client-settings/${encodeURIComponent(id)}`, body, options),
    /** Delete a client setting. */
    deleteClientSetting: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/client-settings/${encodeURIComponent(id)}`, undefined, options),
    /** List syncs. */
    listSyncs: <F extends keyof Sync = keyof Sync>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "resource" | "-resource";
        client?: string | string[];
        "resource.gt"?: string;
        "resource.gte"?: string;
        "resource.lt"?: string;
        "resource.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Sync, F>>>("/v1/syncs", query, options),
    /** Get one sync. */
    getSync: (id: string | number, options?: ReadOptions) =>
      api.read<Sync>(`/v1/syncs/${encodeURIComponent(id)}`, {}, options),
    /** Have a list read now. */
    startSync: (id: string | number, options?: WriteOptions) =>
      api.write<SyncOutcome>("POST", `/v1/syncs/${encodeURIComponent(id)}/start`, undefined, options),
    /** List tenants. */
    listTenants: <F extends keyof Tenant = keyof Tenant>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "business" | "-business";
        client?: string | string[];
        "business.gt"?: string;
        "business.gte"?: string;
        "business.lt"?: string;
        "business.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Tenant, F>>>("/v1/tenants", query, options),
    /** Make a client in every context with its webhook endpoints, or complete one that is there. */
    provisionTenant: (body: TenantCreate, options?: WriteOptions) =>
      api.write<NewTenant>("POST", "/v1/tenants", body, options),
    /** Get one tenant. */
    getTenant: (id: string | number, options?: ReadOptions) =>
      api.read<Tenant>(`/v1/tenants/${encodeURIComponent(id)}`, {}, options),
    /** List webhook endpoints. */
    listWebhookEndpoints: <F extends keyof WebhookEndpoint = keyof WebhookEndpoint>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        client?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<WebhookEndpoint, F>>>("/v1/webhook-endpoints", query, options),
    /** Get one webhook endpoint. */
    getWebhookEndpoint: (id: string | number, options?: ReadOptions) =>
      api.read<WebhookEndpoint>(`/v1/webhook-endpoints/${encodeURIComponent(id)}`, {}, options),
    /** List memberships. */
    listMemberships: <F extends keyof Membership = keyof Membership>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        user_id?: string | string[];
        client?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<Membership, F>>>("/v1/members", query, options),
    /** Create a membership. */
    createMembership: (body: MembershipCreate, options?: WriteOptions) =>
      api.write<Membership>("POST", "/v1/members", body, options),
    /** Get one membership. */
    getMembership: (id: string | number, options?: ReadOptions) =>
      api.read<Membership>(`/v1/members/${encodeURIComponent(id)}`, {}, options),
    /** Change a membership. */
    updateMembership: (id: string | number, body: MembershipUpdate, options?: WriteOptions) =>
      api.write<Membership>("PATCH", `/v1/members/${encodeURIComponent(id)}`, body, options),
    /** Delete a membership. */
    deleteMembership: (id: string | number, options?: WriteOptions) =>
      api.write<void>("DELETE", `/v1/members/${encodeURIComponent(id)}`, undefined, options),
    /** List api keies. */
    listApiKeies: <F extends keyof ApiKey = keyof ApiKey>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "id" | "-id";
        user_id?: string | string[];
        "id.gt"?: string;
        "id.gte"?: string;
        "id.lt"?: string;
        "id.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<ApiKey, F>>>("/v1/api-keys", query, options),
    /** Make an API key, which is shown this once. */
    createApiKey: (body: ApiKeyCreate, options?: WriteOptions) =>
      api.write<NewApiKey>("POST", "/v1/api-keys", body, options),
    /** Get one api key. */
    getApiKey: (id: string | number, options?: ReadOptions) =>
      api.read<ApiKey>(`/v1/api-keys/${encodeURIComponent(id)}`, {}, options),
    /** End an API key at once. */
    revokeApiKey: (id: string | number, options?: WriteOptions) =>
      api.write<RevokeOutcome>("DELETE", `/v1/api-keys/${encodeURIComponent(id)}`, undefined, options),
    /** List audit entries. */
    listAuditEntries: <F extends keyof AuditEntry = keyof AuditEntry>(
      query: {
        limit?: number;
        cursor?: string;
        sort?: "at" | "-at";
        actor?: string | string[];
        table_name?: string | string[];
        tenant?: string | string[];
        "at.gt"?: string;
        "at.gte"?: string;
        "at.lt"?: string;
        "at.lte"?: string;
      } & { fields?: F[] } = {},
      options?: ReadOptions,
    ) => api.read<Page<Pick<AuditEntry, F>>>("/v1/audit-log", query, options),
    /** Get one audit entry. */
    getAuditEntry: (id: string | number, options?: ReadOptions) =>
      api.read<AuditEntry>(`/v1/audit-log/${encodeURIComponent(id)}`, {}, options),
    /** Everything that is stored about a person. */
    exportPerson: (body: Person, options?: WriteOptions) =>
      api.write<PersonExport>("POST", "/v1/privacy/export", body, options),
    /** Forget a person; a hash is kept, so that the person stays forgotten. */
    erasePerson: (body: Person, options?: WriteOptions) =>
      api.write<PersonErasure>("POST", "/v1/privacy/erase", body, options),
    /** Targets beside what was done, for each client and day; today unless told. */
    reportQuickView: (query: { client?: string; from?: string; to?: string } = {}, options?: ReadOptions) =>
      api.read<QuickViewReport>("/v1/reports/quick-view", query, options),
    /** From mails sent to deals closed, this month unless told. */
    reportFunnel: (
      query: { client?: string; from?: string; to?: string; by?: "total" | "client" } = {},
      options?: ReadOptions,
    ) => api.read<FunnelStepReport>("/v1/reports/funnel", query, options),
    /** Campaign figures by day, week or month; weeks of the last 90 days unless told. */
    reportRollup: (
      query: {
        client?: string;
        period?: "day" | "week" | "month";
        by?: "total" | "client" | "campaign";
        from?: string;
        to?: string;
      } = {},
      options?: ReadOptions,
    ) => api.read<RollupReport>("/v1/reports/rollup", query, options),
    /** The A/B variants of a campaign's steps, and whether they differ. */
    reportStepComparison: (
      query: {
        client: string;
        campaign_id: string;
        outcome?: "opened" | "replied" | "interested" | "bounced" | "unsubscribed";
        from?: string;
        to?: string;
      },
      options?: ReadOptions,
    ) => api.read<StepVariantReport>("/v1/reports/steps", query, options),
    /** Deals by stage, with their sums and the first cards of each column. */
    reportPipelineBoard: (query: { client?: string; cards?: string } = {}, options?: ReadOptions) =>
      api.read<PipelineColumnReport>("/v1/reports/pipeline", query, options),
    /** Each client's inboxes by state and by the last check, and the worst of them. */
    reportInboxHealth: (query: { client?: string; worst?: string } = {}, options?: ReadOptions) =>
      api.read<InboxHealthReport>("/v1/reports/inbox-health", query, options),
    /** The weighted pipeline of the opportunities. */
    reportOpportunities: (query: { client?: string; by?: "total" | "client" } = {}, options?: ReadOptions) =>
      api.read<OpportunityStageReport>("/v1/reports/opportunities", query, options),
  };
}

export type ApiClient = ReturnType<typeof createClient>;
