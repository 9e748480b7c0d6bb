// The weekly rebatch of a client's domains.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

const statuses = ["preview", "approved", "executing", "executed", "failed", "rejected", "superseded"] as const;

export const rebatchRuns = defineResource({
  path: "rebatch-runs",
  name: "RebatchRun",
  about: "Weekly plans for a client's domains: what is canceled, activated and bought, and what became of it.",
  table: "public.rebatch_runs",
  scope: "domains",
  columns: {
    uuid: "id",
    text: "client status slack_message_ts executed_by error_message decided_by",
    texts: "domains_to_cancel domains_to_activate",
    integer: "daily_send_goal active_domains insurance_domains domains_to_buy inboxes_analyzed capacity_now " +
      "capacity_planned domains_coming",
    number: "avg_reply_rate",
    object: "cancel_reasons",
    date: "run_date",
    timestamp: "executed_at decided_at created_at updated_at",
  },
  present: "id client run_date capacity_now capacity_planned domains_coming cancel_reasons",
  choices: { status: statuses },
  notes: {
    cancel_reasons: "For each domain to cancel: health, score or replies.",
    executed_by: "Who approved it.",
    avg_reply_rate: "Percent, of the sending domains.",
  },
  reach: "either",
  filters: "client status",
  sorts: "-created_at",
  verbs: [
    {
      path: "",
      name: "planRebatch",
      about: "Plan a client's rebatch now, and ask for approval",
      right: "staff",
      body: z.strictObject({ client: z.string().max(500) }).openapi("RebatchPlan"),
      status: 201,
      answer: "row",
      run: async ({ input, query, row }) => {
        const [made] = await query<{ id: string }>("select public.plan_rebatch($1::text) as id", [
          input.client as string,
        ]);
        return await row(made!.id);
      },
    },
    {
      path: "/{id}/resume",
      name: "resumeRebatch",
      about: "Go on with a failed run, at the step that failed or after it",
      right: "staff",
      body: z.strictObject({ skip: z.boolean().optional() }).openapi("RebatchResume"),
      answer: z.object({ status: z.enum(statuses) }).openapi("RebatchResumed"),
      run: async ({ id, input, query }) => {
        const [row] = await query(
          "select public.resume_rebatch($1::text::uuid, $2::text::boolean) as status",
          [id!, String(input.skip ?? false)],
        );
        return row;
      },
    },
  ],
});

export const rebatchSteps = defineResource({
  path: "rebatch-steps",
  name: "RebatchStep",
  about: "The steps of approved rebatches, and how far each is.",
  table: "public.rebatch_steps",
  scope: "domains",
  columns: {
    uuid: "id run_id",
    text: "client action domain status result",
    integer: "position inbox_id daily_limit",
    timestamp: "started_at done_at created_at",
  },
  present: "id run_id client action status position created_at",
  choices: {
    action: ["start", "activate", "stop", "cancel", "check_names", "buy"],
    status: ["waiting", "running", "done", "failed", "skipped"],
  },
  reach: "either",
  filters: "client run_id",
  sorts: "-created_at",
});
