import { freePort } from "../../local/ports.ts";

/** Below those that the kernel gives to clients, and to servers that want any. */
const lowest = 20_000;
const pairs = 5_000;

/**
 * A port for a server that is started later, stopped, and started again: until this process ends it is nobody else's, as
 * the one above it, which is listened on, tells every other test run on this machine.
 */
export function reservePort(): number {
  for (;;) {
    const port = lowest + 2 * Math.floor(Math.random() * pairs);
    try {
      const guard = Deno.listen({ hostname: "127.0.0.1", port: port + 1 });
      guard.unref();
      if (freePort(port) === port) return port;
      guard.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
