// `npm run hub:load` as a process of its own, and the memory it takes.

import { root } from "../../local/paths.ts";

export interface LoaderRun {
  milliseconds: number;
  /** Mebibytes: the most, and the most in the second and in the last quarter of the time. */
  memory: { most: number; second: number; last: number };
}

export async function runLoader(database: string, path: string, ...flags: string[]): Promise<LoaderRun> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      `--config=${root}/deno.json`,
      "--v8-flags=--max-semi-space-size=2",
      `${root}/local/hub_load.ts`,
      path,
      ...flags,
    ],
    env: { DATABASE_URL: database },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const sizes: number[] = [];
  const watch = setInterval(() => sizes.push(residentMebibytes(child.pid)), 50);
  const { success } = await child.status;
  clearInterval(watch);
  if (!success) throw new Error("The loader failed.");
  const quarter = (n: number) => sizes.slice(Math.floor(sizes.length * (n - 1) / 4), Math.ceil(sizes.length * n / 4));
  return {
    milliseconds: performance.now() - started,
    memory: { most: Math.max(...sizes), second: Math.max(...quarter(2)), last: Math.max(...quarter(4)) },
  };
}

function residentMebibytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
