// The embedded Postgres: started on a data folder, stopped with whoever started it, and started again over whatever a
// kill -9 left behind.

import { availableParallelism } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { canEnter, serverUser, stateFolder } from "./paths.ts";
import { freePort } from "./ports.ts";
import { exists, installRuntime } from "./runtime.ts";

export interface Server {
  port: number;
  /** The postmaster's process id. */
  pid: number;
  folder: string;
  /** A connection string; the superuser is `supabase_admin`, migrations run as `postgres`. */
  url(database?: string, user?: string): string;
  /** Resolves when the server is gone, however that came. */
  gone: Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Data folder; default `data` in the state folder. */
  folder?: string;
  /** Wanted port: when it is taken, the next free one is used. */
  port?: number;
  /** No other port will do, as clients know this one: one that is taken is waited for. */
  samePort?: boolean;
  settings?: Record<string, string>;
  note?: (line: string) => void;
}

export const password = "postgres";

export async function startPostgres(options: ServerOptions = {}): Promise<Server> {
  const note = options.note ?? (() => {});
  const state = stateFolder(note);
  const runtime = await installRuntime(state);
  const folder = resolve(options.folder ?? `${state}/data`);
  const version = await versionOf(folder);
  const [, ours] = /postgres-(\d+)/.exec(basename(runtime))!;
  if (version && version !== ours) {
    throw new Error(
      `${folder} was made by Postgres ${version}, and this is Postgres ${ours}: choose another folder with --data, ` +
        "or empty it with `npm run db:reset`.",
    );
  }
  const lock = await lockFolder(folder);
  try {
    await clearLeftovers(runtime, folder, note);
    if (!await exists(`${folder}/PG_VERSION`)) await initialise(runtime, folder);
    const wanted = options.port ?? 54322;
    const { port, pid, gone, stop } = await launchOnPort(runtime, folder, wanted, options);
    if (wanted && port !== wanted) note(`Port ${wanted} is taken: Postgres listens on ${port}`);
    return { port, pid, folder, stop, gone: gone.finally(() => lock.close()), url: urls(port) };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Removes a data folder that no stack uses, and no other folder. */
export async function wipe(folder: string): Promise<void> {
  await versionOf(folder);
  const lock = await lockFolder(folder);
  try {
    await clearLeftovers(await installRuntime(stateFolder()), folder, () => {});
    if (await exists(folder)) await Deno.remove(folder, { recursive: true });
  } finally {
    lock.close();
  }
}

/** Of the Postgres that made a data folder; undefined for an empty one. Throws when it is something else. */
async function versionOf(folder: string): Promise<string | undefined> {
  const version = await Deno.readTextFile(`${folder}/PG_VERSION`).catch(() => undefined);
  if (version !== undefined) return version.trim();
  const kept = await Deno.stat(folder).catch(() => undefined);
  if (!kept) return undefined;
  if (!kept.isDirectory) throw new Error(`${folder} is no folder: choose another one with --data.`);
  for await (const { name } of Deno.readDir(folder)) {
    throw new Error(
      `${folder} has other files (${name}) and no database: choose a folder with --data that is empty or not there yet.`,
    );
  }
}

function urls(port: number) {
  return (database = "postgres", user = "postgres") =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** The kernel drops this lock with its process, so it never goes stale; its text is for people. */
async function lockFolder(folder: string): Promise<Deno.FsFile> {
  const path = `${folder}.lock`;
  await Deno.mkdir(dirname(folder), { recursive: true });
  const file = await Deno.open(path, { create: true, read: true, write: true });
  if (!await file.tryLock(true)) {
    const owner = (await Deno.readTextFile(path)).trim();
    file.close();
    throw new Error(`Millrace is already running on ${folder} (process ${owner}): stop it first.`);
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return file;
}

/**
 * After a kill -9 the data folder has a postmaster.pid. If its process still runs, it is stopped. If the number belongs
 * to another program by now, Postgres would refuse to start, so the number is replaced by one that no process has. The
 * file itself stays: by its other lines Postgres finds out that backends of the old server still run.
 */
async function clearLeftovers(runtime: string, folder: string, note: (line: string) => void): Promise<void> {
  const file = `${folder}/postmaster.pid`;
  const [pid, ...rest] = (await Deno.readTextFile(file).catch(() => "")).split("\n");
  if (!pid || Deno.build.os === "windows") return;
  if (await isPostmasterOf(pid, folder)) {
    note(`A Postgres of an earlier run (process ${pid}) still has ${folder}: stopping it`);
    await run([`${runtime}/bin/pg_ctl`, "stop", "-D", folder, "-m", "fast", "-w", "-t", "60"], folder);
  } else {
    await Deno.writeTextFile(file, [unusedPid, ...rest].join("\n"));
  }
}

/** Above what Linux and macOS ever give. */
const unusedPid = "4194305";

async function isPostmasterOf(pid: string, folder: string): Promise<boolean> {
  const command = Deno.build.os === "linux"
    ? await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "")
    : text((await new Deno.Command("ps", { args: ["-o", "command=", "-p", pid] }).output()).stdout);
  return command.includes("/postgres") && command.includes(folder);
}

/** Made beside its place and moved there, so that one that was cut off is never taken for a whole one. */
async function initialise(runtime: string, folder: string): Promise<void> {
  const partial = await emptyFolder(folder);
  const secret = `${partial}.password`;
  try {
    await Deno.writeTextFile(secret, password);
    if (serverUser) await Deno.chown(secret, serverUser.uid, serverUser.gid);
    await run([
      `${runtime}/bin/initdb`,
      `--pgdata=${partial}`,
      "--username=supabase_admin",
      `--pwfile=${secret}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8", // the same order and case rules on every machine
      "--no-instructions",
    ], partial);
    await Deno.rename(partial, folder);
  } finally {
    await Deno.remove(secret);
  }
}

async function emptyFolder(folder: string): Promise<string> {
  const [parent, prefix] = [dirname(folder), `${basename(folder)}.new-`];
  for await (const { name } of Deno.readDir(parent)) {
    if (name.startsWith(prefix)) await Deno.remove(`${parent}/${name}`, { recursive: true });
  }
  const partial = await Deno.makeTempDir({ dir: parent, prefix });
  if (serverUser) await Deno.chown(partial, serverUser.uid, serverUser.gid);
  if (canEnter(partial)) return partial;
  await Deno.remove(partial);
  throw new Error(`Postgres cannot run as root, and its user cannot enter ${parent}: choose a folder that it can.`);
}

/** Sized for a developer's machine; durability is never traded away. */
function serverSettings(port: number): Record<string, string> {
  const megabytes = Deno.systemMemoryInfo().total / 2 ** 20;
  const buffers = Math.min(1024, Math.max(128, Math.round(megabytes / 16)));
  return {
    port: `${port}`,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${Math.round(megabytes / 2)}MB`,
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    random_page_cost: "1.1",
    jit: "off",
    max_parallel_workers: `${availableParallelism()}`,
    timezone: "UTC",
    log_timezone: "UTC",
    log_line_prefix: "%m [%p] %q%u@%d ",
  };
}

/**
 * The shell between us and Postgres holds the read end of a pipe: when this process ends, even by kill -9, the pipe
 * closes and the shell asks Postgres for a fast shutdown. Detached, so that the terminal's Ctrl-C reaches only us and
 * Postgres goes last.
 */
const keeper = `
log=$1; shift
exec 3<&0
"$@" </dev/null 3<&- >>"$log" 2>&1 &
server=$!
{ read -r _ <&3; kill -INT $server; } 2>/dev/null &
watcher=$!
exec 3<&-
wait $server
status=$?
kill $watcher 2>/dev/null
exit $status`;

async function launchOnPort(runtime: string, folder: string, wanted: number, options: ServerOptions) {
  const { samePort = false, settings = {} } = options;
  const deadline = Date.now() + 120_000;
  for (let from = wanted;;) {
    const port = samePort ? wanted : freePort(from);
    const server = await launch(runtime, folder, port, settings);
    if (typeof server !== "string") return { port, ...server };
    const isTaken = server.includes("could not bind");
    const willPass = isTaken ? samePort : server.includes("pre-existing shared memory block");
    if (willPass && Date.now() < deadline) await pause(250);
    else if (isTaken && !samePort) from = port && port + 1;
    else throw new Error(`Postgres did not start on ${folder}:\n${server.trim().split("\n").slice(-8).join("\n")}`);
  }
}

/** The running server, or its log when it ended at once. */
async function launch(runtime: string, folder: string, port: number, extra: Record<string, string>) {
  const log = `${folder}/server.log`;
  let { size: start } = await Deno.stat(log).catch(() => ({ size: 0 }));
  if (start > 10_000_000) await Deno.truncate(log, start = 0);
  const settings = Object.entries({ ...serverSettings(port), ...extra });
  const command = [
    `${runtime}/bin/postgres`,
    "-D",
    folder,
    ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const child = spawn(command, folder, log);
  let status: Deno.CommandStatus | undefined;
  const gone = child.status.then((ended) => void (status = ended));
  const stop = async () => {
    if (status) return;
    if (Deno.build.os === "windows") await run([`${runtime}/bin/pg_ctl`, "stop", "-D", folder, "-m", "fast"], folder);
    else await child.stdin.close().catch(() => {});
    await gone;
  };
  for (;;) {
    const pid = await readyPid(folder);
    if (pid) return { pid, gone, stop };
    if (status) return text((await Deno.readFile(log)).subarray(start));
    await pause(20);
  }
}

function spawn(command: string[], folder: string, log: string): Deno.ChildProcess {
  const [program, args] = Deno.build.os === "windows"
    ? [command[0]!, command.slice(1)]
    : ["/bin/sh", ["-c", keeper, "postgres", log, ...command]];
  return new Deno.Command(program, {
    args,
    cwd: folder,
    ...serverUser,
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Line 8 of postmaster.pid says `ready` as soon as connections are taken. */
async function readyPid(folder: string): Promise<number | undefined> {
  const lines = (await Deno.readTextFile(`${folder}/postmaster.pid`).catch(() => "")).split("\n");
  if (lines[0] !== unusedPid && lines[7]?.trim() === "ready") return Number(lines[0]);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function run(command: string[], folder: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
    cwd: folder,
    ...serverUser,
    stdin: "null",
  }).output();
  if (!success) {
    throw new Error(`${command[0]!.split("/").at(-1)} failed: ${text(stderr.length ? stderr : stdout).trim()}`);
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
