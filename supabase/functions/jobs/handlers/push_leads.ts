import { z } from "zod";
import { defineJob, type JobContext } from "../../_shared/jobs.ts";
import {
  attachLeads,
  createLeads,
  createVariable,
  type LeadPush,
  listVariables,
  type NewLead,
} from "../../_shared/providers/bison_leads.ts";
import { NeedsPerson, Refused } from "../../_shared/providers/call.ts";

interface Contact extends Omit<NewLead, "custom_variables"> {
  queue_id: number;
  variables: Record<string, string>;
}

interface Created {
  queue_id: number;
  lead_id: number;
}

interface Failure {
  queue_id: number;
  problem: string;
}

interface Claim {
  batch_id: string;
  instance_url: string | null;
  api_key: string | null;
  known_variables: string[];
  contacts: Contact[];
  created: Created[];
}

/** Refusals in a row, without one success, after which it is not one lead that is wrong. */
const mostRefusals = 16;
/** Calls of one kind for a batch; what is left then goes with the next one. */
const mostCalls = 60;

/** Takes the next contacts of a campaign to EmailBison, 500 at most. */
export const pushLeads = defineJob({
  type: "push_leads",
  payload: z.object({ client: z.string(), campaign_id: z.string() }),
  async run({ client, campaign_id }, context) {
    const { sql, job } = context;
    const [claim] = await sql<Claim[]>`
      select batch_id, instance_url, api_key, to_jsonb(known_variables) as known_variables, contacts, created
      from integrations.claim_push(${client}, ${campaign_id}, ${job.id})`;
    if (claim === undefined) return;
    try {
      const push = await openPush(client, claim, context);
      const created = [...claim.created, ...await create(push, client, claim, context)];
      const attached = await attach(push, campaign_id, created);
      await sql`
        select integrations.store_attached_leads(
          ${client}, ${campaign_id}, ${`{${attached.done.map(({ queue_id }) => queue_id).join(",")}}`}::text::bigint[],
          ${sql.json(attached.failed as never)}
        )`;
    } catch (error) {
      if (error instanceof NeedsPerson) {
        await sql`select integrations.block_push(${client}, ${campaign_id}, ${job.id}, ${error.message})`;
      }
      throw error;
    }
  },
});

async function openPush(client: string, { instance_url, api_key }: Claim, context: JobContext): Promise<LeadPush> {
  const { secrets, signal } = context;
  if (!instance_url || !api_key || !URL.canParse(instance_url)) {
    throw new NeedsPerson(`Set "App URL- Bison" and "Api Key - Bison" of ${client}.`);
  }
  const key = await secrets.open(api_key).catch(() => {
    throw new NeedsPerson(
      `"Api Key - Bison" of ${client} cannot be opened: set it anew, or add its key to MILLRACE_SECRET_KEYS.`,
    );
  });
  return { instanceUrl: instance_url, key, signal };
}

async function create(push: LeadPush, client: string, claim: Claim, { sql, job }: JobContext): Promise<Created[]> {
  const { batch_id, contacts } = claim;
  if (contacts.length === 0) return [];
  let known = await ensureVariables(push, client, contacts, claim.known_variables, sql);
  let isRefreshed = false;
  const created: Created[] = [];
  const result = await eachPart(contacts, async (part) => {
    const send = () => createLeads(push, part.map((contact) => leadOf(contact, known)));
    const answer = await send().catch(async (error) => {
      // EmailBison does not say which variable it does not know: one may be gone, or be written otherwise now.
      if (isRefreshed || !(error instanceof Refused) || error.status !== 422 || known.size === 0) throw error;
      isRefreshed = true;
      known = await ensureVariables(push, client, contacts, [], sql);
      return await send();
    });
    const ids = new Map(answer.map(({ email, id }) => [email, id]));
    created.push(
      ...part.flatMap(({ queue_id, email }) => ids.has(email) ? [{ queue_id, lead_id: ids.get(email) as number }] : []),
    );
    return part.filter(({ email }) => !ids.has(email));
  });
  const failed = [
    ...result.failed,
    ...result.left.map(({ queue_id }) => ({ queue_id, problem: "EmailBison did not create this lead." })),
  ];
  return await sql<Created[]>`
    select queue_id::int, lead_id::int
    from integrations.store_created_leads(
      ${batch_id}, ${job.id}, ${sql.json(created as never)}, ${sql.json(failed as never)}
    )`;
}

async function attach(push: LeadPush, campaign: string, created: Created[]) {
  return await eachPart(created, async (part) => {
    await attachLeads(push, campaign, part.map(({ lead_id }) => lead_id));
    return [];
  });
}

/**
 * Creates what the workspace lacks; answers its own spelling of each name, by the name in lower case.
 *
 * @throws NeedsPerson when EmailBison does not let us: without a variable every lead is refused.
 */
async function ensureVariables(
  push: LeadPush,
  client: string,
  contacts: Contact[],
  known: string[],
  sql: JobContext["sql"],
): Promise<Map<string, string>> {
  const wanted = new Map(
    contacts.flatMap(({ variables }) => Object.keys(variables)).map((name) => [name.toLowerCase(), name]),
  );
  const lacking = (names: string[]) => {
    const have = new Set(names.map((name) => name.toLowerCase()));
    return [...wanted].filter(([lower]) => !have.has(lower)).map(([, name]) => name);
  };
  if (lacking(known).length > 0) {
    known = await makeVariables(push, lacking).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      throw new NeedsPerson(
        `Look at the custom variables of ${client} in EmailBison, and at "App URL- Bison". ${error.message}`,
      );
    });
    await sql`select integrations.know_variables(${client}, array(
      select jsonb_array_elements_text(${sql.json(known)})
    ))`;
  }
  return new Map(known.map((name) => [name.toLowerCase(), name]));
}

/** The workspace's variables, once those that it lacks are made. */
async function makeVariables(push: LeadPush, lacking: (names: string[]) => string[]): Promise<string[]> {
  let known = await listVariables(push);
  const missing = lacking(known);
  if (missing.length === 0) return known;
  let refusal: Refused | undefined;
  for (const name of missing) {
    await createVariable(push, name).catch((error) => {
      // Another push may have made it at the same moment.
      if (!(error instanceof Refused)) throw error;
      refusal = error;
    });
  }
  known = await listVariables(push);
  if (refusal && lacking(known).length > 0) throw refusal;
  return known;
}

function leadOf({ queue_id: _, variables, ...lead }: Contact, known: Map<string, string>): NewLead {
  return {
    ...lead,
    custom_variables: Object.entries(variables).map(([name, value]) => ({
      name: known.get(name.toLowerCase()) ?? name,
      value,
    })),
  };
}

/**
 * Does something with all of them at once, and where EmailBison refuses that, with halves, until who is refused stands
 * alone. `left`: what `run` answered of those it was done with.
 */
async function eachPart<Item extends { queue_id: number }>(items: Item[], run: (part: Item[]) => Promise<Item[]>) {
  const done: Item[] = [];
  const left: Item[] = [];
  const failed: Failure[] = [];
  const parts = items.length > 0 ? [items] : [];
  let calls = 0;
  while (parts.length > 0 && calls < mostCalls) {
    const part = parts.pop()!;
    calls++;
    try {
      left.push(...await run(part));
      done.push(...part);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const isOfAll = error.status === 404 || calls >= mostRefusals && done.length === 0;
      if (part.length === 1 || isOfAll) {
        const refused = isOfAll ? [part, ...parts.splice(0)].flat() : part;
        failed.push(...refused.map(({ queue_id }) => ({ queue_id, problem: error.message })));
      } else {
        const middle = Math.ceil(part.length / 2);
        parts.push(part.slice(middle), part.slice(0, middle));
      }
    }
  }
  return { done, left, failed };
}
