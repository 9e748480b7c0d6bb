import { isSigned, readDigest } from "./hmac.ts";

/**
 * Checks a `Signature: <hex>` header: HMAC-SHA256 of the body, as webhooks of Laravel applications are signed.
 * EmailBison documents no signature: an endpoint asks for one only after it was seen there.
 */
export function isSignedByBison(header: string | null, body: Uint8Array, secrets: readonly string[]): boolean {
  const digest = readDigest(header?.trim() ?? "");
  return digest !== undefined && isSigned([digest], [body], secrets);
}
