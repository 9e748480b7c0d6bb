import { createHash, randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

export const calendlyConnections = defineResource({
  path: "calendly-connections",
  name: "CalendlyConnection",
  about: "The clients' Calendly accounts: who connected them, and whether their webhooks arrive.",
  table: "public.calendly_integrations",
  scope: "admin",
  columns: {
    uuid: "id",
    text: "client status disconnect_reason calendly_user_uri calendly_user_email organization_uri " +
      "webhook_subscription_uri connected_by",
    integer: "endpoint_id",
    timestamp: "disconnected_at webhook_retry_started_at webhook_checked_at complete_until " +
      "connected_at updated_at",
  },
  present: "id client status complete_until",
  choices: { status: ["connected", "disconnected"] },
  notes: {
    webhook_retry_started_at: "Calendly cannot deliver since then; after a day it gives up.",
    complete_until: "All bookings up to then are here.",
  },
  sorts: "-connected_at",
  verbs: [
    {
      path: "",
      name: "createCalendlyLink",
      about: "Make a link by which a person connects the client's Calendly, once",
      right: "staff",
      body: z.strictObject({ client: z.string().min(1).max(500) }).openapi("CalendlyLinkWish"),
      status: 201,
      answer: z.object({
        path: z.string().openapi({ description: "Below /functions/v1; to be opened in a browser. Shown once." }),
        expires_at: z.iso.datetime({ offset: true }),
      }).openapi("CalendlyLink"),
      secret: true,
      run: async ({ input, query }) => {
        const token = randomBytes(32).toString("base64url");
        const [row] = await query<{ expires_at: string }>(
          `select to_jsonb(integrations.create_calendly_link($1::text, decode($2::text, 'hex'))) #>> '{}' as expires_at`,
          [input.client as string, createHash("sha256").update(token).digest("hex")],
        );
        return { path: `/calendly-connect/start/${token}`, expires_at: row!.expires_at };
      },
    },
    {
      path: "/{id}/check",
      name: "checkCalendlyConnection",
      about: "Have the webhook subscription looked at now, and made anew if it is gone",
      right: "staff",
      answer: z.object({ outcome: z.literal("enqueued") }).openapi("CalendlyCheck"),
      run: async ({ id, query }) =>
        (await query("select integrations.check_calendly($1::text::uuid) as outcome", [id!]))[0],
    },
  ],
});
