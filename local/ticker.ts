/** Lines a second that a person can still follow; more than that is counted instead. */
const most = 25;

/** Prints one line an event, and one for all those beyond what can be read. */
export function createTicker(write: (line: string) => void) {
  let second = 0;
  let shown = 0;
  let hidden = 0;

  function turn(now: number): void {
    if (hidden) write(`${clock()}  ... and ${hidden} more`);
    second = now;
    shown = hidden = 0;
  }

  return {
    /** `describe` gets a copy of the response to read, and is not called for an event that is not shown. */
    tick(describe: (copy?: Response) => Promise<string> | string, response?: Response): void {
      const now = Math.floor(Date.now() / 1000);
      if (now !== second) turn(now);
      if (shown === most) {
        if (!hidden++) setTimeout(() => turn(0), 1_000);
        return;
      }
      shown++;
      const at = clock();
      Promise.resolve(describe(response?.clone())).then((text) => write(`${at}  ${text.trimEnd()}`), () => {});
    },
  };
}

export function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
