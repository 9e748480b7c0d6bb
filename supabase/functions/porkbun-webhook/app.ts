import type { Hono } from "hono";
import { readPorkbun } from "../../../shared/porkbun.ts";
import type { Env } from "../_shared/http.ts";
import { isSignedByPorkbun } from "../_shared/signatures/porkbun.ts";
import { createWebhookApp, type Provider, type WebhookDeps } from "../_shared/webhook.ts";

const porkbun: Provider = { name: "porkbun", alwaysSigned: true, isSigned: isSignedByPorkbun, read: readPorkbun };

/** Porkbun's webhooks: `POST /porkbun-webhook/<path token>`, signed. */
export function createApp(deps: WebhookDeps): Hono<Env> {
  return createWebhookApp(porkbun, deps);
}
