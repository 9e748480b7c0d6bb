// Tokens that are signed with a project's own key pair, and the address its public keys are read from.

import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "vitest";
import { createVerifier, remoteKeys } from "../../supabase/functions/api/core/tokens.ts";
import { people, secret, tokenOf } from "./support.ts";

const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...await exportJWK(publicKey), kid: "one", alg: "ES256" };

function signed(key: Parameters<SignJWT["sign"]>[0], alg: string, kid = "one"): Promise<string> {
  return new SignJWT({ role: "authenticated" }).setProtectedHeader({ alg, kid }).setSubject(people.member.id)
    .setAudience("authenticated").setExpirationTime("5m").sign(key);
}

test("both kinds are taken, each with its own key only", async () => {
  const verify = createVerifier({ secret, jwks: createLocalJWKSet({ keys: [jwk] }) });
  expect((await verify(await signed(privateKey, "ES256")))?.sub).toBe(people.member.id);
  expect((await verify(await tokenOf({ sub: people.member.id })))?.sub).toBe(people.member.id);

  const other = await generateKeyPair("ES256");
  expect(await verify(await signed(other.privateKey, "ES256"))).toBeUndefined();
  expect(await verify(await signed(privateKey, "ES256", "two"))).toBeUndefined();
  // The public key is known to everybody: it must not pass for the secret.
  const asSecret = new TextEncoder().encode(await exportSPKI(publicKey));
  expect(await verify(await signed(asSecret, "HS256"))).toBeUndefined();
});

test("without a key of its kind no token is good", async () => {
  expect(await createVerifier({ secret })(await signed(privateKey, "ES256"))).toBeUndefined();
  const jwks = createLocalJWKSet({ keys: [jwk] });
  expect(await createVerifier({ jwks })(await tokenOf({ sub: people.member.id }))).toBeUndefined();
  expect(await createVerifier({})("nonsense")).toBeUndefined();
});

test("public keys are read from their address; when it is away, nobody is told that the token is bad", async () => {
  let isAway = false;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => isAway ? new Response("", { status: 500 }) : Response.json({ keys: [jwk] }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/jwks.json`;
  const token = await signed(privateKey, "ES256");
  expect((await createVerifier({ jwks: remoteKeys(url) })(token))?.sub).toBe(people.member.id);
  isAway = true;
  await expect(createVerifier({ jwks: remoteKeys(url) })(token)).rejects.toMatchObject({ code: "ECONNJWKS" });
  await server.shutdown();
  await expect(createVerifier({ jwks: remoteKeys(url) })(token)).rejects.toMatchObject({ code: "ECONNJWKS" });
});
