// A client with a simulated EmailBison workspace, contacts for its campaign, and a worker that takes them there.

import type postgres from "postgres";
import { leadRules } from "../../simulators/bison/lead_writes.ts";
import { type BisonSimulator, createBisonSimulator, type Workspace } from "../../simulators/bison/mod.ts";
import type { JobHandler } from "../../supabase/functions/_shared/jobs.ts";
import { pushLeads } from "../../supabase/functions/jobs/handlers/push_leads.ts";
import { workerOn } from "../jobs/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { acme, addClient, client, token } from "../sync/world.ts";

export { client };

export interface World {
  database: TestDatabase;
  sql: postgres.Sql;
  bison: BisonSimulator;
  workspace: Workspace;
  /** Has a worker do every job that is ready. */
  work(handlers?: JobHandler[]): Promise<void>;
  /** Contacts with these addresses, chosen for a campaign and queued; answers the list. */
  push(emails: string[], variables?: Record<string, string>, campaign?: string): Promise<string>;
  /** The queue as [address, status, problem]. */
  queue(): Promise<[string, string, string | null][]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openWorld(key: string | null = token): Promise<World> {
  const database = await createDatabase();
  const sql = database.sql();
  const bison = createBisonSimulator({ instanceUrl: "https://acme.bison.test", workspaces: [acme] });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, bison.app.fetch);
  Deno.env.set("PROVIDER_URLS", JSON.stringify({ bison: `http://127.0.0.1:${server.addr.port}/api` }));
  await addClient(sql, key);
  await sql`
    insert into public."Campaigns" (client, campaign_id, campaign_name)
    values (${client}, '301', 'First'), (${client}, '302', 'Second'), (${client}, '999', 'Gone at EmailBison')`;
  return {
    database,
    sql,
    bison,
    workspace: bison.workspace(11),
    async work(handlers = [pushLeads]) {
      await using setting = workerOn(database, handlers);
      await setting.worker.drain(new AbortController().signal);
    },
    async push(emails, variables = {}, campaign = "301") {
      await sql`
        insert into public.master_contacts_db (email, first_name, company_name, source)
        select e, initcap(split_part(e, '@', 1)), 'Company of ' || e, 'apollo' from unnest(${emails}::text[]) as e
        on conflict do nothing`;
      const [list] = await sql`
        select public.build_contact_list(
          ${client}, ${campaign}, 'A list', ${sql.json({ emails })}, ${sql.json(variables)}, 10000
        ) as id`;
      await sql`select public.push_contact_list(${list!.id})`;
      return list!.id;
    },
    async queue() {
      const rows = await sql`
        select m.email, q.status, q.problem
        from "Master".bison_queue q join public.master_contacts_db m on m.id = q.contact_id
        order by q.id`;
      return rows.map(({ email, status, problem }) => [email, status, problem]);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([bison.close(), server.shutdown(), database.drop()]);
    },
  };
}

export { leadRules };

export const addresses = (count: number) => Array.from({ length: count }, (_, n) => `p${n}@list.example`);

/** Who is in a campaign at EmailBison. */
export function inCampaign(workspace: Workspace, campaign: number): string[] {
  return [...workspace.leads.values()]
    .filter((lead) => workspace.campaignsOf(lead).some(({ input }) => input.id === campaign))
    .map(({ part }) => part.email)
    .toSorted();
}
