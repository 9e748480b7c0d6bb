// A client with endpoints, events for them, and jobs that are run one at a time, as a worker would.

import type postgres from "postgres";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import type { JobContext } from "../../supabase/functions/_shared/jobs.ts";
import type { SendOptions } from "../../supabase/functions/_shared/outgoing.ts";
import { createDeliverWebhook } from "../../supabase/functions/jobs/handlers/deliver_webhook.ts";
import { box } from "../functions/support.ts";
import type { TestDatabase } from "../support/database.ts";

export const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const olderSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

export async function addClient(sql: postgres.Sql, name = "Acme"): Promise<void> {
  await sql`insert into public."Clients" ("Business") values (${name})`;
}

/** An endpoint of outbound.webhooks with the secret above; answers its id. */
export async function addWebhook(sql: postgres.Sql, url: string, events = ["*"], client = "Acme"): Promise<string> {
  const [row] = await sql`
    insert into outbound.webhooks (team_id, url, secret, events)
    select t.team_id, ${url}, ${await box.seal(secret)}, ${events}
    from integrations.tenants t
    where t.business = ${client}
    returning id`;
  return row!.id;
}

export async function addSubscription(
  sql: postgres.Sql,
  url: string,
  { events = ["*"], retries = 3, timeout = 30, headers = {} as Record<string, string>, client = "Acme" } = {},
): Promise<string> {
  const sealed = Object.fromEntries(
    await Promise.all(Object.entries(headers).map(async ([name, value]) => [name, await box.seal(value)])),
  );
  const [row] = await sql`
    insert into shared.webhook_subscriptions (
      tenant_id, project_id, name, url, secret, events, retry_count, timeout_seconds, headers
    )
    select t.tenant_id, p.id, 'Customer', ${url}, ${await box.seal(secret)}, ${events}, ${retries}, ${timeout},
      ${sql.json(sealed)}
    from integrations.tenants t
    join shared.projects p on p.tenant_id = t.tenant_id
    where t.business = ${client}
    returning id`;
  return row!.id;
}

/** Tells an event of the client and publishes it; answers its id. */
export async function tell(
  sql: postgres.Sql,
  data: Record<string, unknown> = {},
  client = "Acme",
  once: string | null = null,
): Promise<string> {
  const [row] = await sql`
    select private.emit_event('contact.created', ${client}, 'contact', gen_random_uuid(), ${
    sql.json({ email: "casey@fabrikam.test", ...data } as never)
  }, null, ${once}) as id`;
  await sql`select private.relay_outbox_tick()`;
  return row!.id;
}

export interface Ran {
  error: Error | undefined;
  attempt: number;
}

/** Claims one webhook job and runs it; undefined when none is ready. The job's end is noted as a worker notes it. */
export async function runOne(database: TestDatabase, options: SendOptions = {}): Promise<Ran | undefined> {
  const sql = database.sql("job_worker", { max: 1 });
  const [job] = await sql`select * from outbound.claim_jobs('webhooks', 'test')`;
  if (job === undefined) return undefined;
  const context: JobContext = {
    job: { id: job.id, type: job.job_type, attempt: job.attempt, maxAttempts: job.max_attempts },
    sql,
    secrets: box,
    log: createLog("error", () => {}),
    signal: new AbortController().signal,
    now: Date.now,
  };
  const handler = createDeliverWebhook(() => ({ allowPrivate: true, ...options }));
  try {
    await handler.run(job.payload, context);
    await sql`select outbound.complete_jobs(${[job.id]}::uuid[], ${[job.attempt]}::integer[])`;
    return { error: undefined, attempt: job.attempt };
  } catch (error) {
    const seconds = (error as { seconds?: number }).seconds;
    await sql`select outbound.fail_job(
      ${job.id}, ${job.attempt}, ${(error as Error).message},
      ${seconds === undefined ? null : `${seconds} seconds`}::interval, ${seconds === undefined}
    )`;
    return { error: error as Error, attempt: job.attempt };
  }
}
