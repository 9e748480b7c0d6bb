// The agency that the year is played on: its clients, their endpoints, and the functions that receive for them.

import type postgres from "postgres";
import { createApp as createBison } from "../../supabase/functions/bison-webhook/app.ts";
import { createApp as createCalendly } from "../../supabase/functions/calendly-webhook/app.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { bisonInstance } from "../fixtures/bison.ts";
import { box, calendlySignature, noon, post } from "../functions/support.ts";
import type { TestDatabase } from "../support/database.ts";
import { openPatientPool } from "../support/pool.ts";
import { clients, end, type Post } from "./year.ts";

const signingKey = "a-signing-key-of-the-tests";

export async function seedAgency(sql: postgres.Sql): Promise<void> {
  const sealed = await box.seal(signingKey);
  for (const [n, { name, zone, workspace }] of clients.entries()) {
    await sql`insert into public."Clients" ("Business") values (${name})`;
    await sql`update integrations.tenants set time_zone = ${zone} where business = ${name}`;
    await sql`
      insert into integrations.webhook_endpoints (
        provider, client, token_hash, instance_url, workspace_id, require_signature, signing_secret
      )
      values
        ('bison', ${name}, sha256(convert_to(${`bison-${workspace}`}, 'UTF8')), ${bisonInstance}, ${workspace}, false,
          null),
        ('calendly', ${name}, sha256(convert_to(${`calendly-${workspace}`}, 'UTF8')), null, null, true, ${sealed})`;
    // One client has no targets, one lacks some.
    if (n < 3) {
      await sql`
        insert into public.client_targets (
          client, emails_per_day, prospects_per_day, replies_per_day, bounces_per_day, meetings_per_day,
          "interested_replies_per day"
        )
        values (${name}, ${2 + n}, ${1 + n}, ${n}, ${n}, 1, ${n === 1 ? null : 1})`;
    }
  }
}

/** Posts everything to the functions, a few at once, and answers the outcomes. */
export async function deliver(database: TestDatabase, posts: readonly Post[]): Promise<string[]> {
  const url = database.url("webhook_receiver");
  const pool = openPatientPool(url, { size: 10, mostWaiting: 1000 });
  const deps = { call: pool.call, secrets: box, log: createLog("error"), now: () => noon };
  const apps = { bison: createBison(deps), calendly: createCalendly(deps) };
  const send = async ({ provider, client, body }: Post) => {
    const signature = calendlySignature(signingKey, body);
    const headers: Record<string, string> = provider === "calendly" ? { "calendly-webhook-signature": signature } : {};
    const path = `/${provider}-webhook/${provider}-${client.workspace}`;
    const response = await apps[provider].fetch(post(path, body, headers));
    const answer = await response.json();
    if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
    return answer.outcome as string;
  };
  const outcomes: string[] = [];
  for (let i = 0; i < posts.length; i += 32) {
    outcomes.push(...await Promise.all(posts.slice(i, i + 32).map(send)));
  }
  await pool.end();
  return outcomes;
}

/** From here on it is the end of the year. */
export async function stopClock(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create or replace function private.clock() returns timestamptz language sql stable set search_path = ''
    as $$ select timestamptz '${new Date(end).toISOString()}' $$`);
}
