import { afterEach, describe, expect, test } from "vitest";
import {
  type CalendlyEvent,
  type CalendlyOptions,
  createCalendlySimulator,
  EVENTS,
} from "../../simulators/calendly/mod.ts";
import { readCalendly } from "../../shared/calendly.ts";
import { keysOf, type Receiver, startReceiver } from "./receiver.ts";

const organization = {
  slug: "acme",
  name: "Acme",
  host: { name: "Maya", email: "maya@acme.example" },
  accessToken: "token",
  eventTypes: [{ slug: "intro", name: "Intro", minutes: 30 }],
};
const dana = { email: "dana@lead.example", name: "Dana Ortiz", start: new Date("2026-12-01T15:00:00Z") };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function simulator(options: CalendlyOptions = {}) {
  const calendly = createCalendlySimulator({
    organizations: [organization, { ...organization, slug: "free", accessToken: "free", plan: "free" }],
    delivery: { timeoutMs: 150_000, retryWaitsMs: [5, 5] },
    ...options,
  });
  closers.push(() => calendly.close());
  return { calendly, at: calendly.organization("acme") };
}

function receiver(...answers: Parameters<typeof startReceiver>): Receiver {
  const started = startReceiver(...answers);
  closers.push(() => started.close());
  return started;
}

const INVITEE =
  "cancel_url created_at email event first_name invitee_scheduled_by last_name name new_invitee no_show " +
  "old_invitee payment questions_and_answers reconfirmation reschedule_url rescheduled routing_form_submission " +
  "scheduled_event scheduling_method status text_reminder_number timezone tracking updated_at uri";
const MEETING = "created_at end_time event_guests event_memberships event_type invitees_counter location " +
  "meeting_notes_html meeting_notes_plain name start_time status updated_at uri";
const SUBMISSION =
  "created_at questions_and_answers result routing_form submitter submitter_type tracking updated_at uri";
const TRACKING = ["salesforce_uuid", "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"];

function body(calendly: ReturnType<typeof simulator>["calendly"], event: CalendlyEvent) {
  return JSON.parse(calendly.body(event));
}

describe("bodies", () => {
  test("all eight types, the root with four keys", () => {
    const { calendly, at } = simulator();
    const { invitee } = at.book(dana);
    at.reschedule(invitee, dana.start);
    at.noShow(invitee);
    at.undoNoShow(invitee);
    at.submit({ answers: { Industry: "Steel" } });
    for (const what of ["created", "updated", "deleted"] as const) at.eventType(what, { slug: "new", name: "New" });
    expect(new Set(calendly.events.map(({ event }) => event))).toEqual(new Set(EVENTS));
    for (const event of calendly.events) {
      expect(Object.keys(body(calendly, event)).sort()).toEqual(["created_at", "created_by", "event", "payload"]);
    }
  });

  test("an invitee event has the invitee as its payload and the meeting in it", () => {
    const { calendly, at } = simulator();
    const { payload } = body(
      calendly,
      at.book({ ...dana, answers: [{ question: "Company", answer: "Lead" }] }).events[0]!,
    );
    expect(Object.keys(payload).sort()).toEqual(INVITEE.split(" "));
    expect(Object.keys(payload.scheduled_event).sort()).toEqual(MEETING.split(" "));
    expect(Object.keys(payload.tracking).sort()).toEqual(TRACKING);
    expect(keysOf(payload.questions_and_answers)).toEqual(["[].answer", "[].position", "[].question"]);
    expect(payload.uri).toBe(`${payload.event}/invitees/${payload.uri.split("/").at(-1)}`);
    expect(payload.scheduled_event.start_time).toBe("2026-12-01T15:00:00.000000Z");
    expect(payload.scheduled_event.end_time).toBe("2026-12-01T15:30:00.000000Z");
  });

  test("a canceled one has its cancellation twice, and the meeting no active invitee", () => {
    const { calendly, at } = simulator();
    const { payload } = body(calendly, at.cancel(at.book(dana).invitee, "host", "Ill").events[0]!);
    const cancellation = { canceled_by: "Maya", canceler_type: "host", reason: "Ill", created_at: expect.any(String) };
    expect(payload).toMatchObject({ status: "canceled", rescheduled: false, cancellation });
    expect(payload.scheduled_event).toMatchObject({
      status: "canceled",
      cancellation,
      invitees_counter: { active: 0 },
    });
  });

  test("a reschedule is two events that name each other", () => {
    const { calendly, at } = simulator();
    const { invitee } = at.book(dana);
    const [canceled, created] = at.reschedule(invitee, new Date("2026-12-02T15:00:00Z")).events.map((event) =>
      body(calendly, event)
    );
    expect([canceled.event, created.event]).toEqual(["invitee.canceled", "invitee.created"]);
    expect(canceled.payload).toMatchObject({ rescheduled: true, new_invitee: created.payload.uri });
    expect(created.payload).toMatchObject({ old_invitee: canceled.payload.uri, status: "active", email: dana.email });
  });

  test("each no-show has its own uri, and an undone one none", () => {
    const { calendly, at } = simulator();
    const { invitee } = at.book(dana);
    const events = [at.noShow(invitee), at.undoNoShow(invitee), at.noShow(invitee)].map(({ events: [event] }) =>
      body(calendly, event!)
    );
    const [first, undone, second] = events.map(({ payload }) => payload.no_show);
    expect(undone).toBeNull();
    expect(first.uri).not.toBe(second.uri);
  });

  test("a routing form submission without a booking", () => {
    const { calendly, at } = simulator();
    const { payload } = body(calendly, at.submit({ answers: { Industry: "Steel" } }).events[0]!);
    expect(Object.keys(payload).sort()).toEqual(SUBMISSION.split(" "));
    expect(payload).toMatchObject({ submitter: null, submitter_type: null, result: { type: "event_type" } });
  });

  test("the receiver knows each event by its own uri", () => {
    const { calendly, at } = simulator();
    at.noShow(at.reschedule(at.book(dana).invitee, dana.start).invitee);
    const keys = calendly.events.map((event) => {
      const text = calendly.body(event);
      const reading = readCalendly(JSON.parse(text), text, {}, { receivedAt: 0, digest: () => "digest" });
      return reading.kind === "event" ? reading.delivery.key : reading.kind;
    });
    expect(new Set(keys).size).toBe(4);
    expect(keys.join()).not.toContain("digest");
  });
});

describe("delivery", () => {
  function booked(options: CalendlyOptions, ...answers: (number | "hang")[]) {
    const { calendly, at } = simulator(options);
    const target = receiver(...answers);
    const subscription = calendly.subscribe(at, { url: target.url, signingKey: "key" })!;
    return { calendly, at, target, subscription, event: at.book(dana).events[0]! };
  }

  test("the signature is HMAC-SHA256 of time, dot, body", async () => {
    const { calendly, target, event } = booked({}, 201);
    const before = Math.floor(Date.now() / 1_000);
    const [delivery] = calendly.deliver(event);
    await delivery!.done;
    const [{ headers, body }] = target.requests as [Receiver["requests"][number]];
    const [, t, v1] = headers.get("calendly-webhook-signature")!.match(/^t=(\d+),v1=([0-9a-f]{64})$/)!;
    expect(Number(t)).toBeGreaterThanOrEqual(before);
    expect(Number(t)).toBeLessThanOrEqual(Date.now() / 1_000);
    const encoder = new TextEncoder();
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", encoder.encode("key"), algorithm, false, ["verify"]);
    const bytes = Uint8Array.from(v1!.match(/../g)!, (hex) => parseInt(hex, 16));
    expect(await crypto.subtle.verify("HMAC", key, bytes, encoder.encode(`${t}.${body}`))).toBe(true);
    expect(delivery!.state).toBe("succeeded");
  });

  test("trouble is shown on the subscription and ends with the first success", async () => {
    const { calendly, event, subscription } = booked({}, 500, 500, 200);
    const [delivery] = calendly.deliver(event);
    await delivery!.first;
    expect(subscription.retry_started_at).not.toBeNull();
    await delivery!.done;
    expect(subscription).toMatchObject({ retry_started_at: null, state: "active" });
  });

  test("after the last retry the subscription is disabled for good", async () => {
    const { calendly, at, event, target, subscription } = booked({}, 500);
    await calendly.deliver(event)[0]!.done;
    expect(target.requests).toHaveLength(3);
    expect(subscription.state).toBe("disabled");
    expect(calendly.deliver(at.book(dana).events[0]!)).toEqual([]);
  });
});

describe("REST", () => {
  const call = (
    { calendly }: ReturnType<typeof simulator>,
    path: string,
    init: RequestInit = {},
    token = "token",
  ) =>
    calendly.app.request(`http://calendly.test${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });

  test("who am I, and who not", async () => {
    const world = simulator();
    const { resource } = await (await call(world, "/users/me")).json();
    expect(resource).toMatchObject({ email: "maya@acme.example", current_organization: world.at.uri });
    const refused = await call(world, "/users/me", {}, "wrong");
    expect([refused.status, (await refused.json()).title]).toEqual([401, "Unauthenticated"]);
  });

  test("subscriptions: made once, listed by organization and scope, read, deleted", async () => {
    const world = simulator();
    const wanted = {
      url: "https://ops.example/calendly",
      events: ["invitee.created"],
      organization: world.at.uri,
      scope: "organization",
      signing_key: "key",
    };
    const make = (token = "token", body: object = wanted) =>
      call(world, "/webhook_subscriptions", { method: "POST", body: JSON.stringify(body) }, token);
    const made = await make();
    expect(made.status).toBe(201);
    const { resource } = await made.json();
    expect(Object.keys(resource).sort()).toEqual(
      ("callback_url created_at creator events organization retry_started_at scope state updated_at uri user").split(
        " ",
      ),
    );
    expect((await make()).status).toBe(409);
    const free = world.calendly.organization("free");
    expect((await make("free", { ...wanted, organization: free.uri })).status).toBe(403);
    expect((await make("token", { ...wanted, events: ["nope"] })).status).toBe(400);

    expect((await call(world, "/webhook_subscriptions")).status).toBe(400);
    const list = await call(world, `/webhook_subscriptions?organization=${world.at.uri}&scope=organization`);
    expect((await list.json()).collection).toHaveLength(1);
    const path = new URL(resource.uri).pathname;
    expect((await (await call(world, path)).json()).resource.state).toBe("active");
    expect((await call(world, path, { method: "DELETE" })).status).toBe(204);
    expect((await call(world, path)).status).toBe(404);
  });

  test("scheduled events by time and status, in pages", async () => {
    const world = simulator();
    for (let hour = 10; hour < 15; hour++) {
      world.at.book({ ...dana, email: `${hour}@lead.example`, start: new Date(`2026-12-01T${hour}:00:00Z`) });
    }
    world.at.cancel(world.at.inviteeOf("12@lead.example"));
    const query = `organization=${world.at.uri}&status=active&min_start_time=2026-12-01T11:00:00Z&count=2`;
    const first = await (await call(world, `/scheduled_events?${query}`)).json();
    expect(first.collection.map(({ start_time }: { start_time: string }) => start_time.slice(11, 13))).toEqual([
      "11",
      "13",
    ]);
    const second = await (await call(
      world,
      new URL(first.pagination.next_page).pathname + new URL(first.pagination.next_page).search,
    ))
      .json();
    expect(second.collection).toHaveLength(1);
    expect(second.pagination.next_page_token).toBeNull();
    const invitees = await (await call(world, `${new URL(first.collection[0].uri).pathname}/invitees`)).json();
    expect(invitees.collection[0]).toMatchObject({ email: "11@lead.example" });
    expect(invitees.collection[0]).not.toHaveProperty("scheduled_event");
  });

  test("a refresh token works once; an access token for two hours", async () => {
    let now = new Date("2026-12-01T10:00:00Z");
    const world = simulator({ clock: () => now, oauth: { clientId: "id", clientSecret: "secret" } });
    const token = async (form: Record<string, string>) => {
      const answer = await world.calendly.app.request("/oauth/token", {
        method: "POST",
        headers: { authorization: `Basic ${btoa("id:secret")}`, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form),
      });
      return { status: answer.status, ...await answer.json() };
    };
    const code = world.calendly.tokens.newCode(world.at);
    const first = await token({ grant_type: "authorization_code", code });
    expect(first).toMatchObject({ status: 200, token_type: "Bearer", expires_in: 7200, organization: world.at.uri });
    expect((await call(world, "/users/me", {}, first.access_token)).status).toBe(200);
    const refresh = { grant_type: "refresh_token", refresh_token: first.refresh_token };
    expect((await token(refresh)).status).toBe(200);
    expect(await token(refresh)).toMatchObject({ status: 400, error: "invalid_grant" });
    now = new Date("2026-12-01T12:00:01Z");
    expect((await call(world, "/users/me", {}, first.access_token)).status).toBe(401);
  });
});
