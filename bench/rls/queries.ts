// Every list query that the API sends, beside the same query with an explicit filter instead of policies.

import { identifier } from "../../supabase/functions/api/core/columns.ts";
import { type Resource, type Sort } from "../../supabase/functions/api/core/resource.ts";
import {
  type Filter,
  type Item,
  type ListRequest,
  listStatement,
  type Statement,
} from "../../supabase/functions/api/core/statements.ts";
import { type CallerRow, clientsOf } from "../../supabase/functions/api/core/routes.ts";
import { resources } from "../../supabase/functions/api/registry.ts";
import { clients } from "./data.ts";

export type Caller = "member" | "staff";

/** As private.api_caller tells them. */
const callers: Record<Caller, CallerRow> = {
  member: { clients: clients.slice(0, 1), agency_role: null },
  staff: { clients, agency_role: "admin" },
};

export interface Measured {
  name: string;
  /** As the API sends it. */
  ours: Statement;
  /** The same for somebody whom no policy holds. */
  explicit: Statement;
}

type Run = (caller: Caller, statement: Statement) => Promise<Item[]>;

/** First page and next page in every order, and the first page of every filter, as the caller would ask. */
export async function listQueries(caller: Caller, run: Run): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const resource of resources) {
    if (resource.read && caller === "member" || resource.list === false) continue;
    if ((await run(caller, listStatement(resource, requestOf(resource, caller, resource.defaultSort)))).length === 0) {
      console.log(`${caller}: ${resource.path} shows no row: not measured`);
      continue;
    }
    for (const sort of sortsOf(resource)) {
      const request = requestOf(resource, caller, sort);
      const order = (sort.descending ? "-" : "") + sort.column;
      const rows = await run(caller, listStatement(resource, request));
      all.push(measured(`${resource.path} by ${order}`, resource, caller, request));
      const { value, keys } = rows[Math.floor(rows.length / 2)]!;
      all.push(
        measured(`${resource.path} by ${order}, next page`, resource, caller, { ...request, cursor: { value, keys } }),
      );
    }
    const request = requestOf(resource, caller, resource.defaultSort);
    const [row] = await run(caller, listStatement(resource, { ...request, columns: Object.keys(resource.columns) }));
    for (const filter of filtersOf(resource, row!.item)) {
      all.push(measured(`${resource.path}, ${filter.column}`, resource, caller, { ...request, filters: [filter] }));
    }
  }
  return all;
}

function sortsOf({ sortColumns }: Resource): Sort[] {
  return sortColumns.flatMap((column) => [{ column, descending: false }, { column, descending: true }]);
}

function requestOf(resource: Resource, caller: Caller, sort: Sort): ListRequest {
  return {
    columns: Object.keys(resource.columns).filter((column) => !resource.largeColumns.includes(column)),
    sort,
    filters: [],
    nulls: false,
    limit: 51,
    clients: clientsOf(resource, callers[caller]),
  };
}

function filtersOf(resource: Resource, row: Record<string, unknown>): Filter[] {
  const samples: Record<string, unknown> = {
    ...row,
    ...(resource.path === "webhook-events" ? { status: "dead" } : {}),
  };
  const names = [...resource.filterColumns, ...Object.keys(resource.customFilters ?? {})];
  return names.flatMap((column) => {
    const value = samples[column] ?? row.lead_email;
    return value === null || value === undefined ? [] : [{ column, operator: "=" as const, values: [String(value)] }];
  });
}

function measured(name: string, resource: Resource, caller: Caller, request: ListRequest): Measured {
  const ours = listStatement(resource, request);
  return { name: `${caller}: ${name}`, ours, explicit: listStatement(withoutPolicies(resource, caller), request) };
}

const people: Record<string, string> = {
  "public.replies": "lower(coalesce(t.lead_email, t.from_email))",
};

// Of one client, where no column says so.
const ownRows: Record<string, string> = {
  "webhook-deliveries": `t.endpoint_id = any(array(select e.id from integrations.event_endpoints e where e.client = '${
    clients[0]
  }'))`,
};

/** What policies and definer functions do for the caller, written into the query. */
function withoutPolicies(resource: Resource, caller: Caller): Resource {
  const column = resource.clientKey;
  const own = caller === "staff" || resource.reach !== "all"
    ? []
    : [ownRows[resource.path] ?? (column ? `t.${identifier(column)} = '${clients[0]}'` : "true")];
  return {
    ...resource,
    where: [resource.where, ...own].filter(Boolean).join(" and ") || undefined,
    customFilters: withoutDefiners(resource),
  };
}

function withoutDefiners({ customFilters = {}, table }: Resource): Resource["customFilters"] {
  const { email, lead_id } = customFilters;
  const person = people[table] ?? "lower(t.email)";
  return {
    ...customFilters,
    ...(email ? { email: { ...email, condition: (value) => `${person} = lower(${value})` } } : {}),
    ...(lead_id ? { lead_id: { ...lead_id, condition: (value) => `t.lead_id = ${value}::numeric` } } : {}),
  };
}
