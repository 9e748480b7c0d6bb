import { createHash } from "node:crypto";
import { z } from "zod";
import { hostOf, readBison } from "../../../../shared/bison.ts";
import { defineJob } from "../../_shared/jobs.ts";
import type { Bison, ListedEvent, Page } from "../../_shared/providers/bison.ts";
import { useBison } from "./sync_bison.ts";

const Payload = z.object({
  client: z.string(),
  list: z.guid(),
  run: z.guid(),
  page: z.object({ number: z.int().optional(), cursor: z.string().nullish() }),
});

interface Request {
  resource: string;
  scope: string;
  since: Date | null;
  client: string;
  yesterday: string;
  instance_url: string | null;
  api_key: string | null;
  workspace_id: string | null;
  asked_at: Date;
}

/** Reads one page of one of EmailBison's lists. What it asks for, and what follows, the database says. */
export const syncPage = defineJob({
  type: "sync_page",
  payload: Payload,
  async run({ list, run, page }, context) {
    const { sql } = context;
    const position = sql.json(page as never);
    const [request] = await sql<Request[]>`
      select resource, scope, since, client, yesterday::text, instance_url, api_key, workspace_id, asked_at
      from integrations.sync_request(${list}, ${run}, ${position})`;
    if (request === undefined) return;
    const answer = await useBison(request, context, (bison) => read(bison, request, page));
    await sql`
      select integrations.store_sync_page(${list}, ${run}, ${position}, ${
      sql.json(answer as never)
    }, ${request.asked_at})`;
  },
});

type Position = z.infer<typeof Payload>["page"];

async function read(bison: Bison, request: Request, { number = 1, cursor = null }: Position): Promise<Page> {
  const { resource, scope, since, yesterday, asked_at } = request;
  switch (resource) {
    case "campaigns":
      return await bison.campaigns(number);
    case "inboxes":
      return await bison.senders(number);
    case "warmup":
      return await bison.warmup(number, yesterday);
    case "tags":
      return await bison.tags(number);
    case "campaign_leads":
      return await bison.campaignLeads(Number(scope), cursor);
    case "leads":
      return await bison.leads(number, day(since ?? daysFrom(asked_at, -2)));
    case "replies":
      return await bison.replies(cursor);
    case "events": {
      // EmailBison's days may be another zone's.
      const from = daysFrom(since ?? daysFrom(asked_at, -10), -1);
      const { rows, ...rest } = await bison.events(cursor, day(from), day(daysFrom(asked_at, 1)));
      return { ...rest, rows: rows.map((event) => keyed(event, request)) };
    }
    default:
      throw new Error(`There is no list ${resource}.`);
  }
}

/** A listed event with what the inbox would know it by. */
function keyed({ id, payload, created_at }: ListedEvent, { instance_url, workspace_id }: Request) {
  const endpoint = { instanceHost: hostOf(instance_url ?? ""), workspaceId: workspace_id ?? undefined };
  const receivedAt = Date.parse(created_at);
  const text = JSON.stringify(payload);
  const at = (receivedAt: number) => {
    const reading = readBison(payload, text, endpoint, { receivedAt, digest });
    if (reading.kind === "invalid") throw new Error(`Event ${id} of EmailBison's list is no event.`);
    return reading.delivery;
  };
  const { key, type, occurredAt } = at(receivedAt);
  const event = { id, created_at, event_type: type, payload, occurred_at: occurredAt ?? created_at };
  // The key of an event without an id ends with the minutes in which it came.
  if (at(receivedAt + 3_600_000).key === key) return { ...event, delivery_key: key };
  const end = key.lastIndexOf("|");
  return { ...event, key_start: key.slice(0, end), bucket: Number(key.slice(end + 1)) };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function daysFrom(at: Date, days: number): Date {
  return new Date(at.getTime() + days * 86_400_000);
}
