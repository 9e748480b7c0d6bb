// The simulators' own interface under /_simulator, which no provider has: make something happen, then deliver it now, twice
// or later. `deliver` in any body says how: {"times": 2} at the same instant, {"delay_ms": 500}, or {"hold": true} and
// POST /_simulator/deliver {"event": 7} when its time has come.
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { z } from "zod";
import type { Delivery } from "./courier.ts";
import { NotThere } from "./errors.ts";
import type { Faults } from "./faults.ts";

const Deliver = z.object({
  times: z.int().min(1).max(100).default(1),
  delay_ms: z.int().min(0).max(600_000).default(0),
  hold: z.boolean().default(false),
});

interface Recorded {
  id: number;
}

export interface Control<Scope, Event extends Recorded> {
  simulator: { events: Event[]; faults: Faults; deliver(event: Event, times?: number): Delivery[] };
  /** The workspace or organization that a body is about. */
  scopeOf(body: Record<string, unknown>): Scope;
  actions: Record<string, Action<Scope, Event>>;
  faults: Record<string, () => Response | Promise<Response>>;
  nameOf(event: Event): string;
  state(): unknown;
}

export type Action<Scope, Event> = (scope: Scope, body: unknown) => { events: Event[] };

export function action<Scope, Event, S extends z.ZodType>(
  schema: S,
  run: (scope: Scope, input: z.infer<S>) => { events: Event[] },
): Action<Scope, Event> {
  return (scope, body) => run(scope, schema.parse(body));
}

export function createControlApp<Scope, Event extends Recorded>(control: Control<Scope, Event>): Hono {
  const { simulator, actions, faults } = control;
  const app = new Hono();

  app.get("/", (c) => {
    return c.json({ actions: [...Object.keys(actions), "deliver", "faults"], state: control.state() });
  });

  app.post("/deliver", async (c) => {
    const { event: id, ...how } = Deliver.extend({ event: z.int() }).parse(await c.req.json());
    const event = simulator.events.find((one) => one.id === id);
    if (!event) throw new NotThere(`There is no event ${id}.`);
    return c.json({ events: [await deliver(control, event, how)] });
  });

  app.post("/faults", async (c) => {
    const answers = z.enum(Object.keys(faults) as [string, ...string[]]);
    const Body = z.object({ path: z.string().default("/"), answer: answers, times: z.int().default(1) });
    const { path, answer, times } = Body.parse(await c.req.json());
    simulator.faults.add({ path, answer: faults[answer]!, times });
    return c.json({ path, answer, times });
  });

  app.post("/:action", async (c) => {
    const run = actions[c.req.param("action")];
    if (!run) throw new NotThere(`There is no action ${c.req.param("action")}.`);
    const body = z.record(z.string(), z.unknown()).parse(await c.req.json());
    const how = Deliver.parse(body.deliver ?? {});
    const { events } = run(control.scopeOf(body), body);
    const told = [];
    for (const event of events) told.push(await deliver(control, event, how));
    return c.json({ events: told });
  });

  app.onError((error, c) => {
    if (error instanceof NotThere) return c.json({ error: error.message }, 404);
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return c.json({ error: "The body is no JSON." }, 400);
    throw error;
  });
  return app;
}

/** Tells the answer to the first try of every delivery; retries go on behind. */
async function deliver<Scope, Event extends Recorded>(
  { simulator, nameOf }: Control<Scope, Event>,
  event: Event,
  how: z.infer<typeof Deliver>,
) {
  if (how.delay_ms) await sleep(how.delay_ms);
  const deliveries = how.hold ? [] : simulator.deliver(event, how.times);
  const tries = deliveries.map(async ({ url, first }) => {
    const { status, answer } = await first;
    return { url, status, answer };
  });
  return { id: event.id, type: nameOf(event), deliveries: await Promise.all(tries) };
}
