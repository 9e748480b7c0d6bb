import type { Delivery } from "../../../shared/delivery.ts";
import { createBatches } from "./batches.ts";
import type { Call, Stored } from "./db.ts";
import type { Endpoint } from "./endpoints.ts";
import { HttpError, unavailable } from "./errors.ts";

/** A delivery that is answered with an error but kept, so that a person can look at it and replay it. */
export class Rejection extends HttpError {
  /** @param delivery The event, if the body could be read as one; else its bytes are kept. */
  constructor(status: 400 | 403 | 415, reason: string, message: string, readonly delivery?: Delivery) {
    super(status, reason, message);
  }
}

/** The database's inbox, `integrations.receive_webhook`. */
export interface Inbox {
  /** Stores and handles a delivery in one call. Throws a Rejection when jsonb refuses it, 503 when storing failed. */
  store(endpoint: Endpoint, delivery: Delivery): Promise<Stored>;
  /** Keeps a rejected delivery as a dead letter. Throws 503 when that failed, as the sender must come back then. */
  keep(endpoint: Endpoint, body: Uint8Array, rejection: Rejection): Promise<Stored>;
}

/** 403: no active endpoint has this token, or it is another provider's. Which of these is not told. */
export function unknownToken(): HttpError {
  return new HttpError(403, "unknown_token", "This URL is not, or no longer, in use. Check the webhook's URL.");
}

/** The inbox behind a call port. */
export function createInbox(call: Call): Inbox {
  const storeParcel = createBatches(call);

  async function receiveRejected(endpoint: Endpoint, body: Uint8Array, { code, delivery }: Rejection): Promise<Stored> {
    const receive = (payload: string | null, raw: Uint8Array | null) =>
      call("integrations.receive_webhook", [
        endpoint.id,
        delivery?.key ?? "rejected",
        delivery?.type ?? "unknown",
        payload,
        delivery?.occurredAt ?? null,
        code,
        raw,
      ]);
    if (delivery === undefined) return await receive(null, body);
    try {
      return await receive(delivery.payload, null);
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      return await receive(null, body);
    }
  }

  return {
    async store(endpoint, delivery) {
      try {
        const { key, type, payload, occurredAt = null } = delivery;
        return await storeParcel({ endpointId: endpoint.id, key, type, payload, occurredAt });
      } catch (error) {
        const message = refusalOf(error);
        if (message !== undefined) throw new Rejection(400, "invalid_payload", message);
        throw storingFailed(error);
      }
    },
    async keep(endpoint, body, rejection) {
      try {
        return await receiveRejected(endpoint, body, rejection);
      } catch (error) {
        throw storingFailed(error);
      }
    },
  };
}

/** Whatever the reason is, the sender must come back; unless the endpoint was switched off since it was looked up. */
function storingFailed(error: unknown): HttpError {
  return sqlState(error) === "MR001" ? unknownToken() : unavailable(error);
}

function sqlState(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "");
}

/** What is wrong with JSON that jsonb refuses; undefined when the error is about something else. */
function refusalOf(error: unknown): string | undefined {
  const code = sqlState(error);
  if (code === "22003") return "The JSON has a number that is too large.";
  if (code === "54001") return "The JSON is nested too deeply.";
  return /^(22|54)/.test(code) ? "The JSON cannot be stored." : undefined;
}
