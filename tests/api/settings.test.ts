// What people tune: within its bounds, by who read it last, and noted.

import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, people, type World } from "./support.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.drop());

const change = (value: unknown, headers = {}) =>
  world.ask("admin", "PATCH", "/settings/sync.hour", { body: { value }, headers });

test("a threshold is changed by who read it last, and the change is noted", async () => {
  const { headers, body } = await world.ask("admin", "GET", "/settings/sync.hour");
  expect(body).toMatchObject({ value: 3, lowest: 0, highest: 23, unit: "hours" });
  const match = { "if-match": headers.get("etag")! };
  expect(await change(4, match)).toMatchObject({ status: 200, body: { value: 4 } });
  expect(await change(5, match)).toMatchObject({ status: 412, body: { code: "changed_since" } });
  const noted = await world.sql`
    select actor, old, new from integrations.audit_log
    where table_name = 'integrations.settings' and row_key = '{"name": "sync.hour"}' and action = 'update'`;
  expect(noted).toMatchObject([{ actor: `user:${people.admin.id}`, old: { value: 3 }, new: { value: 4 } }]);
});

test.each([-1, 24, 1e30])("%s is refused, and the bounds are told", async (value) => {
  const before = await world.ask("admin", "GET", "/settings/sync.hour");
  expect(await change(value)).toMatchObject({
    status: 400,
    body: { code: "invalid_input", detail: "sync.hour must be from 0 to 23 (hours)." },
  });
  expect((await world.ask("admin", "GET", "/settings/sync.hour")).body).toEqual(before.body);
});

test("a client's own threshold has the same bounds, and goes again", async () => {
  const create = (name: string, value: number) =>
    world.ask("admin", "POST", "/client-settings", { body: { client: "Acme", name, value } });
  expect((await create("sync.hour", 24)).body.detail).toBe("sync.hour must be from 0 to 23 (hours).");
  expect((await create("sync.hours", 2)).body.detail).toBe("There is no setting sync.hours.");
  const { status, body: { id } } = await create("sync.hour", 2);
  expect(status).toBe(201);
  const value = async () =>
    (await world.sql`select private.client_setting('Acme', 'sync.hour')::int as value`)[0]!.value;
  expect(await value()).toBe(2);
  expect((await create("sync.hour", 5)).status).toBe(409);
  expect((await world.ask("admin", "DELETE", `/client-settings/${id}`)).status).toBe(204);
  expect(await value()).toBe(4);
});
