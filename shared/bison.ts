import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson, idOf, isObject, memberAt, memberText, textOf } from "./json.ts";

// Only the envelope is looked at here: what an event means is SQL. Whatever is missing or of another form is left out,
// and a missing id makes the delivery known by its digest.
const longest = 100;

/** The part whose id tells two events of a type apart. Types that are not listed have none. */
const eventIds: Record<string, (data: unknown) => string | undefined> = {
  EMAIL_SENT: campaignEventId,
  EMAIL_BOUNCED: campaignEventId,
  LEAD_FIRST_CONTACTED: campaignEventId,
  LEAD_UNSUBSCRIBED: campaignEventId,
  // One e-mail is opened many times, so its own id would swallow all but the first.
  EMAIL_OPENED: (data) => idIn(data, "campaign_event"),
  LEAD_REPLIED: replyId,
  LEAD_INTERESTED: replyId,
  UNTRACKED_REPLY_RECEIVED: replyId,
  MANUAL_EMAIL_SENT: replyId,
};

function replyId(data: unknown): string | undefined {
  return idIn(data, "reply");
}

function campaignEventId(data: unknown): string | undefined {
  const event = idIn(data, "campaign_event");
  if (event !== undefined) return event;
  const email = idIn(data, "scheduled_email");
  return email === undefined ? undefined : `scheduled_email:${email}`;
}

function idIn(data: unknown, part: string): string | undefined {
  return idOf(memberAt(data, part, "id"), longest);
}

/**
 * Reads one EmailBison webhook.
 *
 * @param body The parsed body: `{event, data}`, or the same inside `data` or `payload`.
 * @param text The text that `body` was parsed from, storable as jsonb.
 * @param endpoint What the endpoint expects; a part that the event does not tell is taken from here.
 */
export function readBison(body: unknown, text: string, endpoint: EndpointIdentity, context: ReadingContext): Reading {
  const wrapper = wrapperOf(body);
  const envelope = wrapper === undefined ? body : memberAt(body, wrapper);
  const type = textOf(memberAt(envelope, "event", "type"), longest)?.toUpperCase();
  if (type === undefined) {
    return { kind: "invalid", message: 'The body is no EmailBison event: {"event": {"type": ...}, "data": {...}}.' };
  }
  const payload = wrapper === undefined ? text : memberText(text, wrapper);
  if (payload === undefined) return { kind: "invalid", message: "The body is nested too deeply." };
  const data = memberAt(envelope, "data");
  const instance = memberAt(envelope, "event", "instance_url");
  const host = typeof instance === "string" ? hostOf(instance) : undefined;
  const workspace = idOf(memberAt(envelope, "event", "workspace_id"), longest);
  const id = eventIds[type]?.(data) ??
    [context.digest(canonicalJson(payload)), arrivalBucket(context)].join("|");
  // Ids are unique only within an instance, and workspace ids repeat between instances.
  const sender = [host ?? endpoint.instanceHost ?? "", workspace ?? endpoint.workspaceId ?? ""];
  const isOurs = agree(host, endpoint.instanceHost) && agree(workspace, endpoint.workspaceId);
  return {
    kind: isOurs ? "event" : "foreign",
    delivery: {
      type,
      key: deliveryKey([...sender, type, id], context.digest),
      payload,
      occurredAt: timeOf(data),
    },
  };
}

function wrapperOf(body: unknown): "data" | "payload" | undefined {
  if (!isObject(body) || isObject(body.event)) return undefined;
  if (isObject(body.data) && isObject(body.data.event)) return "data";
  return isObject(body.payload) && isObject(body.payload.event) ? "payload" : undefined;
}

// The server's times first: `date_received` is what a mail's header says.
const times = [
  ["campaign_event", "created_at"],
  ["reply", "created_at"],
  ["reply", "date_received"],
  ["scheduled_email", "sent_at"],
  ["sender_email", "updated_at"],
] as const;

function timeOf(data: unknown): string | undefined {
  for (const [part, name] of times) {
    const time = providerTime(memberAt(data, part, name));
    if (time !== undefined) return time;
  }
}

/** Five minutes: a retry repeats the body sooner than a tag is taken off and put on again. */
function arrivalBucket({ receivedAt }: ReadingContext): number {
  return Math.floor(receivedAt / 300_000);
}

function agree(told: string | undefined, expected: string | undefined): boolean {
  return told === undefined || expected === undefined || told === expected;
}

const instanceUrl = /^\s*(?:https?:)?(?:\/\/)?(?:[^/?#@\s]*@)?([^/?#@\s]+)/i;

/** The host (and port, unless it is the usual one) of an instance URL, lower case; undefined when there is none. */
export function hostOf(url: string): string | undefined {
  return instanceUrl.exec(url)?.[1]?.toLowerCase().replace(/:(80|443)$/, "");
}
