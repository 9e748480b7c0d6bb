// Supabase's access tokens: signed with the project's secret (HS256), or with a key of its JWKS.

import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "@hono/zod-openapi";

/** What a token says of its owner. */
export interface Claims {
  sub: string;
  role: "authenticated";
  email?: string;
  [name: string]: unknown;
}

/** Answers the claims of a token that is valid now, else undefined. Throws when that cannot be told. */
export type VerifyToken = (token: string) => Promise<Claims | undefined>;

export interface TokenKeys {
  /** The project's JWT secret. */
  secret?: string;
  /** Where the project's public keys are. */
  jwks?: JWTVerifyGetKey;
}

const claims = z.looseObject({
  sub: z.guid(),
  role: z.literal("authenticated"),
  exp: z.number(),
  email: z.string().optional(),
});

// Never both kinds of algorithm with one key: a public key must not pass for a secret.
const publicAlgorithms = ["ES256", "RS256", "EdDSA"];

export function createVerifier({ secret, jwks }: TokenKeys): VerifyToken {
  const secretKey = secret ? new TextEncoder().encode(secret) : undefined;
  const common = { audience: "authenticated", clockTolerance: 5, requiredClaims: ["exp", "sub"] };
  return async (token) => {
    try {
      const { payload } = isSigned(token, "HS256")
        ? await jwtVerify(token, secretKey ?? refuse(), { ...common, algorithms: ["HS256"] })
        : await jwtVerify(token, jwks ?? refuse(), { ...common, algorithms: publicAlgorithms });
      return claims.safeParse(payload).data;
    } catch (error) {
      if (isUnavailable(error)) {
        throw Object.assign(new Error("The signing keys cannot be had."), { code: "ECONNJWKS" });
      }
      return undefined;
    }
  };
}

/** Public keys from an address, kept for ten minutes. */
export function remoteKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { timeoutDuration: 3_000, cooldownDuration: 5_000 });
}

function isSigned(token: string, algorithm: string): boolean {
  try {
    const header = token.split(".", 1)[0]!.replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(header)).alg === algorithm;
  } catch {
    return false;
  }
}

function refuse(): never {
  throw new errors.JWSInvalid("There is no key for such tokens.");
}

/** Anything but jose's own word that the token is not good. */
function isUnavailable(error: unknown): boolean {
  return error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError) ||
    error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC";
}
