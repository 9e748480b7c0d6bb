// What the demo agency's people show to the API of a local stack.

import { SignJWT } from "jose";

/** Supabase's own default for a project on one's machine; it is public, and signs nothing elsewhere. */
export const developmentJwtSecret = "super-secret-jwt-token-with-at-least-32-characters-long";

/** Of Northwind's sales person; seed.sql holds its hash. */
export const demoApiKey = "mr_demonw01_demo-key-of-northwind-robotics-not-a-secret";

/** A token for the demo agency's admin, as Supabase Auth would make it, valid for a week. */
export function demoToken(secret: string): Promise<string> {
  return new SignJWT({ role: "authenticated", email: "admin@millrace.example" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("00000000-0000-4000-8000-0000000000a1")
    .setAudience("authenticated")
    .setExpirationTime("7d")
    .sign(new TextEncoder().encode(secret));
}
