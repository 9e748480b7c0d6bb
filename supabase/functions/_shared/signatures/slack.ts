import { isSigned, readDigest } from "./hmac.ts";

/** How far Slack's clock may be away from ours, either way, as Slack advises. */
export const toleranceSeconds = 300;

/**
 * Checks `X-Slack-Signature: v0=<hex>`: HMAC-SHA256 over `v0:<X-Slack-Request-Timestamp>:<body>`.
 *
 * @param body The body's bytes exactly as they came.
 * @param secrets The signing secrets that are valid now.
 * @param now Our time in milliseconds since 1970.
 */
export function isSignedBySlack(headers: Headers, body: Uint8Array, secrets: readonly string[], now: number): boolean {
  const time = headers.get("x-slack-request-timestamp") ?? "";
  const [, hex = ""] = /^v0=([0-9a-f]+)$/i.exec(headers.get("x-slack-signature") ?? "") ?? [];
  if (!/^\d{1,12}$/.test(time) || Math.abs(now / 1000 - Number(time)) > toleranceSeconds) return false;
  const digest = readDigest(hex);
  return digest !== undefined && isSigned([digest], [`v0:${time}:`, body], secrets);
}
