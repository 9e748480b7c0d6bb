import { afterAll, beforeAll, expect, test } from "vitest";
import { type BisonSimulator, createBisonSimulator } from "../../simulators/bison/mod.ts";
import { RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import {
  attachLeads,
  createLeads,
  createVariable,
  type LeadPush,
  listVariables,
} from "../../supabase/functions/_shared/providers/bison_leads.ts";
import { NeedsPerson, Refused } from "../../supabase/functions/_shared/providers/call.ts";
import { acme, token } from "../sync/world.ts";

let simulator: BisonSimulator;
let server: Deno.HttpServer<Deno.NetAddr>;
const before = Deno.env.get("PROVIDER_URLS");

beforeAll(() => {
  Deno.env.delete("PROVIDER_URLS");
  simulator = createBisonSimulator({ workspaces: [acme] });
  server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, simulator.app.fetch);
});
afterAll(async () => {
  if (before !== undefined) Deno.env.set("PROVIDER_URLS", before);
  await Promise.all([simulator.close(), server.shutdown()]);
});

const push = (more: Partial<LeadPush> = {}): LeadPush => ({
  instanceUrl: `http://127.0.0.1:${server.addr.port}/`,
  key: token,
  signal: new AbortController().signal,
  ...more,
});
const lead = (email: string, variables: Record<string, string> = {}) => ({
  email,
  first_name: "Ann",
  last_name: null,
  company: null,
  title: null,
  custom_variables: Object.entries(variables).map(([name, value]) => ({ name, value })),
});

test("a lead is created, changed and attached, and each may be done again", async () => {
  for (let n = 0; n < 20; n++) await createVariable(push(), `Variable ${n}`);
  expect(await listVariables(push())).toHaveLength(20);
  const [created] = await createLeads(push(), [lead("Ann@one.example", { "Variable 3": "x" })]);
  const [again] = await createLeads(push(), [lead("ann@one.example")]);
  expect(created).toEqual({ id: again!.id, email: "ann@one.example" });
  await attachLeads(push(), "301", [created!.id]);
  await attachLeads(push(), "301", [created!.id]);
});

test("one name in another case refuses all, one lead that is unknown to the workspace as well", async () => {
  await expect(createLeads(push(), [lead("b@one.example"), lead("c@one.example", { "VARIABLE 3": "x" })])).rejects
    .toThrow(Refused);
  await expect(createVariable(push(), "variable 3")).rejects.toMatchObject({ status: 422 });
  await expect(attachLeads(push(), "301", [1, 99_999])).rejects.toMatchObject({ status: 422 });
  await expect(attachLeads(push(), "77", [1])).rejects.toMatchObject({ status: 404 });
});

const calls: [string, (push: LeadPush) => Promise<unknown>][] = [
  ["listVariables", listVariables],
  ["createVariable", (push) => createVariable(push, "New")],
  ["createLeads", (push) => createLeads(push, [lead("d@one.example")])],
  ["attachLeads", (push) => attachLeads(push, "301", [1])],
];

test.each(calls)("%s tells each failure as what to do next", async (_, call) => {
  const failing = (answer: () => Response | Promise<Response>, more = {}) => {
    simulator.faults.add({ path: "/api", answer });
    return call(push(more)).then(() => undefined, (error) => error);
  };
  expect(await call(push({ key: "11|wrong" })).catch((error) => error)).toBeInstanceOf(NeedsPerson);
  expect(await failing(() => new Response("{}", { status: 429, headers: { "retry-after": "17" } }))).toMatchObject({
    seconds: 17,
  });
  expect(await failing(() => new Response("{}", { status: 429 }))).toBeInstanceOf(RetryLater);
  const soft = await failing(() => Response.json({ data: { success: "false", message: "It is archived." } }));
  expect(soft).toBeInstanceOf(Refused);
  expect(soft.message).toMatch(/It is archived/);
  for (const answer of [() => new Response("", { status: 500 }), () => new Response('{"data": [')]) {
    const error = await failing(answer);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
  }
  const hanging = Promise.withResolvers<Response>();
  const silent = await failing(() => hanging.promise, { timeoutMs: 50 });
  expect(silent.message).toMatch(/did not answer within 0.05 s/);
  hanging.resolve(new Response());
});
