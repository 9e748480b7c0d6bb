import type { JobContext } from "../_shared/jobs.ts";
import { createPorkbun, type Porkbun } from "../_shared/providers/porkbun.ts";

/** Credentials as the database has them. */
export interface Sealed {
  api_key: string;
  api_secret: string;
}

/** The registrar, as a job calls it. */
export async function porkbunOf(sealed: Sealed, { secrets, signal }: JobContext): Promise<Porkbun> {
  const apiKey = await secrets.open(sealed.api_key);
  return createPorkbun({ apiKey, apiSecret: await secrets.open(sealed.api_secret) }, signal);
}
