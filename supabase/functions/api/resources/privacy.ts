import { z } from "@hono/zod-openapi";
import { defineResource } from "../core/resource.ts";

const person = z.strictObject({ email: z.email().max(320) }).openapi("Person");
const call = (name: string) => `select integrations.${name}($1::text) as answer`;

interface Row {
  answer: unknown;
}

export const privacy = defineResource({
  path: "privacy",
  name: "Privacy",
  about: "What one person may ask of the agency, for all clients at once. Both acts are in the audit log.",
  table: "",
  scope: "admin",
  columns: {},
  key: "",
  clientColumn: null,
  sorts: "",
  list: false,
  single: false,
  verbs: [
    {
      path: "/export",
      name: "exportPerson",
      about: "Everything that is stored about a person",
      right: "admin",
      body: person,
      answer: z.object({
        email: z.string(),
        exported_at: z.string(),
        is_suppressed: z.boolean(),
        data: z.record(z.string(), z.array(z.unknown())),
      }).openapi("PersonExport"),
      // Not to be kept for a day by us.
      secret: true,
      seconds: 60,
      run: async ({ input, query }) => (await query<Row>(call("export_person"), [input.email as string]))[0]!.answer,
    },
    {
      path: "/erase",
      name: "erasePerson",
      about: "Forget a person; a hash is kept, so that the person stays forgotten",
      right: "admin",
      body: person,
      answer: z.object({ done: z.array(z.record(z.string(), z.unknown())) }).openapi("PersonErasure"),
      seconds: 60,
      run: async ({ input, query }) => ({
        done: (await query<Row>(call("erase_person"), [input.email as string]))[0]!.answer,
      }),
    },
  ],
});
