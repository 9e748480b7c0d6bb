// How often EmailBison lets a token ask, and what a test has happen between two of its requests.

const MINUTE = 60_000;

/** So many requests in any 60 seconds. Keeps what it saw, for benches. */
export class Rate {
  requests = 0;
  refused = 0;
  /** The most requests of a token in any 60 seconds. */
  peak = 0;
  readonly #times = new Map<string, number[]>();

  constructor(readonly limit: number) {}

  /** Seconds that the caller must wait; 0 lets the request through. */
  take(token: string, now = Date.now()): number {
    const times = this.#times.get(token) ?? [];
    this.#times.set(token, times);
    while (times.length > 0 && times[0]! <= now - MINUTE) times.shift();
    if (times.length >= this.limit) {
      this.refused++;
      return Math.ceil((times[0]! + MINUTE - now) / 1_000);
    }
    times.push(now);
    this.requests++;
    this.peak = Math.max(this.peak, times.length);
    return 0;
  }
}

interface Change {
  path: string;
  /** How many requests of this path come first. */
  after: number;
  run(): void | Promise<void>;
}

export class Changes {
  #list: Change[] = [];

  /** Runs once, right before the request that follows `after` others of a path that begins so. */
  add(change: Change): void {
    this.#list.push({ ...change });
  }

  async before(path: string): Promise<void> {
    const due = this.#list.filter((one) => path.startsWith(one.path) && one.after-- <= 0);
    this.#list = this.#list.filter((one) => !due.includes(one));
    for (const one of due) await one.run();
  }
}
