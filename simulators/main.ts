// Serves the simulated EmailBison and Calendly of the demo agency on loopback. Its first line of output is JSON:
// {"bison": url, "calendly": url}. Environment: SIMULATOR_PORT (first port to try), FUNCTIONS_URL (where webhooks go).
import type { Hono } from "hono";
import { createAgencySimulators } from "./agency.ts";

const FIRST_PORT = Number(Deno.env.get("SIMULATOR_PORT") ?? 54400);
const FUNCTIONS_URL = Deno.env.get("FUNCTIONS_URL") ?? "http://127.0.0.1:54321/functions/v1";

/** The wanted port or the next free one. */
function serve(app: Hono, wanted: number): Deno.HttpServer<Deno.NetAddr> {
  for (let port = wanted; port < wanted + 100; port++) {
    try {
      return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, app.fetch);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`Ports ${wanted} to ${wanted + 99} are taken.`);
}

const { bison, calendly } = createAgencySimulators(FUNCTIONS_URL, {
  // Ids go on where an earlier run, whose rows may still be in the database, left off: ten for every second since 2026.
  firstId: Math.floor((Date.now() - Date.UTC(2026, 0, 1)) / 100),
  delivery: { retryWaitsMs: [1_000, 5_000, 15_000, 60_000, 300_000] },
});
const servers = [serve(bison.app, FIRST_PORT)];
servers.push(serve(calendly.app, servers[0]!.addr.port + 1));
const [bisonUrl, calendlyUrl] = servers.map(({ addr }) => `http://127.0.0.1:${addr.port}`);
console.log(JSON.stringify({ bison: bisonUrl, calendly: calendlyUrl }));

// A parent that was killed cannot say goodbye.
const parent = Deno.ppid;
setInterval(() => Deno.ppid !== parent && stop(), 1_000);

async function stop(): Promise<void> {
  await Promise.all([bison.close(), calendly.close(), ...servers.map((server) => server.shutdown())]);
  Deno.exit(0);
}
Deno.addSignalListener("SIGINT", stop);
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
