// The typed client against the real API, and the source that it is generated from.

import { afterAll, beforeAll, expect, test } from "vitest";
import { generateClient } from "../../local/client_source.ts";
import { root } from "../../local/paths.ts";
import { ApiError, createClient, each } from "../../shared/client.ts";
import { createApp } from "../../supabase/functions/api/app.ts";
import { createWorld, people, tokenOf, type World } from "./support.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.drop());

const clientOf = (key: string | (() => Promise<string>), via?: typeof fetch) => {
  const app = createApp(world.deps);
  const direct = ((input: string, init: RequestInit) => app.fetch(new Request(input, init))) as typeof fetch;
  return createClient({
    url: "http://localhost/functions/v1",
    key,
    fetch: via ?? direct,
    sleep: () => Promise.resolve(),
  });
};

test("is what the document makes of it", async () => {
  expect(await generateClient()).toBe(await Deno.readTextFile(`${root}/shared/client.ts`));
});

test("reads, writes and pages with types", async () => {
  const client = clientOf(() => tokenOf({ sub: people.member.id }));
  for (const name of ["a", "b", "c"]) await client.createDeal({ client: "Acme", name, amount: 5 });
  const names: string[] = [];
  for await (const deal of each(client.listDeals, { limit: 2, sort: "created_at" })) names.push(deal.name);
  expect(names).toEqual(["a", "b", "c"]);
  const { data } = await client.listDeals({ fields: ["id", "name"], limit: 1, sort: "created_at" });
  expect(Object.keys(data[0]!)).toEqual(["id", "name"]);

  const deal = await client.getDeal(data[0]!.id);
  await client.updateDeal(deal.id, { stage: "won" });
  const late = client.updateDeal(deal.id, { stage: "lost" }, { ifMatch: deal });
  await expect(late).rejects.toMatchObject({ status: 412, code: "changed_since" });
  expect((await client.updateDeal(deal.id, { index: 3 }, { ifMatch: await client.getDeal(deal.id) })).stage).toBe(
    "won",
  );
  expect(await client.deleteDeal(deal.id)).toBeUndefined();
  await expect(client.getDeal(deal.id)).rejects.toThrow(ApiError);
});

test("tries again what was refused for now, under the same key", async () => {
  const seen: { key: string | null; status: number }[] = [];
  const app = createApp(world.deps);
  const flaky = (async (input: string, init: RequestInit) => {
    const request = new Request(input, init);
    const key = request.headers.get("idempotency-key");
    // The first answer gets lost on its way, the second is a refusal.
    const response = seen.length === 1 ? new Response("", { status: 503 }) : await app.fetch(request);
    seen.push({ key, status: response.status });
    if (seen.length === 1) throw new TypeError("network");
    return response;
  }) as typeof fetch;
  const client = clientOf(await tokenOf({ sub: people.member.id }), flaky);
  await client.createDeal({ client: "Acme", name: "flaky" });
  expect(seen.map(({ status }) => status)).toEqual([201, 503, 201]);
  expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
  const [row] = await world.sql`select count(*)::integer as n from public.crm_deals where name = 'flaky'`;
  expect(row!.n).toBe(1);
});

test("waits for an earlier try of its own that is still being done", async () => {
  const statuses: number[] = [];
  const app = createApp(world.deps);
  const busy = (async (input: string, init: RequestInit) => {
    const running = { status: 409, code: "request_in_progress", detail: "It is running." };
    const response = statuses.length === 0
      ? Response.json(running, { status: 409, headers: { "retry-after": "1" } })
      : await app.fetch(new Request(input, init));
    statuses.push(response.status);
    return response;
  }) as typeof fetch;
  const client = clientOf(await tokenOf({ sub: people.member.id }), busy);
  await client.createDeal({ client: "Acme", name: "busy" });
  expect(statuses).toEqual([409, 201]);
});

test("says what was wrong", async () => {
  const client = clientOf(await tokenOf({ sub: people.member.id }));
  const error = await client.createDeal({ client: "Acme", name: 7 as never }).catch((error) => error);
  expect(error).toBeInstanceOf(ApiError);
  expect([error.status, error.code, error.errors[0].path]).toEqual([400, "invalid_request", "name"]);
});
