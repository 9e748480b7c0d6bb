import { z } from "zod";
import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson } from "./json.ts";

/** The only webhook that Fathom has; its body is the meeting, without a name. */
export const newMeeting = "new_meeting_content_ready";

const meeting = z.object({
  recording_id: z.union([z.int(), z.string().trim().min(1)]),
  created_at: z.string().optional().catch(undefined),
});

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
  const parsed = meeting.safeParse(body);
  if (!parsed.success) return { kind: "invalid", message: "The body is no meeting: it has no recording_id." };
  const id = header?.("webhook-id")?.trim() || digest(canonicalJson(text));
  return {
    kind: "event",
    delivery: {
      type: newMeeting,
      key: deliveryKey([newMeeting, id], digest),
      payload: text,
      occurredAt: providerTime(parsed.data.created_at),
    },
  };
}
