// Every operation of the document with a request that is right, and who may make it.

import type { OpenApiDocument, Operation } from "../../supabase/functions/api/core/reference.ts";
import type { Ids, Owner } from "./rows.ts";
import type { Person } from "./support.ts";

export interface Step {
  id: string;
  method: string;
  template: string;
  /** Below /v1, such as crm/deals. */
  resource: string;
  operation: Operation;
  hasId: boolean;
}

export function stepsOf(document: OpenApiDocument): Step[] {
  return Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      template,
      resource: operation.tags[0]!,
      operation,
      hasId: template.includes("{id}"),
    }))
  );
}

/** The path of an operation, below /v1, about one row. */
export function pathOf({ template, operation }: Step, id: string): string {
  const needed = (operation.parameters ?? []).filter((each) => each.in === "query" && each.required);
  const query = new URLSearchParams(needed.map(({ name }) => [name, parameters[name] ?? "1"]));
  return template.replace("/v1", "").replace("{id}", encodeURIComponent(id)) + (needed.length ? `?${query}` : "");
}

/** What reports must be told. */
const parameters: Record<string, string> = { client: "Acme", campaign_id: "1" };

/** No two bodies name the same. */
let made = 0;

/** Each domain can be proposed once. */
let bought = 0;

/** A body that is right, for a client's own rows. */
export function bodyOf({ id, operation }: Step, owner: Owner, ids: Ids): unknown {
  const unique = `new${++made}`;
  const bodies: Record<string, () => unknown> = {
    createClient: () => ({ name: `New ${unique}` }),
    updateClient: () => ({ website: "acme.example" }),
    createTarget: () => ({ client: owner, emails_per_day: 5 }),
    updateTarget: () => ({ emails_per_day: 6 }),
    updateCampaign: () => ({ status: "Paused" }),
    updateReply: () => ({ category: "Interested" }),
    createEngagedLead: () => ({ client: owner, email: `${unique}@lead.test` }),
    updateEngagedLead: () => ({ notes: "Likes tea." }),
    createContact: () => ({ client: owner, email: `${unique}@contact.test`, first_name: "Kim", tags: ["a"] }),
    updateContact: () => ({ status: "hot", tech_stack: ['a "b"', "c\\d"] }),
    createDeal: () => ({ client: owner, name: "New", contact_id: ids["crm/contacts"], amount: 12.5 }),
    updateDeal: () => ({ stage: "proposal" }),
    createNote: () => ({ client: owner, text: "Hello", contact_id: ids["crm/contacts"] }),
    updateNote: () => ({ text: "Hello again" }),
    createTask: () => ({ client: owner, text: "Call", due_date: "2026-03-05T09:00:00Z" }),
    updateTask: () => ({ done: true }),
    createTag: () => ({ client: owner, name: unique, entity_type: "deal" }),
    updateTag: () => ({ color: "#00ff00" }),
    replayWebhookEvent: () => ({}),
    createSubscription: () => ({ client: owner, name: "Hook", url: "https://example.com/x", events: ["lead.*"] }),
    updateSubscription: () => ({ name: "Other name", active: false }),
    replayDeliveries: () => ({ failed_since: "2026-01-01T00:00:00Z" }),
    provisionTenant: () => ({ business: `Tenant ${unique}`, endpoints: [{ provider: "calendly" }] }),
    createMembership: () => ({ user_id: "00000000-0000-4000-8000-000000000010", client: owner, role: "viewer" }),
    updateMembership: () => ({ role: "viewer" }),
    createApiKey: () => ({ name: "Mine", scopes: ["leads:read"] }),
    ingestLoads: () => ({
      source: "api",
      batch_id: unique,
      rows: [{ email: `${unique}@hub.test` }, { name: "Nobody" }],
    }),
    promoteLoads: () => ({ load_ids: [1] }),
    exportPerson: () => ({ email: `casey@${owner.toLowerCase()}.test` }),
    buildContactList: () => ({ client: owner, campaign_id: "1", name: `List ${unique}`, most: 1 }),
    retryFailedPushes: () => ({ client: owner, campaign_id: "1" }),
    createOpportunity: () => ({ client: owner, opportunity_name: "New", stage: "Proposal", value: 12.5 }),
    updateOpportunity: () => ({ stage: "Won" }),
    updateForecast: () => ({ estimate_1: 40 }),
    makeNightlyReport: () => ({ client: owner, date: "2026-03-01" }),
    createDomain: () => ({ client: owner, domain_name: `${unique}.example`, provider: "other" }),
    updateDomain: () => ({ name_servers: ["a.ns.test", "b.ns.test"] }),
    setDomainRecords: () => ({ records: [{ purpose: "spf", type: "TXT", content: "v=spf1 -all" }] }),
    updateInventoryDomain: () => ({ notes: "Likes tea." }),
    setDomainProvider: () => ({ provider_name: "porkbun", api_key: "pk1_x", api_secret: "sk1_x" }),
    createDomainTemplate: () => ({ client: owner, name: "New", base_names: [unique] }),
    updateDomainTemplate: () => ({ tlds: [".com"] }),
    generateDomains: () => ({ limit: 3 }),
    checkDomains: () => ({ client: owner, domains: [`${unique}.co`] }),
    createPurchaseBatch: () => ({ client: owner, domains: [`buy-${owner.toLowerCase()}-${++bought}.co`] }),
    createInboxSet: () => ({ client: owner, name: "New", quantity: 3 }),
    updateInboxSet: () => ({ notes: "For spring." }),
    attachInboxTag: () => ({ inboxes: [Number(ids.inboxes)] }),
    removeInboxTag: () => ({ inboxes: [Number(ids.inboxes)] }),
    draftProviderOrder: () => ({
      client: owner,
      provider: "inboxkit",
      domains: [`${unique}.test`],
      names: [{ first_name: "Ann", last_name: "Bee" }],
    }),
    updateProviderOrder: () => ({ renewal_date: "2026-05-01" }),
    connectInboxProvider: () => ({ provider_name: "inboxkit", api_key: "secret", workspace_id: "ws" }),
    updateInboxProvider: () => ({ rate_limit_per_minute: 30 }),
    updateCall: () => ({ call_type: "tam_map" }),
    assignCall: () => ({ client: owner }),
    assignUnmatchedCall: () => ({ client: owner }),
    connectFathomAccount: () => ({ name: "Robin", api_key: "key" }),
    createCalendlyLink: () => ({ client: owner }),
    createIterationLog: () => ({ client: owner, action_type: "copy", description: "Shorter" }),
    updateIterationLog: () => ({ mentioned_users: [{ slack_id: "U1", display_name: "Bo" }] }),
    createKnowledgeBase: () => ({ client: owner, company: { name: "Acme" } }),
    updateKnowledgeBase: () => ({ company_people: [{ name: "Bo", role: "CEO" }] }),
    createCopywriting: () => ({ client: owner, copy_structures: [{ name: "Opener", subject: "Hi" }] }),
    updateCopywriting: () => ({ clay_prompts: { a: "b" } }),
    createPlanOfAction: () => ({ client: owner, tasks: [{ text: "Build the list" }] }),
    updatePlanOfAction: () => ({ implementation_notes: "Soon." }),
    createOpportunityMap: () => ({ client: owner, title: "Market", segments: [{ name: "Retail" }] }),
    updateOpportunityMap: () => ({ pdf_url: "https://files.test/map.pdf" }),
    requestDraft: () => ({ client: owner, kind: "knowledge_base" }),
    advanceStores: () => ({ limit: 10 }),
    enrichCompanies: () => ({ domains: [`${unique}.test`] }),
    enrichPeople: () => ({ emails: [`${unique}@people.test`] }),
    fetchStores: () => ({ filters: { "f:cc": "US" } }),
    storeProviderKey: () => ({ provider: "storeleads", api_key: "secret" }),
    updateSetting: () => ({ value: 4 }),
    createClientSetting: () => ({ client: owner, name: "sync.hour", value: 5 }),
    updateClientSetting: () => ({ value: 6 }),
    updateNoticeKind: () => ({ enabled: true }),
    decideApproval: () => ({ decision: "rejected", reason: "Not now" }),
    planRebatch: () => ({ client: owner }),
    resumeRebatch: () => ({ skip: true }),
    connectSlack: () => ({
      workspace_id: "T1",
      app_id: "A1",
      name: "Agency",
      bot_token: "xoxb-1",
      signing_secret: "secret",
    }),
    createSlackUser: () => ({ slack_id: `U${unique.toUpperCase()}`, name: "Ada" }),
    updateSlackUser: () => ({ may_decide: false }),
    createSlackChannel: () => ({ client: owner, kind: unique, channel: "C1" }),
    updateSlackChannel: () => ({ channel: "C2" }),
    erasePerson: () => ({ email: `${unique}@nobody.test` }),
  };
  if (operation.requestBody === undefined) return undefined;
  // The milestones of an engaged lead need nothing.
  return bodies[id]?.() ?? {};
}

/** Rows that belong to no client, which whoever may see one may see all of. */
export const shared = [
  "inbox-providers",
  "companies",
  "hub/loads",
  "hub/contacts",
  "hub/companies",
  "hub/people",
  "jobs",
  "schedules",
  "domain-providers",
  "unmatched-calls",
  "fathom-accounts",
  "stores",
  "company-signals",
  "master-contacts",
  "enrichment-runs",
  "notice-kinds",
  "settings",
  "slack-workspaces",
  "slack-users",
];

/** Whether somebody who may see the client's rows may do this, by the right that the document tells. */
export function mayDo({ operation, resource }: Step, person: Person): boolean {
  const roles: Record<string, Person[]> = {
    read: ["admin", "manager", "viewer", "member", "reader", "stranger"],
    agency: ["admin", "manager", "viewer"],
    member: ["admin", "manager", "member", "stranger"],
    staff: ["admin", "manager"],
    admin: ["admin"],
  };
  const own = ["revokeApiKey"].includes(operation.operationId) ? ["admin", "member"] : undefined;
  return own && resource === "api-keys" ? own.includes(person) : roles[operation["x-right"]]!.includes(person);
}
