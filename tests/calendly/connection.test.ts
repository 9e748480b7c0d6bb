import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { box, browse, client, connect, connection, createWorld, makeLink, notices, type World } from "./support.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const start = (token: string) => `${world.functions}/calendly-connect/start/${token}`;

describe("a link", () => {
  test("leads through Calendly and back, and stores sealed tokens of the person who agreed", async () => {
    const response = await browse(start(await makeLink(world.sql)));
    expect([response.status, await response.text()]).toEqual([200, "Calendly is connected. You can close this page."]);
    const row = await connection(world.sql);
    expect(row).toMatchObject({
      client,
      status: "connected",
      calendly_user_email: "maya@acme.example",
      calendly_user_uri: world.organization.user,
      organization_uri: world.organization.uri,
      token_version: 1,
    });
    expect(await box.open(row.access_token)).toMatch(/^access-/);
    expect(await box.open(row.refresh_token)).toMatch(/^refresh-/);
    expect(await notices(world.sql)).toEqual([["calendly_connected", "Calendly of Acme is connected."]]);
  });

  test("works again after it was only opened, and not after it was used", async () => {
    const token = await makeLink(world.sql);
    const preview = await fetch(start(token), { redirect: "manual" });
    expect(preview.status).toBe(302);
    expect(preview.headers.get("cache-control")).toBe("no-store");
    expect((await browse(start(token))).status).toBe(200);
    const again = await browse(start(token));
    expect([again.status, await again.text()]).toEqual([410, "This link was used: Calendly is connected."]);
  });

  test("ends after its time, and one that nobody made is not known", async () => {
    const token = await makeLink(world.sql);
    await world.pass(72 * 3600 + 1);
    expect((await browse(start(token))).status).toBe(410);
    expect((await browse(start("guess"))).status).toBe(404);
  });

  test("asks for exactly what bookings and the subscription need", async () => {
    const response = await fetch(start(await makeLink(world.sql)), { redirect: "manual" });
    const target = new URL(response.headers.get("location")!);
    expect(Object.fromEntries(target.searchParams)).toEqual({
      client_id: "demo-client",
      response_type: "code",
      redirect_uri: `${world.functions}/calendly-connect/callback`,
      scope: "users:read organizations:read event_types:read scheduled_events:read routing_forms:read webhooks:write",
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
  });
});

describe("the way back", () => {
  async function leave(): Promise<{ cookies: Map<string, string>; back: string }> {
    const left = await fetch(start(await makeLink(world.sql)), { redirect: "manual" });
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(left.headers.getSetCookie()[0]!)!;
    expect(left.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax/i);
    const consent = await fetch(left.headers.get("location")!, { redirect: "manual" });
    return { cookies: new Map([[name!, value!]]), back: consent.headers.get("location")! };
  }

  test("is refused in another browser, and leaves the link as it was", async () => {
    const { back, cookies } = await leave();
    const stranger = await browse(back, new Map([["millrace_calendly", "other"]]));
    expect([stranger.status, await stranger.text()]).toEqual([400, expect.stringContaining("another browser")]);
    expect((await browse(back, cookies)).status).toBe(200);
  });

  test("is taken once, at the same instant too", async () => {
    const { back, cookies } = await leave();
    const answers = await Promise.all([browse(back, new Map(cookies)), browse(back, new Map(cookies))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  test("is too late after a quarter of an hour", async () => {
    const { back, cookies } = await leave();
    await world.pass(15 * 60 + 1);
    expect((await browse(back, cookies)).status).toBe(400);
  });

  test("says so when the person refused, and the link still works", async () => {
    const token = await makeLink(world.sql);
    world.calendly.tokens.visitor = null;
    const refused = await browse(start(token));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("not allowed")]);
    world.calendly.tokens.visitor = undefined;
    expect((await browse(start(token))).status).toBe(200);
  });

  test.each(["401", "429", "500", "200 error"])("a token endpoint that answers %s stores nothing", async (fault) => {
    await fetch(`${new URL(JSON.parse(Deno.env.get("PROVIDER_URLS")!).calendly)}_simulator/faults`, {
      method: "POST",
      body: JSON.stringify({ path: "/oauth/token", answer: fault }),
    });
    const token = await makeLink(world.sql);
    const failed = await browse(start(token));
    expect([failed.status, await failed.text()]).toEqual([502, expect.stringContaining("once more")]);
    expect(await connection(world.sql)).toBeUndefined();
    expect((await browse(start(token))).status).toBe(200);
  });
});

test("connecting again replaces the tokens and raises their version", async () => {
  await connect(world);
  const first = await connection(world.sql);
  await connect(world);
  const second = await connection(world.sql);
  expect(second).toMatchObject({
    id: first.id,
    token_version: 2,
    webhook_subscription_uri: first.webhook_subscription_uri,
  });
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(world.calendly.subscriptions.size).toBe(1);
});
