// A customer's endpoint. The last part of the path says how it behaves: /200, /500, /410, /429 (Retry-After: 120), /301
// (to /200), /never (no answer), /large (10 MB). `deno run -A simulators/customer.ts [port]` serves it by itself.

import { Hono } from "hono";

/** One request as the customer got it. */
export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Customer {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

const megabyte = "x".repeat(1_000_000);

export function createCustomerApp(received: Received[], stopped: AbortSignal): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const headers = Object.fromEntries(c.req.raw.headers);
    received.push({ path: c.req.path, headers, body: await c.req.text() });
    await next();
  });
  app.post("/429", (c) => c.text("slow down", 429, { "Retry-After": "120" }));
  app.post("/301", (c) => c.redirect("/200", 301));
  app.post("/410", (c) => c.text("gone", 410));
  app.post("/never", () => new Promise<Response>((_, reject) => stopped.addEventListener("abort", () => reject())));
  app.post("/large", () => new Response(largeBody()));
  app.post("/:status{200|[45][0-9][0-9]}", (c) => c.json({ ok: false }, Number(c.req.param("status")) as 500));
  return app;
}

function largeBody(): ReadableStream<Uint8Array> {
  let left = 10;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new TextEncoder().encode(megabyte));
      else controller.close();
    },
  });
}

/** Serves on loopback; `tls` with this certificate. */
export function startCustomer(
  { port = 0, tls }: { port?: number; tls?: { cert: string; key: string } } = {},
): Customer {
  const received: Received[] = [];
  const stop = new AbortController();
  const app = createCustomerApp(received, stop.signal);
  app.onError((_, c) => c.text("stopped", 503));
  const options = { hostname: "127.0.0.1", port, onListen: () => {}, ...tls };
  const server = Deno.serve(options as Deno.ServeTcpOptions, app.fetch);
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${server.addr.port}`,
    received,
    close: async () => {
      stop.abort();
      await server.shutdown();
    },
  };
}

if (import.meta.main) {
  const { url } = startCustomer({ port: Number(Deno.args[0] ?? 0) });
  console.log(JSON.stringify({ url }));
}
