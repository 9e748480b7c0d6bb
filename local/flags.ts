import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** Ports are checked here, so that everybody complains about them in the same words. */
export function parseFlags<const T extends Record<string, { type: "string" | "boolean"; short?: string }>>(
  usage: string,
  options: T,
) {
  try {
    return parseArgs({ args: Deno.args, options, allowPositionals: false }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new Error(`${reason}. Usage: ${usage}`);
  }
}

/** A path is meant from where the person stands; npm runs us in the project's folder. */
export function pathOf(value: string, name: string): string;
export function pathOf(value: string | undefined, name: string): string | undefined;
export function pathOf(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (!value.trim()) throw new Error(`${name} must be a path, and is empty.`);
  return resolve(Deno.env.get("INIT_CWD") || Deno.cwd(), value);
}

export function portOf(value: string | undefined, name: string): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${name} must be a port number from 1 to 65535, not ${JSON.stringify(value)}.`);
}
