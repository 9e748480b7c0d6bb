/** The wanted port, or the next one that nobody listens on and is not spoken for. Port 0: any free one. */
export function freePort(wanted: number, spokenFor?: number): number {
  const last = wanted + 100;
  for (let port = wanted; port <= Math.min(last, 65_535); port++) {
    if (port === spokenFor) continue;
    try {
      const listener = Deno.listen({ hostname: "127.0.0.1", port });
      const { port: free } = listener.addr as Deno.NetAddr;
      listener.close();
      return free;
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) {
        throw new Error(`You may not listen on port ${port}: choose one above 1023 with --port.`);
      }
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`Ports ${wanted} to ${last} are all taken: choose another one with --port.`);
}
