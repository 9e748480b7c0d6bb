import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import type { DnsChange, Porkbun } from "../../_shared/providers/porkbun.ts";
import { porkbunOf, type Sealed } from "../porkbun.ts";

interface Start extends Sealed {
  outcome: "go" | "not_ours";
  name_servers: string[];
}

interface Change extends DnsChange {
  action: "create" | "edit" | "delete";
  record_id: string;
  provider_record_id: string | null;
}

/** Makes a domain's name servers and records at the registrar as wanted. Each run begins by looking at what is there. */
export const setUpDomain = defineJob({
  type: "set_up_domain",
  payload: z.object({ domain: z.string() }),
  async run({ domain }, context) {
    const { sql } = context;
    const [start] = await sql<[Start]>`
      select outcome, to_jsonb(name_servers) as name_servers, api_key, api_secret
      from integrations.start_domain_setup(${domain})`;
    if (start.outcome !== "go") return;

    const porkbun = await porkbunOf(start, context);
    const sorted = (names: string[]) => names.map((name) => name.toLowerCase()).sort().join();
    if (sorted(await porkbun.nameServers(domain)) !== sorted(start.name_servers)) {
      await porkbun.setNameServers(domain, start.name_servers);
    }
    const existing = await porkbun.records(domain);
    const changes = await sql<Change[]>`
      select * from integrations.plan_dns_changes(${domain}, ${sql.json(existing as never)})`;
    for (const change of changes) {
      const id = await make(domain, change, porkbun);
      await sql`select integrations.note_dns_change(${change.record_id}, ${id})`;
    }
    await sql`select integrations.finish_domain_setup(${domain})`;
  },
});

/** The record's id at the registrar; null when it is gone. */
async function make(domain: string, change: Change, porkbun: Porkbun): Promise<string | null> {
  if (change.action === "create") return await porkbun.createRecord(domain, change);
  if (change.action === "edit") {
    await porkbun.editRecord(domain, change.provider_record_id!, change);
    return change.provider_record_id;
  }
  await porkbun.deleteRecord(domain, change.provider_record_id!);
  return null;
}
