// Debian's Postgres 15 for what the embedded server cannot do: extensions in C. Installs nothing: it says what is missing.

import { serverUser } from "./paths.ts";
import { preparePlatform } from "./platform.ts";
import { freePort } from "./ports.ts";
import { exists } from "./runtime.ts";

const home = "/usr/lib/postgresql/15";
const bin = `${home}/bin`;

/**
 * Runs `work` on a new cluster with the platform's stand-ins, in a folder of its own that is removed afterwards.
 *
 * @param libraries The libraries of extensions that must be there, each with the package that has it.
 */
export async function onDebian(
  libraries: Record<string, string>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const wanted: Record<string, string> = { [`${bin}/postgres`]: "postgresql-15" };
  for (const [library, deb] of Object.entries(libraries)) wanted[`${home}/lib/${library}.so`] = deb;
  const missing: string[] = [];
  for (const [file, deb] of Object.entries(wanted)) if (!await exists(file)) missing.push(deb);
  if (missing.length) {
    throw new Error(`This needs ${missing.join(" and ")} of Debian 12: apt-get install ${missing.join(" ")}`);
  }
  const folder = await Deno.makeTempDir({ prefix: "millrace-debian-" });
  if (serverUser) await Deno.chown(folder, serverUser.uid, serverUser.gid);
  const cluster = await startCluster(folder, Object.keys(libraries));
  try {
    // pg_cron 1.4 connects like anybody else, so the local user is trusted.
    const url = `postgres://postgres@127.0.0.1:${cluster.port}/postgres`;
    await preparePlatform(url);
    await work(url);
  } finally {
    await cluster.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function startCluster(folder: string, libraries: string[]): Promise<{ port: number; stop(): Promise<void> }> {
  const data = `${folder}/data`;
  const patient = ["-w", "-t", "600"];
  await command([`${bin}/initdb`, "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    ...(libraries.includes("pg_cron") ? cronSettings : {}),
    fsync: "off",
    timezone: "UTC",
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`).join(" ");
  for (;;) {
    const port = freePort(0);
    const log = `${folder}/log-${port}`;
    try {
      await command([`${bin}/pg_ctl`, "start", "-D", data, ...patient, "-l", log, "-o", `-p ${port} ${flags}`]);
      return { port, stop: () => command([`${bin}/pg_ctl`, "stop", "-D", data, "-m", "fast", ...patient]) };
    } catch (error) {
      // Somebody was faster.
      if (!(await Deno.readTextFile(log)).includes("could not bind")) throw error;
    }
  }
}

const cronSettings = {
  shared_preload_libraries: "pg_cron",
  "cron.database_name": "postgres",
  "cron.host": "127.0.0.1",
};

async function command([name, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name!, {
    args,
    ...(serverUser ? { uid: serverUser.uid, gid: serverUser.gid } : {}),
    cwd: "/tmp",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${name} failed: ${new TextDecoder().decode(stderr).trim().slice(-500)}`);
}
