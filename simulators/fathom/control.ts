// What can be made to happen in the simulated Fathom, over HTTP:
//   POST /_simulator/record {"title": "Weekly", "invitees": [{"name": "Dana", "email": "dana@acme.example"}]}
//   POST /_simulator/again {"recording_id": 7, "deliver": {"times": 2}}
import { setTimeout as sleep } from "node:timers/promises";
import type { Hono } from "hono";
import { z } from "zod";
import { type Action, action, createControlApp } from "../control.ts";
import { NotThere } from "../errors.ts";
import type { FathomEvent, FathomSimulator } from "./simulator.ts";

type Run = Action<FathomSimulator, FathomEvent>;

const Recorded = z.object({
  title: z.string(),
  invitees: z.array(z.object({ name: z.string(), email: z.email() })),
  start: z.coerce.date().optional(),
  minutes: z.int().optional(),
  said: z.array(z.tuple([z.string(), z.string()])).optional(),
  summary: z.string().nullable().optional(),
  action_items: z.array(z.object({
    description: z.string(),
    at: z.string().optional(),
    assignee: z.string().optional(),
    completed: z.boolean().optional(),
  })).optional(),
  without_transcript: z.boolean().optional(),
});

const actions: Record<string, Run> = {
  record: action(Recorded, (fathom: FathomSimulator, input) => fathom.record(input)),
  again: action(z.object({ recording_id: z.int() }), (fathom: FathomSimulator, { recording_id }) => {
    const meeting = fathom.meetings.find((one) => one.recording_id === recording_id);
    if (!meeting) throw new NotThere(`There is no recording ${recording_id}.`);
    return { events: [fathom.tell(meeting)] };
  }),
};

export function createFathomControl(fathom: FathomSimulator): Hono {
  return createControlApp<FathomSimulator, FathomEvent>({
    simulator: fathom,
    scopeOf: () => fathom,
    actions,
    faults: {
      "401": () => new Response(null, { status: 401 }),
      "429": () => new Response(null, { status: 429, headers: { "RateLimit-Reset": "30" } }),
      "429 bare": () => new Response(null, { status: 429 }),
      "500": () => new Response(null, { status: 500 }),
      "200 error": () => Response.json({ error: "Something went wrong" }),
      silence: async () => {
        await sleep(60_000, undefined, { ref: false });
        return new Response(null, { status: 504 });
      },
    },
    nameOf: ({ meeting }) => meeting.title,
    state: () => ({
      meetings: fathom.meetings.map(({ recording_id, title }) => ({ recording_id, title })),
      webhooks: [...fathom.webhooks.values()].map(({ id, url }) => ({ id, url })),
    }),
  });
}
