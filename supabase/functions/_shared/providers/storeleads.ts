// StoreLeads' API, as far as we use it: stores by filters, fifty a page, or all of them once they are put together.

import { z } from "zod";
import { callProvider, providerUrl } from "./call.ts";

const baseUrl = () => providerUrl("storeleads", "https://storeleads.app");
const pageSize = 50;

// A store goes to the database as it is; what is read of it there is public.pull_storeleads_10k_batch.
const Stores = z.object({
  domains: z.array(z.looseObject({ name: z.string() })),
  has_next_page: z.boolean().nullish(),
});
// 202, of whatever content: it is being put together.
const Pending = z.union([z.null(), z.looseObject({}).refine((answer) => !("domains" in answer))]);

export interface StorePage {
  stores: unknown[];
  hasMore: boolean;
}

export type Filters = Record<string, string | number | boolean>;

export class StoreLeads {
  constructor(private readonly key: string, private readonly signal?: AbortSignal) {}

  async page(filters: Filters, page: number): Promise<StorePage> {
    const { domains, has_next_page } = await this.#ask(Stores, { ...filters, page, page_size: pageSize });
    return { stores: domains, hasMore: has_next_page ?? domains.length === pageSize };
  }

  /** Null: not ready yet, ask the same again in five seconds. */
  async all(filters: Filters): Promise<StorePage | null> {
    const answer = await this.#ask(z.union([Stores, Pending]), { ...filters, page: -1 }, 60_000);
    return answer && "domains" in answer ? { stores: answer.domains as unknown[], hasMore: false } : null;
  }

  async #ask<T>(schema: z.ZodType<T>, query: Filters, timeoutMs?: number): Promise<T> {
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return await callProvider<T>({
      provider: "StoreLeads",
      url: `${baseUrl()}/json/api/v1/all/domain?${parameters}`,
      headers: { authorization: `Bearer ${this.key}` },
      softError: (json) => {
        const { error } = (json ?? {}) as { error?: unknown };
        return typeof error === "string" ? error : undefined;
      },
      schema,
      signal: this.signal,
      timeoutMs,
    });
  }
}
