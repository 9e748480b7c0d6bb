// What the agency wrote down about each client, the versions of it, and drafts made of recorded calls.

import { z } from "@hono/zod-openapi";
import { defineResource, type Verb } from "../core/resource.ts";

const author = { created_by: "coalesce(auth.jwt() ->> 'email', auth.jwt() ->> 'sub')" };

export const iterationLogs = defineResource({
  path: "iteration-logs",
  name: "IterationLog",
  about: "What was tried for a client, and by whom.",
  table: "public.client_iteration_logs",
  scope: "knowledge",
  columns: {
    integer: "id",
    text: "client action_type description created_by campaign_name",
    list: "mentioned_users",
    timestamp: "created_at",
  },
  present: "id client action_type description created_by",
  notes: { mentioned_users: "Objects with slack_id and display_name." },
  filters: "action_type",
  sorts: "-created_at",
  write: "staff",
  create: "client action_type description campaign_name mentioned_users",
  required: "client action_type description",
  update: "description campaign_name mentioned_users",
  onCreate: author,
});

const knowledge = {
  object: "company company_offer prospect_companies prospect_people copy_variables copy_variable_unique_data " +
    "data_quality_assurance sending_technicalities",
  list: "company_people company_competition copy_structures",
};

export const knowledgeBases = defineResource({
  path: "knowledge-bases",
  name: "KnowledgeBase",
  about: "What one must know to write for a client: one a client. A section is replaced as a whole.",
  table: "public.client_knowledge_base",
  scope: "knowledge",
  columns: {
    uuid: "id",
    text: "client last_updated_by last_updated_section",
    timestamp: "created_at updated_at",
    ...knowledge,
  },
  present: "id client",
  sorts: "client",
  write: "staff",
  create: `client ${knowledge.object} ${knowledge.list}`,
  required: "client",
  update: `${knowledge.object} ${knowledge.list}`,
});

export const copywriting = defineResource({
  path: "copywriting",
  name: "Copywriting",
  about: "A client's mails and the prompts that fill them: one a client.",
  table: "public.client_copywriting",
  scope: "knowledge",
  columns: {
    uuid: "id",
    text: "client",
    list: "copy_structures prompt_templates",
    object: "clay_prompts",
    boolean: "generated_from_kb",
    timestamp: "created_at updated_at",
  },
  present: "id client",
  sorts: "client",
  write: "staff",
  create: "client copy_structures prompt_templates clay_prompts generated_from_kb",
  required: "client",
  update: "copy_structures prompt_templates clay_prompts generated_from_kb",
});

const plan = {
  object: "list_building_clay table_structure campaign_plan",
  list: "tables_architecture prompt_injections expected_quality_outputs connections tasks analysis_surface " +
    "analysis_effects",
};

export const plansOfAction = defineResource({
  path: "plans-of-action",
  name: "PlanOfAction",
  about: "How a client's campaigns are built, from list to analysis: one a client.",
  table: "public.client_plan_of_action",
  scope: "knowledge",
  columns: { uuid: "id", text: "client implementation_notes", timestamp: "created_at updated_at", ...plan },
  present: "id client",
  sorts: "client",
  write: "staff",
  create: `client implementation_notes ${plan.object} ${plan.list}`,
  required: "client",
  update: `implementation_notes ${plan.object} ${plan.list}`,
});

const map = {
  object: "social_proof campaign_architecture content_json",
  list: "segments geographies company_size_bands revenue_bands events_conferences next_steps",
};

const move = (verb: string, about: string, outcome: string): Verb => ({
  path: `/{id}/${verb}`,
  name: `${verb}OpportunityMap`,
  about,
  right: "staff",
  answer: z.object({ outcome: z.literal(outcome) }).openapi(`Map${outcome}`),
  run: async ({ id, query }) =>
    (await query(`select public.${verb}_opportunity_map($1::text::uuid) as outcome`, [id!]))[0],
});

export const opportunityMaps = defineResource({
  path: "opportunity-maps",
  name: "OpportunityMap",
  about: "A client's market in versions. Drafts change; at most one version of a title is confirmed.",
  table: "public.client_opportunity_maps",
  scope: "knowledge",
  columns: {
    uuid: "id",
    text: "client title status pdf_url generated_by ai_model generation_prompt confirmed_by",
    integer: "version",
    timestamp: "confirmed_at created_at updated_at",
    ...map,
  },
  present: "id client title",
  choices: { status: ["draft", "confirmed", "archived"] },
  notes: { generated_by: "ai; extract: sentences copied from calls, nothing inferred; or a person." },
  large: "content_json generation_prompt",
  filters: "status",
  sorts: "-created_at",
  write: "staff",
  create: `client title pdf_url ${map.object} ${map.list}`,
  required: "client title",
  update: `pdf_url ${map.object} ${map.list}`,
  onCreate: { generated_by: author.created_by },
  verbs: [
    move("confirm", "Confirm a draft, and archive the confirmed version before it", "confirmed"),
    move("archive", "Archive a draft or a confirmed version", "archived"),
    {
      path: "/{id}/revise",
      name: "reviseOpportunityMap",
      about: "Make the next version, a draft with the same content",
      right: "staff",
      status: 201,
      answer: "row",
      run: async ({ id, query, row }) => {
        const [made] = await query<{ id: string }>("select public.revise_opportunity_map($1::text::uuid) as id", [id!]);
        return await row(made!.id);
      },
    },
  ],
});

export const documentVersions = defineResource({
  path: "document-versions",
  name: "DocumentVersion",
  about: "Every version of knowledge bases, copywriting, plans and maps: who changed what, and the document after it.",
  table: "public.client_document_versions",
  scope: "knowledge",
  columns: {
    integer: "id version",
    text: "client document document_id action author",
    texts: "changed",
    object: "content",
    timestamp: "created_at",
  },
  present: "id client document document_id version action changed content author created_at",
  choices: { action: ["created", "changed", "deleted", "restored"] },
  large: "content",
  filters: "document_id",
  sorts: "-id",
  verbs: [{
    path: "/{id}/restore",
    name: "restoreDocumentVersion",
    about: "Give the document this content again; a new version says so",
    right: "staff",
    answer: z.object({ outcome: z.literal("restored") }).openapi("RestoreOutcome"),
    run: async ({ id, query }) =>
      (await query("select public.restore_document_version($1::text::bigint) as outcome", [id!]))[0],
  }],
});

const kinds = ["opportunity_map", "knowledge_base", "copywriting", "plan_of_action"] as const;
const draftWish = z.strictObject({
  client: z.string().max(500),
  kind: z.enum(kinds),
  calls: z.array(z.guid()).min(1).max(20).optional().openapi({ description: "The newest ones unless told." }),
  title: z.string().trim().min(1).max(500).optional().openapi({ description: "Of a map." }),
  instructions: z.string().max(4_000).optional(),
}).openapi("DraftCreate");

const decide = (verb: string, about: string, outcome: string): Verb => ({
  path: `/{id}/${verb}`,
  name: `${verb}Draft`,
  about,
  right: "staff",
  answer: z.object({ outcome: z.literal(outcome) }).openapi(`Draft${verb}`),
  run: async ({ id, query }) => (await query(`select public.${verb}_draft($1::text::uuid) as outcome`, [id!]))[0],
});

export const drafts = defineResource({
  path: "drafts",
  name: "Draft",
  about: "Drafts of documents from recorded calls: waiting, written, failed with a reason, accepted or discarded.",
  table: "public.client_drafts",
  scope: "knowledge",
  columns: {
    uuid: "id document_id",
    text: "client kind status instructions title generated_by ai_model problem requested_by decided_by",
    object: "content",
    timestamp: "created_at finished_at",
  },
  present: "id client kind status requested_by created_at",
  choices: { kind: kinds, status: ["waiting", "written", "failed", "accepted", "discarded"] },
  notes: { generated_by: "ai; extract: sentences copied from the calls, nothing inferred." },
  large: "content",
  filters: "status",
  sorts: "-created_at",
  verbs: [
    {
      path: "",
      name: "requestDraft",
      about: "Ask for a draft; it is written by a job",
      right: "staff",
      body: draftWish,
      status: 201,
      answer: "row",
      run: async ({ input, query, row }) => {
        const { client, kind, calls, title, instructions } = input as z.infer<typeof draftWish>;
        const [made] = await query<{ id: string }>(
          `select public.request_draft(
            $1::text, $2::text,
            case when $3::text is not null then array(select c::uuid from jsonb_array_elements_text($3::text::jsonb) c) end,
            $4::text, $5::text
          ) as id`,
          [client, kind, calls ? JSON.stringify(calls) : null, title ?? null, instructions ?? null],
        );
        return await row(made!.id);
      },
    },
    {
      path: "/{id}/accept",
      name: "acceptDraft",
      about: "Take a draft over: a map becomes a draft version, other documents get its sections",
      right: "staff",
      answer: z.object({ document_id: z.guid() }).openapi("AcceptedDraft"),
      run: async ({ id, query }) =>
        (await query("select public.accept_draft($1::text::uuid) as document_id", [id!]))[0],
    },
    decide("discard", "Nobody wants this draft", "discarded"),
    decide("retry", "Have a failed draft written once more", "waiting"),
  ],
});
