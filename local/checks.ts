// Named checks, run one after the other, with the closing line that CI reads.

export interface Check {
  name: string;
  /** Returns what is wrong, nothing when all is well; throwing is wrong as well. */
  run: () => Promise<string>;
}

export async function runChecks(checks: Check[]): Promise<boolean> {
  let failed = 0;
  for (const { name, run } of checks) {
    const started = performance.now();
    const complaint = await run().catch((error) => error instanceof Error ? error.message : String(error));
    if (complaint) failed++;
    console.log(`${complaint ? "FAILED" : "ok"}  ${name} (${Math.round(performance.now() - started)} ms)`);
    if (complaint) console.log(complaint.trimEnd().replace(/^/gm, "    "));
  }
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

/** Runs a program; what it printed is what is wrong when it fails. */
export async function complaintOf(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env: { NO_COLOR: "1" } }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return success ? "" : `${text(stdout)}${text(stderr)}` || `${program} failed`;
}
