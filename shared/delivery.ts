/** What a webhook receiver makes of one body: the arguments of `integrations.receive_webhook`. */
export interface Delivery {
  /** The provider's event type as the handlers are registered: upper case for EmailBison, as it comes for Calendly. */
  readonly type: string;
  /** Equal for two deliveries of the same event, at most 500 characters. */
  readonly key: string;
  /** The JSON text to store, without envelopes that the handlers do not know. */
  readonly payload: string;
  /** The provider's time of the event, ISO 8601 with as many digits as it gave; undefined when not told or nonsense. */
  readonly occurredAt: string | undefined;
}

/** What reading a body needs besides the body itself. */
export interface ReadingContext {
  /** When the body arrived, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** SHA-256 of a text in hexadecimal. */
  readonly digest: (text: string) => string;
  /** A header of the delivery, by its name in lower case. */
  readonly header?: (name: string) => string | null;
}

const longestKey = 500;

/** Joins the parts of a delivery key; a key too long for its column is replaced by its digest. */
export function deliveryKey(parts: readonly string[], digest: (text: string) => string): string {
  const key = parts.join("|");
  return key.length <= longestKey ? key : `sha256:${digest(key)}`;
}

const isoTime = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * A provider's timestamp as ISO 8601 text that Postgres accepts, fractions kept; without a zone it is UTC.
 * Anything else, impossible dates and years outside 2000 to 2099 included, gives undefined.
 */
export function providerTime(value: unknown): string | undefined {
  const match = typeof value === "string" ? isoTime.exec(value) : null;
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  if (Number(year) < 2000 || Number(year) > 2099) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || !isZone(zone)) return undefined;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`;
}

function isZone(zone: string): boolean {
  return zone === "Z" || (Number(zone.slice(1, 3)) <= 14 && Number(zone.slice(-2)) <= 59);
}

/** What a receiver knows of the endpoint that a body came to; parts that are not set are not compared. */
export interface EndpointIdentity {
  /** Host of the provider's instance, lower case. */
  readonly instanceHost?: string | undefined;
  readonly workspaceId?: string | undefined;
}

/** A body as its provider's reader understands it. */
export type Reading =
  | { readonly kind: "event"; readonly delivery: Delivery }
  /** An event of another workspace or instance than the endpoint's. */
  | { readonly kind: "foreign"; readonly delivery: Delivery }
  /** JSON, but no event; `message` says what is missing. */
  | { readonly kind: "invalid"; readonly message: string };
