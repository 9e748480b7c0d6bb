// What the jobs of an enrichment run share: what to ask and with which key, and telling the run when it failed for good.

import { z } from "zod";
import type { JobContext } from "./jobs.ts";
import { withLastWord } from "./last_word.ts";
import { NeedsPerson } from "./providers/call.ts";

export const RunPayload = z.object({ run_id: z.guid() });
export type RunPayload = z.infer<typeof RunPayload>;

export interface Run {
  domains: string[];
  filters: Record<string, string | number | boolean>;
  kind: string;
  page: number;
  provider_job_id: string | null;
  /** An earlier attempt may have reached the provider. */
  was_asked: boolean;
}

/** Speaks for a run; does nothing when the run is over. */
export async function withRun(
  runId: string,
  context: JobContext,
  work: (run: Run, key: string) => Promise<void>,
  callbackHash: Uint8Array | null = null,
): Promise<void> {
  const { sql, secrets } = context;
  const [run] = await sql<(Run & { api_key: string | null })[]>`
    select kind, to_jsonb(domains) as domains, filters, page, provider_job_id, api_key, was_asked
    from integrations.begin_enrichment(${runId}, ${callbackHash})`;
  if (run === undefined) return;
  await withLastWord(
    context,
    async () => {
      if (run.api_key === null) throw new NeedsPerson("There is no key of this provider: store one.");
      await work(run, await secrets.open(run.api_key));
    },
    (reason) => sql`select integrations.fail_enrichment(${runId}, ${reason})`,
  );
}
