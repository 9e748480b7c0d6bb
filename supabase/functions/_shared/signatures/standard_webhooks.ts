import { Buffer } from "node:buffer";
import { isSigned } from "./hmac.ts";

/** How far the sender's clock may be away from ours, either way. */
const toleranceSeconds = 300;

// A rotation needs two signatures; more than a few are an attempt to make us compute.
const mostSignatures = 5;

const digestLength = 32;

/**
 * Checks the headers of a Standard Webhook: `webhook-signature: v1,<base64> ...` is HMAC-SHA256 over `id.time.body`.
 *
 * @param headers webhook-id, webhook-timestamp (seconds) and webhook-signature; one of the signatures must be right.
 * @param body The body's bytes exactly as they came.
 * @param secrets The signing secrets that are valid now, `whsec_<base64 of the key>`.
 * @param now Our time in milliseconds since 1970.
 */
export function isStandardWebhook(
  headers: Headers,
  body: Uint8Array,
  secrets: readonly string[],
  now: number,
): boolean {
  const id = headers.get("webhook-id") ?? "";
  const time = headers.get("webhook-timestamp") ?? "";
  const signatures = (headers.get("webhook-signature") ?? "").slice(0, 1000).split(" ").filter(Boolean);
  if (id === "" || id.length > 300 || !/^\d{1,12}$/.test(time) || signatures.length > mostSignatures) return false;
  if (Math.abs(now / 1000 - Number(time)) > toleranceSeconds) return false;
  const candidates = signatures.filter((one) => one.startsWith("v1,")).map((one) =>
    Buffer.from(one.slice(3), "base64")
  );
  return isSigned(
    candidates.filter(({ length }) => length === digestLength),
    [`${id}.${time}.`, body],
    secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ""), "base64")),
  );
}
