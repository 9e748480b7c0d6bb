import { z } from "zod";
import { deliveryKey, type EndpointIdentity, providerTime, type Reading, type ReadingContext } from "./delivery.ts";
import { canonicalJson, isObject, memberText } from "./json.ts";

// Only the envelope is looked at here: what an event means is SQL. Whatever is missing or of another form is left out,
// and a missing id makes the delivery known by its digest.
const time = z.unknown().optional(); // read by providerTime, the first one that is good
const id = z.union([z.string().trim().min(1).max(100), z.int().transform(String)]).optional().catch(undefined);
const envelope = z.object({
  event: z.object({
    type: z.string().trim().min(1).max(100).toUpperCase(),
    instance_url: z.string().optional().catch(undefined),
    workspace_id: id,
  }),
  data: z.object({
    campaign_event: z.object({ id, created_at: time }).optional().catch(undefined),
    reply: z.object({ id, created_at: time, date_received: time }).optional().catch(undefined),
    scheduled_email: z.object({ id, sent_at: time }).optional().catch(undefined),
    sender_email: z.object({ updated_at: time }).optional().catch(undefined),
  }).catch({}),
});
type Data = z.infer<typeof envelope>["data"];

/** The part whose id tells two events of a type apart. Types that are not listed have none. */
const idOf: Record<string, (data: Data) => string | undefined> = {
  EMAIL_SENT: campaignEventId,
  EMAIL_BOUNCED: campaignEventId,
  LEAD_FIRST_CONTACTED: campaignEventId,
  LEAD_UNSUBSCRIBED: campaignEventId,
  // One e-mail is opened many times, so its own id would swallow all but the first.
  EMAIL_OPENED: (data) => data.campaign_event?.id,
  LEAD_REPLIED: replyId,
  LEAD_INTERESTED: replyId,
  UNTRACKED_REPLY_RECEIVED: replyId,
  MANUAL_EMAIL_SENT: replyId,
};

function replyId(data: Data): string | undefined {
  return data.reply?.id;
}

function campaignEventId(data: Data): string | undefined {
  if (data.campaign_event?.id !== undefined) return data.campaign_event.id;
  return data.scheduled_email?.id === undefined ? undefined : `scheduled_email:${data.scheduled_email.id}`;
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
  const parsed = envelope.safeParse(wrapper === undefined ? body : (body as Record<string, unknown>)[wrapper]);
  if (!parsed.success) {
    return { kind: "invalid", message: 'The body is no EmailBison event: {"event": {"type": ...}, "data": {...}}.' };
  }
  const { event, data } = parsed.data;
  const payload = wrapper === undefined ? text : memberText(text, wrapper);
  if (payload === undefined) return { kind: "invalid", message: "The body is nested too deeply." };
  const host = event.instance_url === undefined ? undefined : hostOf(event.instance_url);
  const id = idOf[event.type]?.(data) ??
    [context.digest(canonicalJson(payload)), arrivalBucket(context)].join("|");
  // Ids are unique only within an instance, and workspace ids repeat between instances.
  const sender = [host ?? endpoint.instanceHost ?? "", event.workspace_id ?? endpoint.workspaceId ?? ""];
  const isOurs = agree(host, endpoint.instanceHost) &&
    agree(event.workspace_id, endpoint.workspaceId);
  return {
    kind: isOurs ? "event" : "foreign",
    delivery: {
      type: event.type,
      key: deliveryKey([...sender, event.type, id], context.digest),
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

/** The server's times first: `date_received` is what a mail's header says. */
function timeOf({ campaign_event, reply, scheduled_email, sender_email }: Data): string | undefined {
  return providerTime(campaign_event?.created_at) ??
    providerTime(reply?.created_at) ??
    providerTime(reply?.date_received) ??
    providerTime(scheduled_email?.sent_at) ??
    providerTime(sender_email?.updated_at);
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
