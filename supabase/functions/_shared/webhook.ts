// The walk of every webhook: body -> endpoint -> signature -> text -> JSON -> event -> ONE SQL call -> answer.
// What is refused after the token (and, where one is required, the signature) was right is kept as a dead letter.

import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { Delivery, EndpointIdentity, Reading, ReadingContext } from "../../../shared/delivery.ts";
import { storableJson } from "../../../shared/json.ts";
import { decodeUtf8, readBody, saysJson } from "./body.ts";
import { connect } from "./db.ts";
import { createEndpoints, type Endpoint, type EndpointDeps } from "./endpoints.ts";
import { requiredEnv } from "./env.ts";
import { HttpError, unavailable } from "./errors.ts";
import { createRouter, type Env, onlyMethods, requestId } from "./http.ts";
import { createInbox, Rejection, unknownToken } from "./inbox.ts";
import { createLog, levelOf, type Log } from "./log.ts";
import { createSecretBox } from "./secrets.ts";

/** What a webhook function needs from outside; tests give their own. */
export type WebhookDeps = EndpointDeps;

/** The dependencies of a deployed function: WEBHOOK_DATABASE_URL, MILLRACE_SECRET_KEYS, LOG_LEVEL, the system's clock. */
export function webhookDeps(): WebhookDeps {
  return {
    call: connect(requiredEnv("WEBHOOK_DATABASE_URL")),
    secrets: createSecretBox(requiredEnv("MILLRACE_SECRET_KEYS")),
    log: createLog(levelOf(Deno.env.get("LOG_LEVEL"))),
    now: Date.now,
  };
}

/** How one provider's deliveries are verified and understood. */
export interface Provider {
  /** As in `integrations.webhook_endpoints.provider`. */
  readonly name: string;
  /** True: every delivery must be signed. False: only those to endpoints that require it. */
  readonly alwaysSigned: boolean;
  /** Checks the signature in the headers over the body's bytes. `now` is in milliseconds since 1970. */
  isSigned(headers: Headers, body: Uint8Array, secrets: readonly string[], now: number): boolean;
  /** Understands a parsed body; `text` is what it was parsed from. */
  read(body: unknown, text: string, endpoint: EndpointIdentity, context: ReadingContext): Reading;
}

/** The app of one provider's webhooks: `POST /<provider>-webhook/<path token>`. */
export function createWebhookApp(provider: Provider, deps: WebhookDeps): Hono<Env> {
  const app = createRouter(`${provider.name}-webhook`, deps.log);
  const endpoints = createEndpoints(provider.name, deps);
  const inbox = createInbox(deps.call);
  const greet = createGreeter(deps.log);
  const refuse = onlyMethods("POST");

  // One route for all methods: when two fit, Hono takes a longer way.
  app.all("/:token", async (c) => {
    if (c.req.method !== "POST") return await refuse(c);
    const { headers } = c.req.raw;
    const token = c.req.param("token");
    const body = await readBody(c.req.raw);
    const endpoint = await authenticate(token, headers, body);
    greet(endpoint, headers);
    try {
      const delivery = await understand(token, endpoint, headers, body);
      const { outcome, event_id } = await inbox.store(endpoint, delivery);
      return c.json({ outcome, event_id, request_id: requestId(c) });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const { event_id } = await inbox.keep(endpoint, body, error);
      deps.log.warn("kept as dead letter", { request_id: requestId(c), endpoint_id: endpoint.id, event_id });
      throw error;
    }
  });
  return app;

  async function authenticate(token: string, headers: Headers, body: Uint8Array): Promise<Endpoint> {
    const known = await endpoints.find(token);
    if (known !== undefined && isVerified(known, headers, body)) return known;
    // What memory holds may be older than a rotation of the secret.
    const current = known && await endpoints.reload(token);
    if (current === undefined) throw unknownToken();
    if (current.isSealed) throw unavailable("none of the endpoint's signing secrets can be opened");
    if (isVerified(current, headers, body)) return current;
    throw new HttpError(401, "invalid_signature", "The signature is missing, wrong or too old.");
  }

  function isVerified({ requireSignature, secrets }: Endpoint, headers: Headers, body: Uint8Array): boolean {
    if (!provider.alwaysSigned && !requireSignature) return true;
    return provider.isSigned(headers, body, secrets, deps.now());
  }

  async function understand(token: string, endpoint: Endpoint, headers: Headers, body: Uint8Array): Promise<Delivery> {
    const context = { receivedAt: deps.now(), digest: sha256, header: (name: string) => headers.get(name) };
    const { json, text } = parse(headers, body);
    let reading = provider.read(json, text, endpoint, context);
    if (reading.kind === "foreign") {
      // What memory holds may be older than a correction of the endpoint.
      reading = provider.read(json, text, await endpoints.reload(token) ?? endpoint, context);
    }
    if (reading.kind === "event") return reading.delivery;
    if (reading.kind === "invalid") throw new Rejection(400, "invalid_payload", reading.message);
    const message = "The event is of another workspace or instance than this URL's. Correct the webhook's URL.";
    throw new Rejection(403, "workspace_mismatch", message, reading.delivery);
  }
}

function parse(headers: Headers, body: Uint8Array): { json: unknown; text: string } {
  if (body.byteLength === 0) {
    throw new HttpError(400, "empty_body", "The body is empty. Send the event as JSON.");
  }
  const decoded = decodeUtf8(body);
  try {
    if (decoded !== undefined) {
      const text = storableJson(decoded);
      return { json: JSON.parse(text), text };
    }
  } catch {
    // The parser's words quote the body.
  }
  if (!saysJson(headers.get("content-type"))) {
    throw new Rejection(415, "unsupported_media_type", "Send the event as JSON, with Content-Type: application/json.");
  }
  if (decoded === undefined) {
    throw new Rejection(400, "invalid_encoding", "The body is no UTF-8. Send it as UTF-8 and not compressed.");
  }
  throw new Rejection(400, "invalid_json", "The body is no JSON. Send one JSON object and nothing after it.");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Logs the header names of an endpoint's first delivery: how a provider that began to sign would be noticed. */
function createGreeter(log: Log): (endpoint: Endpoint, headers: Headers) => void {
  const greeted = new Set<number>();
  return ({ id }, headers) => {
    if (greeted.has(id)) return;
    greeted.add(id);
    log.info("first delivery", { endpoint_id: id, headers: [...headers.keys()] });
  };
}
