import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signedHeaders } from "../../simulators/slack/mod.ts";
import type { Call, SlackAnswer } from "../../supabase/functions/_shared/db.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { isSignedBySlack } from "../../supabase/functions/_shared/signatures/slack.ts";
import { createApp } from "../../supabase/functions/slack/app.ts";
import { box, noon, sqlError } from "../functions/support.ts";

interface Called {
  name: string;
  args: unknown[];
}

let calls: Called[];
let secrets: string[];
let answer: SlackAnswer | Error | Promise<never>;
let clock: number;
let app: ReturnType<typeof createApp>;
const decided: SlackAnswer = { outcome: "decided", message: null, view: null, bot_token: null };

beforeEach(() => {
  calls = [];
  secrets = ["secret"];
  answer = decided;
  clock = noon;
  app = build();
});
afterEach(() => {
  vi.useRealTimers();
  Deno.env.delete("PROVIDER_URLS");
});

function build(patience?: number) {
  const call = (async (name: string, args: unknown[]) => {
    calls.push({ name, args });
    if (name === "integrations.slack_app") {
      return { signing_secrets: await Promise.all(secrets.map((one) => box.seal(one))) };
    }
    if (answer instanceof Error) throw answer;
    return await answer;
  }) as Call;
  return createApp({ call, secrets: box, log: createLog("debug", () => {}), now: () => clock, patience });
}

const acts = () => calls.filter(({ name }) => name === "integrations.receive_slack");

interface Sending {
  secret?: string;
  at?: number;
  type?: string;
  headers?: Record<string, string>;
}

async function send(body: string, { secret = "secret", at = noon, type, headers }: Sending = {}) {
  const response = await app.fetch(
    new Request("http://x/slack", {
      method: "POST",
      headers: {
        "content-type": type ?? "application/x-www-form-urlencoded",
        ...signedHeaders(body, secret, new Date(at)),
        ...headers,
      },
      body,
    }),
  );
  const text = await response.text();
  return { status: response.status, text };
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const click = {
  type: "block_actions",
  team: { id: "T1", domain: "agency" },
  user: { id: "U1", username: "ada", name: "ada", team_id: "T1" },
  api_app_id: "A1",
  token: "legacy",
  trigger_id: "trigger",
  container: { type: "message", message_ts: "1581136311.002000", channel_id: "C1", is_ephemeral: false },
  channel: { id: "C1", name: "approvals" },
  actions: [{
    action_id: "decide:approved",
    block_id: "decision",
    value: "3f1d3f0e-0000-4000-8000-000000000001",
    type: "button",
    action_ts: "1581136319.685647",
  }],
};
const view = {
  type: "view_submission",
  team: { id: "T1" },
  user: { id: "U1", team_id: "T1" },
  api_app_id: "A1",
  trigger_id: "trigger",
  view: {
    id: "V1",
    hash: "1581136400.abc",
    callback_id: "decide",
    private_metadata: JSON.stringify({ approval: "3f1d", decision: "rejected" }),
    state: { values: { reason: { text: { type: "plain_text_input", value: " Too close + dear " } } } },
  },
};
const command = { team_id: "T1", user_id: "U1", command: "/millrace", text: "client Acme & Co", trigger_id: "t1" };
const payload = (body: unknown) => form({ payload: JSON.stringify(body) });

test("Slack's own example of a signature is right, and a digit less is not", () => {
  const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
    "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
  const check = (text: string, header: string, now: number) =>
    isSignedBySlack(
      new Headers({ "x-slack-request-timestamp": "1531420618", "x-slack-signature": header }),
      new TextEncoder().encode(text),
      ["8f742231b10e8888abcd99yyyzzz85a5"],
      now,
    );
  expect(check(body, signature, 1531420618_000)).toBe(true);
  expect(check(body, signature, 1531420618_000 + 300_000)).toBe(true);
  expect(check(body, signature, 1531420618_000 + 300_001)).toBe(false);
  expect(check(body, signature, 1531420618_000 - 300_001)).toBe(false);
  expect(check(`${body}0`, signature, 1531420618_000)).toBe(false);
  expect(check(body, signature.slice(0, -1), 1531420618_000)).toBe(false);
  expect(check(body, signature.slice(3), 1531420618_000)).toBe(false);
});

test("a click is one SQL call, answered with nothing", async () => {
  expect(await send(payload(click))).toEqual({ status: 200, text: "" });
  expect(acts()).toEqual([{
    name: "integrations.receive_slack",
    args: [
      "click",
      "T1",
      "A1",
      "U1",
      "click|T1|C1|1581136311.002000|1581136319.685647|U1",
      JSON.stringify({ approval: "3f1d3f0e-0000-4000-8000-000000000001", decision: "approved", channel: "C1" }),
    ],
  }]);
  await send(payload(click));
  expect(calls.filter(({ name }) => name === "integrations.slack_app")).toHaveLength(1);
});

test("a view carries its reason, and one without is asked again without a call", async () => {
  expect(await send(payload(view))).toEqual({ status: 200, text: "" });
  expect(acts()[0]!.args).toEqual([
    "view",
    "T1",
    "A1",
    "U1",
    "view|V1|1581136400.abc",
    JSON.stringify({ approval: "3f1d", decision: "rejected", reason: "Too close + dear" }),
  ]);
  const blank = structuredClone(view);
  blank.view.state.values.reason.text.value = "  ";
  expect(JSON.parse((await send(payload(blank))).text)).toEqual({
    response_action: "errors",
    errors: { reason: "Please say why." },
  });
  expect(acts()).toHaveLength(1);
});

test("a command is answered in the channel, to the person alone", async () => {
  answer = { ...decided, outcome: "answered", message: "*Acme*" };
  const { text } = await send(form(command));
  expect(JSON.parse(text)).toEqual({ response_type: "ephemeral", text: "*Acme*" });
  expect(acts()[0]!.args).toEqual(["command", "T1", null, "U1", "command|t1", '{"text":"client Acme & Co"}']);
});

test("a question is opened as a view, with the token", async () => {
  app = build(150_000);
  const asked: { authorization: string | null; body: unknown }[] = [];
  let reply: unknown = { ok: true };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    asked.push({ authorization: request.headers.get("authorization"), body: await request.json() });
    return Response.json(reply);
  });
  Deno.env.set("PROVIDER_URLS", JSON.stringify({ slack: `http://127.0.0.1:${server.addr.port}` }));
  answer = { outcome: "ask", message: null, view: { type: "modal" }, bot_token: await box.seal("xoxb-1") };
  expect(await send(payload(click))).toEqual({ status: 200, text: "" });
  expect(asked).toEqual([{ authorization: "Bearer xoxb-1", body: { trigger_id: "trigger", view: { type: "modal" } } }]);
  // A person who sees Slack's warning clicks again.
  reply = { ok: false, error: "expired_trigger_id" };
  expect((await send(payload(click))).status).toBe(503);
  await server.shutdown();
});

test.each([
  ["signed with another secret", { secret: "other" }, 401],
  ["too old", { at: noon - 301_000 }, 401],
  ["from the future", { at: noon + 301_000 }, 401],
  ["not signed", { headers: { "x-slack-signature": "" } }, 401],
])("a request %s is refused and reaches no database", async (_, how, status) => {
  expect((await send(payload(click), how)).status).toBe(status);
  expect(acts()).toEqual([]);
});

test("a new signing secret works at once, the old one as long as it is told", async () => {
  await send(payload(click));
  secrets = ["newer", "secret"];
  clock += 4_000;
  expect((await send(payload(click), { secret: "newer", at: clock })).status).toBe(200);
  expect((await send(payload(click), { secret: "secret", at: clock })).status).toBe(200);
  secrets = ["newer"];
  clock += 31_000;
  expect((await send(payload(click), { secret: "secret", at: clock })).status).toBe(401);
});

test("wrong signatures do not ask the database each time", async () => {
  for (let n = 0; n < 5; n++) await send(payload(click), { secret: "other" });
  expect(calls).toHaveLength(1);
});

test("Slack's own questions are answered", async () => {
  const body = JSON.stringify({ token: "x", challenge: "3eZbrw1aBm2r", type: "url_verification" });
  expect(JSON.parse((await send(body, { type: "application/json" })).text)).toEqual({ challenge: "3eZbrw1aBm2r" });
  expect((await send(body, { type: "application/json", secret: "other" })).status).toBe(401);
  expect((await send(form({ ssl_check: "1", token: "x" }), { secret: "other" })).status).toBe(200);
  const event = JSON.stringify({ type: "event_callback", event_id: "Ev1", event: { type: "message" } });
  expect(await send(event, { type: "application/json" })).toEqual({ status: 200, text: "" });
  expect(acts()).toEqual([]);
});

test("buttons and views of others are let be", async () => {
  const other = { ...click, actions: [{ ...click.actions[0]!, action_id: "open_link" }] };
  expect((await send(payload(other))).status).toBe(200);
  expect((await send(payload({ ...view, view: { ...view.view, callback_id: "other" } }))).status).toBe(200);
  expect((await send(payload({ ...click, type: "shortcut" }))).status).toBe(200);
  expect(acts()).toEqual([]);
});

test.each([
  ["no form", "hello"],
  ["no JSON in the payload", form({ payload: "{" })],
  ["a click without actions", payload({ ...click, actions: [] })],
  ["a view without state", payload({ ...view, view: { id: "V1" } })],
  ["nothing", ""],
])("%s is refused", async (_, body) => {
  expect((await send(body)).status).toBe(400);
  expect(acts()).toEqual([]);
});

test("another workspace's requests are refused", async () => {
  answer = { ...decided, outcome: "foreign" };
  expect((await send(payload(click))).status).toBe(403);
});

test("while the database is away a click shows Slack's warning, a command says so", async () => {
  answer = sqlError("57P03");
  expect((await send(payload(click))).status).toBe(503);
  const { status, text } = await send(form(command));
  expect([status, JSON.parse(text).text]).toEqual([200, "Millrace cannot answer now. Try again in a moment."]);
});

test("a database that is slow is not waited for longer than Slack waits", async () => {
  answer = new Promise<never>(() => {});
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let answered = 0;
  const sending = [send(payload(click)), send(form(command))].map((one) => one.finally(() => answered++));
  while (acts().length < 2) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(2_600);
  expect(answered).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect((await Promise.all(sending)).map(({ status }) => status)).toEqual([503, 200]);
});
