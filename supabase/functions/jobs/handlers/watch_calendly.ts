import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { functionsUrl } from "../../_shared/env.ts";
import { defineJob, type JobContext } from "../../_shared/jobs.ts";
import { type Calendly, openCalendly } from "../../_shared/providers/calendly.ts";

interface Prepared {
  webhook_token: string;
  signing_secret: string;
}

/** Looks at a client's webhook subscription, and makes it anew when it is gone or switched off. */
export const watchCalendly = defineJob({
  type: "watch_calendly",
  payload: z.object({ client: z.string() }),
  async run({ client }, context) {
    const { calendly, subscriptionUri } = await openCalendly(client, context);
    const known = subscriptionUri ? await calendly.subscription(subscriptionUri) : undefined;
    if (known?.state === "disabled") await calendly.deleteSubscription(known.uri);
    const isNew = known?.state !== "active";
    const { uri, retry_started_at } = isNew ? await subscribe(client, calendly, context) : known;
    await context.sql`
      select integrations.record_calendly_webhook(
        ${client}, ${uri}, ${retry_started_at}::text::timestamptz, ${isNew}::boolean
      )`;
  },
});

async function subscribe(client: string, calendly: Calendly, { sql, secrets }: JobContext) {
  // Subscriptions of an OAuth app may be signed with the app's own key.
  const appKey = Deno.env.get("CALENDLY_SIGNING_KEY");
  const token = randomBytes(32).toString("base64url");
  const [prepared] = await sql<[Prepared]>`
    select webhook_token, signing_secret
    from integrations.prepare_calendly_webhook(
      ${client}, decode(${createHash("sha256").update(token).digest("hex")}, 'hex'), ${await secrets.seal(token)},
      ${await secrets.seal(appKey || randomBytes(32).toString("base64url"))}, ${Boolean(appKey)}::boolean
    )`;
  const url = `${functionsUrl()}/calendly-webhook/${await secrets.open(prepared.webhook_token)}`;
  const signingKey = appKey ? undefined : await secrets.open(prepared.signing_secret);
  const made = await calendly.subscribe(url, signingKey);
  if (made.state === "active") return made;
  // There was one at this URL that we had lost sight of.
  await calendly.deleteSubscription(made.uri);
  return await calendly.subscribe(url, signingKey);
}
