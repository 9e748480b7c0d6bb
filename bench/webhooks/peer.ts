// The peer: @supabase/stripe-sync-engine, which checks the signature and upserts the customer, in the same shell.
// Its first line of output is JSON, {"url"}.

import { Buffer } from "node:buffer";
import { StripeSync } from "@supabase/stripe-sync-engine";
import { Hono } from "hono";
import { secret } from "./deliveries.ts";
import { serve } from "./shell.ts";

const sync = new StripeSync({
  poolConfig: { connectionString: Deno.env.get("DATABASE_URL"), max: 10 },
  stripeSecretKey: "sk_test_none",
  stripeWebhookSecret: secret,
  autoExpandLists: false,
  backfillRelatedEntities: false,
});

const app = new Hono();
app.post("*", async (c) => {
  const body = Buffer.from(await c.req.arrayBuffer());
  await sync.processWebhook(body, c.req.header("stripe-signature"));
  return c.json({ outcome: "processed" });
});
serve(app.fetch);
