// Serves the simulated providers of the demo agency on loopback, each below its name: /bison, /calendly and so on. Its
// first line of output is JSON, {"url"}. Environment: SIMULATOR_PORT, FUNCTIONS_URL (where webhooks go).
import { Hono } from "hono";
import { createAllSimulators } from "./all.ts";

const functionsUrl = Deno.env.get("FUNCTIONS_URL") ?? "http://127.0.0.1:54321/functions/v1";

const simulators = createAllSimulators(functionsUrl, {
  // Ids go on where an earlier run, whose rows may still be in the database, left off: ten for every second since 2026.
  firstId: Math.floor((Date.now() - Date.UTC(2026, 0, 1)) / 100),
  delivery: { retryWaitsMs: [1_000, 5_000, 15_000, 60_000, 300_000] },
});

const app = new Hono();
app.get("/", (c) => c.json({ providers: Object.keys(simulators), control: "/<provider>/_simulator" }));
for (const [name, simulator] of Object.entries(simulators)) app.mount(`/${name}`, simulator.app.fetch);

const port = Number(Deno.env.get("SIMULATOR_PORT") ?? 54400);
const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, app.fetch);
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.addr.port}` }));

// A parent that was killed cannot say goodbye.
const parent = Number(Deno.env.get("PARENT_PID") ?? Deno.ppid);
setInterval(() => Deno.ppid !== parent && stop(), 1_000);

async function stop(): Promise<void> {
  await Promise.all([...Object.values(simulators).map((simulator) => simulator.close()), server.shutdown()]);
  Deno.exit(0);
}
Deno.addSignalListener("SIGINT", stop);
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
