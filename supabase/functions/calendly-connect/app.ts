import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Call } from "../_shared/db.ts";
import { describe, unavailable } from "../_shared/errors.ts";
import { createRouter, type Env, onlyMethods, requestId } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import {
  Calendly,
  type CalendlyApp,
  consentUrl,
  expiryOf,
  fetchTokens,
  type Tokens,
} from "../_shared/providers/calendly.ts";
import type { SecretBox } from "../_shared/secrets.ts";

/** What connecting needs from outside. */
export interface ConnectDeps {
  call: Call;
  secrets: SecretBox;
  log: Log;
  /** Throws when the app is not set up. */
  calendly: () => CalendlyApp;
  /** Milliseconds since 1970. */
  now: () => number;
}

const cookie = "millrace_calendly";
const cookieSeconds = 3600;

const again = "Open the link that you were given once more.";
const endings = {
  started: "",
  unknown: "This link is not known. Check that it is complete.",
  used: "This link was used: Calendly is connected.",
  expired: "This link is too old. Ask for a new one.",
  denied: `Calendly was not connected, as it was not allowed. To allow it: ${again}`,
  stale: `This page is too old or was opened in another browser. ${again}`,
  failed: `Calendly did not let us in. ${again}`,
  connected: "Calendly is connected. You can close this page.",
} as const;

/**
 * `GET /calendly-connect/start/<token>` sends a person to Calendly, `GET /calendly-connect/callback` is where Calendly
 * sends them back to. Answers are sentences: people read them in a browser.
 */
export function createApp({ call, secrets, log, calendly, now }: ConnectDeps): Hono<Env> {
  const app = createRouter("calendly-connect", log);

  app.get("/start/:token", async (c) => {
    const state = randomBytes(32).toString("base64url");
    const target = consentUrl(calendly(), state);
    const { outcome } = await reach(
      call("integrations.start_calendly_connection", [sha256(c.req.param("token")), sha256(state)]),
    );
    if (outcome !== "started") return say(c, outcome === "unknown" ? 404 : 410, outcome);
    // Who brings the state back must be the browser that was given it.
    const secure = c.req.url.startsWith("https:") || calendly().redirectUri.startsWith("https:");
    setCookie(c, cookie, state, { httpOnly: true, sameSite: "Lax", secure, path: "/", maxAge: cookieSeconds });
    return noStore(c.redirect(target, 302));
  });

  app.get("/callback", async (c) => {
    const { state = "", code, error } = c.req.query();
    if (!isSame(state, getCookie(c, cookie) ?? "")) return say(c, 400, "stale");
    const { link } = await reach(call("integrations.claim_calendly_connection", [sha256(state)]));
    if (link === null) return say(c, 400, "stale");
    if (error !== undefined || !code) return say(c, 400, "denied");

    const granted = await ask(code).catch((cause) => {
      log.error("calendly refused the code", { request_id: requestId(c), cause: describe(cause) });
    });
    if (!granted) return say(c, 502, "failed");
    const { tokens, user } = granted;
    const { outcome } = await reach(call("integrations.store_calendly_connection", [
      link,
      await secrets.seal(tokens.access_token),
      await secrets.seal(tokens.refresh_token),
      expiryOf(tokens, now()),
      user.uri,
      user.email,
      user.current_organization,
    ]));
    return outcome === "connected" ? say(c, 200, outcome) : say(c, 410, outcome);
  });

  app.all("/start/:token", onlyMethods("GET"));
  app.all("/callback", onlyMethods("GET"));
  return app;

  async function ask(code: string) {
    const tokens: Tokens = await fetchTokens(calendly(), { code });
    const user = await new Calendly({ token: tokens.access_token }).me();
    return { tokens, user };
  }
}

function say(c: Context<Env>, status: 200 | 400 | 404 | 410 | 502, ending: keyof typeof endings): Response {
  return noStore(c.text(endings[ending], status));
}

/** Tokens in URLs are nobody else's to keep. */
function noStore(response: Response): Response {
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  return response;
}

async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unavailable(error);
  }
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function isSame(one: string, other: string): boolean {
  return one !== "" && timingSafeEqual(sha256(one), sha256(other));
}
