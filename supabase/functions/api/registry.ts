// Every resource of the API. A new context adds a file in resources/ and its names here.

import type { Resource } from "./core/resource.ts";
import { apiKeys } from "./resources/api_keys.ts";
import { auditLog } from "./resources/audit_log.ts";
import { calendlyConnections } from "./resources/calendly_connections.ts";
import { calls, fathomAccounts, unmatchedCalls } from "./resources/calls.ts";
import { campaignReports, campaigns } from "./resources/campaigns.ts";
import { clients, targets } from "./resources/clients.ts";
import { companies } from "./resources/companies.ts";
import {
  bisonQueue,
  campaignContacts,
  campaignLeads,
  enrichmentRuns,
  masterContacts,
  providerCredits,
  providerKeys,
  signals,
  stores,
} from "./resources/company_data.ts";
import { contacts, deals, notes, tags, tasks } from "./resources/crm.ts";
import { domainChecks, domainGenerations, domainTemplates } from "./resources/domain_names.ts";
import { domainInventory, domainProviders, domainRecords, domains } from "./resources/domains.ts";
import { engagedLeads } from "./resources/engaged_leads.ts";
import { hubCompanies, hubContacts, hubPeople, loads } from "./resources/hub.ts";
import { jobs } from "./resources/jobs.ts";
import {
  copywriting,
  documentVersions,
  drafts,
  iterationLogs,
  knowledgeBases,
  opportunityMaps,
  plansOfAction,
} from "./resources/knowledge.ts";
import { leads, replies } from "./resources/leads.ts";
import {
  inboxAnalytics,
  inboxes,
  inboxHealthChecks,
  inboxOrders,
  inboxProviders,
  inboxSets,
  inboxTags,
  orderedMailboxes,
  providerOrders,
} from "./resources/mailboxes.ts";
import { attribution, contactLists, feedbackReports, marketingCampaigns, outreach } from "./resources/marketing.ts";
import { meetings } from "./resources/meetings.ts";
import { members } from "./resources/members.ts";
import { approvals, noticeKinds, notices, slackChannels, slackUsers, slackWorkspaces } from "./resources/notices.ts";
import { privacy } from "./resources/privacy.ts";
import { domainPurchases, purchaseBatches } from "./resources/purchase_batches.ts";
import { rebatchRuns, rebatchSteps } from "./resources/rebatch.ts";
import { forecasts, nightlyReports, opportunities } from "./resources/reports.ts";
import { schedules } from "./resources/schedules.ts";
import { clientSettings, settings } from "./resources/settings.ts";
import { syncs } from "./resources/syncs.ts";
import { endpoints, tenants } from "./resources/tenants.ts";
import { deliveries, subscriptions } from "./resources/webhook_subscriptions.ts";
import { webhookEvents } from "./resources/webhook_events.ts";

/** Read-only SQL functions with parameters. */
export { reports } from "./resources/reports.ts";

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
  calls,
  unmatchedCalls,
  fathomAccounts,
  calendlyConnections,
  contacts,
  deals,
  notes,
  tasks,
  tags,
  companies,
  loads,
  hubContacts,
  hubCompanies,
  hubPeople,
  opportunities,
  forecasts,
  nightlyReports,
  domains,
  domainRecords,
  domainInventory,
  domainTemplates,
  domainGenerations,
  domainChecks,
  purchaseBatches,
  domainPurchases,
  domainProviders,
  documentVersions,
  drafts,
  iterationLogs,
  knowledgeBases,
  copywriting,
  opportunityMaps,
  plansOfAction,
  stores,
  signals,
  masterContacts,
  enrichmentRuns,
  providerCredits,
  providerKeys,
  contactLists,
  campaignContacts,
  bisonQueue,
  campaignLeads,
  marketingCampaigns,
  attribution,
  outreach,
  feedbackReports,
  inboxes,
  inboxSets,
  inboxTags,
  inboxHealthChecks,
  inboxAnalytics,
  providerOrders,
  inboxOrders,
  orderedMailboxes,
  inboxProviders,
  rebatchRuns,
  rebatchSteps,
  notices,
  noticeKinds,
  approvals,
  slackWorkspaces,
  slackUsers,
  slackChannels,
  webhookEvents,
  subscriptions,
  deliveries,
  jobs,
  schedules,
  settings,
  clientSettings,
  syncs,
  tenants,
  endpoints,
  members,
  apiKeys,
  auditLog,
  privacy,
];
