import { createPool, type Pool, type PoolOptions } from "../../supabase/functions/_shared/db.ts";

/** The functions' own pool, with a deadline that a busy machine keeps: only what hangs meets it. */
export function openPatientPool(url: string, options: Partial<PoolOptions> = {}): Pool {
  return createPool(url, { size: 4, deadline: 60_000, mostWaiting: 100, prepare: true, ...options });
}
