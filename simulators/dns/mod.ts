// A simulated resolver (DNS over HTTPS, JSON): what the world sees of the domains in the simulated Porkbun account, a
// while after it was written there.
import { Hono } from "hono";
import { Faults } from "../faults.ts";
import type { Owned, PorkbunSimulator, ZoneRecord } from "../porkbun/mod.ts";

export interface DnsOptions {
  porkbun: PorkbunSimulator;
  /** How long a record is written before it is seen. */
  propagationSeconds?: number;
}

const numbers: Record<string, number> = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 };
const noError = 0, serverFailure = 2, noSuchName = 3;

export class DnsSimulator {
  readonly faults = new Faults();
  readonly app: Hono;
  propagationSeconds: number;
  readonly #porkbun: PorkbunSimulator;

  constructor({ porkbun, propagationSeconds = 0 }: DnsOptions) {
    this.#porkbun = porkbun;
    this.propagationSeconds = propagationSeconds;
    this.app = new Hono();
    this.app.get("/dns-query", async (c) => {
      const name = c.req.query("name")?.toLowerCase().replace(/\.$/, "") ?? "";
      const type = c.req.query("type")?.toUpperCase() ?? "A";
      const fault = this.faults.take("/dns-query");
      if (fault) return await fault;
      if (name === "" || !(type in numbers)) return c.text("Invalid question", 400);
      return c.json(this.#answer(name, type), 200, { "content-type": "application/dns-json" });
    });
    this.app.post("/_simulator/faults", async (c) => {
      const { answer, times = 1 } = await c.req.json();
      const answers: Record<string, () => Response> = {
        "429": () => new Response("", { status: 429 }),
        "500": () => new Response("", { status: 500 }),
        servfail: () => Response.json({ Status: serverFailure }),
      };
      if (!answers[answer]) return c.json({ error: `One of ${Object.keys(answers).join(", ")}.` }, 400);
      this.faults.add({ path: "/dns-query", answer: answers[answer], times });
      return c.json({ answer, times });
    });
    this.app.post("/_simulator/propagation", async (c) => {
      this.propagationSeconds = Number((await c.req.json()).seconds);
      return c.json({ seconds: this.propagationSeconds });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer(name: string, type: string) {
    const question = { Question: [{ name, type: numbers[type] }] };
    const zone = [...this.#porkbun.account.domains.values()]
      .find(({ domain }) => name === domain || name.endsWith(`.${domain}`));
    if (!zone) return { Status: noSuchName, ...question };
    const seen = this.#seen(zone, name);
    const found = type === "NS" && name === zone.domain
      ? zone.ns.map((host) => ({ type: "NS", data: `${host}.`, ttl: 86_400 }))
      // A CNAME answers for every type.
      : seen.filter((one) => one.type === type || one.type === "CNAME")
        .map((one) => ({ type: one.type, data: dataOf(one), ttl: one.ttl }));
    if (found.length === 0 && seen.length === 0 && name !== zone.domain) return { Status: noSuchName, ...question };
    const answers = found.map((one) => ({ name, type: numbers[one.type], TTL: one.ttl, data: one.data }));
    return { Status: noError, ...question, ...(answers.length ? { Answer: answers } : {}) };
  }

  #seen({ records, domain }: Owned, name: string): ZoneRecord[] {
    const until = this.#porkbun.now().getTime() - this.propagationSeconds * 1_000;
    const seen = records.filter(({ since }) => since.getTime() <= until);
    const own = seen.filter((one) => one.name === name);
    const wild = seen.filter((one) => one.name === `*.${domain}`);
    return own.length || name === domain ? own : wild;
  }
}

export function createDnsSimulator(options: DnsOptions): DnsSimulator {
  return new DnsSimulator(options);
}

function dataOf({ type, content, prio }: ZoneRecord): string {
  if (type === "TXT") return (content.match(/.{1,255}/gs) ?? []).map((piece) => `"${piece}"`).join(" ");
  if (type === "MX") return `${prio ?? 0} ${content}.`;
  return type === "CNAME" ? `${content}.` : content;
}
