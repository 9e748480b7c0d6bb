import { createHash } from "node:crypto";
import { z } from "zod";
import { missedEvents, readCalendly } from "../../../../shared/calendly.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { openCalendly } from "../../_shared/providers/calendly.ts";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** Fetches one page of meetings with their invitees, and has handled what no webhook brought. */
export const reconcileCalendly = defineJob({
  type: "reconcile_calendly",
  payload: z.object({
    client: z.string(),
    since: z.string(),
    started_at: z.string(),
    page_token: z.string().nullable(),
    ingested: z.int(),
  }),
  async run({ client, since, started_at, page_token, ingested }, context) {
    const { calendly } = await openCalendly(client, context);
    const { collection, pagination } = await calendly.scheduledEvents(since, page_token);
    const deliveries = [];
    for (const meeting of collection) {
      for (const invitee of await calendly.invitees(meeting.uri)) {
        for (const body of missedEvents(invitee, meeting)) {
          const reading = readCalendly(body, JSON.stringify(body), {}, { receivedAt: context.now(), digest });
          if (reading.kind === "event") deliveries.push(reading.delivery);
        }
      }
    }
    const events = deliveries.map(({ key, type, payload, occurredAt = null }) => ({
      delivery_key: key,
      event_type: type,
      payload: JSON.parse(payload),
      occurred_at: occurredAt,
    }));
    await context.sql`
      select integrations.store_calendly_page(
        ${client}, ${
      JSON.stringify(events)
    }::text::jsonb, ${since}::text::timestamptz, ${started_at}::text::timestamptz,
        ${pagination.next_page_token}, ${ingested}::int
      )`;
  },
});
