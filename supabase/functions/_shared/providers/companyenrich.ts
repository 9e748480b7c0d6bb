// CompanyEnrich's API, as far as we use it: one company, orders of many, one person, the account's credits.

import { z } from "zod";
import { callProvider, type ProviderCall, providerUrl, Refused } from "./call.ts";

const baseUrl = () => providerUrl("companyenrich", "https://api.companyenrich.com");

// A company goes to the database as it is; what is read of it there is private.company_facts.
const Company = z.looseObject({ domain: z.string() });
// So does a person; whether the answer wraps them is not documented.
const Person = z.looseObject({ id: z.union([z.int(), z.string()]) });
const People = z.union([Person, z.object({ data: Person }).transform(({ data }) => data)]);
const Order = z.object({ job_id: z.string().min(1) });
const Status = z.object({
  status: z.enum(["pending", "processing", "completing", "completed", "failed"]),
  credits_charged: z.int().nonnegative().nullish(),
  results_url: z.string().nullish(),
  error_message: z.string().nullish(),
});
const Listed = z.looseObject({
  job_id: z.string(),
  total_domains: z.int(),
  created_at: z.iso.datetime({ offset: true }).nullish(),
});
// Which member holds the list is not documented.
const Orders = z.union([
  z.array(Listed),
  z.object({ items: z.array(Listed) }).transform(({ items }) => items),
  z.object({ jobs: z.array(Listed) }).transform(({ jobs }) => jobs),
]);
const Results = z.union([
  z.array(z.unknown()),
  z.object({ results: z.array(z.unknown()) }).transform(({ results }) => results),
  z.object({ items: z.array(z.unknown()) }).transform(({ items }) => items),
]);
const Account = z.object({ credits: z.object({ used: z.int(), total: z.int() }) });

export type Company = z.infer<typeof Company>;
export type Person = z.infer<typeof Person>;
export type OrderStatus = z.infer<typeof Status>;

type OurCall<T> = Omit<ProviderCall<T>, "provider" | "url" | "headers"> & { path: string };

export class CompanyEnrich {
  constructor(private readonly key: string, private readonly signal?: AbortSignal) {}

  /** Null: unknown there. One credit when it is known. */
  async company(domain: string): Promise<Company | null> {
    return await this.#find({ path: `/companies/enrich?domain=${encodeURIComponent(domain)}`, schema: Company });
  }

  /** Null: unknown there. Five credits when known, and one for education. */
  async person(email: string): Promise<Person | null> {
    return await this.#find({ path: "/people/lookup?expand=education", body: { email }, schema: People });
  }

  /** A credit for each company that is found, charged when the order is done. */
  async order(domains: string[], callback?: string): Promise<string> {
    const body = { domains, ...(callback ? { webhook_url: callback } : {}) };
    return (await this.#call({ path: "/companies/enrich/bulk", body, schema: Order })).job_id;
  }

  async status(jobId: string): Promise<OrderStatus> {
    return await this.#call({ path: `/companies/enrich/bulk/${encodeURIComponent(jobId)}`, schema: Status });
  }

  /** The newest orders of the account. */
  async orders(): Promise<z.infer<typeof Listed>[]> {
    return await this.#call({ path: "/companies/enrich/bulk/jobs?page=1&pageSize=50", schema: Orders });
  }

  /** What an order found. The key goes to CompanyEnrich itself and nowhere else. */
  async results(url: string): Promise<unknown[]> {
    const base = new URL(baseUrl());
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const isTheirs = target?.origin === base.origin;
    if (!target || !isTheirs && target.protocol !== "https:") {
      throw new Refused(200, "CompanyEnrich's address of the results is none that may be asked.");
    }
    const headers: Record<string, string> = isTheirs ? { authorization: `Bearer ${this.key}` } : {};
    const call = { provider: "CompanyEnrich", url: target, headers, schema: Results, timeoutMs: 60_000 };
    return await callProvider<unknown[]>({ ...call, signal: this.signal });
  }

  async credits(): Promise<{ used: number; total: number }> {
    return (await this.#call({ path: "/me", schema: Account })).credits;
  }

  async #find<T>(call: OurCall<T>): Promise<T | null> {
    try {
      return await this.#call<T>(call);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    }
  }

  async #call<T>({ path, ...call }: OurCall<T>) {
    return await callProvider<T>({
      provider: "CompanyEnrich",
      url: baseUrl() + path,
      headers: { authorization: `Bearer ${this.key}` },
      signal: this.signal,
      ...call,
    });
  }
}
