import type { Call, Stored } from "./db.ts";

/** One delivery on its way to the database: the arguments of `integrations.receive_webhook`, without a rejection. */
export interface Parcel {
  endpointId: number;
  key: string;
  type: string;
  /** JSON text, known to parse. */
  payload: string;
  /** ISO 8601, or null when the provider did not say. */
  occurredAt: string | null;
}

// Two batches keep the database busy while others are put together and flushed; more would only be smaller, and so would
// the second one of a few deliveries: a call costs as much as five of them.
const usualLanes = 2;
const worthAnotherLane = 14;
// When the others are held up, by a lock for instance.
const mostLanes = 4;
const longestWait = 20;
const mostParcels = 50;
const mostCharacters = 1_048_576;

interface Waiting extends Parcel {
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/**
 * Stores deliveries: one by one while the database keeps up, those that had to wait together. A flush to disk and a
 * round trip then serve a whole batch, and nothing waits for a batch to fill. When one of a batch is refused, each is
 * stored alone and has its own answer.
 */
export function createBatches(call: Call): (parcel: Parcel) => Promise<Stored> {
  let running = 0;
  let waiting: Waiting[] = [];
  let held: ReturnType<typeof setTimeout> | undefined;

  function consider(): void {
    if (waiting.length === 0 || running === mostLanes) return;
    if (running < usualLanes && isWorthALane(running)) run();
    else held ??= setTimeout(release, longestWait);
  }

  function isWorthALane(others: number): boolean {
    return waiting.length >= (others === 0 ? 1 : worthAnotherLane);
  }

  function release(): void {
    held = undefined;
    if (waiting.length > 0 && running < mostLanes) run();
  }

  async function run(): Promise<void> {
    running++;
    let storing: Promise<() => void> | undefined = store(takeBatch());
    while (storing !== undefined) {
      const answer: () => void = await storing;
      // The database has its next batch before the senders have their answers.
      const goesOn = running <= usualLanes && isWorthALane(running - 1);
      storing = goesOn ? store(takeBatch()) : undefined;
      answer();
    }
    running--;
    consider();
  }

  /** Resolves to what tells the senders. */
  async function store(parcels: Waiting[]): Promise<() => void> {
    if (parcels.length === 1) return await storeAlone(parcels[0]!);
    try {
      const { stored } = await call("integrations.receive_webhooks", [`[${parcels.map(asJson).join(",")}]`]);
      return () => parcels.forEach((parcel, index) => parcel.resolve(stored[index]!));
    } catch (error) {
      if (!isRefusal(error)) return () => parcels.forEach((parcel) => parcel.reject(error));
      await Promise.all(parcels.map(async (parcel) => (await storeAlone(parcel))()));
      return () => {};
    }
  }

  async function storeAlone(parcel: Waiting): Promise<() => void> {
    const { endpointId, key, type, payload, occurredAt, resolve, reject } = parcel;
    try {
      const stored = await call("integrations.receive_webhook", [
        endpointId,
        key,
        type,
        payload,
        occurredAt,
        null,
        null,
      ]);
      return () => resolve(stored);
    } catch (error) {
      return () => reject(error);
    }
  }

  function takeBatch(): Waiting[] {
    let count = 0;
    for (let characters = 0; count < waiting.length && count < mostParcels; count++) {
      characters += waiting[count]!.payload.length;
      if (count > 0 && characters > mostCharacters) break;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    clearTimeout(held);
    held = undefined;
    consider();
    return batch;
  }

  return (parcel) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...parcel, resolve, reject });
      consider();
    });
}

/** The payload goes in as the text it is: its numbers keep their digits. */
function asJson({ endpointId, key, type, payload, occurredAt }: Parcel): string {
  const rest = JSON.stringify({
    endpoint_id: endpointId,
    delivery_key: key,
    event_type: type,
    occurred_at: occurredAt,
  });
  return `${rest.slice(0, -1)},"payload":${payload}}`;
}

/** True for what the database says of the deliveries, false for what befell the call. */
function isRefusal(error: unknown): boolean {
  return /^(22|23|54|MR|P0)/.test(String((error as { code?: unknown } | null)?.code ?? ""));
}
