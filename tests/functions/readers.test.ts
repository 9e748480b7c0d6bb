import { describe, expect, it } from "vitest";
import { hostOf, readBison } from "../../shared/bison.ts";
import { readCalendly } from "../../shared/calendly.ts";
import { type Delivery, type EndpointIdentity, providerTime, type Reading } from "../../shared/delivery.ts";
import { bisonEvent, type BisonType, bisonTypes } from "../fixtures/bison.ts";
import { calendlyEvent, calendlyTypes } from "../fixtures/calendly.ts";
import { noon, sha256 } from "./support.ts";

const ours = { instanceHost: "dedi.emailbison.test", workspaceId: "11" };

function bison(body: unknown, endpoint: EndpointIdentity = ours, receivedAt = noon): Reading {
  const text = JSON.stringify(body);
  return readBison(JSON.parse(text), text, endpoint, { receivedAt, digest: sha256 });
}

function calendly(body: unknown): Reading {
  const text = JSON.stringify(body);
  return readCalendly(JSON.parse(text), text, {}, { receivedAt: noon, digest: sha256 });
}

function delivery(reading: Reading): Delivery {
  if (reading.kind === "invalid") throw new Error(reading.message);
  return reading.delivery;
}

const keyOf = (...args: Parameters<typeof bison>) => delivery(bison(...args)).key;

describe("EmailBison's delivery keys", () => {
  const prefix = "dedi.emailbison.test|11";
  it.each<[BisonType, string]>([
    ["EMAIL_SENT", "70003"],
    ["EMAIL_OPENED", "70003"],
    ["EMAIL_BOUNCED", "70003"],
    ["LEAD_FIRST_CONTACTED", "70003"],
    ["LEAD_UNSUBSCRIBED", "70003"],
    ["LEAD_REPLIED", "30003"],
    ["LEAD_INTERESTED", "30003"],
    ["UNTRACKED_REPLY_RECEIVED", "30003"],
    ["MANUAL_EMAIL_SENT", "30003"],
  ])("of %s hold the id of what happened", (type, id) => {
    expect(keyOf(bisonEvent(type, { serial: 3 }))).toBe(`${prefix}|${type}|${id}`);
  });

  it("are the same for ids as numbers and as text, and for types in any case", () => {
    const number = bisonEvent("LEAD_REPLIED");
    const text = bisonEvent("LEAD_REPLIED", {
      event: { type: "lead_replied", workspace_id: "11", instance_url: "https://DEDI.emailbison.test/" },
      data: { reply: { id: " 30000 " } },
    });
    expect(keyOf(text)).toBe(keyOf(number));
    expect(delivery(bison(text)).type).toBe("LEAD_REPLIED");
  });

  it("fall back on the scheduled e-mail, but not for opens", () => {
    const without = { serial: 4, data: { campaign_event: null } };
    expect(keyOf(bisonEvent("EMAIL_SENT", without))).toBe(`${prefix}|EMAIL_SENT|scheduled_email:90004`);
    expect(keyOf(bisonEvent("EMAIL_OPENED", without))).toMatch(/\|EMAIL_OPENED\|[0-9a-f]{64}\|\d+$/);
  });

  it("of events without an id are the body's digest and five minutes of arrival", () => {
    const body = bisonEvent("TAG_ATTACHED");
    const start = Math.floor(noon / 300_000) * 300_000;
    const key = keyOf(body, ours, start);
    expect(key).toMatch(
      new RegExp(`^${prefix}\\|TAG_ATTACHED\\|[0-9a-f]{64}\\|${start / 300_000}$`.replaceAll(".", "\\.")),
    );
    expect(keyOf({ data: body.data, event: body.event }, ours, start + 299_999)).toBe(key);
    expect(keyOf(body, ours, start + 300_000)).not.toBe(key);
    expect(keyOf(bisonEvent("TAG_REMOVED"), ours, start)).not.toBe(key);
    expect(keyOf(bisonEvent("TAG_ATTACHED", { serial: 1 }), ours, start)).not.toBe(key);
  });

  it.each([null, true, 1.5, 2 ** 53, "", "  ", "i".repeat(101), {}, [5]])("know no id in %j", (id) => {
    expect(keyOf(bisonEvent("LEAD_REPLIED", { data: { reply: { id } } }))).toMatch(/\|[0-9a-f]{64}\|\d+$/);
    const told = { instance_url: 7, workspace_id: id };
    expect(keyOf(bisonEvent("EMAIL_SENT", { event: told }))).toBe(keyOf(bisonEvent("EMAIL_SENT")));
  });

  it("take the endpoint's instance and workspace when the event does not tell them", () => {
    const event = { instance_url: undefined, workspace_id: undefined };
    expect(keyOf(bisonEvent("EMAIL_SENT", { event }))).toBe(keyOf(bisonEvent("EMAIL_SENT")));
    expect(keyOf(bisonEvent("EMAIL_SENT", { event }), {})).toBe("||EMAIL_SENT|70000");
  });

  it("differ between instances and between workspaces", () => {
    const keys = ["https://a.example", "https://b.example"].flatMap((instance_url) =>
      [1, 2].map((workspace_id) => keyOf(bisonEvent("LEAD_REPLIED", { event: { instance_url, workspace_id } })))
    );
    expect(new Set(keys).size).toBe(4);
  });

  it("are never longer than the column", () => {
    const id = "i".repeat(100);
    const event = { instance_url: `https://${"h".repeat(900)}.example`, workspace_id: id };
    const key = keyOf(bisonEvent("LEAD_REPLIED", { event, data: { reply: { id } } }));
    expect(key).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each(bisonTypes)("tell two events of %s apart and one event's deliveries not", (type) => {
    expect(keyOf(bisonEvent(type))).toBe(keyOf(bisonEvent(type)));
    if (bisonEvent(type).data.sender_email && Object.keys(bisonEvent(type).data).length === 1) return;
    expect(keyOf(bisonEvent(type, { serial: 1 }))).not.toBe(keyOf(bisonEvent(type)));
  });
});

describe("EmailBison's events", () => {
  it("are unwrapped with every digit", () => {
    const event = bisonEvent("TAG_ATTACHED");
    const inner = JSON.stringify(event).replace('"tag_id":31', '"tag_id":9007199254740993');
    for (const wrapper of ["data", "payload"]) {
      const text = `{"${wrapper}":${inner},"id":5}`;
      const reading = readBison(JSON.parse(text), text, ours, { receivedAt: noon, digest: sha256 });
      expect(reading.kind).toBe("event");
      expect(delivery(reading).payload).toBe(inner);
    }
  });

  it("go through as they came when they are not wrapped", () => {
    const text = JSON.stringify(bisonEvent("EMAIL_SENT"), null, 3);
    const reading = readBison(JSON.parse(text), text, ours, { receivedAt: noon, digest: sha256 });
    expect(delivery(reading).payload).toBe(text);
  });

  it("are foreign when workspace or instance is another one", () => {
    const kinds = [{ workspace_id: 12 }, { instance_url: "https://x.example" }, { workspace_id: "11" }, {
      workspace_id: null,
    }]
      .map((event) => bison(bisonEvent("EMAIL_SENT", { event })).kind);
    expect(kinds).toEqual(["foreign", "foreign", "event", "event"]);
    expect(bison(bisonEvent("EMAIL_SENT", { event: { workspace_id: 12 } }), {}).kind).toBe("event");
  });

  it("have the provider's time, the server's before the mail's", () => {
    const timeOf = (type: BisonType, data: Record<string, unknown> = {}) =>
      delivery(bison(bisonEvent(type, { data }))).occurredAt;
    expect(timeOf("EMAIL_SENT")).toBe("2026-03-02T14:05:31.000000Z");
    expect(timeOf("EMAIL_SENT", { campaign_event: null })).toBe("2026-03-02T14:05:30.000000Z");
    expect(timeOf("UNTRACKED_REPLY_RECEIVED")).toBe("2026-03-02T15:20:31.000000Z");
    expect(timeOf("UNTRACKED_REPLY_RECEIVED", { reply: { id: 1, date_received: "2026-03-02T15:20:05Z" } }))
      .toBe("2026-03-02T15:20:05Z");
    expect(timeOf("EMAIL_ACCOUNT_DISCONNECTED")).toBe("2026-03-02T14:05:31.000000Z");
    expect(timeOf("TAG_ATTACHED")).toBeUndefined();
  });

  it.each([
    ["https://dedi.emailbison.test", "dedi.emailbison.test"],
    ["HTTPS://Dedi.EmailBison.test:443/api?x#y", "dedi.emailbison.test"],
    ["http://user:pw@host.example:8080/", "host.example:8080"],
    ["dedi.emailbison.test/", "dedi.emailbison.test"],
    ["//dedi.emailbison.test", "dedi.emailbison.test"],
    ["", undefined],
  ])("come from the host of %j", (url, host) => expect(hostOf(url)).toBe(host));
});

describe("Calendly's delivery keys", () => {
  const key = (body: unknown) => delivery(calendly(body)).key;

  it("of bookings are event and invitee", () => {
    const body = calendlyEvent("invitee.created", { serial: 1 });
    expect(key(body)).toBe(`invitee.created|${body.payload.uri}`);
    expect(key({ ...body, created_at: "2026-03-04T00:00:00Z" })).toBe(key(body));
    expect(key(calendlyEvent("invitee.canceled", { serial: 1 }))).not.toBe(key(body));
  });

  it("of no-shows tell created, deleted and created again apart", () => {
    const noShow = (uri: string) => calendlyEvent("invitee_no_show.created", { payload: { no_show: { uri } } });
    const deleted = (at: string) => calendlyEvent("invitee_no_show.deleted", { body: { created_at: at } });
    const keys = [noShow("a"), deleted("2026-03-03T10:00:00Z"), noShow("b"), deleted("2026-03-03T11:00:00Z")].map(key);
    expect(new Set(keys).size).toBe(4);
    expect(key(noShow("a"))).toBe(keys[0]);
  });

  it("of changed event types hold the time", () => {
    const at = (created_at: string) => key(calendlyEvent("event_type.updated", { body: { created_at } }));
    expect(at("2026-03-03T10:00:00Z")).not.toBe(at("2026-03-03T10:00:01Z"));
  });

  it("without a uri are the body's digest", () => {
    const body = calendlyEvent("invitee.created", { payload: { uri: null } });
    expect(key(body)).toMatch(/^invitee\.created\|[0-9a-f]{64}$/);
    expect(key({ payload: body.payload, event: body.event, created_by: body.created_by, created_at: body.created_at }))
      .toBe(key(body));
    expect(key(calendlyEvent("invitee_no_show.created", { payload: { no_show: null } }))).toMatch(/\|[0-9a-f]{64}$/);
  });

  it("are never longer than the column", () => {
    expect(key(calendlyEvent("invitee.created", { payload: { uri: `https://${"u".repeat(9000)}` } }))).toMatch(
      /^sha256:/,
    );
  });

  it.each(calendlyTypes)("tell two events of %s apart", (type) => {
    expect(key(calendlyEvent(type, { serial: 1 }))).not.toBe(key(calendlyEvent(type, { serial: 2 })));
    expect(delivery(calendly(calendlyEvent(type))).occurredAt).toBe("2026-03-03T09:15:02.482113Z");
    expect(delivery(calendly(calendlyEvent(type))).type).toBe(type);
  });

  it.each([null, 1, "x", [], {}, { event: null }, { event: "" }, { event: 7 }, { event: { type: "invitee.created" } }])(
    "are not made for %j",
    (body) => expect(calendly(body).kind).toBe("invalid"),
  );
});

describe("provider times", () => {
  it.each([
    ["2026-03-02T14:05:31.000000Z", "2026-03-02T14:05:31.000000Z"],
    ["2026-03-02T14:05:31Z", "2026-03-02T14:05:31Z"],
    ["2026-03-02 14:05:31", "2026-03-02T14:05:31Z"],
    ["2026-03-02T14:05:31.482113+02:00", "2026-03-02T14:05:31.482113+02:00"],
    ["2026-03-02T14:05:31-0500", "2026-03-02T14:05:31-0500"],
    ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"],
  ])("%s is %s", (value, time) => expect(providerTime(value)).toBe(time));

  it.each([
    "",
    "now",
    "infinity",
    "2026-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-03-02T24:00:00Z",
    "2026-03-02T23:60:00Z",
    "2026-03-02T23:59:60Z",
    "2026-03-02T10:00:00+15:00",
    "2026-03-02T10:00:00+14:60",
    "1999-12-31T23:59:59Z",
    "2100-01-01T00:00:00Z",
    "300000-01-01T00:00:00Z",
    "2026-03-02",
    " 2026-03-02T14:05:31Z",
    1_772_460_331,
    null,
    undefined,
    {},
    ["2026-03-02T14:05:31Z"],
  ])("%j is none", (value) => expect(providerTime(value)).toBeUndefined());
});
