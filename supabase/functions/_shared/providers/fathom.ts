// Fathom's API, as far as we use it: meetings ten a page, their transcripts and summaries, the webhook.

import { z } from "zod";
import { GiveUp, type JobContext } from "../jobs.ts";
import { callProvider, NeedsPerson, type ProviderCall, providerUrl, Refused } from "./call.ts";

const baseUrl = () => providerUrl("fathom", "https://api.fathom.ai/external/v1");

// A meeting goes to the database as it is; what is read of it there is private.read_call.
const Meeting = z.looseObject({ recording_id: z.union([z.int(), z.string()]) });
const Page = z.object({ next_cursor: z.string().nullish(), items: z.array(Meeting) });
const Transcript = z.object({ transcript: z.array(z.looseObject({ text: z.string() })) });
const Summary = z.object({ summary: z.looseObject({ markdown_formatted: z.string().nullish() }) });
const Webhook = z.object({ id: z.string(), secret: z.string().startsWith("whsec_") });

interface Account {
  api_key: string;
  created_after: Date;
}

/**
 * Speaks for an account while `work` runs. A key that Fathom refuses ends the account until a person stores another.
 *
 * @throws GiveUp when the account is disconnected.
 */
export async function withFathom<T>(
  account: string,
  context: JobContext,
  work: (fathom: Fathom, createdAfter: string) => Promise<T>,
): Promise<T> {
  const [found] = await context.sql<Account[]>`select * from integrations.get_fathom_account(${account}::uuid)`;
  if (found === undefined) throw new GiveUp("The Fathom account is disconnected; people were told.");
  try {
    const key = await context.secrets.open(found.api_key);
    return await work(new Fathom({ key, signal: context.signal }), new Date(found.created_after).toISOString());
  } catch (error) {
    if (error instanceof NeedsPerson && error.status === 401) {
      await context.sql`select integrations.fail_fathom_account(${account}::uuid, ${error.message})`;
    }
    throw error;
  }
}

export class Fathom {
  constructor(private readonly options: { key: string; signal?: AbortSignal; timeoutMs?: number }) {}

  /** A page of meetings that were made after a time. */
  async meetings(createdAfter: string, cursor: string | undefined): Promise<z.infer<typeof Page>> {
    const query = new URLSearchParams({
      created_after: createdAfter,
      include_transcript: "true",
      include_summary: "true",
      include_action_items: "true",
    });
    if (cursor) query.set("cursor", cursor);
    return await this.#call({ path: `/meetings?${query}`, schema: Page });
  }

  /** Null: it is not ready, or there will be none. */
  async transcript(recordingId: string): Promise<z.infer<typeof Transcript>["transcript"] | null> {
    const path = `/recordings/${encodeURIComponent(recordingId)}/transcript`;
    return (await unlessMissing(this.#call({ path, schema: Transcript })))?.transcript ?? null;
  }

  /** Null: it is not ready, or there will be none. */
  async summary(recordingId: string): Promise<z.infer<typeof Summary>["summary"] | null> {
    const path = `/recordings/${encodeURIComponent(recordingId)}/summary`;
    return (await unlessMissing(this.#call({ path, schema: Summary })))?.summary ?? null;
  }

  /** The secret is told this once. */
  async createWebhook(url: string): Promise<z.infer<typeof Webhook>> {
    const body = {
      destination_url: url,
      triggered_for: [
        "my_recordings",
        "shared_external_recordings",
        "my_shared_with_team_recordings",
        "shared_team_recordings",
      ],
      include_transcript: true,
      include_summary: true,
      include_action_items: true,
      include_crm_matches: false,
    };
    return await this.#call({ path: "/webhooks", body, schema: Webhook });
  }

  #call<T>({ path, ...rest }: Pick<ProviderCall<T>, "schema" | "body"> & { path: string }): Promise<T> {
    const { key, signal, timeoutMs } = this.options;
    const url = `${baseUrl()}${path}`;
    return callProvider({ provider: "Fathom", url, headers: { "x-api-key": key }, signal, timeoutMs, ...rest });
  }
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
