// The smallest honest receiver: the signature is checked, the body goes into one table, a repeated one is left out.
// The same Deno, Hono, driver, pool size and storage settings as ours. Its first line of output is JSON, {"url"}.

import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import postgres from "postgres";
import { prompt } from "../../supabase/functions/_shared/driver.ts";
import { secret } from "./deliveries.ts";
import { serve } from "./shell.ts";

const sql = postgres(Deno.env.get("DATABASE_URL")!, { ...prompt, max: 10, fetch_types: false, onnotice: () => {} });
const utf8 = new TextDecoder("utf-8", { fatal: true });
const insert = "insert into bench.deliveries (id, payload) values ($1, $2::text::jsonb) on conflict (id) do nothing";

const app = new Hono();
app.post("*", async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer());
  const signature = Buffer.from(c.req.header("signature") ?? "", "hex");
  const digest = createHmac("sha256", secret).update(body).digest();
  if (signature.length !== digest.length || !timingSafeEqual(signature, digest)) return c.json({ ok: false }, 401);
  const { count } = await sql.unsafe(insert, [c.req.header("webhook-id")!, utf8.decode(body)], { prepare: true });
  return c.json({ outcome: count === 1 ? "stored" : "duplicate" });
});
serve(app.fetch);
