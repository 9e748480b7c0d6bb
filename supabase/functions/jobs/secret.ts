import { createHash, timingSafeEqual } from "node:crypto";

/** Whether both are the same, in a time that does not tell how much of it was right. */
export function isSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
