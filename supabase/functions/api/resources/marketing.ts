// Marketing: lists of contacts on their way into campaigns, and what came of them.

import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

const listWish = z.strictObject({
  client: z.string().min(1),
  campaign_id: z.string().min(1).max(50).openapi({ description: "EmailBison's id." }),
  name: z.string().trim().min(1).max(200),
  filter: z.strictObject({
    sources: z.array(z.string()).max(100).optional(),
    domains: z.array(z.string()).max(10_000).optional(),
    emails: z.array(z.string()).max(10_000).optional(),
    title: z.string().min(1).max(200).optional().openapi({ description: "Part of the job title." }),
    industry: z.string().min(1).max(200).optional(),
    min_score: z.number().min(0).max(100).optional(),
  }).optional(),
  variables: z.record(
    z.string().trim().min(1).max(100),
    z.enum([
      "company_name",
      "company_domain",
      "company_linkedin",
      "job_title",
      "personal_linkedin",
      "personal_location",
      "phone_number",
      "source",
    ]),
  ).optional().openapi({ description: "Custom variables of the leads, and the column that fills each." }),
  most: z.int().min(1).max(10_000).optional().openapi({
    description: "How many contacts are looked at; 1,000 unless told.",
  }),
}).openapi("ContactListCreate");

export const contactLists = defineResource({
  path: "contact-lists",
  name: "ContactList",
  about: "Lists of contacts for a client's campaign: who was chosen, how many were left out and why.",
  table: '"Master".contact_lists',
  scope: "campaigns",
  columns: {
    uuid: "id",
    text: "client campaign_id name status created_by",
    object: "filter variables excluded",
    integer: "chosen queued",
    timestamp: "created_at pushed_at",
  },
  present: "id client campaign_id name status filter variables excluded chosen queued created_by created_at",
  choices: { status: ["built", "pushed"] },
  notes: { excluded: "How many were left out, by reason.", queued: "How many went into the queue to EmailBison." },
  filters: "status",
  sorts: "-created_at",
  verbs: [
    {
      path: "",
      name: "buildContactList",
      about: "Choose contacts for a campaign, without those whom the client must not write to",
      right: "staff",
      body: listWish,
      status: 201,
      answer: "row",
      seconds: 30,
      run: async ({ input, query, row }) => {
        const { client, campaign_id, name, filter = {}, variables = {}, most = 1_000 } = input as z.infer<
          typeof listWish
        >;
        const [built] = await query<{ id: string }>(
          `select public.build_contact_list(
            $1::text, $2::text, $3::text, $4::text::jsonb, $5::text::jsonb, $6::text::integer
          ) as id`,
          [client, campaign_id, name, JSON.stringify(filter), JSON.stringify(variables), `${most}`],
        );
        return await row(built!.id);
      },
    },
    {
      path: "/advance-hub",
      name: "advanceHub",
      about: "Move promoted contacts on into the master database now and not with the schedule",
      right: "staff",
      answer: z.object({
        staged: z.int(),
        companies: z.int(),
        people: z.int(),
        bridged_companies: z.int(),
        bridged_people: z.int(),
        has_more: z.boolean(),
      }).openapi("HubProgress"),
      seconds: 30,
      run: async ({ query }) => (await query("select * from integrations.advance_hub()", []))[0],
    },
    {
      path: "/{id}/push",
      name: "pushContactList",
      about: "Queue the chosen contacts for their campaign in EmailBison; again: only those that still wait",
      right: "staff",
      answer: "row",
      seconds: 30,
      run: async ({ id, query, row }) => {
        await query("select public.push_contact_list($1::text::uuid)", [id!]);
        return await row(id!);
      },
    },
    {
      path: "/retry-failed",
      name: "retryFailedPushes",
      about: "Queue contacts of a campaign again that EmailBison refused",
      right: "staff",
      body: z.strictObject({ client: z.string().min(1), campaign_id: z.string().min(1) }).openapi("PushRetry"),
      answer: z.object({ queued: z.int() }).openapi("PushRetried"),
      run: async ({ input, query }) =>
        (await query("select public.retry_failed_pushes($1::text, $2::text) as queued", [
          input.client as string,
          input.campaign_id as string,
        ]))[0],
    },
  ],
});

export const marketingCampaigns = defineResource({
  path: "marketing/campaigns",
  name: "MarketingCampaign",
  about: "Campaigns in the data hub's words, with what they sent and what came back.",
  table: "marketing.campaigns",
  scope: "marketing",
  columns: {
    uuid: "campaign_id portal_campaign_id",
    text: "name type status client bison_campaign_id",
    integer: "target_count sent_count response_count",
    timestamp: "created_at started_at ended_at",
  },
  present: "campaign_id portal_campaign_id name type status client sent_count response_count created_at",
  choices: {
    type: ["cold_outreach", "nurture", "follow_up"],
    status: ["draft", "active", "paused", "completed"],
  },
  key: "campaign_id",
  filters: "status",
  sorts: "-created_at",
  verbs: [{
    path: "/refresh",
    name: "refreshMarketing",
    about: "Take over what happened in the campaigns now and not with the schedule",
    right: "staff",
    answer: z.object({
      campaigns: z.int(),
      people: z.int(),
      outreach: z.int(),
      conversions: z.int(),
      has_more: z.boolean(),
    }).openapi("MarketingProgress"),
    seconds: 30,
    run: async ({ query }) => (await query("select * from integrations.refresh_marketing()", []))[0],
  }],
});

export const attribution = defineResource({
  path: "marketing/attribution",
  name: "Attribution",
  about: "Meetings, demos and sales of people of the hub, with the first and the last touch and who brought them.",
  table: "marketing.attribution",
  scope: "marketing",
  columns: {
    uuid: "id person_id campaign_id first_campaign_id subject_id",
    text: "client conversion_type source source_touchpoint final_touchpoint",
    number: "value",
    timestamp: "converted_at",
  },
  present: "id person_id subject_id client conversion_type converted_at",
  choices: { conversion_type: ["meeting", "demo", "signup", "sale"] },
  sorts: "-converted_at",
});

export const outreach = defineResource({
  path: "marketing/outreach",
  name: "Outreach",
  about: "Each campaign mail to a person of the hub, and each answer.",
  table: "marketing.outreach_history",
  scope: "marketing",
  columns: {
    uuid: "id person_id campaign_id",
    text: "client channel message_type status",
    timestamp: "sent_at opened_at replied_at",
  },
  present: "id person_id client channel message_type status sent_at",
  choices: {
    channel: ["email", "linkedin", "phone"],
    message_type: ["initial", "follow_up", "reply"],
    status: ["sent", "opened", "replied", "bounced"],
  },
  sorts: "-sent_at",
});

export const feedbackReports = defineResource({
  path: "marketing/feedback-reports",
  name: "FeedbackReport",
  about: "A campaign's week: figures, and what stands out in them.",
  table: "marketing.feedback_reports",
  scope: "marketing",
  columns: {
    uuid: "id campaign_id",
    date: "report_date",
    text: "client insights",
    object: "metrics",
    timestamp: "created_at",
  },
  present: "id campaign_id client report_date metrics created_at",
  notes: { report_date: "The Sunday that ends the week." },
  sorts: "-report_date",
});
