// What people do in the simulated Slack, over HTTP:
//   POST /_simulator/click {"user": "U0ADA", "choice": "approved"}                    the newest message with buttons
//   POST /_simulator/click {"users": ["U0ADA", "U0GRACE"], "choice": "approved"}      both at the same instant
//   POST /_simulator/submit {"user": "U0ADA", "values": {"reason": "Too soon"}}       the newest view of the user
//   POST /_simulator/command {"user": "U0ADA", "text": "status"}
//   POST /_simulator/faults {"path": "/chat.postMessage", "answer": "429", "times": 2}
//   POST /_simulator/lose {"times": 1}                                                posted, but answered with 500
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { z } from "zod";
import { NotThere } from "../errors.ts";
import { tooMany } from "./api.ts";
import type { Message, SlackSimulator } from "./simulator.ts";

const Click = z.object({
  user: z.string().optional(),
  users: z.array(z.string()).default([]),
  choice: z.string().default("approved"),
  /** Only messages with this text are looked at. */
  about: z.string().default(""),
  ts: z.string().optional(),
});

const faults: Record<string, () => Response | Promise<Response>> = {
  "401": () => Response.json({ ok: false, error: "invalid_auth" }),
  "429": () => tooMany(7),
  "429-bare": () => Response.json({ ok: false, error: "ratelimited" }, { status: 429 }),
  "500": () => new Response("upstream connect error", { status: 500 }),
  "ok-false": () => Response.json({ ok: false, error: "internal_error" }),
  "archived": () => Response.json({ ok: false, error: "is_archived" }),
  "silence": async () => {
    await sleep(500);
    return new Response(null, { status: 504 });
  },
};

export function createSlackControl(slack: SlackSimulator): Hono {
  const app = new Hono();

  app.get("/", (c) => c.json({ messages: slack.messages, whispers: slack.whispers, views: slack.views }));

  app.post("/click", async (c) => {
    const { user, users, choice, about, ts } = Click.parse(await c.req.json());
    const message = messageWith(slack, choice, about, ts);
    const everybody = user === undefined ? users : [user, ...users];
    const answers = await Promise.all(everybody.map((one) => slack.click(message, one, choice)));
    return c.json({ ts: message.ts, answers: answers.map((answer, at) => ({ user: everybody[at], ...answer })) });
  });
  app.post("/submit", async (c) => {
    const { user, values } = z.object({ user: z.string(), values: z.record(z.string(), z.string()) })
      .parse(await c.req.json());
    const view = slack.views.findLast((one) => one.user === user);
    if (!view) throw new NotThere(`${user} has no view open.`);
    return c.json(await slack.submit(view, values));
  });
  app.post("/command", async (c) => {
    const { user, text } = z.object({ user: z.string(), text: z.string() }).parse(await c.req.json());
    return c.json(await slack.command(user, text));
  });
  app.post("/lose", async (c) => {
    slack.losses = z.object({ times: z.int().default(1) }).parse(await c.req.json()).times;
    return c.json({ losses: slack.losses });
  });
  app.post("/faults", async (c) => {
    const answers = z.enum(Object.keys(faults) as [string, ...string[]]);
    const Body = z.object({ path: z.string().default("/"), answer: answers, times: z.int().default(1) });
    const { path, answer, times } = Body.parse(await c.req.json());
    slack.faults.add({ path, answer: faults[answer]!, times });
    return c.json({ path, answer, times });
  });
  app.onError((error, c) => {
    if (error instanceof NotThere) return c.json({ error: error.message }, 404);
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
    throw error;
  });
  return app;
}

/** The newest message that has this button and says this. */
function messageWith(slack: SlackSimulator, choice: string, about: string, ts?: string): Message {
  const message = slack.messages.findLast((one) =>
    (ts === undefined || one.ts === ts) && JSON.stringify(one).includes(JSON.stringify(about).slice(1, -1)) &&
    one.blocks.some(({ elements }) => elements?.some(({ action_id }) => action_id?.endsWith(`:${choice}`)))
  );
  if (!message) throw new NotThere(`No message has a button ${choice}${about && ` and says ${about}`}.`);
  return message;
}
