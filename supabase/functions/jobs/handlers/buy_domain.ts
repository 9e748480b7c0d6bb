import { z } from "zod";
import { defineJob, type JobContext, RetryLater } from "../../_shared/jobs.ts";
import { NeedsPerson, Refused } from "../../_shared/providers/call.ts";
import type { Order, Porkbun } from "../../_shared/providers/porkbun.ts";
import { porkbunOf, type Sealed } from "../porkbun.ts";

interface Start extends Sealed {
  outcome: "order" | "ask" | "wait" | "over" | "above_total" | "unknown";
  domain_name: string;
  cents: number;
  idempotency_key: string;
  wait_seconds: number | null;
}

const unsaid: Order = { cents: null, number: null, expiresOn: null };

/**
 * Buys one approved domain. The database has noted that an order may be sent before it is; who finds that note asks
 * whether the domain is ours before ordering again.
 */
export const buyDomain = defineJob({
  type: "buy_domain",
  payload: z.object({ purchase: z.guid() }),
  async run({ purchase }, context) {
    const [start] = await context.sql<[Start]>`
      select outcome, domain_name, cents, idempotency_key, wait_seconds, api_key, api_secret
      from integrations.start_purchase(${purchase})`;
    if (start.outcome === "wait") {
      throw new RetryLater(start.wait_seconds!, "The registrar has sold as many domains as it does in a day.");
    }
    if (start.outcome !== "order" && start.outcome !== "ask") return;

    const porkbun = await porkbunOf(start, context);
    if (start.outcome === "ask" && await porkbun.owns(start.domain_name)) {
      return await finish(purchase, "bought", context);
    }
    await order(purchase, start, porkbun, context);
  },
});

async function order(
  purchase: string,
  { domain_name, cents, idempotency_key }: Start,
  porkbun: Porkbun,
  context: JobContext,
): Promise<void> {
  try {
    const made = await porkbun.order(domain_name, cents, idempotency_key);
    await finish(purchase, "bought", context, made);
  } catch (error) {
    if (error instanceof NeedsPerson) {
      await finish(purchase, "not_sold", context, unsaid, error.message);
      throw error;
    }
    if (!(error instanceof Refused)) throw error;
    // Refused may also be the second of two orders.
    if (await porkbun.owns(domain_name)) return await finish(purchase, "bought", context);
    await finish(purchase, "refused", context, unsaid, error.message);
  }
}

async function finish(
  purchase: string,
  outcome: "bought" | "refused" | "not_sold",
  { sql }: JobContext,
  { cents, number, expiresOn } = unsaid,
  reason: string | null = null,
): Promise<void> {
  await sql`
    select integrations.finish_purchase(
      ${purchase}, ${outcome}, ${cents}::integer, ${reason}::text, ${number}::text, ${expiresOn}::text::date
    )`;
}
