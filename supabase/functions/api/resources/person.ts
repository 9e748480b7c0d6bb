import type { CustomFilter } from "../core/resource.ts";

/** The rows with an address, in any case; see private.ids_of_person for why it is a function. */
export function personFilter(table: string, index: string): CustomFilter {
  return {
    kind: "text",
    about: "The person's address, in any case.",
    index,
    condition: (value) => `t.id = any((select private.ids_of_person('${table}', ${value}))::uuid[])`,
    finds: true,
  };
}
