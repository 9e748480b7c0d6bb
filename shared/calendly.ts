import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson, memberAt, textOf } from "./json.ts";

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
  const event = textOf(memberAt(body, "event"), 100);
  if (event === undefined) {
    return { kind: "invalid", message: 'The body is no Calendly event: {"event": ..., "payload": {...}}.' };
  }
  const times = [["created_at"], ["payload", "updated_at"], ["payload", "created_at"]];
  const identity = identityOf(event, body) ?? [context.digest(canonicalJson(text))];
  return {
    kind: "event",
    delivery: {
      type: event,
      key: deliveryKey([event, ...identity], context.digest),
      payload: text,
      occurredAt: times.map((path) => providerTime(memberAt(body, ...path))).find((time) => time !== undefined),
    },
  };
}

/** What tells two events of a type apart; undefined when it is missing, so that only an equal body is a repetition. */
function identityOf(event: string, body: unknown): string[] | undefined {
  const identity: unknown[] = [textOf(memberAt(body, "payload", "uri"))];
  if (event === "invitee_no_show.created") {
    identity.push(textOf(memberAt(body, "payload", "no_show", "uri")));
  } else if (event === "invitee_no_show.deleted" || event.startsWith("event_type.")) {
    // A no-show mark can come and go again, an event type be changed again: neither has an id for that.
    identity.push(memberAt(body, "created_at"));
  }
  return identity.every((part) => typeof part === "string") ? identity : undefined;
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
