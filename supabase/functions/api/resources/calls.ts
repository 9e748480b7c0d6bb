// Recorded calls, those that are no client's yet, and the Fathom accounts that they come from.

import { z } from "@hono/zod-openapi";
import { defineResource, type VerbCall } from "../core/resource.ts";

const callTypes = ["tam_map", "opportunity_review", "messaging_review", "general", "other"];
const owner = z.strictObject({ client: z.string().min(1).max(500) }).openapi("CallOwner");

export const calls = defineResource({
  path: "calls",
  name: "Call",
  about: "Recorded calls with a client: what was said, the summary, what is to be done. Action items are CRM tasks.",
  table: "public.client_fathom_calls",
  scope: "calls",
  columns: {
    uuid: "id account_id",
    text:
      "client fathom_call_id title transcript summary call_type status fathom_recording_url match_reason matched_by",
    timestamp: "call_date created_at updated_at",
    integer: "duration_seconds",
    number: "match_confidence",
    boolean: "auto_matched",
    list: "participants action_items",
    object: "metadata",
  },
  present: "id client title",
  choices: { call_type: callTypes, status: ["pending", "processed", "archived"] },
  notes: {
    status: "pending: transcript or summary are not there yet.",
    match_confidence: "From 0 to 1; 1 when a person said whose call it is.",
    matched_by: "Who said whose call it is; null: the rules.",
  },
  large: "transcript participants action_items metadata",
  filters: "status call_type",
  sorts: "-call_date",
  write: "staff",
  update: "title call_type metadata",
  verbs: [
    {
      path: "/{id}/assign",
      name: "assignCall",
      about: "Give a call, with its tasks, to another client",
      right: "staff",
      body: owner,
      answer: "row",
      run: async ({ id, input, query, row }) => {
        await query("select integrations.assign_call($1::text::uuid, $2::text)", [id!, input.client as string]);
        return await row(id!);
      },
    },
    ...(["archive", "restore"] as const).map((word) => ({
      path: `/{id}/${word}`,
      name: `${word}Call`,
      about: word === "archive" ? "Put a call away" : "Take an archived call back",
      right: "staff" as const,
      answer: "row" as const,
      run: async ({ id, query, row }: VerbCall) => {
        await query("select integrations.archive_call($1::text::uuid, $2::text::boolean)", [
          id!,
          `${word === "archive"}`,
        ]);
        return await row(id!);
      },
    })),
  ],
});

const placed = z.object({ outcome: z.enum(["placed", "dismissed"]) }).openapi("PlacedCall");

export const unmatchedCalls = defineResource({
  path: "unmatched-calls",
  name: "UnmatchedCall",
  about: "Recorded calls that are no client's yet. People are asked in Slack; here they can be placed as well.",
  table: "integrations.unmatched_calls",
  scope: "calls",
  columns: {
    uuid: "id account_id",
    text: "recording_id title status reason",
    timestamp: "call_date created_at updated_at",
    list: "candidates",
    object: "meeting",
  },
  present: "id recording_id title status reason candidates meeting created_at updated_at",
  choices: { status: ["waiting", "dismissed"] },
  notes: { candidates: "[{client, confidence, reason}], the best first." },
  clientColumn: null,
  large: "meeting",
  filters: "status",
  sorts: "-created_at",
  read: "agency",
  verbs: [
    {
      path: "/{id}/dismiss",
      name: "dismissUnmatchedCall",
      about: "Say that it is no client's call",
      right: "staff",
      answer: placed,
      run: async ({ id, query }) =>
        (await query("select integrations.place_unmatched_call($1::text::uuid, null) as outcome", [id!]))[0],
    },
    {
      path: "/{id}/assign",
      name: "assignUnmatchedCall",
      about: "Say whose call it is",
      right: "staff",
      body: owner,
      answer: placed,
      run: async ({ id, input, query }) =>
        (await query("select integrations.place_unmatched_call($1::text::uuid, $2::text) as outcome", [
          id!,
          input.client as string,
        ]))[0],
    },
  ],
});

export const fathomAccounts = defineResource({
  path: "fathom-accounts",
  name: "FathomAccount",
  about: "Whose recordings are read. A key shows its user's own calls and those shared with the team.",
  table: "integrations.fathom_accounts",
  scope: "admin",
  columns: {
    uuid: "id",
    text: "name status disconnect_reason webhook_id created_by",
    integer: "endpoint_id",
    timestamp: "disconnected_at sync_at synced_until synced_at created_at updated_at",
  },
  present: "id name status sync_at created_at updated_at",
  choices: { status: ["connected", "disconnected"] },
  clientColumn: null,
  sorts: "-created_at",
  read: "agency",
  verbs: [{
    path: "",
    name: "connectFathomAccount",
    about: "Store an account's API key, or a new key for one that is there; its webhook is made by a job",
    right: "staff",
    body: z.strictObject({
      name: z.string().trim().min(1).max(200),
      api_key: z.string().min(1).max(1_000).openapi({ description: "It is sealed before it is stored." }),
    }).openapi("FathomAccountConnect"),
    answer: z.object({ id: z.guid() }).openapi("ConnectedFathomAccount"),
    run: async ({ input, query, seal }) =>
      (await query("select integrations.connect_fathom($1::text, $2::text) as id", [
        input.name as string,
        await seal(input.api_key as string),
      ]))[0],
  }],
});
