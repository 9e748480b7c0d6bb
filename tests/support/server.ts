import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { migrate, setLocalPasswords } from "../../local/migrate.ts";
import { connect, prepareEmbedded } from "../../local/platform.ts";
import { type Server, startPostgres } from "../../local/postgres.ts";

export const template = "template_millrace";

const prefix = "millrace-test-";
/** Linux's folder in memory. */
const memory = "/dev/shm";
/** Bytes that must be free in it. */
const roomWanted = 2 ** 31;

/** Set for the test processes: the port of the server that the run shares. */
export const portVariable = "MILLRACE_TEST_PORT";

/**
 * A server in a temporary folder with a migrated template database. Without fsync, as nobody needs it after a power cut;
 * `durable` is for measurements.
 */
export async function startTestServer({ durable = false } = {}): Promise<Server> {
  for (const dir of [tmpdir(), memory]) await removeLeftovers(dir);
  const folder = await Deno.makeTempDir({ dir: !durable && await hasRoom(memory) ? memory : tmpdir(), prefix });
  await Deno.chmod(folder, 0o755);
  const server = await startPostgres({
    folder: `${folder}/data`,
    port: 0,
    settings: durable
      ? { min_wal_size: "2GB" }
      // One iteration: the clients of a run log in thousands of times. No database gets statistics, or has its old rows
      // removed, because it happened to be there when autovacuum came by.
      : {
        autovacuum: "off",
        fsync: "off",
        full_page_writes: "off",
        shared_buffers: "256MB",
        max_wal_size: "512MB",
        scram_iterations: "1",
      },
  });
  const stop = async () => {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await createTemplate(server);
  } catch (error) {
    await stop();
    throw error;
  }
  Deno.env.set(portVariable, `${server.port}`);
  return { ...server, stop };
}

/**
 * In memory a database is cloned in a tenth of a second. On ext4 it takes a whole one: for seconds it passes over the
 * inodes of the 1,500 files of each database that was dropped.
 */
async function hasRoom(dir: string): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.systemMemoryInfo().available < 2 * roomWanted) return false;
  const free = await statfs(dir).then(({ bavail, bsize }) => bavail * bsize, () => 0);
  return free >= roomWanted;
}

/** Folders of runs that were killed: nobody holds their lock, and they are not being made just now. */
async function removeLeftovers(dir: string): Promise<void> {
  for (const { name } of await Array.fromAsync(Deno.readDir(dir)).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const folder = `${dir}/${name}`;
    try {
      const { mtime } = await Deno.stat(folder);
      using lock = await Deno.open(`${folder}/data.lock`, { write: true });
      const isOld = Date.now() - mtime!.getTime() > 600_000;
      if (isOld && await lock.tryLock(true)) await Deno.remove(folder, { recursive: true });
    } catch {
      // Somebody else's, or gone already.
    }
  }
}

async function createTemplate(server: Server): Promise<void> {
  const admin = connect(server.url("postgres", "supabase_admin"));
  await admin.unsafe(`create database ${template}`);
  await prepareEmbedded(server, template);
  await migrate(server.url(template));
  await setLocalPasswords(server.url(template));
  await admin.unsafe(`alter database ${template} with allow_connections false is_template true`);
  await admin.end();
}
