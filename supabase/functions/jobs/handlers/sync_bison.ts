import type { JobContext } from "../../_shared/jobs.ts";
import { type Bison, createBison } from "../../_shared/providers/bison.ts";
import { NeedsPerson } from "../../_shared/providers/call.ts";

/** Where a client's EmailBison is, as the database knows it. */
export interface BisonAccess {
  client: string;
  instance_url: string | null;
  api_key: string | null;
}

/** Asks EmailBison with a client's key. When only a person can make it work, every reading of the client ends and people are told. */
export async function useBison<T>(
  access: BisonAccess,
  context: JobContext,
  ask: (bison: Bison) => Promise<T>,
): Promise<T> {
  try {
    return await ask(await openBison(access, context));
  } catch (error) {
    if (error instanceof NeedsPerson) {
      await context.sql`select integrations.block_sync(${access.client}, ${error.message})`;
    }
    throw error;
  }
}

async function openBison({ client, instance_url, api_key }: BisonAccess, { secrets, signal }: JobContext) {
  if (!instance_url || !api_key || !URL.canParse(instance_url)) {
    throw new NeedsPerson(`Set "App URL- Bison" and "Api Key - Bison" of ${client}.`);
  }
  const token = await secrets.open(api_key).catch(() => {
    throw new NeedsPerson(
      `"Api Key - Bison" of ${client} cannot be opened: set it anew, or add its key to MILLRACE_SECRET_KEYS.`,
    );
  });
  return createBison({ instanceUrl: instance_url, token, signal });
}
