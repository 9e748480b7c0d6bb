// Writing leads at EmailBison, as strict as the provider is: one unknown or differently cased variable refuses the whole
// request, a lead that cannot be is left out of the answer without a word, attaching is all or nothing.
import { type Context, Hono } from "hono";
import { seconds } from "../format.ts";
import { type LeadInput, newLead } from "./make.ts";
import { page } from "./pages.ts";
import { type Env, invalid, notFound } from "./rest.ts";
import { leadRow } from "./rows.ts";
import type { BisonSimulator } from "./simulator.ts";
import type { Lead, Workspace } from "./workspace.ts";

const MOST = 500;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** The provider takes no mail to such an address, and says nothing. */
const UNDELIVERABLE = /@(invalid|nowhere)\./;

/** What a workspace has beside its leads. */
export interface LeadRules {
  /** Custom variables, as they are written. */
  variables: string[];
  /** Addresses that no campaign takes. */
  barred: Set<string>;
}

const rules = new WeakMap<Workspace, LeadRules>();

export function leadRules(workspace: Workspace): LeadRules {
  const known = rules.get(workspace) ?? { variables: [], barred: new Set() };
  rules.set(workspace, known);
  return known;
}

export function createLeadWriteApp(bison: BisonSimulator): Hono<Env> {
  const api = new Hono<Env>();

  api.get("/custom-variables", (c) => page(c, leadRules(c.var.workspace).variables, variableRow));
  api.post("/custom-variables", async (c) => {
    const { name } = await bodyOf(c);
    const { variables } = leadRules(c.var.workspace);
    if (typeof name !== "string" || name.trim() === "") return invalid(c, { name: "The name field is required." });
    if (variables.some((known) => known.toLowerCase() === name.toLowerCase())) {
      return invalid(c, { name: "The name has already been taken." });
    }
    variables.push(name);
    return c.json({ data: variableRow(name) }, 201);
  });

  api.post("/leads/create-or-update/multiple", async (c) => {
    const { leads } = await bodyOf(c);
    if (!Array.isArray(leads) || leads.length === 0) return invalid(c, { leads: "The leads field is required." });
    if (leads.length > MOST) return invalid(c, { leads: `The leads field must not have more than ${MOST} items.` });
    const errors = Object.fromEntries(leads.flatMap((lead, index) => faultsOf(lead, index, c.var.workspace)));
    if (Object.keys(errors).length > 0) return invalid(c, errors);
    const stored = (leads as LeadInput[]).filter(({ email }) => !UNDELIVERABLE.test(email)).map((lead) =>
      save(bison, c.var.workspace, lead)
    );
    return c.json({ data: stored.map(leadRow(c.var.workspace)) });
  });

  api.post("/campaigns/:id/leads/attach-leads", async (c) => {
    const campaign = c.var.workspace.campaigns.get(Number(c.req.param("id")));
    if (!campaign) return notFound(c);
    const { lead_ids } = await bodyOf(c);
    const ids: unknown[] = Array.isArray(lead_ids) ? lead_ids : [];
    const { barred } = leadRules(c.var.workspace);
    const leads = ids.map((id) => leadOf(c.var.workspace, Number(id)));
    if (ids.length === 0 || leads.some((lead) => lead === undefined || barred.has(lead.part.email))) {
      return invalid(c, { lead_ids: "The selected lead ids are invalid." });
    }
    for (const lead of leads as Lead[]) {
      if (!c.var.workspace.campaignsOf(lead).includes(campaign)) {
        c.var.workspace.addLead({ email: lead.part.email }, campaign.input.id);
      }
    }
    return c.json({ data: { success: true, message: "Leads will be added to the campaign within five minutes." } });
  });
  return api;
}

function save(bison: BisonSimulator, workspace: Workspace, input: LeadInput): Lead {
  const email = input.email.toLowerCase();
  const now = seconds(bison.now());
  const known = workspace.leads.get(email);
  if (known) {
    const told = Object.entries(input).filter(([name, value]) => name !== "email" && value !== null);
    Object.assign(known.part, Object.fromEntries(told));
    known.updated_at = now;
    return known;
  }
  const lead: Lead = { part: newLead(bison.nextId("lead"), input), tags: new Set(), created_at: now, updated_at: now };
  workspace.leads.set(email, lead);
  return lead;
}

const variableRow = (name: string) => ({ name });

function faultsOf(lead: LeadInput, index: number, workspace: Workspace): [string, string][] {
  if (!EMAIL.test(lead.email ?? "")) {
    return [[`leads.${index}.email`, `The leads.${index}.email field must be a valid email address.`]];
  }
  const { variables } = leadRules(workspace);
  return (lead.custom_variables ?? []).filter(({ name }) => !variables.includes(name)).map(({ name }) => [
    `leads.${index}.custom_variables`,
    `The custom variable ${name} does not exist.`,
  ]);
}

function leadOf(workspace: Workspace, id: number): Lead | undefined {
  return [...workspace.leads.values()].find(({ part }) => part.id === id);
}

async function bodyOf(c: Context): Promise<Record<string, unknown>> {
  return await c.req.json().catch(() => ({}));
}
