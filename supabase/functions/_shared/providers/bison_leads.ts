// Leads into a campaign at EmailBison: custom variables, then the leads, then the campaign. Each call may be made again:
// creating a known lead updates it, and one that is in the campaign stays there.

import { z } from "zod";
import { softError } from "./bison.ts";
import { callProvider, providerUrl } from "./call.ts";

export interface LeadPush {
  /** The client's instance, such as https://dedi.emailbison.com. */
  instanceUrl: string;
  key: string;
  signal: AbortSignal;
  timeoutMs?: number;
}

export interface NewLead {
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  title: string | null;
  /** By their names exactly as the workspace writes them. */
  custom_variables: { name: string; value: string }[];
}

export interface CreatedLead {
  id: number;
  email: string;
}

const id = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).refine(Number.isSafeInteger);
const Variables = z.object({
  data: z.array(z.object({ name: z.string() })),
  meta: z.object({ last_page: z.coerce.number().nullish() }).nullish(),
});
const Leads = z.object({ data: z.array(z.object({ id, email: z.string() })) });
const mostPages = 50;

/** The names of the workspace's custom variables. */
export async function listVariables(push: LeadPush): Promise<string[]> {
  const names: string[] = [];
  for (let page = 1, last = 1; page <= Math.min(last, mostPages); page++) {
    const { data, meta } = await ask(push, `custom-variables?page=${page}`, Variables);
    names.push(...data.map(({ name }) => name));
    last = meta?.last_page ?? 1;
  }
  return names;
}

export async function createVariable(push: LeadPush, name: string): Promise<void> {
  await ask(push, "custom-variables", z.looseObject({}), { name });
}

/** At most 500. Whom the answer does not name was not created. */
export async function createLeads(push: LeadPush, leads: NewLead[]): Promise<CreatedLead[]> {
  const body = { existing_lead_behavior: "patch", leads };
  const { data } = await ask(push, "leads/create-or-update/multiple", Leads, body);
  return data.map(({ id, email }) => ({ id, email: email.trim().toLowerCase() }));
}

/** All of them, or none. */
export async function attachLeads(push: LeadPush, campaign: string, leads: number[]): Promise<void> {
  const path = `campaigns/${encodeURIComponent(campaign)}/leads/attach-leads`;
  await ask(push, path, z.looseObject({}), { lead_ids: leads, allow_parallel_sending: false });
}

async function ask<T>(
  { instanceUrl, key, signal, timeoutMs = 60_000 }: LeadPush,
  path: string,
  schema: z.ZodType<T>,
  body?: unknown,
): Promise<T> {
  return await callProvider({
    provider: "EmailBison",
    url: `${providerUrl("bison", `${instanceUrl.trim().replace(/\/+$/, "")}/api`)}/${path}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body }),
    signal,
    timeoutMs,
    schema,
    softError,
  });
}
