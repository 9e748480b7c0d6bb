// Reports, opportunities, forecasts and the reports of the night.

import { z } from "@hono/zod-openapi";
import type { Parameter, Report } from "../core/reports.ts";
import { defineResource } from "../core/resource.ts";

const client: Parameter = { kind: "text", about: "Of this client; of all that you may see unless told." };
const from: Parameter = { kind: "date", about: "The first day, each client's own." };
const to: Parameter = { kind: "date", about: "The last day; today unless told." };
const by: Parameter = { kind: "text", about: "Added up, or each by itself.", choices: ["total", "client"] };

const counts = "emails_sent total_leads_contacted opened unique_opens_per_contact unique_replies_per_contact bounced " +
  "unsubscribed interested";
const shares = "opened_percentage unique_opens_per_contact_percentage unique_replies_per_contact_percentage " +
  "bounced_percentage unsubscribed_percentage interested_percentage";

export const reports: readonly Report[] = [
  {
    path: "reports/quick-view",
    name: "QuickView",
    operation: "reportQuickView",
    about: "Targets beside what was done, for each client and day; today unless told",
    scope: "reports",
    source: "public.report_quick_view",
    parameters: { client, from, to },
    columns: { text: "client metric status", date: "date", number: "target expected actual" },
    present: "client metric status date target expected actual",
    choices: {
      metric: ["emails", "prospects", "replies", "interested_replies", "meetings", "bounces"],
      status: ["on_track", "behind", "over_limit", "no_target"],
    },
    notes: { expected: "What the day asks for by now.", target: "Of the day; of bounces a ceiling." },
  },
  {
    path: "reports/funnel",
    name: "FunnelStep",
    operation: "reportFunnel",
    about: "From mails sent to deals closed, this month unless told",
    scope: "reports",
    source: "public.report_funnel",
    parameters: { client, from, to, by },
    columns: { text: "client step", number: "amount conversion of_contacted" },
    present: "step amount",
    choices: {
      step: [
        "emails_sent",
        "leads_contacted",
        "replied",
        "interested",
        "meetings_booked",
        "disco_shows",
        "qualified",
        "demos_booked",
        "demo_shows",
        "proposals_sent",
        "closed",
      ],
    },
    notes: {
      client: "Null: all together.",
      conversion: "Percent of the step before.",
      of_contacted: "Percent of the leads contacted.",
    },
  },
  {
    path: "reports/rollup",
    name: "Rollup",
    operation: "reportRollup",
    about: "Campaign figures by day, week or month; weeks of the last 90 days unless told",
    scope: "reports",
    source: "public.report_rollup",
    parameters: {
      client,
      period: { kind: "text", about: "Whole periods; weeks begin on Monday.", choices: ["day", "week", "month"] },
      by: {
        ...by,
        about: "Added up, each client, or each campaign of one client (weeks and months).",
        choices: ["total", "client", "campaign"],
      },
      from,
      to,
    },
    columns: {
      text: "client campaign_name",
      integer: "campaign_id",
      date: "starts_on",
      number: `${counts} ${shares}`,
    },
    present: `starts_on ${counts} ${shares}`,
    notes: { client: "Null: all together.", campaign_id: "Null: all campaigns." },
  },
  {
    path: "reports/steps",
    name: "StepVariant",
    operation: "reportStepComparison",
    about: "The A/B variants of a campaign's steps, and whether they differ",
    scope: "reports",
    source: "public.report_step_comparison",
    parameters: {
      client: { kind: "text", about: "Whose campaign.", required: true },
      campaign_id: { kind: "integer", about: "EmailBison's id.", required: true },
      outcome: {
        kind: "text",
        about: "What leads did; replied unless told.",
        choices: ["opened", "replied", "interested", "bounced", "unsubscribed"],
      },
      from: { ...from, about: "Leads that the step was sent to since this day." },
      to: { ...to, about: "Leads that it was sent to until this day." },
    },
    columns: {
      integer: "step_order step_id leads outcomes",
      text: "variant verdict",
      boolean: "is_control",
      number: "rate difference z_score p_value",
    },
    present: "leads outcomes is_control rate verdict",
    choices: { verdict: ["only_variant", "control", "too_few", "no_difference", "higher", "lower"] },
    notes: {
      rate: "Percent of the leads.",
      difference: "Percentage points above the control.",
      p_value: "How likely so great a difference is by chance alone.",
    },
  },
  {
    path: "reports/pipeline",
    name: "PipelineColumn",
    operation: "reportPipelineBoard",
    about: "Deals by stage, with their sums and the first cards of each column",
    scope: "reports",
    source: "public.report_pipeline_board",
    parameters: { client, cards: { kind: "integer", about: "Cards of a column, at most 100; 20 unless told." } },
    columns: { integer: "position deals", text: "stage", list: "amounts cards" },
    present: "position deals stage amounts cards",
    notes: { amounts: "For each currency the amount, and the amount times the deals' probability." },
  },
  {
    path: "reports/inbox-health",
    name: "InboxHealth",
    operation: "reportInboxHealth",
    about: "Each client's inboxes by state and by the last check, and the worst of them",
    scope: "reports",
    source: "public.report_inbox_health",
    parameters: { client, worst: { kind: "integer", about: "Inboxes of a client, at most 100; 5 unless told." } },
    columns: {
      text: "client",
      integer: "inboxes connected disconnected keep watch rotate cancel unchecked",
      list: "worst",
    },
    present: "client inboxes connected disconnected keep watch rotate cancel unchecked worst",
  },
  {
    path: "reports/opportunities",
    name: "OpportunityStage",
    operation: "reportOpportunities",
    about: "The weighted pipeline of the opportunities",
    scope: "reports",
    source: "public.report_opportunities",
    parameters: { client, by },
    columns: { text: "client stage", integer: "probability opportunities", number: "value weighted_value" },
    present: "stage probability opportunities value weighted_value",
    notes: { client: "Null: all together." },
  },
];

const stages = ["Lead", "Qualification", "Discovery", "Demo", "Proposal", "Negotiation", "Won", "Lost"];
const opportunityColumns = "opportunity_name stage value expected_close_date contact_name contact_email notes";

export const opportunities = defineResource({
  path: "opportunities",
  name: "Opportunity",
  about: "A client's opportunities as the agency keeps them beside the CRM.",
  table: "public.client_opportunities",
  scope: "reports",
  columns: {
    integer: "id",
    text: "client opportunity_name stage contact_name contact_email notes",
    number: "value",
    date: "expected_close_date",
    timestamp: "created_at updated_at",
  },
  present: "id client opportunity_name stage value",
  choices: { stage: stages },
  filters: "stage",
  sorts: "-created_at",
  write: "member",
  create: `client ${opportunityColumns}`,
  required: "client opportunity_name",
  update: opportunityColumns,
  delete: "row",
});

export const forecasts = defineResource({
  path: "forecasts",
  name: "Forecast",
  about: "A month of a client's funnel: low, average and high from history, what became of it, what that makes of it.",
  table: "public.funnel_forecasts",
  scope: "reports",
  columns: {
    uuid: "id",
    text: "client month metric_key",
    integer: "year",
    date: "starts_on",
    number: "estimate_low estimate_avg estimate_high estimate_1 estimate_2 actual projected",
    timestamp: "created_at updated_at refreshed_at",
  },
  present: "id month year metric_key starts_on",
  notes: { client: "Null: all clients together.", estimate_1: "People's own, as estimate_2." },
  reach: "either",
  filters: "starts_on",
  sorts: "-starts_on",
  write: "staff",
  update: "estimate_1 estimate_2",
});

const wanted = z.strictObject({
  client: z.string().min(1).max(1_000),
  date: z.iso.date().openapi({ description: "A day that is over." }),
}).openapi("NightlyReportWanted");

export const nightlyReports = defineResource({
  path: "nightly-reports",
  name: "NightlyReport",
  about: "What was told of a client's day the night after.",
  table: "public.nightly_reports",
  scope: "reports",
  columns: { uuid: "id", text: "client text", date: "date", list: "quick_view funnel", timestamp: "made_at" },
  present: "id client text date quick_view funnel made_at",
  sorts: "-date",
  verbs: [{
    path: "",
    name: "makeNightlyReport",
    about: "Make a day's report now, or again",
    right: "staff",
    body: wanted,
    status: 201,
    answer: "row",
    run: async ({ input, query, row }) => {
      const { client, date } = input as z.infer<typeof wanted>;
      const [made] = await query<{ id: string }>(
        "select public.make_nightly_report($1::text, $2::text::date) as id",
        [client, date],
      );
      return await row(made!.id);
    },
  }],
});
