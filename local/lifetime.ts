/** Runs until Ctrl-C, SIGTERM, SIGHUP or the end of the parent process; then `stop`, and a clean end. */
export async function untilStopped(stop: () => Promise<void>): Promise<never> {
  const parent = Deno.ppid;
  await new Promise<void>((resolve) => {
    const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) Deno.addSignalListener(signal, () => resolve());
    setInterval(() => Deno.ppid !== parent && resolve(), 500);
  });
  await stop();
  Deno.exit(0);
}
