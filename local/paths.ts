// Where things are. The state folder (runtime copy of Postgres, data, stack.json) is `.millrace/`, which git ignores.

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[/\\]$/, "");

/** The user that Postgres runs as: it refuses to be root, so root's stack runs it as `nobody`, or whoever there is. */
export const serverUser: { uid: number; gid: number } | undefined = Deno.build.os !== "windows" && Deno.uid() === 0
  ? anyUser()
  : undefined;

function anyUser(): { uid: number; gid: number } {
  const users = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"));
  const [, , uid, gid] = users.find(([name]) => name === "nobody") ?? users.find(([, , uid]) => Number(uid) > 0) ?? [];
  if (!uid) throw new Error("Postgres cannot run as root, and this machine has no other user: add one with useradd.");
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * `.millrace/`, or a folder under /var/tmp when the server's user cannot get there (a clone under /root, for one).
 * Says so through `note`.
 */
export function stateFolder(note: (line: string) => void = () => {}): string {
  const wanted = `${root}/.millrace`;
  make(wanted);
  if (canEnter(wanted)) return wanted;
  const elsewhere = `/var/tmp/millrace-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`;
  Deno.mkdirSync(elsewhere, { recursive: true });
  if (Deno.statSync(elsewhere).uid !== Deno.uid()) throw new Error(`${elsewhere} belongs to somebody else: remove it.`);
  note(`Postgres cannot run as root, and its user cannot enter ${root}: using ${elsewhere} instead of .millrace`);
  return elsewhere;
}

function make(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Error(`Millrace keeps its data in ${folder}, which cannot be made (${(error as Error).message}).`);
  }
}

/** Throws when an earlier run of another user has left a folder in which we may not write. */
export function requireOwn(folder: string): void {
  const owner = Deno.statSync(folder).uid;
  if (Deno.build.os === "windows" || Deno.uid() === 0 || owner === Deno.uid()) return;
  throw new Error(`${folder} belongs to another user, perhaps of an earlier run with sudo: chown or remove it.`);
}

/** Whether the server's user can get into a folder. */
export function canEnter(folder: string): boolean {
  if (!serverUser) return true;
  const { success } = new Deno.Command("/bin/sh", {
    args: ["-c", `cd "$1"`, "sh", folder],
    cwd: "/",
    ...serverUser,
    stderr: "null",
  })
    .outputSync();
  return success;
}
