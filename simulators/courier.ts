// Delivers webhooks the way a provider does: one try, then its retries, every answer remembered.
import { setTimeout as sleep } from "node:timers/promises";

export interface DeliveryRule {
  timeoutMs: number;
  /** Waits before each retry; its length is the number of retries. */
  retryWaitsMs: readonly number[];
  isSuccess(status: number): boolean;
}

export interface Attempt {
  id: number;
  at: Date;
  /** Null: no answer in time, or no connection. */
  status: number | null;
  answer: string;
}

export interface Delivery {
  id: number;
  url: string;
  state: "pending" | "succeeded" | "failed";
  attempts: Attempt[];
  first: Promise<Attempt>;
  done: Promise<Delivery>;
}

export interface Post {
  url: string;
  body: string;
  /** Asked before every attempt: a signature carries the time of its own attempt. */
  headers(): HeadersInit;
  onAttempt?(attempt: Attempt, ok: boolean): void;
  onGivenUp?(): void;
}

export class Courier {
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #deliveries = 0;
  #attempts = 0;

  constructor(readonly rule: DeliveryRule) {}

  deliver(post: Post): Delivery {
    const delivery = { id: ++this.#deliveries, url: post.url, state: "pending", attempts: [] } as unknown as Delivery;
    delivery.first = this.#attempt(post, delivery);
    delivery.done = this.#finish(post, delivery);
    this.#running.add(delivery.done);
    delivery.done.finally(() => this.#running.delete(delivery.done));
    return delivery;
  }

  async #finish(post: Post, delivery: Delivery): Promise<Delivery> {
    await delivery.first;
    for (const wait of this.rule.retryWaitsMs) {
      if (delivery.state === "succeeded" || !await this.#rest(wait)) return delivery;
      await this.#attempt(post, delivery);
    }
    if (delivery.state === "pending") {
      delivery.state = "failed";
      post.onGivenUp?.();
    }
    return delivery;
  }

  async #attempt(post: Post, delivery: Delivery): Promise<Attempt> {
    const attempt: Attempt = { id: ++this.#attempts, at: new Date(), status: null, answer: "" };
    try {
      const response = await fetch(post.url, {
        method: "POST",
        body: post.body,
        headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(post.headers())) },
        redirect: "manual",
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.rule.timeoutMs)]),
      });
      attempt.answer = (await response.text()).slice(0, 2_000);
      attempt.status = response.status;
    } catch (error) {
      attempt.answer = error instanceof Error ? error.message : String(error);
    }
    delivery.attempts.push(attempt);
    const ok = attempt.status !== null && this.rule.isSuccess(attempt.status);
    if (ok) delivery.state = "succeeded";
    post.onAttempt?.(attempt, ok);
    return attempt;
  }

  /** False when the courier was closed meanwhile. */
  async #rest(ms: number): Promise<boolean> {
    return await sleep(ms, true, { signal: this.#stop.signal }).catch(() => false);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }
}
