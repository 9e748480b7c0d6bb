/** Serves on a free port until SIGTERM or the end of the parent process; says where in its first line. */
export function serve(fetch: (request: Request) => Response | Promise<Response>): void {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, fetch);
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.addr.port}` }));
  const parent = Deno.ppid;
  setInterval(() => Deno.ppid !== parent && Deno.exit(0), 500);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
}
