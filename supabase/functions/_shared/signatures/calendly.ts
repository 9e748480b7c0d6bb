import { isSigned, readDigest } from "./hmac.ts";

/** How far the sender's clock may be away from ours, either way. Longer lets a stolen delivery be played again. */
export const toleranceSeconds = 180;

// A rotation needs two signatures; more than a few are an attempt to make us compute.
const mostSignatures = 5;

/**
 * Checks a `Calendly-Webhook-Signature: t=<unix seconds>,v1=<hex>` header: HMAC-SHA256 over `t.body`.
 *
 * @param header The header's value; several `v1` may be given, one of them must be right.
 * @param body The body's bytes exactly as they came.
 * @param secrets The signing keys that are valid now.
 * @param now Our time in milliseconds since 1970.
 */
export function isSignedByCalendly(
  header: string | null,
  body: Uint8Array,
  secrets: readonly string[],
  now: number,
): boolean {
  const fields = (header ?? "").slice(0, 1000).split(",").map((field) => field.trim());
  const times = valuesOf("t", fields);
  const signatures = valuesOf("v1", fields);
  const time = times[0];
  if (times.length !== 1 || time === undefined || !/^\d{1,12}$/.test(time)) return false;
  if (signatures.length > mostSignatures || Math.abs(now / 1000 - Number(time)) > toleranceSeconds) return false;
  const candidates = signatures.map(readDigest).filter((digest) => digest !== undefined);
  return isSigned(candidates, [`${time}.`, body], secrets);
}

function valuesOf(name: string, fields: string[]): string[] {
  return fields.filter((field) => field.startsWith(`${name}=`)).map((field) => field.slice(name.length + 1));
}
