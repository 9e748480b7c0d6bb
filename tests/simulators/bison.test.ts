import { afterEach, describe, expect, test } from "vitest";
import { type BisonEvent, type BisonOptions, createBisonSimulator, EVENT_IDS } from "../../simulators/bison/mod.ts";
import { readBison } from "../../shared/bison.ts";
import { keysOf, type Receiver, startReceiver } from "./receiver.ts";

const workspace = {
  id: 7,
  name: "Acme",
  apiToken: "7|secret",
  timeZone: "America/New_York",
  senders: [{ id: 3, name: "Cody", email: "cody@sender.example" }],
  campaigns: [{ id: 2, name: "First", senders: [3] }, {
    id: 4,
    name: "Quiet",
    senders: [3],
    includeAutoReplies: false,
  }],
};
const lead = {
  email: "Dana@Lead.example",
  first_name: "Dana",
  last_name: "Ortiz",
  company: "Lead Ltd",
  custom_variables: [{ name: "phone", value: "1" }],
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function simulator(options: BisonOptions = {}) {
  const bison = createBisonSimulator({
    workspaces: [workspace, { id: 8, name: "Other", apiToken: "8|secret" }],
    delivery: { timeoutMs: 150_000, retryWaitsMs: [5, 5, 5, 5, 5] },
    ...options,
  });
  closers.push(() => bison.close());
  return bison;
}

function receiver(...answers: Parameters<typeof startReceiver>): Receiver {
  const started = startReceiver(...answers);
  closers.push(() => started.close());
  return started;
}

/** One event of each of the 17 types. */
function allEvents(bison: ReturnType<typeof simulator>): Map<string, BisonEvent> {
  const at = bison.workspace(7);
  const { mail, events: sent } = at.send({ campaign: 2, lead });
  const { reply, events: replied } = at.reply(mail, { text: "Tell me more" });
  const events = [
    ...sent,
    ...at.open(mail).events,
    ...replied,
    ...at.interested(reply).events,
    ...at.manual(reply, "Tuesday?").events,
    ...at.untracked({ sender: 3, from: "alex@colleague.example", text: "Hello" }).events,
    ...at.bounce(at.send({ campaign: 2, lead: { email: "gone@lead.example" } }).mail).events,
    ...at.unsubscribe(mail).events,
    ...(["added", "disconnected", "reconnected", "removed"] as const).flatMap((what) => at.account(3, what).events),
    ...at.warmupDisabled(3, "causing").events,
    ...at.warmupDisabled(3, "receiving").events,
    ...at.tag("VIP", "Lead", mail.lead.part.id).events,
    ...at.tag("VIP", "Lead", mail.lead.part.id, false).events,
  ];
  return new Map(events.map((event) => [event.type, event]));
}

const PARTS: Record<string, string> = {
  scheduled_email:
    "id lead_id sequence_step_id sequence_step_order sequence_step_variant email_subject email_body status " +
    "scheduled_date_est scheduled_date_local local_timezone sent_at opens replies unique_opens unique_replies interested " +
    "raw_message_id",
  campaign_event: "id type created_at_local local_timezone created_at",
  lead: "id email first_name last_name status title company custom_variables custom_variables[].name " +
    "custom_variables[].value emails_sent opens unique_opens replies unique_replies bounces",
  campaign: "id name",
  sender_email:
    "id name email status type daily_limit emails_sent replied opened unsubscribed bounced unique_replies " +
    "unique_opens total_leads_contacted interested created_at updated_at",
  reply: "id uuid email_subject interested automated_reply html_body text_body raw_body headers date_received type " +
    "from_name from_email_address primary_to_email_address to to[].name to[].address cc bcc parent_id folder " +
    "raw_message_id created_at updated_at attachments",
};
const MAIL_PARTS = ["scheduled_email", "campaign_event", "lead", "campaign", "sender_email"];
const PARTS_OF: Record<string, string[]> = {
  EMAIL_SENT: MAIL_PARTS,
  LEAD_FIRST_CONTACTED: MAIL_PARTS,
  LEAD_UNSUBSCRIBED: MAIL_PARTS,
  EMAIL_OPENED: MAIL_PARTS,
  LEAD_REPLIED: ["reply", ...MAIL_PARTS],
  LEAD_INTERESTED: ["reply", ...MAIL_PARTS],
  EMAIL_BOUNCED: ["reply", ...MAIL_PARTS],
  MANUAL_EMAIL_SENT: ["reply", "lead", "campaign", "scheduled_email", "sender_email"],
  UNTRACKED_REPLY_RECEIVED: ["reply", "sender_email"],
  TAG_ATTACHED: ["tag_id", "tag_name", "taggable_id", "taggable_type"],
  TAG_REMOVED: ["tag_id", "tag_name", "taggable_id", "taggable_type"],
};

describe("bodies", () => {
  test("there are 17 types", () => {
    expect([...allEvents(simulator()).keys()].sort()).toEqual(EVENT_IDS.map((id) => id.toUpperCase()).sort());
  });

  test.each(EVENT_IDS.map((id) => id.toUpperCase()))("%s has exactly the documented keys", (type) => {
    const { payload } = allEvents(simulator()).get(type)!;
    expect(Object.keys(payload.event).sort()).toEqual(
      ["instance_url", "name", "type", "workspace_id", "workspace_name"],
    );
    const parts = PARTS_OF[type] ?? ["sender_email"];
    expect(Object.keys(payload.data).sort()).toEqual([...parts].sort());
    for (const [name, part] of Object.entries(payload.data)) {
      const keys = PARTS[name]?.split(" ").filter((key) =>
        type !== "EMAIL_BOUNCED" || !key.startsWith("custom_variables[")
      );
      if (keys) expect(keysOf(part).sort(), name).toEqual(keys.sort());
    }
  });

  test("times have six digits and ids are numbers", () => {
    const { data } = allEvents(simulator()).get("LEAD_REPLIED")!.payload as {
      data: Record<string, Record<string, unknown>>;
    };
    expect(data.reply!.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(data.campaign_event!.id).toEqual(expect.any(Number));
  });

  test("scheduled times are the wall clock of their zone", () => {
    const bison = simulator({ clock: () => new Date("2026-07-01T12:00:00Z") });
    const { part } = bison.workspace(7).send({ campaign: 2, lead }).mail;
    expect(part).toMatchObject({
      scheduled_date_local: "2026-07-01T08:00:00.000000Z",
      sent_at: "2026-07-01T12:00:00.000000Z",
    });
  });

  test("other forms: ids as strings, variables as an object, wrapped, with NUL, without instance_url", () => {
    const bison = simulator({
      form: { ids: "string", customVariables: "object", wrap: "data", nul: true, instanceUrl: false },
    });
    const event = allEvents(bison).get("LEAD_REPLIED")!;
    const body = JSON.parse(bison.body(event)).data;
    expect(body.event).toMatchObject({ workspace_id: "7", type: "LEAD_REPLIED" });
    expect(body.event).not.toHaveProperty("instance_url");
    expect(body.data.lead).toMatchObject({ id: expect.any(String), custom_variables: { phone: "1" } });
    expect(body.data.scheduled_email.sequence_step_id).toEqual(expect.any(String));
    expect(body.data.reply.text_body).toContain("\u0000");
  });

  test("the receiver knows each event by the id that it should", () => {
    const bison = simulator();
    const context = { receivedAt: 0, digest: () => "digest" };
    const keys = [...allEvents(bison).values()].map((event) => {
      const text = bison.body(event);
      const reading = readBison(JSON.parse(text), text, {}, context);
      return reading.kind === "event" ? reading.delivery.key : reading.kind;
    });
    expect(keys).not.toContain("invalid");
    expect(keys.filter((key) => key.includes("digest")).length).toBe(8);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toContain("dedi.emailbison.test|7|LEAD_REPLIED|1");
    expect(keys).toContain("dedi.emailbison.test|7|LEAD_INTERESTED|1");
  });
});

describe("happenings", () => {
  test("an event keeps the values of its own moment", () => {
    const at = simulator().workspace(7);
    const { mail, events } = at.send({ campaign: 2, lead });
    at.open(mail);
    expect(events[1]!.payload.data.lead).toMatchObject({ opens: 0 });
    expect(mail.lead.part.opens).toBe(1);
  });

  test("the first mail to a lead is told once", () => {
    const at = simulator().workspace(7);
    expect(at.send({ campaign: 2, lead }).events.map(({ type }) => type)).toEqual([
      "LEAD_FIRST_CONTACTED",
      "EMAIL_SENT",
    ]);
    expect(at.send({ campaign: 4, lead }).events.map(({ type }) => type)).toEqual(["EMAIL_SENT"]);
  });

  test("interested is told once, with the id of the reply", () => {
    const at = simulator().workspace(7);
    const { reply, events: [replied] } = at.reply(at.send({ campaign: 2, lead }).mail, { text: "Yes" });
    const [interested] = at.interested(reply).events;
    expect((interested!.payload.data.reply as { id: number }).id).toBe(
      (replied!.payload.data.reply as { id: number }).id,
    );
    expect(at.interested(reply).events).toEqual([]);
  });

  test("an automated reply counts nothing, and is silent where the campaign says so", () => {
    const at = simulator().workspace(7);
    const { mail } = at.send({ campaign: 2, lead });
    expect(at.reply(mail, { text: "Away", automated: true }).events).toHaveLength(1);
    expect(mail.lead.part.replies).toBe(0);
    const quiet = at.send({ campaign: 4, lead }).mail;
    expect(at.reply(quiet, { text: "Away", automated: true }).events).toEqual([]);
  });
});

describe("delivery", () => {
  function sent(options: BisonOptions, ...answers: (number | "hang")[]) {
    const bison = simulator(options);
    const target = receiver(...answers);
    bison.addWebhook({ workspace: 7, url: target.url });
    const [, event] = bison.workspace(7).send({ campaign: 2, lead }).events;
    return { bison, target, event: event! };
  }

  test("200 is the only success", async () => {
    const { bison, target, event } = sent({}, 204, 201, 302, 500, 200);
    const [delivery] = bison.deliver(event);
    await delivery!.done;
    expect(delivery).toMatchObject({ state: "succeeded" });
    expect(delivery!.attempts.map(({ status }) => status)).toEqual([204, 201, 302, 500, 200]);
    expect(new Set(target.requests.map(({ body }) => body))).toEqual(new Set([bison.body(event)]));
  });

  test("five retries, then it has failed", async () => {
    const { bison, target, event } = sent({}, 500);
    const [delivery] = bison.deliver(event);
    await delivery!.done;
    expect(delivery!.state).toBe("failed");
    expect(target.requests).toHaveLength(6);
  });

  test("no answer in time is a failure", async () => {
    // On a busy machine the later ones may be late as well.
    const { bison, event } = sent({ delivery: { timeoutMs: 1_000, retryWaitsMs: Array(60).fill(1) } }, "hang", 200);
    const [delivery] = bison.deliver(event);
    await delivery!.done;
    const late = delivery!.attempts.length - 1;
    expect(late).toBeGreaterThan(0);
    expect(delivery!.attempts.map(({ status }) => status)).toEqual([...Array(late).fill(null), 200]);
  });

  test("closing ends the retries", async () => {
    const { bison, target, event } = sent({ delivery: { retryWaitsMs: [60_000] } }, 500);
    const [delivery] = bison.deliver(event);
    await delivery!.first;
    await bison.close();
    expect(target.requests).toHaveLength(1);
  });

  test("a person's retry is a new delivery", async () => {
    const { bison, target, event } = sent({}, 200);
    await bison.deliver(event)[0]!.done;
    const { id } = bison.deliveriesOf(event)[0]!.attempts[0]!;
    const answer = await call(bison, `/webhook-attempts/${id}/retry`, { method: "POST" });
    expect((await answer.json()).data).toMatchObject({ success: true, webhook_delivery_id: 2 });
    await bison.idle();
    expect(target.requests).toHaveLength(2);
  });

  test("a webhook gets the types of its own workspace that it asked for, and unknown ones", () => {
    const bison = simulator();
    bison.addWebhook({ workspace: 7, url: "http://127.0.0.1:1/a", events: ["lead_replied"] });
    bison.addWebhook({ workspace: 8, url: "http://127.0.0.1:1/b" });
    const events = allEvents(bison);
    expect(bison.deliver(events.get("EMAIL_SENT")!)).toHaveLength(0);
    expect(bison.deliver(events.get("LEAD_REPLIED")!)).toHaveLength(1);
    expect(bison.deliver(bison.workspace(7).other("BLACKLISTED_EMAIL_ADDED").events[0]!)).toHaveLength(1);
  });
});

function call(bison: ReturnType<typeof simulator>, path: string, init: RequestInit = {}, token = "7|secret") {
  const headers = { authorization: `Bearer ${token}`, ...init.headers };
  return bison.app.request(`http://bison.test/api${path}`, { ...init, headers });
}

describe("GET /api/events", () => {
  test("cursor pages of 15, newest first, each event once", async () => {
    const bison = simulator();
    const { mail } = bison.workspace(7).send({ campaign: 2, lead });
    for (let count = 0; count < 38; count++) bison.workspace(7).open(mail);
    const ids: number[] = [];
    let cursor: string | null = "";
    const sizes = [];
    while (cursor !== null) {
      const page = await (await call(bison, `/events?cursor=${encodeURIComponent(cursor)}`)).json();
      bison.workspace(7).open(mail);
      ids.push(...page.data.map(({ id }: { id: number }) => id));
      sizes.push(page.data.length);
      cursor = page.meta.next_cursor;
    }
    expect(sizes).toEqual([15, 15, 10]);
    expect(ids).toEqual(Array.from({ length: 40 }, (_, index) => 40 - index));
  });

  test("a row holds the payload exactly as delivered, and the attempts", async () => {
    const bison = simulator();
    const target = receiver(500, 200);
    bison.addWebhook({ workspace: 7, url: target.url });
    const event = bison.workspace(7).send({ campaign: 2, lead }).events[1]!;
    await bison.deliver(event)[0]!.done;
    const { data: [row] } = await (await call(bison, "/events?type=email_sent")).json();
    expect(row.payload).toEqual(JSON.parse(target.requests[0]!.body));
    expect(row.webhook_deliveries[0]).toMatchObject({ event_id: row.id, attempt_count: 2, status: "succeeded" });
    expect(row.webhook_deliveries[0].webhook_attempts).toMatchObject([
      { status: "failed", response_code: 500 },
      { status: "succeeded", response_code: 200 },
    ]);
  });

  test("both dates or none; the last ten days", async () => {
    let now = new Date("2026-11-01T12:00:00Z");
    const bison = simulator({ clock: () => now });
    bison.workspace(7).send({ campaign: 2, lead });
    now = new Date("2026-11-09T12:00:00Z");
    bison.workspace(7).send({ campaign: 2, lead });
    const count = async (query: string) => (await (await call(bison, `/events?${query}`)).json()).data.length;
    expect(await count("")).toBe(3);
    expect(await count("start_date=2026-11-02&end_date=2026-11-09")).toBe(1);
    const refused = await call(bison, "/events?start_date=2026-11-02");
    expect(refused.status).toBe(422);
    expect((await refused.json()).errors).toHaveProperty("end_date");
    now = new Date("2026-11-12T12:00:00Z");
    expect(await count("")).toBe(1);
  });
});

describe("REST", () => {
  test("a token shows its own workspace", async () => {
    const bison = simulator();
    allEvents(bison);
    expect((await call(bison, "/users", {}, "9|wrong")).status).toBe(401);
    expect((await (await call(bison, "/users")).json()).data.workspace).toMatchObject({ id: 7, name: "Acme" });
    expect((await (await call(bison, "/campaigns")).json()).data[0]).toMatchObject({
      id: 2,
      name: "First",
      emails_sent: 2,
    });
    expect((await (await call(bison, "/campaigns", {}, "8|secret")).json()).data).toEqual([]);
    expect((await call(bison, "/replies/1", {}, "8|secret")).status).toBe(404);
  });

  test("a reply has its REST names", async () => {
    const bison = simulator();
    allEvents(bison);
    const { data } = await (await call(bison, "/replies/1")).json();
    expect(data).toMatchObject({ subject: "Re: Lead Ltd", tracked_reply: true, campaign_id: 2, sender_email_id: 3 });
    expect(data).not.toHaveProperty("email_subject");
  });

  test("inboxes count with names that end in _count; a removed one is gone", async () => {
    const bison = simulator();
    bison.workspace(7).send({ campaign: 2, lead });
    const { data: [row], meta } = await (await call(bison, "/sender-emails")).json();
    expect(row).toMatchObject({ id: 3, emails_sent_count: 1, status: "Connected" });
    expect(meta).toMatchObject({ current_page: 1, last_page: 1, per_page: 15, total: 1 });
    bison.workspace(7).account(3, "removed");
    expect((await call(bison, "/sender-emails/3")).status).toBe(404);
  });

  test("webhooks: made, changed, listed, deleted, refused", async () => {
    const bison = simulator();
    const body = (events: string[]) => JSON.stringify({ name: "Ops", url: "https://ops.example/hook", events });
    const made = await call(bison, "/webhook-url", { method: "POST", body: body(["lead_replied"]) });
    expect(made.status).toBe(201);
    const { data } = await made.json();
    expect(Object.keys(data).sort()).toEqual(["created_at", "events", "id", "name", "updated_at", "url"]);
    await call(bison, `/webhook-url/${data.id}`, { method: "PUT", body: body(["email_sent"]) });
    expect((await (await call(bison, "/webhook-url")).json()).data[0].events).toEqual(["email_sent"]);
    expect((await call(bison, `/webhook-url/${data.id}`, {}, "8|secret")).status).toBe(404);
    const refused = await call(bison, "/webhook-url", { method: "POST", body: body(["lead.replied"]) });
    expect(refused.status).toBe(422);
    await call(bison, `/webhook-url/${data.id}`, { method: "DELETE" });
    expect((await (await call(bison, "/webhook-url")).json()).data).toEqual([]);
  });

  test("bad days: too many calls, 422, a 200 that is no success", async () => {
    const bison = simulator({ rateLimit: 4 });
    const fault = (answer: string) =>
      bison.app.request("/_simulator/faults", { method: "POST", body: JSON.stringify({ path: "/api/users", answer }) });
    for (const answer of ["200", "422", "429"]) await fault(answer);
    const odd = await call(bison, "/users");
    expect([odd.status, await odd.json()]).toEqual([200, {
      data: { success: "false", message: "Something went wrong." },
    }]);
    expect((await call(bison, "/users")).status).toBe(422);
    expect((await call(bison, "/users")).headers.get("retry-after")).toBe("2");
    expect((await call(bison, "/users")).status).toBe(200);
    expect(await (await call(bison, "/users")).json()).toEqual({ message: "Too Many Attempts." });
  });
});

describe("/_simulator", () => {
  const post = (bison: ReturnType<typeof simulator>, action: string, body: unknown) =>
    bison.app.request(`/_simulator/${action}`, { method: "POST", body: JSON.stringify(body) });

  test("makes things happen, delivers twice or later", async () => {
    const bison = simulator();
    const target = receiver(200);
    bison.addWebhook({ workspace: 7, url: target.url });
    await post(bison, "send", { lead: { email: "dana@lead.example" } });
    expect(target.requests).toHaveLength(2);
    const { events: [replied] } = await (await post(bison, "reply", {
      lead: "dana@lead.example",
      text: "Yes",
      deliver: { hold: true },
    })).json();
    expect(target.requests).toHaveLength(2);
    const { events } = await (await post(bison, "deliver", { event: replied.id, times: 2 })).json();
    expect(events[0].deliveries).toMatchObject([{ status: 200, answer: "answer" }, { status: 200 }]);
    expect(target.requests).toHaveLength(4);
    await post(bison, "interested", { lead: "dana@lead.example" });
    await post(bison, "disconnect", { sender: 3 });
    expect(target.requests.map(({ body }) => JSON.parse(body).event.type).slice(4)).toEqual([
      "LEAD_INTERESTED",
      "EMAIL_ACCOUNT_DISCONNECTED",
    ]);
  });

  test("says what is wrong with a call", async () => {
    const bison = simulator();
    expect((await post(bison, "send", {})).status).toBe(400);
    expect((await post(bison, "open", { lead: "nobody@lead.example" })).status).toBe(404);
    expect((await post(bison, "fly", {})).status).toBe(404);
    expect((await post(bison, "send", { workspace: 99, lead })).status).toBe(404);
  });
});
