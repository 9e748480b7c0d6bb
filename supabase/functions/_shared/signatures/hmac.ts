import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

const hexDigest = /^[0-9a-f]{64}$/i;

/** A signature in hexadecimal as bytes; undefined unless it is a whole SHA-256 digest, in either case. */
export function readDigest(hex: string): Uint8Array | undefined {
  return hexDigest.test(hex) ? Buffer.from(hex, "hex") : undefined;
}

/**
 * True when one of the candidates is the HMAC-SHA256 of the chunks under one of the secrets (texts are UTF-8). Every pair
 * is compared in constant time; an empty secret signs nothing.
 */
export function isSigned(
  candidates: Uint8Array[],
  chunks: (string | Uint8Array)[],
  secrets: readonly (string | Uint8Array)[],
): boolean {
  let found = false;
  for (const secret of candidates.length === 0 ? [] : secrets) {
    if (secret.length === 0) continue;
    const hmac = createHmac("sha256", secret);
    for (const chunk of chunks) hmac.update(chunk);
    const digest = hmac.digest();
    for (const candidate of candidates) {
      found = timingSafeEqual(candidate, digest) || found;
    }
  }
  return found;
}
