import type { JobHandler } from "../_shared/jobs.ts";
import { cancelMailboxes } from "./handlers/cancel_mailboxes.ts";
import { buyDomain } from "./handlers/buy_domain.ts";
import { checkCredits } from "./handlers/check_credits.ts";
import { checkDomain } from "./handlers/check_domain.ts";
import { connectPorkbun } from "./handlers/connect_porkbun.ts";
import { enrichCompany } from "./handlers/enrich_company.ts";
import { fetchStores } from "./handlers/fetch_stores.ts";
import { orderEnrichment } from "./handlers/order_enrichment.ts";
import { pollEnrichment } from "./handlers/poll_enrichment.ts";
import { writeDraft } from "./handlers/write_draft.ts";
import { deliverWebhook } from "./handlers/deliver_webhook.ts";
import { pollMailboxOrder } from "./handlers/poll_mailbox_order.ts";
import { pushInboxTags } from "./handlers/push_inbox_tags.ts";
import { pushLeads } from "./handlers/push_leads.ts";
import { connectFathom } from "./handlers/connect_fathom.ts";
import { fetchDomainRecords } from "./handlers/fetch_domain_records.ts";
import { fetchIntelligence } from "./handlers/fetch_intelligence.ts";
import { fetchFathomCall } from "./handlers/fetch_fathom_call.ts";
import { syncFathom } from "./handlers/sync_fathom.ts";
import { reconcileCalendly } from "./handlers/reconcile_calendly.ts";
import { submitMailboxOrder } from "./handlers/submit_mailbox_order.ts";
import { syncMailboxes, syncMailboxHealth } from "./handlers/sync_mailboxes.ts";
import { watchCalendly } from "./handlers/watch_calendly.ts";
import { runRebatchStep } from "./handlers/run_rebatch_step.ts";
import { postSlackMessage, updateSlackMessage, whisperSlackMessage } from "./handlers/slack_messages.ts";
import { stopRenewal } from "./handlers/stop_renewal.ts";
import { setUpDomain } from "./handlers/set_up_domain.ts";
import { syncCampaignDay } from "./handlers/sync_campaign_day.ts";
import { syncDomains } from "./handlers/sync_domains.ts";
import { syncInbox } from "./handlers/sync_inbox.ts";
import { syncPage } from "./handlers/sync_page.ts";
import { verifyDns } from "./handlers/verify_dns.ts";

/** Every kind of job that the workers know. */
export const handlers: readonly JobHandler[] = [
  deliverWebhook,
  watchCalendly,
  reconcileCalendly,
  connectFathom,
  syncFathom,
  fetchFathomCall,
  postSlackMessage,
  updateSlackMessage,
  whisperSlackMessage,
  runRebatchStep,
  submitMailboxOrder,
  pollMailboxOrder,
  fetchDomainRecords,
  cancelMailboxes,
  syncMailboxes,
  syncMailboxHealth,
  pushInboxTags,
  pushLeads,
  checkDomain,
  buyDomain,
  setUpDomain,
  stopRenewal,
  verifyDns,
  syncDomains,
  connectPorkbun,
  syncPage,
  syncCampaignDay,
  syncInbox,
  enrichCompany,
  fetchIntelligence,
  orderEnrichment,
  pollEnrichment,
  fetchStores,
  checkCredits,
  writeDraft,
];
