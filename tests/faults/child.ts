// A Deno script as a child process that can be measured and killed, unlike the stack's own services, which come back.

import { root } from "../../local/paths.ts";

export interface Child {
  pid: number;
  /** What the script printed as its first line. */
  ready: Record<string, string>;
  /** Resolves when the process is gone. */
  gone: Promise<unknown>;
  /** Bytes of memory that the process holds. */
  memory(): Promise<number>;
  kill(): void;
  /** SIGTERM, and waits. */
  stop(): Promise<void>;
}

/** Starts a script whose first line of output is JSON; what it prints later is dropped unless `line` wants it. */
export async function startChild(
  script: string,
  env: Record<string, string>,
  line: (text: string) => void = () => {},
): Promise<Child> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", `--config=${root}/deno.json`, `${root}/${script}`],
    env,
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors: string[] = [];
  const ready = await new Promise<Record<string, string>>((resolve, reject) => {
    let isReady = false;
    const out = eachLine(child.stdout, (text) => {
      if (isReady || !text.startsWith("{")) return line(text);
      isReady = true;
      resolve(JSON.parse(text));
    });
    const err = eachLine(child.stderr, (text) => isReady ? line(text) : errors.push(text));
    Promise.all([out, err]).then(() => reject(new Error(`${script} did not start:\n${errors.join("\n")}`)));
  });
  const signal = (name: Deno.Signal) => {
    try {
      child.kill(name);
    } catch {
      // It is gone already.
    }
  };
  return {
    pid: child.pid,
    ready,
    gone: child.status,
    memory: () => residentBytes(child.pid),
    kill: () => signal("SIGKILL"),
    stop: async () => {
      signal("SIGTERM");
      await child.status;
    },
  };
}

/** The gateway that `npm start` runs, on a port that it keeps over restarts. */
export function startGateway(
  url: (user: string) => string,
  port: number,
  line?: (text: string) => void,
  env: Record<string, string> = {},
) {
  return startChild("local/gateway.ts", {
    ...env,
    GATEWAY_PORT: `${port}`,
    LOG_LEVEL: "error",
    WEBHOOK_DATABASE_URL: url("webhook_receiver"),
    API_DATABASE_URL: url("api_gateway"),
    MILLRACE_SECRET_KEYS: secretKeys,
  }, line);
}

export const secretKeys = "test:dGhpcnR5LXR3byBieXRlcyB0aGF0IG5vYm9keSB1c2U=";

async function residentBytes(pid: number): Promise<number> {
  if (Deno.build.os === "linux") {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s*(\d+)/m.exec(status)![1]) * 1024;
  }
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] }).output();
  return Number(new TextDecoder().decode(stdout)) * 1024;
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
