import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson, memberAt, textOf } from "./json.ts";

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
  const event = textOf(memberAt(body, "event"), 100);
  if (event === undefined) {
    return { kind: "invalid", message: 'The body is no Porkbun event: {"event": ..., "id": ..., "data": {...}}.' };
  }
  const id = textOf(memberAt(body, "id"));
  const key = id === undefined ? [event, context.digest(canonicalJson(text))] : [id];
  return {
    kind: "event",
    delivery: {
      type: event,
      key: deliveryKey(key, context.digest),
      payload: text,
      occurredAt: providerTime(memberAt(body, "createdAt")),
    },
  };
}
