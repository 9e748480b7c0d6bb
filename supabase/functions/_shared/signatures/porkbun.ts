import { isSigned, readDigest } from "./hmac.ts";

/** How far the sender's clock may be away from ours, either way. */
export const toleranceSeconds = 300;

/**
 * Checks `X-Porkbun-Signature: sha256=<hex>`: HMAC-SHA256 over `timestamp.body`, with the timestamp of
 * `X-Porkbun-Webhook-Timestamp`.
 *
 * @param body The body's bytes exactly as they came.
 * @param secrets The signing secrets that are valid now.
 * @param now Our time in milliseconds since 1970.
 */
export function isSignedByPorkbun(
  headers: Headers,
  body: Uint8Array,
  secrets: readonly string[],
  now: number,
): boolean {
  const time = headers.get("x-porkbun-webhook-timestamp")?.trim() ?? "";
  const [, hex = ""] = /^sha256=(.+)$/.exec(headers.get("x-porkbun-signature")?.trim() ?? "") ?? [];
  if (!/^\d{1,12}$/.test(time) || Math.abs(now / 1000 - Number(time)) > toleranceSeconds) return false;
  const digest = readDigest(hex);
  return digest !== undefined && isSigned([digest], [`${time}.`, body], secrets);
}
