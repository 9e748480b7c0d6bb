// The demo agency's Fathom account, as supabase/seed.sql has it.
import { createFathomSimulator, type FathomOptions, type FathomSimulator } from "./simulator.ts";

export const demoAccount = {
  key: "demo-fathom-key",
  /** Path token of its webhook. */
  token: "demo-fathom",
  secret: "whsec_ZGVtby1mYXRob20tc2lnbmluZy1zZWNyZXQ=",
  user: { name: "Robin Vale", email: "robin@millrace.example" },
};

/** It, with its webhook pointing at the functions. */
export function createDemoFathom(
  functionsUrl: string,
  options: Omit<FathomOptions, "keys" | "user"> = {},
): FathomSimulator {
  const { key, user, token, secret } = demoAccount;
  const fathom = createFathomSimulator({ ...options, keys: [key], user });
  fathom.addWebhook({ id: "webhook-demo", url: `${functionsUrl}/fathom-webhook/${token}`, secret });
  return fathom;
}
