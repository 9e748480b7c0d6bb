// What can be made to happen in a simulated EmailBison workspace, over HTTP:
//   POST /_simulator/send {"lead": {"email": "dana@acme.example"}}
//   POST /_simulator/reply {"lead": "dana@acme.example", "text": "Tell me more", "deliver": {"times": 2}}
//   POST /_simulator/workspaces {"id": 13, "name": "Acme", "apiToken": "13|token", "campaigns": 4, "days": 30, "inboxes": 90}
// The first workspace is meant unless the body names one: {"workspace": 12, ...}.
import { Hono } from "hono";
import { z } from "zod";
import { type Action, action as anyAction, createControlApp } from "../control.ts";
import { NotThere } from "../errors.ts";
import { giveHistory } from "./history.ts";
import type { BisonSimulator } from "./simulator.ts";
import { tooManyAttempts } from "./rest.ts";
import type { BisonEvent, Workspace } from "./workspace.ts";

function action<S extends z.ZodType>(schema: S, run: (workspace: Workspace, input: z.infer<S>) => Happening): Run {
  return anyAction(schema, run);
}
type Run = Action<Workspace, BisonEvent>;
type Happening = { events: BisonEvent[] };

const Lead = z.object({
  email: z.email(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  title: z.string().optional(),
  company: z.string().optional(),
  custom_variables: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});
const ToLead = z.object({ lead: z.email() });
const Sender = z.object({ sender: z.int() });

const ACTIONS: Record<string, Run> = {
  send: action(
    z.object({ lead: Lead, campaign: z.int().optional(), sender: z.int().optional(), step: z.int().optional() }),
    (workspace, input) => workspace.send({ ...input, campaign: input.campaign ?? firstCampaign(workspace) }),
  ),
  open: action(ToLead, (workspace, { lead }) => workspace.open(workspace.mailTo(lead))),
  reply: action(
    ToLead.extend({ text: z.string().default("Sounds good."), automated: z.boolean().default(false) }),
    (workspace, { lead, ...what }) => workspace.reply(workspace.mailTo(lead), what),
  ),
  interested: action(ToLead, (workspace, { lead }) => workspace.interested(workspace.replyFrom(lead))),
  bounce: action(ToLead, (workspace, { lead }) => workspace.bounce(workspace.mailTo(lead))),
  unsubscribe: action(ToLead, (workspace, { lead }) => workspace.unsubscribe(workspace.mailTo(lead))),
  manual: action(
    ToLead.extend({ text: z.string().default("Would Tuesday suit you?") }),
    (workspace, { lead, text }) => workspace.manual(workspace.replyFrom(lead), text),
  ),
  untracked: action(
    Sender.extend({ from: z.email(), name: z.string().optional(), text: z.string().default("Who is this?") }),
    (workspace, what) => workspace.untracked(what),
  ),
  "untracked-bounce": action(Sender.extend({ lost: z.email() }), (workspace, what) => workspace.untrackedBounce(what)),
  account: action(
    Sender.extend({ what: z.enum(["added", "removed", "disconnected", "reconnected"]) }),
    (workspace, { sender, what }) => workspace.account(sender, what),
  ),
  disconnect: action(Sender, (workspace, { sender }) => workspace.account(sender, "disconnected")),
  "warmup-disabled": action(
    Sender.extend({ why: z.enum(["causing", "receiving"]) }),
    (workspace, { sender, why }) => workspace.warmupDisabled(sender, why),
  ),
  tag: action(
    z.object({
      name: z.string(),
      type: z.enum(["Campaign", "Lead", "SenderEmail"]),
      id: z.int(),
      attached: z.boolean().default(true),
    }),
    (workspace, { name, type, id, attached }) => workspace.tag(name, type, id, attached),
  ),
  other: action(
    z.object({ type: z.string().toUpperCase(), data: z.record(z.string(), z.unknown()).default({}) }),
    (workspace, { type, data }) => workspace.other(type as Uppercase<string>, data),
  ),
};

const FAULTS = {
  "401": () => Response.json({ message: "Unauthenticated." }, { status: 401 }),
  "429": () => tooManyAttempts(2),
  "429 without headers": () => Response.json({ message: "Too Many Attempts." }, { status: 429 }),
  "500": () => new Response("<html>Server Error</html>", { status: 500 }),
  silence: () => new Promise<Response>((resolve) => setTimeout(resolve, 30_000, new Response(null, { status: 504 }))),
  "422": () => Response.json({ message: "The given data was invalid.", errors: {} }, { status: 422 }),
  "503": () => new Response("<html>Service Unavailable</html>", { status: 503 }),
  "200": () => Response.json({ data: { success: "false", message: "Something went wrong." } }),
};

const NewWorkspace = z.object({
  id: z.int(),
  name: z.string(),
  apiToken: z.string(),
  timeZone: z.string().default("UTC"),
  campaigns: z.int().default(0),
  days: z.int().default(0),
  inboxes: z.int().default(0),
  leads: z.int().default(0),
});

export function createBisonControl(bison: BisonSimulator): Hono {
  const app = new Hono();
  /** A workspace with a past; one that is there is left as it is. */
  app.post("/workspaces", async (c) => {
    const { campaigns, days, inboxes, leads, ...input } = NewWorkspace.parse(await c.req.json());
    if (!bison.workspaces.has(input.id)) {
      const workspace = bison.addWorkspace({ ...input, tags: [{ id: input.id * 10, name: "Warmed up" }] });
      giveHistory(workspace, { campaigns, days, inboxes, leads }, bison.now(), input.id * 1_000);
    }
    return c.json(stateOf(bison.workspace(input.id)));
  });
  return app.route("/", createActions(bison));
}

function createActions(bison: BisonSimulator): Hono {
  return createControlApp({
    simulator: bison,
    scopeOf: ({ workspace }) => bison.workspace(Number(workspace ?? [...bison.workspaces.keys()][0])),
    actions: ACTIONS,
    faults: FAULTS,
    nameOf: ({ type }) => type,
    state: () => [...bison.workspaces.values()].map(stateOf),
  });
}

function firstCampaign(workspace: Workspace): number {
  const [id] = workspace.campaigns.keys();
  if (id === undefined) throw new NotThere("The workspace has no campaign.");
  return id;
}

function stateOf({ input, campaigns, senders, leads, mails, replies }: Workspace) {
  return {
    workspace: input.id,
    name: input.name,
    campaigns: [...campaigns.keys()],
    senders: [...senders.keys()],
    leads: leads.size,
    mails: mails.length,
    replies: replies.size,
  };
}
