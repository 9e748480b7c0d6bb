import type { Hono } from "hono";
import { readSlack, type SlackAct, type SlackRequest } from "../../../shared/slack.ts";
import { createBodyReader, decodeUtf8, saysJson } from "../_shared/body.ts";
import type { Call, SlackAnswer } from "../_shared/db.ts";
import { HttpError, unavailable } from "../_shared/errors.ts";
import { createRouter, type Env, onlyMethods } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { createSlack } from "../_shared/providers/slack.ts";
import type { SecretBox } from "../_shared/secrets.ts";
import { isSignedBySlack } from "../_shared/signatures/slack.ts";
import { createSlackKeys } from "./keys.ts";

/** What the Slack function needs from outside. */
export interface SlackDeps {
  call: Call;
  secrets: SecretBox;
  log: Log;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Slack waits three seconds; what has no answer after these milliseconds, the person is told to try again. */
  patience?: number;
}

/** Slack's requests: `POST /slack` for buttons, views, slash commands and events. */
export function createApp({ call, secrets, log, now, patience = 2_700 }: SlackDeps): Hono<Env> {
  const app = createRouter("slack", log);
  const readBody = createBodyReader(patience);
  const keys = createSlackKeys({ call, secrets, log, now });

  app.post("/", async (c) => {
    const start = now();
    const { headers } = c.req.raw;
    const body = await readBody(c.req.raw);
    const request = parse(headers, body);
    if (request.kind === "probe") return c.body(null, 200);
    if (!await isSigned(headers, body)) {
      throw new HttpError(401, "invalid_signature", "The signature is missing, wrong or too old.");
    }
    switch (request.kind) {
      case "challenge":
        return c.json({ challenge: request.challenge });
      case "incomplete":
        return c.json({ response_action: "errors", errors: { [request.block]: request.message } });
      case "other":
        log.info("not acted on", { type: request.type });
        return c.body(null, 200);
    }
    const answer = await receive(request);
    if (answer.outcome === "foreign") {
      throw new HttpError(403, "foreign_workspace", "This is another workspace or app.");
    }
    if (answer.view !== null) await ask(request, answer, patience - (now() - start));
    // Slack shows what answers a command; of clicks and views it wants nothing but the status.
    if (request.kind === "command") return c.json({ response_type: "ephemeral", text: answer.message });
    return c.body(null, 200);
  });
  app.all("/", onlyMethods("POST"));
  return app;

  async function isSigned(headers: Headers, body: Uint8Array): Promise<boolean> {
    if (isSignedBySlack(headers, body, await keys.find(), now())) return true;
    // What memory holds may be older than a rotation of the secret.
    return isSignedBySlack(headers, body, await keys.reload(), now());
  }

  async function receive({ kind, workspaceId, appId, userId, key, input }: SlackAct): Promise<SlackAnswer> {
    const args = [kind, workspaceId, appId, userId, key, JSON.stringify(input)] as const;
    try {
      return await within(patience, call("integrations.receive_slack", [...args]));
    } catch (error) {
      if (kind !== "command") throw error;
      log.error("command failed", { cause: String(error) });
      return {
        outcome: "failed",
        message: "Millrace cannot answer now. Try again in a moment.",
        view: null,
        bot_token: null,
      };
    }
  }

  async function ask({ triggerId }: SlackAct, { view, bot_token }: SlackAnswer, milliseconds: number): Promise<void> {
    const slack = createSlack(await secrets.open(bot_token!), undefined, Math.max(milliseconds, 200));
    await slack.openView(triggerId, view).catch((error) => {
      throw unavailable(error);
    });
  }
}

function parse(headers: Headers, body: Uint8Array): SlackRequest {
  const text = decodeUtf8(body)?.replaceAll("\0", "").replaceAll("%00", "");
  const type = headers.get("content-type");
  try {
    if (text) return readSlack(text, type !== null && saysJson(type));
  } catch {
    // The parser's words quote the body.
  }
  throw new HttpError(400, "invalid_payload", "This is nothing that Slack sends.");
}

function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable("the database took too long for Slack")), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
