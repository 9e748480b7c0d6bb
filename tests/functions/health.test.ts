import { describe, expect, it } from "vitest";
import type { Call } from "../../supabase/functions/_shared/db.ts";
import { createApp } from "../../supabase/functions/health/app.ts";
import { createBench, sqlError } from "./support.ts";

function ask(path: string, call: () => Promise<unknown>, method = "GET"): Promise<Response> {
  const app = createApp({ call: call as unknown as Call, log: createBench().deps.log });
  return Promise.resolve(app.fetch(new Request(`http://localhost${path}`, { method })));
}

const version = () => Promise.resolve({ schema_version: "20260101000901" });
const down = () => Promise.reject(sqlError("ECONNREFUSED"));

describe("health", () => {
  it("is ok while the process answers, whatever the database does", async () => {
    const response = await ask("/health", down);
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  });

  it("is ready with the schema's version", async () => {
    const response = await ask("/functions/v1/health/ready", version);
    expect([response.status, await response.json()]).toEqual([200, {
      status: "ready",
      schema_version: "20260101000901",
    }]);
  });

  it.each([
    ["the database is away", down],
    ["the function is missing", () => Promise.reject(sqlError("42883"))],
    ["no migration has run", () => Promise.resolve({ schema_version: null })],
  ])("is not ready when %s", async (_name, call) => {
    expect((await ask("/health/ready", call)).status).toBe(503);
  });

  it("knows no other method and no other path", async () => {
    for (const path of ["/health", "/health/ready"]) {
      const response = await ask(path, version, "POST");
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
      expect((await ask(path, version, "HEAD")).status).toBe(200);
    }
    expect((await ask("/health/other", version)).status).toBe(404);
  });
});
