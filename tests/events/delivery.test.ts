// What becomes of a delivery when the customer's endpoint answers, fails, redirects, floods or says nothing.

import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type postgres from "postgres";
import { type Customer, startCustomer } from "../../simulators/customer.ts";
import { GiveUp, RetryLater } from "../../supabase/functions/_shared/jobs.ts";
import { box } from "../functions/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { addClient, addSubscription, addWebhook, olderSecret, runOne, secret, tell } from "./agency.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let customer: Customer;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  await addClient(sql);
  customer = startCustomer();
});
afterAll(async () => {
  await customer.close();
  await database.drop();
});
beforeEach(async () => {
  customer.received.length = 0;
  await sql`truncate outbound.webhooks, shared.webhook_subscriptions, outbound.job_queue cascade`;
  await sql`select private.relay_outbox_tick()`;
});

const attempts = () =>
  sql`
  select success, response_status, response_body, error_message, attempt, event
  from integrations.delivery_attempts
  order by created_at`;
const endpoint = async () => (await sql`select * from outbound.webhooks`)[0]!;

test("an event is sent once, signed, and the attempt is logged", async () => {
  await addWebhook(sql, `${customer.url}/200`);
  const id = await tell(sql, { first_name: "Casey" });

  expect((await runOne(database))!.error).toBeUndefined();
  expect(await runOne(database)).toBeUndefined();

  const [request] = customer.received;
  const body = new Webhook(secret).verify(request!.body, request!.headers) as Record<string, unknown>;
  expect(body).toMatchObject({
    id,
    type: "contact.created",
    version: "v1",
    client: "Acme",
    data: { email: "casey@fabrikam.test", first_name: "Casey" },
  });
  expect(request!.headers).toMatchObject({ "webhook-id": id, "content-type": "application/json" });
  expect(await attempts()).toEqual([{
    success: true,
    response_status: 200,
    response_body: '{"ok":false}',
    error_message: null,
    attempt: 1,
    event: "contact.created",
  }]);
  expect(await endpoint()).toMatchObject({ failure_count: 0, failing_since: null, active: true });
});

test("an event whose id is made of its fact is sent as any other", async () => {
  await addWebhook(sql, `${customer.url}/200`);
  const id = await tell(sql, {}, "Acme", "reply 1");
  expect((await runOne(database))!.error).toBeUndefined();
  expect(customer.received[0]!.headers).toMatchObject({ "webhook-id": id });
});

test("while a secret is changed both sign, and afterwards the new one alone", async () => {
  const id = await addWebhook(sql, `${customer.url}/200`);
  await sql`update outbound.webhooks set secret = ${await box.seal(olderSecret)}`;
  await sql`select integrations.rotate_endpoint_secret(${id}, ${await box.seal(secret)}, '1 hour')`;
  await tell(sql);
  await runOne(database);
  await sql`update outbound.webhooks set previous_secret_expires_at = now() - interval '1 second'`;
  await tell(sql);
  await runOne(database);

  const [during, after] = customer.received;
  for (const known of [secret, olderSecret]) new Webhook(known).verify(during!.body, during!.headers);
  new Webhook(secret).verify(after!.body, after!.headers);
  expect(() => new Webhook(olderSecret).verify(after!.body, after!.headers)).toThrow();
  expect(() => new Webhook(secret).verify(during!.body + " ", during!.headers)).toThrow();
});

test("500 is tried again, by the schedule", async () => {
  await addWebhook(sql, `${customer.url}/500`);
  await tell(sql);
  const { error } = (await runOne(database))!;

  expect(error).toBeInstanceOf(RetryLater);
  expect((error as RetryLater).seconds).toBeGreaterThanOrEqual(4);
  expect((error as RetryLater).seconds).toBeLessThanOrEqual(6);
  expect(await attempts()).toMatchObject([{ success: false, response_status: 500, error_message: "It answered 500." }]);
  expect(await endpoint()).toMatchObject({ failure_count: 1, active: true });
  expect(await sql`select status from outbound.job_queue`).toEqual([{ status: "delayed" }]);
});

test("410 switches the endpoint off and tells the owner's others", async () => {
  await addWebhook(sql, `${customer.url}/410`, ["contact.created"]);
  const other = await addWebhook(sql, `${customer.url}/200`, ["webhook.disabled"]);
  await tell(sql);
  const { error } = (await runOne(database))!;
  await tell(sql);

  expect(error).toBeInstanceOf(GiveUp);
  const [off] = await sql`select * from outbound.webhooks where id <> ${other}`;
  expect(off).toMatchObject({ active: false, disabled_reason: "It answered 410 Gone." });
  customer.received.length = 0;
  await runOne(database);
  expect(await runOne(database)).toBeUndefined();
  expect(customer.received.map(({ path, body }) => [path, JSON.parse(body).type, JSON.parse(body).data.endpoint_id]))
    .toEqual([["/200", "webhook.disabled", off!.id]]);
});

test("429 waits as long as it asks for", async () => {
  await addWebhook(sql, `${customer.url}/429`);
  await tell(sql);
  const [before] = await sql`select private.clock() as at`;
  const { error } = (await runOne(database))!;

  expect(error).toMatchObject({ seconds: 120, message: "It answered 429." });
  const [job] = await sql`select extract(epoch from scheduled_at - ${
    before!.at
  })::float as wait from outbound.job_queue`;
  expect(job!.wait).toBeGreaterThanOrEqual(120);
  expect((await endpoint()).active).toBe(true);
});

test("a redirect is a failure and is not followed", async () => {
  await addWebhook(sql, `${customer.url}/301`);
  await tell(sql);

  expect((await runOne(database))!.error).toBeInstanceOf(RetryLater);
  expect(customer.received.map(({ path }) => path)).toEqual(["/301"]);
  expect(await attempts()).toMatchObject([{ success: false, response_status: 301 }]);
});

test("no answer is a failure after the time that one attempt has", async () => {
  await addSubscription(sql, `${customer.url}/never`, { timeout: 1 });
  await tell(sql);
  const { error } = (await runOne(database))!;

  expect(error).toMatchObject({ message: "No answer within 1 s." });
  expect(await attempts()).toMatchObject([{ success: false, response_status: null, attempt: 1 }]);
});

test("an endpoint may have fifteen seconds and no more", async () => {
  const id = await addSubscription(sql, `${customer.url}/200`, { timeout: 600 });
  const event = await tell(sql);
  const [delivery] = await sql`select timeout_ms from outbound.get_delivery(${id}, ${event})`;
  expect(delivery!.timeout_ms).toBe(15_000);
});

test("of ten megabytes a few thousand characters are kept, and it counts as delivered", async () => {
  await addWebhook(sql, `${customer.url}/large`);
  await tell(sql);

  expect((await runOne(database))!.error).toBeUndefined();
  const [attempt] = await attempts();
  expect(attempt!.success).toBe(true);
  expect(attempt!.response_body).toBe("x".repeat(4000));
});

test("nobody there is a failure", async () => {
  await addWebhook(sql, "http://127.0.0.1:1/hook");
  await tell(sql);

  expect((await runOne(database))!.error).toBeInstanceOf(RetryLater);
  expect(await attempts()).toMatchObject([{ success: false, response_status: null }]);
});

test("a target inside our network is refused, and nothing is sent", async () => {
  await addWebhook(sql, `${customer.url}/200`);
  await tell(sql);

  expect((await runOne(database, { allowPrivate: false }))!.error).toBeInstanceOf(RetryLater);
  expect(customer.received).toEqual([]);
  expect((await attempts())[0]!.error_message).toMatch(/Only https|private/);
});

test("headers of a subscription are opened and sent, and cannot pose as ours", async () => {
  await addSubscription(sql, `${customer.url}/200`, {
    headers: { Authorization: "Bearer let-me-in", "Webhook-Id": "forged" },
  });
  const id = await tell(sql);
  await runOne(database);
  expect(customer.received[0]!.headers).toMatchObject({ authorization: "Bearer let-me-in", "webhook-id": id });
});

test("five days of failure switch the endpoint off; switched on again it starts anew", async () => {
  const id = await addWebhook(sql, `${customer.url}/500`);
  await tell(sql);
  await runOne(database);
  await sql`update outbound.webhooks set failing_since = now() - interval '5 days'`;
  await tell(sql);

  expect((await runOne(database))!.error).toBeInstanceOf(GiveUp);
  expect(await endpoint()).toMatchObject({ active: false, disabled_reason: "Every attempt failed for five days." });
  await sql`update outbound.webhooks set active = true where id = ${id}`;
  expect(await endpoint()).toMatchObject({
    active: true,
    failing_since: null,
    failure_count: 0,
    disabled_at: null,
    disabled_reason: null,
  });
});

test("what failed for good is delivered again by hand, under the same id", async () => {
  const id = await addSubscription(sql, `${customer.url}/500`, { retries: 0 });
  const event = await tell(sql);
  expect((await runOne(database))!.error).toBeInstanceOf(GiveUp);
  await sql`update shared.webhook_subscriptions set url = ${`${customer.url}/200`}`;

  const [replayed] = await sql`
    select integrations.replay_failed_deliveries(${id}, now() - interval '1 hour') as count`;
  expect(replayed!.count).toBe(1);
  expect((await runOne(database))!.error).toBeUndefined();
  const [first, second] = customer.received;
  expect([first!.headers["webhook-id"], second!.headers["webhook-id"]]).toEqual([event, event]);
  expect(second!.body).toBe(first!.body);
  const [again] = await sql`select integrations.replay_failed_deliveries(${id}, now() - interval '1 hour') as count`;
  expect(again!.count).toBe(0);
});
