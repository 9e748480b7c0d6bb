import type { Hono } from "hono";
import { readBison } from "../../../shared/bison.ts";
import type { Env } from "../_shared/http.ts";
import { isSignedByBison } from "../_shared/signatures/bison.ts";
import { createWebhookApp, type Provider, type WebhookDeps } from "../_shared/webhook.ts";

const bison: Provider = {
  name: "bison",
  alwaysSigned: false,
  isSigned: (headers, body, secrets) => isSignedByBison(headers.get("signature"), body, secrets),
  read: readBison,
};

/** EmailBison's webhooks: `POST /bison-webhook/<path token>`. The token names the workspace. */
export function createApp(deps: WebhookDeps): Hono<Env> {
  return createWebhookApp(bison, deps);
}
