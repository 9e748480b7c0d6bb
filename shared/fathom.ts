import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson, idOf, memberAt } from "./json.ts";

/** The only webhook that Fathom has; its body is the meeting, without a name. */
export const newMeeting = "new_meeting_content_ready";

/**
 * Reads one Fathom webhook.
 *
 * @param body The parsed body: a meeting.
 * @param text The text that `body` was parsed from, storable as jsonb.
 */
export function readFathom(
  body: unknown,
  text: string,
  _endpoint: EndpointIdentity,
  { digest, header }: ReadingContext,
): Reading {
  if (idOf(memberAt(body, "recording_id")) === undefined) {
    return { kind: "invalid", message: "The body is no meeting: it has no recording_id." };
  }
  const id = header?.("webhook-id")?.trim() || digest(canonicalJson(text));
  return {
    kind: "event",
    delivery: {
      type: newMeeting,
      key: deliveryKey([newMeeting, id], digest),
      payload: text,
      occurredAt: providerTime(memberAt(body, "created_at")),
    },
  };
}
