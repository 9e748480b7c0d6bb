import { z } from "zod";
import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson } from "./json.ts";

const time = z.unknown().optional();
const uri = z.string().trim().min(1).optional().catch(undefined);
const envelope = z.object({
  event: z.string().trim().min(1).max(100),
  created_at: z.string().optional().catch(undefined),
  payload: z.object({
    uri,
    created_at: time,
    updated_at: time,
    no_show: z.object({ uri }).optional().catch(undefined),
  }).catch({}),
});
type Envelope = z.infer<typeof envelope>;

/**
 * Reads one Calendly webhook (API v2).
 *
 * @param body The parsed body: `{event, created_at, created_by, payload}`.
 * @param text The text that `body` was parsed from, storable as jsonb.
 */
export function readCalendly(
  body: unknown,
  text: string,
  _endpoint: EndpointIdentity,
  context: ReadingContext,
): Reading {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) {
    return { kind: "invalid", message: 'The body is no Calendly event: {"event": ..., "payload": {...}}.' };
  }
  const { event, created_at, payload } = parsed.data;
  const identity = identityOf(parsed.data) ?? [context.digest(canonicalJson(text))];
  return {
    kind: "event",
    delivery: {
      type: event,
      key: deliveryKey([event, ...identity], context.digest),
      payload: text,
      occurredAt: providerTime(created_at) ?? providerTime(payload.updated_at) ?? providerTime(payload.created_at),
    },
  };
}

/** What tells two events of a type apart; undefined when it is missing, so that only an equal body is a repetition. */
function identityOf({ event, created_at, payload }: Envelope): string[] | undefined {
  const { uri, no_show } = payload;
  if (uri === undefined) return undefined;
  if (event === "invitee_no_show.created") return no_show?.uri === undefined ? undefined : [uri, no_show.uri];
  // A no-show mark can come and go again, an event type be changed again: neither has an id for that.
  if (event === "invitee_no_show.deleted" || event.startsWith("event_type.")) {
    return created_at === undefined ? undefined : [uri, created_at];
  }
  return [uri];
}

/** An invitee as the list of a meeting's invitees has it. */
interface ListedInvitee {
  created_at: string;
  status?: string | undefined;
  cancellation?: { created_at?: string | undefined } | null | undefined;
  no_show?: { created_at?: string | undefined } | null | undefined;
}

/** The webhooks that Calendly sent, or would have sent, about an invitee of a meeting. */
export function missedEvents(invitee: ListedInvitee, scheduledEvent: object): object[] {
  const payload = { ...invitee, scheduled_event: scheduledEvent };
  const { created_at, status, cancellation, no_show } = invitee;
  const event = (name: string, at: string | undefined) => ({ event: name, created_at: at, created_by: null, payload });
  return [
    event("invitee.created", created_at),
    ...(status === "canceled" ? [event("invitee.canceled", cancellation?.created_at)] : []),
    ...(no_show ? [event("invitee_no_show.created", no_show.created_at)] : []),
  ];
}
