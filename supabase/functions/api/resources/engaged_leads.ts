import { z } from "@hono/zod-openapi";
import { notAllowed } from "../core/problems.ts";
import { defineResource, type Verb } from "../core/resource.ts";
import { personFilter } from "./person.ts";

const milestones = z.strictObject({
  value: z.boolean().default(true).openapi({ description: "False takes it back." }),
  at: z.iso.datetime({ offset: true }).optional().openapi({ description: "When it happened; now unless told." }),
}).openapi("Milestone");

/** How far a lead came, each by the word that people use for it. */
const verbs = {
  "book-meeting": ["meeting_booked", "bookEngagedLeadMeeting", "A meeting was booked"],
  "show-up": ["showed_up_to_disco", "showUpEngagedLead", "The lead showed up to the first call"],
  qualify: ["qualified", "qualifyEngagedLead", "The lead is qualified"],
  demo: ["demo_booked", "demoEngagedLead", "A demo was booked"],
  "show-up-to-demo": ["showed_up_to_demo", "showUpToDemoEngagedLead", "The lead showed up to the demo"],
  proposal: ["proposal_sent", "proposeEngagedLead", "A proposal was sent"],
  close: ["closed", "closeEngagedLead", "The lead became a customer; it is not lost then"],
  lose: ["lost", "loseEngagedLead", "The lead is lost; it is not closed then"],
  unsubscribe: ["unsubscribed", "unsubscribeEngagedLead", "The lead wants no more mail"],
} as const;

const people = "first_name last_name full_name job_title seniority_level linkedin_url lead_phone company " +
  "company_domain company_linkedin company_phone company_website company_size industry annual_revenue " +
  "company_hq_city company_hq_state company_hq_country business_model funding_stage main_product_service";
const work = "stage context assignee notes";
const flags =
  "meeting_booked qualified showed_up_to_disco demo_booked showed_up_to_demo proposal_sent closed engaged " +
  "replied lost unsubscribed";

export const engagedLeads = defineResource({
  path: "engaged-leads",
  name: "EngagedLead",
  about: "People who showed interest, and how far they came. The CRM contact follows by itself.",
  table: "public.engaged_leads",
  scope: "leads",
  columns: {
    uuid: "id",
    text: `email client ${people} ${work} current_stage lead_source meeting_link rescheduling_link campaign_name ` +
      "campaign_id",
    texts: "tech_stack",
    integer: "year_founded growth_score num_locations bison_lead_id",
    number: "epv",
    boolean: `is_hiring ${flags}`,
    timestamp: `${flags.split(" ").map((flag) => `${flag}_at`).join(" ")} last_contact meeting_date created_at ` +
      "updated_at last_event_at",
    date: "next_touchpoint date_created",
    object: "custom_variables_jsonb",
  },
  present: "id email",
  notes: { epv: "Expected pipeline value." },
  large: "custom_variables_jsonb",
  customFilters: { email: personFilter("engaged_leads", "engaged_leads_client_email_idx") },
  sorts: "-created_at",
  where: "t.deleted_at is null",
  write: "member",
  create: `client email ${people} ${work} tech_stack epv next_touchpoint lead_source`,
  required: "client email",
  update: `${people} ${work} tech_stack epv next_touchpoint`,
  onCreate: { last_event_at: "private.clock()" },
  onUpdate: { last_event_at: "greatest(t.last_event_at, private.clock())" },
  delete: "mark",
  verbs: Object.entries(verbs).map(([path, [flag, name, about]]): Verb => ({
    path: `/{id}/${path}`,
    name,
    about,
    right: "member",
    body: milestones,
    answer: "row",
    run: async ({ id, input, query, row }) => {
      const { value, at } = input as z.infer<typeof milestones>;
      const [marked] = await query<{ id: string | null }>(
        "select public.mark_engaged_lead($1::text::uuid, $2::text, $3::text::boolean, $4::text::timestamptz) as id",
        [id!, flag, `${value}`, at ?? null],
      );
      const lead = await row(id!);
      if (marked!.id === null) throw notAllowed();
      return lead;
    },
  })),
});
