// A sender as providers have one: it sends again until it is answered with 200.

import type { Delivery } from "./traffic.ts";
import { pause } from "./world.ts";

export interface Ack {
  delivery: Delivery;
  eventId: number;
  /** When the request went out that was answered with 200, and when the answer came: performance.now(). */
  sentAt: number;
  at: number;
}

export interface Sent {
  acks: Ack[];
  /** Requests that were not answered with 200. */
  retries: number;
  /** Answers other than 200, by status; 0 stands for no answer. */
  failures: Record<number, number>;
}

/**
 * Sends the deliveries in their order from several connections at once. `acked` is called with the number of those
 * answered with 200, each time there is one more.
 */
export async function send(
  hook: string,
  deliveries: Delivery[],
  { connections = 16, acked = (_: Ack, _count: number) => {} } = {},
): Promise<Sent> {
  const sent: Sent = { acks: [], retries: 0, failures: {} };
  const rest = deliveries.values();
  await Promise.all(Array.from({ length: connections }, async () => {
    for (const delivery of rest) {
      const ack = await insist(hook, delivery, sent);
      sent.acks.push(ack);
      acked(ack, sent.acks.length);
    }
  }));
  return sent;
}

async function insist(hook: string, delivery: Delivery, sent: Sent): Promise<Ack> {
  for (;;) {
    const sentAt = performance.now();
    const { status, eventId } = await attempt(hook, delivery.body);
    if (status === 200) return { delivery, eventId: eventId!, sentAt, at: performance.now() };
    sent.retries++;
    sent.failures[status] = (sent.failures[status] ?? 0) + 1;
    await pause(25);
  }
}

async function attempt(hook: string, body: string): Promise<{ status: number; eventId?: number }> {
  try {
    const response = await fetch(hook, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    const { event_id } = await response.json();
    return { status: response.status, eventId: event_id };
  } catch {
    return { status: 0 };
  }
}
