// Domains that are bought together, once a person has approved the price.

import { z } from "@hono/zod-openapi";
import { toArray } from "../core/columns.ts";
import { defineResource } from "../core/resource.ts";

const inboxProviders = ["missioninbox", "inboxkit", "none"] as const;

export const purchaseBatches = defineResource({
  path: "purchase-batches",
  name: "PurchaseBatch",
  about: "Batches of domains: proposed, then approved or rejected, then bought.",
  table: "public.purchase_batches",
  scope: "domains",
  columns: {
    uuid: "id approval_id",
    text: "name client registrar notes status inbox_provider decided_by",
    integer: "domain_count quoted_cents approved_cents",
    number: "total_cost",
    timestamp: "purchased_at created_at decided_at completed_at",
  },
  present: "id client status inbox_provider quoted_cents",
  choices: { status: ["proposed", "approved", "rejected", "completed"], inbox_provider: inboxProviders },
  notes: { approved_cents: "The most that may be spent.", total_cost: "Dollars spent so far." },
  reach: "either",
  filters: "client status",
  sorts: "-created_at",
  verbs: [
    {
      path: "",
      name: "createPurchaseBatch",
      about: "Propose domains at the prices quoted within the hour, and ask for approval",
      right: "staff",
      body: z.strictObject({
        client: z.string().max(500),
        domains: z.array(z.string().max(100)).min(1).max(500),
        inbox_provider: z.enum(inboxProviders).optional(),
        name: z.string().max(200).optional(),
      }).openapi("PurchaseBatchCreate"),
      status: 201,
      answer: "row",
      run: async ({ input, query, row }) => {
        const [made] = await query<{ id: string }>(
          "select public.create_purchase_batch($1::text, $2::text::text[], $3::text, $4::text) as id",
          [
            input.client as string,
            toArray(input.domains as string[]),
            (input.inbox_provider as string | undefined) ?? "none",
            (input.name as string | undefined) ?? null,
          ],
        );
        return await row(made!.id);
      },
    },
    {
      path: "/{id}/resume",
      name: "resumePurchaseBatch",
      about: "Take up the domains of an approved batch that are not bought yet",
      right: "staff",
      answer: z.object({ resumed: z.int() }).openapi("PurchasesResumed"),
      run: async ({ id, query }) =>
        (await query("select public.resume_purchase_batch($1::text::uuid) as resumed", [id!]))[0],
    },
  ],
});

export const domainPurchases = defineResource({
  path: "domain-purchases",
  name: "DomainPurchase",
  about: "Each domain of a batch: its price, and how far its purchase is.",
  table: "public.domain_purchases",
  scope: "domains",
  columns: {
    uuid: "id batch_id",
    text: "client domain_name status reason registrar_order",
    integer: "quoted_cents approved_cents paid_cents orders",
    timestamp: "ordering_at bought_at created_at updated_at",
  },
  present: "id batch_id client domain_name status quoted_cents orders created_at updated_at",
  choices: { status: ["quoted", "approved", "ordering", "bought", "refused", "rejected"] },
  notes: { orders: "How often an order was started; more than once after an unknown outcome." },
  reach: "either",
  filters: "client batch_id",
  sorts: "-created_at",
});
