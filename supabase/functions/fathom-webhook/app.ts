import type { Hono } from "hono";
import { readFathom } from "../../../shared/fathom.ts";
import type { Env } from "../_shared/http.ts";
import { isStandardWebhook } from "../_shared/signatures/standard_webhooks.ts";
import { createWebhookApp, type Provider, type WebhookDeps } from "../_shared/webhook.ts";

const fathom: Provider = {
  name: "fathom",
  alwaysSigned: true,
  isSigned: isStandardWebhook,
  read: readFathom,
};

/** Fathom's webhooks: `POST /fathom-webhook/<path token>`, signed as Standard Webhooks are. */
export function createApp(deps: WebhookDeps): Hono<Env> {
  return createWebhookApp(fathom, deps);
}
