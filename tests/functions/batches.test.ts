import { expect, test, vi } from "vitest";
import { createBatches, type Parcel } from "../../supabase/functions/_shared/batches.ts";
import type { Call } from "../../supabase/functions/_shared/db.ts";

/** A database whose calls end when the test says so. */
function createSlowCall(answer: (name: string, args: unknown[]) => unknown) {
  const calls: { name: string; args: unknown[]; finish: () => void }[] = [];
  const call = ((name: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      const finish = () => {
        try {
          resolve(answer(name, args));
        } catch (error) {
          reject(error);
        }
      };
      calls.push({ name, args, finish });
    })) as unknown as Call;
  return { call, calls };
}

const parcel = (key: string, payload = "{}"): Parcel => ({ endpointId: 1, key, type: "T", payload, occurredAt: null });

function stored(name: string, args: unknown[]): unknown {
  if (name === "integrations.receive_webhook") return { event_id: 1, outcome: `alone ${args[1]}` };
  const deliveries: { delivery_key: string }[] = JSON.parse(args[0] as string);
  return { stored: deliveries.map(({ delivery_key }) => ({ event_id: 1, outcome: `together ${delivery_key}` })) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("what comes while the database is busy is stored together, and each hears its own outcome", async () => {
  const { call, calls } = createSlowCall(stored);
  const store = createBatches(call);
  const answers = ["a", "b", "c", "d", "e"].map((key) => store(parcel(key)));
  expect(calls.map(({ name }) => name)).toEqual(["integrations.receive_webhook"]);
  calls[0]!.finish();
  await settled();
  expect(calls.length).toBe(2);
  calls[1]!.finish();
  const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(["alone a", "together b", "together c", "together d", "together e"]);
});

test("many that wait get a second call while the first is on its way", () => {
  const { call, calls } = createSlowCall(stored);
  const store = createBatches(call);
  for (let n = 0; n < 15; n++) store(parcel(`${n}`));
  expect(calls.map(({ name }) => name)).toEqual(["integrations.receive_webhook", "integrations.receive_webhooks"]);
});

test("the database has its next batch before the senders have their answers", async () => {
  const { call, calls } = createSlowCall(stored);
  const store = createBatches(call);
  const answer = store(parcel("a"));
  store(parcel("b"));
  const callsByThen = answer.then(() => calls.length);
  calls[0]!.finish();
  expect(await callsByThen).toBe(2);
});

test("a call that is held up holds up nobody else", async () => {
  const { call, calls } = createSlowCall(stored);
  const store = createBatches(call);
  store(parcel("held up"));
  const answer = store(parcel("b"));
  await vi.waitFor(() => expect(calls.length).toBe(2), 60_000);
  const later = store(parcel("c"));
  calls[1]!.finish();
  expect((await answer).outcome).toBe("alone b");
  await vi.waitFor(() => expect(calls.length).toBe(3), 60_000);
  calls[2]!.finish();
  expect((await later).outcome).toBe("alone c");
});

test("a payload keeps the digits of its numbers in a batch", async () => {
  const { call, calls } = createSlowCall(stored);
  const store = createBatches(call);
  const answers = ["a", "b", "c", "d"].map((key) => store(parcel(key, '{"n":9007199254740993,"x":1e400}')));
  calls[0]!.finish();
  await settled();
  expect(calls[1]!.args[0]).toContain('"payload":{"n":9007199254740993,"x":1e400}');
  calls[1]!.finish();
  await Promise.all(answers);
});

test("when one of a batch is refused, each is stored alone", async () => {
  const { call, calls } = createSlowCall((name, args) => {
    if (name === "integrations.receive_webhooks") throw Object.assign(new Error(), { code: "22003" });
    if (args[1] === "c") throw Object.assign(new Error(), { code: "22003" });
    return stored(name, args);
  });
  const store = createBatches(call);
  const answers = ["a", "b", "c", "d"].map((key) => store(parcel(key)));
  calls[0]!.finish();
  await settled();
  calls[1]!.finish();
  await settled();
  for (const { finish } of calls.slice(2)) finish();
  const results = await Promise.allSettled(answers);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
});

test("when the database is gone, all of a batch hear it at once and nothing is tried one by one", async () => {
  const { call, calls } = createSlowCall((name, args) => {
    if (name === "integrations.receive_webhooks") throw Object.assign(new Error(), { code: "ECONNREFUSED" });
    return stored(name, args);
  });
  const store = createBatches(call);
  const answers = ["a", "b", "c", "d"].map((key) => store(parcel(key)));
  calls[0]!.finish();
  await settled();
  calls[1]!.finish();
  const results = await Promise.allSettled(answers);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
  expect(calls.length).toBe(2);
});

test("a batch is bounded in number and in size", async () => {
  const { call, calls } = createSlowCall(stored);
  const store = createBatches(call);
  const answers = Array.from({ length: 60 }, (_, n) => store(parcel(`${n}`)));
  const large = JSON.stringify("x".repeat(700_000));
  answers.push(store(parcel("large 1", large)), store(parcel("large 2", large)));
  for (let at = 0; at < calls.length; at++) {
    calls[at]!.finish();
    await settled();
  }
  await Promise.all(answers);
  const sizes = calls.map(({ name, args }) => name.endsWith("s") ? JSON.parse(args[0] as string).length : 1);
  expect(sizes).toEqual([1, 14, 46, 1]);
});
