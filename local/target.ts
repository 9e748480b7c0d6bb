// What commands for operators work on: the database of DATABASE_URL or of the running stack, and the functions beside it.

import { describe, isLocal } from "./database.ts";
import { developmentKeys, runningStack } from "./stack.ts";

export interface Target {
  database: string;
  /** Where the functions answer. */
  functions: string;
}

export async function findTarget(): Promise<Target> {
  const given = Deno.env.get("DATABASE_URL");
  if (given) await describe(given);
  const stack = await runningStack();
  const database = given || stack?.database;
  if (!database) throw new Error("Nothing to connect to: set DATABASE_URL, or run `npm start` in another terminal.");
  const functions = Deno.env.get("FUNCTIONS_URL") || (stack?.database === database ? stack.functions : undefined);
  return { database, functions: functions ?? "https://<project>.supabase.co/functions/v1" };
}

/** The functions must be able to open what is sealed here, so a database elsewhere needs their own keys. */
export function secretKeys({ database }: Target): string {
  const keys = Deno.env.get("MILLRACE_SECRET_KEYS") || (isLocal(database) ? developmentKeys : undefined);
  if (!keys) throw new Error("Set MILLRACE_SECRET_KEYS as the functions have it: secrets are sealed with it.");
  return keys;
}
