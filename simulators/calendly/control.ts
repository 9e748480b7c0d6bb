// What can be made to happen in a simulated Calendly organization, over HTTP:
//   POST /_simulator/book {"email": "dana@acme.example", "name": "Dana Ortiz"}
//   POST /_simulator/cancel {"email": "dana@acme.example", "deliver": {"times": 2}}
// The first organization is meant unless the body names one: {"organization": "bluebird", ...}.
import type { Hono } from "hono";
import { z } from "zod";
import { type Action, action as anyAction, createControlApp } from "../control.ts";
import type { CalendlyEvent, Organization } from "./organization.ts";
import { badDays, tooManyRequests } from "./rest.ts";
import type { CalendlySimulator } from "./simulator.ts";

type Run = Action<Organization, CalendlyEvent>;
type Happening = { events: CalendlyEvent[] };

function action<S extends z.ZodType>(schema: S, run: (at: Organization, input: z.infer<S>) => Happening): Run {
  return anyAction(schema, run);
}

const Who = z.object({ email: z.email() });
const start = z.coerce.date().default(() => new Date(Date.now() + 2 * 86_400_000));
const EventType = z.object({ slug: z.string(), name: z.string() });

const ACTIONS: Record<string, Run> = {
  book: action(
    Who.extend({
      name: z.string(),
      event_type: z.string().optional(),
      start,
      answers: z.array(z.object({ question: z.string(), answer: z.string() })).optional(),
      tracking: z.record(z.string(), z.string()).optional(),
    }),
    (organization, booking) => organization.book(booking),
  ),
  cancel: action(
    Who.extend({ by: z.enum(["host", "invitee"]).optional(), reason: z.string().optional() }),
    (organization, { email, by, reason }) => organization.cancel(organization.inviteeOf(email), by, reason),
  ),
  reschedule: action(
    Who.extend({ start, created_first: z.boolean().default(false) }),
    (organization, { email, start, created_first }) => {
      const { events } = organization.reschedule(organization.inviteeOf(email), start);
      return { events: created_first ? events.reverse() : events };
    },
  ),
  "no-show": action(Who, (organization, { email }) => organization.noShow(organization.inviteeOf(email))),
  "undo-no-show": action(Who, (organization, { email }) => organization.undoNoShow(organization.inviteeOf(email))),
  "routing-form": action(
    z.object({ answers: z.record(z.string(), z.string()).default({ "What is your industry?": "Logistics" }) }),
    (organization, submission) => organization.submit(submission),
  ),
  "event-type": action(
    EventType.extend({ what: z.enum(["created", "updated", "deleted"]) }),
    (organization, { what, ...type }) => organization.eventType(what, type),
  ),
};

export function createCalendlyControl(calendly: CalendlySimulator): Hono {
  const app = createControlApp({
    simulator: calendly,
    scopeOf: ({ organization }) => organizationOf(calendly, organization),
    actions: ACTIONS,
    faults: {
      "429": () => tooManyRequests(calendly.rateLimit),
      ...badDays,
    },
    nameOf: ({ event }) => event,
    state: () => [...calendly.organizations.values()].map(stateOf),
  });
  // Stands for the consent page of the OAuth flow.
  app.post("/oauth/consent", async (c) => {
    const { organization } = await c.req.json();
    return c.json({ code: calendly.tokens.newCode(organizationOf(calendly, organization)) });
  });
  // Who opens the consent page next: {"organization": "bluebird"}, or {"refuse": true}.
  app.post("/oauth/visitor", async (c) => {
    const { organization, refuse } = await c.req.json();
    calendly.tokens.visitor = refuse ? null : organizationOf(calendly, organization);
    return c.json({ organization: calendly.tokens.visitor?.input.slug ?? null });
  });
  // What Calendly does after a day of failures.
  app.post("/switch-off", async (c) => {
    const { organization } = await c.req.json();
    return c.json({ switched_off: calendly.switchOff(organizationOf(calendly, organization)) });
  });
  return app;
}

function organizationOf(calendly: CalendlySimulator, slug: unknown): Organization {
  const [first] = calendly.organizations.keys();
  return calendly.organization(String(slug ?? first));
}

function stateOf({ input, uri, eventTypes, invitees }: Organization) {
  return { organization: input.slug, uri, event_types: [...eventTypes.keys()], bookings: invitees.length };
}
