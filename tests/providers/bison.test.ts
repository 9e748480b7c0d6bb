import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type BisonSimulator, createBisonSimulator } from "../../simulators/bison/mod.ts";
import { GiveUp, RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { createBison } from "../../supabase/functions/_shared/providers/bison.ts";
import { NeedsPerson, Refused } from "../../supabase/functions/_shared/providers/call.ts";
import { acme, token } from "../sync/world.ts";

let simulator: BisonSimulator;
let server: Deno.HttpServer<Deno.NetAddr>;
const before = Deno.env.get("PROVIDER_URLS");

beforeEach(() => {
  Deno.env.delete("PROVIDER_URLS");
  simulator = createBisonSimulator({ workspaces: [acme] });
  server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, simulator.app.fetch);
});
afterEach(async () => {
  vi.useRealTimers();
  if (before !== undefined) Deno.env.set("PROVIDER_URLS", before);
  await Promise.all([simulator.close(), server.shutdown()]);
});

const connect = (more: { token?: string; timeoutMs?: number } = {}) =>
  createBison({ instanceUrl: `http://127.0.0.1:${server.addr.port}/`, token, ...more });

function fail(answer: () => Response | Promise<Response>): void {
  simulator.faults.add({ path: "/api", answer });
}

async function refusal(more = {}): Promise<Error & { seconds?: number; status?: number }> {
  const error = await connect(more).campaigns(1).then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error.message).not.toContain("secret");
  return error;
}

test("every list is understood", async () => {
  // No midnight passes.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-03T12:00:00Z") });
  const workspace = simulator.workspace(11);
  const { mail } = workspace.send({ campaign: 301, sender: 1, lead: { email: "dana@lead.example" } });
  workspace.reply(mail, { text: "Yes" });
  const bison = connect();
  const today = new Date().toISOString().slice(0, 10);
  expect(await bison.campaigns(1)).toMatchObject({ total: 2, last_page: 1, rows: [{ id: 301, status: "Active" }, {}] });
  expect(await bison.campaignDay(301, today)).toMatchObject({
    emails_sent: 1,
    unique_replies_per_contact: 1,
    sequence_step_stats: [{ sequence_step_id: 3011, sent: 1 }],
  });
  expect(await bison.senders(1)).toMatchObject({ total: 3, rows: [{ id: 1, emails_sent_count: 1 }, {}, {}] });
  expect(await bison.sender(2)).toMatchObject({ id: 2, email: "sender2@acme-mail.example" });
  expect(await bison.warmup(1, today)).toMatchObject({ rows: [{ id: 1, warmup_score: 91 }, {}, {}] });
  expect(await bison.tags(1)).toMatchObject({ rows: [{ id: 51, name: "Warm" }, {}] });
  expect(await bison.campaignLeads(301, null)).toMatchObject({
    rows: [{ email: "dana@lead.example", lead_campaign_data: [{ campaign_id: 301, status: "replied" }] }],
  });
  expect(await bison.leads(1, today)).toMatchObject({ rows: [{ email: "dana@lead.example" }], total: undefined });
  expect(await bison.replies(null)).toMatchObject({ rows: [{ type: "Tracked Reply", campaign_id: 301 }] });
  const { rows } = await bison.events(null, today, today);
  expect(rows.map(({ payload }) => (payload.event as { type: string }).type)).toEqual([
    "LEAD_REPLIED",
    "EMAIL_SENT",
    "LEAD_FIRST_CONTACTED",
  ]);
});

test("a wrong token names what a person must do", async () => {
  const error = await refusal({ token: "11|secret of another workspace" });
  expect(error).toBeInstanceOf(NeedsPerson);
  expect(error.message).toMatch(/Renew the credentials of EmailBison/);
});

test.each([
  ["with Retry-After", { "retry-after": "17" }, 17],
  ["without headers", {}, 60],
])("429 %s is waited out", async (_, headers, seconds) => {
  fail(() => Response.json({ message: "Too Many Attempts." }, { status: 429, headers: headers as HeadersInit }));
  const error = await refusal();
  expect(error).toBeInstanceOf(RetryLater);
  expect(error.seconds).toBe(seconds);
});

test("500 and silence are tried again with back-off", async () => {
  fail(() => new Response("<html>oops</html>", { status: 500 }));
  const error = await refusal();
  expect(error).not.toBeInstanceOf(GiveUp);
  expect(error.message).toMatch(/answered 500/);
  const silence = Promise.withResolvers<Response>();
  fail(() => silence.promise);
  expect((await refusal({ timeoutMs: 50 })).message).toMatch(/did not answer within 0.05 s/);
  silence.resolve(new Response());
});

test.each([["false"], [false]])("200 with success %j is a refusal", async (success) => {
  fail(() => Response.json({ data: { success, message: "Something went wrong." } }));
  const error = await refusal();
  expect(error).toBeInstanceOf(Refused);
  expect(error.message).toMatch(/Something went wrong/);
});

test("another shape is an error that says where", async () => {
  fail(() => Response.json({ data: [{ name: "No id" }], meta: {} }));
  expect((await refusal()).message).toMatch(/another shape.*/s);
});

test("numbers as strings, blanks and missing parts are understood", async () => {
  fail(() =>
    Response.json({
      data: [{ id: "7", email: "a@b.example", daily_limit: "25", warmup_score: "", tags: null, created_at: "soon" }],
      meta: { total: "1" },
    })
  );
  expect(await connect().senders(1)).toMatchObject({
    total: 1,
    rows: [{ id: 7, daily_limit: 25, emails_sent_count: 0, tags: [], created_at: null }],
  });
});
