// A list on its way through the data hub: loaded, promoted, pushed into a campaign, and its replies led back to who brought
// the people. Each time it is played, the list has other people.
import { setTimeout as sleep } from "node:timers/promises";
import type postgres from "postgres";
import { demoToken, developmentJwtSecret } from "../../../local/demo_access.ts";
import { connect } from "../../../local/platform.ts";
import { northwind } from "../../agency.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";
import { dim } from "../table.ts";

// deno-lint-ignore no-explicit-any
type Json = any;
type Ask = (method: string, path: string, body?: unknown) => Promise<Json>;

const client = northwind.name;
const campaign = "302";
const source = "apollo";
const patience = 90_000;

export async function playHub(stage: Stage): Promise<Result[]> {
  if (!stage.simulators) return [];
  const result: Result = { checked: 0, differences: [] };
  const same = (what: string, found: unknown, expected: unknown) => {
    result.checked++;
    if (`${found}` !== `${expected}`) result.differences.push(`${what}: ${found} instead of ${expected}`);
  };
  const sql = connect(stage.database);
  const api = asking(
    `${stage.functions}/api/v1`,
    await demoToken(Deno.env.get("API_JWT_SECRET") || developmentJwtSecret),
  );
  const bison = asking(`${stage.simulators}/bison`);
  try {
    const people = listOf(Date.now().toString(36));
    const emails = people.map(({ email }) => email.toLowerCase());
    same("rows that came in", await load(sql, people), "12 inserted, 2 duplicates, 1 rejected");
    await promote(sql, api, emails);
    const [known] = await sql`
      select count(*)::int, count(distinct company_domain)::int as companies
      from public.master_contacts_db where email = any(${emails}) and source = ${source}`;
    same("people in the master database", known!.count, 12);
    same("their companies", known!.companies, 4);
    say(`${people.length} rows of ${source}: 12 people at 4 companies, 2 came twice, 1 has no address`);

    await block(sql, people[0]!.company_domain);
    const list = await api("POST", "/contact-lists", {
      client,
      campaign_id: campaign,
      name: `Demo ${new Date().toISOString()}`,
      filter: { emails },
      variables: { "Company Name": "company_name" },
    });
    same("chosen", list.chosen, 9);
    same("left out", JSON.stringify(list.excluded), '{"blocked":3}');
    await api("POST", `/contact-lists/${list.id}/push`, {});
    const attached = await until(() => attachedOf(sql, list.id), ({ length }) => length === list.chosen);
    same("leads of the campaign", attached.length, 9);
    say(`${client} must not write to one company: 9 of 12 go to campaign ${campaign} in EmailBison`);

    const [first, second] = attached as [string, string];
    const about = { workspace: northwind.workspace.id };
    for (const email of [first, second]) {
      await bison("POST", "/_simulator/send", { ...about, campaign: Number(campaign), lead: { email } });
      await bison("POST", "/_simulator/reply", { ...about, lead: email, text: "Tell me more." });
    }
    const replied = await until(() => repliesOf(sql, emails), ({ length }) => length === 2);
    same("replies led back to who brought the person", replied, [source, source]);
    await refreshUntil(sql, api, emails);
    const outreach = await sql`
      select h.message_type, count(*)::int
      from marketing.outreach_history h join people.master p on p.id = h.person_id
      where p.email = any(${emails}) group by 1 order by 1`;
    same(
      "outreach",
      JSON.stringify(outreach),
      JSON.stringify([
        { message_type: "initial", count: 2 },
        { message_type: "reply", count: 2 },
      ]),
    );
    const [funnel] = await sql`select * from bit.funnel_by_source where source = ${source}`;
    say(
      `${source} so far: ${funnel!.contacts} people, ${funnel!.pushed} pushed, ${funnel!.contacted} written to, ` +
        `${funnel!.replied} answered`,
    );
    return [result];
  } finally {
    await sql.end();
  }
}

/** Twelve people at four companies, two of them twice, and a row without an address. */
function listOf(mark: string) {
  const people = Array.from({ length: 12 }, (_, n) => ({
    email: `Person${n}@plant${n % 4}-${mark}.example`,
    name: `Robin Plant${n}`,
    title: n % 2 ? "Plant manager" : "Director of operations",
    company: `Plant ${n % 4} ${mark}`,
    company_domain: `https://www.plant${n % 4}-${mark}.example/about`,
    industry: "Manufacturing",
  }));
  const [one, other] = people;
  return [...people, { ...one!, email: one!.email.toUpperCase() }, other!, { ...one!, email: "" }];
}

async function load(sql: postgres.Sql, people: unknown[]): Promise<string> {
  const rows = await sql`
    select message from intake.f_ingest_json(${sql.json(people as never)}, ${source}, ${`demo ${Date.now()}`})
    where load_id is null and status = 'success'`;
  return rows[0]!.message;
}

async function promote(sql: postgres.Sql, api: Ask, emails: string[]): Promise<void> {
  await sql`select * from intake.f_promote_contacts()`;
  await until(async () => {
    await api("POST", "/contact-lists/advance-hub", {});
    const [row] = await sql`select count(*)::int from public.master_contacts_db where email = any(${emails})`;
    return row!.count;
  }, (count) => count === 12);
}

/** The client does not want the first company to be written to. */
async function block(sql: postgres.Sql, website: string): Promise<void> {
  await sql`
    insert into public.client_company_state as s (client_id, company_id, blocked_until)
    select private.client_id_of(${client}), public.get_or_create_company(${website}), now() + interval '30 days'
    on conflict (client_id, company_id) do update set blocked_until = excluded.blocked_until`;
}

async function attachedOf(sql: postgres.Sql, list: string): Promise<string[]> {
  const rows = await sql`
    select l.email
    from "Master".campaign_leads_db l
    join "Master".campaign_contact_db k on k.contact_id = l.contact_id and k.client = l.client and k.campaign_id = l.campaign_id
    where k.list_id = ${list}
    order by l.email`;
  return rows.map(({ email }) => email);
}

async function repliesOf(sql: postgres.Sql, emails: string[]): Promise<string[]> {
  const rows = await sql`
    select r.source
    from bit.replies_by_source r join public.master_contacts_db m on m.id = r.contact_id
    where m.email = any(${emails})`;
  return rows.map(({ source }) => source);
}

/** Facts are folded every few seconds; then marketing takes them over. */
async function refreshUntil(sql: postgres.Sql, api: Ask, emails: string[]): Promise<void> {
  await until(async () => {
    await api("POST", "/marketing/campaigns/refresh", {});
    const [row] = await sql`
      select count(*)::int from marketing.outreach_history h join people.master p on p.id = h.person_id
      where p.email = any(${emails})`;
    return row!.count;
  }, (count) => count === 4);
}

function asking(base: string, token?: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** What was found in the end, also when it never became as wanted: the figures then say so. */
async function until<T>(look: () => Promise<T>, isDone: (found: T) => unknown): Promise<T> {
  for (const end = Date.now() + patience;;) {
    const found = await look();
    if (isDone(found) || Date.now() > end) return found;
    await sleep(500);
  }
}

function say(line: string): void {
  console.log(` ${dim("hub")}     ${line}`);
}
