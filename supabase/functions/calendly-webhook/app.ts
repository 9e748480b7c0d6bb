import type { Hono } from "hono";
import { readCalendly } from "../../../shared/calendly.ts";
import type { Env } from "../_shared/http.ts";
import { isSignedByCalendly } from "../_shared/signatures/calendly.ts";
import { createWebhookApp, type Provider, type WebhookDeps } from "../_shared/webhook.ts";

const calendly: Provider = {
  name: "calendly",
  alwaysSigned: true,
  isSigned: (headers, body, secrets, now) =>
    isSignedByCalendly(headers.get("calendly-webhook-signature"), body, secrets, now),
  read: readCalendly,
};

/** Calendly's webhooks: `POST /calendly-webhook/<path token>`, signed. */
export function createApp(deps: WebhookDeps): Hono<Env> {
  return createWebhookApp(calendly, deps);
}
