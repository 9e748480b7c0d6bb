// Progress for people: one line a step with its time.

export interface Report {
  /** Runs a step; `say` adds what came out of it to the step's line. */
  step<T>(name: string, run: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  note(line: string): void;
}

export function createReport(write: (line: string) => void): Report {
  return {
    async step(name, run) {
      const started = performance.now();
      let detail = "";
      const result = await run((text) => (detail = text));
      const time = `${Math.round(performance.now() - started)} ms`.padStart(9);
      write(`${time}  ${name}${detail && `: ${detail}`}`);
      return result;
    },
    note: (line) => write(`${"".padStart(9)}  ${line}`),
  };
}

/** One sentence for what a person can correct; a stack trace for what only a developer can. */
export function fail(error: unknown): never {
  console.error(`\n${error instanceof Error && error.constructor === Error ? error.message : String(error)}`);
  if (Deno.env.get("DEBUG") && error instanceof Error) console.error(error.stack);
  Deno.exit(1);
}
