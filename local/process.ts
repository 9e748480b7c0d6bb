// Child processes of the stack: Deno scripts that end with us, and come back when they are killed.

import { root } from "./paths.ts";

export interface Service {
  /** What the script printed as its first line. */
  ready: Record<string, string>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  script: string;
  env: Record<string, string>;
  /** Every further line. */
  line: (line: string) => void;
  /** Called when the script ended by itself, before it is started again. */
  restarted: () => void;
}

/** Starts a script whose first line of output is JSON, and starts it again whenever it ends before `stop`. */
export async function startService(options: ServiceOptions): Promise<Service> {
  let stopping = false;
  let current = await launch(options);
  const keeping = (async () => {
    for (;;) {
      await current.child.status;
      if (stopping) return;
      options.restarted();
      current = await relaunch(options, () => stopping);
    }
  })();
  return {
    ready: current.ready,
    stop: async () => {
      stopping = true;
      const { child } = current;
      const kill = (signal: Deno.Signal) => {
        try {
          child.kill(signal);
        } catch {
          // It is gone already.
        }
      };
      kill("SIGTERM");
      const patience = setTimeout(() => kill("SIGKILL"), 10_000);
      await child.status;
      clearTimeout(patience);
      await Promise.race([keeping, new Promise((resolve) => setTimeout(resolve, 100))]);
    },
  };
}

async function relaunch(options: ServiceOptions, stopping: () => boolean) {
  for (;;) {
    try {
      return await launch(options);
    } catch (error) {
      if (stopping()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function launch({ script, env, line }: ServiceOptions) {
  const child = new Deno.Command(Deno.execPath(), {
    // Without the flag, Deno prints a warning among the events.
    args: ["run", "--allow-all", "--unstable-no-legacy-abort", `--config=${root}/deno.json`, `${root}/${script}`],
    // One that starts slowly may never see us alive.
    env: { ...env, PARENT_PID: `${Deno.pid}` },
    cwd: root,
    // Out of the terminal's reach: Ctrl-C comes to us, and we stop everything in order.
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors: string[] = [];
  const ready = new Promise<Record<string, string>>((resolve, reject) => {
    let isFirst = true;
    const out = eachLine(child.stdout, (text) => {
      if (!isFirst || !text.startsWith("{")) return line(text);
      isFirst = false;
      resolve(JSON.parse(text));
    });
    const err = eachLine(child.stderr, (text) => isFirst ? errors.push(text) : line(text));
    Promise.all([out, err]).then(() => reject(new Error(`${script} did not start:\n${errors.join("\n")}`)));
  });
  return { child, ready: await ready };
}

async function eachLine(stream: ReadableStream<Uint8Array>, use: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(use);
  }
  if (rest) use(rest);
}
