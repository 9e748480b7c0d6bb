import { z } from "zod";
import { defineJob, GiveUp, type JobContext, RetryLater } from "../../_shared/jobs.ts";
import { type Answer, send, type SendOptions, signedHeaders } from "../../_shared/outgoing.ts";

// guid: the id of an event that is told once is a hash.
const Payload = z.object({ endpoint_id: z.guid(), event_id: z.guid() });
type Payload = z.infer<typeof Payload>;

interface Delivery {
  url: string;
  secrets: string[];
  headers: Record<string, string>;
  timeout_ms: number;
  body: string;
}

interface Verdict {
  outcome: "delivered" | "retry" | "exhausted" | "disabled";
  retry_in: number | null;
}

/** Sends one event to one endpoint. What is sent, and what follows from the answer, the database says. */
export function createDeliverWebhook(options: () => SendOptions) {
  return defineJob({
    type: "deliver_webhook",
    payload: Payload,
    async run(payload, context) {
      const { sql, now, signal } = context;
      const [delivery] = await sql<Delivery[]>`
        select url, to_jsonb(secrets) as secrets, headers, timeout_ms, body
        from outbound.get_delivery(${payload.endpoint_id}, ${payload.event_id})`;
      if (delivery === undefined) throw new GiveUp("The endpoint is switched off, or it or the event is gone.");

      const headers = await makeHeaders(payload, delivery, context);
      const { url, body, timeout_ms: timeoutMs } = delivery;
      const answer = await send({ url, headers, body, timeoutMs }, { ...options(), signal, now });
      const verdict = await record(payload, answer, context);
      if (verdict.outcome === "retry") throw new RetryLater(verdict.retry_in!, answer.error!);
      if (verdict.outcome !== "delivered") throw new GiveUp(`${answer.error} (${verdict.outcome})`);
    },
  });
}

export const deliverWebhook = createDeliverWebhook(() => ({
  allowPrivate: Deno.env.get("ALLOW_PRIVATE_TARGETS") === "true",
}));

async function makeHeaders({ event_id }: Payload, { headers, secrets, body }: Delivery, context: JobContext) {
  const open = (sealed: string) => context.secrets.open(sealed);
  const own = Object.entries(headers).map(async ([name, value]) => [name.toLowerCase(), await open(value)]);
  const signed = signedHeaders(event_id, body, await Promise.all(secrets.map(open)), context.now());
  return { ...Object.fromEntries(await Promise.all(own)), ...signed };
}

async function record({ endpoint_id, event_id }: Payload, answer: Answer, { sql, job }: JobContext): Promise<Verdict> {
  const [verdict] = await sql<[Verdict]>`
    select outcome, retry_in
    from outbound.record_delivery(
      ${endpoint_id}, ${event_id}, ${job.attempt}, ${job.maxAttempts}, ${answer.status}, ${answer.body},
      ${answer.milliseconds}, ${answer.error}, ${answer.retryAfter}
    )`;
  return verdict;
}
