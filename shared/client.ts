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

export type Tenant = {
  id: string;
  client_id: string;
  team_id: string | null;
  business: string;
  time_zone: string;
  tenant_id: string | null;
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
  };
}

export type ApiClient = ReturnType<typeof createClient>;
