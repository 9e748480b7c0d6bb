import { root } from "../../local/paths.ts";
import { timesOf } from "../support/processor.ts";
import type { Arena, Receiver } from "./arena.ts";
import type { Load, LoadResult } from "./load.ts";

export interface Measured extends LoadResult {
  rate: number;
  /** Microseconds of processor time a request, which a busy machine changes less than the rate; NaN where unknown. */
  cpu: { server: number; database: number };
}

/** Sends a load to a receiver from a process of its own; `started` is called when its first request goes out. */
export async function measure(
  arena: Arena,
  receiver: Receiver,
  load: Omit<Load, "url">,
  started: () => void = () => {},
): Promise<Measured> {
  const before = cpuTimes(arena, receiver);
  const result = await send({ ...load, url: receiver.url }, started);
  const after = cpuTimes(arena, receiver);
  const failed = Object.entries(result.statuses).filter(([status]) => status !== "200");
  if (failed.length) throw new Error(`Answers other than 200: ${JSON.stringify(result.statuses)}`);
  const each = (name: keyof CpuTimes) => 1e6 * used(before[name], after[name]) / result.requests;
  return {
    ...result,
    rate: result.requests / result.seconds,
    cpu: { server: each("server"), database: each("database") },
  };
}

async function send(load: Load, started: () => void): Promise<LoadResult> {
  const script = [`--config=${root}/deno.json`, `${root}/bench/webhooks/load.ts`, JSON.stringify(load)];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ...script],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (!printed) started();
    printed += text;
  }
  if (!(await child.status).success) throw new Error("The load generator failed.");
  return JSON.parse(printed.split("\n")[1]!);
}

/** Seconds of processor time by process id: of the receiver, and of every process of Postgres. */
type CpuTimes = Record<"server" | "database", Map<number, number>>;

function cpuTimes({ postmaster }: Arena, { pid: receiver }: Receiver): CpuTimes {
  const times: CpuTimes = { server: new Map(), database: new Map() };
  for (const { name } of Deno.build.os === "linux" ? Deno.readDirSync("/proc") : []) {
    const pid = Number(name);
    if (!pid) continue;
    const { parent, own } = timesOf(pid) ?? { parent: 0, own: 0 };
    if (pid === receiver) times.server.set(pid, own);
    if (pid === postmaster || parent === postmaster) times.database.set(pid, own);
  }
  return times;
}

/** What processes that still run have used; NaN where nothing is known. */
function used(before: Map<number, number>, after: Map<number, number>): number {
  if (!after.size) return NaN;
  return [...after].reduce((sum, [pid, seconds]) => sum + seconds - (before.get(pid) ?? 0), 0);
}
