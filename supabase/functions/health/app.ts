import type { Hono } from "hono";
import type { Call } from "../_shared/db.ts";
import { HttpError, unavailable } from "../_shared/errors.ts";
import { createRouter, type Env, onlyMethods } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";

/** What the health function needs from outside. */
export interface HealthDeps {
  call: Call;
  log: Log;
}

/** `GET /health`: this process answers. `GET /health/ready`: the database does too, and its schema is there. */
export function createApp({ call, log }: HealthDeps): Hono<Env> {
  const app = createRouter("health", log);
  app.get("/", (c) => c.json({ status: "ok" }));
  app.get("/ready", async (c) => {
    const schema_version = await schemaVersion(call);
    if (schema_version === null) throw new HttpError(503, "not_ready", "The database has no migrations yet.");
    return c.json({ status: "ready", schema_version });
  });
  app.all("/", onlyMethods("GET", "HEAD"));
  app.all("/ready", onlyMethods("GET", "HEAD"));
  return app;
}

async function schemaVersion(call: Call): Promise<string | null> {
  try {
    // A PL/pgSQL call: a server that was upgraded while it runs still answers `select 1`.
    return (await call("integrations.schema_version", [])).schema_version;
  } catch (error) {
    throw unavailable(error);
  }
}
