/** The wanted port, or the next one that nobody listens on. Port 0: any free one. */
export function freePort(wanted: number, last = wanted + 100): number {
  for (let port = wanted; port <= Math.min(last, 65_535); port++) {
    try {
      const listener = Deno.listen({ hostname: "127.0.0.1", port });
      const { port: free } = listener.addr as Deno.NetAddr;
      listener.close();
      return free;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`Ports ${wanted} to ${last} are all taken: choose another one with --port.`);
}
