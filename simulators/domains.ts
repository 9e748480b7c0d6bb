// The demo agency's registrar and a resolver that sees what is written there, as supabase/seed.sql knows the account.
import { createDnsSimulator, type DnsSimulator } from "./dns/mod.ts";
import { createPorkbunSimulator, type PorkbunSimulator } from "./porkbun/mod.ts";

export interface DomainSimulators {
  porkbun: PorkbunSimulator;
  dns: DnsSimulator;
}

/** Its webhooks go to the functions. */
export function createDomainSimulators(functionsUrl: string): DomainSimulators {
  const porkbun = createPorkbunSimulator({
    apiKey: "pk1_demo-porkbun",
    apiSecret: "sk1_demo-porkbun",
    webhook: { url: `${functionsUrl}/porkbun-webhook/demo-porkbun`, secret: "demo-signing-key-porkbun" },
  });
  return { porkbun, dns: createDnsSimulator({ porkbun, propagationSeconds: 2 }) };
}
