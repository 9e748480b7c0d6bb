import { z } from "zod";
import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson } from "./json.ts";

const envelope = z.object({
  event: z.string().trim().min(1).max(100),
  id: z.string().trim().min(1).optional().catch(undefined),
  createdAt: z.unknown().optional(),
});

/**
 * Reads one Porkbun webhook.
 *
 * @param body The parsed body: `{event, id, createdAt, data}`; `id` is the same when it is sent again.
 * @param text The text that `body` was parsed from, storable as jsonb.
 */
export function readPorkbun(
  body: unknown,
  text: string,
  _endpoint: EndpointIdentity,
  context: ReadingContext,
): Reading {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) {
    return { kind: "invalid", message: 'The body is no Porkbun event: {"event": ..., "id": ..., "data": {...}}.' };
  }
  const { event, id, createdAt } = parsed.data;
  const key = id === undefined ? [event, context.digest(canonicalJson(text))] : [id];
  return {
    kind: "event",
    delivery: {
      type: event,
      key: deliveryKey(key, context.digest),
      payload: text,
      occurredAt: providerTime(createdAt),
    },
  };
}
