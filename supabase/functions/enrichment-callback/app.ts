import { createHash } from "node:crypto";
import type { Hono } from "hono";
import { discardBody } from "../_shared/body.ts";
import type { Call } from "../_shared/db.ts";
import { unavailable } from "../_shared/errors.ts";
import { createRouter, type Env, onlyMethods } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";

export interface CallbackDeps {
  call: Call;
  log: Log;
}

/**
 * `POST /enrichment-callback/<token>`: CompanyEnrich says that an order is done. Nobody signs it, so it only makes us look;
 * the body is not read, and a stranger learns nothing from the answer.
 */
export function createApp({ call, log }: CallbackDeps): Hono<Env> {
  const app = createRouter("enrichment-callback", log);
  app.post("/:token", async (c) => {
    await discardBody(c.req.raw);
    const hash = createHash("sha256").update(c.req.param("token")).digest();
    try {
      await call("integrations.hint_enrichment", [hash]);
    } catch (error) {
      throw unavailable(error);
    }
    return c.json({ status: "ok" });
  });
  app.all("/:token", onlyMethods("POST"));
  return app;
}
