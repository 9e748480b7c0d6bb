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
export function pathOf({ template }: Step, id: string): string {
  return template.replace("/v1", "").replace("{id}", encodeURIComponent(id));
}

/** A body that is right, for a client's own rows. */
export function bodyOf({ id, operation }: Step, owner: Owner, ids: Ids): unknown {
  const unique = crypto.randomUUID().slice(0, 8);
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
    exportPerson: () => ({ email: `casey@${owner.toLowerCase()}.test` }),
    erasePerson: () => ({ email: `${unique}@nobody.test` }),
  };
  if (operation.requestBody === undefined) return undefined;
  // The milestones of an engaged lead need nothing.
  return bodies[id]?.() ?? {};
}

/** Rows that belong to no client, which whoever may see one may see all of. */
export const shared = ["companies", "jobs", "schedules"];

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
