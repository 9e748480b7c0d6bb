// Every resource of the API. A new context adds a file in resources/ and its names here.

import type { Resource } from "./core/resource.ts";
import { apiKeys } from "./resources/api_keys.ts";
import { auditLog } from "./resources/audit_log.ts";
import { campaignReports, campaigns } from "./resources/campaigns.ts";
import { clients, targets } from "./resources/clients.ts";
import { companies } from "./resources/companies.ts";
import { contacts, deals, notes, tags, tasks } from "./resources/crm.ts";
import { engagedLeads } from "./resources/engaged_leads.ts";
import { jobs } from "./resources/jobs.ts";
import { leads, replies } from "./resources/leads.ts";
import { meetings } from "./resources/meetings.ts";
import { members } from "./resources/members.ts";
import { privacy } from "./resources/privacy.ts";
import { schedules } from "./resources/schedules.ts";
import { endpoints, tenants } from "./resources/tenants.ts";
import { deliveries, subscriptions } from "./resources/webhook_subscriptions.ts";
import { webhookEvents } from "./resources/webhook_events.ts";

export const resources: readonly Resource[] = [
  clients,
  targets,
  // Before /campaigns/{id}, which would take it for an id.
  campaignReports,
  campaigns,
  leads,
  replies,
  engagedLeads,
  meetings,
  contacts,
  deals,
  notes,
  tasks,
  tags,
  companies,
  webhookEvents,
  subscriptions,
  deliveries,
  jobs,
  schedules,
  tenants,
  endpoints,
  members,
  apiKeys,
  auditLog,
  privacy,
];
