// Processor time: on a busy machine a steadier figure than the rate.

/** Seconds used so far by this process and by a Postgres with all its sessions, past ones too; NaN where unknown. */
export function processorSeconds(postmaster: number): number {
  if (Deno.build.os !== "linux") return NaN;
  let total = timesOf(Deno.pid)!.own;
  for (const { name } of Deno.readDirSync("/proc")) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
    if (Number(name) === postmaster) total += times!.own + times!.ended;
    else if (times?.parent === postmaster) total += times.own;
  }
  return total;
}

export interface ProcessTimes {
  parent: number;
  /** Seconds of its own, and of its children that have ended. */
  own: number;
  ended: number;
}

/** Fields of /proc/<pid>/stat, counted after the name, which may hold anything. */
export function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const seconds = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) / 100;
    return { parent: Number(fields[1]), own: seconds(11), ended: seconds(13) };
  } catch {
    return undefined;
  }
}
