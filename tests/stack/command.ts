// Runs our commands as a person's terminal would: as a process group of its own, with everything they print. Linux only,
// as it looks into /proc.

import { root } from "../../local/paths.ts";

/** Milliseconds, for what hangs. */
export const patience = 300_000;

export interface Command {
  pid: number;
  /** Everything printed so far, on both streams. */
  output(): string;
  /** Waits until the output has the text; fails when the command ends before. */
  says(text: string | RegExp): Promise<void>;
  status: Promise<Deno.CommandStatus>;
  /** A signal to every process of the terminal's foreground group, as Ctrl-C is. */
  signalGroup(signal: Deno.Signal): void;
  /** All processes that it started, and those that they started. */
  descendants(): number[];
}

export function run(command: string, args: string[] = [], env: Record<string, string> = {}): Command {
  const child = new Deno.Command("node", {
    args: [`${root}/local/run.mjs`, command, ...args],
    env: { DATABASE_URL: "", ...env },
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  let ended = false;
  const status = Promise.all([child.status, collect(child.stdout), collect(child.stderr)])
    .then(([status]) => (ended = true, status));
  return {
    pid: child.pid,
    status,
    output: () => text,
    says: async (wanted) => {
      const deadline = performance.now() + patience;
      while (!(typeof wanted === "string" ? text.includes(wanted) : wanted.test(text))) {
        if (ended || performance.now() > deadline) throw new Error(`${command} did not say ${wanted}:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    signalGroup: (signal) => kill(-child.pid, signal),
    descendants: () => [...descendantsOf(child.pid)],
  };
}

export function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It is gone.
  }
}

/** As if the power had gone: none of them sees another one end. */
export async function killAll(pids: number[]): Promise<void> {
  for (const pid of pids) kill(pid, "SIGSTOP");
  for (const pid of pids) kill(pid, "SIGKILL");
  await allGone(pids);
}

function* descendantsOf(pid: number): Generator<number> {
  for (const child of processes().filter((process) => process.parent === pid)) {
    yield child.pid;
    yield* descendantsOf(child.pid);
  }
}

function processes(): { pid: number; parent: number }[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    const [, parent] = statOf(Number(name));
    return { pid: Number(name), parent: Number(parent) };
  });
}

/** State, parent and so on of a process, as from the third field of its `stat`; nothing when there is none. */
function statOf(pid: number): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
  } catch {
    return [];
  }
}

export function commandLine(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/** A zombie is gone, unless it has threads that still hold its files. */
function isAlive(pid: number): boolean {
  const { 0: state, 17: threads } = statOf(pid);
  return state !== undefined && (state !== "Z" || Number(threads) > 1);
}

/** Waits until none of the processes is left. */
export async function allGone(pids: number[]): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const left = pids.filter(isAlive);
    if (!left.length) return;
    if (performance.now() > deadline) {
      throw new Error(`Still running: ${left.map((pid) => `${pid} ${commandLine(pid)}`).join("; ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
