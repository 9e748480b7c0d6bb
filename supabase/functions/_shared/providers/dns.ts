// DNS over HTTPS in its JSON form, as Cloudflare and Google speak it. DNS_RESOLVER_URL names another resolver.

import { z } from "zod";
import { callProvider, providerUrl } from "./call.ts";

const official = "https://cloudflare-dns.com/dns-query";
const numbers: Record<string, number> = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 };
const noError = 0, noSuchName = 3;

const Answer = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), data: z.string() })).optional(),
});

/**
 * What the resolver has of a type under a name, as it writes it: texts quoted, mail servers after their priority. None:
 * there is no such record. Throws when the resolver does not know either (SERVFAIL): that says nothing about the name.
 */
export async function resolve(name: string, type: string, signal?: AbortSignal): Promise<string[]> {
  const url = new URL(providerUrl("dns", Deno.env.get("DNS_RESOLVER_URL") || official));
  url.searchParams.set("name", name);
  url.searchParams.set("type", type);
  const answer = await callProvider({
    provider: "The DNS resolver",
    url,
    headers: { accept: "application/dns-json" },
    timeoutMs: 10_000,
    signal,
    schema: Answer,
  });
  if (answer.Status !== noError && answer.Status !== noSuchName) {
    throw new Error(`The DNS resolver answered status ${answer.Status} about ${name}.`);
  }
  return (answer.Answer ?? []).filter((record) => record.type === numbers[type]).map(({ data }) => data);
}
