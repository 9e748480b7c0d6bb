// `/_simulator` of a provider that sends no webhooks: its state, and answers of bad days for the next calls under a path.
//   POST /_simulator/faults {"path": "/mailboxes/buy", "answer": "500", "times": 2}
//   POST /_simulator/lose {"times": 1}                  what is ordered is made, but the answer is 500
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { z } from "zod";
import type { Faults } from "./faults.ts";

type Answer = () => Response | Promise<Response>;

export interface Controlled {
  faults: Faults;
  /** Orders that are made although the answer is an error. */
  losses: number;
  state(): unknown;
}

const common: Record<string, Answer> = {
  "429": () => Response.json({ message: "Too many requests" }, { status: 429, headers: { "retry-after": "7" } }),
  "429-bare": () => Response.json({ message: "Too many requests" }, { status: 429 }),
  "500": () => new Response("upstream connect error", { status: 500 }),
  "402": () => Response.json({ error: true, message: "Payment required" }, { status: 402 }),
  "no-json": () => new Response("<html>", { status: 200 }),
  "other-shape": () => Response.json({ surprise: 1 }),
  "silence": async () => {
    await sleep(60_000, undefined, { ref: false });
    return new Response(null, { status: 504 });
  },
};

export function createProviderControl(provider: Controlled, own: Record<string, Answer>): Hono {
  const app = new Hono();
  const faults = { ...common, ...own };

  app.get("/", (c) => c.json({ faults: Object.keys(faults), state: provider.state() }));
  app.post("/faults", async (c) => {
    const answers = z.enum(Object.keys(faults) as [string, ...string[]]);
    const Body = z.object({ path: z.string().default("/"), answer: answers, times: z.int().default(1) });
    const { path, answer, times } = Body.parse(await c.req.json());
    provider.faults.add({ path, answer: faults[answer]!, times });
    return c.json({ path, answer, times });
  });
  app.post("/lose", async (c) => {
    provider.losses = z.object({ times: z.int().default(1) }).parse(await c.req.json()).times;
    return c.json({ losses: provider.losses });
  });
  app.onError((error, c) => {
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
    throw error;
  });
  return app;
}

/** So many calls in each minute. */
export class MinuteLimit {
  #from = 0;
  #calls = 0;

  constructor(readonly perMinute: number, readonly now: () => number) {}

  allows(): boolean {
    if (this.now() - this.#from >= 60_000) [this.#from, this.#calls] = [this.now(), 0];
    return ++this.#calls <= this.perMinute;
  }
}
